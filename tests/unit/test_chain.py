"""The rectification chain; every sentence is invented."""

from dataclasses import replace
from datetime import date

import pytest

from docintel.chain import chain
from docintel.chain.words import cause_in, progress_of
from docintel.parse.structure import Line, split_lines, structure
from docintel.parse.tables import plain_cells, table_line
from docintel.schema import Document, Extraction, Progress, Status
from docintel.text.deadlines import by_when, due_day
from docintel.text.normalize import fold
from tests.factories import make_extraction, make_issue, make_measure, make_unit


def document_of(*lines, published="2024-06-20"):
    text, blocks = structure(split_lines(line if isinstance(line, Line) else Line(line) for line in lines))
    return Document(id="0" * 64, source="通报.txt", text=text, blocks=blocks, published=published)


def extraction_of(*lines, issues=(), measures=(), units=(), **over):
    """Issues are quotes, measures (quote, indexes of issues) or (quote, indexes, status)."""
    document = document_of(*lines, **over)
    return Extraction(
        document=document,
        issues=tuple(make_issue(document, quote) for quote in issues),
        measures=tuple(
            make_measure(document, quote, addresses=links, status=(*rest, Status.DONE)[0])
            for quote, links, *rest in measures
        ),
        units=tuple(make_unit(document, name, canonical=canonical) for name, canonical in units),
    )


def rows_of(extraction, as_of=None):
    """The rows, once every quote is seen to be cut from the text."""
    rows = chain(extraction, as_of)
    for row in rows:
        owners = [owner.evidence for owner in row.owners]
        deadline = row.deadline.evidence if row.deadline else None
        quotes = [row.issue, row.section, row.cause, row.told, deadline, *row.details, *owners]
        for quote in filter(None, quotes):
            assert quote.quote == extraction.document.text[quote.start : quote.end]
    return rows


def names(row):
    return [owner.name for owner in row.owners]


ITEMS = (
    "一、财务管理方面",
    "1.关于公车加油卡混用、台账缺失的问题",
    "整改情况：收回加油卡12张，逐车登记里程。由于旧系统不能分车结算，个别记录仍靠手工。",
    "责任单位：后勤科、财务科；整改时限：2024年5月底",
    "（已完成）",
    "2.关于差旅费报销把关不严的问题",
    "整改情况：抽查报销单，下月通报结果。",
    "责任单位：财务科",
    "整改时限：2024年3月",
    "（正在推进）",
    "二、下一步打算",
    "全局将建立长效机制。",
)


def items(**over):
    return extraction_of(
        *ITEMS,
        issues=["公车加油卡混用", "台账缺失的问题", "差旅费报销把关不严"],
        measures=[("收回加油卡12张", (0,)), ("逐车登记里程", ()), ("抽查报销单", (2,)), ("建立长效机制", ())],
        **over,
    )


def test_an_item_is_a_row_with_what_stands_below_it():
    first, second, other = rows_of(items())
    assert first.issue.quote == "公车加油卡混用、台账缺失"
    assert first.issues == (0, 1)
    assert first.section.quote == "财务管理方面"
    assert first.cause.quote == "旧系统不能分车结算"
    assert [measure.evidence.quote for measure in first.measures] == ["收回加油卡12张", "逐车登记里程"]
    assert names(first) == ["后勤科", "财务科"]
    assert (first.deadline.evidence.quote, first.deadline.due) == ("2024年5月底", "2024-05-31")
    assert (first.progress, first.told.quote) == (Progress.DONE, "已完成")
    assert (names(second), second.deadline.due) == (["财务科"], "2024-03-31")
    assert (other.issue, [measure.evidence.quote for measure in other.measures]) == (None, ["建立长效机制"])


def test_a_deadline_that_is_past_and_not_met_is_overdue():
    assert [row.progress for row in rows_of(items())][:2] == [Progress.DONE, Progress.OVERDUE]
    early = rows_of(items(), date(2024, 3, 1))
    assert [row.progress for row in early][:2] == [Progress.DONE, Progress.ONGOING]
    assert rows_of(items(published=None))[1].progress is Progress.ONGOING


