"""Saved searches: a name and the query string of a search, kept for the account that saved it.

In: names and query strings. Out: saved searches, newest first.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from docintel.errors import InputError, NotFoundError
from docintel.web.database import Database

_MOST, _LONGEST_NAME = 100, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A search to come back to.

    Attributes:
        query: what stands behind `/search?`.
        created: ISO 8601 in UTC.
    """

    id: int
    name: str
    query: str
    created: str


class SavedSearches:
    """The saved searches of every account; each sees its own only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, account: str) -> list[SavedSearch]:
        """Those of an account, newest first."""
        rows = self._database.rows(
            "SELECT id, name, query, created FROM searches WHERE account = ? ORDER BY id DESC", (account,)
        )
        return [SavedSearch(**dict(row)) for row in rows]

    def get(self, account: str, number: int) -> SavedSearch:
        """One of an account's.

        Raises:
            NotFoundError: it has none of this number.
        """
        found = next((each for each in self.list(account) if each.id == number), None)
        if found is None:
            raise NotFoundError("没有这个检索。 There is no such saved search.")
        return found

    def save(self, account: str, name: str, query: str) -> str:
        """Save a search; one of the same name is replaced. Gives its name as it is kept.

        Raises:
            InputError: it has no name, or there are too many.
        """
        name = " ".join(name.split())[:_LONGEST_NAME]
        if not name:
            raise InputError("请给检索起个名字。 Give the search a name.")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.transaction() as db:
            db.execute("DELETE FROM searches WHERE account = ? AND name = ?", (account, name))
            count = db.execute("SELECT count(*) FROM searches WHERE account = ?", (account,)).fetchone()[0]
            if count >= _MOST:
                raise InputError(
                    f"最多保存 {_MOST} 个检索。 At most {_MOST} searches are kept.",
                    hint="请先删除不用的。 Delete some that you no longer need.",
                )
            db.execute(
                "INSERT INTO searches (account, name, query, created) VALUES (?, ?, ?, ?)", (account, name, query, at)
            )
        return name

    def remove(self, account: str, number: int) -> SavedSearch:
        """Delete a search of an account; gives what it was.

        Raises:
            NotFoundError: it has none of this number.
        """
        found = self.get(account, number)
        with self._database.transaction() as db:
            db.execute("DELETE FROM searches WHERE account = ? AND id = ?", (account, number))
        return found
