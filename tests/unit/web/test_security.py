"""Who may do what, route by route, and what an attacker may try."""

import re

import pytest
from fastapi import APIRouter

from docintel.errors import InputError
from docintel.web.accounts import Role
from docintel.web.app import PAGES, create_app
from docintel.web.audit import Action
from docintel.web.page import Page
from docintel.web.security import BODY_BYTES, CSRF_HEADER, permissions, safe_path
from docintel.web.sessions import COOKIE
from docintel.web.settings import Settings
from tests.unit.web.conftest import PASSWORD, browser, csrf, document_ids, log_in, open_library

ROUTES = [(method, route, allowed) for page in PAGES for router in (page.html, page.json)
          for route, allowed in permissions(router.routes) for method in sorted(route.methods)]  # fmt: skip
CHANGING = [each for each in ROUTES if each[0] != "GET"]


def _request(browser, method, route, document):
    """A request to a route with something in each gap of its path, and the token where it changes something."""
    path = route.path if route in _HTML else f"/api{route.path}"
    path = path.replace("{document}", document).replace("{kind}", "issues").replace("{number}", "0")
    headers = {} if method == "GET" else {CSRF_HEADER: browser.get("/api/session").json()["csrf"]}
    return browser.request(method, path, headers=headers)


_HTML = [route for page in PAGES for route in page.html.routes]


def _is_refused(answer):
    return answer.status_code in (401, 403) or answer.headers.get("location", "").startswith("/login")


def test_every_route_of_the_application_says_whom_it_lets_pass(app):
    found = dict.fromkeys(route.path for route, _ in permissions(app.routes))
    assert {route.path for _, route, _ in ROUTES} <= set(found)
    undeclared = [route for route, allowed in permissions(app.routes) if allowed is None]
    assert [route.path for route in undeclared] == ["/static"]


def test_an_application_with_a_route_that_does_not_say_so_does_not_start(folder):
    html = APIRouter()
    html.get("/open")(lambda: "everything")
    with pytest.raises(TypeError, match="/open"):
        create_app(folder, pages=(Page(name="open", html=html),), open_library=lambda: open_library(folder))


def test_only_these_routes_are_open_to_everybody():
    assert {(method, route.path) for method, route, allowed in ROUTES if allowed.role is None} == {
        ("GET", "/"), ("GET", "/login"), ("POST", "/login"), ("POST", "/logout"), ("POST", "/language"),
        ("GET", "/session"),
    }  # fmt: skip


@pytest.fixture
def visitors(staffed, local):
    document = open_library(staffed.state.docintel.libraries.folder).browse()[1][0]["id"]
    return {role: log_in(staffed, str(role)) for role in Role} | {None: browser(staffed)}, document


def test_each_route_lets_pass_whom_it_says(staffed, visitors):
    browsers, document = visitors
    staffed.state.docintel.closing.set()  # answers that never end would be waited for
    for method, route, allowed in ROUTES:
        for role, each in browsers.items():
            if route.path == "/logout":
                continue  # would end the session for those after it
            passes = allowed.role is None or (role is not None and role.covers(allowed.role))
            answer = _request(each, method, route, document)
            refused = _is_refused(answer) and route.path != "/login"
            assert refused is not passes, f"{method} {route.path} as {role}: {answer.status_code}"


@pytest.mark.parametrize(
    ("method", "route", "allowed"), CHANGING, ids=[f"{each[0]} {each[1].path}" for each in CHANGING]
)
def test_nothing_changes_without_the_token(local, method, route, allowed):
    path = (route.path if route in _HTML else f"/api{route.path}").replace("{number}", "0")
    local.get("/search")
    for headers in ({}, {CSRF_HEADER: "0" * 64}, {CSRF_HEADER: ""}, {"content-type": "text/plain"}):
        assert local.request(method, path, headers=headers).status_code == 403
    assert local.request(method, path, data={"csrf": "wrong"}).status_code == 403
    assert local.request(method, path, files={"csrf": "x"}).status_code == 403


def test_a_token_of_another_browser_does_not_count(app):
    mine, theirs = browser(app), browser(app)
    mine.get("/search")
    stolen = csrf(theirs, "/search")
    assert mine.post("/language", data={"csrf": stolen, "lang": "en"}).status_code == 403
    assert mine.post("/language", data={"csrf": csrf(mine, "/search"), "lang": "en"}).status_code == 303


