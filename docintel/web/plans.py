"""Drafts of plans of rectification: problems with the measures that an account chose, to be edited and exported.

In: problems and measures. Out: lines in the order of the plan. Each account has one draft and sees no other.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from sqlite3 import Connection, Row

from docintel.errors import InputError, NotFoundError
from docintel.exports.plan import PlanRow
from docintel.web.database import Database

_MOST_ROWS, _MOST_MEASURES = 300, 30
_LONGEST = 2000
_EDITED = "（措施文字有改动）"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMeasure:
    """A measure of a line.

    Attributes:
        text: as the plan says it.
        quote: as the document says it; empty for one of the clerk's own.
        basis: where it is from.
        address: the page of the sentence; empty for one of the clerk's own.
    """

    text: str
    quote: str = ""
    basis: str = ""
    address: str = ""

    @property
    def is_edited(self) -> bool:
        """It no longer says what the document says."""
        return bool(self.quote) and self.text != self.quote


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """A line of a draft: a problem, what is done about it, by whom, by when."""

    id: int = 0
    problem: str
    measures: tuple[PlannedMeasure, ...] = ()
    owners: str = ""
    deadline: str = ""

    def exported(self) -> PlanRow:
        """The line of the file; measures that are no quotes any more say so beside their basis."""
        return PlanRow(
            problem=self.problem,
            measures=tuple(each.text for each in self.measures),
            owners=self.owners,
            deadline=self.deadline,
            bases=tuple(each.basis + (_EDITED if each.is_edited and each.basis else "") for each in self.measures),
        )


@dataclass(frozen=True, slots=True)
class Plans:
    """The drafts of every account."""

    _database: Database = field(repr=False)

    def rows(self, account: str) -> list[PlannedRow]:
        """The draft of an account, in its order."""
        found = self._database.rows("SELECT * FROM plan_rows WHERE account = ? ORDER BY place, id", (account,))
        return [_read(row) for row in found]

    def count(self, account: str) -> int:
        """How many lines it has."""
        (row,) = self._database.rows("SELECT count(*) AS count FROM plan_rows WHERE account = ?", (account,))
        return int(row["count"])

    def pick(self, account: str, problem: str, measure: PlannedMeasure, owners: str = "", deadline: str = "") -> None:
        """Put a measure into the line of its problem, which is made where there is none; once only.

        Raises:
            InputError: the problem is empty, or the draft is full.
        """
        problem = _line(problem)
        with self._database.transaction() as db:
            row = db.execute(
                "SELECT * FROM plan_rows WHERE account = ? AND problem = ? ORDER BY place, id", (account, problem)
            ).fetchone()
            if row is None:
                _add(db, account, PlannedRow(problem=problem, measures=(measure,), owners=owners, deadline=deadline))
                return
            known = _read(row).measures
            if measure.quote not in [each.quote for each in known]:
                _put(db, account, row["id"], measures=_dumped((*known, measure)))

    def add(self, account: str, problem: str) -> None:
        """Add a line without measures.

        Raises:
            InputError: the problem is empty, or the draft is full.
        """
        with self._database.transaction() as db:
            _add(db, account, PlannedRow(problem=problem))

    def save(self, account: str, row: PlannedRow) -> None:
        """Write a line as it was edited; measures without words are left out.

        Raises:
            InputError: the problem is empty.
            NotFoundError: the account has no such line.
        """
        kept = [each for each in row.measures if each.text.strip()]
        with self._database.transaction() as db:
            _put(
                db,
                account,
                row.id,
                problem=_problem(row.problem),
                measures=_dumped(kept),
                owners="\n".join(filter(None, map(_line, row.owners.splitlines()))),
                deadline=_line(row.deadline),
            )

    def remove(self, account: str, number: int) -> None:
        """Take a line out.

        Raises:
            NotFoundError: the account has no such line.
        """
        with self._database.transaction() as db:
            if not db.execute("DELETE FROM plan_rows WHERE account = ? AND id = ?", (account, number)).rowcount:
                raise _no_row()

    def clear(self, account: str) -> None:
        """Take every line out."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM plan_rows WHERE account = ?", (account,))

    def move(self, account: str, number: int, by: int) -> None:
        """Move a line down, or up by a negative number; the first and the last stay where they are.

        Raises:
            NotFoundError: the account has no such line.
        """
        with self._database.transaction() as db:
            found = db.execute("SELECT id FROM plan_rows WHERE account = ? ORDER BY place, id", (account,)).fetchall()
            order = [row["id"] for row in found]
            if number not in order:
                raise _no_row()
            at = order.index(number)
            order.insert(min(max(0, at + by), len(order) - 1), order.pop(at))
            db.executemany("UPDATE plan_rows SET place = ? WHERE id = ?", list(enumerate(order)))


def _add(db: Connection, account: str, row: PlannedRow) -> None:
    count, last = db.execute(
        "SELECT count(*), coalesce(max(place), -1) FROM plan_rows WHERE account = ?", (account,)
    ).fetchone()
    if count >= _MOST_ROWS:
        raise InputError(
            f"方案最多 {_MOST_ROWS} 行。 A plan has at most {_MOST_ROWS} lines.",
            hint="请先导出并清空，再建新的方案。 Export it and begin another.",
        )
    db.execute(
        "INSERT INTO plan_rows (account, place, problem, measures, owners, deadline) VALUES (?, ?, ?, ?, ?, ?)",
        (account, last + 1, _problem(row.problem), _dumped(row.measures), row.owners, row.deadline),
    )


def _put(db: Connection, account: str, number: int, **values: str) -> None:
    named = ", ".join(f"{name} = :{name}" for name in values)
    where = {"account": account, "number": number}
    if not db.execute(
        f"UPDATE plan_rows SET {named} WHERE account = :account AND id = :number",
        values | where,
    ).rowcount:
        raise _no_row()


def _read(row: Row) -> PlannedRow:
    return PlannedRow(
        id=row["id"],
        problem=row["problem"],
        measures=tuple(PlannedMeasure(**each) for each in json.loads(row["measures"])),
        owners=row["owners"],
        deadline=row["deadline"],
    )


def _dumped(measures: Sequence[PlannedMeasure]) -> str:
    if len(measures) > _MOST_MEASURES:
        raise InputError(
            f"一个问题最多 {_MOST_MEASURES} 条措施。 A problem has at most {_MOST_MEASURES} measures.",
            hint="请先删去不用的。 Delete some first.",
        )
    lines = [asdict(each) | {"text": _line(each.text)} for each in measures]
    return json.dumps(lines, ensure_ascii=False)


def _problem(text: str) -> str:
    if not (line := _line(text)):
        raise InputError("问题不能为空。 The problem is empty.")
    return line


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]


def _no_row() -> NotFoundError:
    return NotFoundError("方案中没有这一行。 The plan has no such line.", hint="请刷新页面。 Reload the page.")
