"""Accounts: names, roles and passwords, kept as argon2 hashes; and how often one may try to log in.

In: names, roles, passwords. Out: accounts. Nothing here ever gives a password or its hash away.
"""

import sqlite3
import threading
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from docintel.errors import InputError, NotFoundError
from docintel.web.database import Database

_LONGEST_NAME, _SHORTEST_PASSWORD, _LONGEST_PASSWORD = 64, 10, 256
#: Of one password; two at a time: each takes 64 MiB.
_HASHING = threading.Semaphore(2)
#: Seconds that a failed attempt counts; how many there may be of one name from one address, of a name, of an address.
_WINDOW_S, _SAME, _OF_NAME, _OF_ADDRESS = 900, 5, 30, 30


class Role(StrEnum):
    """What somebody may do; each may do what those before it may."""

    READER = "reader"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    def covers(self, other: "Role") -> bool:
        """Whether who has this role may do what the other one may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may log in.

    Attributes:
        created: ISO 8601 in UTC.
    """

    name: str
    role: Role
    created: str


class TooManyAttemptsError(InputError):
    """Somebody failed to log in too often."""


class Accounts:
    """The accounts of a library.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._hasher = PasswordHasher()
        self._nobody = ""  # the hash of a password that nobody has, made when it is first needed

    def list(self) -> list[Account]:
        """Every account, by name."""
        rows = self._database.rows("SELECT name, role, created FROM accounts ORDER BY name")
        return [Account(name=row["name"], role=Role(row["role"]), created=row["created"]) for row in rows]

    def exist(self) -> bool:
        """Whether there is any."""
        return bool(self._database.rows("SELECT 1 FROM accounts LIMIT 1"))

    def get(self, name: str) -> Account:
        """The account of a name.

        Raises:
            NotFoundError: there is none.
        """
        rows = self._database.rows("SELECT name, role, created FROM accounts WHERE name = ?", (_normal(name),))
        if not rows:
            raise NotFoundError(
                f"没有账号 {name}。 There is no account {name!r}.",
                hint="查看账号清单 List them: docintel accounts list",
            )
        return Account(name=rows[0]["name"], role=Role(rows[0]["role"]), created=rows[0]["created"])

    def add(self, name: str, role: Role, password: str) -> Account:
        """Make an account.

        Raises:
            InputError: the name is taken or no name, or the password is too weak.
        """
        name = check_name(name)
        hashed = self._hash(name, password)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.transaction() as db:
            if db.execute("SELECT 1 FROM accounts WHERE name = ?", (name,)).fetchone():
                raise InputError(
                    f"账号 {name} 已存在。 There is an account {name!r} already.",
                    hint=f"修改密码 To change its password: docintel accounts password {name}",
                )
            db.execute("INSERT INTO accounts VALUES (?, ?, ?, ?)", (name, str(role), hashed, at))
        return Account(name=name, role=role, created=at)

    def remove(self, name: str) -> None:
        """Delete an account with its sessions, searches and draft of a plan; what it did stays in the audit log.

        Files that it sent are read all the same; whoever gets its name later does not see them.

        Raises:
            InputError: it is the last administrator, and there are other accounts.
        """
        account = self.get(name)
        with self._database.transaction() as db:
            others: int = db.execute("SELECT count(*) FROM accounts WHERE name <> ?", (account.name,)).fetchone()[0]
            if others:
                _check_others(db, account.name)
            db.execute("DELETE FROM accounts WHERE name = ?", (account.name,))
            db.execute("DELETE FROM searches WHERE account = ?", (account.name,))
            db.execute("DELETE FROM plan_rows WHERE account = ?", (account.name,))
            db.execute("UPDATE jobs SET account = '' WHERE account = ?", (account.name,))

    def set_role(self, name: str, role: Role) -> None:
        """Give an account another role; it counts from the next request on.

        Raises:
            InputError: it is the last administrator.
        """
        account = self.get(name)
        with self._database.transaction() as db:
            if role is not Role.ADMINISTRATOR:
                _check_others(db, account.name)
            db.execute("UPDATE accounts SET role = ? WHERE name = ?", (str(role), account.name))

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password and end its sessions.

        Raises:
            InputError: it is too weak.
        """
        account = self.get(name)
        hashed = self._hash(account.name, password)
        with self._database.transaction() as db:
            db.execute("UPDATE accounts SET password = ? WHERE name = ?", (hashed, account.name))
            db.execute("DELETE FROM sessions WHERE account = ?", (account.name,))

    def log_in(self, name: str, password: str, address: str) -> Account | None:
        """The account of a name and its password; None where they do not match, after the same time as where they do.

        Raises:
            TooManyAttemptsError: too many attempts failed within a quarter of an hour.
        """
        name = _normal(name)
        self._note_attempt(name, address)
        rows = self._database.rows("SELECT password FROM accounts WHERE name = ?", (name,))
        if not self._matches(rows[0]["password"] if rows else self._nobodys_hash(), password) or not rows:
            return None
        with self._database.transaction() as db:
            db.execute("DELETE FROM attempts WHERE name = ? AND address = ?", (name, address))
        return self.get(name)

    def _note_attempt(self, name: str, address: str) -> None:
        """Count an attempt before it is made, so that many at once count as many."""
        since = self._clock() - _WINDOW_S
        with self._database.transaction() as db:
            db.execute("DELETE FROM attempts WHERE at < ?", (since,))
            same, of_name, of_address = db.execute(
                """SELECT sum(name = :name AND address = :address), sum(name = :name), sum(address = :address)
                FROM attempts""",
                {"name": name, "address": address},
            ).fetchone()
            if (same or 0) >= _SAME or (of_name or 0) >= _OF_NAME or (of_address or 0) >= _OF_ADDRESS:
                raise TooManyAttemptsError(
                    "登录失败次数过多。 Too many failed attempts to log in.",
                    hint=f"请 {_WINDOW_S // 60} 分钟后再试。 Try again in {_WINDOW_S // 60} minutes.",
                )
            db.execute("INSERT INTO attempts VALUES (?, ?, ?)", (self._clock(), name, address))

    def _hash(self, name: str, password: str) -> str:
        check_password(name, password)
        with _HASHING:
            return self._hasher.hash(password)

    def _matches(self, hashed: str, password: str) -> bool:
        if len(password) > _LONGEST_PASSWORD:
            return False
        try:
            with _HASHING:
                return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    def _nobodys_hash(self) -> str:
        if not self._nobody:
            with _HASHING:
                self._nobody = self._hasher.hash("nobody has this password")
        return self._nobody


