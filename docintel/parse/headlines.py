"""Which of a document's paragraphs are its title, by the way they are set.

In: the paragraphs of a format without pages, each with how it looks. Out: lines, the title's joined to one. A red head,
`某某文件` set large and red above the title, names who issued the document; it is a by-line.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from docintel.parse.lines import kind_of
from docintel.parse.structure import Line
from docintel.schema import BlockKind
from docintel.text.normalize import clean, fold
from docintel.text.outline import numbering

#: The title stands among so many paragraphs at the top.
_WITHIN = 16
_LONGEST = 120
_LONGEST_HEADING = 110
_SENTENCE_MARKS = "。！？；!?;"


@dataclass(frozen=True, slots=True)
class Look:
    """A line, and how it is set.

    Attributes:
        size: of its type, in points; 0 where unknown.
        named: its style says that it is the title.
    """

    line: Line
    size: float = 0.0
    centred: bool = False
    red: bool = False
    named: bool = False


def mark_titles(looks: Sequence[Look], *, declared: str = "") -> list[Line]:
    """The lines, the title marked and whole; unmarked where none is set as one.

    Args:
        declared: a title that the file declares: believed where a line at the top says the same.
    """
    title = _title(looks, declared)
    lines = [look.line for look in looks]
    if title:
        words = _joined([lines[i].text for i in title])
        lines[title[0]] = replace(lines[title[0]], text=words, kind=BlockKind.TITLE, level=0)
        lines = [line for i, line in enumerate(lines) if i not in title[1:]]
        lines = [*_heads(looks[: title[0]]), *lines[title[0] :]]
    return lines


def heading(text: str, level: int) -> Line:
    """The line of a paragraph that its style calls a heading; one that runs on is none."""
    shown = clean(text)
    if not level or len(shown) > _LONGEST_HEADING or shown.endswith("。") or shown.count("。") > 1:
        return Line(text)
    return Line(text, BlockKind.HEADING, level=level)


def _title(looks: Sequence[Look], declared: str) -> list[int]:
    """The places of the title's lines; empty for none."""
    top = [i for i in range(min(_WITHIN, len(looks))) if _may_be_title(looks[i].line)]
    named = [i for i, look in enumerate(looks) if look.named and _may_be_title(look.line)][:1]
    body = _body_size(looks)
    large = [i for i in top if looks[i].centred and _is_large(looks[i], body)]
    plain = [i for i in large if not looks[i].red] or [
        i for i in large if not fold(looks[i].line.text).endswith("文件")
    ]
    said = [i for i in top if declared and _bare(looks[i].line.text) == _bare(declared)]
    start = next(iter(named or _largest(looks, plain) or said or _lone_heading(looks, top)), None)
    if start is None:
        return []
    title = [start]
    while len(title) < 4 and _goes_on(looks, title[-1], title[-1] + 1):
        title.append(title[-1] + 1)
    return title


def _may_be_title(line: Line) -> bool:
    text = clean(line.text)
    if line.kind not in (None, BlockKind.HEADING) or not text or len(text) > _LONGEST or numbering(text):
        return False
    return not any(mark in text for mark in _SENTENCE_MARKS) and kind_of(text) is None


def _is_large(look: Look, body: float) -> bool:
    return look.size > body or (look.line.bold and look.size >= body) or look.line.kind is BlockKind.HEADING


def _largest(looks: Sequence[Look], places: list[int]) -> list[int]:
    top = max((looks[i].size for i in places), default=0)
    return [i for i in places if looks[i].size == top]


def _lone_heading(looks: Sequence[Look], top: list[int]) -> list[int]:
    """A heading that opens the document, below a red head at most, when no other is as high."""
    places = [i for i, look in enumerate(looks) if look.line.kind is BlockKind.HEADING]
    first = [i for i in top if i == next(iter(places), None) and all(_is_above(looks[k].line) for k in range(i))]
    return [i for i in first if all(looks[k].line.level > looks[i].line.level for k in places[1:])]


def _is_above(line: Line) -> bool:
    return line.kind is not None or kind_of(line.text) is not None


def _goes_on(looks: Sequence[Look], i: int, k: int) -> bool:
    """Whether the title goes on from one line to the next: set alike, both centred or both named."""
    if k >= len(looks) or not _may_be_title(looks[k].line):
        return False
    one, other = looks[i], looks[k]
    if one.line.kind != other.line.kind or one.named != other.named or one.red != other.red:
        return False
    alike = one.size == other.size and one.line.bold == other.line.bold
    return alike and (one.named or (one.centred and other.centred))


def _heads(looks: Sequence[Look]) -> list[Line]:
    """What stands above a title; lines that are set large and red are the red head."""
    lines = []
    for look in looks:
        is_head = look.red and look.line.kind in (None, BlockKind.HEADING) and len(clean(look.line.text)) <= 60
        lines.append(replace(look.line, kind=BlockKind.BYLINE) if is_head else look.line)
    return lines


def _body_size(looks: Sequence[Look]) -> float:
    """The size that most characters are set in."""
    sizes: Counter[float] = Counter()
    for look in looks:
        sizes[look.size] += len(look.line.text) if look.line.kind is None else 0
    return max(sizes, key=lambda size: (sizes[size], -size), default=0.0)


def _joined(texts: list[str]) -> str:
    """Lines of a title as one: no space between Chinese characters."""
    whole = ""
    for piece in (part for text in texts for part in clean(text).split("\n") if part):
        space = " " if whole and whole[-1].isascii() and piece[0].isascii() else ""
        whole += space + piece
    return whole


def _bare(text: str) -> str:
    return "".join(text.split())
