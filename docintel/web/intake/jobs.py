"""The queue of what is done beside the page.

In: what somebody wants done. Out: one job after another for the worker, and how far each is for who waits for it.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from docintel.errors import NotFoundError
from docintel.web.database import Database


class Kind(StrEnum):
    """What is to be done."""

    FILE = "file"  # read a file that was sent
    WATCHED = "watched"  # read a file of the watched folder
    VERIFY = "verify"
    BACKUP = "backup"


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"  # the worker died while at it, every time


#: Those that will change by themselves, and those that somebody can begin again.
PENDING, REPEATABLE = (State.WAITING, State.RUNNING), (State.FAILED, State.STOPPED)
READING = (Kind.FILE, Kind.WATCHED)
#: How often a worker may die at a job before it is left alone.
MOST_ATTEMPTS = 2
_IN_SPOOL = "kind = 'file' AND state <> 'done'"
_ANEW = "started = '', pages_done = 0, pages = 0"
_NEXT = "UPDATE revisions SET jobs = jobs + 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to do, or done.

    Attributes:
        account: who wants it; empty for the watched folder, and where there are no accounts.
        name: what people know it by: the path of the file.
        path: where the file lies: in the spool, or anywhere for a watched one.
        size: of the file, in bytes.
        created, started, ended: ISO 8601 in UTC; empty until then.
        pages_done, pages: how far reading is.
        attempts: how often it was begun without an end.
        outcome: of each document found in the file: `name`, `status`, `document`, `message` and `counts`; of a check
            its problems; of a backup its file.
        changed: grows with every change of any job.
    """

    id: int
    kind: Kind
    account: str
    name: str
    path: str
    size: int
    state: State
    created: str
    started: str = ""
    ended: str = ""
    pages_done: int = 0
    pages: int = 0
    attempts: int = 0
    outcome: tuple[Mapping[str, Any], ...] = field(default=())
    changed: int

    @property
    def can_be_repeated(self) -> bool:
        """Whether trying again makes sense."""
        return self.state in REPEATABLE

    @property
    def was_interrupted(self) -> bool:
        """Whether a worker has died at it and it is begun again."""
        return self.state in PENDING and self.attempts > (self.state is State.RUNNING)


