"""Files that are sent: limits, names, who sees which; and what becomes of them in the worker."""

import json
import os
import threading
import zipfile
from io import BytesIO

import pytest
from filelock import FileLock

from docintel.errors import InputError, NotFoundError
from docintel.web.accounts import Role
from docintel.web.audit import Action
from docintel.web.database import Database
from docintel.web.intake import spool as spool_module
from docintel.web.intake.jobs import MOST_ATTEMPTS, READING, Jobs, Kind, State
from docintel.web.intake.spool import Spool
from docintel.web.intake.watched import Watched, check_watched
from docintel.web.intake.worker import BACKUPS, Worker
from docintel.web.security import CSRF_HEADER
from tests.unit.web.conftest import HOSTILE, PASSWORD, csrf, log_in, open_library

TEXT = "青岚市药品采购通报\n\n检查发现药品采购权力集中的问题。医院采取措施，建立采购委员会。\n2024年5月4日"


def send(browser, name, data=TEXT, **more):
    token = browser.get("/api/session").json()["csrf"]
    data = data.encode() if isinstance(data, str) else data
    headers = {CSRF_HEADER: token, "content-type": "application/octet-stream"}
    return browser.post("/api/intake/files", params={"name": name}, content=data, headers=headers, **more)


def zipped(**members):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


@pytest.fixture
def worker(folder):
    made = Worker(folder, lambda: open_library(folder))
    yield made
    made.close()


def work(worker):
    while worker.work():
        pass


def spooled(folder):
    return [path for path in (folder / "uploads").rglob("*") if path.is_file()]


def test_a_file_that_is_sent_is_read_and_found(local, folder, worker):
    answer = send(local, "整改/通报.txt")
    assert answer.status_code == 201
    job = answer.json()
    assert (job["name"], job["state"], job["size"]) == ("整改/通报.txt", "waiting", len(TEXT.encode()))
    assert "path" not in job
    assert "整改/通报.txt" in local.get("/intake").text
    work(worker)
    (done,) = local.get("/api/intake/jobs").json()
    assert (done["state"], done["outcome"][0]["status"], done["outcome"][0]["name"]) == ("done", "added", "通报.txt")
    document = done["outcome"][0]["document"]
    assert f'href="/documents/{document}"' in local.get("/intake").text
    assert "通报.txt" in local.get(f"/documents/{document}").text
    assert "青岚市药品采购通报" in local.get("/search", params={"q": "药品采购权力集中"}).text
    assert spooled(folder) == [], "what is read needs no second copy"


def test_who_sent_what_is_written_down(staffed, worker):
    send(log_in(staffed, "editor"), "通报.txt")
    work(worker)
    entries = staffed.state.docintel.audit.entries(action=Action.INGEST)
    assert {each.account for each in entries} == {"editor"}
    assert [each.target for each in entries][-1] == "通报.txt"
    assert entries[0].detail["status"] == "added"


def test_a_file_that_cannot_be_read_says_why_and_can_be_read_again(local, folder, worker):
    send(local, "空的.pdf", b"")
    send(local, "好的.txt")
    work(worker)
    page = local.get("/intake?show=failed").text
    assert "空的.pdf 是空文件" in page
    assert "好的.txt" not in page
    failed = next(job for job in local.get("/api/intake/jobs").json() if job["state"] == "failed")
    (kept,) = spooled(folder)
    kept.write_text(TEXT + "补上了")
    token = csrf(local, "/intake")
    assert local.post(f"/intake/jobs/{failed['id']}/repeat", data={"csrf": token}).status_code == 303
    assert local.get(f"/api/intake/jobs/{failed['id']}").json()["state"] == "waiting"
    work(worker)
    assert local.get(f"/api/intake/jobs/{failed['id']}").json()["outcome"][0]["read"] != "failed"


def test_htmx_gets_the_row_and_nothing_in_place_of_a_removed_one(local, folder, worker):
    number = send(local, "空的.pdf", b"").json()["id"]
    work(worker)
    headers = {"HX-Request": "true", CSRF_HEADER: csrf(local, "/intake")}
    row = local.post(f"/intake/jobs/{number}/repeat", headers=headers)
    assert row.text.strip().startswith(f'<li class="job" id="job-{number}"')
    assert local.post(f"/intake/jobs/{number}/remove", headers=headers).text == ""
    assert spooled(folder) == []
    assert local.get(f"/api/intake/jobs/{number}").status_code == 404


