"""One name for a unit that a document writes in several ways: 青禾公司 after 云溪县青禾粮油有限公司.

In: the canonical names found in a document. Out: for each, the fullest name of the same unit.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from docintel.extract.units.names import is_generic
from docintel.schema import UnitKind

_COMPANY_FORM = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|集团公司|公司|集团)$")
#: 县医院 is the county's only general hospital; 市第一医院 its 第一人民医院.
_GENERAL = re.compile(r"(?P<place>.+?)(?:(?:第一|中心)?人民医院|中心医院|总医院)$")
_ANY_HOSPITAL = re.compile(r"(?P<place>.+[省市县区旗州镇乡])医院$")
#: Kinds whose short names are told from their characters.
_COMPARED = (UnitKind.DISCIPLINE, UnitKind.HOSPITAL, UnitKind.COMPANY)
_ONLY_BEHIND_A_PLACE = ("第", "人民", "中心", "中医", "妇幼")
#: A hospital's own name stands behind one of these: 榆桥区|仁和门诊部.
_BEFORE_SHORT = ("市", "县", "区", "镇", "乡", "街道")
#: The longest place before a name, and the shortest name that says which institution it is.
_LONGEST_PLACE, _WITH_OWN_NAME = 8, 8
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
    of_place = _named_with_place(bureaus)
    meant = {it: _Meant([name for name, kind in kinds.items() if kind is it], it) for it in _COMPARED}
    for name, kind in kinds.items():
        if kind is UnitKind.GOVERNMENT:  # 教育体育局, elsewhere in the text in full: 教育和体育局
            longer = [full for full in (f"国家税务总局{name}", joined.get(name), of_place.get(name)) if full in kinds]
        else:
            longer = meant[kind].by(name) if kind in meant else []
        fullest[name] = longer[0] if len(longer) == 1 else name
    merged = {name for name, full in fullest.items() if full != name}
    for name in kinds:  # what is inside a unit with a fuller name: 青禾公司财务部, 中共云帆集团委员会
        bare = name.removeprefix("中共")
        short = next((bare[:end] for end in range(len(bare), 0, -1) if bare[:end] in merged), None)
        if short and fullest[name] == name and not bare.startswith(fullest[short]):
            fullest[name] = _in_full(name, short, fullest[short])
    return fullest


def _named_with_place(bureaus: Sequence[str]) -> dict[str, str]:
    """云溪开发区管理委员会 of a city that the document names with it elsewhere: 青岚市云溪开发区管理委员会.

    Not 住房和城乡建设局, which every city has, nor what the document says of several.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for full in bureaus:
        for cut in range(3, min(_LONGEST_PLACE + 1, len(full))):
            if full[cut - 1] in "市县区州盟旗":
                found[full[cut:]].append(full)
    return {
        name: fulls[0]
        for name, fulls in found.items()
        if len(fulls) == 1 and len(name) >= _WITH_OWN_NAME and not is_generic(name)
    }


def _in_full(name: str, short: str, full: str) -> str:
    return re.sub(rf"{re.escape(short)}(?:公司)?", lambda _: full, name, count=1)


class _Meant:
    """The units of one kind by what a short name of theirs tells, so that few have to be compared with one."""

    def __init__(self, names: Sequence[str], kind: UnitKind) -> None:
        self._kind = kind
        self._by_sign: defaultdict[str, list[str]] = defaultdict(list)
        for name in names:
            for sign in _signs_of(name) if kind is UnitKind.HOSPITAL else set(name):
                self._by_sign[sign].append(name)

    def by(self, short: str) -> list[str]:
        """The units that a short name can stand for."""
        if self._kind is UnitKind.HOSPITAL:
            found = dict.fromkeys(full for sign in _signs_in(short) for full in self._by_sign.get(sign, ()))
            return [full for full in found if full != short]
        core = short if self._kind is UnitKind.DISCIPLINE else _COMPANY_FORM.sub("", short) or short
        rarest = min((self._by_sign[character] for character in core), key=len)
        is_short_for = _is_same_team if self._kind is UnitKind.DISCIPLINE else _is_same_company
        return [full for full in rarest if is_short_for(short, full)]


def _is_same_team(short: str, full: str) -> bool:
    """省委巡视组 is the only one that has a number."""
    if not short.endswith("组"):
        return False
    return bool(re.fullmatch(f"{re.escape(short[:-3])}第[一二三四五六七八九十]+{short[-3:]}", full))


def _is_same_company(short: str, full: str) -> bool:
    if full.startswith(short):  # 云溪农村商业银行 of 云溪农村商业银行股份有限公司
        return bool(re.fullmatch(_COMPANY_FORM.pattern, full[len(short) :])) and not short.endswith("公司")
    if len(short) >= len(full) or "分公司" in full or "分行" in full or ("集团" in short and "集团" not in full):
        return False
    core = _COMPANY_FORM.sub("", short)
    return len(core) >= 2 and (core in full or ((core[0] == full[0] or core[:2] in full) and _in_order(core, full)))


def _signs_of(hospital: str) -> Iterator[str]:
    """What a short name may tell of a hospital; each with a mark, so that they are not taken for each other."""
    yield f"name:{hospital}"
    for cut in range(1, len(hospital)):
        if hospital[:cut].endswith(_BEFORE_SHORT):
            yield f"end:{hospital[cut:]}"
    if general := _GENERAL.fullmatch(hospital):
        yield f"general:{general['place']}"
    if numbered := _NUMBERED.fullmatch(hospital):
        yield f"numbered:{numbered['place']}:{numbered['number']}"


def _signs_in(short: str) -> Iterator[str]:
    """What the short name of a hospital tells of it."""
    if not short.startswith(_ONLY_BEHIND_A_PLACE):  # 仁和门诊部 of 榆桥区仁和门诊部
        yield f"end:{short}"
    if short.endswith("中医院"):
        yield f"name:{short.replace('中医院', '中医医院')}"
    if bare := _ANY_HOSPITAL.fullmatch(short):
        yield f"general:{bare['place']}"
    # 市一院 was taken for 第一人民医院; the document says 第一医院.
    if short.endswith("人民医院") and (numbered := _NUMBERED.fullmatch(short)):
        yield f"numbered:{numbered['place']}:{numbered['number']}"


def _in_order(short: str, full: str) -> bool:
    """Whether the characters of one occur in the other in the same order."""
    rest: Iterable[str] = iter(full)
    return all(character in rest for character in short)
