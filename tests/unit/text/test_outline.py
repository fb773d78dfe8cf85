import pytest

from docintel.text.outline import han_number, numbering

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