def test_all_that_failed_can_be_tried_again_and_all_that_is_done_cleared(local, worker):
    for name, data in (("一.pdf", b""), ("二.pdf", b""), ("三.txt", TEXT.encode())):
        send(local, name, data)
    work(worker)
    token = {"csrf": csrf(local, "/intake")}
    assert local.post("/intake/clear", data=token).status_code == 303
    assert [job["name"] for job in local.get("/api/intake/jobs").json()] == ["二.pdf", "一.pdf"]
    local.post("/intake/repeat", data=token)
    assert {job["state"] for job in local.get("/api/intake/jobs").json()} == {"waiting"}


def test_members_of_an_archive_are_told_one_by_one(local, worker):
    send(local, "线索.zip", zipped(一__txt=TEXT, 坏__pdf="%PDF-1.4 broken"))
    work(worker)
    (job,) = local.get("/api/intake/jobs").json()
    assert job["state"] == "failed"
    assert {(each["name"], each["status"]) for each in job["outcome"]} == {
        ("线索.zip!/一.txt", "added"), ("线索.zip!/坏.pdf", "failed")
    }  # fmt: skip
    page = local.get("/intake").text
    assert "部分失败" in page
    assert "2 份文档，1 份失败" in page


def test_an_archive_that_unpacks_to_far_too_much_is_refused(local, folder, worker):
    send(local, "炸弹.zip", zipped(a__txt=b"0" * (80 << 20)))
    work(worker)
    (job,) = local.get("/api/intake/jobs").json()
    assert job["state"] == "failed"
    assert "解压后超过自身" in job["outcome"][0]["message"]
    assert local.get("/api/documents").json()["total"] == 3


def test_no_answer_tells_where_files_lie(local, folder, worker):
    send(local, "通报.txt")
    send(local, "同一份.txt")
    send(local, "空的.pdf", b"")
    work(worker)
    for path in ("/intake", "/api/intake/jobs"):
        assert str(folder) not in local.get(path).text
    assert "库中已有，内容相同" in local.get("/intake").text


@pytest.mark.parametrize(
    ("name", "shown", "kept"),
    [
        ("../../etc/passwd", "etc/passwd", "passwd"),
        ("/etc/passwd", "etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini", "boot.ini"),
        ("a/../../b.txt", "a/b.txt", "b.txt"),
        ("..", "file", "file"),
        ("\x00\n\r", "file", "file"),
        ("\u202etxt.exe", "txt.exe", "txt.exe"),
        ("@list.txt", "@list.txt", "@list.txt"),
        ("[a-z]*.txt", "[a-z]_.txt", "[a-z]_.txt"),
        ("https://evil.example/x.txt", "https_/evil.example/x.txt", "x.txt"),
        (f"{HOSTILE}.txt", "_script_alert('x')_/script_.txt", "script_.txt"),
    ],
)
def test_names_lead_nowhere(local, folder, name, shown, kept):
    job = send(local, name).json()
    assert job["name"] == shown
    (path,) = spooled(folder)
    assert path.name == kept
    assert path.parent.parent == folder / "uploads"
    assert path.stat().st_mode & 0o077 == 0
    assert "<script>alert" not in local.get("/intake").text


@pytest.mark.parametrize("name", ["@list.txt", "[a-z].txt"])
def test_a_name_is_never_a_list_or_a_pattern(local, worker, name):
    send(local, name)
    work(worker)
    (job,) = local.get("/api/intake/jobs").json()
    assert [(each["name"], each["status"]) for each in job["outcome"]] == [(name, "added")]


def test_a_very_long_name_is_cut(local, folder):
    assert send(local, "长" * 900 + ".txt").status_code == 201
    (path,) = spooled(folder)
    assert len(path.name.encode()) <= 255
    assert path.suffix == ".txt"
    assert send(local, "长" * 1001).status_code == 422


def test_a_link_in_the_spool_is_not_followed(tmp_path):
    spool = Spool(tmp_path)
    (tmp_path / "secret.txt").write_text("secret")
    with spool.receive("a.txt", (0, 0)) as incoming:
        pass
    path = spool.path(incoming.path)
    path.unlink()
    path.symlink_to(tmp_path / "secret.txt")
    with pytest.raises(InputError, match="gone"):
        spool.path(incoming.path)


def test_a_member_that_is_a_link_leads_nowhere(local, folder, worker):
    (folder.parent / "秘密.txt").write_text("秘密材料：问题。措施。", encoding="utf-8")
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("链接.txt")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, str(folder.parent / "秘密.txt"))
        archive.writestr("../../../逃.txt", TEXT)
    send(local, "线索.zip", out.getvalue())
    work(worker)
    assert local.get("/api/documents", params={"q": "秘密"}).json()["total"] == 0
    assert not list(folder.parent.rglob("逃.txt"))