def check_name(name: str) -> str:
    """The name as it is kept.

    Raises:
        InputError: it is no name for an account.
    """
    name = _normal(name)
    if not name or len(name) > _LONGEST_NAME or not all(char.isalnum() or char in "._-" for char in name):
        raise InputError(
            f"{name!r} 不能作账号名。 {name!r} is no name for an account.",
            hint=f"请用 1 到 {_LONGEST_NAME} 个汉字、字母、数字和 . _ -。"
            f" Use 1 to {_LONGEST_NAME} letters, digits and . _ -",
        )
    return name


def check_password(name: str, password: str) -> None:
    """See that a password is worth having.

    Raises:
        InputError: it is too short, too long, or easily guessed.
    """
    guessed = password.strip().casefold() == name.casefold() or len(set(password)) < 4
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD or guessed:
        raise InputError(
            f"密码须有 {_SHORTEST_PASSWORD} 到 {_LONGEST_PASSWORD} 个字符，不能是账号名或同一字符的重复。"
            f" A password has {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters, and is not the account's name"
            " or a few characters repeated.",
            hint="可以用一句话作密码。 A sentence makes a good one.",
        )


def _check_others(db: sqlite3.Connection, name: str) -> None:
    """See that there is an administrator beside an account, if it is one itself.

    Raises:
        InputError: there is none.
    """
    administrators = [
        row["name"] for row in db.execute("SELECT name FROM accounts WHERE role = ?", (str(Role.ADMINISTRATOR),))
    ]
    if administrators == [name]:
        raise InputError(
            f"{name} 是最后一个管理员。 {name} is the last administrator.",
            hint="请先给另一个账号管理员角色。 Make another account administrator first.",
        )


def _normal(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()
