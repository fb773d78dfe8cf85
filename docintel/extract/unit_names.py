"""The naming system of Chinese institutions: where a name ends, what its full official form is, what kind it is.

In: folded text, an offset, and what the name begins with (`白山市`). Out: a `Named` for the institution at that offset
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
_CHARACTER = rf"(?:(?!{_STOP})[\u4e00-\u9fffA-Za-z·])"
_ORDINAL = "第[一二三四五六七八九十]+"

#: What shows that an ending is not the end: 中心|医院, 集团|公司, 银行|卡.
_GOES_ON = (
    r"(?<=中心)(?:医院|小学|血站|卫生院|城|校|支行|粮库|组|任务|思想|工作|环节|地带)|(?<=集团)(?:有限|公司|股份|控股|总)"
    r"|(?<=银行)(?:卡|股份|账|存|业|系统|流水|保险)|(?<=学)[生习]|(?<=局)[面势部促域限]|(?<=工会)议"
    r"|(?<=管理处)[分置]|(?<=厅)[官级局]|(?<=院)[感校]|(?<=公司)[法化债]|(?<=队)[员伍长]"
)
_ENDING = rf"(?:{alternation(word for words in _ENDINGS.values() for word in words)})(?!{_GOES_ON})"
#: 税务局, 第一人民医院, 城市发展有限公司.
_OPEN = re.compile(rf"{_CHARACTER}{{2,16}}?{_ENDING}")
#: Names that need nothing but the place before them: 县医院, 市法院, 新北街道办事处, 北京大学.
_BARE = re.compile(
    r"(?:中心|人民|中医)?医院|(?:人民)?法院|(?:人民)?检察院|办事处|总工会|工会|大学|学区|卫生院|敬老院|党工委|工商联|红十字会"
)
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
_DEPARTMENT = re.compile(
    rf"(?:机关)?{_ELSE}(?:(?P<discipline>{_WITHIN}{{0,8}}?(?:{alternation(_INSIDE['discipline'])}))"
    rf"|(?P<party>{alternation(_INSIDE['party'])})"
    rf"|(?P<department>党办|食堂|审判委员会|{_WITHIN}{{1,14}}?(?:{alternation(_INSIDE['department'])}))"
    rf"|(?P<below>{_WITHIN}{{2,12}}?(?:{alternation(_BELOW)})|{_ORDINAL}师))(?!{_NOT_INSIDE})"
)
_BRANCH = re.compile(rf"{_CHARACTER}{{2,12}}?(?:分公司|分行|支行)(?:营业部)?")
_SEAT = re.compile(r"机关(?!党|[\u4e00-\u9fff]{0,6}(?:中心|局|处|室|食堂))")


@dataclass(frozen=True, slots=True)
class Named:
    """An institution's name in a text: where it ends, its full form and its kind.

    Attributes:
        alone: its parent is not a unit that the text names with the same words: 公安部 is, in 公安部经济犯罪侦查局, no
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
    # 二十届中央纪委二次全会 is a meeting, 中央纪委委员 a person.
    return re.compile(rf"(?:{alternation(names)})(?![一二三四五六七八九十]次全会|委员|网站)"), names


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


def local_organ_at(text: str, start: int, prefix: str) -> Named | None:
    """One of the bodies that every place has, behind the name of the place: 纪委监委, 政府, 一院."""
    pattern, templates = _local()
    if match := pattern.match(text, start):
        template, kind = templates[(match.lastindex or 1) - 1]
        return Named(match.end(), template.format(prefix), kind)
    if match := _NUMBERED_HOSPITAL.match(text, start):
        return Named(match.end(), f"{prefix}第{match.group(1)}人民医院", UnitKind.HOSPITAL)
    if match := _EMERGENCY.match(text, start):
        return Named(match.end(), f"{prefix}120", UnitKind.OTHER)
    return None


def organ_at(text: str, start: int, prefix: str) -> Named | None:
    """Any other institution behind a place, or behind nothing where `prefix` is empty: 税务局, 城市发展有限公司."""
    short = _SHORT.match(text, start) if prefix else None
    whole = _OPEN.match(text, start) or (_BARE.match(text, start) if prefix else None)
    match = short or whole
    if not match:
        return None
    body = _FULL.get(match.group(), match.group())
    return Named(match.end(), prefix + body, kind_of(body))


def inside_at(text: str, named: Named) -> Iterator[Named]:
    """What is named directly behind an institution and inside it, each inside the one before: 执行局 of a court."""
    if named.kind is UnitKind.COMPANY and (match := _BRANCH.match(text, named.end)):
        named = Named(match.end(), named.canonical + match.group(), UnitKind.COMPANY, named.canonical.endswith("银行"))
        yield named
    while match := _DEPARTMENT.match(text, named.end) if named.kind is not UnitKind.DEPARTMENT else None:
        below = match.lastgroup == "below"
        kind = named.kind if below else UnitKind(match.lastgroup or "department")
        named = Named(match.end(), named.canonical + match.group(), kind, below)
        yield named
    if match := _SEAT.match(text, named.end):  # 市纪委监委机关 is 市纪委监委
        yield Named(match.end(), named.canonical, named.kind, alone=True)


def kind_of(name: str) -> UnitKind:
    """The kind that the end of a full name speaks of."""
    found = [(len(end), UnitKind(kind)) for kind, ends in _ENDINGS.items() for end in ends if name.endswith(end)]
    kind = max(found)[1] if found else UnitKind.OTHER
    health = any(word in name for word in ("卫生健康", "卫生和计划", "卫生局", "卫生厅", "中医药管理"))
    return UnitKind.HEALTH_AUTHORITY if health and kind in (UnitKind.GOVERNMENT, UnitKind.OTHER) else kind
