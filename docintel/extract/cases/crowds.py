"""Groups without names that were dealt with: `9名参与打牌的职工受到处理`.

In: a reading and the cases found of people and units. Out: `Case`s without persons.
"""

import math
import re
from collections.abc import Iterator, Sequence

from docintel.extract.cases.acts import is_wrong, shares_wrong, split_acts
from docintel.extract.cases.consequences import general_in, notice_in, sanctions_in
from docintel.extract.cases.facts import Facts, make_case
from docintel.extract.language.gates import EachOf
from docintel.extract.language.reading import Reading, Sentence
from docintel.schema import Case
from docintel.text.numerals import parse_number

_PEOPLE = r"(?:党员领导干部|领导干部|党员干部|干部职工|公职人员|干部|人员|党员|职工|民警|教师|医生)"
_STAFF = r"(?:人员|责任人|科室|医师|医生|护士|干部|职工|员工|教师|负责人)"
#: The numbers of the patterns below are read whole, and their gaps have an end: a line without punctuation may be long.
_NUMERAL = "[0-9一二两三四五六七八九十]"
#: `通报了|云溪县4名教师违规补课问题`
_NAMED = re.compile(
    rf"(?:查处|通报|处理|曝光)了?(?P<quote>[^,。;:“”]{{0,60}}?(?<!\d)(?P<size>\d++)余?名"
    rf"[^,。;“”]{{0,40}}?{_PEOPLE}(?P<act>[^,。;“”]{{0,80}}?)(?:问题|案))"
)
#: `公开通报|云溪市少数党员干部培训期间违规吃喝|问题`, `专题通报|某部下属单位借培训之名公款旅游|问题`
_NOTICED = re.compile(
    rf"(?:(?:公开|专题|点名)通报|(?:纪委|监委|纪检监察组)(?:近日|日前|先后|近期|集中|曾)?通报)(?:曝光)?了?(?P<quote>(?P<size>)"
    rf"(?!各|全国|近期|查处|一批|[^,。;]{{0,8}}[起批])[^,。;:“”\d]{{2,40}}?(?:(?:部分|少数|个别|一些|多名|数名)[^,。;“”]{{0,6}}?{_PEOPLE}"
    rf"|(?:有关|下属|所属|部分|个别)+单位(?:有关|部分|个别|{_PEOPLE})*)(?P<act>[^,。;“”]{{4,80}}?))(?:有关|相关|的)*(?:问题|案)(?!线索)"
)
#: `9名参与打牌的职工受到处理`, `两名村干部因把关不严被问责`
_DEALT_WITH = re.compile(
    rf"(?P<quote>(?<!{_NUMERAL})(?P<size>{_NUMERAL}++)余?名(?:(?P<act>(?:参与|违反|违规|涉案|涉嫌)[^,。;“”]{{0,20}})的)?[^,。;“”]{{0,4}}?"
    rf"{_PEOPLE}(?:因(?P<reason>[^,。;“”]{{2,20}}?))?(?:分别)?(?:受到|被)[^,。;“”的]{{1,200}}+)(?=[,。;]|$)"
)
#: `对|验收走过场的2名科长予以诫勉`
_GIVEN = re.compile(
    rf"(?P<quote>对(?P<act>[^,。;“”]{{0,30}}?)的?(?P<size>{_NUMERAL}++)余?名[^,。;“”]{{2,14}}?"
    r"(?:(?:予以|给予|作出|进行)[^,。;“”]{0,120}?(?:诫勉|处分|处理|问责|检查|约谈)|批评教育|通报批评|诫勉|约谈))"
)
#: `对|稽核中“放水”的2名工作人员|立案审查`
_FILED = re.compile(
    rf"(?P<quote>对(?P<act>[^,。;]{{2,30}}?)的(?P<size>{_NUMERAL}++)余?名[^,。;]{{2,14}}?(?:进行|予以)?(?:立案(?:审查)?(?:调查)?|暂停[^,。;]{{2,16}}|约谈|罚款[^,。;]{{2,12}}|通报批评))(?=[,。;]|$)"
)
#: `对|11名行贿人立案并采取留置措施`, `给予|2名支部书记批评教育`, `对其中|5人作出诫勉处理`
_OBJECT = re.compile(
    rf"(?P<quote>(?:对|给予|责令|将)(?:其中|另外|涉案|涉事|相关|有关)?的?(?P<act>)(?<!{_NUMERAL})(?P<size>{_NUMERAL}++)余?(?:名|位|人(?=[予作进给立]))"
    r"[^,。;“”名]{0,16}?(?:立案|诫勉|批评教育|通报批评|约谈|解聘|辞退|免职|留置|党纪|政务|党内|处罚|交流到|调离|[作给予][出予以]处理(?=[,。;]|\Z))[^,。;]{0,30})(?=[,。;]|$)"
)
#: `扣罚相关医师绩效3.9万元`
_FINED = re.compile(
    rf"(?P<quote>(?P<size>)(?:扣罚|扣减|扣发|停发)了?(?:相关|有关|涉事|责任|违规|(?:{_NUMERAL}{{1,4}}名?)){{1,2}}[^,。;]{{0,6}}?{_STAFF}[^,。;]{{0,20}})"
)
#: `对58家企业|作出限制投标处理`, `将2家违规企业|列入不良记录名单`
_COMPANIES = re.compile(
    rf"(?P<quote>[对将把](?P<size>{_NUMERAL}++)余?家(?:违规|违法)?(?:(?P<act>[^,。;的]{{4,24}})的)?[^,。;]{{0,8}}?(?:企业|公司|供应商|药店|诊所|门诊部|医院|机构|单位)(?:(?:作出|予以|给予|处以|罚款|暂停|解除|取消|立案|约谈)|记入?不良|(?<=违[规法]企业)列入|(?<=违[规法]单位)列入)[^,。;]{{0,40}})"
)
#: `对|负有直接责任的3所学校|停赛一年`, `对机械停保的2个镇|通报批评`
_BODIES = re.compile(
    rf"(?P<quote>对(?P<act>[^。;]{{2,30}}?)的(?P<size>{_NUMERAL}++)余?[家个所][^,。;、的]{{1,12}}?(?<![工问环])(?:(?:作出|予以|给予|进行|处以)[^,。;]{{0,12}}?)?(?:罚款|通报批评|通报|约谈|停赛|暂停|立案|责令整改|扣减|解除)[^,。;]{{0,16}})(?=[,。;]|$)"
)
#: `辞退|护工3人`, `立案|行贿人员206人`
_COUNTED = re.compile(
    rf"(?P<quote>(?:辞退|解聘|清退|停赛|停岗|通报批评|立案(?:调查|查处)?|处理)了?(?P<act>)(?:违规|违法|不合格|涉案|其中)?"
    rf"(?:行贿(?:人员|人)|抄表员|护工|护士|医生|医师|药师|医务人员|裁判员|评标专家|业务员|教练|保安|[^,。;、有责相关导处\d问]{{1,4}}员(?!额)|企业)(?P<size>{_NUMERAL}++)余?[名人家])(?=[,。;、]|$)"
)
#: `追责问责|46名责任人`, `处理处分|党员干部|8名`
_HELD = re.compile(
    rf"(?:(?<=[,。;])|(?<=先后)|(?<=[共已委局])|(?<!\S))(?P<quote>(?:追责问责|问责|处理处分|处分|追究|处理)了?(?P<act>)(?P<size>{_NUMERAL}++)余?名"
    rf"[^,。;、“”]{{0,8}}?(?:责任人员?|失职[^,。;、“”]{{0,6}}?人员|{_PEOPLE})[^,。;“”]{{0,16}})(?=[,。;]|$)"
)
#: `其中|2人受到党纪处分`, `|9人被批评教育`
_SOME = re.compile(
    rf"(?:(?<=[,。;])|(?<=其中)|(?<=另有)|(?<!\S))(?P<quote>(?P<act>)(?<!{_NUMERAL})(?![两二三四五六七]人)(?P<size>{_NUMERAL}++)余?(?:人|名)(?:因(?P<reason>[^,。;“”]{{2,20}}?))?(?:分别)?(?:受到|被)"
    r"(?:党纪|政务|党内|诫勉|批评教育|通报批评|免职|辞退|解聘|开除|停职|调离|留党)[^,。;“”]{0,40})(?=[,。;]|$)"
)
#: `对|当事医师|提醒谈话`
_CONCERNED = re.compile(
    rf"(?P<quote>对(?P<act>)(?P<size>)(?:(?:当事|涉事)(?:的)?{_STAFF}|(?!各|全|所有|新任|有关|相关|其|被|[^,。;]{{0,10}}[0-9某])[^,。;、“”的]{{2,10}}?(?:护士长|科长|主任|院长|局长|站长|股长|经理|负责人|司机))(?:予以|进行|给予|作出)?(?:提醒谈话|谈话提醒|批评教育|诫勉|通报批评|约谈|停职|警告)[^,。;]{{0,8}})(?=[,。;]|$)"
)
#: `查处了一批|违规占用耕地|案件`, `精准发现|冒领补贴|问题12起`
_FOUND = re.compile(
    r"(?:快查严处|查处|查办|查实|查结|处理|督办|交办|发现)了?(?:(?:一批|一系列|多起|[0-9]+余?[起件个])(?:涉及)?)?"
    r"(?P<act>[^,。;]{4,60}?)(?:等|的)*(?:典型)?(?:问题|案件|案)(?:线索)?(?:[0-9]+余?[起件个])?\Z"
)
#: What is told of one of a group takes as many blocks at most.
_BLOCKS_EACH = 2
_PATTERNS = (
    ("crowd-concerned", _CONCERNED),
    ("crowd-counted", _COUNTED),
    ("crowd-held", _HELD),
    ("crowd-some", _SOME),
    ("crowd-filed", _FILED),
    ("crowd-fined", _FINED),
    ("crowd-companies", _COMPANIES),
    ("crowd-bodies", _BODIES),
    ("crowd-named", _NAMED),
    ("crowd-noticed", _NOTICED),
    ("crowd-dealt-with", _DEALT_WITH),
    ("crowd-given", _GIVEN),
    ("crowd-object", _OBJECT),
)
_EACH_OF = EachOf([pattern for _, pattern in _PATTERNS])


