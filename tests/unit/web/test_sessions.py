import sqlite3

import pytest

from docintel.web.accounts import Accounts, Role
from docintel.web.audit import Action, Audit
from docintel.web.database import Database
from docintel.web.searches import SavedSearches
from docintel.web.sessions import Sessions
from docintel.web.settings import Settings
from tests.unit.web.test_accounts import PASSWORD, Clock


@pytest.fixture
def database(tmp_path):
    with Database(tmp_path) as opened:
        Accounts(opened).add("王敏", Role.EDITOR, PASSWORD)
        yield opened


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sessions(database, clock):
    return Sessions(database, Settings(), clock)


def test_a_session_is_its_account_until_it_ends(sessions):
    token = sessions.begin("王敏")
    assert sessions.account(token).role is Role.EDITOR
    sessions.end(token)
    assert sessions.account(token) is None


def test_a_session_grows_old_and_idle(sessions, clock):
    token = sessions.begin("王敏")
    for _ in range(5):
        clock.now += 2 * 3600
        assert sessions.account(token)
    clock.now += 3 * 3600
    assert sessions.account(token) is None, "12 hours after it began"
    token = sessions.begin("王敏")
    clock.now += 4 * 3600 + 1
    assert sessions.account(token) is None, "4 hours without a request"


def test_what_is_kept_opens_no_session(sessions, database):
    token = sessions.begin("王敏")
    stored = database.rows("SELECT id FROM sessions")[0][0]
    assert token not in stored
    assert sessions.account(stored) is None


def test_only_cookies_that_we_signed_have_a_token(sessions, tmp_path):
    token = sessions.new_token()
    cookie = sessions.cookie(token)
    assert sessions.token(cookie) == token
    for forged in (None, "", token, cookie[:-1], cookie + "A", "." + cookie, "x" + cookie, "é" + cookie):
        assert sessions.token(forged) is None
    other = tmp_path / "other"
    other.mkdir()
    with Database(other) as database:
        assert Sessions(database, Settings()).token(cookie) is None


def test_each_token_has_its_own_csrf(sessions):
    one, other = sessions.new_token(), sessions.new_token()
    assert sessions.csrf(one) == sessions.csrf(one) != sessions.csrf(other)


def test_another_password_or_role_or_no_account_counts_at_once(sessions, database):
    accounts = Accounts(database)
    token = sessions.begin("王敏")
    accounts.set_role("王敏", Role.READER)
    assert sessions.account(token).role is Role.READER
    accounts.set_password("王敏", "另一句不短的密码也够用了")
    assert sessions.account(token) is None
    token = sessions.begin("王敏")
    accounts.remove("王敏")
    assert sessions.account(token) is None


def test_the_audit_log_only_grows(database):
    audit = Audit(database)
    audit.note(Action.SEARCH, account="王敏", address="10.0.0.9", target="统方", hits=3, filter=None)
    audit.note(Action.EXPORT, account="", address="127.0.0.1", target="统方")
    first, second = reversed(audit.entries())
    assert (first.account, first.target, first.detail) == ("王敏", "统方", {"hits": 3})
    for statement in (
        "DELETE FROM audit",
        "UPDATE audit SET account = '别人'",
        "REPLACE INTO audit SELECT * FROM audit",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), database.transaction() as db:
            db.execute(statement)
    assert audit.entries() == [second, first]


def test_the_audit_log_is_searched(database):
    audit = Audit(database)
    for i in range(5):
        audit.note(Action.SEARCH, account="王敏" if i % 2 else "李强", address="10.0.0.9", target=f"检索{i}")
    audit.note(Action.LOG_IN, account="王敏", address="10.0.0.7")
    assert [each.target for each in audit.entries(account="王敏", action=Action.SEARCH)] == ["检索3", "检索1"]
    assert [each.target for each in audit.entries(words="检索4")] == ["检索4"]
    assert [each.address for each in audit.entries(words="10.0.0.7")] == ["10.0.0.7"]
    newest = audit.entries(limit=2)
    assert [each.target for each in audit.entries(before=newest[-1].id, limit=1)] == ["检索3"]


def test_saved_searches_are_each_accounts_own(database):
    searches = SavedSearches(database)
    searches.save("王敏", " 采购  问题 ", "q=采购")
    searches.save("王敏", "采购 问题", "q=药品采购")
    searches.save("李强", "采购 问题", "q=别的")
    (kept,) = searches.list("王敏")
    assert (kept.name, kept.query) == ("采购 问题", "q=药品采购")
    with pytest.raises(Exception, match="没有这个检索"):
        searches.remove("李强", kept.id)
    searches.remove("王敏", kept.id)
    assert searches.list("王敏") == []
