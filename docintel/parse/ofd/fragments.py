"""The marks of an OFD page to what `layout` reads: fragments, tables and watermarks.

In: a `Content`. Out: a `PageText`. TextCodes are split where gaps are wide or a vertical rule stands between, and
joined where they go on one line of print, whatever pieces the producer cut it into.
"""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from docintel.parse.layout.pages import Box, Fragment, Page
from docintel.parse.ofd.content import Content, Path, Source, Text
from docintel.parse.ofd.rules import Rule, find_tables

#: A gap wider than this, in em, parts a line of print; evenly spaced titles may have wider ones.
_GAP, _SPACED = 1.5, 1.3
#: A gap wider than this, in em, is a space: between Latin letters of one TextCode, of two, and between any others.
_SPACE_WITHIN, _SPACE_BETWEEN, _SPACE = 0.5, 0.2, 0.6
#: TextCodes stand on one line of print when their baselines are this close, in em.
_BASELINE = 0.3
#: Text drawn twice closer than this, in em, is one text in bold.
_TWICE = 0.15
#: Degrees by which a baseline may lean and still be upright: pages that were scanned askew.
_LEAN = 8
_ASCENT, _DESCENT = 0.88, 0.12
#: A watermark is this many times the size of the text, or stands so often on its page, and is this pale.
_LARGE, _OFTEN, _FAINT, _PALE = 1.5, 3, 0.6, 180
#: An area thinner than this, in points, is a rule; a line may be off the straight by this much.
_THIN, _STRAIGHT = 3.0, 1.5
#: More vertical rules than this are a drawing, and part no text.
_MOST_WALLS = 2500


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page.

    Attributes:
        page: turned so that most of its text is upright.
        turns: quarter turns clockwise that the page's text is off the upright.
        watermarks: each wording with its place on the page as it is.
        asides: text that does not lie as most of the page's does, and what annotations show; in the page as it is.
        undecodable: characters that stand for glyphs of a font only.
    """

    page: Page
    turns: int = 0
    watermarks: tuple[Fragment, ...] = ()
    asides: tuple[Fragment, ...] = ()
    undecodable: int = 0


#: A text and the direction in which it reads, in quarter turns clockwise from left to right.
_Directed = tuple[Text, int]


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters without a wide gap: `start` to `end` along the line of print, `across` it its baseline."""

    text: str
    box: Box
    start: float
    end: float
    across: float
    em: float
    size: float
    bold: bool


def read_page(content: Content, number: int) -> PageText:
    """Fragments and tables of a page."""
    texts = [mark for mark in content.marks if isinstance(mark, Text)]
    horizontals, verticals = rules_of(mark for mark in content.marks if isinstance(mark, Path))
    body = median([text.size for text in texts for _ in text.text] or [1.0])
    often = Counter(text.text.strip() for text in texts)
    marks: list[_Directed] = []
    noted: list[_Directed] = []
    plain: list[_Directed] = []
    for text in texts:
        direction = _direction(text)
        pale = _is_pale(text) and (text.size >= _LARGE * body or often[text.text.strip()] >= _OFTEN)
        watermark = text.source is Source.WATERMARK or direction is None or pale
        kind = marks if watermark else noted if text.source is Source.ANNOTATION else plain
        kind.append((text, direction or 0))
    turns = _turns(plain)
    size = content.width, content.height
    walls = sorted(verticals) if len(verticals) <= _MOST_WALLS else []
    fragments = _upright(_fragments([item for item in plain if item[1] == turns], walls), turns, size)
    sideways = _fragments([item for item in plain if item[1] != turns], [])
    horizontals, verticals = _turned_rules(horizontals, verticals, turns, size)
    turned_over = _upright(sideways, turns, size)
    tables = find_tables(horizontals, verticals, [*fragments, *turned_over])
    listed = [any(_holds(table.box, f.box) for table in tables) for f in turned_over]
    fragments += [f for f, is_cell in zip(turned_over, listed, strict=True) if is_cell]
    apart = [f for f, is_cell in zip(sideways, listed, strict=True) if not is_cell]
    return PageText(
        Page(number, *(size[::-1] if turns % 2 else size), tuple(fragments), tuple(tables)),
        turns,
        tuple(_fragments(marks, [])),
        (*apart, *_fragments(noted, [])),
        sum(_is_undecodable(char) for text in texts for char in text.text),
    )


def _upright(fragments: Iterable[Fragment], turns: int, size: tuple[float, float]) -> list[Fragment]:
    return [replace(fragment, box=turned(fragment.box, turns, size)) for fragment in fragments]


