"""The figures of a document as numbers that can be compared: where each stands, and how exactly it is given.

In: a reading and its statistics. Out: `Figure`s in text order.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from docintel.extract.language.reading import Reading
from docintel.schema import BlockKind, Relation, Statistic

#: 每个县区整改5个, 平均3天, 下降至-3件: no figure of a whole.
_EACH = re.compile(r"(?:每|平均|人均|户均|亩均)[^,。;]*$|-$")
_DECIMALS = re.compile(r"\.(\d+)")
#: 10.2万, 3.5亿元: the last digit written stands for this much.
_SCALE = re.compile(r"[百千]?[万亿]+")
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
#: How far the figure behind 余, 约 or 近 may lie, as a share of it.
_ABOUT = 0.1
#: Measure words that count the same things.
_ALIKE = {"名": "人", "位": "人", "名次": "人次", "项": "个", "条": "个", "宗": "起", "所": "家", "件次": "件"}


@dataclass(frozen=True)
class Figure:
    """A statistic with a value.

    Attributes:
        index: of the statistic in its extraction.
        start: first character of the number, or of the evidence where it is not found there again.
        end: one past the number with its measure word.
        tolerance: how far the true value may lie from the written one: half its last digit, and more for 余 and 约.
        sentence: start of its sentence.
        block: index of its block.
        in_table: stands in a table.
    """

    index: int
    statistic: Statistic
    start: int
    end: int
    tolerance: float
    sentence: int
    block: int
    in_table: bool

    @property
    def value(self) -> float:
        """The number."""
        return self.statistic.value or 0.0

    @cached_property
    def measure(self) -> str:
        """The measure word, in one spelling."""
        word = self.statistic.unit_of_measure
        return _ALIKE.get(word, word)


@dataclass(frozen=True)
class Finding:
    """A relation found: the figure that is checked, then those it is checked by."""

    relation: Relation
    members: tuple[Figure, ...]
    computed: float
    holds: bool
    rule: str


def figures_of(reading: Reading, statistics: Sequence[Statistic]) -> list[Figure]:
    """The statistics that have a value, in the order of their numbers."""
    figures = [
        figure
        for index, statistic in enumerate(statistics)
        if statistic.value is not None
        and (figure := _figure(reading, index, statistic))
        and not _EACH.search(reading.folded, max(figure.sentence, figure.start - 10), figure.start)
    ]
    return sorted(figures, key=lambda figure: (figure.start, figure.index))


def _figure(reading: Reading, index: int, statistic: Statistic) -> Figure | None:
    sentence = reading.sentence_at(statistic.evidence.start)
    if sentence is None:
        return None
    start, end, written = _number_in(reading.folded, statistic)
    tolerance = _precision(written, statistic)
    if statistic.approximate:
        tolerance = max(tolerance, _ABOUT * (statistic.value or 0.0))
    in_table = reading.document.blocks[sentence.block].kind is BlockKind.TABLE
    return Figure(index, statistic, start, end, tolerance, sentence.start, sentence.block, in_table)


def _number_in(folded: str, statistic: Statistic) -> tuple[int, int, str]:
    """Where the number stands, by the ground that tells how it was read, and how it is written."""
    words = next((g.evidence for g in statistic.grounds if g.rule.startswith("number/")), None) or statistic.evidence
    return words.start, words.end, folded[words.start : words.end]


def _precision(written: str, statistic: Statistic) -> float:
    """Half of what the last digit stands for: 0.05 for 67.1%, 500 for 62.6万; 0 for a count written out."""
    decimals = len(match[1]) if (match := _DECIMALS.search(written)) else 0
    scale = 1
    for char in "".join(_SCALE.findall(written)):
        scale *= _SCALES[char]
    if not decimals and scale == 1 and statistic.unit_of_measure != "%":
        return 0.0
    return float(scale / 10**decimals / 2)


def runs(figures: Sequence[Figure], start: int) -> Iterator[Figure]:
    """The figures from `start` on in its sentence that are counted in the same measure, up to one that is not."""
    first = figures[start]
    for i in range(start, len(figures)):
        figure = figures[i]
        if figure.sentence != first.sentence or figure.measure != first.measure:
            return
        yield figure


def comparable(whole: Figure, part: Figure) -> bool:
    """Whether one figure may be blamed by the other: exact ones in the same measure word and for the same time."""
    one, other = whole.statistic, part.statistic
    exact = not (one.approximate or other.approximate) and whole.value > 0
    same_time = one.period == other.period or None in (one.period, other.period)
    return exact and same_time and one.unit_of_measure == other.unit_of_measure


def agree(stated: float, computed: float, tolerance: float) -> bool:
    """Whether two figures are the same within what rounding allows."""
    return abs(stated - computed) <= tolerance + 1e-6 * max(1.0, abs(stated))


def covers(one: Finding, other: Finding) -> bool:
    """Whether a finding ties all the figures together that the other ties, and checks the same one or no other."""
    members = {member.index for member in one.members}
    rest = {member.index for member in other.members}
    return members == rest or (rest < members and one.members[0].index == other.members[0].index)