def test_labels_reach_over_the_measures_of_an_item():
    (row,) = rows_of(
        extraction_of(
            "（一）关于“库房长期无人盘点”问题",
            "1.组织三次盘点。",
            "2.配齐保管员。",
            "牵头单位：设备科 完成时限：一个月内 整改进度：持续推进",
            issues=["库房长期无人盘点"],
            measures=[("组织三次盘点", (0,)), ("配齐保管员", ())],
        )
    )
    assert row.issue.quote == "库房长期无人盘点"
    assert len(row.measures) == 2
    assert (names(row), row.deadline.due, row.progress) == (["设备科"], "2024-07-20", Progress.ONGOING)


def test_an_item_that_no_issue_was_found_in_is_one():
    (row,) = rows_of(extraction_of("1.针对“窗口午间无人值守”的问题。安排轮班。整改状态：已完成。"))
    assert (row.issue.quote, row.issues, row.progress) == ("窗口午间无人值守", (), Progress.DONE)


def test_an_item_in_traditional_script():
    (row,) = rows_of(extraction_of("1.針對“窗口午間無人值守”的問題。安排輪班。整改狀態：已完成。責任單位：醫務科"))
    assert (row.issue.quote, row.progress, names(row)) == ("窗口午間無人值守", Progress.DONE, ["醫務科"])


def test_a_heading_over_several_problems_is_their_section():
    rows = rows_of(
        extraction_of(
            "（一）仓储管理松散",
            "粮库大门夜间不上锁。消防器材过期两年。",
            "（二）下一步打算",
            "给粮库大门换锁。",
            issues=["仓储管理松散", "粮库大门夜间不上锁", "消防器材过期两年"],
            measures=[("给粮库大门换锁", (1,))],
        )
    )
    assert [(row.issue.quote, row.section.quote, len(row.measures)) for row in rows] == [
        ("粮库大门夜间不上锁", "仓储管理松散", 1),
        ("消防器材过期两年", "仓储管理松散", 0),
    ]


FEEDBACK = (
    "县委巡察组向云溪县粮库反馈巡察情况",
    "一、管粮不严",
    "（一）仓储管理松散。粮库大门夜间不上锁，全年只盘点1次。消防器材过期两年。",
    "（二）食堂三年一个样。菜比市场贵出三成。",
    "二、下一步要求",
    "（一）提高政治站位。",
)


def feedback():
    extraction = extraction_of(
        *FEEDBACK,
        issues=["仓储管理松散", "粮库大门夜间不上锁", "消防器材过期两年"],
        measures=[("全年只盘点1次", (1,)), ("提高政治站位", (), Status.REQUIRED)],
    )
    return replace(extraction, document=replace(extraction.document, title=FEEDBACK[0]))


def test_nothing_of_a_feedback_is_done_by_inference_and_no_item_is_left_out():
    first, second, third, other = rows_of(feedback())  # in text order
    assert [each.section.quote for each in (first, second)] == ["仓储管理松散"] * 2
    assert ([each.evidence.quote for each in first.measures], first.progress) == (["全年只盘点1次"], None)
    assert (third.issue.quote, third.issues) == ("食堂三年一个样", ())  # no issue was read from it
    assert (other.issue, other.progress) == (None, Progress.OPEN)


def test_a_heading_that_names_a_field_among_problems_is_an_item():
    first, second = rows_of(
        extraction_of(
            "（一）关于“党委把关不严”问题",
            "修订议事规则。",
            "（二）选人用人方面",
            "清理超配干部9名。",
            "（三）下一步打算",
            measures=[("修订议事规则", ()), ("清理超配干部9名", ())],
        )
    )
    assert (first.issue.quote, second.issue.quote) == ("党委把关不严", "选人用人方面")
    assert [each.evidence.quote for each in second.measures] == ["清理超配干部9名"]


def test_who_is_named_in_the_problem_is_not_shown_as_its_owner():
    extraction = extraction_of(
        "（一）关于“院党委把关不严”问题",
        "修订议事规则。",
        measures=[("修订议事规则", ())],
        units=[("院党委", "县医院党委")],
    )
    (measure,) = extraction.measures
    (row,) = rows_of(replace(extraction, measures=(replace(measure, units=("县医院党委",)),)))
    assert [(owner.name, owner.evidence) for owner in row.owners] == [("县医院党委", None)]