def _holds(outer: Box, box: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def turned(box: Box, turns: int, size: tuple[float, float]) -> Box:
    """A box on a page of this size after so many quarter turns counter-clockwise of the page."""
    x0, y0, x1, y1 = box
    width, height = size
    match turns % 4:
        case 1:
            return y0, width - x1, y1, width - x0
        case 2:
            return width - x1, height - y1, width - x0, height - y0
        case 3:
            return height - y1, x0, height - y0, x1
    return box


def rules_of(paths: Iterable[Path]) -> tuple[list[Rule], list[Rule]]:
    """Horizontal and vertical rules: straight strokes, and areas as thin as one."""
    horizontals: list[Rule] = []
    verticals: list[Rule] = []
    for path in paths:
        if path.stroke and path.stroke.alpha:
            for subpath in path.subpaths:
                for (x0, y0), (x1, y1) in pairwise(subpath):
                    _add_rule(horizontals, verticals, (x0, y0, x1, y1))
        elif path.fill and path.fill.alpha:
            for subpath in path.subpaths:
                xs, ys = zip(*subpath, strict=True)
                _add_rule(horizontals, verticals, (min(xs), min(ys), max(xs), max(ys)), _THIN)
    return horizontals, verticals


def _add_rule(horizontals: list[Rule], verticals: list[Rule], line: Box, thin: float = _STRAIGHT) -> None:
    x0, y0, x1, y1 = line
    width, height = abs(x1 - x0), abs(y1 - y0)
    if height <= thin and width > 2 * height:
        horizontals.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
    elif width <= thin and height > 2 * width:
        verticals.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))


def _turned_rules(
    horizontals: list[Rule], verticals: list[Rule], turns: int, size: tuple[float, float]
) -> tuple[list[Rule], list[Rule]]:
    if not turns:
        return horizontals, verticals
    boxes = [(rule.start, rule.at, rule.end, rule.at) for rule in horizontals]
    boxes += [(rule.at, rule.start, rule.at, rule.end) for rule in verticals]
    across: list[Rule] = []
    down: list[Rule] = []
    for box in boxes:
        _add_rule(across, down, turned(box, turns, size))
    return across, down


def _is_undecodable(char: str) -> bool:
    """Private use, replacement, and the sign that some producers write for a glyph without a character."""
    return "\ue000" <= char <= "\uf8ff" or char in "\ufffd\xa4"


def _is_pale(text: Text) -> bool:
    alpha, lightest = text.ink.alpha, min(text.ink.colour)
    return 0 < alpha < _FAINT or _PALE <= lightest < 250


