import pytest

from docintel.web.middleware import HEADERS, known_hosts
from docintel.web.page import Page
from docintel.web.pages import documents, entrance, search
from docintel.web.security import Anyone
from docintel.web.settings import Settings, is_loopback
from tests.unit.web.conftest import browser


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/search", 200),
        ("/", 303),
        ("/nope", 404),
        ("/api/nope", 404),
        ("/api/search?q=采购", 200),
        ("/search?kind=x", 422),
        ("/static/docintel.css", 200),
        ("/static/nope.css", 404),
        ("/documents/0123456789abcdef", 404),
    ],
)
def test_every_answer_has_the_headers(local, path, status):
    answer = local.get(path)
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers.get_list("X-Content-Type-Options") == ["nosniff"]


def test_the_answer_to_a_defect_has_them_too_and_tells_nothing(make_app):
    from fastapi import APIRouter

    html = APIRouter()

    @html.get("/broken")
    def broken(visitor: Anyone):
        raise RuntimeError("the secret of the house")

    app = make_app(pages=(search.PAGE, documents.PAGE, entrance.PAGE, Page(name="broken", html=html)))
    found = browser(app)
    found._transport.raise_server_exceptions = False
    answer = found.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert "secret" not in answer.text
    assert "系统内部出错" in answer.text


def test_the_policy_lets_nothing_inline_or_foreign_run():
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "http:" not in policy
    assert "*" not in policy


def test_what_stands_in_the_library_is_kept_by_no_cache(local):
    for path in ("/search?q=采购", "/api/search?q=采购", "/documents"):
        assert local.get(path).headers["Cache-Control"] == "no-store"
    assert "immutable" in local.get("/static/docintel.css?v=1").headers["Cache-Control"]
    assert local.get("/static/docintel.css").headers["Cache-Control"] == "no-cache"


def test_other_names_are_refused(app):
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.2", "evil.example:8321"):
        assert browser(app, host=host).get("/search").status_code == 421
    for host in ("localhost", "127.0.0.1:8321", "[::1]:8321", "LOCALHOST:1"):
        assert browser(app, host=host).get("/search").status_code == 200
    assert browser(app).get("/search", headers={"host": ""}).status_code == 421


@pytest.mark.parametrize(
    ("header", "known"),
    [("10.0.0.2:8321", True), ("[fd00::1]:8321", True), ("docs.office", True), ("DOCS.office:443", True),
     ("evil.example", False), ("", False), ("[evil]", False)],
)  # fmt: skip
def test_names_in_an_office(header, known):
    assert known_hosts(Settings(host="0.0.0.0", names=("docs.office",)))(header) is known


def test_loopback():
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.1", "office", "", "127.0.0.1.evil")))
    assert not Settings(names=("docs.office",)).is_local


def test_a_secure_page_says_so(make_app):
    assert "Strict-Transport-Security" in browser(make_app(Settings(secure=True))).get("/login").headers
