"""Accounts, audit log, health, models and backups, as an administrator meets them."""

import csv
import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from docintel.errors import InputError
from docintel.library import restore
from docintel.web.accounts import Role
from docintel.web.audit import Action
from docintel.web.intake.worker import BACKUPS, Worker
from docintel.web.rendering import moment, size
from tests.unit.web.conftest import HOSTILE, browser, csrf, document_ids, log_in, open_library

NEW = "新换的一句不短的密码"


@pytest.fixture
def boss(staffed):
    return log_in(staffed, "administrator")


def post(browser, path, **form):
    return browser.post(path, data={"csrf": csrf(browser, "/admin"), **form})


def work(folder):
    worker = Worker(folder, lambda: open_library(folder))
    while worker.work():
        pass
    worker.close()


# Accounts


def test_an_account_is_made_and_logs_in(staffed, boss):
    answer = post(boss, "/admin/accounts", name="王敏", role="editor", password=NEW, again=NEW)
    assert answer.headers["location"] == "/admin"
    assert "王敏" in boss.get("/admin").text
    assert log_in(staffed, "王敏", NEW).get("/intake").status_code == 200
    (entry,) = staffed.state.docintel.audit.entries(action=Action.CHANGE)
    assert (entry.account, entry.target, entry.detail) == ("administrator", "王敏", {"made": "editor"})


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": "a b"}, "不能作账号名"),
        ({"name": "reader"}, "已存在"),
        ({"password": "短", "again": "短"}, "密码须有"),
        ({"again": "另一句不短的密码"}, "两次输入的密码不同"),
    ],
)
def test_what_is_wrong_with_an_account_is_told_beside_its_form(boss, form, told):
    answer = post(boss, "/admin/accounts", **{"name": "王敏", "role": "editor", "password": NEW, "again": NEW} | form)
    assert answer.status_code == 400
    assert told in answer.text
    assert f'value="{form.get("name", "王敏")}"' in answer.text
    assert NEW not in answer.text
    assert len(boss.get("/api/admin/accounts").json()) == 3


def test_the_first_account_is_an_administrator(app, local):
    assert "尚无账号" in local.get("/admin").text
    form = {"name": "王敏", "password": NEW, "again": NEW}
    refused = post(local, "/admin/accounts", role="reader", **form)
    assert (refused.status_code, "第一个账号须为管理员" in refused.text) == (400, True)
    assert post(local, "/admin/accounts", role="administrator", **form).status_code == 303
    assert local.get("/admin").headers["location"].startswith("/login")
    assert log_in(app, "王敏", NEW).get("/admin").status_code == 200


def test_another_role_counts_at_once(staffed, boss):
    reader = log_in(staffed, "reader")
    assert post(boss, "/admin/accounts/role", name="reader", role="editor").status_code == 303
    assert reader.get("/intake").status_code == 200
    assert post(boss, "/admin/accounts/role", name="reader", role="boss").status_code == 422
    assert post(boss, "/admin/accounts/role", name="nobody", role="reader").status_code == 400


def test_another_password_ends_the_sessions(staffed, boss):
    reader = log_in(staffed, "reader")
    assert post(boss, "/admin/accounts/password", name="reader", password=NEW, again=NEW).status_code == 303
    assert reader.get("/search").status_code == 303
    assert log_in(staffed, "reader", NEW).get("/search").status_code == 200


def test_an_account_is_removed_with_its_sessions(staffed, boss):
    reader = log_in(staffed, "reader")
    assert post(boss, "/admin/accounts/remove", name="reader").status_code == 303
    assert reader.get("/search").status_code == 303
    assert [each["name"] for each in boss.get("/api/admin/accounts").json()] == ["administrator", "editor"]


@pytest.mark.parametrize("name", ["administrator", "Administrator", " administrator "])
def test_nobody_locks_themselves_out(boss, name):
    for path, form in (("remove", {}), ("role", {"role": "reader"}), ("password", {"password": NEW, "again": NEW})):
        answer = post(boss, f"/admin/accounts/{path}", name=name, **form)
        assert (answer.status_code, "不能在这里更改自己的账号" in answer.text) == (400, True)
    assert {each["role"] for each in boss.get("/api/admin/accounts").json()} == set(Role)


