"""Which figures may be added: each once, and none beside one that holds it.

In: a table of figures, and of checks where there is one. Out: for each row why it is not added, None where it is.

Of one metric and measure word,

- a figure that several reports give counts once;
- where documents give different values for one unit, period and subject, one counts: the one that most give, else the
  latest (`docintel.analytics.contradictions` lists them);
- a part of a total is not added to it: told by the checks, and by 其中;
- nor is the figure of a department, a lower place, a shorter period or a narrower subject beside the wider one.

A figure is only believed to hold others that are no larger than it, each and together.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby, takewhile

import pandas as pd

from docintel.analytics.figures import Figure, figures_in
from docintel.analytics.holding import held
from docintel.schema import Relation

Group = tuple[str, ...]


class LeftOut(StrEnum):
    """Why a figure is not added."""

    REPEATED = "repeated"
    CONFLICT = "conflict"
    PART = "part"
    WITHIN = "within"


#: How far before 其中 its total stands.
_NEAR = 200
_PARTS = re.compile("其中")


def left_out(statistics: pd.DataFrame, by: Sequence[str] = (), checks: pd.DataFrame | None = None) -> pd.Series:
    """Why each row is not added to the others of its group; None where it is, or has no value.

    Args:
        statistics: of `Library.statistics()`.
        by: columns that make groups, beside metric and measure word.
        checks: of `Library.records("checks")`, which know the parts of totals.
    """
    keys = [name for name in by if name not in ("metric", "unit_of_measure")]
    others = [statistics[name].astype(object).where(statistics[name].notna(), "").tolist() for name in keys]
    groups: dict[Group, list[Figure]] = defaultdict(list)
    for figure in figures_in(statistics):
        groups[figure.metric, figure.measure, *(str(column[figure.row]) for column in others)].append(figure)
    parts = _parts_by_checks(checks)
    reasons: dict[int, LeftOut] = {}
    for figures in groups.values():
        reasons |= _reasons(figures, parts)
    return pd.Series([reasons.get(row) for row in range(len(statistics))], index=statistics.index, dtype=object)


def _reasons(figures: Sequence[Figure], parts: Mapping[tuple[str, int], set[int]]) -> dict[int, LeftOut]:
    once = _counted_once(figures)
    left = [figure for figure in figures if figure.row not in once]
    inside = {row: LeftOut.WITHIN for row in held(left)}
    return inside | {row: LeftOut.PART for row in _parts(figures, parts)} | once


def _counted_once(figures: Iterable[Figure]) -> dict[int, LeftOut]:
    """All reports of a figure but one."""
    reasons: dict[int, LeftOut] = {}
    for same in alike(figures):
        values = told(same)
        for reports in values:
            first = min(reports, key=lambda it: (it.high - it.low, it.row))  # the exact one
            reasons |= {it.row: LeftOut.REPEATED for it in reports if it is not first}
        if conflict(values):
            kept = max(values, key=lambda them: (len({it.work for it in them}), max(it.published for it in them)))
            for reports in values:
                if reports is not kept:
                    reasons |= {it.row: LeftOut.CONFLICT for it in reports if it.row not in reasons}
    return reasons


def alike(figures: Iterable[Figure]) -> Iterator[list[Figure]]:
    """Figures of one metric, measure word, unit or region, time and subject."""
    same: dict[tuple[str | None, ...], list[Figure]] = defaultdict(list)
    for figure in figures:
        if identity := figure.identity:
            same[identity].append(figure)
    yield from same.values()


def told(figures: Sequence[Figure]) -> list[list[Figure]]:
    """Reports by the value that they give; a vague one goes with the exact one that it allows."""
    values: list[list[Figure]] = []
    lows: list[float] = []  # of the first report of each value, ascending; no two of them agree
    places: list[int] = []  # where in `values` each of these is
    for figure in sorted(figures, key=lambda it: (it.high - it.low, it.value, it.row)):
        end = bisect_right(lows, figure.high)
        start = end
        while start and values[places[start - 1]][0].agrees(figure):
            start -= 1
        if start < end:
            values[min(places[start:end])].append(figure)
        else:
            lows.insert(end, figure.low)
            places.insert(end, len(values))
            values.append([figure])
    return values


def conflict(values: Sequence[Sequence[Figure]]) -> bool:
    """Whether the values of what is alike contradict each other: for a known period, and one value a work.

    Several values in one work show that more than what is compared tells its figures apart.
    """
    works = [{figure.work for figure in reports} for reports in values]
    one_each = sum(map(len, works)) == len(set().union(*works))
    return len(values) > 1 and one_each and values[0][0].span is not None


def _parts_by_checks(checks: pd.DataFrame | None) -> dict[tuple[str, int], set[int]]:
    """For a part, by document and number, the numbers of its totals."""
    parts: dict[tuple[str, int], set[int]] = defaultdict(set)
    if checks is not None and len(checks):
        for document, relation, members in zip(
            checks["document"], checks["relation"], checks["statistics"], strict=True
        ):
            if relation in (Relation.PARTS, Relation.AT_MOST):
                for member in members[1:]:
                    parts[document, int(member)].add(int(members[0]))
    return parts


def _parts(figures: Sequence[Figure], known: Mapping[tuple[str, int], set[int]]) -> Iterator[int]:
    numbers = {(figure.document, figure.ordinal) for figure in figures}
    for _, group in groupby(sorted(figures, key=lambda it: (it.document, it.start)), key=lambda it: it.document):
        before: list[Figure] = []
        for figure in group:
            wholes = known.get((figure.document, figure.ordinal), ())
            if any((figure.document, whole) in numbers for whole in wholes) or _is_part(figure, before):
                yield figure.row
            before.append(figure)


def _is_part(figure: Figure, before: Sequence[Figure]) -> bool:
    """`其中食堂类137个` behind a total."""
    if not _PARTS.search(figure.quote):
        return False
    near = takewhile(lambda other: figure.start - other.start <= _NEAR, reversed(before))
    return any(other.value >= figure.value for other in near)
