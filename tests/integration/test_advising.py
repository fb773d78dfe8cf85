"""What others did: `suggest` for a problem, a report and a list, with its files, and `similar`."""

import json

import docx
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from docintel.cli import app

pytestmark = [pytest.mark.model, pytest.mark.slow]
run = CliRunner().invoke
REPORTS = {
    "甲院整改.txt": """
青禾县人民医院关于巡察整改情况的通报
2024年3月12日
一、关于高值耗材二级库账实不符的问题。一是建立二级库日清月结制度，每日下班前由双人盘点签字。\
二是上线耗材条码追溯系统，实行扫码出入库。三是设备科科长段文澜通报了盘点情况。
二、关于医药代表随意进出诊室的问题。医院制定医药代表接待管理办法，实行定时定点定人接待。""",
    "乙院通报.txt": """
白石县中医院通报
2023年6月1日
检查发现，耗材二级库账实不符，盘点时短少耗材46件。医院成立资产清查小组，对12个二级库逐一盘点，\
并建立二级库日清月结制度。库管员王某受到党内警告处分。""",
}
FEEDBACK = """
县委第二巡察组反馈意见
1.耗材二级库账实不符的问题。二级库长期无人盘点。
责任单位：设备科
整改时限：2024年9月底前
2.公务用车油卡管理混乱的问题。"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("advising")
    for name, text in REPORTS.items():
        (folder / "in" / name).parent.mkdir(exist_ok=True)
        (folder / "in" / name).write_text(text.strip(), "utf-8")
    (folder / "反馈意见.txt").write_text(FEEDBACK.strip(), "utf-8")
    done = run(app, ["ingest", str(folder / "in"), "--library", str(folder / "library")])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def ask(folder):
    return lambda *command: run(app, [*command, "--library", str(folder / "library")])


def test_suggestions_are_actions_with_their_proof(ask):
    done = ask("suggest", "耗材二级库账实不符，无人盘点", "--json")
    found = json.loads(done.stdout)
    texts = [each["text"] for each in found]
    assert any("日清月结" in text for text in texts[:3])
    assert not any("段文澜" in text or "短少" in text or "警告" in text for text in texts)
    twice = next(each for each in found if "日清月结" in each["text"])
    assert twice["support"] == 2
    assert {"relevance", "use", "support", "recency", "nearness", "effect"} <= set(twice["merits"])
    assert all(p["measure"]["source"] in REPORTS for each in found for p in each["precedents"])


def test_what_is_seen_of_a_problem(ask):
    shown = ask("suggest", "耗材二级库账实不符，无人盘点").output
    assert shown.index("可比案例") < shown.index("【") < shown.index("●")
    assert "2 份文档采用" in shown


def test_the_nearest_is_named_where_nothing_is_comparable(ask):
    done = ask("suggest", "今天的足球比赛踢得很精彩")
    assert done.exit_code == 0
    assert "没有可比的案例" in done.output
    assert "最接近的是" in done.output
    done = ask("suggest", "今天的足球比赛踢得很精彩", "--json")
    assert json.loads(done.stdout) == []
    assert "最接近的是" in done.stderr


def test_a_plan_for_a_report(ask, folder):
    plan = folder / "整改方案.docx"
    done = ask("suggest", "--document", str(folder / "反馈意见.txt"), "--plan", str(plan), "--per-issue", "2")
    assert done.exit_code == 0, done.output
    rows = [[cell.text for cell in row.cells] for row in docx.Document(str(plan)).tables[0].rows]
    row = next(row for row in rows if "账实不符" in row[1])
    assert row[2].startswith("1. ")
    assert "3. " not in row[2]
    assert row[3:5] == ["设备科", "2024年9月底前"]
    assert "甲院整改.txt" in row[5] or "乙院通报.txt" in row[5]
    assert not {"甲院整改.txt", "乙院通报.txt"} & set(rows[0])


def test_one_issue_of_a_report(ask, folder):
    report = str(folder / "反馈意见.txt")
    found = json.loads(ask("suggest", "--document", report, "--issue", "0", "--json").stdout)
    assert len({each["question"] for each in found}) == 1
    assert ask("suggest", "--document", report, "--issue", "99").exit_code == 2


def test_a_problem_beside_a_report_is_asked_too_and_each_answer_says_of_what(ask, folder):
    command = ["suggest", "耗材账实不符，无人盘点", "--document", str(folder / "反馈意见.txt"), "--json"]
    asked = {each["question"] for each in json.loads(ask(*command).stdout)}
    assert "耗材账实不符，无人盘点" in asked
    assert len(asked) > 1


def test_a_list_of_problems(ask, folder):
    listed, out = folder / "问题清单.xlsx", folder / "结果.xlsx"
    with xlsxwriter.Workbook(str(listed)) as workbook:
        sheet = workbook.add_worksheet()
        rows = [
            ["序号", "存在问题", "科室"],
            [1, "耗材账实不符", "设备科"],
            [2, "……", "财务科"],
            [3, "医药代表进出诊室", "药剂科"],
        ]
        for y, row in enumerate(rows):
            sheet.write_row(y, 0, row)
    done = ask("suggest", "--from", str(listed), "--out", str(out))
    assert done.exit_code == 1  # one of them is no problem, and is named
    assert "3 个问题" in done.stderr
    assert "1 个未能查询" in done.stderr
    workbook = CalamineWorkbook.from_path(str(out))
    summary = workbook.get_sheet_by_name("汇总").to_python()
    assert [row[1] for row in summary[1:]] == ["耗材账实不符", "……", "医药代表进出诊室"]
    assert "未能查询" in summary[2][5]
    measures = workbook.get_sheet_by_name("建议措施").to_python()
    assert {row[1] for row in measures[1:]} == {"耗材账实不符", "医药代表进出诊室"}


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("--issue", "0"),
        ("问题", "--column", "B"),
        ("--from", "没有的文件.xlsx"),
        ("账实不符", "--plan", "方案.pdf"),
        ("！！！",),
    ],
)
def test_wrong_use_is_told(ask, command):
    done = ask("suggest", *command)
    assert done.exit_code == 2, done.output


def test_similar_documents_tell_what_matches(ask):
    (found,) = json.loads(ask("similar", "甲院整改.txt", "--json").stdout)
    assert found["source"] == "乙院通报.txt"
    assert {match["kind"] for match in found["matches"]} >= {"measure"}
    pairs = [(match["quote"], match["other"]["quote"]) for match in found["matches"]]
    assert any("日清月结" in one and "日清月结" in other for one, other in pairs)
    shown = ask("similar", "甲院整改.txt").output
    assert "本文" in shown
    assert "对方" in shown
