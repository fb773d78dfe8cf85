"""A few open libraries on one folder, lent to one request each.

A `Library` is for one thread at a time: its catalog is one SQLite connection. Several of them on one folder are like
several processes, which a library is made for; they share one encoder, which is safe to use from all threads.
"""

import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path

from docintel.errors import DocintelError, InputError, SetupError
from docintel.index.encoder import Encoder, load_encoder
from docintel.library import Library

_PATIENCE_S = 30


class Libraries:
    """Open libraries, made as they are needed.

    Args:
        folder: of the library; made where there is none.
        most: how many there may be.
        open_library: how to open one; as `Library`, with the shipped encoder, when None.
    """

    def __init__(self, folder: Path, most: int = 4, open_library: Callable[[], Library] | None = None) -> None:
        self.folder = folder
        self._open = open_library or self._open_shipped
        self._most = most
        self._places = threading.Semaphore(most)
        self._idle: queue.LifoQueue[Library] = queue.LifoQueue()
        self._closed = False
        self._idle.put(self._open())  # errors of the library show before the page does

    @contextmanager
    def borrow(self) -> Iterator[Library]:
        """A library for the time of a block; one that failed is closed, and the next to ask gets a new one.

        Raises:
            SetupError: all have been in use for half a minute.
        """
        if not self._places.acquire(timeout=_PATIENCE_S):
            raise SetupError("系统繁忙。 Too many requests at once.", hint="请稍后再试。 Try again in a moment.")
        try:
            library = self._take()
            try:
                yield library
            except InputError:
                self._give_back(library)
                raise
            except BaseException:
                library.close()
                raise
            self._give_back(library)
        finally:
            self._places.release()

    def warm(self) -> None:
        """Load what the first search would wait for; what is wrong with the library shows when somebody asks for it."""
        with suppress(DocintelError), ExitStack() as stack:
            for library in [stack.enter_context(self.borrow()) for _ in range(self._most)]:
                library.search("预热")

    def close(self) -> None:
        """Close those that are not in use; the others are closed when they come back."""
        self._closed = True
        while not self._idle.empty():
            self._take().close()

    def _take(self) -> Library:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._open()

    def _give_back(self, library: Library) -> None:
        if self._closed:
            library.close()
        else:
            self._idle.put(library)

    def _open_shipped(self) -> Library:
        library = Library(self.folder, encoder=self._encoder)
        with ExitStack() as refused:
            refused.callback(library.close)
            library.check_writable()  # accounts and the audit log lie beside it
            refused.pop_all()
        return library

    @cached_property
    def _encoder(self) -> Encoder:
        """One for all, which leaves each request its share of the cores."""
        return load_encoder(threads=max(1, (os.cpu_count() or 1) // self._most))
