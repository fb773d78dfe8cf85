"""How a library is: what is in it, what is wrong with it, its index made anew, and a backup of it all."""

from pathlib import Path
from typing import Any

from docintel.errors import StoreError
from docintel.index.passage_index import PassageIndex
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
            "encoder": manifest.encoder,
            "indexed": len(self._index),
            "index_is_current": manifest.revision == self._catalog.revision(),
            "outdated": self.outdated(),
            "model": "own" if self._judge else "stale" if self._own_model.card() else "shipped",
        }

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
        """Make the index anew from the catalog."""
        self.__dict__.pop("_index", None)
        PassageIndex.clear(self.folder / "index")
        self._catalog.regroup()
        self._index.catch_up(self._catalog)

    def backup(self, target: Path | str) -> dict[str, Any]:
        """Write everything to one ZIP file, whole or not at all, while the library stays in use.

        Returns:
            The file, how many files it holds, its size in bytes, and whether the index is in it.

        Raises:
            InputError: the target lies in the library.
            StoreError: the backup could not be written.
        """
        return backup(self.folder, Path(target))