def test_the_last_administrator_stays(staffed):
    accounts = staffed.state.docintel.accounts
    for change in (accounts.remove, lambda name: accounts.set_role(name, Role.READER)):
        with pytest.raises(InputError, match="last administrator"):
            change("administrator")
    accounts.set_role("editor", Role.ADMINISTRATOR)
    accounts.remove("administrator")
    accounts.remove("reader")
    with pytest.raises(InputError, match="last administrator"):
        accounts.set_role("editor", Role.EDITOR)
    accounts.remove("editor")  # the only account: back to a library without accounts
    assert not accounts.exist()


def test_no_answer_holds_a_hash(boss):
    for path in ("/admin", "/api/admin/accounts", "/admin/audit", "/api/admin/audit"):
        assert "argon2" not in boss.get(path).text


# The audit log


def test_the_log_is_searched(staffed, boss):
    reader = log_in(staffed, "reader")
    reader.get("/search", params={"q": "药品采购 VIP"})
    document = document_ids(reader)[0]
    reader.get(f"/documents/{document}")
    page = boss.get("/admin/audit").text
    assert "药品采购 VIP" in page
    assert f'href="/documents/{document}"' in page
    assert "药品采购" in boss.get("/admin/audit", params={"q": "vip"}).text
    found = boss.get("/api/admin/audit", params={"account": "Reader", "action": "search"}).json()
    assert [(each["account"], each["target"]) for each in found] == [("reader", "药品采购 VIP")]
    assert boss.get("/api/admin/audit", params={"account": "reader", "action": "export"}).json() == []
    assert boss.get("/api/admin/audit", params={"until": "2020-01-01"}).json() == []
    assert len(boss.get("/api/admin/audit", params={"since": "2020-01-01", "action": "", "until": ""}).json()) >= 3
    assert boss.get("/admin/audit", params={"since": "昨天"}).status_code == 422
    assert "没有符合条件的记录" in boss.get("/admin/audit", params={"q": "没有人找过这个"}).text


def test_the_log_goes_on_page_by_page(app, local):
    audit = app.state.docintel.audit
    for number in range(230):
        audit.note(Action.SEARCH, account="", address="", target=f"第{number}次")
    first = local.get("/api/admin/audit").json()
    second = local.get("/api/admin/audit", params={"before": first[-1]["id"]}).json()
    assert [first[0]["target"], first[-1]["target"], second[0]["target"]] == ["第229次", "第130次", "第129次"]
    page = local.get("/admin/audit").text
    assert f"before={first[-1]['id']}" in page
    last = local.get("/admin/audit", params={"before": second[-1]["id"]}).text
    assert "更早的记录" not in last
    assert "回到最新" in last


def test_the_log_is_exported_and_that_is_in_the_log(app, local):
    app.state.docintel.audit.note(Action.SEARCH, account="王敏", address="10.0.0.9", target="=cmd|' /C calc'!A0")
    app.state.docintel.audit.note(Action.VIEW, account="王敏", address="10.0.0.9", target="另一件事")
    answer = local.get("/admin/audit/export", params={"how": "csv", "action": "search"})
    assert answer.headers["content-disposition"].startswith("attachment")
    heads, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert heads[:4] == ["时间", "账号", "来源地址", "操作"]
    assert row[1:5] == ["王敏", "10.0.0.9", "检索", "'=cmd|' /C calc'!A0"]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(local.get("/admin/audit/export").content))
    assert sheet.sheet_names == ["审计日志", "导出条件"]
    assert sheet.get_sheet_by_index(0).to_python()[2][4] == "另一件事"
    (newest, _) = app.state.docintel.audit.entries(action=Action.EXPORT)
    assert (newest.target, newest.detail["count"]) == ("audit", 3)


def test_an_export_is_never_cut_silently(app, local, monkeypatch):
    monkeypatch.setattr("docintel.web.pages.admin._MOST_EXPORTED", 3)
    for number in range(4):
        app.state.docintel.audit.note(Action.SEARCH, account="", address="", target=str(number))
    answer = local.get("/admin/audit/export")
    assert (answer.status_code, "请缩小日期范围" in answer.text) == (400, True)


def test_what_an_attacker_typed_is_text_in_the_log(staffed, boss):
    attacker = browser(staffed)
    attacker.post("/login", data={"csrf": csrf(attacker), "name": HOSTILE, "password": "x"})
    log_in(staffed, "reader").get("/search", params={"q": HOSTILE})
    page = boss.get("/admin/audit").text
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


# The library


