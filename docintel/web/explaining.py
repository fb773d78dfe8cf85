"""Why a record is as it is, for the page.

In: a document of the library and a record's number. Out: the rules and models that made it, in words. Grounds are not
stored, so the document is read anew; the last few that were asked about are kept, for people ask about one record after
another.
"""

import threading
from collections import OrderedDict
from typing import Any

from docintel.library import Library
from docintel.schema import Extraction
from docintel.web.libraries import Libraries

_KEPT = 8


class Explanations:
    """Documents with the grounds of their records, read anew when somebody asks and when they have changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Extraction, Extraction]] = OrderedDict()

    def explain(self, libraries: Libraries, document: str, record: str) -> dict[str, Any]:
        """A record's quote, confidence and grounds, each with the rule, what it goes by, and the words it went by.

        Raises:
            NotFoundError: there is no such document.
            QueryError: it has no such record.
        """
        from docintel.extract.explain import describe, explain  # costs seconds: only those who ask pay

        with self._lock, libraries.borrow() as library:  # who waits for another's reading keeps no library from others
            explained = self._explained(library, document)
        (found,) = explain(explained, record)
        return {
            "record": found.id,
            "quote": found.record.evidence.quote,
            "confidence": found.record.confidence,
            "grounds": [
                {
                    "field": ground.field,
                    "rule": ground.rule,
                    "description": describe(ground.rule),
                    "quote": ground.evidence.quote if ground.evidence else None,
                    "note": ground.note,
                }
                for ground in found.grounds
            ],
        }

    def _explained(self, library: Library, document: str) -> Extraction:
        stored = library.extraction(document)
        if known := self._known.get(stored.document.id):
            self._known.move_to_end(stored.document.id)
            if known[0] == stored:
                return known[1]
        explained = library.explained(document)
        self._known[stored.document.id] = stored, explained
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return explained
