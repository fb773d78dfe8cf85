import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.text.outline import han_number, inline_items, numbering

LINES = [
    ("一、强化监督检查", ("一、", 1)),
    ("（一）加强组织领导", ("（一）", 2)),
    ("(十二) 推进公开", ("(十二)", 2)),
    ("1.完善采购制度", ("1.", 3)),
    ("１２、开展自查", ("１２、", 3)),
    ("(3)健全台账", ("(3)", 4)),
    ("一是研究制定方案", ("一是", 4)),
    ("二要压实责任", ("二要", 4)),
    ("③约谈提醒", ("③", 5)),
    ("第二,关注重点岗位", ("第二", 5)),
    ("第三章 监督检查", ("第三章", 1)),
    ("第十二条 各科室应当登记", ("第十二条", 3)),
]
NOT_NUMBERED = [
    "1.5万元已退缴",
    "2023.1",
    "第一书记到村任职",
    "一直以来",
    "首先,会议传达精神",
    "三甲医院",
    "",
    "第一条例",
]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_numbering_at_line_start(line, expected):
    found = numbering(line)
    assert found is not None
    assert (found.text, found.level) == expected
    assert line[: found.length] == found.text


@pytest.mark.parametrize("line", NOT_NUMBERED)
def test_lines_without_numbering(line):
    assert numbering(line) is None


@pytest.mark.parametrize(("numeral", "value"), [("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("三十五", 35)])
def test_han_number(numeral, value):
    assert han_number(numeral) == value


INLINE = [
    # one series, items up to the next ordinal
    ("要做好三件事：一是查问题；二是补制度；三是严问责。", ["一是查问题；", "二是补制度；", "三是严问责。"]),
    ("院长强调，第一，要改进作风。第二，要规范诊疗。", ["第一，要改进作风。", "第二，要规范诊疗。"]),
    ("首先，组织学习。其次，开展自查。最后，总结。", ["首先，组织学习。", "其次，开展自查。", "最后，总结。"]),
    # 是 and 要 count as one series
    ("一要宣传，二是督促。", ["一要宣传，", "二是督促。"]),
    # nested: 第一 and 第二 stand inside 二要
    (
        "一要自查。二要整治：第一，收受回扣；第二，私设小金库。",
        ["一要自查。", "二要整治：第一，收受回扣；第二，私设小金库。", "第一，收受回扣；", "第二，私设小金库。"],
    ),
    # a single ordinal, and one that opens no series
    ("首先，组织学习。", []),
    ("此外，二是补制度；三是严问责。", []),
    # no ordinal: Han characters stand right before
    ("唯一是他，统一要求。", []),
]


@pytest.mark.parametrize(("text", "expected"), INLINE)
def test_inline_items(text, expected):
    assert [text[item.start : item.end] for item in inline_items(text)] == expected


@given(st.text(alphabet="一二三是要第,，。；:首先其次最后甲乙", max_size=60))
def test_inline_items_are_ordered_and_inside(text):
    items = inline_items(text)
    assert all(0 <= item.start < item.end <= len(text) for item in items)
    assert [item.start for item in items] == sorted(item.start for item in items)
