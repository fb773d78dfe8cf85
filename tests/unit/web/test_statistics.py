"""统计: totals and charts, each with the quotes behind it; found against rectified; contradictions; exports."""

import csv
import html
import io
import json
import re

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from docintel.extract.pipeline import extract
from docintel.library import Library
from docintel.web.app import create_app
from docintel.web.figures import AskedFigures, Tables, charts
from tests.factories import BigramEncoder
from tests.unit.analytics.figures import table
from tests.unit.web.conftest import HOSTILE, browser

REPORTS = {
    "一.txt": "云栖县专项检查情况通报\n\n2022年，云栖县纪委监委开展专项检查，发现问题38个，"
    "已整改31个，未整改9个，整改率为81.6%。共立案12件，处分10人。\n2022年12月30日",
    "二.txt": "青岚市专项检查情况通报\n\n2023年，青岚市纪委监委开展专项检查，发现问题20个，"
    "已整改15个。共立案8件。\n2023年12月30日",
    f"{HOSTILE.replace('/', ':')}.txt": f"关于{HOSTILE}的通报\n\n2023年，{HOSTILE}医院发现问题5个。\n2023年6月1日",
}


TOLD_TWICE = {
    "通报.txt": "云栖县专项检查情况通报\n\n2022年，云栖县纪委监委开展专项检查，发现问题38个。\n2023年1月5日",
    "总结.txt": "云栖县纪委监委工作总结\n\n2022年，云栖县纪委监委发现问题38个，工作取得成效。\n2023年2月1日",
    "讲话.txt": "在云栖县纪委监委会议上的讲话\n\n2022年，云栖县纪委监委发现问题41个，还有差距。\n2023年3月1日",
}


def browse(root, reports):
    """A browser on a library of reports, read by the shipped rules."""
    (root / "reports").mkdir()
    for name, text in reports.items():
        (root / "reports" / name).write_text(text, encoding="utf-8")

    def open_library():
        return Library(root / "library", encoder=BigramEncoder(), extractor=extract)

    with open_library() as library:
        library.ingest(root / "reports")
    app = create_app(root / "library", open_library=open_library)
    yield browser(app)
    app.state.docintel.libraries.close()
    app.state.docintel.database.close()


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    yield from browse(tmp_path_factory.mktemp("counted"), REPORTS)


@pytest.fixture(scope="module")
def provinces(tmp_path_factory):
    yield from browse(tmp_path_factory.mktemp("provinces"), {
        f"{city}.txt": f"{city}专项检查情况通报\n\n2022年，{city}纪委监委发现问题{count}个。\n2023年1月5日"
        for city, count in (("吉林省长春市", 38), ("吉林省辽源市", 12), ("浙江省杭州市", 8))
    })  # fmt: skip


@pytest.fixture(scope="module")
def told_twice(tmp_path_factory):
    yield from browse(tmp_path_factory.mktemp("told"), TOLD_TWICE)


def rows(browser, **asked):
    return browser.get("/api/statistics", params=asked).json()["rows"]


def test_totals_add_up_to_the_figures_behind_them(counted):
    total = rows(counted, metric="issues_found", by="period")
    assert sum(row["total"] for row in total) == 38 + 20 + 5
    for row in total:
        page = counted.get(row["address"])
        assert page.status_code == 200
        behind = counted.get(row["address"].replace("/statistics", "/api/statistics", 1)).json()["rows"]
        assert len(behind) == row["figures"]
        assert sum(each["value"] for each in behind) == row["total"]
        assert behind[0]["quote"] in html.unescape(page.text)
    assert {row["metric"] for row in total} == {"issues_found"}


def test_shares_have_no_sum(counted):
    shares = [row for row in rows(counted, by="unit") if row["unit_of_measure"] == "%"]
    assert shares
    assert all(row["total"] is None for row in shares)


def test_charts_lead_to_the_quotes_behind_each_bar(counted):
    charts = {chart["name"]: chart for chart in counted.get("/api/statistics").json()["charts"]}
    assert {"year", "rectified", "unit"} <= set(charts)
    years = charts["year"]
    assert years["metric"] == "issues_found"
    assert {item["name"]: item["values"] for item in years["items"]} == {"2022": [38.0], "2023": [25.0]}
    for chart in charts.values():
        for item in chart["items"]:
            behind = counted.get(item["address"].replace("/statistics", "/api/statistics", 1)).json()["rows"]
            key = "found" if chart["name"] == "rectified" else "value"
            assert sum(row[key] for row in behind) == item["values"][0], item
    (drawn, *_) = re.findall(r"data-chart='([^']+)'", counted.get("/statistics").text)
    assert json.loads(html.unescape(drawn))["items"] == years["items"]


def test_a_province_leads_to_its_cities_and_these_to_the_quotes(provinces):
    def bars(address):
        charts = provinces.get(address).json()["charts"]
        return {each["name"]: each for chart in charts if chart["name"] == "region" for each in chart["items"]}

    outer = bars("/api/statistics?metric=issues_found")
    assert {name: bar["values"] for name, bar in outer.items()} == {"吉林省": [50.0], "浙江省": [8.0]}
    page = provinces.get(outer["吉林省"]["address"])
    assert page.status_code == 200
    inner = bars(outer["吉林省"]["address"].replace("/statistics", "/api/statistics", 1))
    assert {name: bar["values"] for name, bar in inner.items()} == {"吉林省长春市": [38.0], "吉林省辽源市": [12.0]}
    for bar in (outer["浙江省"], *inner.values()):
        behind = provinces.get(bar["address"].replace("/statistics", "/api/statistics", 1)).json()["rows"]
        assert sum(row["value"] for row in behind) == bar["values"][0]