def test_a_file_that_is_too_large_is_refused_before_it_comes(local, folder):
    from docintel.web.pages import intake

    token = local.get("/api/session").json()["csrf"]
    headers = {CSRF_HEADER: token, "content-type": "application/octet-stream"}
    (route,) = [each for each in intake.json.routes if each.path == "/intake/files"]
    assert route.max_body_size == 512 << 20
    told = local.post("/api/intake/files?name=a", headers=headers | {"content-length": str(600 << 20)}, content=b"x")
    assert told.status_code == 413
    assert spooled(folder) == []


def test_the_spool_holds_so_many_files_and_bytes_only(local, folder, monkeypatch):
    monkeypatch.setattr(spool_module, "MOST_FILES", 2)
    assert [send(local, "a.txt").status_code for _ in range(3)] == [201, 201, 400]
    assert "上传区已满" in send(local, "a.txt").json()["error"]
    monkeypatch.setattr(spool_module, "MOST_FILES", 100)
    monkeypatch.setattr(spool_module, "MOST_BYTES", 3 * len(TEXT.encode()) - 1)
    assert send(local, "a.txt").status_code == 400
    monkeypatch.setattr(spool_module, "MOST_BYTES", 1 << 30)
    monkeypatch.setattr(spool_module, "SPARE_BYTES", 1 << 60)
    assert send(local, "a.txt").status_code == 400
    assert len(spooled(folder)) == 2
    assert len(list((folder / "uploads").iterdir())) == 2, "what was refused leaves nothing"


def test_files_that_arrive_at_one_time_count_too(tmp_path, monkeypatch):
    monkeypatch.setattr(spool_module, "MOST_BYTES", 10)
    spool = Spool(tmp_path)
    with spool.receive("a", (0, 0)) as one:
        spool.write(one, b"x" * 6, (0, 0))
        with pytest.raises(InputError), spool.receive("b", (0, 0)) as other:
            spool.write(other, b"x" * 6, (0, 0))
        spool.write(one, b"x" * 4, (0, 0))
    with spool.receive("c", (0, 0)) as again:
        spool.write(again, b"x" * 10, (0, 0))


def test_a_form_is_no_file(local):
    token = local.get("/api/session").json()["csrf"]
    assert local.post("/api/intake/files?name=a.txt", data={"csrf": token}).status_code == 400


def test_what_nobody_needs_is_swept_after_a_day(tmp_path):
    spool = Spool(tmp_path)
    kept = []
    for name in ("needed", "abandoned", "arriving"):
        with spool.receive(name, (0, 0)) as incoming:
            kept.append(incoming.path)
    for path in kept[:2]:
        os.utime(spool.path(path).parent, (0, 0))
    spool.sweep(kept[:1])
    assert [spool.path(path).name for path in (kept[0], kept[2])] == ["needed", "arriving"]
    with pytest.raises(InputError):
        spool.path(kept[1])


def test_everybody_sees_their_own_files_and_an_administrator_all(staffed, worker):
    mine, theirs, boss = log_in(staffed, "editor"), None, log_in(staffed, "administrator")
    staffed.state.docintel.accounts.add("另一位编辑", Role.EDITOR, PASSWORD)
    theirs = log_in(staffed, "另一位编辑")
    number = send(mine, "我的.txt").json()["id"]
    assert theirs.get("/api/intake/jobs").json() == []
    assert "我的.txt" not in theirs.get("/intake").text
    token = {"csrf": csrf(theirs, "/intake")}
    for path in (f"/intake/jobs/{number}/remove", f"/intake/jobs/{number}/repeat"):
        assert theirs.post(path, data=token).status_code == 404
    assert theirs.get(f"/api/intake/jobs/{number}").status_code == 404
    assert theirs.post("/intake/clear", data=token).status_code == 303
    assert [job["name"] for job in boss.get("/api/intake/jobs").json()] == ["我的.txt"]
    assert "editor" in boss.get("/intake").text
    staffed.state.docintel.accounts.remove("editor")
    staffed.state.docintel.accounts.add("editor", Role.EDITOR, PASSWORD)
    assert log_in(staffed, "editor").get("/api/intake/jobs").json() == [], "a name that comes again is somebody else"
    work(worker)
    assert boss.get("/api/documents").json()["total"] == 4, "what somebody sent is read all the same"


