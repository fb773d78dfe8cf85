"""Responsible organisations: every mention with the full official name, and one record an organisation.

In: a `Reading` and the place the document is about. Out: `UnitMention`s in text order, and `Unit` records.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from docintel.extract.lexicon import alternation, load
from docintel.extract.places import Place, find_place_mentions, local_place
from docintel.extract.reading import Reading
from docintel.extract.unit_names import (
    Named,
    inside_at,
    kind_of,
    local_organ_at,
    national_names,
    organ_at,
)
from docintel.schema import Unit, UnitKind

#: A bare 市 before an organ: 向市委报送, 该县纪委监委; not the 市 of 城市, 全市, 市场.
_SIGN = re.compile(
    r"(?<![全各我本此某两城超门都直省市县区社园小院景辖矿几成上下])(?P<that>该)?(?P<sign>自治区|兵团|省|市|县|区|州|旗)"
    r"(?![级域内外长份会际场民值直属管辖容间别块位划])(?=[\u4e00-\u9fff1])"
)
#: 五家渠市副市长 speaks for the government of the place.
_HEAD_OF_PLACE = re.compile(
    r"(?:原|时任)?(?:党委(?:副书记|委员)、)?原?(?:常务)?副?[省市县区州镇乡旗]长(?![效期远沙春治])"
)
_ENUMERATED = re.compile(r"(?:原?(?:党[组委总支]*)?(?:成员|委员|副?书记|副?主任|副?局长|副?厅长|常委)、?)*[、和]原?")
_LED_BY = re.compile(r"^(?:联合|会同|同|驻|原)")
_STATIONED = re.compile(r"(?:派出|派)?驻(?P<host>[^,。;、驻]{2,20}?)(?P<group>纪检监察组)")
#: A group of the local discipline organ, named alone.
_GROUP = re.compile(
    r"(?<![各级个])(?:专案组|(?:第[一二三四五六七八九十]+)?派驻(?:第[一二三四五六七八九十]+)?纪检监察组)"
)
_WARD = re.compile(alternation(load("units")["wards"]["names"]))
#: Kinds whose names are whole without a place before them.
_WHOLE = frozenset({UnitKind.COMPANY, UnitKind.HOSPITAL, UnitKind.SCHOOL, UnitKind.PROCURATORATE_COURT})
_CORPS = "新疆生产建设兵团"


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


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a unit's name starts, the place it begins with, and the name."""

    start: int
    prefix: str
    named: Named


