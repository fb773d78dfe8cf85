"""Fixtures for the page: an application on a small library, and browsers with and without accounts."""

import re
import shutil
from functools import partial

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from docintel.library import Library
from docintel.suggest import Similarity
from docintel.web.accounts import Role
from docintel.web.app import create_app
from docintel.web.settings import Settings
from tests.conftest import extract_marked
from tests.factories import BigramEncoder

PASSWORD = "一句不短的密码就够用了"
HERE = ("127.0.0.1", 50_000)
HOSTILE = "<script>alert('x')</script>"
REPORTS = {
    "通报一.txt": "云栖县药品采购通报\n\n检查发现药品采购权力集中的问题。医院采取措施，建立采购委员会。\n2023年5月4日",
    "通报二.txt": "青岚市耗材管理通报\n\n耗材二级库账实不符的问题突出。医院采取措施，逐库盘点耗材。\n2022年3月1日",
    "<img src=x onerror=alert(1)>.txt": f"关于{HOSTILE}的通报\n\n采购有{HOSTILE}问题。{HOSTILE}措施。\n2021年1月1日",
}


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    """Hashes that cost milliseconds; what the shipped ones cost is argon2's own default."""
    monkeypatch.setattr("docintel.web.accounts.PasswordHasher", partial(PasswordHasher, 1, 64, 1))


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A library with three reports, one of them hostile; not to be changed."""
    root = tmp_path_factory.mktemp("filled")
    (root / "reports").mkdir()
    for name, text in REPORTS.items():
        (root / "reports" / name).write_text(text, encoding="utf-8")
    with open_library(root / "library") as library:
        library.ingest(root / "reports")
    return root / "library"


@pytest.fixture
def folder(filled, tmp_path):
    """A copy of that library."""
    return shutil.copytree(filled, tmp_path / "library")


def open_library(folder):
    similarity = Similarity(unrelated=0.4, same=0.9)  # of BigramEncoder's cosines
    return Library(folder, encoder=BigramEncoder(), extractor=extract_marked, similarity=similarity)


@pytest.fixture
def make_app(folder):
    """Makes applications on the library, and closes them."""
    made = []

    def make(settings=None, **more):
        made.append(create_app(folder, settings, open_library=lambda: open_library(folder), **more))
        return made[-1]

    yield make
    for app in made:
        app.state.docintel.libraries.close()
        app.state.docintel.database.close()


@pytest.fixture
def app(make_app):
    """An application for this machine alone, without accounts."""
    return make_app()


@pytest.fixture
def local(app):
    """A browser on this machine: the administrator, as there are no accounts."""
    return browser(app)


@pytest.fixture
def staffed(app):
    """The application with an account for each role, named like it."""
    for role in Role:
        app.state.docintel.accounts.add(str(role), role, PASSWORD)
    return app


@pytest.fixture
def office(make_app, staffed):
    """An application that the office network can reach."""
    return make_app(Settings(host="0.0.0.0"))


def browser(app, *, client=HERE, host="localhost"):
    return TestClient(app, base_url=f"http://{host}", client=client, follow_redirects=False)


def csrf(browser, path="/login"):
    """The token that the forms of a page carry."""
    return re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get(path).text)[1]


def log_in(app, name, password=PASSWORD, **more):
    """A browser that has logged in."""
    found = browser(app, **more)
    answer = found.post("/login", data={"csrf": csrf(found), "name": name, "password": password})
    assert answer.status_code == 303, answer.text
    return found


def document_ids(browser):
    return [row["id"] for row in browser.get("/api/documents").json()["documents"]]
