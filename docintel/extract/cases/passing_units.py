"""Units dealt with in passing, in one clause of a text about something else.

In: a reading with its statements and unit mentions. Out: `Case`s without persons.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from docintel.extract.cases.acts import split_acts
from docintel.extract.cases.consequences import general_in, sanctions_in
from docintel.extract.cases.facts import Facts, make_case
from docintel.extract.cases.statements import Statement
from docintel.extract.language.reading import Reading, within
from docintel.extract.units.units import UnitMention
from docintel.schema import Case, UnitKind

#: `对|某县教育局|予以|通报批评`
_GIVEN = re.compile(r"对[^,。;“”]{2,60}?(?P<decision>予以|给予|作出|进行)")

#: `查实|某区中医院违规外包太平间|问题2起`
_REPORTED = re.compile(
    r"(?:查实|查处|通报|曝光)了?(?P<units>[^,。;]{4,80}?)(?:等)?问题[0-9一二两三四五六七八九十]{1,3}起"
)
_DEALT_WITH = re.compile(r"(?:共)?(?:问责|追责|处理|处分|给予)")


def find_units_given(
    reading: Reading, mentions: Sequence[UnitMention], statements: Iterable[Statement]
) -> Iterator[Case]:
    """Units that somebody deals with: `对某县教育局、某县第三中学予以通报批评`."""
    for statement in statements:
        low, high = statement.clause.start, statement.clause.end
        given = None if statement.groups else _GIVEN.search(reading.folded, low, high)
        if not given:
            continue
        units = [m for m in within(mentions, low, high) if m.kind is not UnitKind.DISCIPLINE]
        if not units or not given.start() < units[-1].start < given.start("decision"):
            continue
        sanctions = sanctions_in(reading, given.start("decision"), high)
        if sanctions:
            quote = (given.start(), high)
            dealt_with = [m for m in units if given.start() < m.start < given.start("decision")]
            facts = Facts(
                quote=quote,
                units=tuple(dict.fromkeys(unit.canonical for unit in dealt_with)),
                sanctions=sanctions,
                grounds=[("", "case/unit-given", quote), ("sanctions", "sanction/unit", quote)],
            )
            yield make_case(reading, facts)


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
