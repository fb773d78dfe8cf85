"""整改建议: advice with its proof, the draft of a plan of each account, its export."""

import io

import docx
import pytest
from python_calamine import CalamineWorkbook

from tests.unit.web.conftest import HOSTILE, browser, csrf, document_ids, log_in

PROBLEM = "药品采购权力集中"
REPORT = "某院检查情况\n\n检查发现药品采购权力集中的问题。\n2024年5月4日"


@pytest.fixture
def picked(local):
    """A browser whose draft holds the first measure for the problem."""
    advice = local.get("/api/suggest", params={"q": PROBLEM}).json()
    hit = advice["suggestions"][0]["precedents"][0]["measure"]
    form = {"csrf": csrf(local, f"/suggest?q={PROBLEM}"), "problem": PROBLEM, "document": hit["document"]}
    form |= {"ordinal": hit["ordinal"], "quote": hit["quote"], "basis": "《通报》 通报一.txt", "owners": "药学部\n院办"}
    assert local.post("/suggest/plan", data=form).status_code == 303
    return local, form


def rows(browser):
    return browser.get("/api/plan").json()


def post(browser, path, **form):
    return browser.post(f"/suggest/plan{path}", data=form | {"csrf": csrf(browser, "/suggest/plan")})


def test_a_problem_is_answered_with_measures_and_their_proof(local):
    page = local.get("/suggest", params={"q": PROBLEM}).text
    assert "医院采取措施，建立采购委员会" in page
    assert "云栖县药品采购通报" in page
    assert "#r-measures-0" in page
    assert "选入方案" in page
    assert "可比案例" in page


def test_no_comparable_case_is_said(local):
    page = local.get("/suggest", params={"q": "卫星轨道偏移"}).text
    assert "资料库中没有可比的案例" in page
    assert "选入方案" not in page
    assert local.get("/suggest", params={"q": "，。"}).status_code == 400


def test_each_problem_of_a_document_is_asked(local):
    for document in document_ids(local):
        page = local.get("/suggest", params={"document": document}).text
        assert f"/suggest/advice?document={document}&amp;issue=0" in page
        piece = local.get("/suggest/advice", params={"document": document, "issue": 0}, headers={"HX-Request": "true"})
        assert piece.status_code == 200
        assert "<html" not in piece.text
        assert f"/documents/{document}#r-measures-0" not in piece.text, "a document gives no precedents for itself"
        assert local.get("/suggest", params={"document": document, "issue": 0}).status_code == 200
    assert local.get("/suggest", params={"document": document, "issue": 99}).status_code == 400


def test_a_dropped_report_is_read_and_not_kept(local):
    before = document_ids(local)
    answer = drop(local, "检查.txt", REPORT)
    path = answer.headers["HX-Redirect"]
    assert path.startswith("/suggest?report=")
    page = local.get(path).text
    assert "检查发现药品采购权力集中的问题" in page
    assert "没有入库" in page
    piece = local.get(path.replace("/suggest?", "/suggest/advice?") + "&issue=0").text
    assert "建立采购委员会" in piece
    assert document_ids(local) == before
    assert local.get("/suggest?report=" + "0" * 64).status_code == 404


def test_a_dropped_report_that_is_known_leads_to_its_document(local):
    data = local.get(f"/documents/{document_ids(local)[0]}/original").content
    assert "document=" in drop(local, "再来.txt", data).headers["HX-Redirect"]


def test_a_dropped_report_is_its_owners(staffed):
    reader, editor = log_in(staffed, "reader"), log_in(staffed, "editor")
    path = drop(reader, "检查.txt", REPORT).headers["HX-Redirect"]
    assert reader.get(path).status_code == 200
    assert editor.get(path).status_code == 404


def test_a_file_that_cannot_be_read_says_why(local):
    answer = drop(local, "坏.docx", b"PK\x03\x04 nothing")
    assert answer.status_code == 400
    assert 'class="' in answer.text
    assert "<html" not in answer.text


def test_a_drop_from_elsewhere_is_refused(local):
    assert local.post("/suggest/report", files={"file": ("a.txt", REPORT)}).status_code == 403


def test_a_measure_is_picked_in_the_documents_words_once(picked):
    local, form = picked
    local.post("/suggest/plan", data=form)
    (row,) = rows(local)
    assert row["problem"] == PROBLEM
    assert [each["text"] for each in row["measures"]] == [form["quote"]]
    assert row["measures"][0]["address"] == f"/documents/{form['document']}#r-measures-0"
    assert row["owners"] == "药学部\n院办"
    assert "已选入方案" in local.get("/suggest", params={"q": PROBLEM}).text
    piece = local.post("/suggest/plan", data=form, headers={"HX-Request": "true"}).text
    assert 'id="plan-count" hx-swap-oob="true">1<' in piece


def test_words_that_no_document_says_are_not_picked(picked):
    local, form = picked
    assert local.post("/suggest/plan", data=form | {"quote": "杜撰的措施"}).status_code == 400
    assert local.post("/suggest/plan", data=form | {"ordinal": 9}).status_code == 400
    assert local.post("/suggest/plan", data=form | {"document": "../x"}).status_code == 422
    assert len(rows(local)[0]["measures"]) == 1


