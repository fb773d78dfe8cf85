"""How a library is: what is in it, what is wrong with it, and its index made anew."""

from typing import TYPE_CHECKING, Any

from docintel.errors import StoreError
from docintel.index.passage_index import PassageIndex
from docintel.library.base import Base

if TYPE_CHECKING:
    pass


_REBUILD = "Run: docintel library rebuild"


class Upkeep(Base):
    """Looks after the folder."""

    def info(self) -> dict[str, Any]:
        """The folder, how much is in it, and how far the index has come."""
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
        problems += [f"{problem} {_REBUILD}" for problem in in_index]
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
