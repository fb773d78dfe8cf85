"""Which rows corrections change.

In: two extractions of one document. Out: `RecordChange`s. A row that has only another number, or links to rows that
have other numbers, is no other row.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from docintel.correcting.places import alike
from docintel.correcting.stored import stored_at
from docintel.schema import RECORD_TYPES, Extraction, Record, RecordChange
from docintel.schema.serial import record_to_dict

#: A row that covers at least this much of where another stood is that row, changed.
_CHANGED = 0.2


def changes(before: Extraction, after: Extraction) -> tuple[RecordChange, ...]:
    """The rows that came, went or say something else, by record type, then in text order."""
    return tuple(change for kind in RECORD_TYPES for change in _changes_of(kind, before, after))


def _changes_of(kind: str, before: Extraction, after: Extraction) -> Iterator[RecordChange]:
    olds, news = before.records(kind), after.records(kind)
    gone, come = _unequal(kind, before, after)
    pairs: dict[int, int] = {}
    for i in gone:
        span = olds[i].evidence.start, olds[i].evidence.end
        free = [j for j in come if j not in pairs.values()]
        best = max(free, key=lambda j: alike(_span(news[j]), span), default=None)
        if best is not None and alike(_span(news[best]), span) >= _CHANGED:
            pairs[i] = best
    found = [(i, pairs.get(i)) for i in gone] + [(None, j) for j in come if j not in pairs.values()]

    def place(pair: tuple[int | None, int | None]) -> int:
        record = news[pair[1]] if pair[1] is not None else olds[pair[0] or 0]
        return record.evidence.start

    for was, now in sorted(found, key=place):
        yield RecordChange(kind=kind, was=was, now=now, before=_data(olds, was), after=_data(news, now))


def _span(record: Record) -> tuple[int, int]:
    return record.evidence.start, record.evidence.end


def _data(records: Sequence[Record], number: int | None) -> dict[str, Any] | None:
    return None if number is None else record_to_dict(records[number])


def _unequal(kind: str, before: Extraction, after: Extraction) -> tuple[list[int], list[int]]:
    """The numbers of the rows of either that have no equal in the other."""
    equals: defaultdict[Hashable, list[int]] = defaultdict(list)
    for i in range(len(before.records(kind))):
        equals[_said(kind, before, i)].append(i)
    come = []
    for j in range(len(after.records(kind))):
        same = equals[_said(kind, after, j)]
        if same:
            same.pop(0)
        else:
            come.append(j)
    return sorted(i for rest in equals.values() for i in rest), come


def _said(kind: str, extraction: Extraction, number: int) -> Hashable:
    """All that a row says, its links by words and places."""
    data = stored_at(extraction, kind, number)
    if "statistics" in data:
        linked = [extraction.statistics[i].evidence for i in data["statistics"]]
        data["statistics"] = [(evidence.start, evidence.end) for evidence in linked]
    return repr(sorted(data.items()))
