"""Ledgers: tables whose rows each tell a problem, what is done about it, by whom, until when, and how far it has come.

In: a reading. Out: the rows of its ledgers, as places of the text. Headings of two levels, a title over the table,
merged cells and a table that goes on without its heading are understood; any other table is no ledger.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from docintel.extract.language.grids import Grid, Span, cell_grid
from docintel.extract.language.lexicon import load
from docintel.extract.language.reading import Reading
from docintel.schema import BlockKind

#: A heading is not longer, and not further down: titles and notes may stand over it.
_LONGEST_HEADING, _HEADING_WITHIN = 24, 8
_TELLING = frozenset({"problem", "risk", "measure", "unit", "person", "deadline", "status"})
_SUBJECTS = frozenset({"problem", "risk", "measure"})


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a ledger, by what its columns are called.

    Attributes:
        block: index into `Document.blocks`.
        problem: the cell that says what is wrong; None where the row names none.
        is_risk: the column is one of risks, not of problems found.
        measures: cells that say what is to be done.
        units: cells that say who does it.
        deadline: the cell that says until when.
        status: cells that say how far it has come, in a word or as a story.
    """

    block: int
    problem: Span | None
    is_risk: bool
    measures: tuple[Span, ...]
    units: tuple[Span, ...]
    deadline: Span | None
    status: tuple[Span, ...]


def read_ledgers(reading: Reading) -> tuple[Row, ...]:
    """The rows of all ledgers of a document, in text order."""
    rows: list[Row] = []
    roles: list[str] = []
    for i, block in enumerate(reading.document.blocks):
        if block.kind is not BlockKind.TABLE:
            roles = roles if block.kind is BlockKind.FURNITURE else []
            continue
        grid = cell_grid(reading, block)
        start, named = _heading(reading, grid)
        roles = named or _continued(roles, grid)
        if not roles:
            continue
        rows += _rows(reading, grid[start:], roles, i)
    return tuple(rows)


def _continued(roles: list[str], grid: Grid) -> list[str]:
    """The roles of the columns of a table that goes on from the one before; a last column of remarks may be empty."""
    width = len(grid[0]) if grid else 0
    if len(roles) == width or (len(roles) == width + 1 and roles[-1] == "other"):
        return roles[:width]
    return []


@cache
def _columns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((role, re.compile("|".join(names))) for role, names in load("ledger")["columns"].items())


def _role(reading: Reading, span: Span | None) -> str:
    """What a heading calls its column; empty for any other cell."""
    words = re.sub(r"\s", "", reading.folded[slice(*span)]) if span else ""
    if not 0 < len(words) <= _LONGEST_HEADING:
        return ""
    return next((role for role, pattern in _columns() if pattern.fullmatch(words)), "")


def _heading(reading: Reading, grid: Grid) -> tuple[int, list[str]]:
    """Where the rows begin, and the role of each column; no roles where the table has no heading of a ledger."""
    for y, spans in enumerate(grid[:_HEADING_WITHIN]):
        roles = [_role(reading, span) for span in spans]
        if not _heads_ledger(roles, spans):
            continue
        below = y + 1
        while below < len(grid) and _is_below(reading, grid[below - 1], grid[below]):
            lower = [_role(reading, span) for span in grid[below]]
            roles = [own or above for own, above in zip(lower, roles, strict=True)]
            below += 1
        return below, roles
    return 0, []


def _heads_ledger(roles: Sequence[str], spans: Sequence[Span | None]) -> bool:
    named = {(role, span) for role, span in zip(roles, spans, strict=True) if role in _TELLING}
    telling = {role for role, _ in named}
    filled = {span for span in spans if span}
    unknown = {span for role, span in zip(roles, spans, strict=True) if span and not role}
    return bool(telling & _SUBJECTS) and len(telling) > 1 and 2 * len(unknown) < len(filled)


def _is_below(reading: Reading, upper: Sequence[Span | None], row: Sequence[Span | None]) -> bool:
    """Whether a row is the lower level of a heading: whatever stands in it anew names a column."""
    own = {span for span in row if span and span not in upper}
    return bool(own) and all(_role(reading, span) for span in own)


def _rows(reading: Reading, grid: Grid, roles: list[str], block: int) -> Iterator[Row]:
    """The rows below a heading; a heading that is repeated is none, nor is a caption over all columns."""
    before: Row | None = None
    for spans in grid:
        if _is_caption(spans, roles) or _heads_ledger([_role(reading, span) for span in spans], spans):
            continue
        row = _row(spans, roles, block)
        if row.problem is None and before and not spans[0] and row.measures:  # an empty place under a problem
            row = Row(block, before.problem, before.is_risk, row.measures, row.units, row.deadline, row.status)
        if row.problem or row.measures:
            yield row
            before = row


def _is_caption(spans: Sequence[Span | None], roles: Sequence[str]) -> bool:
    """Whether a row is one cell that tells what the rows below are about, and no measure that stands alone."""
    filled = [(span, role) for span, role in zip(spans, roles, strict=True) if span]
    return len({span for span, _ in filled}) < 2 and [role for _, role in filled] != ["measure"]


def _row(spans: Sequence[Span | None], roles: Sequence[str], block: int) -> Row:
    by_role: dict[str, list[Span]] = {}
    for role, span in zip(roles, spans, strict=True):
        if span and span not in by_role.setdefault(role, []):
            by_role[role].append(span)
    problems, risks = by_role.get("problem", []), by_role.get("risk", [])
    return Row(
        block=block,
        problem=next(iter((problems or risks)[::-1]), None),  # of a problem and what it shows in, the latter
        is_risk=not problems and bool(risks),
        measures=tuple(by_role.get("measure", ())),
        units=tuple(by_role.get("unit", ())),
        deadline=next(iter(by_role.get("deadline", ())), None),
        status=tuple(by_role.get("status", ())),
    )
