"""What people say of the records of a document: corrections, and what becomes of the document by them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from docintel.schema.document import Evidence
from docintel.schema.records import Extraction, Ground

#: The group of the rules by which a person's word stands in a record's grounds: `correction/change`.
CORRECTION_RULE = "correction"
#: What stands beside a quote in `Correction.fields`, and is no field by itself.
_PLACE = frozenset({"start", "end"})


class CorrectionAction(StrEnum):
    """What a person does with a record, or with a whole document."""

    ACCEPT = "accept"
    CHANGE = "change"
    ADD = "add"
    REJECT = "reject"
    REVIEW = "review"


#: The actions as people see them.
ACTION_NAMES: dict[CorrectionAction, str] = {
    CorrectionAction.ACCEPT: "确认",
    CorrectionAction.CHANGE: "更改",
    CorrectionAction.ADD: "补充",
    CorrectionAction.REJECT: "剔除",
    CorrectionAction.REVIEW: "全文审定",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person said of one record of a document, or of all of them.

    Attributes:
        id: its number in the library, from 1; 0 before it is kept.
        document: id of the document.
        kind: the record type, as in `RECORD_TYPES`; empty for a review.
        start: first character of the record's quote when the person saw it, 0-based; 0 for a review.
        end: one past the last.
        quote: the words of the record then.
        fields: by the names of the JSON form: what a change sets, all of an added record, for a review the `records`
            of the document as they were found complete. Issues that a measure addresses, acts and penalties stand
            there by their words and places, never by number.
        by: who.
        at: when, ISO 8601 in UTC.
        note: why, in the person's words.
        before: the record when the person saw it, as in `fields`; None for an added one and for a review.
        origin: id of the correction of an earlier version of the file that this one was carried from.
        undone: when it was taken back, as `at`; None while it stands.
        undone_by: who took it back.
    """

    id: int = 0
    document: str
    kind: str
    action: CorrectionAction
    start: int = 0
    end: int = 0
    quote: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    by: str
    at: str
    note: str = ""
    before: Mapping[str, Any] | None = None
    origin: int | None = None
    undone: str | None = None
    undone_by: str | None = None

    def grounds(self, evidence: Evidence) -> tuple[Ground, ...]:
        """Why a record is as this person said: one ground a field for a change, else one for the record as a whole."""
        told = f"{self.by}，{self.at[:16].replace('T', ' ')} UTC" + (f"：{self.note}" if self.note else "")
        rule = f"{CORRECTION_RULE}/{self.action}"
        names = [name for name in self.fields if name not in _PLACE] if self.action is CorrectionAction.CHANGE else [""]
        return tuple(Ground(name, rule, evidence, told) for name in names or [""])


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """A record that is other after a correction than before.

    Attributes:
        kind: the record type.
        was: its number before, from 0; None for one that is new.
        now: its number after; None for one that is gone.
        before: its JSON form before; None for one that is new.
        after: its JSON form after; None for one that is gone.
    """

    kind: str
    was: int | None
    now: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionResult:
    """What corrections of a document did, or would do.

    Attributes:
        document: its id.
        source: its file's name.
        corrections: those that were kept, or taken back; their id is 0 in a dry run.
        before: the document's records before.
        after: the records after.
        changes: the rows that differ, by record type, then in text order.
        lost: corrections of the document whose record is no longer found.
        dry_run: nothing was kept.
    """

    document: str
    source: str
    corrections: tuple[Correction, ...]
    before: Extraction
    after: Extraction
    changes: tuple[RecordChange, ...]
    lost: tuple[Correction, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedDocument:
    """A document that people corrected.

    Attributes:
        machine: what docintel read of it.
        current: what stands now; records that a person changed, added or accepted have a ground `correction/…`.
        corrections: those that stand, oldest first.
        reviewed: a person found its records complete, so that `current` is gold.
    """

    machine: Extraction
    current: Extraction
    corrections: tuple[Correction, ...]
    reviewed: bool
