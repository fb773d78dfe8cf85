"""`answered` and `recurring` through the command line, on the sample pairs; and the quality they have there."""

import importlib.util
import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

import docintel
from docintel.cli import app
from docintel.follow import nearness_of
from docintel.index.encoder import load_encoder
from docintel.schema import Answer
from docintel.suggest import Similarity

pytestmark = [pytest.mark.model, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
PAIRS = ROOT / "corpora" / "pairs" / "texts"
RECURRING = ROOT / "corpora" / "recurring" / "texts"
FEEDBACK, REPORT = (PAIRS / f"01_zhongyiyuan_{kind}.txt" for kind in ("feedback", "report"))
#: What the report passes over; either half may be what is read as the issue.
UNANSWERED = "基建项目监管缺位。康复楼装修未经招标"
run = CliRunner().invoke


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    paths = [str(FEEDBACK), str(REPORT), *(str(path) for path in sorted(RECURRING.glob("liantang_*")))]
    done = run(app, ["ingest", "--library", str(folder), *paths])
    assert done.exit_code == 0, done.output
    return str(folder)


def test_two_files_are_compared_without_a_library(tmp_path):
    done = run(
        app, ["answered", str(FEEDBACK), str(REPORT), "--json"], env={"DOCINTEL_LIBRARY": str(tmp_path / "none")}
    )
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)
    text = docintel.parse(FEEDBACK).text
    never = [row for row in rows if row["answer"] == Answer.NEVER]
    item = text.index(UNANSWERED)
    assert any(item <= row["issue"]["start"] < item + len(UNANSWERED) for row in never)
    assert all(text[row["issue"]["start"] : row["issue"]["end"]] == row["issue"]["quote"] for row in never)
    assert [row["counterparts"][0]["quote"] for row in rows if row["answer"] == Answer.UNASKED] == ["救护车管理不规范"]


def test_the_report_is_found_in_the_library_and_the_table_is_written(library, tmp_path):
    out = tmp_path / "对照表.xlsx"
    done = run(app, ["answered", FEEDBACK.name, "--library", library, "--out", str(out)])
    assert done.exit_code == 0, done.output
    rows = CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
    assert "未回应" in {row[3] for row in rows[3:]}
    assert REPORT.stem not in str(rows[0])
    shown = run(app, ["answered", FEEDBACK.name, "--library", library, "--only", "never"])
    assert any(words in shown.output.replace("\n", "") for words in UNANSWERED.split("。"))
    assert "饮片采购由一人说了算" not in shown.output


def test_a_feedback_without_a_report_says_what_to_do(library):
    done = run(app, ["answered", "liantang_2023_audit.txt", "--library", library])
    assert done.exit_code == 2
    assert "没有" in done.output
    assert "docintel answered" in done.output


def test_documents_of_different_units_are_warned_of(library):
    done = run(app, ["answered", FEEDBACK.name, "liantang_2021_report.txt", "--library", library])
    assert done.exit_code == 0
    assert "单位不同" in done.output


def test_a_folder_is_no_place_for_a_table(library, tmp_path):
    done = run(app, ["answered", FEEDBACK.name, "--library", library, "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "对照表.xlsx" in done.output.replace("\n", "")


def test_a_problem_that_came_back_is_listed_with_what_was_promised(library, tmp_path):
    done = run(app, ["recurring", "--library", library, "--json"])
    assert done.exit_code == 0, done.output
    (found,) = json.loads(done.stdout)
    assert found["unit"] == "莲塘区人民医院"
    assert [each["source"]["published"] for each in found["findings"]] == ["2020-09-10", "2023-07-20"]
    quotes = [each["evidence"]["quote"] for each in found["findings"][0]["commitments"]]
    assert "制定《耗材二级库管理办法》" in quotes
    out = tmp_path / "屡查屡犯.xlsx"
    assert run(app, ["recurring", "--library", library, "--out", str(out)]).exit_code == 0
    assert "莲塘区人民医院" in {row[1] for row in CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()}


@pytest.mark.parametrize(
    "option",
    [("--unit", "云岫县"), ("--region", "云岫县"), ("--category", "gifts"), ("--since", "2023"), ("--until", "2021")],
)
def test_filters_narrow_what_came_back(library, option):
    done = run(app, ["recurring", "--library", library, *option, "--json"])
    assert (done.exit_code, json.loads(done.stdout)) == (0, [])


def test_a_filter_that_makes_no_sense_is_an_error(library):
    done = run(app, ["recurring", "--library", library, "--category", "weather"])
    assert done.exit_code == 2
    assert "weather" in done.output


def test_a_measure_whose_problem_came_back_failed(library):
    with docintel.Library.open(library) as opened:
        told = opened.effects("liantang_2021_report.txt")
    assert any(each.document for found in told.values() for each in found)


def test_quality_on_the_pairs_nothing_was_fitted_on():
    spec = importlib.util.spec_from_file_location("evaluate_chain", ROOT / "scripts" / "evaluate_chain.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    nearness = nearness_of(load_encoder(), Similarity())
    pairs = script.Pairs(script.CORPORA / "pairs", nearness)
    for wave, f1 in ((2, 0.8), (3, 0.8)):
        scores = pairs.measure(wave, show=False)
        assert scores["pairs"].f1 >= f1
        assert scores["never answered"].recall >= 0.9
    found = script.recurrences(script.CORPORA / "recurring", 2, nearness, show=False)
    assert found.precision == 1
