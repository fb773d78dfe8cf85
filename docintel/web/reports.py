"""Reports that somebody dropped to be advised on: read, kept in memory for a while, never put into the library.

In: the bytes of a file. Out: what was read of it, for the account that gave it.
"""

import threading
from collections import OrderedDict

from docintel.errors import NotFoundError
from docintel.schema import Extraction

_KEPT = 24


class Reports:
    """The last few reports that were dropped; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Extraction] = OrderedDict()

    def keep(self, account: str, extraction: Extraction) -> None:
        """Keep a report for an account, in place of the one that was asked about longest ago."""
        with self._lock:
            self._kept[account, extraction.document.id] = extraction
            self._kept.move_to_end((account, extraction.document.id))
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def get(self, account: str, document: str) -> Extraction:
        """A report of an account.

        Raises:
            NotFoundError: it is kept no more, or never was.
        """
        with self._lock:
            if (account, document) not in self._kept:
                raise NotFoundError(
                    "这份报告已不在内存中。 This report is no longer kept in memory.",
                    hint="请重新拖入文件；要长期保留请先入库。 Drop the file again, or ingest it to keep it.",
                )
            self._kept.move_to_end((account, document))
            return self._kept[account, document]
