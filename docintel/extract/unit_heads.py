"""Where names of units begin: behind a place, behind a bare 市, at a national body, at a company's own name.

In: a `Reading` and the place it is about. Out: the surest `Head` at each offset.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from docintel.extract.gazetteer import Place
from docintel.extract.places import PlaceMention, find_place_mentions, local_place
from docintel.extract.reading import Reading
from docintel.extract.unit_names import (
    Named,
    is_whole,
    kind_of,
    local_organ_at,
    national_names,
    organ_at,
    party_committee,
)
from docintel.schema import UnitKind

#: A bare 市 before an organ: 向市委报送, 该县纪委监委; not the 市 of 城市, 全市, 市场.
_SIGN = re.compile(
    r"(?<![全各我本此某两城超门都直省市县区社园小院景辖矿几成上下乡村集])(?P<that>该)?(?P<sign>自治区|兵团|省|市|县|区|州|旗|镇|乡)"
    r"(?![级域内外长份会际场值直属管辖容间别块位划镇村]|民(?!政|族|宗|营))(?=[\u4e00-\u9fff1])"
)
#: 青岚市副市长 speaks for the government of the place.
_HEAD_OF_PLACE = re.compile(
    r"(?:原|时任)?(?:党委(?:副书记|委员)、)?原?(?:常务)?副?[省市县区州镇乡旗]长(?![效期远沙春治])"
)
_LED_BY = re.compile(r"(?:联合|会同|同|驻|原|中共|中国共产党)")
#: 推|广市医院: the tagger has cut a word in two.
_CUT_WORD = re.compile(r"[\u4e00-\u9fff][省市县区]")
_BRANCH = re.compile(r"分公司|分行|支行")
_PARTY = re.compile(r"(?:中共|中国共产党)$")
_CORPS = "新疆生产建设兵团"


@dataclass(frozen=True, slots=True)
class Head:
    """Where a unit's name starts, the place it begins with, and the name."""

    start: int
    prefix: str
    named: Named


class Heads:
    """The heads of a document, in text order, at most one at an offset."""

    def __init__(self, reading: Reading, about: Place | None) -> None:
        self.places = find_place_mentions(reading)
        self._reading = reading
        self._text = reading.folded
        self._about = about
        self._by_start: dict[int, Head] = {}
        for head in chain(self._behind_places(), self._behind_signs(), self._national(), self._tagged()):
            self._by_start.setdefault(head.start, head)

    def __iter__(self) -> Iterator[Head]:
        return iter(sorted(self._by_start.values(), key=lambda head: head.start))

    def __contains__(self, start: int) -> bool:
        return start in self._by_start

    def at(self, start: int) -> Head | None:
        """The head that starts there."""
        return self._by_start.get(start)

    def names_place(self, offset: int) -> bool:
        """Whether a place is named at `offset`."""
        i = bisect_left(self.places, offset + 1, key=lambda mention: mention.start) - 1
        return i >= 0 and offset < self.places[i].end

    def _behind_places(self) -> Iterator[Head]:
        for mention in self.places:
            start = mention.end + self._text.startswith("原", mention.end)
            prefix = mention.place.organ_prefix
            named = self._of_place(mention, start, prefix)
            party = _PARTY.search(self._text, max(0, mention.start - 5), mention.start)
            if party:
                named = party_committee(self._text, named or Named(mention.end, prefix, UnitKind.OTHER)) or named
            if named:
                yield Head(party.start() if party else mention.start, prefix, named)

    def _of_place(self, mention: PlaceMention, start: int, prefix: str) -> Named | None:
        text = self._text
        if _BRANCH.match(text, start):  # of a company named before
            return None
        if not (mention.weak and text[start : start + 1].isdigit()) and (named := local_organ_at(text, start, prefix)):
            return named
        # 海西云溪…公司, 海西省云溪…公司: with a place in short, the name is as it is written.
        if named := organ_at(text, start, mention.text if mention.short else prefix):
            return named if not mention.weak or named.end - start > 3 or named.kind is UnitKind.SCHOOL else None
        if not mention.weak and _HEAD_OF_PLACE.match(text, mention.end):
            return Named(mention.end, f"{prefix}人民政府", UnitKind.GOVERNMENT)
        if mention.text.endswith("街道"):
            return Named(mention.end, prefix, UnitKind.GOVERNMENT)
        return None

    def _behind_signs(self) -> Iterator[Head]:
        for match in _SIGN.finditer(self._text):
            if self.names_place(match.start("sign")):
                continue
            place = self._local(match["sign"], match.start(), bool(match["that"]))
            if place is None and match["that"]:
                continue
            prefix = place or match["sign"]
            named = local_organ_at(self._text, match.end(), prefix) or organ_at(self._text, match.end(), prefix)
            if named:
                yield Head(match.start(), prefix, named)

    def _local(self, sign: str, offset: int, that: bool) -> str | None:
        if sign == "兵团":
            return _CORPS
        place = local_place(sign, self._near(offset, that))
        return place.organ_prefix if place else None

    def _near(self, offset: int, that: bool) -> Iterator[Place]:
        """What a bare 市 may mean, likeliest first; 该市 means what was named last, whatever the document is about."""
        if self._about and not that:
            yield self._about
        block = self._reading.document.block_at(offset)
        sentence = self._reading.sentence_at(offset)
        strong = [mention for mention in self.places if not mention.weak]
        before = [mention for mention in strong if mention.start < offset]
        yield from (mention.place for mention in reversed(before) if block and mention.start >= block.start)
        if sentence:
            yield from (mention.place for mention in strong if offset < mention.start < sentence.end)
        yield from (mention.place for mention in reversed(before))
        yield from (mention.place for mention in strong if mention.start > offset)

    def _national(self) -> Iterator[Head]:
        for start, named in national_names(self._text):
            yield Head(start, "", named)

    def _tagged(self) -> Iterator[Head]:
        """Names that are whole by themselves, where the tagger sees an organisation."""
        for name in self._reading.names:
            if name.label != "ORG" or self.names_place(name.start) or _CUT_WORD.match(name.text):
                continue
            start = name.start + len(led.group()) if (led := _LED_BY.match(name.text)) else name.start
            written = self._text[start : name.end]
            if is_whole(written):  # 远图管网集团北方管道有限公司: the first ending is not the last
                yield Head(start, "", Named(name.end, written, kind_of(written)))
                continue
            named = organ_at(self._text, start, "")
            national = written.startswith(("中国", "国家", "全国", "中央"))
            if named and named.end <= name.end + 2 and (national or is_whole(self._text[start : named.end])):
                yield Head(start, "", named)
