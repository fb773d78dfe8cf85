"""What tests of parsers ask of a file: its lines, and an outcome that is a document or an error that helps."""

from docintel.errors import InputError


def lines(document):
    """The text of each block."""
    return [document.text[block.start : block.end] for block in document.blocks]


def outcome(function, *given):
    """What a function gives, or the error that says why it gives nothing."""
    try:
        return function(*given)
    except InputError as exc:
        return exc


def is_told(found, name):
    """Whether an outcome is a document, or an error that names the file and says what to do."""
    return not isinstance(found, InputError) or (str(found).startswith(name) and bool(found.hint))