class Jobs:
    """The jobs of a library; those that are done stay until somebody removes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: Kind, *, account: str = "", name: str = "", path: str = "", size: int = 0) -> Job:
        """Put a job at the end of the queue."""
        with self._database.transaction() as db:
            db.execute(_NEXT)
            row = db.execute(
                """INSERT INTO jobs (kind, account, name, path, size, state, created, changed)
                VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT jobs FROM revisions)) RETURNING id""",
                (str(kind), account, name, path, size, str(State.WAITING), _now()),
            ).fetchone()
        return self.get(row["id"])

    def get(self, number: int, account: str | None = None) -> Job:
        """A job.

        Args:
            account: only if it is this account's; anybody's when None.

        Raises:
            NotFoundError: there is none.
        """
        rows = self._database.rows(
            "SELECT * FROM jobs WHERE id = :id AND (:account IS NULL OR account = :account COLLATE NOCASE)",
            {"id": number, "account": account},
        )
        if not rows:
            raise NotFoundError(
                "没有这项任务。 There is no such job.", hint="请刷新页面。 It may have been removed; reload the page."
            )
        return _job(rows[0])

    def newest(self, kinds: Iterable[Kind], account: str | None = None, limit: int = 200) -> list[Job]:
        """Jobs of some kinds: the one that is being done, then the newest first."""
        return self._select("", kinds, account, "state = 'running' DESC, id DESC LIMIT :limit", limit=limit)

    def changed_since(
        self, revision: int, kinds: Iterable[Kind], account: str | None = None, limit: int = 200
    ) -> list[Job]:
        """Jobs that have changed since `Job.changed` was this, in the order of their changes, the first of them."""
        return self._select(
            "AND changed > :revision", kinds, account, "changed LIMIT :limit", revision=revision, limit=limit
        )

    def counts(self, kinds: Iterable[Kind], account: str | None = None) -> dict[State, int]:
        """How many there are in each state."""
        names, condition = _which(kinds)
        rows = self._database.rows(
            f"SELECT state, count(*) AS count FROM jobs WHERE {condition} GROUP BY state", names | {"account": account}
        )
        found = {State(row["state"]): row["count"] for row in rows}
        return {state: found.get(state, 0) for state in State}

    def revision(self) -> int:
        """The newest change."""
        found: int = self._database.rows("SELECT jobs FROM revisions")[0]["jobs"]
        return found

    def held(self) -> tuple[int, int]:
        """How many files lie in the spool for jobs, and their bytes."""
        row = self._database.rows(
            f"SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM jobs WHERE {_IN_SPOOL}"
        )[0]
        return row["files"], row["bytes"]

    def paths(self) -> set[str]:
        """Where the files lie that jobs still need."""
        rows = self._database.rows(f"SELECT path FROM jobs WHERE {_IN_SPOOL}")
        return {row["path"] for row in rows}

    def repeat(self, number: int) -> None:
        """Put a job that failed into the queue again; one that did not stays as it is."""
        with self._database.transaction() as db:
            _change(db, f"state = 'waiting', {_ANEW}, outcome = '[]', attempts = 0, ended = ''",
                    "id = ? AND state IN ('failed', 'stopped')", number)  # fmt: skip

    def remove(self, number: int) -> bool:
        """Forget a job, unless the worker is at it; whether it is gone."""
        with self._database.transaction() as db:
            db.execute(_NEXT)
            return bool(db.execute("DELETE FROM jobs WHERE id = ? AND state <> 'running'", (number,)).rowcount)

    def in_state(self, states: Iterable[State], kinds: Iterable[Kind], account: str | None = None) -> list[Job]:
        """Jobs in some states, the oldest first."""
        listed = ", ".join(f"'{state}'" for state in states)
        return self._select(f"AND state IN ({listed})", kinds, account, "id")

    # For the worker

    def claim(self) -> Job | None:
        """The next job, which is the caller's now; None when there is nothing to do."""
        with self._database.transaction() as db:
            row = db.execute("SELECT id FROM jobs WHERE state = 'waiting' ORDER BY id LIMIT 1").fetchone()
            if row is None:
                return None
            _change(db, "state = 'running', attempts = attempts + 1, started = ?", "id = ?", _now(), row["id"])
        return self.get(row["id"])

    def progress(self, number: int, done: int, pages: int) -> None:
        """Say how many pages are read."""
        with self._database.transaction() as db:
            _change(db, "pages_done = ?, pages = ?", "id = ?", done, pages, number)

    def finish(self, number: int, state: State, outcome: Iterable[Mapping[str, Any]]) -> None:
        """Say what became of a job."""
        said = json.dumps(list(outcome), ensure_ascii=False, default=str)
        with self._database.transaction() as db:
            _change(db, "state = ?, outcome = ?, ended = ?", "id = ?", str(state), said, _now(), number)

    def put_back(self) -> None:
        """Let whoever works next begin what is being done now: the worker was asked to end."""
        with self._database.transaction() as db:
            _change(db, f"state = 'waiting', attempts = attempts - 1, {_ANEW}", "state = 'running'")

    def resume(self) -> None:
        """Begin again what was being done when a worker died; leave alone what workers die of."""
        with self._database.transaction() as db:
            _change(db, "state = 'stopped', ended = ?", "state = 'running' AND attempts >= ?", _now(), MOST_ATTEMPTS)
            _change(db, f"state = 'waiting', {_ANEW}", "state = 'running'")

    def _select(
        self, condition: str, kinds: Iterable[Kind], account: str | None, order: str, **values: Any
    ) -> list[Job]:
        names, which = _which(kinds)
        rows = self._database.rows(
            f"SELECT * FROM jobs WHERE {which} {condition} ORDER BY {order}", {"account": account, **names, **values}
        )
        return [_job(row) for row in rows]


def _which(kinds: Iterable[Kind]) -> tuple[dict[str, Any], str]:
    """Values by their names, and the condition that uses them, of the jobs of some kinds and of `:account`."""
    names = {f"kind{number}": str(kind) for number, kind in enumerate(kinds)}
    listed = ", ".join(f":{name}" for name in names)
    return names, f"kind IN ({listed}) AND (:account IS NULL OR account = :account COLLATE NOCASE)"


def _change(db: sqlite3.Connection, what: str, which: str, *values: Any) -> None:
    """Change jobs, each with a revision of its own so that none is missed by who follows them."""
    for row in db.execute(f"SELECT id FROM jobs WHERE {which}", values[what.count("?") :]).fetchall():
        db.execute(_NEXT)
        db.execute(
            f"UPDATE jobs SET {what}, changed = (SELECT jobs FROM revisions) WHERE id = ?",
            (*values[: what.count("?")], row["id"]),
        )


def _job(row: sqlite3.Row) -> Job:
    values = dict(row)
    return Job(
        **values
        | {"kind": Kind(values["kind"]), "state": State(values["state"]), "outcome": tuple(json.loads(row["outcome"]))}
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
