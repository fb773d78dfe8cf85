"""One name for a unit that a document writes in several ways: 青禾公司 after 云溪县青禾粮油有限公司.

In: the canonical names found in a document. Out: for each, the fullest name of the same unit.
"""

import re
from collections.abc import Iterable, Sequence

from docintel.schema import UnitKind

_COMPANY_FORM = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|集团公司|公司|集团)$")
#: 县医院 is the county's only general hospital; 市第一医院 its 第一人民医院.
_GENERAL = re.compile(r"(?P<place>.+?)(?:(?:第一|中心)?人民医院|中心医院|总医院)$")
_ANY_HOSPITAL = re.compile(r"(?P<place>.+[省市县区旗州镇乡])医院$")
#: Kinds whose short names are told from their characters.
_COMPARED = (UnitKind.DISCIPLINE, UnitKind.HOSPITAL, UnitKind.COMPANY)
_ONLY_BEHIND_A_PLACE = ("第", "人民", "中心", "中医", "妇幼")
_NUMBERED = re.compile(r"(?P<place>.+)(?P<number>第[一二三四五六七八九十]+)(?:人民|中心)?医院$")


def merge_aliases(names: Sequence[tuple[str, UnitKind]]) -> dict[str, str]:
    """The fullest name of the unit behind each canonical name.

    A company's name stands for a longer one when its characters occur in it in the same order (云溪水务 in
    云溪水利服务有限公司) and no other fits; a hospital's 中医院 stands for 中医医院, 县医院 for the only general one.
    """
    fullest: dict[str, str] = {}
    kinds = dict(names)
    bureaus = [name for name, kind in kinds.items() if kind is UnitKind.GOVERNMENT]
    joined = {re.sub("[和与]", "", name): name for name in bureaus if re.search("[和与]", name)}
    compared = {it: [name for name, kind in kinds.items() if kind is it] for it in _COMPARED}
    for name, kind in kinds.items():
        if kind is UnitKind.GOVERNMENT:  # 教育体育局, elsewhere in the text in full: 教育和体育局
            longer = [full for full in (f"国家税务总局{name}", joined.get(name)) if full in kinds]
        else:
            longer = [other for other in compared.get(kind, ()) if _is_short_for(name, other, kind)]
        fullest[name] = longer[0] if len(longer) == 1 else name
    merged = sorted((name for name, full in fullest.items() if full != name), key=lambda name: -len(name))
    for name in kinds:  # what is inside a unit with a fuller name: 青禾公司财务部, 中共云帆集团委员会
        short = next((short for short in merged if name.removeprefix("中共").startswith(short)), None)
        if short and fullest[name] == name:
            fullest[name] = _in_full(name, short, fullest[short])
    return fullest


def _in_full(name: str, short: str, full: str) -> str:
    return re.sub(rf"{re.escape(short)}(?:公司)?", lambda _: full, name, count=1)


def _is_short_for(short: str, full: str, kind: UnitKind) -> bool:
    if kind is UnitKind.DISCIPLINE and short.endswith("组"):  # 省委巡视组 is the only one that has a number
        return bool(re.fullmatch(f"{re.escape(short[:-3])}第[一二三四五六七八九十]+{short[-3:]}", full))
    if kind is UnitKind.HOSPITAL:
        return _is_same_hospital(short, full)
    if full.startswith(short) and kind is UnitKind.COMPANY:  # 云溪农村商业银行 of 云溪农村商业银行股份有限公司
        return bool(re.fullmatch(_COMPANY_FORM.pattern, full[len(short) :])) and not short.endswith("公司")
    if len(short) >= len(full) or full.startswith(short):
        return False
    if kind is not UnitKind.COMPANY or "分公司" in full or "分行" in full or ("集团" in short and "集团" not in full):
        return False
    core = _COMPANY_FORM.sub("", short)
    return len(core) >= 2 and (core in full or ((core[0] == full[0] or core[:2] in full) and _in_order(core, full)))


def _is_same_hospital(short: str, full: str) -> bool:
    if short == full:
        return False
    if full.endswith(short) and full[: -len(short)].endswith(("市", "县", "区", "镇", "乡", "街道")):
        return not short.startswith(_ONLY_BEHIND_A_PLACE)  # 仁和门诊部 of 榆桥区仁和门诊部
    if short.endswith("中医院") and short.replace("中医院", "中医医院") == full:
        return True
    if (bare := _ANY_HOSPITAL.fullmatch(short)) and (general := _GENERAL.fullmatch(full)):
        return bare["place"] == general["place"]
    # 市一院 was taken for 第一人民医院; the document says 第一医院.
    mine, other = _NUMBERED.fullmatch(short), _NUMBERED.fullmatch(full)
    return bool(mine and other and mine.group("place", "number") == other.group("place", "number")) and short.endswith(
        "人民医院"
    )


def _in_order(short: str, full: str) -> bool:
    """Whether the characters of one occur in the other in the same order."""
    rest: Iterable[str] = iter(full)
    return all(character in rest for character in short)
