"""What can be done of an ingestion in any process: read a file, extract, cut passages, encode them.

In: tasks. Out: what the one process that writes has to store. Nothing here writes to the library.
"""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from docintel.batch.work import Task, Tell, documents, each
from docintel.errors import SetupError, StoreError
from docintel.index.passage_index import Encoded, encode
from docintel.index.passages import split_passages
from docintel.library.base import Base
from docintel.parse import Limits
from docintel.parse.intake import Intake
from docintel.parse.sandbox import Sandbox
from docintel.schema import Document, Extraction, FileReport, Passage

if TYPE_CHECKING:
    from docintel.index.encoder import Encoder


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What became of one document, for the process that writes.

    Attributes:
        intake: without its document, which is the extraction's.
        extraction: None where the document is known or failed.
        encoded: the vectors of the passages; None where they are still to be made.
        failure: the report of a document that could not be read.
    """

    intake: Intake
    extraction: Extraction | None = None
    passages: tuple[Passage, ...] = ()
    encoded: Encoded | None = None
    failure: FileReport | None = None

    @property
    def pages(self) -> int:
        """Pages of the document; 1 where it has none, 0 where it was not read."""
        return (self.extraction.document.pages or 1) if self.extraction else 0

    @property
    def characters(self) -> int:
        """Characters of its text, as far as it was read."""
        return len(self.extraction.document.text) if self.extraction else 0


class PrepareJob:
    """Prepare every document of a file for a library; elsewhere the library is opened once more, to read it only.

    Args:
        library: an open one.
        limits: what one file may cost.
    """

    def __init__(self, library: Base, limits: Limits) -> None:
        self._here: Base | None = library
        self._limits = limits
        self._opener = partial(Base, library.folder.absolute(), create=False, **library.given)

    def __getstate__(self) -> dict[str, Any]:
        return {"_here": None, "_limits": self._limits, "_opener": self._opener}

    @contextmanager
    def open(self) -> Iterator["_Preparer"]:
        """A reader of this process, with a sandbox of its own."""
        library = self._here or self._opener()
        try:
            with Sandbox(self._limits) as sandbox:
                # here the index encodes, many passages at once and those alone that are new to it
                yield _Preparer(library, sandbox, encodes=self._here is None)
        finally:
            if self._here is None:
                library.close()


class _Preparer:
    def __init__(self, library: Base, sandbox: Sandbox, *, encodes: bool) -> None:
        self._library, self._sandbox, self._encodes = library, sandbox, encodes

    def read(self, task: Task, tell: Tell) -> Generator[Prepared, None, str]:
        known = partial(self._library.is_current, self._sandbox.limits)
        return each(self._prepared, documents(task, self._sandbox, tell, known))

    def _prepared(self, intake: Intake) -> Prepared:
        # of a document that is read anew most passages are as they were: the index knows their vectors
        encodes = self._encodes and intake.document is not None and not self._library.holds(intake.id)
        return prepared(intake, self._library.read, self._encoder if encodes else None)

    @cached_property
    def _encoder(self) -> "Encoder":
        from docintel.index.encoder import load_encoder  # loaded where there is something to encode

        given: Encoder | None = self._library.given["encoder"]
        return given or load_encoder(threads=int(os.environ.get("OMP_NUM_THREADS") or 0) or None)


def prepared(intake: Intake, extract: Callable[[Document], Extraction], encoder: "Encoder | None" = None) -> Prepared:
    """What is to be stored of a document.

    Args:
        encoder: of its passages; None leaves them to the index.

    Raises:
        SetupError: a model is missing.
    """
    bare = replace(intake, document=None)
    if intake.error:
        return Prepared(intake=bare, failure=FileReport.failure(intake.path, intake.error))
    if intake.document is None:
        return Prepared(intake=bare)
    try:
        extraction = extract(intake.document)
        passages = tuple(split_passages(extraction))
        encoded = encode(passages, encoder) if encoder else None
    except (SetupError, StoreError):  # it would meet every other file too
        raise
    except Exception as exc:  # a defect that one file of thousands meets must not end the run
        return Prepared(intake=bare, failure=FileReport.failure(intake.path, exc))
    return Prepared(intake=bare, extraction=extraction, passages=passages, encoded=encoded)
