"""The naming system of Chinese institutions: where a name ends, what its full official form is, what kind it is.

In: folded text, an offset, and what the name begins with (`青岚市`). Out: a `Named` for the institution at that offset
and for what is named inside it. Word lists: `patterns/units.toml`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from docintel.extract.lexicon import alternation, load
from docintel.schema import UnitKind

_ENDINGS: dict[str, list[str]] = load("units")["endings"]
_INSIDE: dict[str, list[str]] = load("units")["departments"]
_BELOW: list[str] = load("units")["subordinate"]["endings"]
_FULL: dict[str, str] = load("units")["full_names"]
_STOP = "|".join(load("units")["stop"]["words"])
#: Of a name; 水务(集团)有限公司 has brackets as well.
_CHARACTER = rf"(?:(?!{_STOP})[\u4e00-\u9fffA-Za-z·]|\([\u4e00-\u9fff]{{2,4}}\)(?=[\u4e00-\u9fff]{{0,8}}公司))"
_ORDINAL = "第[一二三四五六七八九十]+"

_CENTRAL_GROUP = re.compile(rf"中央(?:{_ORDINAL})?巡视组")
#: What shows that an ending is not the end: 中心|医院, 集团|公司, 银行|卡.
_GOES_ON = (
    r"(?<=中心)(?:医院|小学|血站|卫生院|城|校|支行|粮库|组|任务|思想|工作|环节|地带)|(?<=集团)(?:有限|公司|股份|控股|总)"
    r"|(?<=银行)(?:卡|股份|账|存|业|系统|流水|保险)|(?<=学)[生习]|(?<=大学)[\u4e00-\u9fff]{0,6}医院|(?<=局)[面势部促域限]|(?<=工会)议"
    r"|(?<=管理处)[分置]|(?<=厅)[官级局]|(?<=院)[感校]|(?<=公司)[法化债]|(?<=队)[员伍长]"
)
_ENDING = rf"(?:{alternation(word for words in _ENDINGS.values() for word in words)})(?!{_GOES_ON})"
#: 税务局, 第一人民医院, 城市发展有限公司.
_OPEN = re.compile(rf"(?![省县区州]|市(?![政场容民])){_CHARACTER}{{2,16}}?{_ENDING}")
#: 第一、第三粮库.
ORDINALS = re.compile(rf"(?P<first>{_ORDINAL})(?P<more>(?:[、和]{_ORDINAL})+)(?P<body>{_CHARACTER}{{0,12}}?{_ENDING})")
#: Names that need nothing but the place before them: 县医院, 市法院, 云栖街道办事处, 北京大学.
_BARE = re.compile(rf"(?:{alternation(load('units')['bare']['names'])})(?!{_GOES_ON})")
_SHORT = re.compile(rf"(?:{alternation(_FULL)})")
#: 市一院, 市第四医院 as people say it.
_NUMBERED_HOSPITAL = re.compile(r"第?([一二三四五六七八九十]{1,2})院(?!长)")
_EMERGENCY = re.compile(r"120(?:急救中心|急救指挥中心)?(?![\d余多名个万元号])")

#: What shows that a department's ending is part of another word: 处|分, 部|门, 党组|成员 (a position, not the 党组).
_NOT_INSIDE = (
    r"(?<=处)[分理置罚以于]|(?<=科)[技学普研级员]|(?<=部)[分门署位级属]|(?<=办)[理公案法事好]|(?<=局)[面势部限]|(?<=[院所站])[长属在有台]"
    r"|(?<=庭)审|(?<=司)[法机]|(?<=队)[伍员长]|(?<=中心)组|(?<=室)内|(?<=[组部])[长织]"
    r"|(?<=[组委支])(?:成员|书记|副书记|委员|会议|理论|班子|常委|原|专职|换届)"
)
#: A department's name does not begin with these: they begin another institution's.
_ELSE = r"(?!最高|国家|中央|中国|全国|[和与及同或、])"
_WITHIN = rf"(?:(?![省市县区州委]|政府){_CHARACTER})"
_INNER = {
    "discipline": rf"{_WITHIN}{{0,8}}?(?:{alternation(_INSIDE['discipline'])})",
    "party": rf"(?:{alternation(_INSIDE['party'])})",
    "department": (
        rf"(?:党办|食堂|审判委员会|{_WITHIN}{{1,14}}?(?<!办事)(?:{alternation(_INSIDE['department'])})|{_WITHIN}{{1,3}}办)"
    ),
    "below": rf"(?:{_WITHIN}{{2,12}}?(?:{alternation(_BELOW)})|{_ORDINAL}师)",
}
_INNER_PATTERNS = {kind: re.compile(rf"(?:机关)?{_ELSE}{pattern}(?!{_NOT_INSIDE})") for kind, pattern in _INNER.items()}
_POST = r"原?(?:常务)?副?(?:部长|处长|科长|主任|主管|总?经理|局长|庭长|负责人)"
#: 药学部主任, 执行局原局长: a department known by the post that follows.
POSTED = re.compile(
    rf"(?:(?<![\u4e00-\u9fff\d])|(?<=[任兼的]))(?=[\u4e00-\u9fff]{{3,10}}{_POST})"
    rf"(?P<name>{_WITHIN}{{2,8}}?[部处科室局庭]|{_WITHIN}{{2,6}}?(?:中心|公司))(?={_POST})"
)
_BRANCH = re.compile(rf"{_CHARACTER}{{2,12}}?(?:分公司|分行|支行)(?:营业部)?")
_SEAT = re.compile(r"机关(?!党|[\u4e00-\u9fff]{0,6}(?:中心|局|处|室|食堂))")

_WHOLE_NAME = re.compile(rf"(?!社区|街道|学校|医院|公司|集团|银行)(?:{_CHARACTER}{{5,30}}|{_CHARACTER}{{2}}大学)")
#: Kinds whose names are whole without a place before them.
_WHOLE = frozenset({UnitKind.COMPANY, UnitKind.HOSPITAL, UnitKind.SCHOOL, UnitKind.PROCURATORATE_COURT})


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
def _national() -> tuple[re.Pattern[str], dict[str, tuple[str, UnitKind]]]:
    tables: dict[str, Any] = load("units")
    names = {
        name: (entry["canonical"], UnitKind(entry["kind"])) for entry in tables["national"] for name in entry["names"]
    }
    names |= {name: (name, UnitKind(kind)) for kind, ministries in tables["ministries"].items() for name in ministries}
    # 十届中央纪委四次全会 is a meeting, 中央纪委委员 a person.
    return re.compile(rf"(?>{alternation(names)})(?![一二三四五六七八九十]次全会|委员|网站|(?<=部)门(?!头沟))"), names


@cache
def _local() -> tuple[re.Pattern[str], tuple[tuple[str, UnitKind], ...]]:
    entries = load("units")["local"]
    forms = [(form, i) for i, entry in enumerate(entries) for form in entry["names"]]
    forms.sort(key=lambda form: (-len(re.sub(r"\(.*?\)", "", form[0])), form[0]))
    pattern = "|".join(f"({form})" for form, _ in forms)
    return re.compile(pattern), tuple((entries[i]["canonical"], UnitKind(entries[i]["kind"])) for _, i in forms)


def national_names(text: str) -> Iterator[tuple[int, Named]]:
    """Start and name of each national body in the text: 中央纪委国家监委, 公安部."""
    pattern, names = _national()
    for match in pattern.finditer(text):
        yield match.start(), Named(match.end(), *names[match.group()])
    for match in _CENTRAL_GROUP.finditer(text):
        yield match.start(), Named(match.end(), match.group(), UnitKind.DISCIPLINE)


def local_organ_at(text: str, start: int, prefix: str) -> Named | None:
    """One of the bodies that every place has, behind the name of the place: 纪委监委, 政府, 一院."""
    pattern, templates = _local()
    if match := pattern.match(text, start):
        template, kind = templates[(match.lastindex or 1) - 1]
        if prefix.endswith(("镇", "乡", "街道")):  # a town has no 监委
            template = template.replace("检查委员会监察委员会", "检查委员会")
        return Named(match.end(), template.format(prefix), kind)
    if match := _NUMBERED_HOSPITAL.match(text, start):
        return Named(match.end(), f"{prefix}第{match.group(1)}人民医院", UnitKind.HOSPITAL)
    if match := _EMERGENCY.match(text, start):
        return Named(match.end(), f"{prefix}120", UnitKind.OTHER)
    return None


def organ_at(text: str, start: int, prefix: str) -> Named | None:
    """Any other institution behind a place, or behind nothing where `prefix` is empty: 税务局, 城市发展有限公司."""
    if prefix and (match := ORDINALS.match(text, start)):
        return Named(match.end(), prefix + match["first"] + match["body"], kind_of(match["body"]))
    patterns = (_SHORT, _BARE, _OPEN) if prefix else (_OPEN,)
    match = next((found for pattern in patterns if (found := pattern.match(text, start))), None)
    if not match:
        return None
    body = _FULL.get(match.group(), match.group())
    return Named(match.end(), prefix + body, kind_of(body))


def inside_at(text: str, named: Named) -> Iterator[Named]:
    """What is named directly behind an institution and inside it, each inside the one before: 执行局 of a court."""
    if named.kind is UnitKind.COMPANY and (match := _BRANCH.match(text, named.end)):
        named = Named(match.end(), named.canonical + match.group(), UnitKind.COMPANY, named.canonical.endswith("银行"))
        yield named
    while found := _inner_at(text, named):
        named = found
        yield named
    if match := _SEAT.match(text, named.end):  # 市纪委监委机关 is 市纪委监委
        yield Named(match.end(), named.canonical, named.kind, alone=True)


def _inner_at(text: str, named: Named) -> Named | None:
    """The shortest name of a department that goes on behind an institution's."""
    if named.kind is UnitKind.DEPARTMENT:
        return None
    matches = [(kind, found) for kind, pattern in _INNER_PATTERNS.items() if (found := pattern.match(text, named.end))]
    if named.kind in _WITHOUT_SUBORDINATES:
        matches = [(kind, found) for kind, found in matches if kind != "below" or found.group().endswith("中心")]
    if not matches:
        return None
    kind, match = min(matches, key=lambda item: item[1].end())
    if kind == "below" and named.kind in _WITHOUT_SUBORDINATES:
        kind = "department"
    return inner(named.canonical, named.kind, match.group(), match.end(), kind)


