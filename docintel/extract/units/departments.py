"""What stands inside an institution, named directly behind it: 党风政风监督室, 党组, 药学部, 执法大队.

In: folded text and the `Named` of an institution. Out: a `Named` for each part, every one inside the one before.
Word lists: `patterns/units_inside.toml`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.name_characters import CHARACTER, ORDINAL
from docintel.extract.units.names import TASK_BODY, Named, is_whole
from docintel.schema import UnitKind

_INSIDE: dict[str, list[str]] = load("units_inside")["departments"]
_BELOW: list[str] = load("units_inside")["subordinate"]["endings"]
_PARTY_FULL: dict[str, str] = load("units_inside")["party_organs"]

#: What shows that a department's ending is part of another word: 处|分, 部|门, 党组|成员 (a position, not the 党组).
_NOT_INSIDE = (
    r"(?<=股)[份权东级票金值市本息]|(?<=处)[分理置罚以于方]|(?<=地处)|(?<=科)(?:[技学普研级室员目文教]|诊疗)|(?<=部)[分门署位级属]|(?<=办)[理公案法事好]|(?<=局)(?:面(?![向对])|势|部(?![署门])|限(?![期时]))|(?<=[院所站])[长属在有台]"
    r"|(?<=庭)审|(?<=家庭)|(?<=司)[法机]|(?<=所)[需涉用得收获]|(?<=厂)[商家房区]|(?<=队)[伍员长]|(?<=中心)组(?!织)|(?<=室)内|(?<=[组部])[长织]|(?<=干部)|(?<=委)员"
    r"|(?<=党[组委])(?:成员|书记|副书记|委员(?!会)|理论|班子|常委|原|专职|换届)"
    r"|(?:(?<=总支)|(?<=支部))(?:成员|委员(?!会)|会议|理论|班子|换届)|(?<=总支)原?副?书记"
)
#: A department's name does not begin with these: they begin another institution's.
_ELSE = r"(?!最高|国家|中央|中国|全国|新任|现任|时任|前任|[和与及同或各每、])"
#: Rooms are no departments.
_ROOM = r"(?<!传达室)(?<!会议室)(?<!谈话室)(?<!接待室)(?<!值班室)(?<!阅览室)(?<!教室)(?<!陈列室)(?<!活动室)(?<!候诊室)"
_WITHIN = rf"(?:(?![省县区州委]|市(?![场政容])|政府){CHARACTER})"
_SENT = rf"(?:{ORDINAL})?(?:联合|综合)?派[驻出](?:{ORDINAL})?(?:联合|综合)?纪检监察[组室]"
#: 市委|巡察三组, which is said for 第三巡察组.
_NUMBERED_TEAM = r"巡[察视][一二三四五六七八九十]{1,3}组"
_POST = (
    r"原?(?:常务)?副?(?:部长|处长|科长|股长|主任|主管|总?经理|局长|庭长|负责人|组长|护士长|技师长?|主管技师|(?:主治|主任)?医师|药师"
    r"|工程师|职工|员工|干事|科员|工作人员|会计|出纳|检验员|化验员|技术员|保管员|采购员|业务员)"
)
_PATTERNS = {
    "discipline": rf"{_SENT}|纪检监察机构|{_NUMBERED_TEAM}|{_WITHIN}{{0,8}}?(?:{alternation(_INSIDE['discipline'])})",
    "party": rf"(?:{alternation(_INSIDE['party'])})",
    "other": TASK_BODY,
    "department": (
        rf"(?:党办|食堂|审判委员会|工会(?!议)|{_WITHIN}{{1,14}}?(?<!办事)(?:{alternation(_INSIDE['department'])}){_ROOM}"
        rf"|{_WITHIN}{{1,3}}办|{_WITHIN}{{1,4}}(?:班(?=原?副?班长)|(?:车间|工段|监区|管理区)))"
    ),
    "below": (
        rf"(?:{_WITHIN}{{2,12}}?(?:{alternation(_BELOW)})|{ORDINAL}师(?:[\u4e00-\u9fff]{{2,4}}市)?(?:\d{{1,3}}团)?)"
    ),
}
#: The office of the party committee, a department like the others; that of the discipline committee.
_OFFICE = re.compile(r"(?:党委|纪委)办(?:公室)?(?![公理案])")
#: Of a hospital, a company, a school: 采购委员会, 药事管理与药物治疗学委员会.
_COMMITTEE = re.compile(rf"{_ELSE}(?:{_WITHIN}|与){{2,14}}?委员会(?!委员)")
#: A department of a unit that the text speaks of in the past: 市财政局原会计科科长.
_FORMER = re.compile(rf"(?:原|新任|现任|时任|前任)(?=[\u4e00-\u9fff]{{2,10}}?[部处科室]{_POST})")
#: What an institution is said to run: 区水利局|下属|河道管理站.
_RUN_BY = re.compile(r"(?:下属|所属|下辖|直属)的?(?=[\u4e00-\u9fff]{2,10}?(?:[所站队]|中心|分局)(?![属有在里内]))")
_COMPILED = {
    kind: re.compile(rf"(?:机关)?{_ELSE}(?:{pattern})(?!{_NOT_INSIDE})") for kind, pattern in _PATTERNS.items()
}
#: A company that an institution is said to run, named by what it does: 某集团|下属物业公司.
_SUBSIDIARY = re.compile(rf"(?:下属|所属|下辖|旗下)的?(?P<name>(?!各|公司|子公司){CHARACTER}{{2,10}}?公司)")
_BRANCH = re.compile(rf"{CHARACTER}{{2,12}}?(?:分公司|分行|支行|分社|办事处)(?:营业部)?")
#: A team of a brigade, a business office: 二中队, 抄表班.
_TEAM = re.compile(
    rf"{CHARACTER}{{1,4}}?(?:[大中]队|班(?=原?副?班长)|车间|(?<!派出)所(?=原?副?所长|民警|辅警|工作人员|[、,。]|[\u4e00-\u9fff]{{2,6}}科))(?![长员])"
    rf"|{CHARACTER}{{2,6}}?科(?=原?副?科长|科员|民警|工作人员)"
)
_WITH_TEAMS = ("大队", "支队", "所", "站", "厂", "车间")
_SEAT = re.compile(r"机关(?!党|[\u4e00-\u9fff]{0,6}(?:中心|局|处|室|食堂))")
#: 药学部主任, 执行局原局长: a department known by the post that follows.
POSTED = re.compile(
    rf"(?:(?<![\u4e00-\u9fff\d])|(?<=[任兼的了])|(?<=[^\u4e00-\u9fff]原))(?=[\u4e00-\u9fff]{{3,10}}{_POST})"
    rf"{_ELSE}(?!任|(?<=任)办公室)(?P<name>{_WITHIN}{{2,8}}?[部处科室局庭]{_ROOM}|{_WITHIN}{{2,6}}?(?:中心|公司))(?={_POST})"
    rf"|(?:(?<=、)|(?<![\u4e00-\u9fff\d])(?=[\u4e00-\u9fff]{{3,9}}原?副?[所站队行]长)){_ELSE}(?P<outlet>{_WITHIN}{{2,6}}?(?:[站队]|(?<!派出)所|中心|车间|支行))(?=原?副?(?:[所站队行]长|管理员|收费员|工作人员|职工|协管员|会计|出纳|保管员))"
)
#: What can stand before such a department.
BEFORE_POSTED = re.compile(
    r"(?:[^\u4e00-\u9fff\d]|[任兼的了原])(?=[\u4e00-\u9fffA-Za-z·()]{2,48}?[部处科室局庭心司站队所间行])"
)
#: What a company runs: 城东营业所, 二号车间.
_OUTLETS = ("中心", "所", "站", "厂", "车间", "项目部", "分理处")
_RUN = {UnitKind.COMPANY: _OUTLETS, UnitKind.SCHOOL: ("中心", "学院", "研究院", "研究所")}
_LISTED = re.compile(r"[部处科股室办]$")
#: Kinds whose parts are departments, never institutions of their own.
_WITHOUT_SUBORDINATES = frozenset({UnitKind.HOSPITAL, UnitKind.COMPANY, UnitKind.SCHOOL})
#: Of the police, and known as an authority by itself.
_TRAFFIC_POLICE = re.compile(r"(?:交巡?警|交通警察)[总支大]队$")
_DISCIPLINE = re.compile(r"(?P<of>.*)(?:纪委|纪律检查委员会)")
_ORGAN = ("监察委员会", "纪律检查委员会")


def inside_at(text: str, named: Named) -> Iterator[Named]:
    """What is named directly behind an institution and inside it, each inside the one before: 执行局 of a court."""
    if named.kind is UnitKind.COMPANY and (match := _BRANCH.match(text, named.end)):
        named = Named(match.end(), named.canonical + match.group(), UnitKind.COMPANY, named.canonical.endswith("银行"))
        yield named
    if match := _SUBSIDIARY.match(text, named.end):
        own = is_whole(match["name"])  # 某集团下属|远图管网青岚分公司 is known by its own name
        canonical = match["name"] if own else named.canonical + match.group()
        named = Named(match.end(), canonical, UnitKind.COMPANY)
        yield named
    while found := _inner_at(text, named):
        named = found
        yield named
    if match := _SEAT.match(text, named.end):  # 市纪委监委机关 is 市纪委监委
        yield Named(match.end(), named.canonical, named.kind, alone=True)


def listed_at(text: str, parent: Named, start: int) -> Named | None:
    """A further department of the same institution in a list: 审理室 of 市纪委监委信访室、审理室."""
    found = _inner_at(text, Named(start, parent.canonical, parent.kind))
    return found if found and _LISTED.search(text, start, found.end) else None


def _inner_at(text: str, named: Named) -> Named | None:
    """The shortest name of a department that goes on behind an institution's."""
    if named.kind is UnitKind.DEPARTMENT:
        team = _TEAM.match(text, named.end) if named.canonical.endswith(_WITH_TEAMS) else None
        return Named(team.end(), named.canonical + team.group(), UnitKind.DEPARTMENT) if team else None
    former, run_by = _FORMER.match(text, named.end), _RUN_BY.match(text, named.end)
    start = run_by.end() if run_by else former.end() if former else named.end
    matches = [(kind, found) for kind, pattern in _COMPILED.items() if (found := pattern.match(text, start))]
    if named.kind in _WITHOUT_SUBORDINATES:
        if committee := _COMMITTEE.match(text, start):
            matches.append(("department", committee))
        ends = _RUN.get(named.kind, ("中心",))
        matches = [(kind, found) for kind, found in matches if kind != "below" or found.group().endswith(ends)]
    if named.kind in _WITHOUT_SUBORDINATES and (office := _OFFICE.match(text, start)):
        matches = [("department", office)]
    if not matches:
        return None
    kind, match = min(matches, key=lambda item: item[1].end())
    if kind == "below" and named.kind in _WITHOUT_SUBORDINATES:
        kind = "department"
    part = inner(named.canonical, named.kind, match.group(), match.end(), kind)
    return replace(part, alone=False) if run_by else part


