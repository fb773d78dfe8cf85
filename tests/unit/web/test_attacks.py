"""What an attacker may try that no single page answers for; docs/security.md lists all attacks with their tests."""

import io
import re
import socket
import threading
import zipfile
from pathlib import Path

import pytest

from docintel.web.app import PAGES
from docintel.web.security import UPLOAD_BYTES, permissions
from tests.unit.web.conftest import PASSWORD, browser, csrf, document_ids, log_in

SQL = "x' OR '1'='1' --"
WORSE = "'; DROP TABLE documents; --"
FILTERS = (
    "q",
    "type",
    "category",
    "region",
    "unit",
    "publisher",
    "reference",
    "state",
    "order",
    "kind",
    "by",
    "at",
    "metric",
)
ROUTES = [f"{prefix}{route.path}" for page in PAGES for prefix, router in (("", page.html), ("/api", page.json))
          for route, _ in permissions(router.routes) if "GET" in route.methods]  # fmt: skip
READING = [path for path in ROUTES if "{" not in path and not path.endswith("/events")]  # events never end


@pytest.mark.parametrize("path", READING)
def test_a_filter_is_a_value_and_never_sql(local, path):
    before = document_ids(local)
    for value in (SQL, WORSE):
        for name in FILTERS:
            answer = local.get(path, params={"q": "采购", name: value, "how": "xlsx"})
            assert answer.status_code < 500, (name, answer.text[:500])
    assert document_ids(local) == before


def test_a_filter_that_is_always_true_in_sql_finds_nothing(local):
    assert local.get("/api/documents", params={"region": SQL}).json()["total"] == 0
    assert local.get("/api/documents", params={"q": SQL}).json()["total"] == 0


@pytest.mark.parametrize(
    "name", ["../../accounts.sqlite", "..%2f..%2faccounts.sqlite", "%2e%2e/accounts.sqlite", "/etc/passwd"]
)
def test_a_download_leads_to_no_other_file(local, name):
    for path in (
        f"/documents/{name}/original",
        f"/documents/{name}",
        f"/documents/{name}/pages/1.png",
        f"/static/{name}",
    ):
        answer = local.get(path)
        assert answer.status_code in (404, 422), path
        assert b"SQLite" not in answer.content


@pytest.mark.parametrize("path", ["/search/export"])
def test_the_name_of_an_export_adds_no_header(local, path):
    for attack in ("\r\nSet-Cookie: a=b", '"; filename="evil.exe', "\u2028x", "\0"):
        answer = local.get(path, params={"q": f"采购{attack}", "how": "csv"})
        assert answer.status_code in (200, 400), attack
        assert "a=b" not in answer.headers.get("set-cookie", "")
        said = answer.headers.get("content-disposition", 'filename=""')
        assert said.count('"') == 2, "the name ends where its quotes do"


def test_each_test_that_the_page_on_security_names_is_there():
    here = Path(__file__)
    root = here.parents[3]
    last = here
    named = re.findall(r"`(?:([\w/]+\.py)(?:::(\w+))?|…(\w+))`", (root / "docs" / "security.md").read_text("utf-8"))
    assert len(named) > 40
    for file, test, end in named:
        last = (root / file if "/" in file else here.parent / file) if file else last
        wanted = rf"def {test}\(" if test else rf"def test_\w*{end}\(" if end else ""
        assert re.search(wanted, last.read_text("utf-8")), (last.name, test or end)


def _drop(browser, name, data):
    return browser.post(
        "/suggest/report", files={"file": (name, data)}, headers={"X-CSRF-Token": csrf(browser, "/search")}
    )


def test_a_zip_bomb_is_refused_and_says_why(local):
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb,
        bomb.open("报告.txt", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(bytes(1 << 20))
    assert len(packed.getvalue()) < UPLOAD_BYTES
    answer = _drop(local, "报告.zip", packed.getvalue())
    assert answer.status_code == 400
    assert "压缩" in answer.text or "过大" in answer.text or "上限" in answer.text


def test_what_a_document_points_to_is_not_fetched(local):
    """SSRF: images, styles, frames, entities and includes of a report lead nowhere."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        done = threading.Event()

        def listen():
            while not done.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                asked.append(connection.recv(1000))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/secret"
        page = (
            f'<!DOCTYPE html [<!ENTITY x SYSTEM "{url}">]><html><head><base href="{url}">'
            f'<link rel="stylesheet" href="{url}"><meta http-equiv="refresh" content="0;url={url}"></head>'
            f'<body><h1>通报</h1><img src="{url}"><iframe src="{url}"></iframe>'
            "<p>采购有账实不符的问题。医院采取盘点的措施。&x;</p></body></html>"
        )
        answer = _drop(local, "通报.html", page.encode())
        assert answer.status_code == 303, answer.text
        assert local.get(answer.headers["location"]).status_code == 200
        assert local.get("/search", params={"q": url}).status_code == 200
        done.set()
        thread.join()
    assert asked == []


def test_nobody_changes_or_reads_the_plan_of_another(staffed):
    mine, theirs = log_in(staffed, "editor"), log_in(staffed, "administrator")
    mine.post("/suggest/plan/rows", data={"csrf": csrf(mine, "/suggest/plan"), "problem": "我的问题"})
    (row,) = mine.get("/api/plan").json()
    token = csrf(theirs, "/search")
    for path, form in (("", {"problem": "改掉"}), ("/move", {"by": "1"}), ("/remove", {})):
        theirs.post(f"/suggest/plan/rows/{row['id']}{path}", data={"csrf": token} | form)
    assert mine.get("/api/plan").json() == [row]
    assert theirs.get("/api/plan").json() == []
    assert "我的问题" not in theirs.get("/suggest/plan").text


def test_a_reader_corrects_nothing_whatever_the_form_says(staffed):
    reader = log_in(staffed, "reader")
    (document, *_) = document_ids(reader)
    form = {"csrf": csrf(reader, "/search"), "kind": "issues", "ordinal": 0, "action": "reject", "confirmed": 1}
    assert reader.post(f"/documents/{document}/corrections", data=form | {"role": "administrator"}).status_code == 403
    assert reader.post(f"/documents/{document}/corrections?role=administrator", data=form).status_code == 403


def test_guesses_that_are_spread_over_names_end_too(staffed):
    attacker = browser(staffed)
    token = csrf(attacker)
    codes = {attacker.post("/login", data={"csrf": token, "name": f"user{i}", "password": PASSWORD}).status_code
             for i in range(40)}  # fmt: skip
    assert codes == {401, 429}