def test_without_accounts_whoever_is_at_this_machine_is_the_administrator(app, local):
    assert local.get("/api/session").json() | {"csrf": ""} == {"account": "", "role": "administrator", "csrf": ""}
    assert "本机用户" in local.get("/search").text
    assert browser(app, client=("10.0.0.9", 1)).get("/search").headers["location"].startswith("/login")


def test_with_accounts_everybody_logs_in(staffed):
    stranger = browser(staffed)
    answer = stranger.get("/search?q=统方&kind=issue")
    assert answer.headers["location"] == "/login?next=%2Fsearch%3Fq%3D%25E7%25BB%259F%25E6%2596%25B9%26kind%3Dissue"
    assert stranger.get("/api/search?q=统方").status_code == 401
    assert stranger.get("/api/search?q=统方").json().keys() == {"error", "hint", "status"}
    piece = stranger.get("/documents", headers={"HX-Request": "true"})
    assert (piece.status_code, piece.headers["HX-Redirect"]) == (401, "/login")


def test_who_logs_in_goes_on_to_what_was_asked_for(staffed):
    found = browser(staffed)
    form = {"csrf": csrf(found), "name": "reader", "password": PASSWORD, "next": "/search?q=采购"}
    assert found.post("/login", data=form).headers["location"] == "/search?q=%E9%87%87%E8%B4%AD"
    assert "reader" in found.get("/search").text
    assert found.get("/login").headers["location"] == "/"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "evil",
        "",
        "javascript:alert(1)",
        "/\nLocation: x",
        "/a\tb",
    ],
)
def test_a_login_leads_nowhere_else(staffed, path):
    found = browser(staffed)
    form = {"csrf": csrf(found), "name": "reader", "password": PASSWORD, "next": path}
    assert found.post("/login", data=form).headers["location"] == "/"


def test_safe_paths_stay():
    assert safe_path("/documents/abc?start=1#r-issues-0") == "/documents/abc?start=1#r-issues-0"


def test_a_session_known_before_the_login_is_not_the_one_after_it(staffed):
    victim = browser(staffed)
    victim.get("/login")
    fixed = victim.cookies[COOKIE]
    token = csrf(victim)
    victim.post("/login", data={"csrf": token, "name": "reader", "password": PASSWORD})
    assert victim.cookies[COOKIE] != fixed
    attacker = browser(staffed)
    attacker.cookies.set(COOKIE, fixed)
    assert attacker.get("/search").status_code == 303
    assert victim.get("/search").status_code == 200
    assert victim.post("/language", data={"csrf": token, "lang": "en"}).status_code == 403, (
        "the old token is worth nothing"
    )


def test_a_cookie_cannot_be_made_or_changed(staffed):
    known = log_in(staffed, "reader")
    value = known.cookies[COOKIE].strip('"')
    for forged in ("reader", value[:-2] + "AA", value.replace(value[0], "x" if value[0] != "x" else "y", 1)):
        attacker = browser(staffed)
        attacker.cookies.set(COOKIE, forged)
        assert attacker.get("/search").status_code == 303


def test_logging_out_ends_the_session_on_the_server(staffed):
    known = log_in(staffed, "reader")
    kept = known.cookies[COOKIE]
    assert known.post("/logout", data={"csrf": csrf(known, "/search")}).status_code == 303
    known.cookies.set(COOKIE, kept)
    assert known.get("/search").status_code == 303


def test_the_session_cookie_is_out_of_reach(app, make_app):
    set_cookie = browser(app).get("/search").headers["set-cookie"]
    assert "HttpOnly" in set_cookie
    assert "SameSite=lax" in set_cookie
    assert "Secure" not in set_cookie
    secure = make_app(Settings(secure=True))
    assert "Secure" in browser(secure).get("/search").headers["set-cookie"]


def test_guessing_passwords_ends_after_five(staffed):
    attacker = browser(staffed)
    token = csrf(attacker)
    codes = [
        attacker.post("/login", data={"csrf": token, "name": "reader", "password": f"猜{i}"}).status_code
        for i in range(7)
    ]
    assert codes == [401] * 5 + [429] * 2
    right = attacker.post("/login", data={"csrf": token, "name": "reader", "password": PASSWORD})
    assert right.status_code == 429, "the right one does not help within the quarter of an hour"
    failed = staffed.state.docintel.audit.entries(action=Action.LOG_IN_FAILED)
    assert [each.account for each in failed] == ["reader"] * 5


