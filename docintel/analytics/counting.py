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
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby

import pandas as pd

from docintel.analytics.figures import Figure, figures_in, within
from docintel.schema import Relation

Whose = tuple[str, str]
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
_PLACE = re.compile("[省市县区州盟旗]$")
#: Units that answer for a whole place, and for which units of it: all where nothing is said.
_AUTHORITIES = (
    (re.compile("纪律检查|监察|纪委|监委|人民政府$|联席会议|专班"), re.compile("")),
    (re.compile("卫生健康(?:委员会|局)$"), re.compile("医院|卫生|疾病预防|妇幼|急救|血站")),
    (re.compile("教育(?:委员会|局|厅)$"), re.compile("教育|学校|中学|小学|初中|高中|大学|学院|幼儿园")),
    (re.compile("医疗保障局$"), re.compile("医疗保障|医院|卫生院|药店")),
    (re.compile("民政(?:局|厅)$"), re.compile("民政|养老|福利|敬老|救助")),
    (re.compile("(?:农业农村|乡村振兴)(?:局|厅)$"), re.compile("农业农村|乡村振兴|村|乡|镇")),
)


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
    inside = {row: LeftOut.WITHIN for row in _held(left)}
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
        if figure.identity:
            same[figure.identity].append(figure)
    yield from same.values()


def told(figures: Sequence[Figure]) -> list[list[Figure]]:
    """Reports by the value that they give; a vague one goes with the exact one that it allows."""
    values: list[list[Figure]] = []
    for figure in sorted(figures, key=lambda it: (it.high - it.low, it.value, it.row)):
        fitting = next((reports for reports in values if reports[0].agrees(figure)), None)
        if fitting is None:
            values.append([figure])
        else:
            fitting.append(figure)
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
    near = (other for other in before if 0 <= figure.start - other.start <= _NEAR)
    return any(other.value >= figure.value for other in near)


def _held(figures: Sequence[Figure]) -> Iterator[int]:
    """Figures that another one holds, which holds no more than it can."""
    places: dict[tuple[Whose, str | None], list[Figure]] = defaultdict(list)
    for figure in figures:
        for whose in _whose(figure):
            places[whose, figure.subject].append(figure)
    holders = {
        figure.row: {
            whole.row: whole
            for whose in _wider(figure)
            for subject in _broader(figure.subject)
            for whole in places.get((whose, subject), ())
            if _holds(whole, figure, whose)
        }
        for figure in figures
    }
    parts: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        for whole in holders[figure.row]:
            parts[whole].append(figure)
    wholes = {figure.row for figure in figures if _has_room(figure, parts[figure.row], holders)}
    yield from (row for row, them in holders.items() if not wholes.isdisjoint(them))


def _has_room(whole: Figure, parts: Sequence[Figure], holders: Mapping[int, Mapping[int, Figure]]) -> bool:
    """Whether the parts, less those held by other parts, come to no more than the whole."""
    rows = {part.row for part in parts}
    return sum(part.low for part in parts if rows.isdisjoint(holders[part.row])) <= whole.high


def _holds(whole: Figure, part: Figure, whose: Whose) -> bool:
    if whole.row == part.row or whole.high < part.low or not _same_time(whole, part):
        return False
    if whose[0] == "authority" and not _answers_for(whole, part):
        return False
    same_action = not whole.is_vague or whole.action == part.action
    return same_action and whole.identity != part.identity


def _same_time(whole: Figure, part: Figure) -> bool:
    return whole.when == part.when or bool(whole.span and part.span and within(part.span, whole.span))


def _whose(figure: Figure) -> list[Whose]:
    """Under what a figure is found by those that it may hold: its unit, and the place where that is an authority."""
    if not figure.holder:
        return [("region", figure.region or "")]
    own = [("unit", figure.holder)]
    return [*own, ("authority", figure.region)] if figure.region and _covered_by(figure) else own


def _wider(figure: Figure) -> Iterator[Whose]:
    """Whose figures may hold this one."""
    name, region = figure.holder or "", figure.region or ""
    yield from (("unit", name[:end]) for end in range(min(3, len(name)), len(name) + 1) if name)
    for end in range(2, len(region) + 1):
        if end == len(region) or _PLACE.search(region[:end]):
            yield "region", region[:end]
            if end < len(region) or name:
                yield "authority", region[:end]


def _broader(subject: str | None) -> list[str | None]:
    """A subject and its heads: 食堂问题, 堂问题, 问题."""
    return [None] if subject is None else [subject[start:] for start in range(max(1, len(subject) - 1))]


def _covered_by(figure: Figure) -> re.Pattern[str] | None:
    """For which units an authority answers; None of a unit that is none."""
    return next((units for names, units in _AUTHORITIES if names.search(figure.holder or "")), None)


def _answers_for(authority: Figure, figure: Figure) -> bool:
    """Whether a unit or place is one that the authority answers for, of its own place only one that is not its like."""
    covered, own = _covered_by(authority), _covered_by(figure)
    if covered is None or not covered.search(figure.holder or ""):
        return False
    return own is not covered or authority.region != figure.region
