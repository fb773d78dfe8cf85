"""Fixtures for tests with a real browser: a library of sample reports, `docintel serve` on it, Debian's chromium."""

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.serving import Server, make_library, sample_reports
from tests.browser.pages import ADDRESSES
from tests.browser.samples import DESKTOP, HOSTILE_NAME, HOSTILE_TEXT, scanned_notice

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
#: What runs wherever there is a browser.
SMOKE = "test_smoke.py"
PASSWORD = "一句不短的密码就够用了"
ACCOUNTS = {"陈静": "administrator", "王敏": "editor", "刘洋": "reader"}
REPORTS = ("meeting_01", "meeting_12", "inspection_report_01", "news_02", "case_notice_07", "other_10", "commentary_03")
PDF = "关于耗材管理的通知"


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    """A library of seven reports and a PDF, with an account for each role."""
    folder = tmp_path_factory.mktemp("browser")
    hostile = folder / HOSTILE_NAME
    hostile.write_text(HOSTILE_TEXT, encoding="utf-8")
    notice = scanned_notice(folder / f"{PDF}.pdf")
    make_library(folder / "library", [*sample_reports(REPORTS), notice, hostile], ACCOUNTS, PASSWORD)
    return folder / "library"


@pytest.fixture(scope="session")
def server(library):
    with Server(library) as running:
        yield running
        assert "Traceback" not in running.said, running.said[:4000]


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sessions(chromium, server):
    """The cookies of each account that has logged in, by name."""
    kept = {}
    for name in ACCOUNTS:
        context = chromium.new_context(base_url=server.url)
        log_in(context.new_page(), name)
        kept[name] = context.storage_state()
        context.close()
    return kept


@pytest.fixture(scope="session")
def documents(chromium, server, sessions):
    """Ids of the documents by the beginnings of their names, and the address of a list of problems.

    There are a plan and a correction to be looked at, too.
    """
    context = chromium.new_context(base_url=server.url, storage_state=sessions["陈静"])
    asked = context.request
    rows = asked.get("/api/documents").json()["documents"]
    found = {
        beginning: row["id"] for row in rows for beginning in (*REPORTS, PDF) if row["source"].startswith(beginning)
    }
    report, token = found["inspection_report_01"], asked.get("/api/session").json()["csrf"]
    measures = asked.get(f"/api/documents/{report}").json()["measures"]
    picked = {"problem": "耗材二级库账实不符", "document": report, "ordinal": 0, "quote": measures[0]["quote"]}
    accepted = {"kind": "measures", "ordinal": 1, "quote": measures[1]["quote"], "action": "accept", "confirmed": 1}
    for path, form in (("/suggest/plan", picked), (f"/documents/{report}/corrections", accepted)):
        answer = asked.post(path, form={"csrf": token} | form)
        assert answer.ok, answer.text()
    pasted = {"csrf": token, "text": "耗材二级库账实不符\n药品采购权力过于集中"}
    found["list"] = asked.post("/suggest/list", form=pasted, max_redirects=0).headers["location"]
    context.close()
    return found


@pytest.fixture
def open_browser(chromium, server, sessions):
    """Opens windows: `with open_browser("王敏") as page`. A script that fails or is refused fails the test."""

    @contextmanager
    def open_window(account="陈静", viewport=DESKTOP, language="zh", **more):
        context = chromium.new_context(
            base_url=server.url, storage_state=sessions[account] if account else None, viewport=viewport, **more
        )
        context.add_cookies([{"name": "lang", "value": language, "url": server.url}])
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(f"a script ran: {dialog.message}"))
        page.on(
            "request", lambda asked: said.append(asked.url) if not asked.url.startswith((server.url, "data:")) else None
        )
        yield page
        context.close()
        # A status of 4xx is told on the console too; the tests that want one say so by what they look at.
        assert [line for line in said if "Failed to load resource" not in line] == []

    return open_window


@pytest.fixture
def visit(open_browser, documents):
    """Opens a page by its name in ADDRESSES: `with visit("search") as page`."""

    @contextmanager
    def visited(name, **look):
        with open_browser(account=None if name == "login" else "陈静", **look) as page:
            page.goto(ADDRESSES[name].format(**documents))
            settle(page)
            yield page

    return visited


def log_in(page, name):
    page.goto("/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/search")


def settle(page):
    """Wait until nothing is being loaded; pieces that htmx fetches when they come into view begin a frame later."""
    page.wait_for_load_state()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    page.wait_for_function("() => !document.querySelector('.htmx-request')")


def pytest_collection_modifyitems(config, items):
    """Where there is no browser leave all tests of this folder out; where nobody asked for them, all but the first."""
    asked = config.getoption("--browser")
    reason = (
        "the other tests with a browser run with --browser"
        if CHROMIUM
        else "there is no chromium: scripts/setup --browser installs it"
    )
    for item in items:
        if Path(__file__).parent in item.path.parents and not (CHROMIUM and (asked or item.path.name == SMOKE)):
            item.add_marker(pytest.mark.skip(reason=reason))
