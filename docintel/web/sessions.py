"""Sessions: who a browser's cookie stands for.

The cookie holds a random token and its signature. Of a token that somebody logged in with, the hash is kept in the
database, so that a session can be ended from here and a stolen copy of the database opens none. A token that nobody
logged in with stands for nobody; it only ties the forms of a page to the browser that asked for it.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

from itsdangerous import BadSignature, Signer

from docintel.web.accounts import Account, Role
from docintel.web.database import Database
from docintel.web.settings import Settings

COOKIE = "docintel_session"
#: Seconds between two notes that a session is in use: a page need not write to the disk at every request.
_NOTED_EVERY_S = 60


class Sessions:
    """The sessions of a library's page.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(self, database: Database, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        key = bytes(database.rows("SELECT value FROM keys WHERE name = 'signing'")[0]["value"])
        self._key = key
        self._signer = Signer(key, salt="docintel.session", digest_method=hashlib.sha256)

    @staticmethod
    def new_token() -> str:
        """A token that nobody can guess."""
        return secrets.token_urlsafe(32)

    def cookie(self, token: str) -> str:
        """The token as the cookie holds it."""
        return self._signer.sign(token).decode()

    def token(self, cookie: str | None) -> str | None:
        """The token of a cookie; None where we did not sign it."""
        try:
            return self._signer.unsign(cookie).decode() if cookie else None
        except (BadSignature, UnicodeError):
            return None

    def csrf(self, token: str) -> str:
        """What the forms of this token's browser carry, and nobody else can know."""
        return hmac.new(self._key, b"csrf:" + token.encode(), hashlib.sha256).hexdigest()

    def begin(self, account: str) -> str:
        """Begin a session for an account that has just proved itself, under a new token."""
        token, now = self.new_token(), self._clock()
        with self._database.transaction() as db:
            db.execute("DELETE FROM sessions WHERE created < ? OR seen < ?", self._oldest(now))
            db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (_id(token), account, now, now))
        return token

    def end(self, token: str) -> None:
        """End a session."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM sessions WHERE id = ?", (_id(token),))

    def account(self, token: str, *, is_use: bool = True) -> Account | None:
        """Whose session it is; None where it has ended or never was one.

        Args:
            is_use: somebody does something, which keeps the session from ending for idleness.
        """
        now = self._clock()
        rows = self._database.rows(
            """SELECT a.name, a.role, a.created, s.seen FROM sessions s JOIN accounts a ON a.name = s.account
            WHERE s.id = ? AND s.created >= ? AND s.seen >= ?""",
            (_id(token), *self._oldest(now)),
        )
        if not rows:
            return None
        if is_use and now - rows[0]["seen"] > _NOTED_EVERY_S:
            with self._database.transaction() as db:
                db.execute("UPDATE sessions SET seen = ? WHERE id = ?", (now, _id(token)))
        return Account(name=rows[0]["name"], role=Role(rows[0]["role"]), created=rows[0]["created"])

    def _oldest(self, now: float) -> tuple[float, float]:
        """When a session that still stands was begun, and was last in use, at the earliest."""
        return now - 3600 * self._settings.session_hours, now - 3600 * self._settings.idle_hours


def _id(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
