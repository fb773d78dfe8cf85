"""The unit of a position that names none: `某公司虚报收购数量。会计|张三`.

In: a reading, a position, the name it belongs to, and the unit mentions. Out: the unit spoken of.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Reading, within
from docintel.extract.persons.positions import Role
from docintel.extract.units.units import UnitMention
from docintel.schema import UnitKind

_WORDS = load("persons")
_UNITLESS = re.compile(rf"(?:{alternation(_WORDS['heads_without_unit'])})$")
#: Office → what its unit's name ends with; the longest office comes first.
_OFFICES = [
    (office, re.compile(f"(?:{ending})$"))
    for office, ending in sorted(_WORDS["office_units"].items(), key=lambda pair: -len(pair[0]))
]
_HOST = re.compile(r"主持人$")
#: `这里是|青岚市人民政府网站|《在线访谈》,我是主持人`
_HOSTED = re.compile(r"这里是(?:由)?(?P<unit>[\u4e00-\u9fff]{2,24}?(?:网站|电视台|广播电台|电台|频道|融媒体中心))")
#: More than a name.
_PHRASE = re.compile(r"[的了着把被让]|(?<!市|县|区)进(?!出口|修)")
_OURS = re.compile(r"[我本](?:院|校|局|公司|集团|中心|单位)")
_INSTITUTIONS = frozenset({UnitKind.HOSPITAL, UnitKind.COMPANY, UnitKind.SCHOOL})


class Employers:
    """Answers which unit is spoken of around a position that names none.

    Of a department and its institution, which stand at one place among the mentions, that is the institution.
    """

    def __init__(self, reading: Reading, mentions: Sequence[UnitMention]) -> None:
        self._reading = reading
        self._mentions = mentions
        self._ours = [m for m in mentions if _OURS.fullmatch(reading.folded, m.start, m.end)]
        publisher, title = reading.document.publisher, reading.document.title or ""
        institutions = [m for m in mentions if m.kind in _INSTITUTIONS]
        self._published = [m for m in institutions if m.canonical == publisher or m.canonical in title]

    def with_unit(self, role: Role, name: tuple[int, int]) -> Role:
        """The role with the unit spoken of, where its position states none.

        An office names its kind of unit: the 副局长 is of the 局 spoken of, not of the hospital. In a text of an
        institution's own it is that institution's.
        """
        block = self._reading.block_at(name[0])
        if block is None or role.end <= role.start:
            return role
        folded = self._reading.folded
        if role.unit and _PHRASE.search(role.unit):  # 当时的科|主任, 恢复了公司|法定代表人
            role = replace(role, unit=None, unit_rule="", unit_span=None)
        if role.unit and role.unit_rule == "as-written" and (whole := self._whole(role.unit)):
            return replace(role, unit=whole)
        if role.unit:
            return self._department(role, block.start, name[0])
        if _HOST.search(folded, role.start, role.end):
            hosted = _HOSTED.search(folded, block.start, name[0])
            return _with(role, hosted["unit"], "host", hosted.span("unit")) if hosted else role
        if _UNITLESS.search(folded, role.start, role.end):
            return role
        near = _outside_discipline(within(self._mentions, block.start, name[0]))
        ending = next((end for office, end in _OFFICES if folded.endswith(office, role.start, role.end)), None)
        own = next(iter(self._ours or self._published), None)
        if ending:
            fitting = _last(near, ending) or _last(within(self._mentions, 0, name[0]), ending)
            found = [("office", fitting), ("own", own if own and ending.search(own.canonical) else None)]
        else:
            found = [("own", own), ("spoken-of", near[-1] if near else None)]
        rule, unit = next(((rule, unit) for rule, unit in found if unit), ("", None))
        return _with(role, unit.canonical, rule, (unit.start, unit.end)) if unit else role

    def _whole(self, written: str) -> str | None:
        """The only institution whose full name ends as the one written: 市城投公司 for 城投公司."""
        whole = {m.canonical for m in self._mentions if m.canonical.endswith(written) and m.kind in _INSTITUTIONS}
        return next(iter(whole)) if len(whole) == 1 else None

    def _department(self, role: Role, block: int, offset: int) -> Role:
        """A department that nobody else knows, under the institution spoken of: `(某医院)财务科|科长`."""
        if role.unit_rule != "department" or not role.unit:
            return role
        host = self._own_before(block, offset) or self._institution_before(block, offset)
        if host is None or _OURS.fullmatch(host.canonical):
            return role
        return replace(role, unit=host.canonical + role.unit)

    def _own_before(self, block: int, offset: int) -> UnitMention | None:
        """The institution whose own text it is, as said so far: 我院, its publisher, or that of its title."""
        for named in (self._ours, self._published):
            near = _outside_discipline(within(named, block, offset))
            if first := next(iter((*within(named, 0, block), *near)), None):
                return first
        return None

    def _institution_before(self, block: int, offset: int) -> UnitMention | None:
        near, before = within(self._mentions, block, offset), within(self._mentions, 0, block)
        return next((m for m in chain(reversed(near), reversed(before)) if m.kind in _INSTITUTIONS), None)


def _outside_discipline(mentions: Sequence[UnitMention]) -> list[UnitMention]:
    return [mention for mention in mentions if mention.kind is not UnitKind.DISCIPLINE]


def _with(role: Role, unit: str, rule: str, span: tuple[int, int]) -> Role:
    return replace(role, unit=unit, unit_rule=rule, unit_span=span)


def _last(mentions: Sequence[UnitMention], ending: re.Pattern[str]) -> UnitMention | None:
    return next((m for m in reversed(mentions) if ending.search(m.canonical)), None)
