"""Lines to a Document: the last step of every parser.

In: a file, its lines in reading order, and what its format says of title, publisher and date. Out: a Document, its
metadata read from by-lines, the head and the signature block where the format says nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from docintel.errors import ParseError
from docintel.parse import metadata
from docintel.parse.attachments import attachments
from docintel.parse.dateline import dateline
from docintel.parse.file import File
from docintel.parse.official import Official, labelled_number, read_official
from docintel.parse.structure import Line, join_title, mark_title, split_lines, structure
from docintel.schema import Block, BlockKind, Document
from docintel.text.script import SIMPLIFIED, TRADITIONAL, is_traditional


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a format says of a file apart from its text; it is believed where the text shows nothing itself.

    Attributes:
        around: text of the page outside the document that may name publisher, date and source.
        publisher: who published it.
        published: a date in any form.
        source_url: where it was published.
        pages: of the file; None where the format has none.
    """

    title: str = ""
    around: str = ""
    publisher: str = ""
    published: str = ""
    source_url: str | None = None
    pages: int | None = None


NOTHING_DECLARED = Declared()
#: More lines than the title can be among.
_TOP = 40
_NO_DATELINE = frozenset({BlockKind.TITLE, BlockKind.FURNITURE, BlockKind.TABLE, BlockKind.CAPTION})
_LISTING = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.HEADING})


def assemble(
    file: File,
    lines: Iterable[Line],
    *,
    parser: str,
    declared: Declared = NOTHING_DECLARED,
    warnings: Iterable[str] = (),
    missing: Iterable[str] = (),
) -> Document:
    """Make the Document of a file.

    The title is the line that is marked as one, else what is declared, else the first line that looks like one; below
    the head of an official document the latter comes first, for its file is often made from another's.

    Raises:
        ParseError: there is no visible character in the lines.
    """
    lines, official = read_official(split_lines(lines))
    if not any(line.kind is BlockKind.TITLE for line in lines) and (official.number or not declared.title):
        lines = [*mark_title(lines[:_TOP]), *lines[_TOP:]]
    missing = tuple(missing)
    text, blocks = structure(join_title(lines))
    if not text:
        reason = missing[0].rstrip(".") if missing else "no text, only white space or images"
        raise ParseError(
            f"{file.name} 没有文字。 {file.name} holds no text: {reason}.",
            hint="请确认文件是否正确、完整。 Check that the file is the right one, and complete.",
        )
    quotes = {kind: [text[b.start : b.end] for b in blocks if b.kind is kind] for kind in BlockKind}
    document = Document(
        id=file.id,
        source=file.name,
        text=text,
        blocks=blocks,
        title=next(iter(quotes[BlockKind.TITLE]), "") or declared.title,
        secrecy=official.secrecy,
        attachments=attachments([text[b.start : b.end] for b in blocks if b.kind in _LISTING]),
        language=TRADITIONAL if is_traditional(text) else SIMPLIFIED,
        parser=parser,
        pages=declared.pages,
        warnings=tuple(warnings),
        missing=missing,
    )
    return _with_origin(document, declared, official)


def _with_origin(document: Document, declared: Declared, official: Official) -> Document:
    """The document with who published it, when and where."""
    text = document.text

    def shown(block: Block) -> str:
        return text[block.start : block.end]

    bylines = [block for block in document.blocks if block.kind is BlockKind.BYLINE]
    top = [shown(block) for block in bylines if 2 * block.end < len(text)]
    closing = [shown(block) for block in bylines if 2 * block.end >= len(text)]
    asides = [*top, declared.around, *closing]
    furniture = [shown(block) for block in document.blocks if block.kind is BlockKind.FURNITURE]
    url = metadata.source_url([*asides, *furniture]) or declared.source_url
    issuer = "、".join(official.issuers)
    body = [shown(block) for block in document.blocks if block.kind not in _NO_DATELINE]
    return replace(
        document,
        number=official.number or labelled_number([*asides, *furniture]),
        publisher=(issuer if official.number else None)
        or metadata.publisher([*asides, *furniture])
        or declared.publisher
        or metadata.producer(text)
        or issuer
        or None,
        published=metadata.published(asides)
        or official.dated
        or metadata.url_date(url, document.source)
        or dateline(body, says_published=True)
        or metadata.published([declared.published])
        or dateline(body)
        or official.printed,
        source_url=url,
    )