def inner(parent: str, parent_kind: UnitKind, name: str, end: int, kind: str = "department") -> Named:
    """A department under its full name: 纪委 of a company is its 纪律检查委员会.

    Args:
        kind: a unit kind, or `below` for what is of the parent's kind and swallows its name.
    """
    plain = name.removeprefix("机关")
    if form := _PARTY_FULL.get(name) or _PARTY_FULL.get(plain):
        return Named(end, form.format(parent), UnitKind.PARTY)
    if parent_kind in _WITHOUT_SUBORDINATES and name.startswith("纪委办"):
        return Named(end, f"中共{parent}纪律检查委员会办公室", UnitKind.DISCIPLINE)
    team = name.endswith(("巡察组", "巡视组")) or re.fullmatch(_NUMBERED_TEAM, name)
    if team and re.fullmatch(r"中共.+委员会", parent):  # 市委第一巡察组
        return Named(end, parent.removeprefix("中共").removesuffix("员会") + name, UnitKind.DISCIPLINE, alone=True)
    if re.fullmatch(r"中共.+委员会", parent) and kind == "department":
        return Named(end, parent + name.replace("统战部", "统一战线工作部"), UnitKind.PARTY)
    if parent_kind is UnitKind.DISCIPLINE and kind == "department" and parent.endswith(_ORGAN):
        kind = "discipline"
    if "纪检监察室" in name and not parent.endswith(_ORGAN):
        kind = "department"
    same = kind == "below" or name == "审判委员会" or bool(_TRAFFIC_POLICE.fullmatch(name))
    if discipline := _DISCIPLINE.fullmatch(name):
        return Named(end, f"中共{parent}{discipline['of']}纪律检查委员会", UnitKind.DISCIPLINE)
    canonical = parent + name.replace("经侦支队", "经济犯罪侦查支队")
    # 省委第七巡视组 and 公安部治安管理局 are named instead of 省委 and 公安部, 市政府驻上海办事处 beside 市政府.
    below = kind == "below" and not name.startswith("驻") and not _TRAFFIC_POLICE.search(parent)
    alone = below or (parent_kind is UnitKind.PARTY and kind == "discipline")
    return Named(end, canonical, parent_kind if same else UnitKind(kind), alone)