def find_crowd_cases(reading: Reading, found: Sequence[Case]) -> list[Case]:
    """Groups without names, each once; not where the people of the group are named."""
    named = [(case.evidence.start, _how_many(case)) for case in found]
    told: list[tuple[str, int, Case]] = []
    for sentence in reading.sentences:
        for n in _EACH_OF.possible(reading.folded, sentence.start, sentence.end):
            rule, pattern = _PATTERNS[n]
            for match in pattern.finditer(reading.folded, sentence.start, sentence.end):
                size = match["size"]
                is_named = pattern is _NAMED and _are_named(reading, sentence, named, parse_number(size) or 0)
                for case in () if is_named else _crowd_case(reading, match, rule):
                    again = (
                        size == other and _told_again(reading.folded, case, before, is_near=sentence.start == start)
                        for other, start, before in told
                    )
                    if not any(again):
                        told.append((size, sentence.start, case))
    return [case for _, _, case in told]


def _how_many(case: Case) -> float:
    """How many people a case is about at least; of `局长张三等人` any number."""
    others = case.persons and re.search(rf"{re.escape(case.persons[-1])}等\d*名?人", case.evidence.quote)
    return math.inf if others else len(case.persons)


def _are_named(reading: Reading, sentence: Sentence, named: Sequence[tuple[int, float]], size: float) -> bool:
    """Whether the sentence, or the blocks behind it that go on to tell of each, name half of a group."""
    blocks = reading.document.blocks
    near, far = (blocks[min(len(blocks) - 1, sentence.block + _BLOCKS_EACH * each)].end for each in (1, round(size)))
    behind = [(start, people) for start, people in named if sentence.start <= start < far]
    return any(start < near for start, _ in behind) and sum(people for _, people in behind) >= size / 2


