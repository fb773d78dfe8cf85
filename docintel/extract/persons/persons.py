"""The people a document names, with position and unit.

In: a reading and the unit mentions in it. Out: one `Person` a name, in order of first mention; of a hidden name
(`张某`) one for each case it stands in.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from docintel.extract.language.items import find_items
from docintel.extract.language.reading import Reading, Sentence
from docintel.extract.persons.candidates import is_masked
from docintel.extract.persons.employers import Employers
from docintel.extract.persons.names import Named, find_names
from docintel.extract.persons.positions import NO_ROLE, Role, find_role
from docintel.extract.units.units import UnitMention, outermost
from docintel.schema import Ground, Person

_JOINT = re.compile(r"[、和及与]|以及")
Span = tuple[int, int]


def find_persons(reading: Reading, mentions: Sequence[UnitMention]) -> tuple[Person, ...]:
    """The named people of the content; photographers, reporters and editors are left out.

    Args:
        reading: the document.
        mentions: unit mentions in text order.
    """
    names = find_names(reading, outermost(mentions))
    roles = _roles(reading, mentions, sorted(span for named in names.values() for span in named.spans))
    heads = [item.head for item in find_items(reading) if item.is_headed]
    persons = [
        _person(reading, spans, named.rule, roles, masked=masked)
        for name, named in names.items()
        for masked in [is_masked(name)]
        for spans in (_apart(named, roles, heads) if masked else [named.spans])
    ]
    return tuple(sorted(persons, key=lambda person: person.evidence.start))


def _roles(reading: Reading, mentions: Sequence[UnitMention], spans: Sequence[Span]) -> dict[Span, Role]:
    """The role at each mention; `粮商张三和李四` gives both the same."""
    outer, employers = outermost(mentions), Employers(reading, mentions)
    roles: dict[Span, Role] = {}
    previous: Span | None = None
    for span in spans:
        role = find_role(reading.folded, span, outer, previous[1] if previous else 0)
        if not role and previous and _JOINT.fullmatch(reading.folded, previous[1], span[0]):
            role = roles[previous]
            role = replace(role, rule="joint" if role.rule else "", unit_rule="joint" if role.unit_rule else "")
        roles[span] = employers.with_unit(role, span)
        previous = span
    return roles


def _apart(named: Named, roles: dict[Span, Role], heads: Sequence[Sentence]) -> Iterator[list[Span]]:
    """The mentions of a hidden name, those of one case together.

    A new case begins at a headline of a notice that introduces the name, or where behind it the name is introduced
    with a position; and where it is introduced with another unit than before.
    """
    starts = [head.start for head in heads]
    together: list[Span] = []
    unit: str | None = None
    for span in named.spans:
        stated = roles[span].unit if roles[span].unit_rule in {"stated", "as-written"} else None
        is_other = bool(unit and stated and unit != stated and not (unit in stated or stated in unit))
        number = bisect_right(starts, span[0])
        is_next = bool(together) and bisect_right(starts, together[-1][0]) != number
        is_next = is_next and (bool(roles[span]) or span[0] < heads[number - 1].end)
        if together and (is_other or is_next):
            yield together
            together, unit = [], None
        together.append(span)
        unit = unit or stated
    yield together


def _person(reading: Reading, spans: list[Span], rule: str, roles: dict[Span, Role], *, masked: bool) -> Person:
    """One record for all mentions; the first mention that states a position gives it."""
    evidence = [reading.document.evidence(*span) for span in spans]
    found = [roles[span] for span in spans if roles[span]]
    role = next((role for role in found if role.end > role.start), found[0] if found else NO_ROLE)
    stated = next((it for it in found if it.unit and it.unit_rule == "stated"), None)
    if not role.unit and stated:  # the first mention may be in a headline that names the place only
        role = replace(role, unit=stated.unit, unit_rule=stated.unit_rule, unit_span=stated.unit_span)
    grounds = [Ground("", rule, evidence[0])]
    if role.end > role.start:
        words = reading.document.evidence(role.start, role.end)
        grounds.append(Ground("position", f"position/{role.rule}", words))
    if role.unit:
        named = reading.document.evidence(*role.unit_span) if role.unit_span else None
        grounds.append(Ground("unit", f"person-unit/{role.unit_rule}", named))
    return Person(
        evidence=evidence[0],
        position=reading.text[role.start : role.end] if role.end > role.start else None,
        unit=role.unit,
        anonymised=masked,
        mentions=tuple(evidence),
        grounds=tuple(grounds),
    )
