"""What the pages show, and that nothing a document says is ever anything but text."""

import csv
import io
import re
import zipfile
from html.parser import HTMLParser

import pytest
from python_calamine import CalamineWorkbook

from docintel.web.rendering import environment
from tests.unit.web.conftest import HOSTILE, REPORTS, csrf, document_ids, open_library

HOSTILE_NAME = next(name for name in REPORTS if name.startswith("<img"))


class Elements(HTMLParser):
    """The elements of a page, and the text around them."""

    def __init__(self, page):
        super().__init__()
        self.found, self.text = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def hostile(local):
    (found,) = [row for row in local.get("/api/documents").json()["documents"] if row["source"] == HOSTILE_NAME]
    return found["id"]


def test_the_first_page_is_the_search(local):
    assert local.get("/").headers["location"] == "/search"
    page = local.get("/search").text
    assert "资料库有 3 份文档" in page
    assert "还没有。检索后点" in page


def test_results_show_quotes_with_their_words_marked(local):
    page = local.get("/search", params={"q": "药品采购"}).text
    assert "<em>药品采购</em>" in page
    assert "云栖县药品采购通报" in page
    assert "通报一.txt" in page
    assert 'aria-current="page">段落' in page


def test_each_kind_can_be_looked_for(local):
    for kind, name in (("issue", "问题"), ("measure", "措施"), ("case", "案件"), ("document", "文档")):
        page = local.get("/search", params={"q": "药品采购", "kind": kind})
        assert page.status_code == 200
        assert f'aria-current="page">{name}' in page.text
    assert "没有找到" in local.get("/search", params={"q": "药品采购", "kind": "case"}).text


def test_an_empty_answer_says_what_to_do(local):
    page = local.get("/search", params={"q": "药品采购", "region": "没有这里", "publisher": ""}).text
    assert "当前条件下没有结果" in page
    assert "去掉条件：地区 没有这里" in page


def test_an_empty_library_says_how_to_fill_it(tmp_path):
    from docintel.web.app import create_app
    from tests.unit.web.conftest import browser

    app = create_app(tmp_path / "new", open_library=lambda: open_library(tmp_path / "new"))
    page = browser(app).get("/search").text
    assert "资料库还是空的" in page
    assert "docintel ingest" in page
    assert browser(app).get("/search?q=采购").status_code == 200
    assert "没有符合条件的文档" in browser(app).get("/documents").text


def test_searches_are_saved_found_again_and_deleted(local):
    form = {"csrf": csrf(local, "/search?q=采购"), "name": "采购<b>", "query": "q=%E9%87%87%E8%B4%AD&kind=issue"}
    assert local.post("/search/saved", data=form).headers["location"] == "/search?q=%E9%87%87%E8%B4%AD&kind=issue"
    page = local.get("/search").text
    assert '<a href="/search?q=%E9%87%87%E8%B4%AD&amp;kind=issue">采购&lt;b&gt;</a>' in page
    (saved,) = local.get("/api/searches").json()
    local.post(f"/search/saved/{saved['id']}/remove", data={"csrf": csrf(local, "/search")})
    assert local.get("/api/searches").json() == []


def test_a_saved_search_tells_what_is_new(local, folder, tmp_path):
    form = {"csrf": csrf(local, "/search?q=采购"), "name": "采购", "query": "q=药品采购+-接待&since=2020"}
    local.post("/search/saved", data=form)
    (saved,) = local.get("/api/searches").json()
    assert saved["new"] == 0
    assert "新命中" not in local.get("/search").text
    (tmp_path / "new.txt").write_text("洛桥市通报\n药品采购一人说了算的问题。\n2024年5月4日", encoding="utf-8")
    with open_library(folder) as library:
        library.ingest(tmp_path / "new.txt")
    assert local.get("/api/searches").json()[0]["new"] == 1
    assert f'href="/search/saved/{saved["id"]}/new">1 条新命中</a>' in local.get("/search").text
    page = local.get(f"/search/saved/{saved['id']}/new").text
    assert "<em>药品采购</em>一人说了算" in page
    assert "采购权力集中" not in page, "what was there before is not new"
    local.post(f"/search/saved/{saved['id']}/seen", data={"csrf": csrf(local, "/search")})
    assert local.get("/api/searches").json()[0]["new"] == 0
    local.post(f"/search/saved/{saved['id']}/remove", data={"csrf": csrf(local, "/search")})
    assert local.get(f"/search/saved/{saved['id']}/new").status_code == 404
    with open_library(folder) as library:
        assert library.watches() == []


def test_a_query_may_hold_conditions(local):
    found = local.get("/api/search", params={"q": '"采购权力" 年份:2023'}).json()
    assert {hit["published"][:4] for hit in found["hits"]} == {"2023"}
    page = local.get("/search", params={"q": '"采购权力" 年份:2023'}).text
    assert "<em>采购权力</em>" in page
    assert "<em>2023</em>" not in page, "a condition is no word to mark"
    assert "检索条件怎么写" in page
    told = local.get("/search", params={"q": "年份:2023。药品采购"}).text
    assert "没有当作条件" in told
    wrong = local.get("/search", params={"q": "采购 年份:去年"})
    assert wrong.status_code == 400
    assert "不是日期" in wrong.text
    assert "年份:2022..2024" in wrong.text


