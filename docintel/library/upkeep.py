"""How a library is: what is in it, what is wrong with it, its index made anew, and a backup of it all."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from docintel.errors import InputError, SetupError, StoreError
from docintel.index.backend import Backend, Kind, backend_at, backend_of
from docintel.index.passage_index import Lender, write_lock
from docintel.library.backup import REBUILD, backup
from docintel.library.base import Base


class Upkeep(Base):
    """Looks after the folder."""

    def info(self) -> dict[str, Any]:
        """The folder, how much is in it, and how far the index has come."""
        with self._index.writing(wait=False):  # the newest state, of other processes too
            manifest = self._index.manifest
        return self._catalog.counts() | {
            "folder": str(self.folder),
            "index": backend_of(self._index_folder).told,
            "encoder": manifest.encoder,
            "indexed": len(self._index),
            "index_is_current": manifest.revision == self._catalog.revision(),
            "outdated": self.outdated(),
            "model": "own" if self._judge else "stale" if self._own_model.card() else "shipped",
        }

    def counts(self) -> dict[str, int]:
        """How many documents, records of each type and passages there are, by the catalog."""
        return self._catalog.counts()

    def outdated(self) -> int:
        """How many documents were read by another version; `reread` reads them by this one."""
        current = self._version
        return sum(not row["extractor"].startswith(current) for row in self._catalog.documents())

    def verify(self) -> list[str]:
        """What is wrong with the library and what to do about it, a line each; empty when all is well."""
        problems = self._catalog.check()
        index = self._current_index()
        passages = self._catalog.counts()["passages"]
        in_index = index.check()
        if len(index) != passages:
            in_index.append(f"The index holds {len(index)} passages and the catalog {passages}.")
        problems += [f"{problem} {REBUILD}" for problem in in_index]
        try:
            self._own_model.judge()
        except StoreError as exc:
            problems.append(f"{exc} {exc.hint}")
        for document in self._catalog.documents():
            if self._originals.damaged(document["id"]):
                paths = self._catalog.paths_of(document["id"])
                problems.append(
                    f"The stored original of {document['source']} is missing or damaged. Ingest it again: {paths[0]}"
                )
        return problems

    def rebuild(self) -> None:
        """Make the index anew from the catalog.

        One on Milvus is searched until the new one is whole, which takes its vectors where nothing is wrong with it.

        Raises:
            SetupError: what its place needs is not installed.
            StoreError: it can't be reached or written.
        """
        self.check_writable()
        folder = self._index_folder
        with write_lock(folder) as lock:
            before = backend_of(folder)
            self._close_index()
            if before.backend is Kind.EMBEDDED:
                before.delete(folder)
            else:
                self._move(before.renewed(), before, lock)
        self._catalog.regroup()
        self._catch_up(progress=self._indexing())

    def migrate(self, to: str, progress: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
        """Move the index elsewhere; the library is used as before, and everybody searches the old one until it is done.

        Vectors are carried over, not made again, unless the old index can't be read.

        Args:
            to: `embedded`, `milvus://HOST[:PORT][/DATABASE]`, or a path that ends in `.db`.
            progress: called with how many passages came over.

        Returns:
            Where it was (`from`) and is (`to`), its `passages`, and whether the old one was `removed`.

        Raises:
            InputError: it is no such place, or the index is there.
            SetupError: what the place needs is not installed.
            StoreError: it can't be reached or written.
        """
        self.check_writable()
        folder = self._index_folder
        target = backend_at(to, folder)
        with write_lock(folder) as lock:
            before = self._known_backend()
            if target.is_at(before):
                raise InputError(f"索引已在 {before.told}。 The index is at {before.told} already.")
            self._close_index()
            if target.backend is Kind.EMBEDDED:
                target.delete(folder)  # what is left of a move that was cut short
            passages, is_removed = self._move(target, before, lock, progress)
        return {"from": before.told, "to": target.told, "passages": passages, "removed": is_removed}

    def _move(
        self, target: Backend, before: Backend, lock: FileLock, progress: Callable[[int], None] = lambda _: None
    ) -> tuple[int, bool]:
        """Make an index of the whole catalog, and the library's; how many passages, and whether the old one is gone."""
        try:
            passages = self._fill(target, before, lock, progress)
        except BaseException:
            self._is_deleted(target)
            raise
        target.write(self._index_folder)
        return passages, self._is_deleted(before)

    def _fill(self, target: Backend, before: Backend, lock: FileLock, progress: Callable[[int], None]) -> int:
        """Make an index of the whole catalog, with the vectors of the present one; gives its passages."""
        with (
            self._lent(before, lock) as lender,
            closing(target.open(self._index_folder, self._loaded_encoder, lock)) as index,
        ):
            index.catch_up(self._catalog, lender=lender, progress=progress)
            return len(index)

    def _is_deleted(self, backend: Backend) -> bool:
        """Delete an index that the library does not have; False where it can't be reached."""
        try:
            backend.delete(self._index_folder)
        except (SetupError, StoreError):
            return False
        return True

    def _known_backend(self) -> Backend:
        try:
            return backend_of(self._index_folder)
        except StoreError:  # nobody knows where it was
            return Backend(backend=Kind.MILVUS, uri="?")

    @contextmanager
    def _lent(self, before: Backend, lock: FileLock) -> Iterator[Lender | None]:
        """What gives the vectors of the present index; None where it can't be read."""
        with ExitStack() as stack:
            lender: Lender | None = None
            with suppress(SetupError, StoreError):
                index = stack.enter_context(closing(before.open(self._index_folder, self._loaded_encoder, lock)))
                with index.writing():  # what was cut short is ended, and no damage
                    is_whole = not index.check()
                if is_whole:
                    lender = index.encoded
            yield lender

    def backup(self, target: Path | str) -> dict[str, Any]:
        """Write everything to one ZIP file, whole or not at all, while the library stays in use.

        Returns:
            The file, how many files it holds, its size in bytes, and whether the index is in it.

        Raises:
            InputError: the target lies in the library.
            StoreError: the backup could not be written.
        """
        self.check_writable()  # a snapshot of each database is made beside it
        return backup(self.folder, Path(target))
