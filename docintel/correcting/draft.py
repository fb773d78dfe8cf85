"""A document's records while they are corrected: linked by what they are, not by numbers that shift.

In: an extraction. Out: the extraction after records came, went and changed, links numbered anew.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docintel.correcting.places import alike
from docintel.schema import RECORD_TYPES, Check, Correction, Extraction, Measure, Record


@dataclass(eq=False, slots=True)
class Item:
    """A record with what it links to: the issues a measure addresses, the statistics a check ties together.

    Attributes:
        by: the corrections that made it as it is.
    """

    record: Record
    links: list["Item"] = field(default_factory=list)
    by: tuple[Correction, ...] = ()

    @property
    def span(self) -> tuple[int, int]:
        """Where its words stand."""
        return self.record.evidence.start, self.record.evidence.end


class Draft:
    """The records of an extraction as items, by record type, in text order."""

    def __init__(self, extraction: Extraction) -> None:
        self._extraction = extraction
        self.items = {kind: [Item(record) for record in extraction.records(kind)] for kind in RECORD_TYPES}
        for kind, name, linked in _LINKS:
            for item in self.items[kind]:
                item.links = [self.items[linked][number] for number in getattr(item.record, name)]

    def add(self, kind: str, item: Item) -> None:
        """Put an item in its place in text order, behind those that start where it does."""
        items = self.items[kind]
        items.insert(bisect_right(items, item.span[0], key=lambda each: each.span[0]), item)

    def move(self, kind: str, item: Item) -> None:
        """Put an item whose words are others now in its place."""
        self.items[kind].remove(item)
        self.add(kind, item)

    def remove(self, kind: str, item: Item) -> None:
        """Let an item go: measures no longer address it, and no check holds without it."""
        self.items[kind].remove(item)
        self.unlink(lambda other: other is item)

    def unlink(self, gone: Callable[[Item], bool]) -> None:
        """Let go of the links to items that are gone, and of checks that tied them together."""
        for measure in self.items["measures"]:
            measure.links = [issue for issue in measure.links if not gone(issue)]
        self.items["checks"] = [check for check in self.items["checks"] if not any(map(gone, check.links))]

    def at(self, kind: str, span: tuple[int, int], least: float) -> Item | None:
        """The item that has most in common with a place, at least so much of it."""
        best = max(self.items[kind], key=lambda item: alike(item.span, span), default=None)
        return best if best and alike(best.span, span) >= least else None

    def extraction(self) -> Extraction:
        """The records as they are now."""
        numbers = {id(item): i for items in self.items.values() for i, item in enumerate(items)}
        records: dict[str, Any] = {
            kind: tuple(_linked(item.record, [numbers[id(link)] for link in item.links]) for item in items)
            for kind, items in self.items.items()
        }
        return replace(self._extraction, **records)


#: Record type, its field of numbers, and the record type they number.
_LINKS = (("measures", "addresses", "issues"), ("checks", "statistics", "statistics"))


def _linked(record: Record, numbers: Sequence[int]) -> Record:
    if isinstance(record, Measure):
        return replace(record, addresses=tuple(numbers))
    return replace(record, statistics=tuple(numbers)) if isinstance(record, Check) else record
