import stat

import pytest

from docintel.errors import InputError, NotFoundError, SchemaVersionError, StoreError
from docintel.web import accounts as module
from docintel.web.accounts import Accounts, Role, TooManyAttemptsError
from docintel.web.database import MIGRATIONS, Database

PASSWORD = "一句不短的密码就够用了"


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def database(tmp_path):
    with Database(tmp_path) as opened:
        yield opened


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def accounts(database, clock):
    return Accounts(database, clock)


def test_an_account_is_kept_with_its_role_and_without_its_password(accounts, database):
    made = accounts.add("王敏", Role.EDITOR, PASSWORD)
    assert accounts.list() == [made]
    assert accounts.exist()
    stored = database.rows("SELECT password FROM accounts")[0][0]
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert PASSWORD.encode() not in database.path.read_bytes()


def test_the_file_is_for_its_owner_only(database):
    assert stat.S_IMODE(database.path.stat().st_mode) == 0o600


def test_roles_are_ordered():
    assert Role.ADMINISTRATOR.covers(Role.READER)
    assert Role.EDITOR.covers(Role.EDITOR)
    assert not Role.READER.covers(Role.EDITOR)


@pytest.mark.parametrize("password", ["短", "wangminwangmin"[:9], "aaaaaaaaaaaa", "x" * 300, "wangmin-2024"])
def test_weak_passwords_are_refused(accounts, password):
    with pytest.raises(InputError):
        accounts.add("wangmin-2024", Role.READER, password)
    assert not accounts.exist()


@pytest.mark.parametrize("name", ["", " ", "a b", "a\nb", "../a", "<b>", "a" * 65])
def test_names_that_are_none_are_refused(accounts, name):
    with pytest.raises(InputError):
        accounts.add(name, Role.READER, PASSWORD)


def test_a_name_is_one_account_however_it_is_written(accounts):
    accounts.add("WangMin", Role.READER, PASSWORD)
    with pytest.raises(InputError, match="已存在"):
        accounts.add("wangmin", Role.READER, PASSWORD)
    assert accounts.log_in("ｗａｎｇｍｉｎ", PASSWORD, "a").name == "WangMin"


def test_only_the_password_opens(accounts):
    accounts.add("王敏", Role.READER, PASSWORD)
    assert accounts.log_in("王敏", PASSWORD, "a").role is Role.READER
    assert accounts.log_in("王敏", PASSWORD + "!", "a") is None
    assert accounts.log_in("无此人", PASSWORD, "a") is None
    assert accounts.log_in("王敏", PASSWORD * 1000, "a") is None


def test_changes_and_removal(accounts):
    accounts.add("王敏", Role.READER, PASSWORD)
    accounts.set_role("王敏", Role.ADMINISTRATOR)
    assert accounts.get("王敏").role is Role.ADMINISTRATOR
    accounts.set_password("王敏", "另一句不短的密码也够用了")
    assert accounts.log_in("王敏", PASSWORD, "a") is None
    accounts.remove("王敏")
    assert not accounts.exist()
    for change in (accounts.remove, accounts.get, lambda name: accounts.set_role(name, Role.READER)):
        with pytest.raises(NotFoundError):
            change("王敏")


def test_after_five_failures_a_name_waits_at_that_address(accounts, clock):
    accounts.add("王敏", Role.READER, PASSWORD)
    for _ in range(5):
        assert accounts.log_in("王敏", "错的密码", "10.0.0.9") is None
    with pytest.raises(TooManyAttemptsError):
        accounts.log_in("王敏", PASSWORD, "10.0.0.9")
    assert accounts.log_in("王敏", PASSWORD, "10.0.0.8"), "somebody else's failures do not keep her out"
    clock.now += 901
    assert accounts.log_in("王敏", PASSWORD, "10.0.0.9")


def test_a_success_forgets_the_failures_before_it(accounts):
    accounts.add("王敏", Role.READER, PASSWORD)
    for _ in range(3):
        for _ in range(4):
            assert accounts.log_in("王敏", "错的密码", "a") is None
        assert accounts.log_in("王敏", PASSWORD, "a")


def test_an_address_that_tries_many_names_waits(accounts, monkeypatch):
    monkeypatch.setattr(Accounts, "_matches", lambda *_: False)
    for i in range(30):
        assert accounts.log_in(f"name{i}", "错的密码", "10.0.0.9") is None
    with pytest.raises(TooManyAttemptsError):
        accounts.log_in("name99", "错的密码", "10.0.0.9")


def test_a_name_that_is_tried_from_many_addresses_waits(accounts, monkeypatch):
    monkeypatch.setattr(Accounts, "_matches", lambda *_: False)
    for i in range(30):
        assert accounts.log_in("王敏", "错的密码", f"10.0.0.{i}") is None
    with pytest.raises(TooManyAttemptsError):
        accounts.log_in("王敏", "错的密码", "10.0.1.1")


def test_an_unknown_name_costs_a_hash_too(accounts, monkeypatch):
    hashed = []
    monkeypatch.setattr(Accounts, "_matches", lambda _, stored, password: bool(hashed.append(stored)))
    assert accounts.log_in("无此人", PASSWORD, "a") is None
    assert hashed[0].startswith("$argon2id$")


def test_failures_are_kept_over_a_restart(tmp_path, clock):
    for _ in range(module._SAME):
        with Database(tmp_path) as database:
            assert Accounts(database, clock).log_in("无此人", "错的密码", "a") is None
    with Database(tmp_path) as database, pytest.raises(TooManyAttemptsError):
        Accounts(database, clock).log_in("无此人", "错的密码", "a")


def test_a_damaged_file_is_an_error_with_a_hint(tmp_path):
    (tmp_path / "accounts.sqlite").write_bytes(b"no database at all, but long enough to be looked at" * 30)
    with pytest.raises(StoreError) as caught:
        Database(tmp_path)
    assert caught.value.hint


def test_a_newer_file_is_not_touched(tmp_path):
    with Database(tmp_path) as database, database.transaction() as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(SchemaVersionError):
        Database(tmp_path)
