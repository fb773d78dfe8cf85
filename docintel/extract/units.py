"""Responsible organisations: every mention with the full official name, and one record an organisation.

In: a `Reading` and the place the document is about. Out: `UnitMention`s in text order, and `Unit` records.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from docintel.extract.places import Place, find_place_mentions, local_place
from docintel.extract.reading import Reading
from docintel.extract.unit_names import (
    Named,
    branch_at,
    departments_at,
    is_bank,
    kind_of,
    national_names,
    organ_at,
)
from docintel.schema import Unit, UnitKind

#: A bare 市 before an organ: 向市委报送, 该县纪委监委; not the 市 of 城市, 全市, 市场.
_SIGN = re.compile(
    r"(?<![全各我本此某两城超门都直省市县区社园小院景辖矿几成上下])(?P<that>[该])?(?P<sign>自治区|省|市|县|区|州|旗)"
    r"(?![级域内外长份会际场民值直属管辖容间别块位划])(?=[\u4e00-\u9fff1])"
)
_FORMER = re.compile(r"原?(?!则)")
#: 五家渠市副市长 speaks for the government of the place.
_HEAD_OF_PLACE = re.compile(
    r"(?:原|时任)?(?:党委(?:副书记|委员)、)?(?:原)?(?:常务)?副?[省市县区州镇乡旗]长(?![效期远沙春治])"
)
_ENUMERATED = re.compile(r"[、和](?:原)?")
_LED_BY = re.compile(r"^(?:联合|会同|同|驻|原)")


@dataclass(frozen=True, slots=True)
class UnitMention:
    """A unit as named at one place in the text; `canonical` is its full official name."""

    start: int
    end: int
    canonical: str
    kind: UnitKind


def find_unit_mentions(reading: Reading, place: Place | None) -> tuple[UnitMention, ...]:
    """Every mention of a unit in the content, in text order.

    A department's institution is a mention with the same start and a smaller end; of mentions with one start the
    longest comes first.
    """
    found = _Finder(reading, place).find()
    content = [mention for mention in found if reading.sentence_at(mention.start)]
    return tuple(sorted(content, key=lambda mention: (mention.start, -mention.end)))


def collect_units(reading: Reading, mentions: Sequence[UnitMention]) -> tuple[Unit, ...]:
    """One record a canonical unit, in the order of first mentions."""
    by_name: dict[str, list[UnitMention]] = {}
    for mention in mentions:
        by_name.setdefault(mention.canonical, []).append(mention)
    units = []
    for canonical, group in by_name.items():
        quotes = tuple(reading.document.evidence(mention.start, mention.end) for mention in group)
        units.append(Unit(evidence=quotes[0], canonical=canonical, kind=group[0].kind, mentions=quotes))
    return tuple(units)


class _Finder:
    """One pass over a document; what was found before decides what a bare 市 or 、 means."""

    def __init__(self, reading: Reading, about: Place | None) -> None:
        self.reading = reading
        self.text = reading.folded
        self.about = about
        self.places = find_place_mentions(reading)
        self.found: list[UnitMention] = []

    def find(self) -> list[UnitMention]:
        end = 0
        for start, prefix, named in self._candidates():
            if start >= end:
                end = self._enumerated(prefix, self._add(start, named))
        return self.found

    def _enumerated(self, prefix: str, end: int) -> int:
        """Add the units that go on after `end` under the same prefix: 市第一人民医院、中医医院."""
        while prefix and (match := _ENUMERATED.match(self.text, end)):
            start = match.end()
            named = None if self._names_place(start) else organ_at(self.text, start, prefix)
            if not named:
                break
            end = self._add(start, named)
        return end

    def _candidates(self) -> Iterator[tuple[int, str, Named]]:
        """Start, prefix and name of what may be a unit, in text order, the surest first where they start together."""
        found = [*self._behind_places(), *self._behind_signs(), *self._tagged()]
        found += [(start, "", named) for start, named in national_names(self.text)]
        yield from sorted(found, key=lambda item: (item[0], -item[2].end))

    def _behind_places(self) -> Iterator[tuple[int, str, Named]]:
        for mention in self.places:
            former = _FORMER.match(self.text, mention.end)
            start = former.end() if former else mention.end
            prefix = mention.place.organ_prefix
            named = organ_at(self.text, start, prefix)
            if named and mention.weak and named.kind not in (UnitKind.DISCIPLINE, UnitKind.PARTY, UnitKind.GOVERNMENT):
                named = replace(named, canonical=mention.text + named.canonical.removeprefix(prefix))
            if not named and not mention.weak and (match := _HEAD_OF_PLACE.match(self.text, mention.end)):
                named = Named(mention.end, f"{prefix}人民政府", UnitKind.GOVERNMENT) if match else None
            if named:
                yield mention.start, prefix, named

    def _behind_signs(self) -> Iterator[tuple[int, str, Named]]:
        for match in _SIGN.finditer(self.text):
            if self._names_place(match.start("sign")):
                continue
            before = self.places[: bisect_left(self.places, match.start(), key=lambda mention: mention.start)]
            place = local_place(match["sign"], before, None if match["that"] else self.about)
            prefix = place.organ_prefix if place else match["sign"]
            if named := organ_at(self.text, match.end(), prefix):
                yield match.start(), prefix, named

    def _tagged(self) -> Iterator[tuple[int, str, Named]]:
        for name in self.reading.names:
            if name.label != "ORG" or self._names_place(name.start):
                continue
            start = name.start + len(led.group()) if (led := _LED_BY.match(name.text)) else name.start
            named = organ_at(self.text, start, "")
            if named and named.end >= name.end - 2 and kind_of(named.canonical) in _WHOLE and named.end - start > 4:
                yield start, "", named

    def _names_place(self, offset: int) -> bool:
        i = bisect_left(self.places, offset + 1, key=lambda mention: mention.start) - 1
        return i >= 0 and offset < self.places[i].end

    def _add(self, start: int, named: Named) -> int:
        """Add a unit and what follows inside it; the end of the last."""
        branch = branch_at(self.text, named)
        if not (branch and is_bank(named)):
            self._append(start, named)
        if branch:
            named = branch
            self._append(start, named)
        for department in departments_at(self.text, named):
            self._append(start, department)
            named = department
        return named.end

    def _append(self, start: int, named: Named) -> None:
        self.found.append(UnitMention(start, named.end, named.canonical, named.kind))


#: Kinds whose names are whole without a place before them.
_WHOLE = frozenset({UnitKind.COMPANY, UnitKind.HOSPITAL, UnitKind.SCHOOL, UnitKind.PROCURATORATE_COURT})
