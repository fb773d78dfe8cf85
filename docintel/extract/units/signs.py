"""Units behind a bare sign of the place they belong to: 市卫健委, 该县财政局, 团市委, 高新区税务局.

In: a `Reading`, the place it is about and the places it names. Out: a `Head` for each, under the place that the sign
means.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from docintel.extract.language.lexicon import first_of
from docintel.extract.language.reading import Reading, at
from docintel.extract.places.gazetteer import Place, gazetteer
from docintel.extract.places.regions import ZONE_NAMES, PlaceMention, local_place, place_in, zone_of
from docintel.extract.units.mentions import Head
from docintel.extract.units.names import Named, local_organ_at, organ_at
from docintel.schema import UnitKind

#: A bare 街道, before whatever the grammar of organs reads behind it.
_STREET = r"(?:(?<![\u4e00-\u9fff])|(?<=[由在与和向对的经被给]))街道"
_NAMED_STREET = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,3}街道(?=党工委|纪工委|办事处)")
#: A bare 市 before an organ: 向市委报送, 该县纪委监委; not the 市 of 城市, 全市, 市场.
_SIGN = re.compile(
    rf"{first_of(['该', *'省市县区州盟旗镇乡', '街道', '自治区', '兵团', '第', *ZONE_NAMES.split('|')])}"
    r"(?<![全各我本此某两城超门都直省市县区社园小院景辖矿几成上下乡村集游发新示税片林牧灾湾防保心某])(?<!山(?=区))(?<!所在)(?<!有的)(?<!一家)(?<!几家)(?<!一些)(?<!多家)(?P<that>该)?"
    rf"(?P<sign>自治区|兵团|第[一二三四五六七八九十]{{1,2}}师|(?:(?<![\u4e00-\u9fff])|(?<=[在由与和向对的]))(?:{ZONE_NAMES})|{_STREET}|省|市|县|区|州|盟|旗|镇|乡)"
    r"(?![级域里内外长份会际场值辖容间别块位划镇村局]|管(?!委)|属|直(?!属?机关工)|民(?!政|族|宗|营|办|兵)"
    r"|团(?!委))(?=[\u4e00-\u9fff1])"
)
#: 团市委, 共青团县委: the youth league's committee.
_YOUTH = re.compile(r"(?=共青团|团)(?<![兵集社军一-十\d])(?:共青)?团(?=[省市县区州旗]委)")
#: 公安榆桥分局, of the city's 公安局.
_POLICE_BRANCH = re.compile(r"公安(?P<name>(?![局部厅])[\u4e00-\u9fff]{2,3})分局")
#: 省、市纪委监委: two of them.
_SEVERAL = re.compile(
    r"(?<![全各\u4e00-\u9fff]|[、])(?P<first>[省市])[、和](?P<second>[市县区])(?=纪委|监委|卫健委|卫健局|医保局|教育局|公安局|审计局|财政局)"
)
#: 云溪县纪委监委联合|当地|妇联
_HERE = re.compile(r"当地(?=[\u4e00-\u9fff])")
#: How many places before and behind a bare sign are looked at.
_REACH = 60
_CORPS = "新疆生产建设兵团"


class Signs:
    """What the bare signs of a document mean."""

    def __init__(self, reading: Reading, about: Place | None, places: Sequence[PlaceMention]) -> None:
        self._reading = reading
        self._text = reading.folded
        self._about = about
        self._places = places
        self._strong = [mention for mention in places if not mention.weak]
        self._publisher = place_in(reading, reading.document.publisher or "")
        self._first_named: dict[str, tuple[int, int] | None] = {}

    def heads(self) -> Iterator[Head]:
        """The units behind signs that are no part of a place's name."""
        for match in _YOUTH.finditer(self._text):
            if head := self._signed(_SIGN.match(self._text, match.end())):
                yield replace(head, start=match.start(), named=league_committee(head.named, head.prefix))
        for match in _POLICE_BRANCH.finditer(self._text):
            place, full = self._local("市", match.start(), that=False)
            if place:
                named = Named(match.end(), f"{place.organ_prefix}公安局{match['name']}分局", UnitKind.GOVERNMENT)
                yield Head(match.start(), place.organ_prefix, named, place, "sign", full, self._first_mention(place))
        for match in _HERE.finditer(self._text):
            if head := self._here(match):
                yield head
        for match in _SEVERAL.finditer(self._text):
            yield from self._of_several(match)
        for match in _SIGN.finditer(self._text):
            if not at(self._places, match.start("sign")) and (head := self._signed(match)):
                yield head

    def _of_several(self, match: re.Match[str]) -> Iterator[Head]:
        """省纪委监委 in 省、市纪委监委, where the document is about a place in both."""
        line = (self._about, *gazetteer().above(self._about)) if self._about else ()
        places = [local_place(match[group], line) for group in ("first", "second")]
        if None in places or not (shared := self._signed(_SIGN.match(self._text, match.start("second")))):
            return
        if place := places[0]:
            organ = shared.named.canonical.removeprefix(shared.prefix)
            named = Named(match.end("first"), place.organ_prefix + organ, shared.named.kind)
            by = (match.start("second"), shared.named.end)
            yield Head(match.start(), place.organ_prefix, named, place, "list", "document-place", by)

    def _here(self, match: re.Match[str]) -> Head | None:
        """The organ of the place named last in the sentence: 当地妇联."""
        sentence = self._reading.sentence_at(match.start())
        i = bisect_left(self._strong, match.start(), key=lambda mention: mention.start) - 1
        if not sentence or i < 0 or self._strong[i].start < sentence.start:
            return None
        place = self._strong[i].place
        named = local_organ_at(self._text, match.end(), place.organ_prefix) if place.level != "town" else None
        if not named:
            return None
        return Head(match.start(), place.organ_prefix, named, place, "sign", "near-place", self._first_mention(place))

    def _signed(self, match: re.Match[str] | None) -> Head | None:
        """A unit behind a bare sign of the place it belongs to."""
        if not match:
            return None
        place, full = self._local(match["sign"], match.start(), bool(match["that"]))
        if place is None and (match["that"] or match["sign"] == "街道"):
            return None
        prefix = place.organ_prefix_in(self._text) if place else match["sign"]
        named = local_organ_at(self._text, match.end(), prefix) or organ_at(self._text, match.end(), prefix)
        if not named:
            return None
        return Head(match.start(), prefix, named, place, "sign", full, self._first_mention(place))

    def _local(self, sign: str, offset: int, that: bool) -> tuple[Place | None, str]:
        """What a bare sign means, and how one knows."""
        if sign == "兵团":
            return Place(_CORPS, _CORPS, "", "province"), "national"
        if sign.endswith("师"):
            return Place(_CORPS + sign, _CORPS + sign, "", "city"), "national"
        near = self._near(offset, that)
        if sign == "街道":
            place = local_place(sign, near) or self._street
        else:
            place = local_place(sign, near) if len(sign) == 1 or sign == "自治区" else zone_of(sign, near)
        if place is None:
            return None, "no-place"
        about = self._about is not None and not that and place.full in self._about.full
        return place, "document-place" if about else "near-place"

    @cached_property
    def _street(self) -> Place | None:
        """The 街道 that the text names before one of its organs, where it is no place that anybody knows."""
        named = _NAMED_STREET.search(self._text)
        return Place(named.group(), named.group(), "", "town") if named else None

    def _first_mention(self, place: Place | None) -> tuple[int, int] | None:
        """The words that first name a place."""
        if place is None:
            return None
        if place.full not in self._first_named:
            found = next((it for it in self._strong if it.place.full.startswith(place.full)), None)
            self._first_named[place.full] = (found.start, found.end) if found else None
        return self._first_named[place.full]

    def _in_clause(self, offset: int) -> Iterator[Place]:
        """The place named before in the clause, which a bare sign speaks of whatever the document is about."""
        clause = self._reading.clause_at(offset)
        i = bisect_left(self._strong, offset, key=lambda mention: mention.start) - 1
        if clause and i >= 0 and self._strong[i].start >= clause.start:
            yield self._strong[i].place

    def _near(self, offset: int, that: bool) -> Iterator[Place]:
        """What a bare 市 may mean, likeliest first; 该市 means what was named last, whatever the document is about."""
        if self._about and not that:
            yield from self._in_clause(offset)
            yield self._about
        block = self._reading.block_at(offset)
        sentence = self._reading.sentence_at(offset)
        here = bisect_left(self._strong, offset, key=lambda mention: mention.start)
        before = self._strong[max(0, here - _REACH) : here][::-1]
        after = self._strong[here : here + _REACH]
        yield from (mention.place for mention in before if block and mention.start >= block.start)
        if sentence:
            yield from (mention.place for mention in after if mention.start < sentence.end)
        yield from (mention.place for mention in before)
        yield from (mention.place for mention in after)
        if self._publisher:
            yield self._publisher


def league_committee(named: Named, prefix: str) -> Named:
    """The committee of the youth league in place of the party's."""
    return Named(named.end, f"共青团{prefix}委员会", UnitKind.OTHER)
