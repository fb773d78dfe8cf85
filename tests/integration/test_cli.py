"""The commands, from the sample reports to exit codes."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docintel.analytics import NO_SUMS
from docintel.cli import app

pytestmark = [pytest.mark.model, pytest.mark.slow]
REPORTS = Path(__file__).resolve().parents[2] / "corpora" / "reports"
SOURCES = [
    "case_notice_01_yiyao-lingyu.html",
    "meeting_01_haocaikucun.txt",
    "news_01_yiancugai-zhongliu.txt",
    "speech_01_caigouquan.txt",
    "commentary_03_huikoulian.html",
]
run = CliRunner().invoke


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    done = run(app, ["ingest", "--library", str(folder), *(str(REPORTS / name) for name in SOURCES)])
    assert done.exit_code == 0, done.output
    assert "新增 5" in done.output
    return folder


def answer(library, *command):
    done = run(app, [*command, "--json"], env={"DOCINTEL_LIBRARY": str(library)})
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_search_gives_quotes_with_their_source(library):
    hits = answer(library, "search", "耗材 二级库 盘点", "--top", "3")
    assert hits[0]["source"] == "meeting_01_haocaikucun.txt"
    assert {"kind", "score", "text", "quote", "title", "source", "document", "start", "end", "page"} <= set(hits[0])
    assert len(hits) <= 3


def test_filters_narrow_the_answer(library):
    hits = answer(library, "search", "采购", "--type", "speech", "--kind", "document")
    assert [hit["source"] for hit in hits] == ["speech_01_caigouquan.txt"]


def test_suggestions_come_with_precedents(library):
    found = answer(library, "suggest", "药品耗材采购权力集中在少数人手里，缺乏监督")
    assert found
    assert all(each["precedents"] and each["support"] >= 1 for each in found)
    assert len({p["measure"]["document"] for each in found for p in each["precedents"]}) >= 2


def test_nothing_comparable_is_said_so(library):
    done = run(app, ["suggest", "今天的足球比赛踢得很精彩", "--library", str(library)])
    assert done.exit_code == 0
    assert "没有可比的案例" in done.output


def test_statistics_rows_and_totals(library):
    rows = answer(library, "statistics", "--metric", "issues_found,amount_involved")
    assert {row["metric"] for row in rows} == {"issues_found", "amount_involved"}
    totals = answer(library, "statistics", "--by", "source")
    assert all(row["figures"] >= row["counted"] >= 1 for row in totals)
    assert all(row["total"] is None if row["unit_of_measure"] in NO_SUMS else row["total"] >= 0 for row in totals)


def test_show_and_similar(library):
    (shown,) = answer(library, "show", "news_01_yiancugai-zhongliu.txt")
    assert shown["title"]
    similar = answer(library, "similar", "news_01_yiancugai-zhongliu.txt")
    assert shown["document"] not in {hit["document"] for hit in similar}


def test_tables_fit_a_terminal(library):
    done = run(app, ["show", "meeting_01", "--library", str(library)], env={"COLUMNS": "80"})
    assert done.exit_code == 2  # a part of a name is no name
    done = run(app, ["show", "meeting_01_haocaikucun.txt", "--library", str(library)], env={"COLUMNS": "80"})
    assert done.exit_code == 0
    assert max(map(cells, done.output.splitlines())) <= 80


def cells(line):
    return sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in line)


def test_extract_names_the_file_that_fails_and_goes_on(tmp_path):
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 broken")
    (tmp_path / "good.txt").write_text("全院发现问题38个，整改31个。", "utf-8")
    done = run(app, ["extract", str(tmp_path), "--out", str(tmp_path / "out.jsonl")])
    assert done.exit_code == 1
    assert "bad.pdf" in done.output
    (line,) = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert [s["value"] for s in json.loads(line)["statistics"]] == [38, 31]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["search", "采购", "--type", "poem"], 2),
        (["search", " "], 2),
        (["statistics", "--metric", "wishes"], 2),
        (["show", "nothing.txt"], 2),
        (["parse", "nowhere.txt"], 2),
        (["extract", str(REPORTS / SOURCES[1]), "--format", "csv"], 2),
    ],
)
def test_wrong_use_exits_with_2_and_a_hint(library, command, code):
    done = run(app, command, env={"DOCINTEL_LIBRARY": str(library)})
    assert done.exit_code == code
    assert "Traceback" not in done.output


def test_schema_and_library_commands(library):
    assert json.loads(run(app, ["schema"]).stdout)["title"] == "docintel extraction"
    (info,) = answer(library, "library", "info")
    assert info["documents"] == 5
    assert run(app, ["library", "verify", "--library", str(library)]).exit_code == 0


def test_every_command_has_help_in_both_languages():
    done = run(app, ["--help"], env={"COLUMNS": "120"})
    assert "抽取记录" in done.output
    assert "Extract records" in done.output


def test_a_missing_library_is_named_and_not_made(tmp_path):
    done = run(app, ["search", "采购", "--library", str(tmp_path / "typo")])
    assert done.exit_code == 2
    assert "docintel ingest" in done.output
    assert not (tmp_path / "typo").exists()


def test_a_removed_document_is_found_no_more(tmp_path):
    (tmp_path / "a.txt").write_text("全院发现采购问题38个，整改31个。", "utf-8")
    env = {"DOCINTEL_LIBRARY": str(tmp_path / "library")}
    assert run(app, ["ingest", str(tmp_path / "a.txt")], env=env).exit_code == 0
    assert "a.txt" in run(app, ["library", "list"], env=env).output
    for given in (None, "n\n"):
        assert run(app, ["library", "remove", "a.txt"], env=env, input=given).exit_code != 0
    assert len(json.loads(run(app, ["library", "list", "--json"], env=env).stdout)) == 1
    assert "a.txt" in run(app, ["library", "remove", "a.txt"], env=env, input="y\n").output
    assert json.loads(run(app, ["library", "list", "--json"], env=env).stdout) == []
    assert run(app, ["library", "verify"], env=env).exit_code == 0
    assert not [path for path in (tmp_path / "library" / "originals").rglob("*") if path.is_file()]


@pytest.mark.parametrize("width", ["60", "80", "100"])
def test_a_table_loses_no_character(library, width):
    done = run(app, ["statistics", "--top", "3"], env={"COLUMNS": width, "DOCINTEL_LIBRARY": str(library)})
    rows = answer(library, "statistics", "--top", "3")
    assert Counter("".join(row["quote"] + row["source"] for row in rows)) <= Counter(done.output)
    assert max(map(cells, done.output.splitlines())) <= int(width)


def test_top_holds_for_what_was_rectified_too(tmp_path):
    for number in range(4):
        unit = f"青岚市第{'一二三四'[number]}医院"
        text = f"{unit}巡察整改通报\n{unit}发现问题{20 + number}个，已整改{11 + number}个。"
        (tmp_path / f"{number}.txt").write_text(text, "utf-8")
    env = {"DOCINTEL_LIBRARY": str(tmp_path / "library"), "COLUMNS": "160"}
    assert run(app, ["ingest", *map(str, tmp_path.glob("*.txt"))], env=env).exit_code == 0
    every = run(app, ["statistics"], env=env).output
    some = run(app, ["statistics", "--top", "2"], env=env).output
    assert len(re.findall(r"\d\d%", every)) == 4
    assert len(re.findall(r"\d\d%", some)) == 2


WRONG = "青岚市人民医院共查出问题116项，已落实整改92项，22项正在持续整改。\n依据青纪发〔2022〕15号处理。\n"


def test_check_lists_contradictions_with_both_sides(tmp_path):
    (tmp_path / "a.txt").write_text(WRONG, "utf-8")
    done = run(app, ["check", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)
    assert (row["relation"], row["holds"], row["stated"], row["computed"]) == ("balance", False, 116, 114)
    assert row["source"] == "a.txt"
    assert row["against"] == ["已落实整改92项", "22项正在持续整改"]
    told = run(app, ["check", str(tmp_path / "a.txt")])
    assert "矛盾 1 处" in told.output


def test_explain_tells_the_rules_of_a_record(library, tmp_path):
    (tmp_path / "a.txt").write_text(WRONG, "utf-8")
    done = run(app, ["explain", str(tmp_path / "a.txt"), "--record", "statistics/0", "--json"])
    (told,) = json.loads(done.stdout)
    assert told["record"] == "statistics/0"
    assert {ground["field"] for ground in told["grounds"]} >= {"", "metric", "unit"}
    found = answer(library, "explain", "speech_01_caigouquan.txt", "--record", "checks")
    assert all(each["record"].startswith("checks/") for each in found)
    assert run(app, ["explain", str(tmp_path / "a.txt"), "--record", "statistics/99"]).exit_code == 2


def test_contradictions_and_references_of_a_library(tmp_path):
    (tmp_path / "a.txt").write_text(WRONG, "utf-8")
    folder = tmp_path / "library"
    assert run(app, ["ingest", str(tmp_path / "a.txt"), "--library", str(folder)]).exit_code == 0
    (broken,) = answer(folder, "statistics", "--check")
    assert broken["quote"].endswith("共查出问题116项")
    assert answer(folder, "search", "问题整改", "--reference", "青纪发[2022]15号")
    assert not answer(folder, "search", "问题整改", "--reference", "青纪发〔2022〕16号")


RECTIFIED = (
    "1.关于食材采购长期由一人包办的问题\n责任单位：总务处；整改时限：2024年3月底前\n整改情况：建立供货商名录。\n（已完成）\n"
    "2.关于陪餐制度流于形式的问题\n责任单位：学生处；整改时限：2024年4月\n整改情况：每日公示陪餐人员。\n（正在推进）\n"
    "二、下一步打算\n全校将开展一次警示教育。\n"
)


def test_ledger_has_a_row_an_issue(tmp_path):
    (tmp_path / "a.txt").write_text(RECTIFIED, "utf-8")
    command = ["ledger", str(tmp_path / "a.txt"), "--as-of", "2024-06-20"]
    rows = json.loads(run(app, [*command, "--json"]).stdout)
    issues = [row for row in rows if row["issue"]]
    assert [row["issue"]["quote"] for row in issues] == ["食材采购长期由一人包办", "陪餐制度流于形式"]
    assert [row["progress"] for row in issues] == ["done", "overdue"]
    assert [row["owners"][0]["name"] for row in issues] == ["总务处", "学生处"]
    assert all(RECTIFIED[row["issue"]["start"] : row["issue"]["end"]] == row["issue"]["quote"] for row in issues)
    shown = run(app, command, env={"COLUMNS": "100"})
    assert "逾期" in shown.output
    assert max(map(cells, shown.output.splitlines())) <= 100
    done = run(app, [*command, "--out", str(tmp_path / "台账.xlsx")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "台账.xlsx").read_bytes().startswith(b"PK")


def test_ledger_of_a_library(tmp_path):
    (tmp_path / "a.txt").write_text(RECTIFIED, "utf-8")
    folder = tmp_path / "library"
    assert run(app, ["ingest", str(tmp_path / "a.txt"), "--library", str(folder)]).exit_code == 0
    of_file = json.loads(run(app, ["ledger", str(tmp_path / "a.txt"), "--json"]).stdout)
    assert answer(folder, "ledger") == of_file
    (row,) = answer(folder, "ledger", "--unit", "学生处")
    assert row["issue"]["quote"] == "陪餐制度流于形式"
    assert answer(folder, "ledger", "--type", "speech") == []


@pytest.mark.parametrize("wrong", [["--as-of", "soon"], ["--region", "某县"], ["--out", "."]])
def test_ledger_says_what_is_wrong(tmp_path, wrong):
    (tmp_path / "a.txt").write_text(RECTIFIED, "utf-8")
    done = run(app, ["ledger", str(tmp_path / "a.txt"), *wrong])
    assert done.exit_code == 2
    assert "Traceback" not in done.output
