"""Who did what, and what followed.

In: a reading with its unit mentions and persons. Out: one `Case` for each person, or people dealt with together, and
for each unit or nameless group that was dealt with.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from docintel.extract.cases.acts import split_acts
from docintel.extract.cases.case_tables import find_table_acts, find_table_units
from docintel.extract.cases.consequences import find_consequences
from docintel.extract.cases.crowds import find_crowd_cases
from docintel.extract.cases.facts import Facts, Span, distinct, make_case
from docintel.extract.cases.findings import Finding, find_acts
from docintel.extract.cases.headline_units import closed, listed_units, sums_of, unit_in_head
from docintel.extract.cases.notices import notice_near
from docintel.extract.cases.passing_units import find_units_given, find_units_noticed, find_units_reported
from docintel.extract.cases.reported import find_reported
from docintel.extract.cases.sanctions import Sanction
from docintel.extract.cases.shared_headlines import HeadedActs, allot_headlines
from docintel.extract.cases.statements import read_statements
from docintel.extract.cases.units import (
    find_unit_cases,
    find_units_decided,
    find_units_suffering,
)
from docintel.extract.cases.unnamed import find_unnamed_cases
from docintel.extract.language.items import Item, find_items, item_at
from docintel.extract.language.reading import Reading
from docintel.extract.units.units import UnitMention, outermost
from docintel.schema import Case, Person, SanctionKind

#: Who answers for others, and for what.
_ANSWERS = re.compile(r"负(?:有|主要|重要|直接)?[^,。;]{0,6}责任")
_NEGLECT = re.compile(r"不力|失察|失职|失管|失责|不严|不到位|缺位|流于形式|走过场|疏于|不履行|管理混乱")


@dataclass(frozen=True, slots=True)
class _Notice:
    """What the cases of a document share.

    Attributes:
        headed: the acts that the headlines of items tell.
        claimed: the sums that are told of somebody.
    """

    items: Sequence[Item]
    headed: HeadedActs
    claimed: frozenset[float]


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
    consequences = list(find_consequences(reading, statements))
    told = [
        *consequences,
        *find_acts(reading, items, statements, consequences),
        *find_table_acts(reading, persons),
        *find_reported(reading, statements),
    ]
    findings = allot_headlines(reading, items, told)
    notice = _Notice(items, HeadedActs(told), frozenset(finding.money.value for finding in told if finding.money))
    cases = [
        _person_case(reading, notice, mentions, [persons[i] for i in people], own)
        for people, own in _by_people(findings)
    ]
    cases += find_unit_cases(reading, items, mentions, statements, cases)
    units = _units_of(cases)
    cases += find_units_decided(reading, items, mentions, statements, notice.headed, units)
    cases += find_units_suffering(reading, items, mentions, statements, notice.headed, units)
    cases += find_table_units(reading, mentions, persons, units)
    cases += find_units_given(reading, mentions, statements, units)
    cases += find_units_noticed(reading, mentions, statements, units | _units_of(cases))
    cases += find_units_reported(reading, mentions)
    cases += find_crowd_cases(reading, cases)
    cases += find_unnamed_cases(reading, statements, cases)
    return tuple(sorted(cases, key=lambda case: case.evidence.start))


def _units_of(cases: Iterable[Case]) -> set[str]:
    """The units that have a case of their own."""
    return {unit for case in cases if not case.persons for unit in case.units}


def _by_people(findings: Sequence[Finding]) -> Iterator[tuple[tuple[int, ...], list[Finding]]]:
    """The findings of each case; not of those who only shared in what others were punished for."""
    sharers = _sharers(findings)
    together = _dealt_with_together(findings, sharers)
    sanctioned = {person for finding in findings if finding.sanction for person in finding.people}
    by_people: dict[tuple[int, ...], list[Finding]] = {}
    for finding in findings:
        for people in dict.fromkeys(together[person] for person in finding.people):
            by_people.setdefault(people, []).append(finding)
    for people, own in by_people.items():
        telling = [finding for finding in own if finding.act or finding.sanction]
        if telling and not all(f.act and f.shared and not sanctioned.isdisjoint(sharers[f.act]) for f in telling):
            yield people, own


def _sharers(findings: Iterable[Finding]) -> Mapping[Span, set[int]]:
    """All who share an act, also where the clause names each with a position: `局长张三,院长李四接受宴请`."""
    sharers: defaultdict[Span, set[int]] = defaultdict(set)
    for finding in findings:
        if finding.act and finding.shared:
            sharers[finding.act].update(finding.people)
    return sharers


def _dealt_with_together(findings: Sequence[Finding], sharers: Mapping[Span, set[int]]) -> dict[int, tuple[int, ...]]:
    """For each person the people of the case: those of the first sanction, or else of the first act.

    Each is alone where something else befell one of them or is told of one of them; an act in plain words, where one
    is told of each.
    """
    together: dict[int, tuple[int, ...]] = {}
    for finding in sorted(findings, key=lambda finding: (not finding.decided, finding.sanction is None)):
        people = tuple(sorted(sharers[finding.act])) if finding.act and finding.shared else finding.people
        for person in finding.people:
            together.setdefault(person, people)
    own = _told_of_each(finding for finding in findings if finding.rule != "plain")
    plain = _told_of_each(finding for finding in findings if finding.rule == "plain")
    return {
        person: people
        if all(own[other] == own[person] for other in people) and not _is_each_told_of(people, plain)
        else (person,)
        for person, people in together.items()
    }


def _is_each_told_of(people: Sequence[int], told: Mapping[int, set[tuple[int, int] | str]]) -> bool:
    """Whether of each of the people something is told that is not told of all."""
    of_all = set.intersection(*(told[person] for person in people))
    return all(told[person] - of_all for person in people)


def _told_of_each(findings: Iterable[Finding]) -> dict[int, set[tuple[int, int] | str]]:
    """The acts and sanctions of each person, to be compared with those of another."""
    told: defaultdict[int, set[tuple[int, int] | str]] = defaultdict(set)
    for finding in findings:
        for person in finding.people:
            if finding.act:
                told[person].add(finding.act)
            elif finding.sanction and finding.decided:
                told[person].add(finding.sanction.text)
    return told


def _person_case(
    reading: Reading,
    notice: _Notice,
    mentions: Sequence[UnitMention],
    people: Sequence[Person],
    findings: Sequence[Finding],
) -> Case:
    """The case of people; a unit's head answers for its item: its acts, and the sums that nobody else has claimed."""
    telling = next((finding for finding in findings if finding.act), findings[0])
    spans = distinct(reading.folded, [finding.act for finding in findings if finding.act])
    sums = [finding.money for finding in findings if finding.money]
    item = item_at(notice.items, telling.quote[0])
    own = bool(spans)
    grounds = [("", f"case/{telling.rule}", telling.quote), ("persons", _how_many(people), telling.quote)]
    if item.is_headed:
        unit = unit_in_head(reading, item, mentions)
        if unit and not spans and not reading.names_in(item.head.start, item.head.end, "PER"):
            last = listed_units(reading, mentions, unit)[-1]
            spans = list(split_acts(reading.folded, last.end, closed(reading, item.head)))
            own = bool(spans)
        if not spans and any(_ANSWERS.search(reading.folded, *finding.quote) for finding in findings):
            spans = [act for act in notice.headed.of(item) if _NEGLECT.search(reading.folded, *act)]
    by_item = item.is_headed and own and not sums
    if by_item:
        sums = [money for money in sums_of(reading, item) if money.value not in notice.claimed]
    stated = _stated(findings, has_acts=bool(spans))
    sanctions = [finding.sanction for finding in stated if finding.sanction] or notice_near(reading, telling.quote[0])
    sanctions = _decided(reading, sanctions)
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


def _stated(findings: Sequence[Finding], *, has_acts: bool) -> list[Finding]:
    """What befell people; that an organ dealt with them only where nothing else is said, 查办 not even beside acts."""
    stated = [finding for finding in findings if finding.sanction and finding.rule != "reported"]
    reported = [finding for finding in findings if finding.sanction and finding.rule == "reported"]
    return stated or [f for f in reported if f.sanction and not (has_acts and f.sanction.text == "查办")]


def _decided(reading: Reading, sanctions: Sequence[Sanction]) -> list[Sanction]:
    """Without the step before the decision: `对张三违规接受宴请问题|立案审查|,给予党内警告处分`."""
    final = {reading.sentence_at(s.start) for s in sanctions if s.kind in {SanctionKind.PARTY, SanctionKind.PUBLIC}}
    return [s for s in sanctions if s.text not in {"立案审查", "立案"} or reading.sentence_at(s.start) not in final]


def _how_many(people: Sequence[Person]) -> str:
    return "case-persons/alone" if len(people) == 1 else "case-persons/together"
