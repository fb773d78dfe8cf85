import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.parse.structure import Line, mark_title, split_lines, structure
from docintel.schema import BlockKind

TEXT = "某县纪委监委紧盯医疗卫生领域突出问题，开展专项监督检查，共发现问题35个，督促整改30个。"


def kinds(lines):
    text, blocks = structure(split_lines(Line(line) for line in lines))
    return [(str(block.kind), block.level, block.numbering, text[block.start : block.end]) for block in blocks]


def test_numbered_heading_and_numbered_paragraph():
    assert kinds(["一、压实责任,强化监督", TEXT, f"（二）{TEXT}"]) == [
        ("heading", 1, "一、", "一、压实责任,强化监督"),
        ("paragraph", 0, "", TEXT),
        ("list_item", 2, "（二）", f"（二）{TEXT}"),
    ]


def test_short_line_over_text_is_a_heading_below_numbered_ones():
    assert [entry[:2] for entry in kinds(["深挖根源 靶向整治", TEXT])] == [("heading", 1), ("paragraph", 0)]
    assert [entry[:2] for entry in kinds(["一、总体情况", "深挖根源 靶向整治", TEXT])] == [
        ("heading", 1),
        ("heading", 2),
        ("paragraph", 0),
    ]


@pytest.mark.parametrize("line", ["同志们：", "主持人：请问怎么做？", "欲去沉疴，还须猛药。", "ISBN 978-7-0000-0000-0"])
def test_short_lines_that_are_no_headings(line):
    assert kinds([line, TEXT])[0][0] == "paragraph"


def test_last_short_line_is_no_heading():
    assert kinds([TEXT, "特此通报"])[-1][0] == "paragraph"


def test_an_author_who_signs_is_a_byline_and_an_organisation_is_content():
    assert kinds([TEXT, f"{TEXT}（张小三）"])[-1] == ("byline", 0, "", "（张小三）")
    assert [entry[0] for entry in kinds([TEXT, "某县卫生健康局", "2023年5月6日"])] == [
        "paragraph",
        "paragraph",
        "byline",
    ]
    # in the middle of a document a bracket may say who has to act
    assert kinds([f"{TEXT}（张小三）", TEXT])[0][3].endswith("（张小三）")


def test_bold_lines_may_be_long_headings():
    line = "坚持严的基调，把好采购、处方、收费三个关口……持续整治医药购销领域不正之风，让群众感受到清风正气就在身边"
    _, blocks = structure(split_lines([Line(line, bold=True), Line(TEXT)]))
    assert blocks[0].kind is BlockKind.HEADING


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["当前位置：首页 > 要闻", "", '"清廉防线"守护健康', TEXT], '"清廉防线"守护健康'),
        (["某县多措并举推进整改", TEXT], "某县多措并举推进整改"),
        (["【清风漫笔】", "有些门不能敲", TEXT], "有些门不能敲"),
        (["某县政府门户网站 > 政民互动 > 在线访谈", "护好一片林", TEXT], "护好一片林"),
        ([TEXT, "某县多措并举"], None),
        (["一、总体情况", TEXT], None),
        (["同志们：", TEXT], None),
    ],
)
def test_title_of_plain_text(lines, title):
    marked = [line.text for line in mark_title(map(Line, lines)) if line.kind is BlockKind.TITLE]
    assert marked == ([title] if title else [])


@given(st.lists(st.text(alphabet="一二、（）。，：某县委 \n\t\u3000来源记者摄图为1.", max_size=30), max_size=8))
def test_blocks_cover_the_text_but_line_feeds_between_them(lines):
    text, blocks = structure(split_lines(map(Line, lines)))
    assert "\n".join(text[block.start : block.end] for block in blocks) == text
    assert all(block.start < block.end for block in blocks)
    assert "".join(text.split()) == "".join("".join(lines).split())
