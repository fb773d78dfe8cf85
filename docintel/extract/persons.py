"""The people a document names, with position and unit.

In: a reading and the unit mentions in it. Out: one `Person` a name, in order of first mention.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from docintel.extract.names import find_names
from docintel.extract.positions import NO_ROLE, Role, find_role, unit_around
from docintel.extract.reading import Reading
from docintel.extract.units import UnitMention, outermost
from docintel.schema import Person

_JOINT = re.compile(r"[、和及与]|以及")


def find_persons(reading: Reading, mentions: Sequence[UnitMention]) -> tuple[Person, ...]:
    """The named people of the content; photographers, reporters and editors are left out.

    Args:
        reading: the document.
        mentions: unit mentions in text order.
    """
    names = find_names(reading, outermost(mentions))
    roles = _roles(reading, mentions, sorted(span for spans in names.values() for span in spans))
    return tuple(_person(reading, spans, roles) for spans in names.values())


def _roles(
    reading: Reading, mentions: Sequence[UnitMention], spans: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], Role]:
    """The role at each mention; `粮商张三和李四` gives both the same."""
    outer = outermost(mentions)
    roles: dict[tuple[int, int], Role] = {}
    previous: tuple[int, int] | None = None
    for span in spans:
        role = find_role(reading.folded, span, outer, previous[1] if previous else 0)
        if not role and previous and _JOINT.fullmatch(reading.folded, previous[1], span[0]):
            role = roles[previous]
        if not role.unit:
            role = replace(role, unit=unit_around(reading, role, span, mentions))
        roles[span] = role
        previous = span
    return roles


def _person(reading: Reading, spans: list[tuple[int, int]], roles: dict[tuple[int, int], Role]) -> Person:
    """One record for all mentions; the first mention that states a position gives it."""
    evidence = [reading.document.evidence(*span) for span in spans]
    found = [roles[span] for span in spans if roles[span]]
    role = next((role for role in found if role.end > role.start), found[0] if found else NO_ROLE)
    return Person(
        evidence=evidence[0],
        position=reading.text[role.start : role.end] if role.end > role.start else None,
        unit=role.unit,
        mentions=tuple(evidence),
    )