def test_cities_of_a_province_that_name_no_unit_are_added():
    told = {"metric": "cases_filed", "unit_of_measure": "件", "unit": None, "period": "2024"}
    frame = table(
        told | {"region": "吉林省辽源市", "value": 12, "document": "d1"},
        told | {"region": "吉林省长春市", "value": 30, "document": "d2"},
    )
    checks = pd.DataFrame(columns=["document", "relation", "statistics"])
    (region,) = (chart for chart in charts(Tables(frame, checks), AskedFigures()) if chart["name"] == "region")
    assert [(bar["name"], bar["values"]) for bar in region["items"]] == [("吉林省", [42.0])]


def test_each_metric_has_charts_of_its_own(counted):
    charts = counted.get("/api/statistics?metric=cases_filed").json()["charts"]
    assert {chart["metric"] for chart in charts} <= {"cases_filed", ""}
    assert counted.get("/api/statistics?metric=nonsense").status_code == 400


def test_found_stands_against_rectified(counted):
    pairs = rows(counted, view="rectified")
    assert [(row["found"], row["rectified"], row["pending"]) for row in pairs] == [(38, 31, 9), (20, 15, 5)]
    page = counted.get("/statistics?view=rectified").text
    assert "82%" in page
    assert f"/documents/{pairs[0]['document']}?start={pairs[0]['start']}" in page


def test_contradictions_come_first(counted):
    found = rows(counted, view="checks")
    assert found
    assert found[0]["holds"] is False
    page = counted.get("/statistics?view=checks").text
    assert "矛盾 1 处" in page
    assert found[0]["quote"] in page


def test_a_figure_told_again_counts_once_and_a_contradiction_is_told(told_twice):
    (total,) = rows(told_twice, metric="issues_found", by="unit")
    assert (total["total"], total["figures"], total["counted"]) == (38, 3, 1)
    assert "3 条，计入 1" in told_twice.get("/statistics?metric=issues_found&by=unit").text
    behind = told_twice.get(total["address"].replace("/statistics", "/api/statistics", 1)).json()["rows"]
    why = {row["source"]: row["left_out"] for row in behind}
    assert why.pop("讲话.txt") == "conflict"
    assert sorted(why.values(), key=str) == [None, "repeated"]
    assert "同一数字的重复报道" in told_twice.get(total["address"]).text
    (unit,) = (c for c in told_twice.get("/api/statistics").json()["charts"] if c["name"] == "unit")
    assert [item["values"] for item in unit["items"]] == [[38.0]]
    (broken,) = (row for row in rows(told_twice, view="checks") if not row["holds"])
    assert (broken["scope"], broken["value"], broken["other_value"]) == ("across", 38, 41)
    page = told_twice.get("/statistics?view=checks").text
    assert broken["other_quote"] in page
    end = broken["other_start"] + len(broken["other_quote"])
    assert f"/documents/{broken['other_document']}?start={broken['other_start']}&amp;end={end}" in page


def test_filters_narrow(counted):
    assert {row["region"] for row in rows(counted, view="figures", region="青岚")} == {"青岚市"}
    assert all(row["source"] == "一.txt" for row in rows(counted, view="figures", since="2022", until="2022"))
    page = counted.get("/statistics?metric=issues_found&region=没有这里").text
    assert "没有符合条件的数据" in page
    assert counted.get("/statistics?by=nonsense").status_code == 400
    assert counted.get("/statistics?view=figures&at=nonsense:1").status_code == 400
    assert counted.get("/statistics?view=nonsense").status_code == 422


@pytest.mark.parametrize("view", ["totals", "figures", "rectified", "checks"])
def test_a_view_is_exported(counted, view):
    answer = counted.get("/statistics/export", params={"view": view, "how": "csv"})
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    total = counted.get("/api/statistics", params={"view": view}).json()["total"]
    assert len(table) == total + 1 > 1
    data = counted.get("/statistics/export", params={"view": view, "how": "xlsx"}).content
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheet = workbook.get_sheet_by_index(0).to_python()
    assert sheet[0] == table[0]
    assert len(sheet) == total + 1


def test_nothing_a_document_says_becomes_an_element(counted):
    for view in ("totals", "figures", "rectified", "checks"):
        page = counted.get("/statistics", params={"view": view, "unit": HOSTILE[:3]}).text
        assert "<script>" not in page
        page = counted.get("/statistics", params={"view": view}).text
        assert "<script>" not in page
        assert not re.search(r"data-chart='[^']*<", page)
    assert "<script>" not in counted.get("/statistics", params={"view": "figures", "at": f"unit:{HOSTILE}"}).text


def test_nobody_else_sees_it(office):
    stranger = browser(office, client=("10.0.0.9", 5000))
    assert stranger.get("/statistics").headers["location"].startswith("/login")
    assert stranger.get("/api/statistics").status_code == 401


def test_an_empty_library_has_no_figures(local):
    for view in ("totals", "figures", "rectified", "checks"):
        page = local.get("/statistics", params={"view": view})
        assert page.status_code == 200
        assert "没有符合条件的数据" in page.text
    assert local.get("/statistics/export?how=xlsx").status_code == 200