def test_a_saved_search_leads_to_no_other_header(local):
    form = {"csrf": csrf(local, "/search"), "name": "x", "query": "q=1\r\nSet-Cookie: a=b"}
    answer = local.post("/search/saved", data=form)
    assert answer.headers["location"].startswith("/search?q=1Set-Cookie:a=b")
    assert "a" not in answer.cookies


@pytest.mark.parametrize("kind", ["passage", "issue", "measure", "document"])
def test_a_result_set_is_exported(local, kind):
    answer = local.get("/search/export", params={"q": "药品采购", "kind": kind, "how": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    total = local.get("/api/search", params={"q": "药品采购", "kind": kind}).json()["total"]
    assert len(rows) == total > 0
    assert all(row["原文"] for row in rows)
    data = local.get("/search/export", params={"q": "药品采购", "kind": kind, "how": "xlsx"}).content
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert workbook.sheet_names == ["检索结果", "检索条件"]
    shown = workbook.get_sheet_by_name("检索结果").to_python()
    assert [row[1] for row in shown[1:]] == [row["原文"] for row in rows]
    assert workbook.get_sheet_by_name("检索条件").to_python()[0] == ["检索内容", "药品采购"]


def test_an_export_is_named_after_its_question_and_runs_nothing(local):
    answer = local.get("/search/export", params={"q": '=cmd|"/c calc"!A1\r\nX: y', "how": "csv"})
    header = answer.headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename=\"[^\"\r\n]+\.csv\"; filename\*=UTF-8''[\w%.~-]+", header)
    assert "x" not in answer.headers
    data = local.get("/search/export", params={"q": "=1+1 采购", "how": "xlsx"}).content
    with zipfile.ZipFile(io.BytesIO(data)) as workbook:
        sheets = [workbook.read(name) for name in workbook.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 2
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_the_list_of_documents_is_filtered(local):
    assert local.get("/api/documents", params={"q": "耗材 通报"}).json()["total"] == 1
    assert local.get("/api/documents", params={"since": "2022", "until": "2022"}).json()["total"] == 1
    assert local.get("/api/documents", params={"category": "power"}).json()["total"] == 3
    oldest = local.get("/api/documents", params={"order": "oldest"}).json()["documents"]
    dates = [row["published"] for row in oldest]
    assert dates == sorted(dates, key=lambda date: date or "9999")
    page = local.get("/documents", params={"q": "耗材"}).text
    assert "青岚市耗材管理通报" in page
    assert "云栖县药品采购通报" not in page
    assert local.get("/documents", params={"page": 99}).status_code == 200
    assert local.get("/documents", params={"order": "'; --"}).status_code == 422


def test_a_document_shows_its_records_in_their_places(local):
    (document,) = [row["id"] for row in local.get("/api/documents?q=云栖县").json()["documents"]]
    page = local.get(f"/documents/{document}").text
    assert 'id="r-issues-0" class="k-issues"' in page
    assert 'href="#r-issues-0"' in page
    assert 'id="r-measures-0"' in page
    assert "权力集中与一把手监督" in page
    passage = local.get(f"/documents/{document}?start=12&end=20").text
    assert 'id="passage"' in passage
    assert 'id="passage"' not in local.get(f"/documents/{document}?start=20&end=12").text
    assert local.get(f"/documents/{document}?start=5000&end=9000").status_code == 200
    assert local.get(f"/documents/{document[:12]}").status_code == 200


def test_a_hit_leads_to_its_place(local):
    page = local.get("/search", params={"q": "药品采购权力集中", "kind": "issue"}).text
    address = re.search(r'<h2><a href="([^"]+)"', page)[1]
    document, anchor = address.split("#")
    assert f'id="{anchor}"' in local.get(document).text


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "通报一.txt",
        "zzzzzzzzzzzz",
        "0" * 64,
        "00",
        "ABCDEF0123",
    ],
)
def test_only_ids_lead_to_documents(local, name):
    for tail in ("", "/original", "/similar", "/pages/1.png"):
        assert local.get(f"/documents/{name}{tail}").status_code in (404, 422)
    assert local.get(f"/api/documents/{name}").status_code in (404, 422)


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"]
)
def test_static_files_are_ours_only(local, path):
    assert local.get(path).status_code == 404


def test_an_original_is_downloaded_never_shown(local, hostile):
    answer = local.get(f"/documents/{hostile}/original")
    assert answer.content.decode() == REPORTS[HOSTILE_NAME]
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="_img src=x onerror=alert(1)_.txt"')


def test_a_format_without_pages_has_no_images(local, hostile):
    assert local.get(f"/documents/{hostile}/pages/1.png").status_code == 400
    assert "原貌" not in local.get(f"/documents/{hostile}").text


