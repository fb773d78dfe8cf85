"""Whose problems a document tells: the unit that it is about, and the unit of each issue.

In: an extraction. Out: full names; and whether two names are one unit, a hospital and its party committee among them.
"""

import re
from collections import Counter
from collections.abc import Iterable

from docintel.chain.places import folded_text
from docintel.chain.staging import stage
from docintel.schema import BlockKind, Extraction, MeasureCategory, Stage, Status, Unit, UnitKind
from docintel.text.normalize import fold

#: 中共云栖县人民医院委员会, 云岫县中医院党总支 → the body that it leads.
_PARTY = re.compile(
    r"^(?:中国共产党|中共)(?P<led>.+?)(?:委员会|总支部委员会|支部委员会|总支部|支部|党组|工作委员会|纪律检查委员会)$"
    r"|^(?P<host>.+?)(?:党委|党组|党总支|党支部|总支|党工委|纪委)$"
)
#: 石梁镇人民政府 and 中共石梁镇委员会 answer for one town.
_TOWN = re.compile(r"^(?P<town>.*(?:镇|乡|街道))(?:人民政府|办事处|党政办公室?)$")
#: 公共交通集团有限公司 is called 公共交通集团 as well.
_COMPANY = re.compile(r"(?:股份)?(?:有限)?(?:责任)?公司$")
_PLACE_ALONE = re.compile(r"^[\u4e00-\u9fff]{1,10}[省市县区州旗盟]$")
_PLACES = re.compile(r"^(?:[\u4e00-\u9fff]{1,8}?(?:省|自治区|市|自治州|州|地区|盟|县|区|旗|镇|乡|街道))+$")
#: Who looks into others, and whom a feedback is sent by.
_INSPECTORS = (UnitKind.DISCIPLINE, UnitKind.PROCURATORATE_COURT)
#: In titles of findings the unit stands behind these: 向云岫县中医院党总支反馈, 关于巡察石梁镇党委的反馈意见.
_ABOUT = re.compile(r"向|关于|对|巡[视察]|督[导查察]|检查|审计|暗访|约谈|通报")
#: 通报三起典型问题: of several units.
_SEVERAL = re.compile(r"(?:[\d二两三四五六七八九十]+|多|几)起")
#: 某县第一中学关于…整改情况的报告.
_ISSUER = re.compile(r"(?P<who>[\u4e00-\u9fff]{3,30}?)关于")
_TO_ADDRESSEE = re.compile(r"[:]$")


def led_by(canonical: str) -> str:
    """The body a name stands for: that which a party organisation leads, or a town for its offices; else itself."""
    match = _PARTY.match(canonical)
    led = (match["led"] or match["host"]) if match else canonical
    if match and _PLACE_ALONE.match(led):  # a county's party committee is the county's, not all of its units
        return canonical
    led = _COMPANY.sub("", led) or led
    town = _TOWN.match(led)
    return town["town"] if town else led


def same_unit(one: str, other: str) -> bool:
    """Whether two full names are one unit; a name may lack the place before it: 石梁镇, 栎阳县石梁镇."""
    short, long = sorted((led_by(one), led_by(other)), key=len)
    if short == long:
        return True
    return len(short) > 2 and long.endswith(short) and bool(_PLACES.match(long.removesuffix(short)))


def belongs_to(one: str, other: str) -> bool:
    """Whether the one is the other, or a department of it: 云栖县人民医院财务科, 云栖县人民医院."""
    return same_unit(one, other) or led_by(one).startswith(led_by(other))


def subject(extraction: Extraction) -> str | None:
    """The full name of the unit whose problems a document tells; None where it tells those of many, or of none.

    A feedback is about whom its title names behind 向, 关于 or 巡察, or whom it is sent to; a report is of whom its
    title names first, or of who takes its measures.
    """
    if _SEVERAL.search(fold(extraction.document.title)):
        return None
    kind = stage(extraction).stage
    known = candidates(extraction)
    title = fold(extraction.document.title)
    if kind is Stage.FINDING:
        start = next((match.end() for match in _ABOUT.finditer(title)), 0)
        named = [name for at, name in _named_in(title, known) if at >= start]
        chosen = named[:1] or _addressee(extraction, known)
    else:
        named = [name for at, name in _named_in(title, known) if at < _reporting(title)]
        chosen = named[:1] or _issuer(title) or _acting(extraction, known)
    return _with_place(chosen[0], title) if chosen else _most_named(extraction, known)


def _reporting(title: str) -> int:
    """Where in the title of a report ends who makes it: before 关于; the whole title where it does not say."""
    at = title.find("关于")
    return at if at > 0 else len(title)


