from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.extract.language.reading import Reading
from docintel.extract.language.segments import blank_quotes, segments
from docintel.schema import Block, BlockKind
from tests.factories import make_document


def cut(text):
    reading = Reading(make_document(text))
    return [reading.text[segment.start : segment.end] for segment in segments(reading)]


ROWS = [
    # a clause each
    ("县医院修订采购制度，约谈主要药品供应商。", ["县医院修订采购制度", "约谈主要药品供应商"]),
    # ordinals and connectives are left out
    ("一是召开动员部署会；二要开展自查自纠；同时，公布举报电话。", ["召开动员部署会", "开展自查自纠", "公布举报电话"]),
    # a number at the start is an ordinal, a sum is none
    ("2.34万元已上交；2.清退全部违规资金。", ["2.34万元已上交", "清退全部违规资金"]),
    ("1.2024年召开动员部署会。", ["2024年召开动员部署会"]),
    # a lead is quoted with the action it leans on
    ("通过调取收费记录，查实重复收费。", ["通过调取收费记录，查实重复收费"]),
    ("对群众反映集中的窗口，实行挂牌督办。", ["对群众反映集中的窗口，实行挂牌督办"]),
    # a clause that opens with 对 and says its action is whole
    ("对全县卫生院开展检查，通报典型案例情况。", ["对全县卫生院开展检查", "通报典型案例情况"]),
    # a few words only go on with the action before them, unless they count
    ("对轻微问题及时提醒，抓早抓小。", ["对轻微问题及时提醒，抓早抓小"]),
    ("处置问题线索80件，立案20件。", ["处置问题线索80件", "立案20件"]),
    # a purpose or an occasion is left out of the quote, its subject with it
    ("县纪委针对库存不清的问题，下发建议书。", ["下发建议书"]),
    # who speaks and when are no segments
    ("局长强调，2023年5月，完成清查。", ["完成清查"]),
    # results joined by 、 are split
    ("发现问题38个、整改31个。", ["发现问题38个", "整改31个"]),
    # nothing is cut inside a title
    ("印发《管理办法，试行》。", ["印发《管理办法，试行》"]),
]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text[:12] for text, _ in ROWS])
def test_segments_are_clauses_with_their_leads(text, expected):
    assert cut(text) == expected


@pytest.mark.parametrize(
    "heading", ["# 强化监督", "一、强化监督，落实责任。", "——强化监督，落实责任。", "强化监督 落实责任"]
)
def test_headings_are_not_cut(heading):
    assert cut(f"{heading}\n召开会议。") == ["召开会议"]


def test_a_list_item_needs_no_full_stop():
    text = "县医院完善采购制度"
    item = Block(kind=BlockKind.LIST_ITEM, start=0, end=len(text))
    assert len(list(segments(Reading(make_document(text, blocks=(item,)))))) == 1


def test_quotes_are_blanked_at_equal_length():
    assert blank_quotes("制定《严禁受礼办法》和“十不准”") == "制定〇〇〇〇〇〇〇〇和〇〇〇〇〇"


@given(st.text(alphabet="对县医院开展检查,，。;、“”《》的将通过1个 ", max_size=60))
def test_segments_stand_in_order_inside_the_text(text):
    document = make_document(text or "。")
    found = list(segments(Reading(document)))
    assert all(segment.sentence <= segment.start <= segment.main < segment.end for segment in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