def test_what_is_planned_for_a_day_to_come_is_not_done():
    (row,) = rows_of(
        extraction_of(
            "旧账册无人清点。年内组织两次清点。", issues=["旧账册无人清点"], measures=[("年内组织两次清点", (0,))]
        )
    )
    assert (row.deadline.due, row.progress) == ("2024-12-31", Progress.ONGOING)


def test_lines_below_a_paragraph_belong_to_its_problem():
    first, second = rows_of(
        extraction_of(
            "检查发现食堂采购无验收记录。",
            "整改措施：两人签字验收。",
            "责任部门：总务处",
            "完成时限：6月底前",
            "另有仓库钥匙一人保管。",
            issues=["食堂采购无验收记录", "仓库钥匙一人保管"],
            measures=[("两人签字验收", (0,), Status.REQUIRED)],
        )
    )
    assert (names(first), first.deadline.due, first.progress) == (["总务处"], "2024-06-30", Progress.OPEN)
    assert (names(second), second.deadline, second.progress, second.measures) == ([], None, None, ())


def table(*rows):
    return table_line(plain_cells(rows))


def test_a_row_of_a_table_is_a_row():
    heading = ["序号", "存在问题", "原因分析", "整改措施", "责任单位", "整改时限", "完成情况"]
    rows = rows_of(
        extraction_of(
            table(
                heading,
                ["1", "合同未归档", "专人离岗", "补齐合同35份", "办公室、档案室", "2024年4月底前", "已完成"],
                ["2", "资产账实不符", "", "限期盘点", "后勤科", "2024.05", "推进中"],
                ["3", "周报不报", "", "每周抽查", "督查室", "长期坚持", "持续推进"],
            ),
            issues=["合同未归档", "资产账实不符"],
            measures=[("补齐合同35份", (0,)), ("限期盘点", (1,)), ("每周抽查", ())],
        )
    )
    assert [row.issue.quote for row in rows] == ["合同未归档", "资产账实不符", "周报不报"]
    assert [names(row) for row in rows] == [["办公室", "档案室"], ["后勤科"], ["督查室"]]
    assert rows[0].cause.quote == "专人离岗"
    assert [row.deadline.due for row in rows] == ["2024-04-30", "2024-05-31", None]
    assert [row.progress for row in rows] == [Progress.DONE, Progress.OVERDUE, Progress.ONGOING]


def test_an_interview_has_its_problems_and_who_acts():
    row, other = rows_of(
        extraction_of(
            "记者：当时最大的漏洞是什么？",
            "受访者：验收环节形同虚设，原因是签字的人从不到场。后来市场科实行现场拍照验收。",
            "大家也常开会学习。",
            issues=["验收环节形同虚设"],
            measures=[("实行现场拍照验收", (0,)), ("常开会学习", ())],
            units=[("市场科", "某区市场监督管理局市场科")],
        )
    )
    assert row.cause.quote == "签字的人从不到场"
    assert (row.deadline, row.owners) == (None, ())
    assert row.progress is Progress.DONE
    assert other.issue is None


def test_a_unit_is_named_as_the_text_names_it():
    extraction = extraction_of(
        "验收环节形同虚设。后来市场科实行现场拍照验收。",
        issues=["验收环节形同虚设"],
        units=[("市场科", "某区市场监督管理局市场科")],
    )
    measure = make_measure(extraction.document, "实行现场拍照验收", addresses=(0,), units=("某区市场监督管理局市场科",))
    (row,) = rows_of(
        Extraction(document=extraction.document, issues=extraction.issues, units=extraction.units, measures=(measure,))
    )
    (owner,) = row.owners
    assert (owner.name, owner.canonical, owner.evidence.quote) == ("市场科", "某区市场监督管理局市场科", "市场科")


