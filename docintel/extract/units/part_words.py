"""Words that name a unit by a part only: 骨科, 药学部主任, 专案组, 村委会, 责任单位:医务部.

In: nothing. Out: patterns over folded text, for `units.parts`. Word lists: `patterns/units_inside.toml`.
"""

import re

from docintel.extract.language.gates import Gated
from docintel.extract.language.lexicon import alternation, first_of, load
from docintel.extract.language.name_characters import CHARACTER
from docintel.extract.units.names import TASK_BODY

WORDS = load("units_inside")


def _numbered(names: str) -> str:
    """The names, and with the number of one of several: 骨一科, 普外二科."""
    return re.sub(r"科(?=\||\)|$)", "[一二三四五六]?科", names)


#: A group of the local discipline organ, named alone.
GROUP = Gated(
    r"(?<![各级个等设])(?:专案组|(?:第[一二三四五六七八九十]+)?(?:联合|综合)?派驻(?:第[一二三四五六七八九十]+)?纪检监察组)"
)
#: What shows that a ward's name is only a topic: 骨科耗材, 采购办法.
TOPIC = (
    r"(?![公学法]|(?:[、和](?![\u4e00-\u9fff]{1,5}科)[\u4e00-\u9fff]{1,5}){0,2}?"
    r"(?:高值|介入|植入)?"
    r"(?:耗材|病区|病房|二级库|疾病|门诊|患者|病人|病种|手术|器械|用药|诊疗|医保服务|专业|领域|床位|植入|假体))"
)
WARD = re.compile(
    rf"{first_of(WORDS['wards']['names'])}(?<![全各中西家个所类])"
    rf"(?:{_numbered(alternation(WORDS['wards']['names']))}){TOPIC}"
)
#: Departments of several hospitals at once, as the words before them say: 32家公立医院的院长、|设备科|长.
OF_MANY = re.compile(
    r"(?:[0-9一二三四五六七八九十几多数两]余?家|各家?|每家|一些|有的|部分|个别|所有)[^,。;]{0,6}?(?:医院|医疗机构|卫生院|医疗单位)的?[^,。;]{0,24}$"
)
#: A further department in a list of them: 设备科、财务物价科、工会.
NEXT_WARD = re.compile(
    r"(?:[、和]|以及)(?P<name>(?!以及)[\u4e00-\u9fff]{1,7}?(?:科|处|办|办公室|中心|部|手术室|导管室|监察室|病案室)|工会|团委|纪委|食堂)(?=[、和等,。;)\n]|以及|负责|主任)"
)
COMMITTEE = Gated(
    r"(?<![\u4e00-\u9fff])(?:[由经报向请])?(?P<name>(?:药事|采购|耗材|医用耗材|伦理|医学伦理|医疗质量|感染管理|病案|招标|价格)"
    r"[\u4e00-\u9fff]{0,8}?委员会)|(?<=[由经报向开])(?P<other>(?:药事|采购|医用耗材|医学伦理|医疗质量)[\u4e00-\u9fff]{0,8}?委员会)"
)
OFFICE = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[由和与]))原?(?P<name>{alternation(WORDS['offices']['names'])}"
    rf"|(?:{alternation(WORDS['offices']['duties'])}){{1,3}}?(?:管理|保障|服务|监察|监督|工作|事务|综合)?"
    r"(?:[部处科室]|办公室|中心(?=主任|副主任|原|被))|工会(?=主席|副主席|委员(?!会)|负责人))(?![法公门分署位属理置罚学技室])"
)
BEFORE_OFFICE = re.compile(
    r"(?:[^\u4e00-\u9fff]|[由和与])"
    rf"{first_of(['原', '工会', *WORDS['offices']['names'], *WORDS['offices']['duties']])}"
)
BUREAU_OFFICES = frozenset(WORDS["bureau_offices"]["names"])
#: An institution known by the post that follows it: 白榆粮库原主任.
POSTED_AT = "粮库|粮站|储备库|小学|中学|幼儿园|卫生院|医院|合作社|水库|林场|农场"
BY_POST = Gated(
    rf"(?:(?<![\u4e00-\u9fff\d])|(?<=[对由任被]))(?P<name>(?![·名位所家个余多]|中小学|原|社区|街道|中心|人民|县级|市级|村级|学校|医院|公司)"
    rf"{CHARACTER}{{2,10}}?(?:{POSTED_AT}))"
    r"(?=原?(?:党(?:委|组|总支|支部)(?:副?书记|委员)|副?院长|副?校长|副?站长|副?园长|副?场长|主任|理事长|负责人|会计|保管员|药剂科|财务科))"
)
#: A body set up for a task: 成立清廉医院建设专班.
TASK = Gated(rf"(?:成立|组建|设立)(?:了|[由以][\u4e00-\u9fff、]{{2,40}}?的)?(?P<name>(?![由以]){TASK_BODY})")
#: A group is part of whoever set it up, and has no groups itself.
TASK_END = re.compile(r"(?:专班|小组)$")
#: What the work group of an institution sees put right: 巡察整改工作领导小组.
INSPECTED = re.compile(r"巡[察视]")
#: A station or a brigade of the police named before: 城关派出所所长.
POLICE = Gated(
    rf"(?<![\u4e00-\u9fff])原?(?P<name>{CHARACTER}{{2,8}}?(?:派出所|大队|中队|支队)(?:[一二三四五六]?[大中]队)?)"
    r"(?=原?副?(?:所长|教导员|指导员|大队长|中队长|支队长|民警|辅警|队员))"
)
#: A branch of the bureau that writes or was named last: 城西分局局长, 城西分局注册登记窗口.
OUTPOST = Gated(
    rf"(?<![\u4e00-\u9fff])原?(?P<name>(?!该|本|各|我|公安|两|某|区|县|市|省|新|原|这){CHARACTER}{{2,4}}?分局)"
    r"(?=原?(?:党[组委]|副?局长|司机|工作人员|办事员|干部|民警|职工|[\u4e00-\u9fff]{2,10}?(?:窗口|[科所队股室])))"
)
#: Institutions that find out about others: what is named behind them is seldom theirs.
OVERSEER = re.compile(
    r"(?:审计局|审计厅|医疗保障局|公安局|人民法院|人民检察院|市场监督管理局|财政局|国有资产监督管理委员会|税务局)$"
)
#: A village, and not the 村 of 农业农村局.
OF_VILLAGE = re.compile(r"(?<![农全各该本乡])村(?=党|村民委员会|支部|股份|经济|集体|卫生|$)")
#: A room of the local discipline organ, named alone.
DISCIPLINE_ROOM = re.compile(
    r"第[一二三四五六七八九十]+(?:纪检监察|监督检查|审查调查)室|党风政风监督室|案件监督管理室|案件审理室"
)
COURT = re.compile(r".+?(?:法院|检察院)")
#: The party's organ of the institution that writes, where a clause begins with it: 党委研究决定.
ORGAN = Gated(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[由经向报]))(?:党委|纪委)"
    r"(?![书会委成副办宣理班系统中常、和])(?=[\u4e00-\u9fff]{2})"
)
#: Companies of a group that have numbers for names: 二公司.
SUBSIDIARY = Gated(r"(?<![某另同任每第这那该一二三四五六七八九十])[一二三四五六七八九十]公司(?![\u4e00-\u9fff]{0,2}个)")
#: A company of a group that is said to be one: 所属|路桥公司.
MEMBER = Gated(
    rf"(?:(?<=所属)|(?<=下属)|(?<=旗下)|(?<=子公司))(?!各|子|分|集团|全资|控股|有关|相关){CHARACTER}{{2,6}}公司"
)
CORPORATION = re.compile(r"集团(?:(?:股份)?有限)?(?:责任)?(?:公司)?$")
#: Who is in charge, a department alone in its cell or behind its label: 责任单位:医务部、制剂室.
_CHARGED_NAME = (
    r"(?P<name>(?!各|全|相关|有关|责任|牵头|配合)[\u4e00-\u9fff]{1,8}?(?:科|处|部|股|(?<![科处股会议])室|办|办公室)|工会|团委|食堂)"
    r"(?=[、,;。\t\n]|$)"
)
CHARGED = Gated(
    r"(?:(?<=\t)(?=[^\t\n]*[科处部股室办心司局会委](?:[\t\n]|$))"
    rf"|(?<=(?:责任|牵头|配合|承办|主管)(?:单位|科室|部门|处室|股室):)){_CHARGED_NAME}"
)
NEXT_CHARGED = re.compile(rf"[、,;]{_CHARGED_NAME}")
#: The village committee of a village named before.
VILLAGE = Gated(r"(?<![\u4e00-\u9fff])(?:村委会|村民委员会)(?=主任|副主任|委员|原主任|成员)")
