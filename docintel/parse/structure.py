"""Lines to the text and blocks of a document.

In: lines in reading order, each with what its format knows about it. Out: one text and blocks that cover all of it but
the single line feeds between them. Every parser ends here, so structure means the same in every format.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from docintel.parse.lines import pieces, unbulleted
from docintel.schema import Block, BlockKind
from docintel.text.normalize import clean, fold
from docintel.text.outline import numbering

#: A heading longer than this is a paragraph, unless its page sets it in bold.
_HEADING_LENGTH = 42
_BOLD_HEADING_LENGTH = 110
_SENTENCE_MARKS = "。!?;…"
_TITLE_LENGTH = 90
#: Lines that may stand before a title: navigation, dates, pictures.
_TITLE_WITHIN = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A line as a parser read it.

    Attributes:
        kind: what the format says it is; None to judge by its words and its neighbours.
        level: depth, where the format gives it for a heading.
        bold: the whole line is set in bold.
        cells: rows of cell texts, for a table.
    """

    text: str
    kind: BlockKind | None = None
    level: int = 0
    bold: bool = False
    cells: tuple[tuple[str, ...], ...] = ()


def structure(lines: Iterable[Line]) -> tuple[str, tuple[Block, ...]]:
    """Join the lines to one text and give every piece of it a block."""
    split = _split(lines)
    texts = []
    blocks = []
    offset = 0
    for i, line in enumerate(split):
        texts.append(line.text)
        blocks.append(_block(split, i, offset))
        offset += len(line.text) + 1
    return "\n".join(texts), tuple(blocks)


def mark_title(lines: Sequence[Line]) -> list[Line]:
    """Name the title of a plain text: the first line that is neither furniture, by-line nor running text.

    Returns the lines, split, the title marked; unchanged when the text opens with running text.
    """
    split = _split(lines)
    for i, line in enumerate(split[:_TITLE_WITHIN]):
        if line.kind is None:
            if _title_like(line.text):
                split[i] = replace(line, kind=BlockKind.TITLE)
            break
    return split


def _split(lines: Iterable[Line]) -> list[Line]:
    """Clean every line, drop empty ones, and split off what is no content."""
    out = []
    for line in lines:
        if line.kind is BlockKind.TABLE:
            out.append(line)
            continue
        for text in clean(line.text).split("\n"):
            if not text:
                continue
            if line.kind is not None:
                out.append(replace(line, text=text))
                continue
            out += [replace(line, text=piece.text, kind=piece.kind) for piece in pieces(text)]
    return out


def _title_like(text: str) -> bool:
    folded = unbulleted(text)
    if len(folded) > _TITLE_LENGTH or folded.endswith((":", "。", ";", ",")) or numbering(folded):
        return False
    return "。" not in folded


def _block(lines: Sequence[Line], i: int, offset: int) -> Block:
    line = lines[i]
    end = offset + len(line.text)
    number = numbering(line.text) if line.kind is None else None
    kind = line.kind or _content_kind(lines, i, numbered=number is not None)
    level, text = (number.level, number.text) if number and kind is not BlockKind.PARAGRAPH else (line.level, "")
    if kind is BlockKind.HEADING:
        level = level or 2
    return Block(kind=kind, start=offset, end=end, level=level, numbering=text, cells=line.cells)


def _content_kind(lines: Sequence[Line], i: int, *, numbered: bool) -> BlockKind:
    line = lines[i]
    folded = fold(line.text)
    if _heading_like(folded, line.bold) and (numbered or line.bold or _stands_over_text(lines, i)):
        return BlockKind.HEADING
    return BlockKind.LIST_ITEM if numbered or unbulleted(folded) != folded.strip() else BlockKind.PARAGRAPH


def _heading_like(folded: str, bold: bool) -> bool:
    limit = _BOLD_HEADING_LENGTH if bold else _HEADING_LENGTH
    if len(folded) > limit or folded.endswith((",", ":", "、")):
        return False
    return not any(mark in folded for mark in _SENTENCE_MARKS) and (bold or ":" not in folded)


def _stands_over_text(lines: Sequence[Line], i: int) -> bool:
    """Whether the next content line, past pictures and further headings, is longer: a heading has text below it."""
    for line in lines[i + 1 : i + 4]:
        if line.kind is None:
            if not _heading_like(fold(line.text), line.bold):
                return True
        elif line.kind is BlockKind.TABLE:
            return True
    return False