def test_a_document_without_anything_has_no_rows():
    assert chain(make_extraction("今日天气晴。")) == ()


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("12月底前完成", "2024-12-31"),
        ("2024年9月30日前", "2024-09-30"),
        ("年底前", "2024-12-31"),
        ("15日内", "2024-07-05"),
        ("5个工作日内", "2024-06-27"),
        ("三个月内", "2024-09-20"),
        ("半个月内", "2024-07-05"),
        ("半年内", "2024-12-20"),
        ("一年内", "2025-06-20"),
        ("一百天内", "2024-09-28"),
        ("年内", "2024-12-31"),
        ("本月底前", "2024-06-30"),
        ("下月底前", "2024-07-31"),
        ("下个月中旬前", "2024-07-20"),
        ("本周内完成，下周末前", "2024-06-30"),
    ],
)
def test_deadlines_come_to_a_day(words, due):
    folded = fold(words)
    assert due_day(folded, by_when(folded, 0, len(folded)), date(2024, 6, 20)).isoformat() == due


@pytest.mark.parametrize("words", ["近三个月内", "立行立改", "去年12月前", "持续整改"])
def test_what_sets_no_day(words):
    assert by_when(words, 0, len(words)) is None


@pytest.mark.parametrize(
    ("words", "progress"),
    [
        ("已完成", Progress.DONE),
        ("已完成并长期坚持", Progress.DONE),
        ("基本完成", Progress.ONGOING),
        ("已基本完成", Progress.ONGOING),
        ("取得阶段性成效", Progress.ONGOING),
        ("未完成", Progress.OPEN),
        ("尚未启动", Progress.OPEN),
        ("正在推进，尚未完成", Progress.ONGOING),
        ("逾期未整改", Progress.OVERDUE),
        ("已整改3个，未整改2个", Progress.ONGOING),
        ("已完成2项，其余尚未启动", Progress.ONGOING),
        ("3个未整改", Progress.OPEN),
        ("做完了", Progress.DONE),
        ("没做完", Progress.OPEN),
        ("改了一半", Progress.ONGOING),
        ("已完成80%", Progress.ONGOING),
        ("已完成100%", Progress.DONE),
        ("已完成，投诉下降40%", Progress.DONE),
        ("已整改完成九成", Progress.ONGOING),
        ("见附件", None),
    ],
)
def test_what_words_of_progress_say(words, progress):
    assert progress_of(words) is progress


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("由于人手不足，登记漏了三天。", "人手不足"),
        ("究其原因，根源在于责任不清。", "责任不清"),
        ("主要原因是制度没有跟上；", "制度没有跟上"),
        ("另有一台锅炉因配件停产，尚未修复。", "配件停产"),
        ("因此，登记漏了三天。", None),
    ],
)
def test_why_it_came_to_it(sentence, why):
    folded = fold(sentence)
    span = cause_in(folded, 0, len(folded))
    assert (folded[slice(*span)] if span else None) == why


@pytest.mark.parametrize(
    ("measure", "deadline", "progress"),
    [
        ("修订印章管理办法", "责任单位：办公室\n整改时限：5月底前", None),  # what is to be done, and by when
        ("已修订印章管理办法", "责任单位：办公室\n整改时限：5月底前", Progress.DONE),
        ("修订了印章管理办法", "责任单位：办公室\n整改时限：5月底前", Progress.DONE),
        ("修订印章管理办法", "责任单位：办公室", Progress.DONE),
    ],
)
def test_a_plan_with_a_deadline_is_not_done_by_its_verb(measure, deadline, progress):
    text = f"印章管理混乱。\n整改措施：{measure}。\n{deadline}。"
    (row,) = rows_of(make_extraction(text, issues=["印章管理混乱"], measures=[(measure, (0,))]), date(2024, 7, 1))
    assert row.progress is progress


def test_an_item_may_name_who_and_when_in_brackets_behind_its_problem():
    extraction = extraction_of(
        "关于整改情况的通报",
        "一、关于公车混用的问题（责任单位：后勤科；整改时限：2024年5月底前）",
        "1.收回加油卡12张。",
        "二、关于报销把关不严的问题（责任单位：财务科）",
        "1.抽查报销单。",
        measures=[("收回加油卡12张", ()), ("抽查报销单", ())],
    )
    first, second = rows_of(extraction)
    assert (first.issue.quote, names(first), first.deadline.due) == ("公车混用", ["后勤科"], "2024-05-31")
    assert (second.issue.quote, names(second)) == ("报销把关不严", ["财务科"])
