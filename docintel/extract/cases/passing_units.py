"""Units dealt with in passing, in one clause of a text about something else.

In: a reading with its statements and unit mentions. Out: `Case`s without persons.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from docintel.extract.cases.acts import split_acts
from docintel.extract.cases.consequences import general_in, sanctions_in
from docintel.extract.cases.facts import Facts, make_case
from docintel.extract.cases.statements import Statement
from docintel.extract.language.reading import Clause, Reading, within
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
_DEALT_WITH = re.compile(r"(?:共)?(?:问责|追责|处理|处分|给予)")


def find_units_given(
    reading: Reading, mentions: Sequence[UnitMention], statements: Iterable[Statement], told: Container[str]
) -> Iterator[Case]:
    """Units that somebody deals with: `对某县教育局、某县第三中学予以通报批评`.

    Args:
        reading: the document.
        mentions: unit mentions in text order.
        statements: in text order.
        told: canonical names of the units that have a case; they get no other by `给予该院`.
    """
    for statement in statements:
        given = None if statement.groups else _given_in(reading, mentions, statement.clause, told)
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


def _given_in(reading: Reading, mentions: Sequence[UnitMention], clause: Clause, told: Container[str]) -> _Given | None:
    low, high = clause
    units = [m for m in within(mentions, low, high) if m.kind is not UnitKind.DISCIPLINE]
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


def find_units_reported(reading: Reading, mentions: Sequence[UnitMention]) -> Iterator[Case]:
    """Units found out in passing: `查实|区中医院、区二院|违规外包太平间问题2起,问责6人`."""
    for sentence in reading.sentences:
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
