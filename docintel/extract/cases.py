"""Who did what, and what followed.

In: a reading with its unit mentions and persons. Out: one `Case` for each person, or people dealt with together, and
for each unit or nameless group that was dealt with.
"""

from collections.abc import Container, Iterable, Iterator, Sequence

from docintel.extract.acts import split_acts
from docintel.extract.case_facts import Facts, distinct, make_case
from docintel.extract.consequences import find_consequences, notice_in
from docintel.extract.crowd_cases import find_crowd_cases
from docintel.extract.findings import Finding, find_acts
from docintel.extract.items import Item, find_items
from docintel.extract.reading import Reading
from docintel.extract.sanctions import Sanction
from docintel.extract.statements import read_statements
from docintel.extract.unit_cases import (
    closed,
    find_unit_cases,
    find_units_given,
    find_units_suffering,
    sums_of,
    unit_in_head,
)
from docintel.extract.units import UnitMention, outermost
from docintel.schema import Case, Person


def find_cases(reading: Reading, mentions: Sequence[UnitMention], persons: Sequence[Person]) -> tuple[Case, ...]:
    """The people and units dealt with, in text order.

    Args:
        reading: the document.
        mentions: unit mentions in text order.
        persons: as `find_persons` gives them.
    """
    mentions = outermost(mentions)
    statements = list(read_statements(reading, persons, mentions))
    items = find_items(reading)
    findings = [*find_consequences(reading, statements), *find_acts(reading, items, statements)]
    claimed = {finding.money.value for finding in findings if finding.money}
    cases = [
        _person_case(reading, items, mentions, [persons[i] for i in people], own, claimed)
        for people, own in _by_people(findings)
    ]
    cases += find_unit_cases(reading, items, mentions, cases)
    told = {unit for case in cases if not case.persons for unit in case.units}
    cases += find_units_suffering(reading, items, mentions, statements, told)
    cases += find_units_given(reading, mentions, statements)
    cases += find_crowd_cases(reading, cases)
    return tuple(sorted(cases, key=lambda case: case.evidence.start))


def _by_people(findings: Sequence[Finding]) -> Iterator[tuple[tuple[int, ...], list[Finding]]]:
    """The findings of each case; not of those who only shared in what others were punished for."""
    together = _dealt_with_together(findings)
    sanctioned = any(finding.sanction for finding in findings)
    by_people: dict[tuple[int, ...], list[Finding]] = {}
    for finding in findings:
        for people in dict.fromkeys(together[person] for person in finding.people):
            by_people.setdefault(people, []).append(finding)
    for people, own in by_people.items():
        telling = [finding for finding in own if finding.act or finding.sanction]
        if telling and not (sanctioned and all(finding.shared for finding in telling)):
            yield people, own


def _dealt_with_together(findings: Iterable[Finding]) -> dict[int, tuple[int, ...]]:
    """For each person the people of the case: those of the first sanction, or else of the first act."""
    together: dict[int, tuple[int, ...]] = {}
    for finding in sorted(findings, key=lambda finding: (not finding.decided, finding.sanction is None)):
        for person in finding.people:
            together.setdefault(person, finding.people)
    return together


def _person_case(
    reading: Reading,
    items: Sequence[Item],
    mentions: Sequence[UnitMention],
    people: Sequence[Person],
    findings: Sequence[Finding],
    claimed: Container[float],
) -> Case:
    """The case of people; a unit's head answers for its item: its acts, and the sums that nobody else has claimed."""
    telling = next((finding for finding in findings if finding.act), findings[0])
    spans = distinct(reading.folded, [finding.act for finding in findings if finding.act])
    sums = [finding.money for finding in findings if finding.money]
    item = next(item for item in items if item.holds(telling.quote[0]))
    grounds = [("", f"case/{telling.rule}", telling.quote), ("persons", _how_many(people), telling.quote)]
    if item.is_headed:
        unit = unit_in_head(reading, item, mentions)
        if unit and not spans and not reading.names_in(item.head.start, item.head.end, "PER"):
            spans = list(split_acts(reading.folded, unit.end, closed(reading, item.head)))
    by_item = item.is_headed and not sums
    if by_item:
        sums = [money for money in sums_of(reading, item) if money.value not in claimed]
    stated = [finding for finding in findings if finding.sanction]
    sanctions = [finding.sanction for finding in stated if finding.sanction] or _notice(reading, telling.quote[0])
    if sanctions:
        rule = f"sanction/{stated[0].rule if stated else 'notice'}"
        grounds.append(("sanctions", rule, (sanctions[0].start, sanctions[0].end)))
    if sums:
        grounds.append(("amounts", f"amount/{'item' if by_item else 'told'}", (sums[0].start, sums[0].end)))
    facts = Facts(
        quote=telling.quote,
        persons=tuple(person.name for person in people),
        units=tuple(dict.fromkeys(person.unit for person in people if person.unit)),
        acts=spans,
        told=[span for finding in findings if (span := finding.again or finding.act)],
        sums=sums,
        sanctions=sanctions,
        grounds=grounds,
    )
    return make_case(reading, facts)


def _how_many(people: Sequence[Person]) -> str:
    return "case-persons/alone" if len(people) == 1 else "case-persons/together"


def _notice(reading: Reading, offset: int) -> list[Sanction]:
    """Being named in a notice, where the block that tells of the case is one."""
    block = reading.document.block_at(offset)
    notice = notice_in(reading, block.start, block.end) if block else None
    return [notice] if notice else []
