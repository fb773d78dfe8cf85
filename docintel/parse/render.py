"""A Document as Markdown, for reading what a parser understood.

In: a Document. Out: Markdown text: headings as `#`, tables with pipes, page furniture left out.
"""

from docintel.schema import Block, BlockKind, Document


def to_markdown(document: Document) -> str:
    """The document without its furniture, a block a paragraph."""
    shown = (block for block in document.blocks if block.kind is not BlockKind.FURNITURE)
    return "\n\n".join(_markdown(block, document.text[block.start : block.end]) for block in shown) + "\n"


def _markdown(block: Block, text: str) -> str:
    match block.kind:
        case BlockKind.TITLE:
            return f"# {text}"
        case BlockKind.HEADING:
            return f"{'#' * (block.level + 1)} {text}"
        case BlockKind.TABLE:
            return _table(block.cells) if block.cells else text
        case BlockKind.CAPTION | BlockKind.BYLINE:
            return f"*{text}*"
        case _:
            return text


def _table(cells: tuple[tuple[str, ...], ...]) -> str:
    rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]
    return "\n".join([rows[0], "|" + " --- |" * len(cells[0]), *rows[1:]])
