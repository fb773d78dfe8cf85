"""`docintel serve` as an operator starts it: who may use it, what it says, what a kill leaves behind."""

import os
import re
import signal
import subprocess
import sys
import time

import httpx
import pytest

from docintel.web.audit import Audit
from docintel.web.database import Database
from tests.unit.web.conftest import PASSWORD

pytestmark = [pytest.mark.model, pytest.mark.slow]


def docintel(*arguments, text=""):
    command = [sys.executable, "-m", "docintel", *map(str, arguments)]
    return subprocess.run(command, check=False, input=text, capture_output=True, text=True, timeout=240)


@pytest.fixture
def folder(tmp_path):
    reports = tmp_path / "reports"
    reports.mkdir()
    text = (
        "云栖县药品采购通报\n\n检查发现药品采购权力过于集中的问题。医院建立采购委员会，完善采购制度。\n\n2023年5月4日\n"
    )
    (reports / "通报.txt").write_text(text, encoding="utf-8")
    assert docintel("ingest", reports, "--library", tmp_path / "library").returncode == 0
    return tmp_path / "library"


class Server:
    """`docintel serve` in a process of its own."""

    def __init__(self, folder, *options):
        command = [sys.executable, "-u", "-m", "docintel", "serve", "--library", str(folder), "--port", "0", *options]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"COLUMNS": "200"}
        )
        self.said = ""
        while "Ctrl+C" not in self.said:
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        self.port = int(re.search(r":(\d+)/", self.said)[1])
        self.browser = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=120)
        for _ in range(100):
            try:
                self.browser.get("/static/icon.svg")
                break
            except httpx.ConnectError:
                time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.browser.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def csrf(browser, path):
    return re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get(path).text)[1]


def test_the_page_serves_a_library_on_this_machine(folder):
    with Server(folder) as server:
        assert "127.0.0.1" in server.said
        page = server.browser.get("/search", params={"q": "采购权力集中"})
        assert page.status_code == 200
        assert "云栖县药品采购通报" in page.text
        assert "server" not in page.headers
        document = server.browser.get("/api/documents").json()["documents"][0]["id"]
        explanation = server.browser.get(f"/api/documents/{document}/records/measures/0").json()
        assert explanation["grounds"]
        assert server.browser.get("/search", headers={"host": "evil.example"}).status_code == 421
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(timeout=30) in (0, 130, -signal.SIGINT)


def test_others_are_let_in_with_accounts_only(folder):
    refused = docintel("serve", "--library", folder, "--host", "0.0.0.0", "--port", "0")
    assert refused.returncode == 2
    assert "docintel accounts add" in refused.stderr
    made = docintel(
        "accounts", "add", "王敏", "--role", "editor", "--password-stdin", "--library", folder, text=PASSWORD
    )
    assert made.returncode == 0, made.stderr
    assert PASSWORD not in made.stdout + made.stderr
    with Server(folder, "--host", "0.0.0.0") as server:
        assert server.browser.get("/search").status_code == 303
        form = {"csrf": csrf(server.browser, "/login"), "name": "王敏", "password": PASSWORD}
        assert server.browser.post("/login", data=form).status_code == 303
        assert "王敏" in server.browser.get("/search").text
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        kept = dict(server.browser.cookies)
    with Server(folder, "--host", "0.0.0.0") as server:
        server.browser.cookies.update(kept)
        assert "王敏" in server.browser.get("/search").text, "a session outlives the server"
        changed = docintel(
            "accounts", "password", "王敏", "--password-stdin", "--library", folder, text=PASSWORD + "了"
        )
        assert changed.returncode == 0
        assert server.browser.get("/search").status_code == 303, "another process ended it"


def test_what_another_process_reads_is_found_at_once(folder, tmp_path):
    with Server(folder) as server:
        assert server.browser.get("/api/documents").json()["total"] == 1
        (tmp_path / "另一份.txt").write_text(
            "青岚市耗材通报\n\n检查发现耗材账实不符的问题，医院逐库盘点。\n", encoding="utf-8"
        )
        assert docintel("ingest", tmp_path / "另一份.txt", "--library", folder).returncode == 0
        assert server.browser.get("/api/documents").json()["total"] == 2
        assert "耗材" in server.browser.get("/api/search", params={"q": "耗材账实不符"}).json()["hits"][0]["quote"]


def test_accounts_are_looked_after(tmp_path):
    folder = tmp_path / "library"
    add = ("accounts", "add", "--password-stdin", "--library", folder)
    assert docintel(*add, "li", text=PASSWORD + "\n").returncode == 0
    for arguments, text in (("li", PASSWORD), ("wang", "短"), ("a b", PASSWORD)):
        wrong = docintel(*add, arguments, text=text)
        assert wrong.returncode == 2
        assert "Traceback" not in wrong.stderr
    assert docintel(*add, "wang", "--role", "boss", text=PASSWORD).returncode == 2
    assert docintel("accounts", "role", "li", "administrator", "--library", folder).returncode == 0
    assert '"role": "administrator"' in docintel("accounts", "list", "--json", "--library", folder).stdout
    assert docintel("accounts", "remove", "li", "--library", folder).returncode == 0
    with Database(folder) as database:
        noted = [(entry.target, *entry.detail) for entry in reversed(Audit(database).entries())]
    assert noted == [("li", "made"), ("li", "role"), ("li", "removed")]
    assert docintel("accounts", "remove", "li", "--library", folder).returncode == 2
    assert docintel("accounts", "add", "li", "--library", folder).returncode == 2, "no terminal to ask for a password"


def test_a_certificate_that_is_none_is_an_error(folder, tmp_path):
    (tmp_path / "c.pem").write_text("nonsense")
    for options in (
        ("--certificate", tmp_path / "c.pem"),
        ("--certificate", tmp_path / "c.pem", "--key", tmp_path / "c.pem"),
    ):
        refused = docintel("serve", "--library", folder, *options)
        assert refused.returncode == 2
        assert "Traceback" not in refused.stderr


def test_a_port_that_is_taken_is_an_error_with_a_hint(folder):
    with Server(folder) as server:
        second = docintel("serve", "--library", folder, "--port", server.port)
        assert second.returncode == 2
        assert "--port" in second.stderr


def test_other_commands_load_no_server():
    heavy = "{'fastapi', 'uvicorn', 'starlette', 'argon2'}"
    code = f"import sys, docintel.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
