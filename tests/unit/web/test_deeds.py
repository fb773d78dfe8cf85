"""Entries of the audit log, as who reads them wants them said."""

import pytest

from docintel.web.audit import Action, Entry
from docintel.web.deeds import details, target
from docintel.web.words import CHINESE, ENGLISH, Words


def entry(to="", **detail):
    return Entry(
        id=1,
        at="2024-05-04T01:00:00+00:00",
        account="王敏",
        address="::1",
        action=Action.CHANGE,
        target=to,
        detail=detail,
    )


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"kind": "measure", "hits": 12}, [("结果类型", "措施"), ("命中", "12")]),
        ({"type": "speech", "category": "power"}, [("文种", "会议讲话"), ("类别", "权力集中与一把手监督")]),
        ({"query": "q=%E9%87%87%E8%B4%AD&kind=measure&since=2023"}, [
            ("检索词", "采购"), ("结果类型", "措施"), ("起", "2023"),
        ]),
        ({"query": "view=figures&metric=issues_found"}, [("查看方式", "逐条"), ("指标", "发现问题")]),
        ({"saved_search": "removed"}, [("保存的检索", "已删除")]),
        ({"correction": "change", "record": "measures/0", "fields": {"category": "risk_control"}}, [
            ("更正", "更改"), ("记录", "措施 1"), ("类别", "risk_control"),
        ]),
        ({"made": "reader"}, [("新建账号", "查阅")]),
        ({"removed": True}, [("删除", "是")]),
        ({"status": "added", "bytes": 2048}, [("结果", "新增"), ("字节", "2048")]),
        ({"something_newer": "x", "type": "no_such_type"}, [("something_newer", "x"), ("文种", "no_such_type")]),
        ({"plan": "食堂的问题"}, [("整改方案", "食堂的问题")]),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_noted_is_said_in_chinese(detail, said):
    assert details(entry(**detail), Words(CHINESE)) == said


def test_what_is_noted_is_said_in_english():
    assert details(entry(kind="measure"), Words(ENGLISH)) == [("kind", "measures")]


def test_a_page_has_its_name_and_a_problem_stays_as_it_was_asked():
    assert target(entry("rectified"), Words(CHINESE)) == "统计：发现与整改"
    assert target(entry("药品采购权力集中"), Words(CHINESE)) == "药品采购权力集中"