def test_the_library_is_told_of_and_verified(local, folder):
    page = local.get("/admin/library").text
    assert "资料库概况" in page
    assert "hx-get" not in page
    assert local.get("/api/admin/library").json()["documents"] == 3
    assert post(local, "/admin/library/verify").headers["location"] == "/admin/library"
    post(local, "/admin/library/verify")
    assert 'hx-trigger="every 2s"' in local.get("/admin/library/upkeep").text
    work(folder)
    assert "资料库完好" in local.get("/admin/library").text


def test_damage_is_told(local, folder):
    next(
        (folder / "originals").rglob("*.*"), next(p for p in (folder / "originals").rglob("*") if p.is_file())
    ).unlink()
    post(local, "/admin/library/verify")
    work(folder)
    page = local.get("/admin/library").text
    assert "发现问题" in page
    assert "missing or damaged" in page


def test_a_backup_is_made_downloaded_restored_and_removed(staffed, boss, folder, tmp_path):
    post(boss, "/admin/library/backups")
    work(folder)
    page = boss.get("/admin/library").text
    (path,) = (folder / BACKUPS).glob("*.zip")
    assert path.name in page
    assert path.stat().st_mode & 0o077 == 0
    answer = boss.get(f"/admin/library/backups/{path.name}")
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{path.name}"')
    (tmp_path / "loaded.zip").write_bytes(answer.content)
    assert restore(tmp_path / "loaded.zip", tmp_path / "new", open_library) == []
    assert [each.action for each in staffed.state.docintel.audit.entries(limit=1)] == [Action.DOWNLOAD]
    post(boss, "/admin/library/backups")
    work(folder)
    for each in (folder / BACKUPS).glob("*.zip"):
        assert not [name for name in zipfile.ZipFile(each).namelist() if name.endswith(".zip")], "none holds another"
    assert post(boss, f"/admin/library/backups/{path.name}/remove").status_code == 303
    assert not path.exists()
    assert boss.get(f"/admin/library/backups/{path.name}").status_code == 404


@pytest.mark.parametrize(
    "name",
    ["accounts.sqlite", "..%2Faccounts.sqlite", "%2Fetc%2Fpasswd", "docintel-20240101-000000.zip", "docintel-x.zip"],
)
def test_a_backup_leads_to_no_other_file(boss, name):
    assert boss.get(f"/admin/library/backups/{name}").status_code in (404, 422)
    assert post(boss, f"/admin/library/backups/{name}/remove").status_code in (404, 422)


def test_a_link_among_the_backups_is_not_followed(local, folder):
    (folder / BACKUPS).mkdir()
    link = folder / BACKUPS / "docintel-20240101-000000.zip"
    link.symlink_to(folder / "accounts.sqlite")
    assert local.get(f"/admin/library/backups/{link.name}").status_code == 404


# Models


def test_the_models_are_told_with_their_digests_and_cards(local):
    models = {each["name"]: each for each in local.get("/api/admin/models").json()}
    assert {"encoder", "reader", "gazetteer", "judging"} <= set(models)
    encoder = {each["name"]: each["sha256"] for each in models["encoder"]["files"]}
    assert encoder["model.onnx"] in models["encoder"]["card"], "the card has the digest that is found"
    page = local.get("/admin/models").text
    assert encoder["model.onnx"] in page
    assert "multilingual-e5-small" in local.get("/admin/models/encoder").text
    for name in ("nothing", "%2e%2e%2fencoder"):
        assert local.get(f"/admin/models/{name}").status_code == 404


def test_a_model_of_the_library_is_told_apart(local, folder):
    (folder / "models" / "judging").mkdir(parents=True)
    (folder / "models" / "judging" / "model.json").write_text("{}")
    assert "由本库更正学得" in local.get("/admin/models").text


# How it is shown


def test_sizes_and_times_are_readable():
    assert [size(n) for n in (0, 999, 1000, 3_800, 512 << 20, 16 << 30)] == [
        "0 B", "999 B", "1.0 KB", "3.7 KB", "512 MB", "16.0 GB"
    ]  # fmt: skip
    assert moment("") == ""
    assert len(moment("2024-05-04T01:30:00+00:00")) == 16


def test_only_administrators_see_the_page(staffed):
    for role in (Role.READER, Role.EDITOR):
        each = log_in(staffed, str(role))
        assert each.get("/admin").status_code == 403
        assert 'href="/admin"' not in each.get("/search").text
