"""Where names of units begin: behind a place, behind a bare 市, at a national body, at a company's own name.

In: a `Reading` and the place it is about. Out: the surest `Head` at each offset.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from docintel.extract.language.gates import Gated
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Reading, within
from docintel.extract.places.gazetteer import Place, gazetteer
from docintel.extract.places.regions import ZONE_NAMES, PlaceMention, find_place_mentions
from docintel.extract.units.mentions import Head
from docintel.extract.units.names import (
    CLINIC,
    SITE,
    Named,
    full_form,
    is_whole,
    kind_of,
    local_organ_at,
    organ_at,
    party_committee,
)
from docintel.extract.units.nationals import company_names, national_names
from docintel.extract.units.signs import Signs, league_committee
from docintel.schema import UnitKind

#: 青岚市副市长 speaks for the government of the place.
_HEAD_OF_PLACE = re.compile(
    r"(?:原|时任)?(?:党委(?:副书记|委员)、)?原?(?:分管[^,。;、]{2,10}?的)?(?:常务)?副?[省市县区州盟镇乡旗]长(?![效期远沙春治])"
)
#: 平台镇表示, 杏溪镇主要负责人: a town that acts, and its government.
_TOWN_ACTS = re.compile(
    r"(?:[、和][\u4e00-\u9fff]{2,3}[镇乡]){0,5}"
    r"(?:表示|承诺|(?:主要|分管|有关|相关)?负责人?|整改率|作了?(?:检讨|表态)|被(?:通报|约谈|责令)"
    r"|[\u4e00-\u9fff]{0,6}?(?:助理员?|干事|办事员|工作人员|统计员|协管员|社会事务)(?![^,。;]{0,6}等)"
    r"|[把将](?!军)|虚报|挪用|截留|套取|擅自|拖欠|隐瞒"
    r"|(?:党委|政府)?(?:迅速|立即|随即|及时)?(?:组织|召开|开展|制定|出台|推动|清退|公开)(?![者人]))"
)
#: A village whose officer is named.
_VILLAGE_OFFICER = re.compile(r"原?(?:会计|文书|出纳|报账员|村?主任|副主任|两委|[“\"]两委|村干部|党支部书记|网格员)")
_LED_BY = re.compile(
    r"[甲乙丙]方|(?:第三方)?(?:运维|运营|检测|监测|代理|服务|中介|评估|咨询|维保|配送|施工|监理|建设|设计|中标|承建|供货)(?:服务)?(?:机构|单位|企业|方|商|人)"
    r"|第三方(?:机构|公司)?|供[应货]商|承[包建运]商|经销商|承包方|总包方|(?:关联|下属|民营|贷款|涉事|涉案)(?:企业|公司|单位)|[“\"]"
    r"|联合|会同|同|驻|原|中共|中国共产党|[·•]|[一二三]级企业"
)
#: 运营|方金澜环境有限公司, and what else stands before a name: 揪出收受|康怡医院.
_CUT_LED = re.compile(
    r"(?<=运营|运维|施工|监理|建设|设计|供货|承建|配送|检测|代理|中标|总包|承包|发包|投资|出资|行贿|被告|投标)[方商人]"
)
_LEADING_VERB = re.compile(alternation(load("units")["coined"]["no_place"]))
#: 9|家社区卫生服务中心, 几家药店, 涉案药店: how many or which ones, no name.
_COUNTED = re.compile(r"(?<=[0-9一二三四五六七八九十几多数百千余])[家所个]")
_WHICH = re.compile(
    r"(?:[几多数两这那各每某]家|一些|涉[案事]|定点|部分|个别|不少)"
    r"(?:定点|民营|公立|基层|社区|中医)?(?:药店|药房|医院|门诊部|诊所|卫生[院室所]|医疗机构|企业|公司|学校|幼儿园)"
)
#: 推|广市医院: the tagger has cut a word in two.
_CUT_WORD = re.compile(r"[\u4e00-\u9fff][省市县区]")
_BRANCH = re.compile(r"分公司|分行|支行")
_PARTY = re.compile(r"(?:中共|中国共产党)$")
_LEAGUE = re.compile(r"(?:共青团|中国共产主义青年团)$")
#: Organs that several places share in one list, behind the place.
_SHARED = frozenset(
    {"纪律检查委员会监察委员会", "人民政府", "卫生健康委员会", "医疗保障局", "教育局", "审计局", "财政局", "公安局"}
)
#: 金湖、温岭|等地|纪委监委: further places that are not named.
_AND_OTHERS = re.compile(r"等(?:[0-9一二三四五六七八九十]+[个余]?)?(?:地|省区市|省市|省份|市县|省|市|县|区)的?")
#: What the tagger may have taken along: 可|康宁公司 where 康宁公司 is named elsewhere.
_STRAY = re.compile(r"[可但而却又也还则便即或与和对向为被]")
#: Tags of words that do not begin a clinic's name: 造成|药房装修返工.
_VERBS = frozenset({"v", "vd", "p", "d", "c", "r"})
#: Tags of what no name holds: 十七岁|进|药房.
_GOES = frozenset({"p", "m", "r", "t", "TIME"})
_ZONES = tuple(ZONE_NAMES.split("|"))


class Heads:
    """The heads of a document, in text order, at most one at an offset."""

    def __init__(self, reading: Reading, about: Place | None) -> None:
        self.places = find_place_mentions(reading)
        self._reading = reading
        self._text = reading.folded
        self._by_start: dict[int, Head] = {}
        signs = Signs(reading, about, self.places)
        found = (
            self._behind_places(),
            signs.heads(),
            self._national(),
            self._tagged(),
            self._nationwide(),
            self._clinics(CLINIC),
            self._clinics(SITE),
        )
        for head in chain.from_iterable(found):
            if not self._is_counted(head.start):
                self._by_start.setdefault(head.start, head)

    def __iter__(self) -> Iterator[Head]:
        return iter(sorted(self._by_start.values(), key=lambda head: head.start))

    def __contains__(self, start: int) -> bool:
        return start in self._by_start

    def _is_counted(self, start: int) -> bool:
        return bool(_COUNTED.match(self._text, start) or _WHICH.match(self._text, start))

    def at(self, start: int) -> Head | None:
        """The head that starts there."""
        return self._by_start.get(start)

    def place_at(self, offset: int) -> PlaceMention | None:
        """The place named at `offset`."""
        i = bisect_left(self.places, offset + 1, key=lambda mention: mention.start) - 1
        return self.places[i] if i >= 0 and offset < self.places[i].end else None

    def last_place_in(self, start: int, end: int) -> Place | None:
        """The last place named in `text[start:end]`."""
        i = bisect_left(self.places, end, key=lambda mention: mention.start) - 1
        return self.places[i].place if i >= 0 and self.places[i].start >= start else None

    def _behind_places(self) -> Iterator[Head]:
        for i, mention in enumerate(self.places):
            start = mention.end + self._text.startswith("原", mention.end)
            prefix = _prefix(mention, self._text)
            named = self._former_officer(mention, prefix) or self._of_place(mention, start, prefix)
            named = named or self._shared_with_others(mention, prefix)
            begin = mention.start
            if party := _PARTY.search(self._text, max(0, mention.start - 5), mention.start):
                named = party_committee(self._text, named or Named(mention.end, prefix, UnitKind.OTHER)) or named
                begin = party.start()
            elif league := _LEAGUE.search(self._text, max(0, mention.start - 9), mention.start):
                named, begin = named and league_committee(named, prefix), league.start()
            if named:
                known = "coined-place" if not mention.place.adcode else "gazetteer"
                head = Head(begin, prefix, named, mention.place, "short-place" if mention.weak else known, known)
                yield from self._sharing(i, head)
                yield head

    def _shared_with_others(self, mention: PlaceMention, prefix: str) -> Named | None:
        """The organ of the last place named in 金湖、温岭等地纪委监委."""
        if self._text[mention.start - 1 : mention.start] not in ("、", "和"):
            return None
        others = _AND_OTHERS.match(self._text, mention.end)
        named = local_organ_at(self._text, others.end(), prefix) if others else None
        return named if named and named.canonical.removeprefix(prefix) in _SHARED else None

    def _sharing(self, i: int, head: Head) -> Iterator[Head]:
        """衡水市 in 衡水市、邢台市纪委监委: places of one level that share the organ named behind the last.

        Where others share it that are not named (等地), the places may be written in short and of any level.
        """
        last = self.places[i]
        organ = head.named.canonical.removeprefix(head.prefix)
        others = _AND_OTHERS.match(self._text, last.end)
        if (last.weak and not others) or organ not in _SHARED:
            return
        for mention in reversed(self.places[max(0, i - 6) : i]):
            if self._text[mention.end : last.start] not in ("、", "和") or mention.place == last.place:
                return
            if not others and (mention.weak or mention.place.level != last.place.level):
                return
            prefix = mention.place.organ_prefix_in(self._text)
            yield replace(
                head,
                start=mention.start,
                prefix=prefix,
                place=mention.place,
                named=replace(head.named, end=mention.end, canonical=prefix + organ),
                rule="list",
                by=(last.end, head.named.end),
            )
            last = mention

    def _of_place(self, mention: PlaceMention, start: int, prefix: str) -> Named | None:
        """The unit whose name goes on at `start`, behind the name of a place."""
        text = self._text
        if _BRANCH.match(text, start):  # of a company named before
            return None
        if not (mention.weak and text[start : start + 1].isdigit()) and (named := local_organ_at(text, start, prefix)):
            return named
        if text[start - 1] == text[start : start + 1] and (named := local_organ_at(text, start + 1, prefix)):
            return named  # 青岚市市委
        # 海西云溪…公司, 海西省云溪…公司: with a place in short, the name is as it is written.
        if named := organ_at(text, start, mention.text if mention.short else prefix):
            sure = named.end - start > 3 or named.kind is UnitKind.SCHOOL or named.canonical.endswith("海关")
            hospital = named.kind is UnitKind.HOSPITAL and len(mention.text) >= 4  # 南京鼓楼医院
            return named if not mention.weak or sure or hospital else None
        return None if mention.weak else self._place_itself(mention, prefix)

    def _former_officer(self, mention: PlaceMention, prefix: str) -> Named | None:
        """The village in 石桥村原党支部书记: 原 speaks of the person, and not of a part of the village."""
        former = mention.text.endswith(("村", "社区")) and self._text.startswith("原", mention.end)
        found = former and _VILLAGE_OFFICER.match(self._text, mention.end)
        return Named(mention.end, prefix, UnitKind.OTHER) if found else None

    def _place_itself(self, mention: PlaceMention, prefix: str) -> Named | None:
        """What a place stands for by itself: its government, a village."""
        acts = mention.text.endswith(("镇", "乡")) and _TOWN_ACTS.match(self._text, mention.end)
        if acts or _HEAD_OF_PLACE.match(self._text, mention.end):
            return Named(mention.end, f"{prefix}人民政府", UnitKind.GOVERNMENT)
        if mention.text.endswith("街道"):
            return Named(mention.end, prefix, UnitKind.GOVERNMENT)
        village = mention.text.endswith(("村", "社区")) and _VILLAGE_OFFICER.match(self._text, mention.end)
        return Named(mention.end, prefix, UnitKind.OTHER) if village else None

    def _national(self) -> Iterator[Head]:
        for start, named in national_names(self._text):
            yield Head(start, "", named, rule="national", full="national")

    def _nationwide(self) -> Iterator[Head]:
        """Parts of nationwide companies that nothing else has seen."""
        for start, named in company_names(self._text):
            if not self.place_at(start):
                yield Head(start, "", named, rule="nationwide")

    def _clinics(self, pattern: Gated) -> Iterator[Head]:
        """Clinics, pharmacies and farms that the tagger has missed."""
        for match in pattern.in_lines(self._text):
            later = self._reading.names_in(match.start() + 1, match.end(), "ORG")  # 责令|博爱门诊部
            words = within(self._reading.words, match.start(), match.end())
            verb = any(word.label in _VERBS for word in words[:1]) or any(w.label in _GOES for w in words)
            place = self.place_at(match.start())
            if not later and not verb and (not place or (pattern is SITE and place.weak)):
                yield Head(match.start(), "", Named(match.end(), match.group(), kind_of(match.group())))

    def _tagged(self) -> Iterator[Head]:
        """Names that are whole by themselves, where the tagger sees an organisation."""
        for name in self._reading.names:
            if name.label != "ORG" or self.place_at(name.start) or _CUT_WORD.match(name.text):
                continue
            led = _LED_BY.match(self._text, name.start) or _CUT_LED.match(self._text, name.start)
            led = led or _LEADING_VERB.match(self._text, name.start)
            start = led.end() if led and led.end() < name.end else name.start
            if start in self._by_start or start + 1 in self._by_start:  # 话|青岚市妇女儿童医院
                continue
            if _STRAY.match(name.text) and re.search(rf"(?<!{name.text[0]}){re.escape(name.text[1:])}", self._text):
                continue
            written = self._text[start : name.end]
            if is_whole(written):  # 远图管网集团北方管道有限公司: the first ending is not the last
                yield Head(start, "", Named(name.end, full_form(written), kind_of(written)))
                continue
            named = organ_at(self._text, start, "")
            national = written.startswith(("中国", "国家", "全国", "中央"))
            if named and named.end <= name.end + 2 and (national or is_whole(self._text[start : named.end])):
                yield Head(start, "", named)


def _prefix(mention: PlaceMention, text: str) -> str:
    """What the organs of a place are named with; those of 苏州高新区 as it is written."""
    before = mention.text.removesuffix(mention.place.name)
    written = before and (
        before in gazetteer().by_short or not before.endswith(("省", "市", "县", "区", "州", "旗", "盟"))
    )
    return mention.text if written and mention.place.name.endswith(_ZONES) else mention.place.organ_prefix_in(text)
