"""The rows of tables that list problems or what is left to do, as places.

In: a document. Out: a place a problem: its cell, and the cells of owner, deadline, progress and cause beside it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from docintel.chain.places import Place
from docintel.chain.words import progress_of
from docintel.extract.language.grids import Grid, cell_grid
from docintel.extract.language.lexicon import load
from docintel.extract.language.reading import Reading
from docintel.schema import BlockKind, Extraction
from docintel.text.fields import CAUSE_LABEL, DEADLINE_LABEL, STATE_LABEL, UNIT_LABEL, Span, pieces, trimmed

_HEADING_WITHIN, _LONGEST_HEADING = 8, 24
_COLUMNS = {
    "problem": r"(?:未办结|未完成|待整改|待办|重点|整改)?(?:问题|事项)(?:名称|描述|内容)?",
    "measure": r"(?:下一?步|后续)?(?:工作|整改)?(?:措施|举措|打算|安排)",
    "unit": rf"(?:{UNIT_LABEL})|(?:牵头|责任|主办|经办)(?:科室|部门|单位)",
    "deadline": DEADLINE_LABEL,
    "state": rf"(?:{STATE_LABEL})|(?:整改|完成|落实|工作|目前)?进展(?:情况)?|是否(?:已)?(?:完成|整改|销号)",
    "cause": CAUSE_LABEL,
}
#: Of a table that lists what is to be put right at least so many of these columns are there.
_TELLING, _ENOUGH = ("measure", "unit", "deadline", "state"), 2


def table_rows(extraction: Extraction, folded: str) -> list[Place]:
    """The rows of all tables that have a heading of such a list, in text order; a merged cell is one problem."""
    reading = Reading(extraction.document)
    places: list[Place] = []
    roles: list[str] = []
    section: Span | None = None
    for block in extraction.document.blocks:
        if block.kind is not BlockKind.TABLE:
            roles = roles if block.kind is BlockKind.FURNITURE else []
            if block.kind is BlockKind.HEADING:
                section = trimmed(folded, block.start + len(block.numbering), block.end)
            continue
        grid = cell_grid(reading, block)
        start, named = _heading(folded, grid)
        roles = named or (roles if grid and len(roles) == len(grid[0]) else [])
        if roles:
            places += (replace(place, section=section) for place in _places(folded, grid[start:], roles))
    return places


def _heading(folded: str, grid: Grid) -> tuple[int, list[str]]:
    """Where the rows begin, and what each column is; nothing where the table is no such list."""
    for y, spans in enumerate(grid[:_HEADING_WITHIN]):
        roles = [_role(folded, span) for span in spans]
        if "problem" in roles and len(set(roles) & set(_TELLING)) >= _ENOUGH:
            below = y + 1
            while below < len(grid) and all(_role(folded, span) or span in spans for span in grid[below] if span):
                lower = [_role(folded, span) for span in grid[below]]
                roles = [own or above for own, above in zip(lower, roles, strict=True)]
                below += 1
            return below, roles
    return 0, []


def _role(folded: str, span: Span | None) -> str:
    words = re.sub(r"\s", "", folded[slice(*span)]) if span else ""
    if not 0 < len(words) <= _LONGEST_HEADING:
        return ""
    own = next((role for role, pattern in _COLUMNS.items() if re.fullmatch(pattern, words)), "")
    return own or next((role for role, pattern in _known() if re.fullmatch(pattern, words)), "")


def _known() -> list[tuple[str, str]]:
    """The names of columns that the finder of ledgers knows."""
    names = {"risk": "problem", "status": "state"}
    return [(names.get(role, role), "|".join(words)) for role, words in load("ledger")["columns"].items()]


def _places(folded: str, grid: Sequence[Sequence[Span | None]], roles: Sequence[str]) -> list[Place]:
    found: dict[Span, Place] = {}
    before: Span | None = None
    for spans in grid:
        cells: dict[str, list[Span]] = {}
        for role, span in zip(roles, spans, strict=True):
            if span and span not in cells.setdefault(role, []):
                cells[role].append(span)
        problem = next(iter(cells.get("problem", [])[::-1]), before if not spans[0] else None)
        if problem is None or len({span for span in spans if span}) < 2:
            continue
        place = found.get(problem) or Place(problem, trimmed(folded, *problem) or problem, named=True)
        found[problem] = _with_row(folded, place, cells)
        before = problem
    return list(found.values())


def _with_row(folded: str, place: Place, cells: dict[str, list[Span]]) -> Place:
    """The place with a further row of its problem."""
    own = [span for role in ("problem", "measure", "state") for span in cells.get(role, [])]
    owners = [owner for span in cells.get("unit", []) for owner in pieces(folded, *span)]
    states = [span for span in cells.get("state", []) if progress_of(folded[slice(*span)])]
    return replace(
        place,
        own=tuple(dict.fromkeys((*place.own, *own))),
        owners=tuple(dict.fromkeys((*place.owners, *owners))),
        deadline=place.deadline or next(iter(cells.get("deadline", [])), None),
        told=place.told or min(states, key=lambda span: span[1] - span[0], default=None),
        cause=place.cause or next(iter(cells.get("cause", [])), None),
    )
