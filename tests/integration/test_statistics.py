"""Statistics over several documents, from files to the screen and to charts."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from docintel.cli import app
from docintel.library import Library

pytestmark = [pytest.mark.model, pytest.mark.slow]
run = CliRunner().invoke
REPORTS = {
    "报告.txt": "关于岚溪县2023年监督工作情况的报告\n\n2023年，岚溪县纪委监委共发现问题74个，已完成整改60个，"
    "未完成整改20个。立案31件，其中医疗领域12件、教育领域9件。\n\n岚溪县纪委监委\n2024年1月20日\n",
    "新闻.txt": "岚溪县：久久为功纠治不正之风\n\n2024年3月5日，记者获悉，2023年，岚溪县纪委监委在监督检查中"
    "发现问题77个，立案31件。针对一些单位食堂采购由一人包办、账目不公开的问题，建立了供货商名录，并每季度公开账目。\n",
    "上年.txt": "关于岚溪县2022年监督工作情况的报告\n\n2022年，岚溪县纪委监委立案22件，共发现问题50个，已整改45个。\n\n"
    "岚溪县纪委监委\n2023年1月18日\n",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    root = tmp_path_factory.mktemp("statistics")
    for name, text in REPORTS.items():
        (root / name).write_text(text, "utf-8")
    done = run(app, ["ingest", *(str(root / name) for name in REPORTS), "--library", str(root / "library")])
    assert done.exit_code == 0, done.output
    return root / "library"


def ask(library, *command, code=0):
    done = run(app, ["statistics", *command], env={"DOCINTEL_LIBRARY": str(library), "COLUMNS": "160"})
    assert done.exit_code == code, done.output
    return done.output


def rows(library, *command):
    return json.loads(ask(library, *command, "--json"))


def test_a_range_that_ends_before_it_begins_is_wrong_use(library, tmp_path):
    asked = ("--since", "2024", "--until", "2021")
    assert "晚于" in ask(library, *asked, code=2)
    for command in (("search", "采购"), ("recurring",), ("ledger",), ("export", "--out", str(tmp_path / "a.xlsx"))):
        done = run(app, [*command, *asked, "--library", str(library)])
        assert (done.exit_code, "晚于" in done.output, "later than" in done.output) == (2, True, True), command


def test_totals_count_a_figure_once_and_tell_its_sources(library):
    cases = {row["period"]: row for row in rows(library, "--metric", "cases_filed", "--by", "period")}
    assert list(cases) == ["2022", "2023"]
    row = cases["2023"]
    assert (row["total"], row["sources"], row["repeated"], row["held"]) == (31, 2, 1, 2)
    shown = ask(library, "--metric", "cases_filed", "--by", "period")
    assert "来源数" in shown
    assert "1 条为同一数据的重复报道" in shown
    assert "█" in shown


def test_contradictions_within_and_across_are_told_apart(library):
    within, across = rows(library, "--check")
    assert (within["scope"], within["relation"], within["source"]) == ("within", "balance", "报告.txt")
    assert (across["scope"], across["holds"]) == ("across", False)
    assert {across["source"], across["other_source"]} == {"报告.txt", "新闻.txt"}
    assert {across["stated"], across["computed"]} == {74, 77}
    shown = ask(library, "--check")
    assert "文档之间的矛盾" in shown
    assert "发现问题74个" in shown
    assert "发现问题77个" in shown


def test_contradictions_go_by_metric(library):
    assert {row["scope"] for row in rows(library, "--check", "--metric", "cases_filed")} == {"within"}


def test_rates_go_by_group(library):
    shown = ask(library, "--by", "period")
    assert "整改率 Rates" in shown
    assert "90%" in shown


@pytest.mark.parametrize("asked", [["--by", "period"], ["--by", "unit"], []], ids=str)
@pytest.mark.parametrize("suffix", ["png", "html"])
def test_charts_are_written(library, tmp_path, asked, suffix):
    path = tmp_path / f"图.{suffix}"
    assert "图表已写入" in ask(library, *asked, "--plot", str(path))
    assert path.stat().st_size > 5_000


@pytest.mark.parametrize(
    "asked",
    [["--plot", "a.pdf"], ["--by", "unit,period", "--plot", "a.png"], ["--check", "--plot", "a.png"], ["--by", "x"]],
    ids=str,
)
def test_what_makes_no_sense_is_refused(library, asked):
    ask(library, *asked, code=2)


def test_topics_and_co_occurrence(library):
    with Library.open(library, create=False) as opened:
        topics, of_issues, together = opened.topics(2), opened.issue_topics(2), opened.co_occurrence()
        assert topics["issues"].sum() == len(of_issues) == len(opened.records("issues"))
        assert topics["label"].map(bool).all()
    assert together.dtypes.unique() == [np.dtype("int64")]
    assert together.to_numpy().sum() >= 1
