"""A list of problems, pasted or sent as a table, and what comes of it."""

import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from docintel.web.audit import Action
from docintel.web.security import CSRF_HEADER
from tests.unit.web.conftest import HOSTILE, csrf, log_in

PASTED = "1. 耗材二级库账实不符的问题突出\n2. 药品采购权力集中的问题\n"
TABLE = "序号\t存在问题\t单位\n1\t耗材二级库账实不符的问题突出\t甲院\n2\t药品采购权力集中的问题\t乙院\n"
CELLS = '"1. 耗材二级库账实不符的问题突出"\r\n"2. 药品采购权力集中的问题\r\n"\r\n'


def paste(browser, text, **more):
    return browser.post("/suggest/list", data={"csrf": csrf(browser, "/search"), "text": text} | more)


def send(browser, name, data, **more):
    headers = {CSRF_HEADER: csrf(browser, "/search")}
    return browser.post("/suggest/list/file", files={"file": (name, data)}, data=more, headers=headers)


@pytest.mark.parametrize("text", [PASTED, TABLE, CELLS], ids=["lines", "columns", "cells"])
def test_a_pasted_list_leads_to_the_advice_on_each_problem(local, text):
    answer = paste(local, text)
    assert answer.status_code == 303
    page = local.get(answer.headers["location"]).text
    assert "耗材二级库账实不符的问题突出</h2>" in page
    assert "药品采购权力集中的问题</h2>" in page
    assert page.count('hx-get="/suggest/advice?q=') == 2
    assert "甲院" not in page


def test_the_answers_are_a_workbook(local):
    where = paste(local, PASTED).headers["location"].replace("?", "/export?")
    answer = local.get(f"{where}&how=workbook")
    assert answer.headers["content-disposition"].endswith(".xlsx")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    problems = sheets.get_sheet_by_name("汇总").to_python()
    assert [row[1] for row in problems[1:]] == ["耗材二级库账实不符的问题突出", "药品采购权力集中的问题"]
    said = str([sheets.get_sheet_by_index(number).to_python() for number in range(3)])
    assert "逐库盘点耗材" in said
    assert "通报二.txt" in said or "青岚市耗材管理通报" in said
    (noted,) = local.app.state.docintel.audit.entries(action=Action.EXPORT)
    assert (noted.target, dict(noted.detail)) == ("list", {"problems": 2, "format": "workbook"})


def test_the_answers_are_a_draft_of_a_plan(local):
    where = paste(local, PASTED).headers["location"].replace("?", "/export?")
    with zipfile.ZipFile(io.BytesIO(local.get(f"{where}&how=docx").content)) as packed:
        assert "逐库盘点耗材" in packed.read("word/document.xml").decode()
    table = CalamineWorkbook.from_filelike(io.BytesIO(local.get(f"{where}&how=xlsx").content))
    assert "逐库盘点耗材" in str(table.get_sheet_by_index(0).to_python())


def test_a_file_is_read_as_a_list(local):
    answer = send(local, "清单.tsv", TABLE.encode())
    assert answer.status_code == 303
    assert "药品采购权力集中的问题</h2>" in local.get(answer.headers["location"]).text


def test_the_column_can_be_named(local):
    text = "编号\t内部叫法\n甲\t药品采购权力集中\n乙\t耗材账实不符\n"
    refused = send(local, "清单.tsv", text.encode())
    assert refused.status_code == 400
    assert "内部叫法" in refused.text
    assert "问题所在列" in refused.text
    assert "--column" not in refused.text
    for column in ("内部叫法", "B", "2"):
        page = local.get(paste(local, text, column=column).headers["location"]).text
        assert "药品采购权力集中</h2>" in page, column
    assert send(local, "清单.tsv", text.encode(), column="B").status_code == 303


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n \n", "没有问题"),
        ("\n".join(f"第{number}处采购有问题" for number in range(201)), "一次最多 200 个"),
        ("采购" * 1500, "超过 2000 字"),
    ],
    ids=["empty", "many", "long"],
)
def test_what_is_no_list_is_refused_with_a_word_of_help(local, text, said):
    answer = paste(local, text)
    assert answer.status_code == 400
    assert said in answer.text


def test_a_problem_that_is_hostile_is_text(local):
    page = local.get(paste(local, f"采购有{HOSTILE}的问题\n").headers["location"]).text
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_a_list_is_its_owners(staffed):
    where = paste(log_in(staffed, "reader"), PASTED).headers["location"]
    other = log_in(staffed, "editor")
    assert other.get(where).status_code == 404
    assert other.get(where.replace("?", "/export?") + "&how=docx").status_code == 404


def test_the_api_answers_a_list_in_its_order(local):
    local.headers[CSRF_HEADER] = local.get("/api/session").json()["csrf"]
    asked = {"problems": ["药品采购权力集中的问题", "耗材二级库账实不符的问题突出", "  "]}
    told = local.post("/api/suggest/list", json=asked).json()
    assert [each["problem"] for each in told] == asked["problems"]
    assert "采购委员会" in str(told[0]["suggestions"])
    assert told[2]["failure"]
    assert local.post("/api/suggest/list", json={"problems": []}).status_code == 422
    assert local.post("/api/suggest/list", json={"problems": ["问题"] * 201}).status_code == 422
