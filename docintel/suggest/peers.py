"""How near the world of one text is to that of another: the field they are of, the level, the place.

In: what is known of who asks and of a document. Out: a nearness. A measure of a county hospital fits another county
hospital better than a bureau of the province; where nothing is known, nothing is said for or against.
"""

import re
from collections import Counter
from dataclasses import dataclass

from docintel.schema import Extraction
from docintel.text.normalize import fold
from docintel.text.script import to_simplified

#: What tells the field of a text; a text may be of several.
_SECTORS = {
    "health": re.compile("医院|卫生院|卫健|妇幼|医疗|医保|医药|药品|耗材|诊疗|门诊|患者|病人|病区|处方|医生|医师|护士"),
    "school": re.compile("学校|中学|小学|幼儿园|高校|大学|校园|教育局|学生|教师|校长|班主任|校服|研学"),
    "village": re.compile("村委|村集体|村干部|村民|村级|村党支部|农户|农田|农村|惠农|三资|乡镇"),
    "bank": re.compile("银行|农商行|信贷|信用社|贷款|储户|信用联社"),
    "company": re.compile("集团|国企|国有企业|子公司|股份公司|有限公司|董事长"),
    "care": re.compile("养老|敬老院|福利院|民政局|殡葬|低保"),
    "works": re.compile("工程|招投标|招标|投标|施工|监理|标段"),
    "grain": re.compile("粮食|粮库|粮油|储备粮"),
    "forest": re.compile("林业|护林|林场|林长|采伐"),
    "sport": re.compile("体育|运动队|赛风|裁判|场馆"),
    "housing": re.compile("物业|业主|维修资金|小区|电梯|住建"),
}
#: Who a unit's name puts it under, from the village up.
_LEVELS = tuple(
    map(
        re.compile,
        ("村(?!镇)|社区", "乡|镇(?!江)|街道", "县|区(?!域)|旗", "市|州|盟|地区", "省|自治区|中央|国家|全国"),
    )
)
#: A sector that makes up less of what tells the field does not count.
_SHARE = 0.3
_TEXT_READ = 3000  # characters: the field shows early
#: What the parts of nearness weigh.
_SECTOR, _LEVEL, _REGION = 0.6, 0.2, 0.2
#: Where one of the two is not known.
_UNKNOWN = 0.5


@dataclass(frozen=True, slots=True)
class World:
    """Where a text is from.

    Attributes:
        sectors: the fields that it is of, most of it first; empty when nothing tells.
        level: 0 for a village, 1 for a township, 2 for a county, 3 for a city, 4 above; None when nothing tells.
        region: the place, by full name.
    """

    sectors: tuple[str, ...] = ()
    level: int | None = None
    region: str | None = None


#: Of nobody in particular.
ANYWHERE = World()


def world_of_text(text: str) -> World:
    """The world of a problem in words: its field, as far as the words tell."""
    return World(_sectors(to_simplified(fold(text))))


def world_of(extraction: Extraction) -> World:
    """The world of a document."""
    document = extraction.document
    own = [unit for unit in extraction.units if unit.canonical in (document.publisher or "")] or extraction.units[:1]
    name = to_simplified(fold(f"{document.publisher or ''} {own[0].canonical if own else ''} {document.title}"))
    words = to_simplified(fold(document.text[:_TEXT_READ]))
    return World(_sectors(f"{name} {name} {words}"), _level(name), extraction.region)


def nearness(one: World, other: World) -> float:
    """How near two worlds are, 0 to 1; 0.5 where nothing is known of either."""
    return (
        _SECTOR * _sector_nearness(one, other)
        + _LEVEL * _level_nearness(one.level, other.level)
        + _REGION * _region_nearness(one.region, other.region)
    )


def _sectors(text: str) -> tuple[str, ...]:
    found = Counter({name: len(pattern.findall(text)) for name, pattern in _SECTORS.items()})
    total = found.total()
    return tuple(name for name, count in found.most_common() if count and count >= _SHARE * total)


def _level(name: str) -> int | None:
    return next((level for level, pattern in enumerate(_LEVELS) if pattern.search(name)), None)


def _sector_nearness(one: World, other: World) -> float:
    if not one.sectors or not other.sectors:
        return _UNKNOWN
    return 1.0 if set(one.sectors) & set(other.sectors) else 0.0


def _level_nearness(one: int | None, other: int | None) -> float:
    return _UNKNOWN if one is None or other is None else 1 - abs(one - other) / (len(_LEVELS) - 1)


def _region_nearness(one: str | None, other: str | None) -> float:
    """How many of the first characters of two places, `青岚省云栖市…`, are the same, by the shorter name."""
    if not one or not other:
        return _UNKNOWN
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared / min(len(one), len(other))
