"""Lines to the text and blocks of a document.

In: lines in reading order, each with what its format knows about it. Out: one text and blocks that cover all of it but
the single line feeds between them. Every parser ends here, so structure means the same in every format.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NamedTuple

from docintel.parse.lines import closing_signature, pieces, unbulleted
from docintel.parse.wrapped_titles import title_lines
from docintel.schema import Block, BlockKind, Part
from docintel.text.normalize import clean, fold
from docintel.text.outline import numbering

#: A heading longer than this is a paragraph, unless its page sets it in bold.
_HEADING_LENGTH = 42
_BOLD_HEADING_LENGTH = 110
_SENTENCE_MARKS = "。!?;"
_TITLE_LENGTH = 90
#: Lines that may stand before a title: navigation, dates, pictures.
_TITLE_WITHIN = 12
_MAY_BE_TITLE = frozenset({None, BlockKind.TITLE, BlockKind.HEADING})
#: Behind one of these no title follows.
_CONTENT = frozenset({None, BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.TABLE})
#: The column above a title: 【晚亭漫笔】.
_COLUMN = re.compile("[【\\[][\u4e00-\u9fff·]{2,8}[】\\]]")
_TWO_HAN = re.compile("[\u4e00-\u9fff].*[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as a parser read it.

    Attributes:
        kind: what the format says it is; None to judge by its words and its neighbours.
        bold: the whole line is set in bold.
        level: depth of a heading that the format itself marks, from 1; 0 to judge by its numbering.
        cells: rows of cell texts, for a table; made by `parse.tables.table_line`.
        page: from 1; None where the format has no pages.
        box: x0, y0, x1, y1 in points from the top left corner of the page.
        confidence: of the recogniser, 0 to 1.
        parts: of a table that goes on over further pages: where in `text`, the page, and the box.
    """

    text: str
    kind: BlockKind | None = None
    bold: bool = False
    level: int = 0
    cells: tuple[tuple[str, ...], ...] = ()
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    confidence: float = 1.0
    parts: tuple[Part, ...] = ()


def structure(lines: list[Line]) -> tuple[str, tuple[Block, ...]]:
    """Join lines that are split to one text and give every piece of it a block."""
    split = mark_closing(lines)
    shapes = [_shape(line) for line in split]
    top = 2 if any(shape.heading and shape.level == 1 for shape in shapes) else 1
    blocks = []
    offset = 0
    for i, (line, shape) in enumerate(zip(split, shapes, strict=True)):
        end = offset + len(line.text)
        kind = line.kind or _content_kind(shapes, i)
        level = (shape.level or line.level or top) if kind is BlockKind.HEADING else shape.level
        blocks.append(
            Block(
                kind=kind,
                start=offset,
                end=end,
                level=level,
                numbering=shape.numbering,
                page=line.page,
                box=line.box,
                confidence=line.confidence,
                cells=line.cells,
                parts=tuple(replace(part, start=offset + part.start) for part in line.parts),
            )
        )
        offset = end + 1
    return "\n".join(line.text for line in split), tuple(blocks)


def split_lines(lines: Iterable[Line]) -> list[Line]:
    """Clean every line, drop empty ones, and split off what is no content. Splitting again changes nothing."""
    out = []
    for line in lines:
        for text in [line.text] if line.kind is BlockKind.TABLE else clean(line.text).split("\n"):
            if not text:
                continue
            if line.kind is not None:
                out.append(replace(line, text=text))
            else:
                out += [replace(line, text=piece.text, kind=piece.kind) for piece in pieces(text)]
    return out


def mark_title(lines: Iterable[Line]) -> list[Line]:
    """Name the title of a plain text: the first line that is neither furniture, by-line nor running text.

    Returns the lines, split, the title marked; none is marked when the text opens with running text.
    """
    split = split_lines(lines)
    for i, line in enumerate(split[:_TITLE_WITHIN]):
        if line.kind is None and _COLUMN.fullmatch(line.text) and i + 1 < len(split):
            split[i] = replace(line, kind=BlockKind.FURNITURE)
            continue
        if line.kind is None and _title_like(line.text):
            split[i] = replace(line, kind=BlockKind.TITLE)
        if line.kind in _CONTENT:
            break
    return split


