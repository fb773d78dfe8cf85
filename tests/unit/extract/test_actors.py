"""Who acts in a clause."""

import pytest

from docintel.extract.attribution.actors import Actors
from docintel.extract.language.reading import Reading
from docintel.extract.places.regions import find_place
from docintel.extract.units.units import find_unit_mentions, outermost
from docintel.parse import parse_bytes
from tests.unit.extract.organs import read_organs

JIWEI, WEIJIAN, TAX = "青岚市纪律检查委员会监察委员会", "青岚市卫生健康委员会", "青岚市税务局"

NESTED = """青岚市动态
一、甲（责任单位：市税务局；整改时限：6月底前）
1. 建立台账。
2. 开展盘点。
二、乙
（一）丙。责任单位：市卫健委
1. 成立小组。
（1）公开比价。
2. 召开例会。
（二）丁
责任单位：市税务局
1. 修订办法。
今后加强监督。"""


def actors(text, clause):
    reading = read_organs("## 青岚市动态\n" + text)
    mentions = outermost(find_unit_mentions(reading, find_place(reading)))
    start = reading.text.index(clause)
    return Actors(reading, mentions).acting(start, start + len(clause))


@pytest.mark.parametrize(
    ("text", "clause", "expected"),
    [
        ("市卫健委完善制度12项。", "市卫健委完善制度12项", [WEIJIAN]),
        ("近日，市卫健委完善制度12项。", "完善制度12项", [WEIJIAN]),
        ("9月30日，市卫健委召开会议，通报案情，提出要求。", "提出要求", [WEIJIAN]),
        # jointly
        ("市纪委监委联合市税务局成立专项督查组。", "成立专项督查组", [JIWEI, TAX]),
        ("市纪委监委、市卫健委和市税务局开展检查。", "开展检查", [JIWEI, WEIJIAN, TAX]),
        # told to act
        ("市纪委监委督促市卫健委公开账目，核对台账。", "督促市卫健委公开账目", [WEIJIAN]),
        ("市纪委监委督促市卫健委公开账目，核对台账。", "核对台账", [WEIJIAN]),
        # carried on within the paragraph
        ("市卫健委召开会议。会上观看警示片。随后开展自查。", "开展自查", [WEIJIAN]),
        ("市卫健委召开会议。\n随后开展自查。", "开展自查", []),
        # somebody else takes over
        ("市纪委监委召开会议，各级党组织开展自查，完善制度。", "完善制度", []),
        ("市纪委监委指出，要开展自查。", "要开展自查", []),
        # acted upon, or named for a post
        ("向市卫健委下发建议书。", "向市卫健委下发建议书", []),
        ("市税务局负责人受到党内警告处分。", "市税务局负责人受到党内警告处分", []),
        ("张某被青岚市人民法院判处有期徒刑。", "被青岚市人民法院判处有期徒刑", ["青岚市人民法院"]),
        # said by, and in charge
        ("“我们堵塞漏洞，完善制度。”市卫健委相关负责人介绍。", "完善制度", [WEIJIAN]),
        ("责任单位：市税务局、市卫健委\n建立台账。", "建立台账", [TAX, WEIJIAN]),
        # of its own item, before what is done or behind it; not of a paragraph behind the list
        ("1. 账实不符；整改措施：建立台账；责任单位：市税务局\n2. 底数不清；措施：开展盘点。", "建立台账", [TAX]),
        ("1. 账实不符；责任单位：市税务局\n2. 措施：开展盘点；责任单位：市卫健委", "开展盘点", [WEIJIAN]),
        ("1. 账实不符；责任单位：市税务局\n2. 措施：开展盘点。", "开展盘点", []),
        ("1. 甲；责任单位：市税务局\n2. 乙；责任单位：市卫健委\n目前，建立制度9项。", "建立制度9项", []),
        ("完善制度12项。", "完善制度12项", []),
    ],
)
def test_acting_units(text, clause, expected):
    assert actors(text, clause) == tuple(expected)


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("建立台账", (TAX,)),
        ("开展盘点", (TAX,)),
        ("公开比价", (WEIJIAN,)),
        ("召开例会", (WEIJIAN,)),
        ("修订办法", (TAX,)),
        ("加强监督", ()),
    ],
)
def test_who_is_in_charge_of_an_item_acts_in_those_below_it_and_not_in_what_closes_the_document(clause, expected):
    reading = Reading(parse_bytes(NESTED.encode(), "报告.txt"))
    mentions = outermost(find_unit_mentions(reading, find_place(reading)))
    start = reading.text.index(clause)
    assert Actors(reading, mentions).acting(start, start + len(clause)) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("青岚市税务局关于巡察整改进展情况的通报", [TAX]),
        ("账要算清——专访青岚市税务局党委书记祝小满", [TAX]),
        ("青岚市税务局召开整改推进会", []),  # its report tells of others too
    ],
)
def test_who_reports_its_own_work_acts_where_nobody_else_does(title, expected):
    reading = read_organs(f"## {title}\n完善制度12项。")
    start = reading.text.index("完善制度")
    mentions = outermost(find_unit_mentions(reading, find_place(reading)))
    assert Actors(reading, mentions).acting(start, start + 4) == tuple(expected)
