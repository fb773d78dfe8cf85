"""Who did what, and what followed.

In: a reading with its unit mentions and persons. Out: one `Case` for each person, or people dealt with together, and
for each unit that a notice names without a person.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from docintel.extract.acts import is_wrong, split_acts, trim_act
from docintel.extract.lexicon import alternation, load
from docintel.extract.positions import outermost
from docintel.extract.reading import Reading
from docintel.extract.sanctions import split_sanctions
from docintel.extract.statements import Group, Statement, read_statements
from docintel.extract.units import UnitMention
from docintel.schema import Case, Person
from docintel.text.numerals import QuantityGrammar

_WORDS = load("cases")
_MONEY = QuantityGrammar(["元"])
_NOT_AMOUNT = re.compile(alternation(_WORDS["not_amounts"]))
_HEADLINE = re.compile(r"(?:问题|案|案件)[。\"”]*$")
_CRIMES = re.compile(r"案(?:件)?[。\"”]*$")
#: what stands between the act and the sanction: `(严重违纪违法)|被开除党籍`
_LEAD_IN = re.compile(r"(?:被|受到|分别|予以|给予|,|因此)")
_PASSIVE = re.compile(r"被|受到")
_AMONG_THEM = re.compile(r"其中包?括?有?")


@dataclass(frozen=True, slots=True)
class _Fact:
    """Something said of a group: an act or a sanction, with the clause that says it."""

    names: tuple[str, ...]
    quote: tuple[int, int]
    act: tuple[int, int] | None = None
    sanction: str | None = None
    amount: float | None = None


def find_cases(reading: Reading, mentions: Sequence[UnitMention], persons: Sequence[Person]) -> tuple[Case, ...]:
    """The people and units dealt with, in text order.

    Args:
        reading: the document.
        mentions: unit mentions in text order.
        persons: as `find_persons` gives them.
    """
    mentions = outermost(mentions)
    statements = list(read_statements(reading, persons, mentions))
    facts = list(_facts(reading, statements))
    together = _dealt_with_together(facts)
    cases: dict[tuple[str, ...], list[_Fact]] = {}
    for fact in facts:
        for key in dict.fromkeys(together[name] for name in fact.names):
            cases.setdefault(key, []).append(fact)
    found = [_case(reading, key, own) for key, own in cases.items()]
    found += _unit_cases(reading, mentions, statements)
    return tuple(sorted(found, key=lambda case: case.evidence.start))


def _facts(reading: Reading, statements: Sequence[Statement]) -> Iterator[_Fact]:
    """Acts, sanctions and sums, each with the people it belongs to, in text order."""
    headed: dict[int, bool] = {}
    for statement in statements:
        start = statement.sentence.start
        if start not in headed:
            headed[start] = bool(_HEADLINE.search(reading.folded, start, statement.sentence.end))
        yield from _sanctions(reading, statement)
        if not statement.quoted:
            yield from _headline(reading, statement) if headed[start] else _acts(reading, statement)


def _headline(reading: Reading, statement: Statement) -> Iterator[_Fact]:
    """`某局局长张三违规收受礼品、礼金,公款吃喝等问题。`: read once, at the clause that names the person."""
    if not statement.groups or not statement.about or statement.groups[-1].end == statement.clause.end:
        return
    folded, end = reading.folded, statement.sentence.end
    quote = (statement.about[0].phrase, len(folded[:end].rstrip('。;”"')))
    for act in split_acts(folded, statement.groups[-1].end, quote[1], crimes=bool(_CRIMES.search(folded, 0, end))):
        for group in statement.about:
            yield _Fact(group.names, quote, act=act)


def _acts(reading: Reading, statement: Statement) -> Iterator[_Fact]:
    """The wrong that a clause tells of its subjects."""
    low, high = statement.clause.start, statement.clause.end
    if not statement.about or not is_wrong(reading.folded, low, high):
        return
    begin = statement.groups[-1].end if statement.groups else low
    lead_in = _LEAD_IN.search(reading.folded, begin, high)
    act = trim_act(reading.folded, begin, lead_in.start() if lead_in else high)
    for group in statement.about:
        quote = (max(group.phrase, statement.sentence.start), high)
        if act:
            yield _Fact(group.names, quote, act=act)
        for amount in _amounts(reading.folded, low, high):
            yield _Fact(group.names, quote, amount=amount)


def _sanctions(reading: Reading, statement: Statement) -> Iterator[_Fact]:
    """What befell the people named last before it in the clause, or else those the clause is about."""
    low, high = statement.clause.start, statement.clause.end
    for sanction in split_sanctions(reading.text[low:high]):
        for group in _targets(statement, low + sanction.start):
            yield _Fact(group.names, (group.phrase, max(high, group.end)), sanction=sanction.text)


def _targets(statement: Statement, offset: int) -> tuple[Group, ...]:
    before = [group for group in statement.groups if group.end <= offset]
    if before and before[-1] not in statement.about:
        return (before[-1],)
    return statement.about


def _amounts(folded: str, start: int, end: int) -> list[float]:
    """Sums of yuan in a clause; no fines, nothing paid back."""
    if _NOT_AMOUNT.search(folded, start, end):
        return []
    return [quantity.value for quantity in _MONEY.find(folded, start, end) if quantity.value is not None]


def _dealt_with_together(facts: Iterable[_Fact]) -> dict[str, tuple[str, ...]]:
    """For each name the people of its case: those of its first sanction, or else of its first act."""
    together: dict[str, tuple[str, ...]] = {}
    for fact in sorted(facts, key=lambda fact: fact.sanction is None):
        for name in fact.names:
            together.setdefault(name, fact.names)
    return {name: group for name, group in together.items()}


def _case(reading: Reading, names: tuple[str, ...], facts: Sequence[_Fact]) -> Case:
    quote = next((fact.quote for fact in facts if fact.act), facts[0].quote)
    acts = dict.fromkeys(fact.act for fact in facts if fact.act)
    return Case(
        evidence=reading.document.evidence(*quote),
        persons=names,
        violations=tuple(reading.document.evidence(*act) for act in acts),
        sanctions=tuple(dict.fromkeys(fact.sanction for fact in facts if fact.sanction)),
        amounts=tuple(dict.fromkeys(fact.amount for fact in facts if fact.amount)),
    )


def _unit_cases(reading: Reading, mentions: Sequence[UnitMention], statements: Sequence[Statement]) -> Iterator[Case]:
    return iter(())
