"""What somebody dropped or pasted to be advised on: kept in memory for a while, never put into the library.

In: what was read of it. Out: the same, for the account that gave it.
"""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

from docintel.errors import NotFoundError

_KEPT = 24
T = TypeVar("T")


class Dropped(Generic[T]):
    """The last few reports, or lists of problems, that were dropped; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], T] = OrderedDict()

    def keep(self, account: str, name: str, dropped: T) -> None:
        """Keep what an account dropped, in place of the one that was asked about longest ago.

        Args:
            name: by which it is asked for, a digest of what was dropped.
        """
        with self._lock:
            self._kept[account, name] = dropped
            self._kept.move_to_end((account, name))
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def get(self, account: str, name: str) -> T:
        """What an account dropped.

        Raises:
            NotFoundError: it is kept no more, or never was.
        """
        with self._lock:
            if (account, name) not in self._kept:
                raise NotFoundError(
                    "这份报告或清单已不在内存中。 This report or list is no longer kept in memory.",
                    hint="请重新拖入或粘贴；要长期保留报告请先入库。"
                    " Drop or paste it again; ingest a report to keep it.",
                )
            self._kept.move_to_end((account, name))
            return self._kept[account, name]
