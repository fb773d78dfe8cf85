"""`docintel serve` as an operator starts it: who may use it, what it says, what a kill leaves behind."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

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
        explanation = server.browser.get(f"/api/documents/{document}/records/issues/0").json()
        assert explanation["grounds"]
        assert server.browser.get("/search", headers={"host": "evil.example"}).status_code == 421
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(timeout=30) in (0, 130, -signal.SIGINT)


def send(browser, name, text):
    token = browser.get("/api/session").json()["csrf"]
    headers = {"X-CSRF-Token": token, "content-type": "application/octet-stream"}
    sent = browser.post("/api/intake/files", params={"name": name}, content=text.encode(), headers=headers)
    assert sent.status_code == 201, sent.text


def wait_for_jobs(browser, count):
    """The jobs when so many are done."""
    for _ in range(240):
        jobs = browser.get("/api/intake/jobs").json()
        if sum(job["state"] == "done" for job in jobs) == count:
            return jobs
        time.sleep(0.5)
    raise AssertionError(jobs)


def workers(folder):
    """The processes that work for a library."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if b"docintel.web.intake" in (words := path.read_bytes().split(b"\0")) and str(folder).encode() in words:
                found.append(int(path.parent.name))
    return found


def test_what_is_sent_and_what_is_watched_is_read_through_a_kill(folder, tmp_path):
    watched = tmp_path / "watched"
    watched.mkdir()
    late = watched / "监视.txt"
    late.write_text("松陵区耗材通报\n\n检查发现耗材二级库无人盘点的问题，医院逐库盘点。\n", encoding="utf-8")
    os.utime(late, (time.time() - 60,) * 2)
    refused = docintel("serve", "--library", folder, "--watch", tmp_path)
    assert refused.returncode == 2
    assert "must not lie" in refused.stderr
    with Server(folder, "--watch", watched) as server:
        send(server.browser, "夜间/通报.txt", "青岚市通报\n\n检查发现采购权力集中的问题。\n")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    for _ in range(100):
        if not workers(folder):
            break
        time.sleep(0.1)
    assert workers(folder) == [], "a worker ends with its page, however that ends"
    with Server(folder, "--watch", watched) as server:
        jobs = wait_for_jobs(server.browser, 2)
        assert {job["name"] for job in jobs} == {"夜间/通报.txt", "监视.txt"}
        (worker,) = workers(folder)
        os.kill(worker, signal.SIGKILL)
        send(server.browser, "再来.txt", "云栖县通报\n\n检查发现统方的问题，医院收回权限。\n")
        wait_for_jobs(server.browser, 3)
        assert server.browser.get("/api/documents").json()["total"] == 4
        server.process.send_signal(signal.SIGINT)
        server.process.wait(timeout=30)
    assert workers(folder) == []


def test_a_backup_comes_back_with_its_accounts(folder, tmp_path):
    add = ("accounts", "add", "--password-stdin", "--library", folder)
    assert docintel(*add, "li", "--role", "administrator", text=PASSWORD).returncode == 0
    assert docintel(*add, "wang", text=PASSWORD).returncode == 0
    last = docintel("accounts", "remove", "li", "--library", folder)
    assert last.returncode == 2
    assert "最后一个管理员" in last.stderr
    packed = docintel("library", "backup", tmp_path / "b.zip", "--library", folder)
    assert packed.returncode == 0, packed.stderr
    again = docintel("library", "restore", tmp_path / "b.zip", "--library", folder)
    assert again.returncode == 2, "a library is never overwritten"
    restored = docintel("library", "restore", tmp_path / "b.zip", "--library", tmp_path / "new")
    assert restored.returncode == 0, restored.stderr
    assert '"name": "li"' in docintel("accounts", "list", "--json", "--library", tmp_path / "new").stdout
    found = docintel("search", "采购权力集中", "--json", "--library", tmp_path / "new")
    assert "通报.txt" in found.stdout
    (tmp_path / "b.zip").write_bytes((tmp_path / "b.zip").read_bytes()[:-200])
    damaged = docintel("library", "restore", tmp_path / "b.zip", "--library", tmp_path / "other")
    assert damaged.returncode == 4
    assert not (tmp_path / "other").exists()


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
