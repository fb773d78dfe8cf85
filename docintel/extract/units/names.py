"""The naming system of Chinese institutions: where a name ends, what its full official form is, what kind it is.

In: folded text, an offset, and what the name begins with (`青岚市`). Out: a `Named` for the institution at that offset.
Word lists: `patterns/units.toml`, `units_local.toml`.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from docintel.extract.language.gates import Gated
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.name_characters import CHARACTER, ORDINAL
from docintel.schema import UnitKind

_ENDINGS: dict[str, list[str]] = load("units")["endings"]
#: The kind that an ending speaks of.
_KINDS = {end: UnitKind(kind) for kind in sorted(_ENDINGS) for end in _ENDINGS[kind]}
_LONGEST_ENDING = max(map(len, _KINDS))
_FULL: dict[str, str] = load("units_local")["full_names"]
_GENERIC = frozenset(_FULL.values())

#: Where people meet or go is no party: 县行政中心, 市政务中心402会议室, 县政务大厅; nor what somebody has studied at.
_VENUE = re.compile(r".*(?:行政中心|(?<!公共)政务中心|会议中心|政务大厅|办事大厅)")
_STUDIED = re.compile(r"(?:在职)?(?:函授)?(?:研究生|大学|大专|本科|专科|经济管理)(?:班|学历|毕业)")
#: What shows that an ending is not the end: 中心|医院, 集团|公司, 银行|卡.
_GOES_ON = (
    r"(?:股份|控股|连锁|医药连锁)?有限(?:责任)?公司|(?<=红十字会)(?:[\u4e00-\u9fff]{0,2}医院)|(?<=中心)(?:医院|小学|血站|卫生院|城|校|支行|粮库|组(?!织)|任务|思想|工作(?!人员|组织)|环节|地带|学校)|(?<=集团)(?:有限|公司|股份|控股|总)"
    r"|(?<=医院)(?:协会|学会|管理(?:局|中心|处|集团|公司))|(?<=银行)(?:卡|股份|账|存|业|系统|流水|保险)|(?<=学)[生习]|(?<=[学大][院学])[\u4e00-\u9fff]{0,6}医院|(?<=局)(?:面(?![向对])|势|部(?![署门])|促(?![进成使])|域|限(?![期时]))|(?<=工会)议"
    r"|(?<=管理处)[分置]|(?<=经办)[中机]|(?<=厅)[官级局]|(?<=院)[感校]|(?<=公司)[法化债]|(?<=队)[员伍长]|(?<=协会)议|(?<=服务站)点|(?<=庭)[审长]"
    r"|(?<=监测中心)站|(?<=公司)(?:中心支公司|支公司)|(?<=合作社)联|(?<=中心)所|(?<=支)公司营|(?<=小组)[长成]|(?<=厂)[商家房区址矿长](?!长)|(?<=矿)[区产长](?!长)"
    r"|(?<=社)[会区保员长](?!长)|(?<=所)[有属在需涉谓得收送获犯能辖列提里以长用作](?!长)|(?<=站)[点位台在岗稳起出式口前内外上]|(?<=馆)藏|(?<=电大)[楼力]"
    r"|(?<=室)[内外]|(?<=监狱)(?:管理局|系统|长)|(?<=网站)|(?<=[场厕住会]所)|(?<=[餐饭茶酒旅]馆)|(?<=[^加]工厂)|(?<=生协)会|(?<=队)列"
)
#: One body under two names: 烟草专卖局(公司), 盐务局(分公司).
_BOTH = r"(?:(?<=局)\((?:总|分)?公司\))?"
_ENDING = rf"(?:{alternation(word for words in _ENDINGS.values() for word in words)})(?!{_GOES_ON}){_BOTH}"
#: 税务局, 第一人民医院, 城市发展有限公司.
_OPEN = re.compile(
    rf"(?:(?![省县州]|区(?!域性)|市(?![政场容民])){CHARACTER}{{2,16}}?"
    rf"|第[1-9](?![届批次个名条期轮季位年类项家版号章款]){CHARACTER}{{0,12}}?){_ENDING}"
)
#: 第2人民医院 is the 第二人民医院.
_ARABIC = re.compile(r"(?<=^第)[1-9]")
#: 第一、第三粮库.
ORDINALS = re.compile(rf"(?P<first>{ORDINAL})(?P<more>(?:[、和]{ORDINAL})+)(?P<body>{CHARACTER}{{0,12}}?{_ENDING})")
#: Names that need nothing but the place before them: 县医院, 市法院, 云栖街道办事处, 北京大学.
_BARE = re.compile(rf"(?:{alternation(load('units')['bare']['names'])})(?!{_GOES_ON})")
_SHORT = re.compile(
    rf"(?:{alternation(_FULL)})(?!(?<=院)[长感校]|(?<=局)(?:面(?![向对])|势)|(?<=办)法|(?<=委)员会|(?<=社)[会区保员]|(?<=生协)会)"
)
#: 市一院, 市第四医院, 县一中 as people say it.
_NUMBERED = re.compile(
    r"第?(?P<number>[一二三四五六七八九十]{1,2})"
    r"(?:(?P<hospital>院)(?!长)|(?P<middle>中)(?![学心院国等级央部医小队东西南北])|(?P<primary>小)(?![学组队型时区微]))"
)
_NUMBERED_FORMS = {
    "hospital": ("人民医院", UnitKind.HOSPITAL),
    "middle": ("中学", UnitKind.SCHOOL),
    "primary": ("小学", UnitKind.SCHOOL),
}
_TASK = (
    r"(?:(?!成立|组建|派出|选派|抽调|开展|设立|建立|组成|安排|任双|任组|部署|要求|组织|牵头|根据|级|等)"
    r"[\u4e00-\u9fff“”]){2,24}?"
)
#: A body set up for a task: 校园餐专项整治工作专班.
TASK_BODY = rf"{_TASK}(?:专班|领导小组|协调小组|推进小组|专项小组|核查小组)(?!办公室)"
_TASK_BODY = re.compile(rf"{TASK_BODY}|(?!专项){_TASK}督导组")
#: What a committee of the party keeps up for a task: 县|委层面整治形式主义为基层减负专项工作机制办公室.
_STANDING_BODY = re.compile(rf"委层面{_TASK}专项工作机制(?:办公室)?")
_POLICE_BRANCH = re.compile(r"公安(?!局)(?P<name>[\u4e00-\u9fff]{2,6}?)分局")
#: A clinic or a pharmacy that opens a clause, 平安口腔诊所; not 个体诊所, 零售药店.
CLINIC = Gated(
    r"(?<![\u4e00-\u9fff])(?!上述|其他|这|那|多|个体|零售|连锁|私人|有的|社会|周边|附近|网上|线下|中医|口腔|牙科|综合|专科|美容|外地|本地"
    rf"|一|两|[省市县区乡镇村]){CHARACTER}{{2,8}}?(?:门诊部|诊所|药店|药房)(?![、和,]?(?:药店|诊所|药房))"
)
#: What bears a name of its own without a place: 黄柳滩农场, 石岭监狱, 红泥河农垦管理局.
SITE = Gated(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[在由对被从到向把访与和有们的]))(?!某|该|各|本|全|其|这|那|两|多|[^,。]{0,3}国[有营]|中共|国家|省|市|县|男子|女子|未成年|基层|中国|高山|自动|无人"
    rf"|直属|一|二|三|几){CHARACTER}{{2,5}}?(?:农场|监狱|气象站|直属库|农垦管理局|矿务局)"
    r"(?!管理局|系统|[长企里内外])"
)
_RURAL_BANK = re.compile(r"农商银?行")
_EMERGENCY = re.compile(r"120(?:急救中心|急救指挥中心)?(?![\d余多名个万元号])")
_WHOLE_NAME = re.compile(
    rf"(?!社区|街道|学校|医院|公司|集团|银行|乡镇|村级|基层)(?:{CHARACTER}{{5,30}}|{CHARACTER}{{2}}大学)"
)
#: Says what a company does, not which it is: 小额贷款公司.
_VAGUE = re.compile(
    rf"(?:{alternation(load('units')['vague']['words'])})+(?:{alternation(load('units')['vague']['ends'])})?"
)
#: Short, and yet the name of one: 仁康医院, 福安药店.
_SMALL_NAME = re.compile(
    rf"(?!社区|街道|乡镇|村级|基层|综合|专科|三甲|三级|二级|一级|中医|儿童|妇产|精神|肿瘤|口腔|眼科|中心|人民|附属|军队|互联|智慧|连锁|零售|联合|总|全|私|牙"
    rf"|医保|诊所|我|贵|别|该|本|两|多|外地|上级|当地|本地|县|市|省|区|乡|镇|村){CHARACTER}{{2,3}}(?:医院|门诊部|诊所|药店|药房)"
)
#: Kinds whose names are whole without a place before them.
_WHOLE = frozenset({UnitKind.COMPANY, UnitKind.HOSPITAL, UnitKind.SCHOOL, UnitKind.PROCURATORATE_COURT})
#: Bodies of other kinds that bear a name of their own.
_WHOLE_OTHERS = (
    "设计院",
    "研究院",
    "研究所",
    "勘察院",
    "勘测院",
    "设计所",
    "事务所",
    "基金会",
    "出版社",
    "养老院",
    "护理院",
)
#: Of a county these are unions, in a town a single one.
_OF_TOWNS = {"信用社": "信用社", "农村信用社": "农村信用社", "供销社": "供销合作社"}
_TOWN = ("镇", "乡", "街道", "村", "社区")
_HEALTH = ("卫生健康", "卫生和计划", "卫生局", "卫生厅", "中医药管理", "疾病预防控制局")
#: Service centres that are the arm of a government.
_ADMINISTRATIVE = re.compile(
    r"(?:(?:医疗保障|医疗保险|公共资源交易|政务|行政|审批|便民|物资储备|农业综合|农业农村|农田建设|水利|社会保险|社会保障|社保|养老保险|运输管理|物业管理|专项维修资金|财政|教育|不动产"
    r"|就业|退役军人|乡村振兴|征收|征迁|招商|投资促进|信访|机关事务|住房保障|城乡低保|公路|交通运输|综合治理|综治|公积金|环境卫生|储备粮|畜牧)"
    r"[\u4e00-\u9fff]{0,6}|[镇乡道][\u4e00-\u9fff]{2,8}服务)中心$"
)


@dataclass(frozen=True, slots=True)
class Named:
    """An institution's name in a text: where it ends, its full form and its kind.

    Attributes:
        alone: its parent is not a unit that the text names with the same words: 公安部 is, in 公安部治安管理局, no
            more than part of the name.
    """

    end: int
    canonical: str
    kind: UnitKind
    alone: bool = False


@cache
def _local() -> tuple[re.Pattern[str], tuple[tuple[str, UnitKind], ...]]:
    entries = load("units_local")["local"]
    forms = [(form, i) for i, entry in enumerate(entries) for form in entry["names"]]
    forms.sort(key=lambda form: (-len(re.sub(r"\(.*?\)", "", form[0])), form[0]))
    pattern = "|".join(f"({form})" for form, _ in forms)
    return re.compile(pattern), tuple((entries[i]["canonical"], UnitKind(entries[i]["kind"])) for _, i in forms)


def local_organ_at(text: str, start: int, prefix: str) -> Named | None:
    """One of the bodies that every place has, behind the name of the place: 纪委监委, 政府, 一院."""
    if match := _STANDING_BODY.match(text, start):
        return Named(match.end(), prefix + match.group(), UnitKind.PARTY)
    pattern, templates = _local()
    if match := pattern.match(text, start):
        if match.group().endswith("党校") and _STUDIED.match(text, match.end()):
            return None
        template, kind = templates[(match.lastindex or 1) - 1]
        if prefix.endswith(_TOWN):  # a town has no 监委
            template = template.replace("检查委员会监察委员会", "检查委员会")
        return Named(match.end(), template.format(prefix), kind)
    if (match := _NUMBERED.match(text, start)) and match.lastgroup:
        form, kind = _NUMBERED_FORMS[match.lastgroup]
        return Named(match.end(), f"{prefix}第{match['number']}{form}", kind)
    if match := _EMERGENCY.match(text, start):
        return Named(match.end(), f"{prefix}120", UnitKind.OTHER)
    return None


def organ_at(text: str, start: int, prefix: str) -> Named | None:
    """Any other institution behind a place, or behind nothing where `prefix` is empty: 税务局, 城市发展有限公司."""
    if prefix and (match := ORDINALS.match(text, start)):
        return Named(match.end(), prefix + match["first"] + match["body"], kind_of(match["body"]))
    patterns = (_SHORT, _BARE, _OPEN, _TASK_BODY) if prefix else (_OPEN,)
    match = next((found for pattern in patterns if (found := pattern.match(text, start))), None)
    if not match or _VENUE.fullmatch(match.group()):
        return None
    in_town = _OF_TOWNS.get(match.group()) if prefix.endswith(_TOWN) else None
    body = in_town or full_form(match.group())
    if len(prefix) > 2 and body.startswith(prefix[:-1]):  # 青岚海关 is not 青岚市青岚海关
        return Named(match.end(), body, kind_of(body))
    return Named(match.end(), prefix + body, kind_of(prefix[-1:] + body))


def full_form(body: str) -> str:
    """The official name of a body whose short one is in use: 医保局 is 医疗保障局, 高新区管委会 its 管理委员会."""
    if full := _FULL.get(body):
        return full
    body = _ARABIC.sub(lambda match: "一二三四五六七八九"[int(match.group()) - 1], body)
    if body.endswith("纪工委"):
        return f"{body.removesuffix('纪工委')}纪律检查工作委员会"
    if branch := _POLICE_BRANCH.fullmatch(body):  # 公安榆桥分局
        return f"公安局{branch['name']}分局"
    if rural := _RURAL_BANK.search(body):
        return f"{body[: rural.start()]}农村商业银行{body[rural.end() :]}"
    return f"{body.removesuffix('管委会')}管理委员会" if body.endswith("管委会") else body


def party_committee(text: str, named: Named) -> Named | None:
    """What 中共 before a name makes of it: 中共|云溪县|委员会, 中共|云溪县人民医院|委员会."""
    if named.canonical.endswith(("支部委员会", "总支委员会", "总支部委员会")):
        return Named(named.end, f"中共{named.canonical}", UnitKind.PARTY)
    if not text.startswith("委员会", named.end):
        return None
    return Named(named.end + 3, f"中共{named.canonical}委员会", UnitKind.PARTY)


def is_generic(name: str) -> bool:
    """Whether every city or county has an authority of this name: 住房和城乡建设局."""
    return name in _GENERIC


def is_whole(written: str) -> bool:
    """Whether a name says by itself, without a place, which institution it is: 远图能源股份有限公司, not 社区医院."""
    if _VAGUE.fullmatch(written):
        return False
    whole = kind_of(written) in _WHOLE or written.endswith(_WHOLE_OTHERS)
    return (whole and bool(_WHOLE_NAME.fullmatch(written))) or bool(_SMALL_NAME.fullmatch(written))


@lru_cache(maxsize=4096)
def kind_of(name: str) -> UnitKind:
    """The kind that the end of a full name speaks of."""
    name = re.sub(r"\([^)]*\)$", "", name)
    ends = (name[-size:] for size in range(min(len(name), _LONGEST_ENDING), 0, -1))
    kind = next((_KINDS[end] for end in ends if end in _KINDS), UnitKind.OTHER)
    if kind is UnitKind.OTHER and _ADMINISTRATIVE.search(name):
        return UnitKind.GOVERNMENT
    health = any(word in name for word in _HEALTH)
    return UnitKind.HEALTH_AUTHORITY if health and kind in (UnitKind.GOVERNMENT, UnitKind.OTHER) else kind