def _direction(text: Text) -> int | None:
    """Quarter turns clockwise from left-to-right that most steps of a text go; None when it leans."""
    (first_x, first_y), (last_x, _) = text.origins[0], text.origins[-1]
    if last_x > first_x and all(y == first_y for _, y in text.origins):
        return 0
    steps = [(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(text.origins)]
    steps = [step for step in steps if math.hypot(*step) > 0.2 * text.size] or [(text.matrix[0], text.matrix[1])]
    found = Counter(_quarter(step) for step in steps)
    return found.most_common(1)[0][0]


def _quarter(step: tuple[float, float]) -> int | None:
    angle = math.degrees(math.atan2(step[1], step[0]))
    turns = round(angle / 90)
    return turns % 4 if abs(angle - 90 * turns) <= _LEAN else None


def _turns(texts: Sequence[_Directed]) -> int:
    """The direction of most of the characters of a page."""
    weights: Counter[int] = Counter()
    for text, direction in texts:
        weights[direction] += len(text.text.strip())
    turns, most = max(weights.items(), key=lambda pair: (pair[1], -pair[0]), default=(0, 0))
    return turns if 2 * most > weights.total() else 0


def _fragments(texts: Sequence[_Directed], verticals: list[Rule]) -> list[Fragment]:
    """The fragments of texts in any directions, in the page as it is."""
    runs: defaultdict[int, list[_Run]] = defaultdict(list)
    for text, direction in texts:
        runs[direction] += _split(text, direction, verticals if direction == 0 else [])
    fragments = []
    for direction in sorted(runs):
        fragments += _joined(_single(runs[direction]), verticals if direction == 0 else [])
    return fragments


def _split(text: Text, direction: int, verticals: list[Rule]) -> list[_Run]:
    """The runs of one TextCode; white space at their ends is kept as one space."""
    boxes = [_glyph_box(text, i) for i in range(len(text.text))]
    spans = [_along(box, direction) for box in boxes]
    seen = [i for i, char in enumerate(text.text) if not char.isspace()]
    em = _em(text, direction)
    limit = _limit(text, [(spans[b][0] - spans[a][1]) / em for a, b in pairwise(seen)])
    groups = [[seen[0]]]
    for before, after in pairwise(seen):
        gap = (spans[after][0] - spans[before][1]) / em
        steps = abs(_across(text.origins[after], direction) - _across(text.origins[before], direction))
        ruled = _ruled(verticals, (spans[before], spans[after]), boxes[after])
        if gap > limit or gap < -_GAP - 1 or steps > em or ruled:
            groups.append([])
        groups[-1].append(after)
    return [_run(text, group, (boxes, spans), direction) for group in groups]


def _limit(text: Text, gaps: Sequence[float]) -> float:
    """The widest gap within a run, in em: more for a title that is spread evenly over its line."""
    spread = all("\u4e00" <= char <= "\u9fff" for char in text.text)
    return max(_GAP, _SPACED * median(gaps)) if gaps and spread else _GAP


def _run(text: Text, group: list[int], places: tuple[list[Box], list[tuple[float, float]]], direction: int) -> _Run:
    boxes, spans = places
    em = _em(text, direction)
    words = text.text[group[0]]
    for before, after in pairwise(group):
        gap = (spans[after][0] - spans[before][1]) / em
        apart = after > before + 1 or (gap > _SPACE_WITHIN and _latin(text.text[before], text.text[after]))
        words += (" " if apart else "") + text.text[after]
    lead = " " if text.text[: group[0]][-1:].isspace() else ""
    tail = " " if text.text[group[-1] + 1 :][:1].isspace() else ""
    return _Run(
        lead + words + tail,
        _around([boxes[i] for i in group]),
        spans[group[0]][0],
        spans[group[-1]][1],
        _across(text.origins[group[0]], direction),
        em,
        text.size,
        text.bold,
    )


def _glyph_box(text: Text, i: int) -> Box:
    a, b, c, d = text.matrix
    x, y = text.origins[i]
    corners = [(u, v) for u in (0.0, text.advances[i]) for v in (-_ASCENT, _DESCENT)]
    xs = [x + a * u + c * v for u, v in corners]
    ys = [y + b * u + d * v for u, v in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _along(box: Box, direction: int) -> tuple[float, float]:
    low, high = (box[0], box[2]) if direction % 2 == 0 else (box[1], box[3])
    return (low, high) if direction < 2 else (-high, -low)


def _across(point: tuple[float, float], direction: int) -> float:
    x, y = point
    return (y, -x, -y, x)[direction]


def _em(text: Text, direction: int) -> float:
    a, b, c, d = text.matrix
    return (abs(a) + abs(c) if direction % 2 == 0 else abs(b) + abs(d)) or 1.0


def _ruled(verticals: list[Rule], spans: tuple[tuple[float, float], tuple[float, float]], box: Box) -> bool:
    """Whether a vertical rule stands between two characters, at the height of the second."""
    if not verticals:
        return False
    (start, left), (right, end) = spans
    y = (box[1] + box[3]) / 2
    low, high = min(left, right), max(left, right)
    low, high = max(low, (start + left) / 2), min(high, (right + end) / 2)
    first, last = bisect_left(verticals, (low - 1,)), bisect_left(verticals, (high + 1,))
    return any(rule.start <= y <= rule.end for rule in verticals[first:last])


def _around(boxes: Sequence[Box]) -> Box:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def _single(runs: Sequence[_Run]) -> list[_Run]:
    """The runs with those that are drawn twice as one in bold."""
    kept: dict[tuple[str, int, int, int], _Run] = {}
    for run in runs:
        step = max(_TWICE * round(run.size), 0.1)
        x, y = int(run.start // step), int(run.across // step)
        around = [(run.text, round(run.size), x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        twin = next((key for key in around if key in kept and _is_twin(run, kept[key], step)), None)
        if twin:
            kept[twin] = replace(kept[twin], bold=True)
        else:
            kept[run.text, round(run.size), x, y] = run
    return list(kept.values())


def _is_twin(run: _Run, other: _Run, step: float) -> bool:
    return abs(run.start - other.start) < step and abs(run.across - other.across) < step


def _joined(runs: Sequence[_Run], verticals: list[Rule]) -> list[Fragment]:
    lines: list[list[_Run]] = []
    for run in sorted(runs, key=lambda run: (run.across, run.start)):
        if lines and abs(run.across - lines[-1][0].across) <= _BASELINE * min(run.size, lines[-1][0].size):
            lines[-1].append(run)
        else:
            lines.append([run])
    fragments = []
    for line in lines:
        parts: list[list[_Run]] = []
        for run in sorted(line, key=lambda run: run.start):
            if parts and _goes_on(parts[-1][-1], run, verticals):
                parts[-1].append(run)
            else:
                parts.append([run])
        fragments += [_fragment(part) for part in parts]
    return fragments


def _goes_on(run: _Run, after: _Run, verticals: list[Rule]) -> bool:
    gap = (after.start - run.end) / min(run.em, after.em)
    if not -_GAP <= gap <= _GAP or max(run.size, after.size) > 2 * min(run.size, after.size):
        return False
    return not _ruled(verticals, ((run.start, run.end), (after.start, after.end)), after.box)


def _fragment(runs: Sequence[_Run]) -> Fragment:
    text = runs[0].text
    for before, after in pairwise(runs):
        gap = (after.start - before.end) / after.em
        apart = gap > _SPACE or (gap > _SPACE_BETWEEN and _latin(text[-1], after.text[0]))
        if apart or text[-1] == " " or after.text[0] == " ":
            text = f"{text.rstrip()} {after.text.lstrip()}"
        else:
            text += after.text
    size = max(runs, key=lambda run: len(run.text)).size
    return Fragment(text.strip(), _around([run.box for run in runs]), size, all(run.bold for run in runs))


def _latin(before: str, after: str) -> bool:
    return before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
