"""Tables proof-read: columns against their totals, and prose against the table that it sums up.

In: figures in text order. Out: findings of `Relation.PARTS` for tables and of `Relation.REPEATED`.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

from docintel.extract.checks.figures import Figure, Finding, agree, comparable
from docintel.extract.language.reading import Reading
from docintel.schema import Metric, Relation

#: Many of these stand in one document, each about something else.
_OFTEN = frozenset({Metric.OTHER, Metric.SHARE, Metric.OCCURRENCES, Metric.AMOUNT_INVOLVED, Metric.TASKS})
#: Rows that are counted in another row.
_SUBROW = re.compile(r"\s*(?:其中|小计)")
#: Before a figure that is a sum over all.
_ANNOUNCED = re.compile(r"(?:共|合计|总计|累计)[^,。;]{0,12}$")


def find_column_sums(reading: Reading, figures: Sequence[Figure]) -> Iterator[Finding]:
    """The total of a table's column: the one figure of it that is no unit's."""
    columns: defaultdict[Hashable, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.in_table and not _SUBROW.match(figure.statistic.evidence.quote):
            columns[_column(figure)].append(figure)
    for column in columns.values():
        sums = [figure for figure in column if figure.statistic.unit is None]
        parts = [figure for figure in column if figure.statistic.unit is not None]
        if len(sums) == 1 and len(parts) > 1:
            total = sum(part.value for part in parts)
            holds = agree(sums[0].value, total, sum(figure.tolerance for figure in column))
            yield Finding(Relation.PARTS, (sums[0], *parts), total, holds=holds, rule="column")


def _column(figure: Figure) -> Hashable:
    statistic = figure.statistic
    return figure.block, statistic.metric, statistic.subject, statistic.action, statistic.unit_of_measure


def find_repeats(reading: Reading, figures: Sequence[Figure]) -> Iterator[Finding]:
    """One figure told in prose and in a table."""
    prose = [figure for figure in figures if not figure.in_table and figure.statistic.metric not in _OFTEN]
    table = [figure for figure in figures if figure.in_table]
    for told, listed in _told_and_listed(reading, prose, table):
        holds = agree(told.value, listed.value, told.tolerance + listed.tolerance)
        if not holds and (told.statistic.period or not comparable(told, listed)):
            continue  # the table may be of another time
        yield Finding(Relation.REPEATED, (told, listed), listed.value, holds=holds, rule="repeated")


def _told_and_listed(
    reading: Reading, prose: Sequence[Figure], table: Sequence[Figure]
) -> Iterator[tuple[Figure, Figure]]:
    """The one figure of a unit in prose and the one in a table; a sum in prose and the total of a column."""
    listed = _only_ones((_kind(figure), figure) for figure in table)
    rows = {figure.statistic.unit for figure in table}
    sums = [figure for figure in prose if _is_sum(reading, figure) and figure.statistic.unit not in rows - {None}]
    totals = _only_ones(((*_kind(figure)[:2], None), figure) for figure in sums)
    told = _only_ones((_kind(figure), figure) for figure in prose if figure.statistic.unit) | totals
    for key, figure in told.items():
        if key in listed:
            yield figure, listed[key]


def _is_sum(reading: Reading, figure: Figure) -> bool:
    low = max(figure.sentence, figure.start - 20)
    return bool(_ANNOUNCED.search(reading.folded, low, figure.start))


def _kind(figure: Figure) -> tuple[Metric, str, str | None]:
    return figure.statistic.metric, figure.measure, figure.statistic.unit


def _only_ones(keyed: Iterable[tuple[Hashable, Figure]]) -> dict[Hashable, Figure]:
    """The figures that are the only ones under their key."""
    found: defaultdict[Hashable, list[Figure]] = defaultdict(list)
    for key, figure in keyed:
        found[key].append(figure)
    return {key: figures[0] for key, figures in found.items() if len(figures) == 1}