#: Kinds whose parts are departments, never institutions of their own.
_WITHOUT_SUBORDINATES = frozenset({UnitKind.HOSPITAL, UnitKind.COMPANY, UnitKind.SCHOOL})


def inner(parent: str, parent_kind: UnitKind, name: str, end: int, kind: str = "department") -> Named:
    """A department under its full name: 纪委 of a company is its 纪律检查委员会.

    Args:
        kind: a unit kind, or `below` for what is of the parent's kind and swallows its name.
    """
    if name.removeprefix("机关") == "党委":
        return Named(end, f"中共{parent}委员会", UnitKind.PARTY)
    same = kind == "below" or name == "审判委员会"
    canonical = parent + name.replace("纪委", "纪律检查委员会")
    # 省委第七巡视组 and 公安部治安管理局 are named instead of 省委 and 公安部, 市政府驻上海办事处 beside 市政府.
    alone = (kind == "below" and not name.startswith("驻")) or (parent_kind is UnitKind.PARTY and kind == "discipline")
    return Named(end, canonical, parent_kind if same else UnitKind(kind), alone)


def party_committee(text: str, named: Named) -> Named | None:
    """What 中共 before a name makes of it: 中共|云溪县|委员会, 中共|云溪县人民医院|委员会."""
    if not text.startswith("委员会", named.end):
        return None
    return Named(named.end + 3, f"中共{named.canonical}委员会", UnitKind.PARTY)


def is_whole(written: str) -> bool:
    """Whether a name says by itself, without a place, which institution it is: 远图能源股份有限公司, not 社区医院."""
    return kind_of(written) in _WHOLE and bool(_WHOLE_NAME.fullmatch(written))


def kind_of(name: str) -> UnitKind:
    """The kind that the end of a full name speaks of."""
    found = [(len(end), UnitKind(kind)) for kind, ends in _ENDINGS.items() for end in ends if name.endswith(end)]
    kind = max(found)[1] if found else UnitKind.OTHER
    health = any(word in name for word in ("卫生健康", "卫生和计划", "卫生局", "卫生厅", "中医药管理"))
    return UnitKind.HEALTH_AUTHORITY if health and kind in (UnitKind.GOVERNMENT, UnitKind.OTHER) else kind