def _told_again(folded: str, case: Case, before: Case, *, is_near: bool) -> bool:
    """Whether of two groups of one size the later is the earlier one: one tells no act, or both tell the same.

    Args:
        is_near: both stand in one sentence, which tells of each once: `2人被诫勉,2人被批评教育`.
    """
    if is_near:
        return case.evidence.start < before.evidence.end and before.evidence.start < case.evidence.end
    if not case.acts or not before.acts:
        return True
    acts = [(act.start, act.end) for act in case.violations]
    others = [(act.start, act.end) for act in before.violations]
    return any(folded[slice(*a)] == folded[slice(*b)] or shares_wrong(folded, a, b) for a in acts for b in others)


def _crowd_case(reading: Reading, match: re.Match[str], rule: str) -> Iterator[Case]:
    sanctions = sanctions_in(reading, *match.span())
    if not sanctions:
        word = notice_in(reading, max(0, match.start() - 2), match.end()) or general_in(reading, *match.span())
        sanctions = [word] if word else []
    parts = match.groupdict(default="")
    told = next((part for part in ("reason", "act") if parts.get(part)), None)
    before = None if told else _found_before(reading, match.start("quote"))
    if sanctions:
        stated = (sanctions[0].start, sanctions[0].end)
        quote = (before.start() if before else match.start("quote"), match.end("quote"))
        act = before.span("act") if before else match.span(told) if told else None
        facts = Facts(
            quote=quote,
            acts=list(split_acts(reading.folded, *act)) if act else [],
            sanctions=sanctions,
            grounds=[("", f"case/{rule}", quote), ("sanctions", "sanction/crowd", stated)],
        )
        yield make_case(reading, facts)


def _found_before(reading: Reading, offset: int) -> re.Match[str] | None:
    """What the clause before says was found out: `查处|违规提供空白公函|问题,(28名责任人员受到处分)`."""
    clause = reading.clause_at(offset)
    before = reading.clause_at(clause.start - 2) if clause and reading.folded[clause.start - 1] in ",，" else None
    found = _FOUND.search(reading.folded, *before) if before else None
    return found if found and is_wrong(reading.folded, *found.span("act")) else None