def test_nothing_a_document_says_becomes_an_element(local, hostile):
    pages = [
        "/search",
        "/documents",
        f"/documents/{hostile}",
        f"/documents/{hostile}?start=0&end=30",
        f"/documents/{hostile}/similar",
        *(f"/search?q=药品采购{HOSTILE}&kind={kind}&unit=" for kind in ("passage", "issue", "measure", "document")),
        f'/search?q=采购&region="><img src=x onerror=alert(1)>&publisher={HOSTILE}',
        f"/documents?q={HOSTILE}",
        f"/login?next=/{HOSTILE}",
        f"/{HOSTILE}",
        f"/search?kind={HOSTILE}",
    ]
    for path in pages:
        elements = Elements(local.get(path, follow_redirects=True).text)
        for tag, attributes in elements.found:
            assert tag != "img" or attributes.get("src", "").startswith("/documents/"), path
            assert not [name for name in attributes if name.startswith("on")], path
            if tag == "script":
                assert attributes["src"].startswith("/static/"), path
    shown = "".join(Elements(local.get(f"/documents/{hostile}").text).text)
    assert shown.count(HOSTILE) >= 4
    assert HOSTILE_NAME in shown


def test_every_value_is_escaped_by_the_templates():
    made = environment()
    assert made.autoescape is True
    assert made.from_string("{{ x }}").render(x=HOSTILE) == "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"


def test_similar_documents_and_sources_are_given(local):
    for document in document_ids(local):
        assert local.get(f"/documents/{document}/similar").status_code == 200
        assert document not in [hit["document"] for hit in local.get(f"/api/documents/{document}/similar").json()]
        assert [row["id"] for row in local.get(f"/api/documents/{document}/sources").json()] == [document]


def test_an_explanation_names_the_rules(app, local, monkeypatch):
    from docintel.schema import Ground

    (document,) = [row["id"] for row in local.get("/api/documents?q=云栖县").json()["documents"]]
    with app.state.docintel.libraries.borrow() as library:
        extraction = library.extraction(document)
    from dataclasses import replace

    ground = Ground("category", "work/<b>rule</b>", extraction.issues[0].evidence)
    explained = replace(extraction, issues=(replace(extraction.issues[0], grounds=(ground,)),))
    asked = []
    monkeypatch.setattr("docintel.library.Library.explained", lambda _, name: asked.append(name) or explained)
    piece = local.get(f"/documents/{document}/records/issues/0", headers={"HX-Request": "true"}).text
    assert "work/&lt;b&gt;rule&lt;/b&gt;" in piece
    assert "类别" in piece
    assert "<html" not in piece
    answer = local.get(f"/api/documents/{document}/records/issues/0").json()
    assert answer["grounds"][0]["rule"] == "work/<b>rule</b>"
    assert asked == [document], "the second to ask about a document is told from what the first one learned"
    assert local.get(f"/documents/{document}/records/issues/9", headers={"HX-Request": "true"}).status_code == 400
    assert local.get(f"/documents/{document}/records/nonsense/0").status_code == 400


def test_the_page_speaks_english_when_asked(local):
    local.post("/language", data={"csrf": csrf(local, "/search"), "lang": "en", "next": "/documents"})
    for path in ("/search", "/search?q=采购", "/documents", "/account", "/nope"):
        page = local.get(path).text
        assert '<html lang="en">' in page
        frame = re.sub(
            r"采购|药品|通报|云栖|青岚|耗材",
            "",
            re.sub(r"<(em|blockquote|h2|td|li|a|textarea)\b.*?</\1>", "", page, flags=re.S),
        )
        assert (
            re.findall(
                "[\u4e00-\u9fff]{2,}", re.sub(r"lang=\"zh\">中文|\S*\.txt|(value|placeholder)=\"[^\"]*\"", "", frame)
            )
            == []
        )


def test_the_api_describes_itself(local):
    described = local.get("/api/openapi.json").json()
    assert {"/api/search", "/api/documents", "/api/documents/{document}", "/api/session"} <= set(described["paths"])
    assert all(path.startswith("/api/") for path in described["paths"])
    assert local.get("/docs").status_code == local.get("/openapi.json").status_code == 404


def test_a_client_of_the_api_gets_what_it_needs_to_change_something(local):
    token = local.get("/api/session").json()["csrf"]
    saved = {"name": "采购", "query": "q=采购"}
    assert local.post("/search/saved", data=saved, headers={"X-CSRF-Token": token}).status_code == 303


def test_errors_of_the_api_have_one_shape(local):
    for path, status in (
        ("/api/nope", 404),
        ("/api/search", 400),
        ("/api/search?kind=x", 422),
        ("/api/documents/zz", 422),
        ("/api/search?q=x&since=y", 400),
    ):
        answer = local.get(path)
        assert answer.status_code == status
        assert answer.json().keys() == {"error", "hint", "status"}
        assert answer.json()["status"] == status
