"""The audit log: who did what, when and from where. It only grows.

In: deeds. Out: entries, newest first.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from docintel.web.database import Database

_LONGEST = 2000


class Action(StrEnum):
    """What is written down."""

    LOG_IN = "log_in"
    LOG_IN_FAILED = "log_in_failed"
    LOG_OUT = "log_out"
    SEARCH = "search"
    VIEW = "view"
    EXPORT = "export"
    DOWNLOAD = "download"
    CHANGE = "change"
    INGEST = "ingest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deed.

    Attributes:
        id: grows with each.
        at: ISO 8601 in UTC.
        account: who; empty for somebody at this machine where there are no accounts.
        address: from where.
        target: what it was done to: the words searched for, a document's id.
        detail: what else there is to say.
    """

    id: int
    at: str
    account: str
    address: str
    action: Action
    target: str
    detail: Mapping[str, Any]


class Audit:
    """The log of a library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, action: Action, *, account: str, address: str, target: str = "", **detail: Any) -> None:
        """Write down a deed."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        said = json.dumps({key: value for key, value in detail.items() if value}, ensure_ascii=False, default=str)
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO audit (at, account, address, action, target, detail) VALUES (?, ?, ?, ?, ?, ?)",
                (at, account, address, str(action), target[:_LONGEST], said),
            )

    def last_log_ins(self) -> dict[str, str]:
        """When each account last logged in, by the name it was noted under."""
        rows = self._database.rows(
            "SELECT account, max(at) AS at FROM audit WHERE action = ? GROUP BY account", (str(Action.LOG_IN),)
        )
        return {row["account"]: row["at"] for row in rows}

    def entries(
        self,
        *,
        words: str = "",
        account: str | None = None,
        action: Action | None = None,
        times: tuple[str, str] = ("", ""),
        before: int | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """Entries, newest first.

        Args:
            words: part of the target, the detail or the address, in small or capital letters.
            account: of whom; empty for deeds without an account.
            action: which deeds.
            times: from the first on, and before the second; ISO 8601 in UTC, or empty.
            before: only those with smaller ids, to go on from the last one shown.
            limit: at most so many.
        """
        rows = self._database.rows(
            """SELECT * FROM audit WHERE (:account IS NULL OR account = :account COLLATE NOCASE)
            AND (:action IS NULL OR action = :action) AND (:before IS NULL OR id < :before)
            AND (:since = '' OR at >= :since) AND (:until = '' OR at < :until)
            AND (:words = '' OR instr(lower(target || ' ' || detail || ' ' || address), lower(:words)) > 0)
            ORDER BY id DESC LIMIT :limit""",
            {
                "words": words,
                "account": account,
                "action": action,
                "since": times[0],
                "until": times[1],
                "before": before,
                "limit": limit,
            },
        )
        return [
            Entry(**dict(row) | {"action": Action(row["action"]), "detail": json.loads(row["detail"])}) for row in rows
        ]