def test_a_line_is_edited(picked):
    local, form = picked
    number = rows(local)[0]["id"]
    edited = {"problem": "采购权集中", "text": ["成立采购委员会", "每季通报", ""], "basis": ["《通报》", "", ""]}
    edited["quote"] = [form["quote"], "", ""]
    answer = post(local, f"/rows/{number}", **edited, owners="院办\n\n药学部", deadline="2024年12月底前")
    assert answer.headers["location"] == f"/suggest/plan#row-{number}"
    (row,) = rows(local)
    assert (row["problem"], row["owners"], row["deadline"]) == ("采购权集中", "院办\n药学部", "2024年12月底前")
    assert [each["text"] for each in row["measures"]] == ["成立采购委员会", "每季通报"]
    assert [each["quote"] for each in row["measures"]] == [form["quote"], ""]
    page = local.get("/suggest/plan").text
    assert "有改动" in page
    assert "自拟" in page
    assert post(local, f"/rows/{number}", problem=" ").status_code == 400
    assert post(local, "/rows/999", problem="x").status_code == 404


def test_what_is_picked_while_a_form_is_open_stays(picked):
    local, form = picked
    number = rows(local)[0]["id"]
    post(local, f"/rows/{number}", problem=PROBLEM, text=["自拟"], basis=[""], quote=[""])
    assert [each["text"] for each in rows(local)[0]["measures"]] == ["自拟", form["quote"]]
    post(local, f"/rows/{number}", problem=PROBLEM, text=["冒充原文"], basis=["《假》"], quote=["没有这句原文"])
    assert {each["quote"] for each in rows(local)[0]["measures"]} == {"", form["quote"]}


def test_lines_are_added_moved_and_removed(picked):
    local, _ = picked
    post(local, "/rows", problem="二")
    post(local, "/rows", problem="三")
    first, second, third = (row["id"] for row in rows(local))
    post(local, f"/rows/{third}/move", by=-1)
    post(local, f"/rows/{first}/move", by=-1)
    assert [row["id"] for row in rows(local)] == [first, third, second]
    post(local, f"/rows/{third}/remove")
    assert [row["problem"] for row in rows(local)] == [PROBLEM, "二"]
    assert post(local, f"/rows/{third}/remove").status_code == 404
    post(local, "/clear")
    assert rows(local) == []
    assert local.get("/suggest/plan/export?how=docx").status_code == 400


def test_the_plan_is_exported_with_its_sources_and_says_what_is_no_quote(picked):
    local, form = picked
    number = rows(local)[0]["id"]
    post(
        local,
        f"/rows/{number}",
        problem=PROBLEM,
        text=[form["quote"], "=1+1"],
        basis=["《通报》", ""],
        quote=[form["quote"], ""],
    )
    data = local.get("/suggest/plan/export?how=docx").content
    cells = [cell.text for cell in docx.Document(io.BytesIO(data)).tables[0].rows[1].cells]
    assert cells[1] == PROBLEM
    assert cells[2] == f"1. {form['quote']}\n2. =1+1"
    assert cells[5] == "1. 《通报》\n2. "
    post(local, f"/rows/{number}", problem=PROBLEM, text=["改过了"], basis=["《通报》"], quote=[form["quote"]])
    answer = local.get("/suggest/plan/export?how=xlsx")
    assert "attachment" in answer.headers["content-disposition"]
    table = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert table[3][1:3] == [PROBLEM, "改过了"]
    assert table[3][5] == "《通报》（措施文字有改动）"
    assert "由经办人编辑" in table[1][0]


def test_each_account_has_a_draft_of_its_own(staffed):
    reader, editor = log_in(staffed, "reader"), log_in(staffed, "editor")
    post(reader, "/rows", problem="只有我看得见")
    (row,) = rows(reader)
    assert rows(editor) == []
    for path in (f"/rows/{row['id']}", f"/rows/{row['id']}/move", f"/rows/{row['id']}/remove"):
        assert post(editor, path, problem="x", by=1).status_code == 404
    assert rows(reader) == [row]
    staffed.state.docintel.accounts.remove("reader")
    assert staffed.state.docintel.plans.rows("reader") == []


def test_nobody_else_sees_the_page(office):
    stranger = browser(office, client=("10.0.0.9", 5000))
    for path in ("/suggest", "/suggest/plan", "/suggest/plan/export?how=docx"):
        assert stranger.get(path).headers["location"].startswith("/login")


def test_nothing_a_document_or_a_clerk_says_becomes_an_element(local):
    post(local, "/rows", problem=HOSTILE)
    number = rows(local)[0]["id"]
    post(
        local,
        f"/rows/{number}",
        problem=HOSTILE,
        text=[HOSTILE],
        basis=[HOSTILE],
        owners=HOSTILE,
        deadline=f'">{HOSTILE}',
    )
    pages = [local.get("/suggest/plan").text, local.get("/suggest", params={"q": f"采购{HOSTILE}问题"}).text]
    pages += [local.get("/suggest", params={"document": each}).text for each in document_ids(local)]
    for page in pages:
        assert "<script>" not in page
        assert "&lt;script&gt;" in page or HOSTILE not in page


def drop(browser, name, data):
    headers = {"HX-Request": "true", "X-CSRF-Token": csrf(browser, "/suggest/plan")}
    return browser.post("/suggest/report", files={"file": (name, data)}, headers=headers)