def join_title(lines: Sequence[Line]) -> list[Line]:
    """The lines with a title that goes on over several of them as one; only white space changes."""
    first = next((i for i, line in enumerate(lines) if line.kind is BlockKind.TITLE), None)
    if first is None:
        return list(lines)
    may_go_on = list(takewhile(lambda line: line.kind in _MAY_BE_TITLE, lines[first + 1 :]))
    count = title_lines([line.text for line in lines[first : first + 1 + len(may_go_on)]])
    whole = lines[first]
    for line in lines[first + 1 : first + count]:
        latin = whole.text[-1].isascii() and line.text[0].isascii()
        whole = replace(whole, text=whole.text + " " * latin + line.text, box=_around(whole, line))
    return [*lines[:first], whole, *lines[first + count :]]


def _around(line: Line, other: Line) -> tuple[float, float, float, float] | None:
    """The box around both, of one page."""
    if line.box is None or other.box is None or line.page != other.page:
        return line.box
    corners = (*map(min, line.box[:2], other.box[:2]), *map(max, line.box[2:], other.box[2:]))
    return corners  # type: ignore[return-value]


def mark_closing(lines: list[Line]) -> list[Line]:
    """Split off the author who signs behind the last sentence of a document: `…整改到位。(王某)`."""
    content = [i for i, line in enumerate(lines) if line.kind not in (BlockKind.FURNITURE, BlockKind.BYLINE)]
    i = content[-1] if content else 0
    if content and lines[i].kind is None and (start := closing_signature(lines[i].text)):
        text = lines[i].text
        body = replace(lines[i], text=text[:start].rstrip())
        signature = replace(lines[i], text=text[start:], kind=BlockKind.BYLINE)
        return [*lines[:i], body, signature, *lines[i + 1 :]]
    return lines


class _Shape(NamedTuple):
    """How a line of content looks; all empty for a line that is none."""

    heading: bool = False
    bold: bool = False
    listed: bool = False
    level: int = 0
    numbering: str = ""
    content: bool = False
    byline: bool = False


def _shape(line: Line) -> _Shape:
    if line.kind not in (None, BlockKind.HEADING, BlockKind.LIST_ITEM):
        return _Shape(byline=line.kind is BlockKind.BYLINE)
    number = numbering(line.text)
    level, text = (number.level, number.text) if number else (0, "")
    if line.kind is not None:
        return _Shape(line.kind is BlockKind.HEADING, line.bold, number is not None, level, text, content=True)
    limit = _BOLD_HEADING_LENGTH if line.bold else _HEADING_LENGTH
    folded = fold(line.text[: limit + 1])
    heading = len(folded) <= limit and _heading_like(folded, line.bold)
    return _Shape(heading, line.bold, number is not None or unbulleted(folded) != folded, level, text, content=True)


def _content_kind(shapes: Sequence[_Shape], i: int) -> BlockKind:
    shape = shapes[i]
    if shape.heading and (shape.level or shape.bold or _stands_over_text(shapes, i)):
        return BlockKind.HEADING
    return BlockKind.LIST_ITEM if shape.listed else BlockKind.PARAGRAPH


def _heading_like(folded: str, bold: bool) -> bool:
    if folded.endswith((",", ":", "、", "…")) or not _TWO_HAN.search(folded):
        return False
    return not any(mark in folded for mark in (_SENTENCE_MARKS if bold else _SENTENCE_MARKS + "…:"))


def _stands_over_text(shapes: Sequence[_Shape], i: int) -> bool:
    """Whether running text follows, past pictures and further headings; a line right above a date is who signs."""
    if i + 1 < len(shapes) and shapes[i + 1].byline:
        return False
    return any(shape.content and not shape.heading for shape in shapes[i + 1 : i + 4])


def _title_like(text: str) -> bool:
    folded = unbulleted(fold(text))
    if len(folded) > _TITLE_LENGTH or folded.endswith((":", ";", ",")) or numbering(folded):
        return False
    return "。" not in folded and _TWO_HAN.search(folded) is not None