class _Finder:
    """One pass over a document; what was found before decides what a bare 市, 、 or 专案组 means."""

    def __init__(self, reading: Reading, about: Place | None) -> None:
        self.reading = reading
        self.text = reading.folded
        self.about = about
        self.places = find_place_mentions(reading)
        self.heads: dict[int, _Head] = {}
        for head in (*self._behind_places(), *self._behind_signs(), *self._national(), *self._tagged()):
            self.heads.setdefault(head.start, head)
        self.found: list[UnitMention] = []

    def find(self) -> list[UnitMention]:
        end = 0
        groups = {match.start(): match for match in _GROUP.finditer(self.text)}
        wards = {match.start(): match for match in _WARD.finditer(self.text)}
        for start in sorted({*self.heads, *groups, *wards}):
            if start < end:
                continue
            if head := self.heads.get(start):
                end = self._enumerated(head, self._add(head))
            elif start in groups:
                end = self._group(groups[start])
            else:
                end = wards[start].end()
                self._append(start, Named(end, wards[start].group(), UnitKind.DEPARTMENT))
        return self.found

    def _behind_places(self) -> Iterator[_Head]:
        for mention in self.places:
            start = mention.end + self.text.startswith("原", mention.end)
            prefix = mention.place.organ_prefix
            named = None
            if not mention.weak or not self.text[start : start + 1].isdigit():
                named = local_organ_at(self.text, start, prefix)
            # 安徽亳州…公司, 江苏省丹阳…公司: with a place in short, the name is as it is written.
            named = named or organ_at(self.text, start, mention.text if mention.short else prefix)
            if not named and not mention.weak and _HEAD_OF_PLACE.match(self.text, mention.end):
                named = Named(mention.end, f"{prefix}人民政府", UnitKind.GOVERNMENT)
            if not named and mention.text.endswith("街道"):
                named = Named(mention.end, prefix, UnitKind.GOVERNMENT)
            if named:
                yield _Head(mention.start, prefix, named)

    def _behind_signs(self) -> Iterator[_Head]:
        for match in _SIGN.finditer(self.text):
            if self._names_place(match.start("sign")):
                continue
            place = self._local(match["sign"], match.start(), match["that"] is not None)
            if place is None and match["that"]:
                continue
            prefix = place or match["sign"]
            named = local_organ_at(self.text, match.end(), prefix) or organ_at(self.text, match.end(), prefix)
            if named:
                yield _Head(match.start(), prefix, named)

    def _local(self, sign: str, offset: int, nearest: bool) -> str | None:
        if sign == "兵团":
            return _CORPS
        before = self.places[: bisect_left(self.places, offset, key=lambda mention: mention.start)]
        place = local_place(sign, before, None if nearest else self.about)
        return place.organ_prefix if place else None

    def _national(self) -> Iterator[_Head]:
        for start, named in national_names(self.text):
            yield _Head(start, "", named)

    def _tagged(self) -> Iterator[_Head]:
        """Names that are whole by themselves, where the tagger sees an organisation."""
        for name in self.reading.names:
            if name.label != "ORG" or self._names_place(name.start):
                continue
            start = name.start + len(led.group()) if (led := _LED_BY.match(name.text)) else name.start
            named = organ_at(self.text, start, "")
            kind = kind_of(self.text[start : name.end])
            if kind in _WHOLE:  # 国家管网集团北京管道有限公司: the first ending is not the last
                named = Named(name.end, self.text[start : name.end], kind)
            elif named and not self.text.startswith(("中国", "国家", "全国", "中央", "北京大学"), start):
                named = None
            if named and abs(named.end - name.end) <= 2 and named.end - start > 4:
                yield _Head(start, "", named)

    def _names_place(self, offset: int) -> bool:
        i = bisect_left(self.places, offset + 1, key=lambda mention: mention.start) - 1
        return i >= 0 and offset < self.places[i].end

    def _add(self, head: _Head) -> int:
        """Add a unit and what is named inside it; the end of the last."""
        chain = [head.named]
        if head.named.kind is UnitKind.DISCIPLINE and (match := _STATIONED.match(self.text, head.named.end)):
            chain.append(self._stationed(head.named.canonical, match))
        else:
            chain.extend(inside_at(self.text, head.named))
        for named, inner in zip(chain, [*chain[1:], None], strict=True):
            if inner is None or not inner.alone:
                self._append(head.start, named)
        return chain[-1].end

    def _stationed(self, sender: str, match: re.Match[str]) -> Named:
        """市纪委监委驻市卫健委纪检监察组, with the host's full name."""
        host = self.heads.get(match.start("host"))
        name = host.named.canonical if host else match["host"]
        return Named(match.end(), f"{sender}驻{name}{match['group']}", UnitKind.DISCIPLINE)

    def _enumerated(self, head: _Head, end: int) -> int:
        """Add what goes on after `end` under the same place: 市第一人民医院、中医医院; under the same body if none."""
        while match := _ENUMERATED.match(self.text, end):
            start = match.end()
            if self._names_place(start) or _SIGN.match(self.text, start) or start in self.heads:
                break
            named = organ_at(self.text, start, head.prefix)
            if not named or len(named.canonical) - len(head.prefix) < 4:
                break
            if not head.prefix:
                named = replace(named, canonical=head.named.canonical + named.canonical, kind=UnitKind.DEPARTMENT)
            end = self._add(_Head(start, head.prefix, named))
        return end

    def _group(self, match: re.Match[str]) -> int:
        """A group named alone belongs to the discipline organ named last."""
        ends = ("监察委员会", "纪律检查委员会")
        organs = [mention for mention in self.found if mention.canonical.endswith(ends)]
        if organs:
            canonical = organs[-1].canonical + match.group()
            self._append(match.start(), Named(match.end(), canonical, UnitKind.DISCIPLINE))
        return match.end()

    def _append(self, start: int, named: Named) -> None:
        self.found.append(UnitMention(start, named.end, named.canonical, named.kind))