def test_a_reader_sends_nothing(staffed, folder):
    reader = log_in(staffed, "reader")
    assert send(reader, "a.txt").status_code == 403
    assert reader.get("/intake").status_code == 403
    assert spooled(folder) == []
    assert "/intake" not in reader.get("/search").text


def test_maintenance_is_no_job_of_this_page(local, app):
    number = app.state.docintel.jobs.add(Kind.VERIFY).id
    assert local.get(f"/api/intake/jobs/{number}").status_code == 404
    assert local.get("/api/intake/jobs").json() == []


def _events(browser, app, since, end_s):
    """The pieces that are told until the server ends: the client of the tests gives an answer when it is whole."""
    ending = threading.Timer(end_s, app.state.docintel.closing.set)
    ending.start()
    answer = browser.get(f"/intake/events?since={since}")
    ending.join()
    assert answer.headers["content-type"].startswith("text/event-stream")
    return [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line.startswith("data: ")]


def test_changes_are_told_as_they_happen(local, app, worker):
    send(local, "空的.pdf", b"")
    before = app.state.docintel.jobs.revision()
    doing = threading.Timer(0.3, work, (worker,))
    doing.start()
    pieces = _events(local, app, before, 4)
    doing.join()
    told = {
        (piece["id"], state) for piece in pieces for state in ("running", "failed") if f"s-{state}" in piece["html"]
    }
    assert {("job-1", "failed"), ("counts", "failed")} <= told
    assert all("空的.pdf" in piece["html"] for piece in pieces if piece["id"] == "job-1")


def test_what_a_file_name_says_is_text_in_an_event(local, app):
    send(local, "<img src=x onerror=alert(1)>.txt")
    (job, _) = _events(local, app, 0, 0.2)
    assert "<img" not in job["html"]


def test_following_ends_with_the_session(staffed, monkeypatch):
    from docintel.web.pages import intake

    monkeypatch.setattr(intake, "_CHECK_EVERY_S", 0.0)
    monkeypatch.setattr(intake, "_LOOK_EVERY_S", 0.01)
    editor = log_in(staffed, "editor")
    removing = threading.Timer(0.3, staffed.state.docintel.accounts.set_role, ("editor", Role.READER))
    removing.start()
    assert editor.get("/intake/events").text == ""
    removing.join()


def test_a_page_that_is_left_open_keeps_no_session_alive(staffed):
    editor = log_in(staffed, "editor")
    sessions, database = staffed.state.docintel.sessions, staffed.state.docintel.database
    token = sessions.token(next(iter(editor.cookies.jar)).value.strip('"'))
    sessions._clock = lambda: __import__("time").time() + 3600
    assert sessions.account(token, is_use=False).name == "editor"
    (seen,) = database.rows("SELECT seen FROM sessions")
    sessions.account(token)
    (later,) = database.rows("SELECT seen FROM sessions")
    assert later["seen"] - seen["seen"] > 3000


# The queue and the worker


@pytest.fixture
def jobs(tmp_path):
    with Database(tmp_path) as database:
        yield Jobs(database)


def test_jobs_are_done_in_their_order_each_by_one(jobs):
    numbers = [jobs.add(Kind.FILE, name=str(n)).id for n in range(3)]
    assert [jobs.claim().id for _ in numbers] == numbers
    assert jobs.claim() is None


def test_a_job_that_a_dead_worker_left_is_done_again_but_not_for_ever(jobs):
    number = jobs.add(Kind.FILE, name="致命.pdf").id
    for attempt in range(1, MOST_ATTEMPTS + 1):
        job = jobs.claim()
        assert (job.id, job.was_interrupted) == (number, attempt > 1)
        jobs.resume()  # what the next worker does first
    assert jobs.get(number).state is State.STOPPED
    assert jobs.claim() is None
    jobs.repeat(number)
    assert jobs.claim().attempts == 1


def test_a_worker_that_is_asked_to_end_counts_as_no_death(jobs):
    number = jobs.add(Kind.FILE).id
    for _ in range(MOST_ATTEMPTS + 2):
        assert jobs.claim().id == number
        jobs.put_back()
    assert not jobs.get(number).was_interrupted


def test_each_change_is_told_once(jobs):
    before = jobs.revision()
    number = jobs.add(Kind.FILE, account="王敏").id
    assert [job.id for job in jobs.changed_since(before, READING)] == [number]
    now = jobs.revision()
    assert jobs.changed_since(now, READING) == []
    jobs.progress(number, 3, 20)
    (job,) = jobs.changed_since(now, READING, "王敏")
    assert (job.pages_done, job.pages) == (3, 20)
    assert jobs.changed_since(now, READING, "刘洋") == []


