"""Units dealt with in passing, in one clause of a text about something else.

In: a reading with its statements and unit mentions. Out: `Case`s without persons.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from docintel.extract.cases.acts import is_wrong, is_wrong_at_once, split_acts
from docintel.extract.cases.consequences import general_in, sanctions_in
from docintel.extract.cases.facts import Facts, make_case
from docintel.extract.cases.notices import notice_near
from docintel.extract.cases.statements import Statement, naming
from docintel.extract.language.reading import Clause, Reading, at, within
from docintel.extract.units.units import UnitMention
from docintel.schema import Case, UnitKind

#: `对|某县教育局|予以|通报批评`
_GIVEN = re.compile(r"对[^,。;“”]{2,60}?(?P<decision>予以|给予|作出|进行)")
#: `市卫健委|给予|某市人民医院全市通报批评`, `县医保局|责令|该院退回医保基金`
_GIVEN_TO = re.compile(r"(?P<decision>给予|责令)(?:该)?$")

#: `查实|某区中医院违规外包太平间|问题2起`
_REPORTED = re.compile(
    r"(?:查实|查处|通报|曝光)了?(?P<units>[^,。;]{4,80}?)(?:等)?问题[0-9一二两三四五六七八九十]{1,3}起"
)
#: `其中提到,|某县农机站搞过度留痕问题`, `比如,2021年,|某县法院多次超标准接待`
_LEAD = re.compile(
    r"(?:(?:其中|比如|例如|再如|又如|如|通报(?:中)?(?:提到|指出|称))[,:]?)?(?:提到[,:]?)?"
    r"(?:(?:从|自)?\d{4}年(?:\d{1,2}月)?(?:(?:至|到|以来)(?:\d{4}年)?(?:\d{1,2}月)?)?(?:期间|间|初|底)?,?)?"
)
#: `公开通报了|某县教育局违规收费问题`
_NOTICED = re.compile(r"(?:公开|专题|点名)通报(?:曝光)?了?\Z")
_NOTICE_REACH = 8
_DEALT_WITH = re.compile(r"(?:共)?(?:问责|追责|处理|处分|给予)")


def find_units_given(
    reading: Reading, mentions: Sequence[UnitMention], statements: Sequence[Statement], told: Container[str]
) -> Iterator[Case]:
    """Units that somebody deals with: `对某县教育局、某县第三中学予以通报批评`.

    Args:
        reading: the document.
        mentions: unit mentions in text order.
        statements: in text order.
        told: canonical names of the units that have a case; they get no other by `给予该院`.
    """
    for number, inside in naming(statements, mentions):
        statement = statements[number]
        given = None if statement.groups else _given_in(reading, inside, statement.clause, told)
        sanctions = sanctions_in(reading, given.decision, statement.clause.end) if given else []
        if given and sanctions:
            quote = (given.start, statement.clause.end)
            facts = Facts(
                quote=quote,
                units=given.units,
                sanctions=sanctions,
                grounds=[("", "case/unit-given", quote), ("sanctions", "sanction/unit", quote)],
            )
            yield make_case(reading, facts)


@dataclass(frozen=True, slots=True)
class _Given:
    """What a clause says somebody gave units: where it begins to, where the decision stands, and to which."""

    start: int
    decision: int
    units: tuple[str, ...]


def _given_in(reading: Reading, inside: Sequence[UnitMention], clause: Clause, told: Container[str]) -> _Given | None:
    low, high = clause
    units = [m for m in inside if m.kind is not UnitKind.DISCIPLINE]
    if not units:
        return None
    if given := _GIVEN.search(reading.folded, low, high):
        dealt_with = [m for m in units if given.start() < m.start < given.start("decision")]
        if dealt_with and dealt_with[-1] is units[-1]:
            return _Given(given.start(), given.start("decision"), tuple(dict.fromkeys(m.canonical for m in dealt_with)))
    for unit in units:
        decision = _GIVEN_TO.search(reading.folded, low, unit.start)
        if decision and unit.canonical not in told:
            return _Given(low, decision.start(), (unit.canonical,))
    return None


def find_units_noticed(
    reading: Reading, mentions: Sequence[UnitMention], statements: Sequence[Statement], told: Container[str]
) -> Iterator[Case]:
    """Units that a notice names, where a text tells of it: `通报指出,|某县法院多次超标准接待`.

    Args: as for `find_units_given`.
    """
    found: set[str] = set()
    for number, inside in naming(statements, mentions):
        statement = statements[number]
        unit = None if statement.groups or statement.quoted else _noticed_in(reading, inside, statement.clause)
        if unit is None or unit.canonical in told or unit.canonical in found:
            continue
        notice = notice_near(reading, statement.clause.start)
        if notice and notice[0].start < unit.start:
            found.add(unit.canonical)
            quote = (unit.start, statement.clause.end)
            acts = list(split_acts(reading.folded, unit.end, statement.clause.end))
            for clause in _going_on(mentions, statements, number):
                acts += split_acts(reading.folded, *clause) if is_wrong(reading.folded, *clause) else ()
            facts = Facts(
                quote=quote,
                units=(unit.canonical,),
                acts=acts,
                sanctions=notice,
                grounds=[("", "case/unit-noticed", quote), ("sanctions", "sanction/notice", quote)],
            )
            yield make_case(reading, facts)


def _going_on(mentions: Sequence[UnitMention], statements: Sequence[Statement], number: int) -> Iterator[Clause]:
    """The clauses behind one, to the end of its sentence or to the first with people or another unit."""
    sentence = statements[number].sentence
    behind = (statements[i] for i in range(number + 1, len(statements)))
    own = takewhile(lambda s: s.sentence is sentence and not s.groups and not at(mentions, s.clause.start), behind)
    return (statement.clause for statement in own)


def _noticed_in(reading: Reading, inside: Sequence[UnitMention], clause: Clause) -> UnitMention | None:
    """The unit that opens a clause, or that it says was named in a notice, and that the clause says did wrong."""
    folded, (low, high) = reading.folded, clause
    begin = _LEAD.match(folded, low, high).end()  # type: ignore[union-attr]  # it always matches
    opener = at(inside, begin)
    named = [m for m in inside if _NOTICED.search(folded, max(low, m.start - _NOTICE_REACH), m.start)]
    unit = named[0] if named else opener
    if unit is None or unit.kind is UnitKind.DISCIPLINE or not (named or unit.start == begin):
        return None
    is_told = is_wrong_at_once(folded, unit.end, high) and not general_in(reading, low, high)
    return unit if is_told else None


def find_units_reported(reading: Reading, mentions: Sequence[UnitMention]) -> Iterator[Case]:
    """Units found out in passing: `查实|区中医院、区二院|违规外包太平间问题2起,问责6人`."""
    for sentence in reading.sentences:
        if not _REPORTED.search(reading.folded, sentence.start, sentence.end):
            continue
        for clause, following in zip(sentence.clauses, [*sentence.clauses[1:], None], strict=True):
            reported = _REPORTED.search(reading.folded, clause.start, clause.end)
            units = within(mentions, reported.start("units"), clause.end) if reported else ()
            if not reported or not units or units[0].start != reported.start("units"):
                continue
            end = following.end if following and _DEALT_WITH.match(reading.folded, following.start) else clause.end
            general = general_in(reading, clause.end, end) or general_in(reading, clause.start, clause.end)
            act = (units[-1].end, reported.end("units"))
            if general:
                quote = (reported.start(), end)
                facts = Facts(
                    quote=quote,
                    units=tuple(dict.fromkeys(unit.canonical for unit in units)),
                    acts=list(split_acts(reading.folded, *act)),
                    sanctions=[general],
                    grounds=[("", "case/unit-reported", quote), ("sanctions", "sanction/unit", quote)],
                )
                yield make_case(reading, facts)
