"""Units named by a part only: 骨科, 药学部主任, 专案组, 村委会.

In: a `Reading`, its `Heads`, and the units found before. Out: readers that add the unit that such a word means.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from docintel.extract.language.gates import Gated, find_behind
from docintel.extract.language.lexicon import alternation, first_of, load
from docintel.extract.language.name_characters import CHARACTER
from docintel.extract.language.reading import Reading
from docintel.extract.units.departments import BEFORE_POSTED, POSTED, inner
from docintel.extract.units.heads import Heads
from docintel.extract.units.mentions import Found, UnitMention
from docintel.extract.units.names import TASK_BODY, Named, kind_of
from docintel.extract.units.selves import BUREAUS, HOSTS, Selves
from docintel.schema import UnitKind

_WORDS = load("units")
#: A group of the local discipline organ, named alone.
_GROUP = Gated(
    r"(?<![各级个等设])(?:专案组|(?:第[一二三四五六七八九十]+)?(?:联合|综合)?派驻(?:第[一二三四五六七八九十]+)?纪检监察组)"
)
#: What shows that a ward's name is only a topic: 骨科耗材, 采购办法.
_TOPIC = (
    r"(?![公学法]|(?:[、和](?![\u4e00-\u9fff]{1,5}科)[\u4e00-\u9fff]{1,5}){0,2}?"
    r"(?:高值|介入|植入)?"
    r"(?:耗材|二级库|疾病|门诊|患者|病人|病种|手术|器械|用药|诊疗|医保服务|专业|领域|床位|植入|假体))"
)
_WARD = re.compile(
    rf"{first_of(_WORDS['wards']['names'])}(?<![全各中西家个所类])(?:{alternation(_WORDS['wards']['names'])}){_TOPIC}"
)
#: A further department in a list of them: 设备科、财务物价科、工会.
_NEXT_WARD = re.compile(
    r"(?:[、和]|以及)(?P<name>(?!以及)[\u4e00-\u9fff]{1,7}?(?:科|处|办|办公室|中心|部|手术室|导管室|监察室|病案室)|工会|团委|纪委|食堂)(?=[、和等,。;)\n]|以及|负责|主任)"
)
_COMMITTEE = Gated(
    r"(?<![\u4e00-\u9fff])(?:[由经报向请])?(?P<name>(?:药事|采购|耗材|医用耗材|伦理|医学伦理|医疗质量|感染管理|病案|招标|价格)"
    r"[\u4e00-\u9fff]{0,8}?委员会)|(?<=[由经报向开])(?P<other>(?:药事|采购|医用耗材|医学伦理|医疗质量)[\u4e00-\u9fff]{0,8}?委员会)"
)
_OFFICE = re.compile(
    rf"(?<![\u4e00-\u9fff])原?(?P<name>{alternation(_WORDS['offices']['names'])}"
    rf"|(?:{alternation(_WORDS['offices']['duties'])}){{1,3}}?(?:管理|保障|服务|监察|监督|工作|事务|综合)?"
    r"(?:[部处科室]|办公室|中心(?=主任|副主任|原|被))|工会(?=主席|副主席|委员(?!会)|负责人))(?![法公门分署位属理置罚学技])"
)
_BEFORE_OFFICE = re.compile(
    rf"^|[^\u4e00-\u9fff]{first_of(['原', '工会', *_WORDS['offices']['names'], *_WORDS['offices']['duties']])}"
)
_BUREAU_OFFICES = frozenset(_WORDS["bureau_offices"]["names"])
#: An institution known by the post that follows it: 白榆粮库原主任.
_POSTED_AT = "粮库|粮站|储备库|小学|中学|幼儿园|卫生院|医院|合作社|水库|林场|农场"
_BY_POST = Gated(
    rf"(?:(?<![\u4e00-\u9fff\d])|(?<=[对由任被]))(?P<name>(?![名位所家个余多]|中小学|原|社区|街道|中心|人民|县级|市级|村级|学校|医院|公司)"
    rf"{CHARACTER}{{2,10}}?(?:{_POSTED_AT}))"
    r"(?=原?(?:党(?:委|组|总支|支部)(?:副?书记|委员)|副?院长|副?校长|副?站长|副?园长|副?场长|主任|理事长|负责人|会计|保管员|药剂科|财务科))"
)
#: A body set up for a task: 成立清廉医院建设专班.
_TASK = Gated(rf"(?:成立|组建|设立)(?:了|[由以][\u4e00-\u9fff、]{{2,40}}?的)?(?P<name>{TASK_BODY})")
#: A station or a brigade of the police named before: 城关派出所所长.
_POLICE = Gated(
    rf"(?<![\u4e00-\u9fff])原?(?P<name>{CHARACTER}{{2,6}}?(?:派出所|大队|中队|支队))"
    r"(?=原?副?(?:所长|教导员|指导员|大队长|中队长|支队长|民警|辅警))"
)
_COURT = re.compile(r".+?(?:法院|检察院)")
#: The village committee of a village named before.
_VILLAGE = Gated(r"(?<![\u4e00-\u9fff])(?:村委会|村民委员会)(?=主任|副主任|委员|原主任|成员)")
_CARE = (UnitKind.HOSPITAL, UnitKind.COMPANY, UnitKind.SCHOOL)
#: The longest beginning of a clause that names no one who acts: 我们迅速.
_NO_SUBJECT = 6
#: How many mentions back the opening of a sentence is looked for.
_NEAR = 40
Reader = Callable[[re.Match[str]], int]


class Parts:
    """Reads words that mean a unit only by what was named before, or by who writes."""

    def __init__(self, reading: Reading, heads: Heads, found: Found, selves: Selves) -> None:
        self._selves = selves
        self._reading = reading
        self._text = reading.folded
        self._heads = heads
        self._found = found

    def matches(self) -> Iterator[tuple[re.Match[str], Reader]]:
        """Every such word, with what reads it; the surer ones last."""
        text = self._text
        found: tuple[tuple[Iterable[re.Match[str]], Reader], ...] = (
            (_TASK.finditer(text), self._task),
            (_COMMITTEE.finditer(text), self._committee),
            (find_behind(_BEFORE_OFFICE, _OFFICE, text), self._office),
            (_WARD.finditer(text), self._ward),
            (find_behind(BEFORE_POSTED, POSTED, text), self._posted),
            (_POLICE.finditer(text), self._police),
            (_BY_POST.finditer(text), self._by_post),
            (_VILLAGE.finditer(text), self._village),
            (_GROUP.finditer(text), self._group),
        )
        for matches, read in found:
            for match in matches:
                yield match, read

    def _add_inside(self, host: UnitMention, start: int, named: Named, rule: str) -> int:
        part = named.canonical.removeprefix(host.canonical)
        if len(part) > 2 and host.canonical.endswith(part):  # 培训中心 is what was named as 干部培训中心
            named = Named(named.end, host.canonical, host.kind)
        by = host.by if host.full == "author" else (host.start, host.end)
        self._found.add(UnitMention(start, named.end, named.canonical, named.kind, host.place, rule, "host", by))
        return named.end

    def _group(self, match: re.Match[str]) -> int:
        """A group named alone belongs to the discipline organ named last, else to that of the institution's place."""
        organ = self._found.last(lambda it: it.canonical.endswith(("监察委员会", "纪律检查委员会")))
        if organ:
            named = inner(organ.canonical, organ.kind, match.group(), match.end(), "discipline")
            return self._add_inside(organ, match.start(), named, "group")
        if (
            self._selves.author
            and self._selves.author.kind in BUREAUS
            and self._selves.author.place
            and match.group() != "专案组"
        ):
            sender = f"{self._selves.author.place.organ_prefix}纪律检查委员会监察委员会"
            canonical = f"{sender}驻{self._selves.author.canonical}纪检监察组"
            return self._add_inside(
                self._selves.author, match.start(), Named(match.end(), canonical, UnitKind.DISCIPLINE), "stationed"
            )
        return match.end()

    def _ward(self, match: re.Match[str]) -> int:
        """A hospital's department named alone; as written where no hospital is named but 我院."""
        host = self._found.last(lambda mention: mention.kind is UnitKind.HOSPITAL)
        if match.group() in _BUREAU_OFFICES and self._selves.author and self._selves.author.kind in BUREAUS:
            host = self._selves.author
        if not host and not re.search(r"院|医|科室", self._reading.document.title):
            return 0
        end = self._add_ward(host, match.start(), match.group(), match.end())
        while following := _NEXT_WARD.match(self._text, end):
            end = self._add_ward(host, following.start("name"), following["name"], following.end())
        return end

    def _add_ward(self, host: UnitMention | None, start: int, name: str, end: int) -> int:
        if host is None or host.canonical == "我院":
            self._found.add(UnitMention(start, end, name, UnitKind.DEPARTMENT, None, "ward", "written"))
            return end
        return self._add_inside(host, start, Named(end, host.canonical + name, UnitKind.DEPARTMENT), "ward")

    def _committee(self, match: re.Match[str]) -> int:
        """A hospital's standing committee: 药事管理与药物治疗学委员会."""
        host = self._found.last(lambda mention: mention.kind is UnitKind.HOSPITAL) or self._selves.author
        group = "name" if match["name"] else "other"
        if not host or host.kind is not UnitKind.HOSPITAL:
            return 0
        return self._add_ward(host, match.start(group), match[group], match.end())

    def _office(self, match: re.Match[str]) -> int:
        """An office of the hospital, company or school named last."""
        host = self._subject(match.start()) or self._found.last(lambda mention: mention.kind in _CARE)
        if not host:
            return 0
        named = inner(host.canonical, host.kind, match["name"], match.end())
        return self._add_inside(host, match.start("name"), named, "office")

    def _subject(self, offset: int) -> UnitMention | None:
        """The institution that last opened a clause of the sentence."""
        if not (sentence := self._reading.sentence_at(offset)):
            return None
        opens = {clause.start for clause in sentence.clauses if clause.start <= offset}
        found = self._found.last(lambda it: it.kind in HOSTS and (it.start in opens or it.start < sentence.start))
        return found if found and found.start >= sentence.start else None

    def _posted(self, match: re.Match[str]) -> int:
        """A department known by its head belongs to the institution named last in the paragraph."""
        block = self._reading.block_at(match.start())
        host = self._found.last(lambda mention: mention.kind in HOSTS or mention.canonical.startswith("中共"))
        if host and (court := _COURT.match(host.canonical)):  # 政治部 of the court, not of its 执行局
            host = replace(host, canonical=court.group())
        company = host is not None and host.kind is UnitKind.COMPANY
        if not host or not block or (host.start < block.start and not company):
            return 0
        group = "name" if match["name"] else "outlet"
        name = match[group]
        if name.endswith("公司") and not company:
            return 0
        named = inner(host.canonical, host.kind, name, match.end(), "below" if name.endswith("公司") else "department")
        return self._add_inside(host, match.start(group), named, "posted")

    def _police(self, match: re.Match[str]) -> int:
        """A station or a brigade of the police force named last in the paragraph."""
        block = self._reading.block_at(match.start())
        host = self._found.last(lambda it: "公安局" in it.canonical)
        if not host or not block or host.start < block.start:
            return 0
        force = host.canonical[: host.canonical.rindex("公安局") + 3]
        named = Named(match.end(), force + match["name"], UnitKind.DEPARTMENT)
        return self._add_inside(replace(host, canonical=force), match.start("name"), named, "posted")

    def _by_post(self, match: re.Match[str]) -> int:
        name = match["name"]
        self._found.add(UnitMention(match.start("name"), match.end(), name, kind_of(name), None, "posted", "written"))
        return match.end()

    def _village(self, match: re.Match[str]) -> int:
        """The committee of the village whose party branch was named before."""
        host = self._found.last(lambda it: "村" in it.canonical)
        if not host:
            return 0
        village = host.canonical.removeprefix("中共")[: host.canonical.removeprefix("中共").rindex("村") + 1]
        named = Named(match.end(), f"{village}村民委员会", UnitKind.OTHER)
        return self._add_inside(host, match.start(), named, "office")

    def _task(self, match: re.Match[str]) -> int:
        """A body set up for a task by the institution that acts, else by the author."""
        start = match.start("name")
        clause = self._reading.clause_at(match.start())
        if not clause or any(at in self._heads for at in range(start, match.end())):
            return 0
        sentence = self._reading.sentence_at(start)
        host = self._opener(start) or self._found.last(lambda it: it.kind in HOSTS)
        if not host or not sentence or host.start < sentence.start:
            if match.start() - clause.start > _NO_SUBJECT:  # someone acts who is no unit
                return 0
            host = self._selves.author or self._most_named()
        canonical = (host.canonical if host else "") + match["name"]
        named = Named(match.end(), canonical, UnitKind.OTHER)
        if host:
            return self._add_inside(host, start, named, "task-force")
        self._found.add(UnitMention(start, match.end(), canonical, UnitKind.OTHER, None, "task-force"))
        return match.end()

    def _opener(self, offset: int) -> UnitMention | None:
        """The discipline organ that opens the sentence."""
        sentence = self._reading.sentence_at(offset)
        if not sentence:
            return None
        return next(
            (
                it
                for it in reversed(self._found.mentions[-_NEAR:])
                if it.start == sentence.start and it.canonical.endswith(("监察委员会", "纪律检查委员会"))
            ),
            None,
        )

    def _most_named(self) -> UnitMention | None:
        """The institution that has been named most so far."""
        counts = Counter(it.canonical for it in self._found.mentions if it.kind in HOSTS and it.place)
        name = max(counts, key=lambda name: counts[name], default=None)
        return next((it for it in self._found.mentions if it.canonical == name), None)
