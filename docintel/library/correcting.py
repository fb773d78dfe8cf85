"""What people say of the records of the library's documents: correct, undo, list."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from docintel.config import user_name
from docintel.correcting import Request, apply, changes, propose
from docintel.errors import SetupError, StoreError
from docintel.frames import named_frame
from docintel.library.base import Base
from docintel.schema import (
    CorrectedDocument,
    Correction,
    CorrectionAction,
    CorrectionResult,
    Extraction,
)
from docintel.schema.serial import correction_to_dict
from docintel.store.catalog import Amended

if TYPE_CHECKING:
    import pandas as pd


class Correcting(Base):
    """Keeps what people say of records."""

    def correct(
        self,
        name: str,
        kind: str,
        action: CorrectionAction | str,
        ordinal: int | None = None,
        *,
        by: str | None = None,
        dry_run: bool = False,
        **details: Any,
    ) -> CorrectionResult:
        """Change, add, accept or reject a record of a document, or say that its records are complete.

        What is said stands when the document is read anew, and goes along when its file changes.

        Args:
            name: the document's id, the start of its id, its file's name or path.
            kind: the record type; empty for a review.
            action: what to do with the record: `change`, `add`, `accept`, `reject`; `review` for the document.
            ordinal: the record's number, from 0; without it `quote` tells which.
            by: who says so; `DOCINTEL_USER` or the name of the account when None.
            dry_run: keep nothing, and tell which rows would change.
            details: `fields`, `quote`, `start`, `occurrence` and `note`, as in `correcting.Request`.

        Raises:
            NotFoundError: there is no such document, or more than one.
            CorrectionError: there is no such record, field, value or quote.
        """
        action = CorrectionAction(action)
        request = Request(kind=kind, action=action, ordinal=ordinal, by=by or user_name(), **details)
        (result,) = self.correct_all([(name, request)], dry_run=dry_run)
        return result

    def correct_all(self, requests: Iterable[tuple[str, Request]], *, dry_run: bool = False) -> list[CorrectionResult]:
        """Keep many corrections at once, or, when one of them makes no sense, none.

        Numbers of records are those before any of these corrections.

        Args:
            requests: each with the name of its document, as in `correct`.

        Returns:
            One result a document.
        """
        asked: dict[str, list[Request]] = {}
        for name, request in requests:
            asked.setdefault(self._catalog.resolve(name), []).append(request)
        decisions = {document: partial(_propose_all, its) for document, its in asked.items()}
        return self._results(partial(self._catalog.amend, decisions, keep=not dry_run), dry_run=dry_run)

    def undo(self, number: int, *, by: str | None = None, dry_run: bool = False) -> list[CorrectionResult]:
        """Take a correction back, wherever it was carried to.

        Returns:
            One result a document of the library that has the correction.

        Raises:
            CorrectionError: there is no such correction, or it was taken back before.
        """
        undo = partial(self._catalog.undo, number, by or user_name(), keep=not dry_run)
        return self._results(undo, dry_run=dry_run)

    def _results(self, amend: Callable[[], Sequence[Amended]], *, dry_run: bool) -> list[CorrectionResult]:
        revision = self._catalog.revision()
        amended = amend()
        if self._catalog.revision() != revision:
            with suppress(SetupError, StoreError):  # what people said is kept; who searches next is told
                self._current_index()
        return [
            CorrectionResult(
                document=each.before.document.id,
                source=each.before.document.source,
                corrections=tuple(replace(one, id=0) for one in each.corrections) if dry_run else each.corrections,
                before=each.before,
                after=each.after,
                changes=changes(each.before, each.after),
                lost=each.lost,
                dry_run=dry_run,
            )
            for each in amended
        ]

    def corrections(self, name: str | None = None) -> "pd.DataFrame":
        """One row a correction, oldest first: of a document, or of all.

        `state` is `stands`, `undone`, `lost` for one whose record and words are found no more, or `carried` for one
        of an earlier version of a file that stands in the present one. `source` is the file's name, None for a
        document that is no longer there.
        """
        document = self._catalog.resolve(name) if name else None
        found = self._catalog.corrections(document)
        sources = {row["id"]: row["source"] for row in self._catalog.documents()} if found else {}
        lost = {each.id for id_ in self._catalog.corrected() if document in (None, id_) for each in self._lost(id_)}
        carried_ = {each.origin for each in found if each.document in sources}
        rows = []
        for each in found:
            state = "undone" if each.undone else "carried" if each.document not in sources else "stands"
            if each.id in lost or (state == "carried" and (each.origin or each.id) not in carried_):
                state = "lost"
            source = sources.get(each.document)
            rows.append(correction_to_dict(each) | {"source": source, "state": state})
        return named_frame(rows, [*(field.name for field in fields(Correction)), "source", "state"])

    def corrected(self) -> Iterator[CorrectedDocument]:
        """The documents that people corrected, as docintel read them and as they stand now."""
        for document in self._catalog.corrected():
            standing = tuple(each for each in self._catalog.corrections(document) if not each.undone)
            yield CorrectedDocument(
                machine=self._catalog.machine(document),
                current=self._catalog.get(document),
                corrections=standing,
                reviewed=any(each.action is CorrectionAction.REVIEW for each in standing),
            )

    def explained(self, name: str) -> Extraction:
        """A document read anew, with the grounds of every record, those of people among them.

        Raises:
            NotFoundError: none, or more than one.
        """
        document = self.extraction(name).document
        return apply(self._extract(document), self._catalog.corrections(document.id)).extraction


def _propose_all(requests: Sequence[Request], extraction: Extraction) -> list[Correction]:
    return [propose(extraction, request) for request in requests]
