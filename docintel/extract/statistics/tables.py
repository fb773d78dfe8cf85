"""Figures of tables whose cells are bare numbers: the heading of a column says what is counted and in what measure.

In: a reading and its unit mentions. Out: `Statistic`s for the columns of a table of units, `立案（件）` over `12`, in
text order. A number under a heading that names no measure word, or nothing counted, is left out: it could be a code.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from functools import cache

from docintel.extract.attribution.attribution import Attribution
from docintel.extract.attribution.row_owners import row_name
from docintel.extract.language.grids import Grid, Span, cell_grid
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Reading, within
from docintel.extract.language.segments import actions
from docintel.extract.statistics.metrics import metric_of
from docintel.extract.units.units import UnitMention, outermost
from docintel.schema import BlockKind, Ground, Metric, Statistic

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d{1,4})?")
_PERSONS = frozenset({"人", "名", "人次"})
_TENS_OF_THOUSANDS = 10_000
_HEADING_WITHIN = 6
#: A row is quoted from its unit to the figure, so that the quote says whose it is; only the figure where that is far.
_LONGEST_QUOTE = 60


@cache
def _words() -> dict[str, re.Pattern[str]]:
    table = load("ledger")["figures"]
    measures = alternation(table["measures"])
    return {
        "column": re.compile(rf"(?P<noun>.{{2,30}}?)\((?:单位:)?(?P<measure>{measures})\)"),
        "units": re.compile(table["units"]),
        "closing": re.compile(table["closing"]),
    }


def find_table_statistics(
    reading: Reading, mentions: Sequence[UnitMention], attribution: Attribution, skipped: Container[int] = ()
) -> tuple[Statistic, ...]:
    """The figures of all tables of units but those of the skipped blocks.

    Args:
        attribution: says where and when a figure is of.
    """
    outer = outermost(mentions)
    return tuple(
        statistic
        for i, block in enumerate(reading.document.blocks)
        if block.kind is BlockKind.TABLE and i not in skipped
        for statistic in _of_table(reading, cell_grid(reading, block), outer, attribution)
    )


def _of_table(
    reading: Reading, grid: Grid, mentions: Sequence[UnitMention], attribution: Attribution
) -> Iterator[Statistic]:
    start = next((y for y, row in enumerate(grid) if any(_is_number(reading, span) for span in row[1:])), 0)
    if not 0 < start <= _HEADING_WITHIN:
        return
    headings = [_heading(reading, grid[:start], x) for x in range(len(grid[0]))]
    units = next((x for x, heading in enumerate(headings) if _words()["units"].fullmatch(heading)), None)
    if units is None:
        return
    columns = {x: column for x, heading in enumerate(headings) if (column := _column(heading))}
    for row in grid[start:]:
        for x, heading in columns.items():
            span, owner = row[x], row[units]
            if span and owner and _is_number(reading, span) and (found := _statistic(reading, span, heading)):
                quote = (owner[0], span[1]) if 0 < span[1] - owner[0] <= _LONGEST_QUOTE else span
                evidence = reading.document.evidence(*quote)
                unit, period = _owner(reading, owner, mentions), attribution.period_at(span[0])
                yield replace(
                    found,
                    evidence=evidence,
                    unit=unit,
                    period=period.value,
                    region=attribution.region_of(unit),
                    grounds=(
                        *found.grounds,
                        Ground("unit", "unit/row", reading.document.evidence(*owner)),
                        period.ground(reading.document, "period"),
                    ),
                )


def _is_number(reading: Reading, span: Span | None) -> bool:
    return span is not None and _NUMBER.fullmatch(reading.folded, *span) is not None


def _heading(reading: Reading, rows: Grid, x: int) -> str:
    """The words over a column, those of two levels together; words over all columns are the table's title."""
    cells = dict.fromkeys(row[x] for row in rows if len(set(row)) > 1)
    return "".join(re.sub(r"\s", "", reading.folded[slice(*span)]) for span in cells if span)


def _column(heading: str) -> tuple[str, str] | None:
    """What a column counts and its measure word: `立案（件）`, or `发现问题数`, whose word is understood."""
    if match := _words()["column"].fullmatch(heading):
        return match["noun"], match["measure"]
    for measure, pattern in load("ledger")["figures"]["understood"].items():
        if re.fullmatch(pattern, heading):
            return heading, measure
    return None


def _statistic(reading: Reading, span: Span, heading: tuple[str, str]) -> Statistic | None:
    noun, measure = heading
    value = float(reading.folded[slice(*span)].replace(",", ""))
    if measure.startswith("万"):
        value, measure = round(value * _TENS_OF_THOUSANDS, 2), measure[1:]
    action = actions().match(noun)
    subject = _words()["closing"].sub("", noun[action.end() if action else 0 :])
    choice = metric_of(measure, subject, f"{noun}#")
    if choice.metric is Metric.OTHER:
        return None
    return Statistic(
        evidence=reading.document.evidence(*span),
        value=value,
        unit_of_measure=measure,
        metric=choice.metric,
        subject=subject or ("人" if measure in _PERSONS else None),
        action=action.group() if action else None,
        grounds=(Ground("", "number/table"), Ground("metric", "metric/column")),
    )


def _owner(reading: Reading, cell: Span, mentions: Sequence[UnitMention]) -> str | None:
    """Whose row it is: the unit by its full name, else the place as written; nobody of a sum."""
    named = within(mentions, *cell)
    if named:
        return named[0].canonical
    return row_name(reading.folded[slice(*cell)].strip()) or None
