"""Cases told in a table: who in one column, what they did in another, what followed in a third.

In: a reading with its persons and unit mentions. Out: the acts and sums of the people of each row as findings, and
`Case`s of the units of rows that are about a unit.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from docintel.extract.cases.acts import trimmed
from docintel.extract.cases.consequences import sanctions_in
from docintel.extract.cases.facts import Facts, Span, make_case
from docintel.extract.cases.findings import Finding
from docintel.extract.cases.sanctions import Sanction
from docintel.extract.cases.sums import find_money
from docintel.extract.language.grids import cell_grid
from docintel.extract.language.reading import Clause, Reading, within
from docintel.extract.units.units import UnitMention
from docintel.schema import BlockKind, Case, Person, SanctionKind, UnitKind

#: What the columns are called.
_WHO = re.compile(r"人员|姓名|当事人|责任人|对象|机构|单位|企业|名称|被(?:处理|处罚|通报|查处)")
_FACTS = re.compile(r"事实|情形|行为|案情|(?:违[纪规法]|主要|存在|突出)\S{0,4}(?:问题|情况)|违[纪规法]\S{0,4}内容")
_RESULT = re.compile(r"处理|处分|处罚|处置|查处")
_HEADING_WITHIN = 3
#: Where it was, and how much it came to: no act.
_NO_ACT = re.compile(r"(?:在[^,]*[中内]|期间|属实|经查)$|(?:涉及|涉案|共计|合计|累计|折合|金额|每|一年|其中|案发)")
_RULE = "table"


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row: who, what they did, what followed."""

    who: Span
    facts: Span
    result: Span


def find_table_acts(reading: Reading, persons: Sequence[Person]) -> Iterator[Finding]:
    """The acts and sums of the people whom the rows of such tables name, the ones in the last column included."""
    places = _places(persons)
    for row in _rows(reading):
        acts = list(_acts(reading, row.facts))
        if people := _named(places, row.who):
            quote = (row.who[0], acts[0][1] if acts else row.facts[1])
            yield from (Finding(people, quote, _RULE, act=act) for act in acts)
            yield from (Finding(people, quote, _RULE, money=money) for money in find_money(reading.folded, *row.facts))
            continue
        for clause in within(reading.clauses, *row.result):
            if people := _named(places, clause):
                yield from (Finding(people, (clause.start, clause.end), _RULE, act=act) for act in acts)


def find_table_units(
    reading: Reading, mentions: Sequence[UnitMention], persons: Sequence[Person], told: Container[str]
) -> Iterator[Case]:
    """The units whose rows of such tables name nobody.

    Args:
        reading: the document.
        mentions: unit mentions in text order.
        persons: as `find_persons` gives them.
        told: canonical names of the units that have a case.
    """
    places = _places(persons)
    for row in _rows(reading):
        units = [unit for unit in within(mentions, *row.who) if unit.kind is not UnitKind.DISCIPLINE]
        if _named(places, row.who) or not units or units[-1].canonical in told:
            continue
        clauses = [c for c in within(reading.clauses, *row.result) if not _named(places, c)]
        sanctions = [sanction for clause in clauses for sanction in _sanctions(reading, clause)]
        acts = list(_acts(reading, row.facts))
        if sanctions and acts:
            quote, stated = (units[0].start, acts[0][1]), (sanctions[0].start, sanctions[0].end)
            sums = find_money(reading.folded, *row.facts)
            grounds = [("", f"case/{_RULE}", quote), ("sanctions", f"sanction/{_RULE}", stated)]
            if sums:
                grounds.append(("amounts", "amount/told", (sums[0].start, sums[0].end)))
            names = tuple(dict.fromkeys(unit.canonical for unit in units))
            yield make_case(
                reading,
                Facts(quote=quote, units=names, acts=acts, told=acts, sums=sums, sanctions=sanctions, grounds=grounds),
            )


def _sanctions(reading: Reading, clause: Clause) -> list[Sanction]:
    """The sanctions of a clause, or the clause itself: what stands in the column followed."""
    found = sanctions_in(reading, *clause)
    return found or [Sanction(clause.start, clause.end, reading.text[slice(*clause)], SanctionKind.OTHER)]


def _acts(reading: Reading, facts: Span) -> Iterator[Span]:
    for start, end in within(reading.clauses, *facts):
        if not _NO_ACT.match(reading.folded, start, end):
            yield from trimmed(reading.folded, start, end)


def _places(persons: Sequence[Person]) -> list[tuple[int, int]]:
    """Where persons are mentioned, and which, in text order."""
    return sorted((mention.start, i) for i, person in enumerate(persons) for mention in person.mentions)


def _named(places: Sequence[tuple[int, int]], span: Span) -> tuple[int, ...]:
    return tuple(dict.fromkeys(person for start, person in places if span[0] <= start < span[1]))


def _rows(reading: Reading) -> Iterator[_Row]:
    """The rows of tables whose headings say who, what and what followed."""
    for block in reading.document.blocks:
        if block.kind is not BlockKind.TABLE:
            continue
        grid = cell_grid(reading, block)
        for number, heading in enumerate(grid[:_HEADING_WITHIN]):
            columns = [_column(reading, heading, names) for names in (_FACTS, _RESULT, _WHO)]
            if None not in columns and len(set(columns)) == len(columns):
                for cells in grid[number + 1 :]:
                    facts, result, who = (cells[c] if c is not None and c < len(cells) else None for c in columns)
                    if who and facts and result:
                        yield _Row(who, facts, result)
                break


def _column(reading: Reading, heading: Sequence[Span | None], names: re.Pattern[str]) -> int | None:
    """The first column whose heading is one of these names."""
    return next((i for i, cell in enumerate(heading) if cell and names.search(reading.folded, *cell)), None)
