"""Corrections applied to what was read of a document, whenever and by whichever version it was read.

In: an extraction and the corrections that stand. Out: `Corrected`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docintel.correcting.draft import Draft, Item
from docintel.correcting.finding import find, twin
from docintel.correcting.places import Places, Span
from docintel.correcting.proofreading import proofread
from docintel.correcting.stored import from_stored, quote_key, to_stored
from docintel.schema import RECORD_TYPES, Correction, CorrectionAction, Extraction, Ground, Record

#: An added record is one that is there already when the two share this much of what they cover.
SAME = 0.8
#: An issue that a measure addresses covers at least this much of what it covered.
_LINKED = 0.5
#: Fields that name a unit by its canonical name, and those that name a person.
_NAMING_UNITS = {"statistics": "unit", "persons": "unit", "measures": "units", "cases": "units"}
_NAMING_PERSONS = {"cases": "persons"}
#: Fields of a statistic that its checks go by.
_FIGURES = ("value", "unit_of_measure", "metric", "approximate", "unit", "subject", "action", "period", "evidence")


@dataclass(frozen=True, slots=True)
class Corrected:
    """What stands of a document after its corrections.

    Attributes:
        lost: corrections whose record is found no more, nor the words it had. A rejected record that is no longer read
            is not lost: it is gone as the person wanted.
        by: for the records that corrections made as they are, by record type and number, these corrections.
    """

    extraction: Extraction
    lost: tuple[Correction, ...] = ()
    by: Mapping[tuple[str, int], tuple[Correction, ...]] = field(default_factory=dict)


def apply(extraction: Extraction, corrections: Sequence[Correction]) -> Corrected:
    """Correct an extraction.

    Corrections apply in the order in which they were made, those of checks last, for checks follow from statistics. A
    record that was changed or accepted and is not read any more stands as long as its words do.
    """
    standing = sorted((each for each in corrections if not each.undone), key=_order)
    if not standing:
        return Corrected(extraction)
    work = _Work(extraction)
    checks = [each for each in standing if each.kind == "checks"]
    lost = [each for each in standing if each.kind != "checks" and not work.apply(each)]
    work.proofread(extraction)
    lost += [each for each in checks if not work.apply(each)]
    by = {
        (kind, number): item.by
        for kind, items in work.draft.items.items()
        for number, item in enumerate(items)
        if item.by
    }
    return Corrected(work.draft.extraction(), tuple(sorted(lost, key=_order)), by)


def _order(correction: Correction) -> tuple[bool, int]:
    """By number; those that are not kept yet come last, as they are."""
    return correction.id == 0, correction.id


class _Work:
    """An extraction being corrected."""

    def __init__(self, extraction: Extraction) -> None:
        self.draft = Draft(extraction)
        self.places = Places(extraction.document)
        self._figures: list[Item] = []  # statistics whose checks are to be made anew
        self._actions: dict[CorrectionAction, Callable[[Correction], bool]] = {
            CorrectionAction.ACCEPT: self._accept,
            CorrectionAction.CHANGE: self._change,
            CorrectionAction.ADD: self._add,
            CorrectionAction.REJECT: self._reject,
            CorrectionAction.REVIEW: self._review,
        }

    def apply(self, correction: Correction) -> bool:
        """Do what a correction says; False when its record is lost."""
        return self._actions[correction.action](correction)

    def proofread(self, extraction: Extraction) -> None:
        """Check the figures that are others now, and let go of the checks that went by what they were."""
        if self._figures:
            changed = {id(item) for item in self._figures}
            self.draft.items["checks"] = [
                check
                for check in self.draft.items["checks"]
                if check.by or not any(id(link) in changed for link in check.links)
            ]
            for item in proofread(extraction, self.draft.items["statistics"], changed):
                self.draft.add("checks", item)

    def _find(self, correction: Correction) -> Item | None:
        return find(self.draft.items[correction.kind], correction, self.places)

    def _accept(self, correction: Correction) -> bool:
        item = self._find(correction)
        if item is None:
            return self._stand(correction, correction.before or {})
        self._sign(item, item.record, correction)
        return True

    def _change(self, correction: Correction) -> bool:
        item, changed = self._find(correction), correction.fields
        if item is None:
            return self._stand(correction, {**(correction.before or {}), **changed})
        return self._alter(item, changed, correction)

    def _add(self, correction: Correction) -> bool:
        place = {quote_key(correction.kind): correction.quote, "start": correction.start, "end": correction.end}
        return self._stand(correction, {**correction.fields, **place})

    def _reject(self, correction: Correction) -> bool:
        if item := self._find(correction):
            self.draft.remove(correction.kind, item)
        return True

    def _stand(self, correction: Correction, data: Mapping[str, Any]) -> bool:
        """Let a record stand that is not among those that were read, or is there without that one knew of it."""
        span = self.places.again(data, quote_key(correction.kind)) if data else None
        if span is None:
            return False
        there = twin(self.draft.items[correction.kind], correction.kind, data, span, SAME)
        if there:
            return self._alter(there, {name: data[name] for name in data if name != "confidence"}, correction)
        record = from_stored(correction.kind, data, self.places)
        if record is None:
            return False
        item = Item(record, self._links(data))
        self._sign(item, record, correction)
        self.draft.add(correction.kind, item)
        self._note_figure(correction.kind, item, None)
        return True

    def _alter(self, item: Item, changed: Mapping[str, Any], correction: Correction) -> bool:
        kind, before, key = correction.kind, item.record, quote_key(correction.kind)
        data = to_stored(before) | dict(changed)
        if key in changed and changed[key] != before.evidence.quote:
            data["mentions"] = []  # of a name that is another now
        record = from_stored(kind, data, self.places)
        if record is None:
            return False
        if "addresses" in changed:
            item.links = self._links(changed)
        grounds = tuple(ground for ground in before.grounds if ground.field not in changed or not ground.field)
        self._sign(item, replace(record, grounds=grounds), correction)
        if item.span[0] != before.evidence.start:
            self.draft.move(kind, item)
        self._rename(kind, before, item.record)
        self._note_figure(kind, item, before)
        return True

    def _note_figure(self, kind: str, item: Item, before: Record | None) -> None:
        """Note a statistic that is new or says something else than before: its checks are to be made anew."""
        if kind == "statistics" and (
            before is None or any(getattr(before, name) != getattr(item.record, name) for name in _FIGURES)
        ):
            self._figures.append(item)

    def _sign(self, item: Item, record: Record, correction: Correction) -> None:
        """Let a person's word stand for a record."""
        grounds: tuple[Ground, ...] = (*correction.grounds(record.evidence), *record.grounds)
        item.record = replace(record, confidence=1.0, grounds=grounds)
        item.by = (*item.by, correction)

    def _links(self, data: Mapping[str, Any]) -> list[Item]:
        spans = [self.places.again(issue) for issue in data.get("addresses", ())]
        found = [self.draft.at("issues", span, _LINKED) for span in spans if span]
        return list(dict.fromkeys(issue for issue in found if issue))

    def _rename(self, kind: str, before: Record, after: Record) -> None:
        """Let the records that name a unit or a person by the old name do so by the new one."""
        naming, attribute = {
            "units": (_NAMING_UNITS, "canonical"),
            "persons": (_NAMING_PERSONS, "name"),
        }.get(kind, ({}, ""))
        if not naming or (old := getattr(before, attribute)) == (new := getattr(after, attribute)):
            return
        if any(getattr(item.record, attribute) == old for item in self.draft.items[kind]):
            return  # another one has that name
        for other, name in naming.items():
            for item in self.draft.items[other]:
                named = getattr(item.record, name)
                several = isinstance(named, tuple)
                renamed = [new if each == old else each for each in (named if several else [named])]
                values: dict[str, Any] = {name: tuple(dict.fromkeys(renamed)) if several else renamed[0]}
                if old in (named if several else [named]):
                    item.record = replace(item.record, **values)

    def _review(self, correction: Correction) -> bool:
        """Let the records stand that a person found complete, and no others; checks follow from the statistics."""
        reviewed: Mapping[str, Sequence[Mapping[str, Any]]] = correction.fields["records"]
        read: defaultdict[tuple[str, Span], list[Item]] = defaultdict(list)
        for kind in reviewed:
            for item in self.draft.items[kind]:
                read[kind, item.span].append(item)
        self.draft.items = {kind: [] if kind in reviewed else self.draft.items[kind] for kind in RECORD_TYPES}
        complete = True
        for kind in sorted(reviewed, key=_issues_first):
            for data in reviewed[kind]:
                record = from_stored(kind, data, self.places)
                if record is None:
                    complete = False
                else:
                    there = read[kind, (record.evidence.start, record.evidence.end)]
                    self._keep(correction, kind, record, data, there)
        kept = {id(item) for items in self.draft.items.values() for item in items}
        self.draft.unlink(lambda item: id(item) not in kept)
        return complete

    def _keep(
        self, correction: Correction, kind: str, record: Record, data: Mapping[str, Any], there: list[Item]
    ) -> None:
        """Keep a reviewed record; as one of those that were read at its place where it is one of them."""
        known = twin(there, kind, data, (record.evidence.start, record.evidence.end), 1.0)
        item, before = known or Item(record), known.record if known else None
        if known:
            there.remove(known)
        item.links = self._links(data)
        self._sign(item, replace(record, grounds=before.grounds if before else ()), correction)
        self.draft.add(kind, item)
        self._note_figure(kind, item, before)


def _issues_first(kind: str) -> bool:
    """Issues are there before the measures that address them."""
    return kind != "issues"


__all__ = ["SAME", "Corrected", "apply"]
