"""The naming system of Chinese institutions: where a name ends, what its full official form is, what kind it is.

In: folded text, an offset, and what the name begins with (`白山市`). Out: a `Named` for the institution at that offset
and for each department inside it. Word lists: `patterns/units.toml`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from docintel.extract.lexicon import alternation, load
from docintel.schema import UnitKind

_ENDINGS: dict[str, list[str]] = load("units")["endings"]
_DEPARTMENTS: dict[str, list[str]] = load("units")["departments"]
_FULL: dict[str, str] = load("units")["full_names"]
_STOP = "|".join(load("units")["stop"]["words"])
_CHARACTER = rf"(?:(?!{_STOP})[\u4e00-\u9fffA-Za-z0-9·])"

#: What shows that an ending is not the end: 中心|医院, 集团|公司, 银行|卡.
_GOES_ON = (
    r"(?<=中心)(?:医院|小学|血站|卫生院|城|校|支行|粮库|组|任务|思想|工作|环节|地带)|(?<=集团)(?:有限|公司|股份|控股|总)"
    r"|(?<=银行)(?:卡|股份|账|存|业|系统|流水|保险)|(?<=[学])(?:生|习)|(?<=局)(?:面|势|部|促|域|限)|(?<=工会)议"
    r"|(?<=管理处)[分置]|(?<=厅)(?:官|级|局)|(?<=院)(?:感|校)|(?<=公司)(?:法|化|债)"
)
_ENDING = rf"(?:{alternation(word for words in _ENDINGS.values() for word in words)})(?!{_GOES_ON})"
#: 税务局, 第一人民医院, 城市发展有限公司; 县医院 and 市法院 need nothing before the ending.
_OPEN = re.compile(rf"{_CHARACTER}{{2,16}}?{_ENDING}|(?:人民)?(?:医院|法院|检察院)")
_SHORT = re.compile(alternation(_FULL))
#: 市一院, 市第四医院 as people say it.
_NUMBERED_HOSPITAL = re.compile(r"第?([一二三四五六七八九十]{1,2})院(?!长)")
_EMERGENCY = re.compile(r"120(?![\d\u4e00-\u9fff]*(?:余|名|个|万|元))")

#: What shows that a department's ending is part of another word: 处|分, 部|门, 党组|成员 (a position, not the 党组).
_NOT_DEPARTMENT = (
    r"(?<=处)[分理置罚以于]|(?<=科)[技学普研级员]|(?<=部)[分门署位级属]|(?<=办)[理公案法事好]|(?<=局)[面势部限]|(?<=[院所站])[长属在有台]"
    r"|(?<=庭)审|(?<=中心)组|(?<=室)内|(?<=[组委部])(?:成员|书记|副书记|委员|会议|理论|班子|常委|原|专职|换届)|(?<=[组部])[长织]"
)
_UPPER = r"(?![和与及同或省市县区州委该])"
_DEPARTMENT = re.compile(
    rf"(?:机关)?(?:(?P<discipline>(?:{_UPPER}{_CHARACTER}){{0,8}}?(?:{alternation(_DEPARTMENTS['discipline'])}))"
    rf"|(?P<party>{alternation(_DEPARTMENTS['party'])})"
    rf"|(?P<department>(?:{_UPPER}{_CHARACTER}){{1,14}}?(?:{alternation(_DEPARTMENTS['department'])})|党办))(?!{_NOT_DEPARTMENT})"
)
#: 广东省分公司 of a company, 辽宁省营口市分行 of a bank, with the business department that some have.
_BRANCH = re.compile(rf"{_CHARACTER}{{2,12}}?(?:分公司|分行|支行)(?:营业部)?")
_BANK = re.compile(r"银行$")


@dataclass(frozen=True, slots=True)
class Named:
    """An institution's name in a text: where it ends, its full form and its kind."""

    end: int
    canonical: str
    kind: UnitKind


@cache
def _national() -> tuple[re.Pattern[str], dict[str, tuple[str, UnitKind]]]:
    tables: dict[str, Any] = load("units")
    names = {
        name: (entry["canonical"], UnitKind(entry["kind"])) for entry in tables["national"] for name in entry["names"]
    }
    names |= {name: (name, UnitKind(kind)) for kind, ministries in tables["ministries"].items() for name in ministries}
    return re.compile(alternation(names)), names


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


def organ_at(text: str, start: int, prefix: str) -> Named | None:
    """The institution whose name goes on at `start` behind a place.

    Args:
        prefix: what its full name begins with; empty where the name is whole without a place.
    """
    pattern, templates = _local()
    if prefix and (match := pattern.match(text, start)):
        template, kind = templates[(match.lastindex or 1) - 1]
        return Named(match.end(), template.format(prefix), kind)
    if prefix and (match := _NUMBERED_HOSPITAL.match(text, start)):
        return Named(match.end(), f"{prefix}第{match.group(1)}人民医院", UnitKind.HOSPITAL)
    if prefix and (match := _EMERGENCY.match(text, start)):
        return Named(match.end(), f"{prefix}120", UnitKind.OTHER)
    match = _SHORT.match(text, start) if prefix else None
    match = match or _OPEN.match(text, start)
    if not match:
        return None
    body = _FULL.get(match.group(), match.group())
    return Named(match.end(), prefix + body, kind_of(body))


def departments_at(text: str, named: Named) -> list[Named]:
    """The departments whose names follow an institution's, each inside the one before it: 执行局 of 法院."""
    inside: list[Named] = []
    while match := _DEPARTMENT.match(text, named.end) if named.kind is not UnitKind.DEPARTMENT else None:
        kind = UnitKind(match.lastgroup or "department")
        body = re.sub(r"^机关(?=[党纪])", "机关", match.group())
        named = Named(match.end(), named.canonical + body, kind)
        inside.append(named)
    return inside


def branch_at(text: str, named: Named) -> Named | None:
    """The branch that a company's or a bank's name goes on to."""
    match = _BRANCH.match(text, named.end) if named.kind is UnitKind.COMPANY else None
    return Named(match.end(), named.canonical + match.group(), UnitKind.COMPANY) if match else None


def is_bank(named: Named) -> bool:
    """Whether its branches are named instead of it, not as well."""
    return bool(_BANK.search(named.canonical))


def kind_of(name: str) -> UnitKind:
    """The kind that the end of a full name speaks of."""
    kind = next((UnitKind(kind) for kind, endings in _ENDINGS.items() if name.endswith(tuple(endings))), UnitKind.OTHER)
    health = any(word in name for word in ("卫生健康", "卫生和计划", "卫生局", "卫生厅", "中医药管理"))
    return UnitKind.HEALTH_AUTHORITY if health and kind in (UnitKind.GOVERNMENT, UnitKind.OTHER) else kind


def wards() -> Iterable[str]:
    """Departments of a hospital that are named alone."""
    names: list[str] = load("units")["wards"]["names"]
    return names