def test_a_job_that_is_being_done_is_not_removed(jobs):
    number = jobs.add(Kind.FILE).id
    jobs.claim()
    assert not jobs.remove(number)
    jobs.finish(number, State.DONE, [])
    assert jobs.remove(number)
    with pytest.raises(NotFoundError):
        jobs.get(number)


def test_a_restart_goes_on_where_a_killed_worker_was(local, folder):
    send(local, "通报.txt")
    with Database(folder) as database:
        Jobs(database).claim()  # and then it was killed
    assert local.get("/api/intake/jobs").json()[0]["state"] == "running"
    stop = threading.Event()
    next_worker = Worker(folder, lambda: open_library(folder))
    threading.Timer(4, stop.set).start()
    working = threading.Thread(target=next_worker.run, args=(stop,))
    working.start()
    for _ in range(60):
        if local.get("/api/intake/jobs").json()[0]["state"] == "done":
            break
        stop.wait(0.1)
    stop.set()
    working.join()
    next_worker.close()
    assert local.get("/api/intake/jobs").json()[0]["state"] == "done"


def test_a_defect_costs_its_job_only(local, worker, monkeypatch):
    send(local, "一.txt")
    send(local, "二.txt", TEXT + "又一份")
    real, calls = worker._library.ingest, []

    def ingest(path, **more):
        calls.append(path)
        if len(calls) == 1:
            raise ValueError("defect")
        return real(path, **more)

    monkeypatch.setattr(worker._library, "ingest", ingest)
    work(worker)
    states = {job["name"]: job["state"] for job in local.get("/api/intake/jobs").json()}
    assert states == {"一.txt": "failed", "二.txt": "done"}


def test_of_two_workers_one_waits(local, folder, worker):
    send(local, "通报.txt")
    stop = threading.Event()
    threading.Timer(0.7, stop.set).start()
    with FileLock(folder / "worker.lock"):
        worker.run(stop)
    assert local.get("/api/intake/jobs").json()[0]["state"] == "waiting"


# The watched folder


def test_new_and_changed_files_of_the_watched_folder_are_read(local, folder, tmp_path):
    watched = tmp_path / "watched"
    (watched / "七月").mkdir(parents=True)
    (watched / "七月" / "通报.txt").write_text(TEXT, encoding="utf-8")
    (watched / "~$锁.docx").write_text("x")
    now = [(watched / "七月" / "通报.txt").stat().st_mtime + 60]
    with Database(folder) as database:
        looking = Watched(watched, database, clock=lambda: now[0])
        assert looking.look() == 1
        assert looking.look() == 0
        (watched / "七月" / "通报.txt").write_text(TEXT + "改了", encoding="utf-8")
        now[0] = (watched / "七月" / "通报.txt").stat().st_mtime + 1
        assert looking.look() == 0, "it may still be being written"
        now[0] += 60
        assert looking.look() == 1
    worker = Worker(folder, lambda: open_library(folder))
    work(worker)
    worker.close()
    assert (watched / "七月" / "通报.txt").is_file(), "a watched file stays where it is"
    assert "七月/通报.txt" in local.get("/intake").text
    assert local.get("/api/documents").json()["total"] == 4


def test_a_watched_folder_that_holds_the_library_is_refused(tmp_path):
    (tmp_path / "library").mkdir()
    for watched in (tmp_path, tmp_path / "library", tmp_path / "library" / "originals"):
        with pytest.raises(InputError, match="must not lie"):
            check_watched(watched, tmp_path / "library")
    assert check_watched(tmp_path / "other", tmp_path / "library") == tmp_path / "other"


def test_a_link_out_of_the_watched_folder_is_left_out(folder, tmp_path):
    watched = tmp_path / "watched"
    watched.mkdir()
    (tmp_path / "秘密.txt").write_text("秘密")
    (watched / "链接.txt").symlink_to(tmp_path / "秘密.txt")
    with Database(folder) as database:
        assert Watched(watched, database, clock=lambda: 1e12).look() == 0


def test_backups_and_checks_are_jobs(folder, worker):
    with Database(folder) as database:
        jobs = Jobs(database)
        jobs.add(Kind.VERIFY)
        jobs.add(Kind.BACKUP)
        work(worker)
        verify, backup = jobs.get(1), jobs.get(2)
    assert (verify.state, verify.outcome) == (State.DONE, ())
    assert (folder / BACKUPS / backup.outcome[0]["name"]).is_file()