def test_wrong_names_and_wrong_passwords_look_the_same(staffed):
    found = browser(staffed)
    token = csrf(found)
    pages = [
        re.sub(r'value="[^"]*"', "", found.post("/login", data={"csrf": token, "name": name, "password": "错的"}).text)
        for name in ("reader", "nobody")
    ]
    assert pages[0] == pages[1]


def test_one_account_does_not_touch_anothers_searches(staffed):
    mine, theirs = log_in(staffed, "reader"), log_in(staffed, "editor")
    mine.post("/search/saved", data={"csrf": csrf(mine, "/search"), "name": "我的", "query": "q=采购"})
    (saved,) = mine.get("/api/searches").json()
    assert theirs.get("/api/searches").json() == []
    answer = theirs.post(f"/search/saved/{saved['id']}/remove", data={"csrf": csrf(theirs, "/search")})
    assert answer.status_code == 404
    assert mine.get("/api/searches").json() == [saved]


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(staffed):
    known = log_in(staffed, "reader")
    assert known.get("/search").status_code == 200
    staffed.state.docintel.accounts.remove("reader")
    assert known.get("/search").status_code == 303


def test_changing_ones_password_ends_the_other_sessions(staffed):
    here, elsewhere = log_in(staffed, "reader"), log_in(staffed, "reader")
    form = {
        "csrf": csrf(here, "/account"),
        "old": PASSWORD,
        "new": "换成另一句不短的密码",
        "again": "换成另一句不短的密码",
    }
    wrong = here.post("/account/password", data=form | {"old": "错的密码"})
    assert (wrong.status_code, "当前密码不正确" in wrong.text) == (400, True)
    assert here.post("/account/password", data=form | {"again": "别的"}).status_code == 400
    assert here.post("/account/password", data=form).status_code == 200
    assert here.get("/search").status_code == 200
    assert elsewhere.get("/search").status_code == 303
    assert log_in(staffed, "reader", "换成另一句不短的密码")


def test_the_office_is_not_let_in_without_accounts(folder, make_app):
    for settings in (Settings(host="0.0.0.0"), Settings(host="192.168.1.5"), Settings(names=("docintel.office",))):
        with pytest.raises(InputError) as caught:
            make_app(settings)
        assert "docintel accounts add" in caught.value.hint


def test_the_office_logs_in_and_the_last_account_gone_opens_nothing(office):
    stranger = browser(office, client=("10.0.0.9", 1), host="10.0.0.2")
    assert stranger.get("/search").status_code == 303
    assert log_in(office, "reader", client=("10.0.0.9", 1), host="10.0.0.2").get("/search").status_code == 200
    for role in Role:
        office.state.docintel.accounts.remove(str(role))
    for client in (("10.0.0.9", 1), ("127.0.0.1", 1)):
        assert browser(office, client=client, host="10.0.0.2").get("/search").status_code == 303


def test_who_did_what_is_written_down(staffed):
    known = log_in(staffed, "reader")
    known.get("/search?q=药品采购&type=news")
    known.get("/search/export?q=药品采购&how=csv")
    document = document_ids(known)[0]
    known.get(f"/documents/{document}")
    known.get(f"/documents/{document}/original")
    known.post("/search/saved", data={"csrf": csrf(known, "/search"), "name": "我的", "query": "q=采购"})
    known.post("/logout", data={"csrf": csrf(known, "/search")})
    entries = list(reversed(staffed.state.docintel.audit.entries()))
    assert [each.action for each in entries] == [
        Action.LOG_IN, Action.SEARCH, Action.EXPORT, Action.VIEW, Action.DOWNLOAD, Action.CHANGE, Action.LOG_OUT
    ]  # fmt: skip
    assert {(each.account, each.address) for each in entries} == {("reader", "127.0.0.1")}
    assert (entries[1].target, entries[1].detail["type"]) == ("药品采购", "news")
    assert entries[3].target == document


def test_a_body_that_is_too_large_is_not_read(local):
    token = csrf(local, "/search")
    large = {"csrf": token, "name": "x" * (BODY_BYTES + 1), "query": "q=x"}
    assert local.post("/search/saved", data=large).status_code == 413

    def endless():
        for _ in range(40):
            yield b"x" * 65536

    headers = {CSRF_HEADER: token, "content-type": "application/x-www-form-urlencoded"}
    answer = local.post("/search/saved", content=endless(), headers=headers)
    assert answer.status_code == 413