def _issuer(title: str) -> list[str]:
    """Who makes a report, by the words before 关于, where no unit was read there."""
    match = _ISSUER.match(title)
    return [match["who"]] if match else []


def _with_place(name: str, title: str) -> str:
    """A name that lacks its place, 县第一中学, with the one that the title gives it."""
    body = led_by(name)
    match = re.search(rf"(?:^(?!关于)|关于|向|对)(?P<place>[\u4e00-\u9fff]{{1,4}}?){re.escape(body)}", title)
    return f"{match['place']}{body}" if match and body[0] in "省市县区州旗" else name


def candidates(extraction: Extraction) -> dict[str, tuple[str, ...]]:
    """Full names of units that may be it, each with the words it is mentioned by; departments and inspectors are not.

    Who takes measures is one where the document calls it 学校 or 公司 only.
    """
    actors = {
        name
        for measure in extraction.measures
        if measure.category is MeasureCategory.INSPECTION and measure.status is not Status.REQUIRED
        for name in measure.units
    }
    inspecting = actors if stage(extraction).stage is Stage.FINDING else set()
    found: dict[str, tuple[str, ...]] = {}
    for unit in extraction.units:
        own = unit.kind not in _INSPECTORS and unit.kind is not UnitKind.DEPARTMENT
        if own and unit.canonical not in inspecting and not _is_office_above(unit):
            found[unit.canonical] = (unit.canonical, *(mention.quote for mention in unit.mentions), unit.name)
    for measure in extraction.measures:
        for name in measure.units:
            if name not in {unit.canonical for unit in extraction.units}:
                found.setdefault(name, (name,))
    return found


def _is_office_above(unit: Unit) -> bool:
    """Whether it is the party committee or the government of a place: in such reports who gives the order."""
    name = re.sub(r"^(?:中国共产党|中共)|(?:委员会|人民政府|[党县市区]委)$", "", unit.canonical)
    return unit.kind in (UnitKind.PARTY, UnitKind.GOVERNMENT) and bool(_PLACE_ALONE.match(name))


def _named_in(title: str, known: dict[str, tuple[str, ...]]) -> list[tuple[int, str]]:
    """Units that a title names: place and full name, in order; the longest of those that begin at one place."""
    found: dict[int, tuple[int, str]] = {}
    for name, mentions in known.items():
        for words in {fold(each) for each in (*mentions, led_by(name))}:
            at = title.find(words)
            if at >= 0 and len(words) > found.get(at, (0, ""))[0]:
                found[at] = len(words), name
    kept: list[tuple[int, str]] = []
    end = 0
    for at, (length, name) in sorted(found.items()):
        if at >= end:
            kept.append((at, name))
            end = at + length
    return kept


def _addressee(extraction: Extraction, known: dict[str, tuple[str, ...]]) -> list[str]:
    """Whom a notice is sent to, by the line `市实验中学：`."""
    folded = folded_text(extraction)
    for block in extraction.document.blocks:
        words = folded[block.start : block.end].strip()
        if block.kind not in (BlockKind.TITLE, BlockKind.FURNITURE) and _TO_ADDRESSEE.search(words):
            return [name for _, name in _named_in(words, known)][:1]
    return []


def _acting(extraction: Extraction, known: dict[str, tuple[str, ...]]) -> list[str]:
    acting = Counter(name for measure in extraction.measures for name in measure.units if name in known)
    return [name for name, _ in acting.most_common(1)]


def _most_named(extraction: Extraction, known: dict[str, tuple[str, ...]]) -> str | None:
    """The unit that is named most, where no other is named as often."""
    publisher = extraction.document.publisher or ""
    counts = Counter[str]()
    for unit in extraction.units:
        publishing = bool(publisher) and (unit.canonical in publisher or publisher in unit.canonical)
        if unit.canonical in known and not publishing:
            counts[led_by(unit.canonical)] += max(1, len(unit.mentions))
    (first, most), (_, next_) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    return first if most > next_ else None


def lengthened(names: Iterable[str]) -> dict[str, list[str]]:
    """Names grouped by unit, under the longest of each.

    A name that lacks the place before it joins the only longer one that ends with it, and none where there are two.
    """
    bodies: dict[str, list[str]] = {}
    for name in names:
        bodies.setdefault(led_by(name), []).append(name)
    ordered = sorted(bodies, key=len, reverse=True)
    home: dict[str, str] = {}
    for body in ordered:
        longer = {home[other] for other in home if len(other) > len(body) and same_unit(body, other)}
        home[body] = longer.pop() if len(longer) == 1 else body
    groups: dict[str, list[str]] = {}
    for body in ordered:
        groups.setdefault(home[body], []).extend(bodies[body])
    return groups
