"""The index in the library's own folder: one of words and one of vectors a kind, and the manifest that names its files.

What is on disk is always one consistent state: files are written first, and the manifest that names them replaces the
old one at the end.
"""

import json
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock, Timeout

from docintel.errors import StaleIndexError, StoreError
from docintel.files import write_whole
from docintel.index import words as cutting
from docintel.index.lexical import LexicalIndex
from docintel.index.passage_index import (
    BACKEND_FILE,
    INDEXED_KINDS,
    REBUILD,
    Batch,
    Encoded,
    Known,
    Manifest,
    PassageIndex,
    checked,
    write_lock,
)
from docintel.index.segments import Ids, Vectors
from docintel.index.vectors import SUFFIXES, VectorIndex
from docintel.schema import HitKind

if TYPE_CHECKING:
    from docintel.index.encoder import Encoder


class EmbeddedIndex(PassageIndex):
    """The lexical and the vector index in one folder, created when they are not there.

    Raises:
        StaleIndexError: another encoder, or another version of docintel, made this index.
        StoreError: a file is missing or damaged.
    """

    def __init__(self, folder: Path, encoder: "Encoder", lock: FileLock | None = None) -> None:
        super().__init__(folder, encoder, lock)
        self._lexical = {kind: LexicalIndex(folder / "lexical" / kind) for kind in INDEXED_KINDS}
        self._vectors: dict[HitKind, VectorIndex] = {}
        self._load()

    @staticmethod
    @contextmanager
    def held(folder: Path, wait_s: float) -> Iterator[bool]:
        """Keep every process from writing an index, so that its files can be copied as they fit together.

        Args:
            wait_s: for how long to wait for one that is writing.

        Yields:
            Whether nobody writes; False where somebody was for longer.
        """
        folder.mkdir(parents=True, exist_ok=True)
        lock = write_lock(folder)
        try:
            lock.acquire(timeout=wait_s)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def _is_the_librarys(self) -> bool:
        return not (self._folder / BACKEND_FILE).exists()

    def _take_in(self, batch: Batch, known: Known) -> None:
        vectors = {}
        for kind in INDEXED_KINDS:
            passages = [passage for passage, _ in batch.of(kind)]
            keys, rows = self._vectors_of(passages, known)
            ids = [passage.id for passage in passages]
            vectors[kind] = self._vectors[kind].updated(ids, rows, batch.removed, keys=keys)
        for kind in INDEXED_KINDS:
            if not self.manifest.revision[0]:
                # what is there is from a run that died before its first manifest, or from another index
                self._lexical[kind].clear()
            self._lexical[kind].update(batch.of(kind), batch.removed)
        files = {str(kind): index.files for kind, index in vectors.items()}
        self._save(replace(self.manifest, revision=batch.revision, files=files))

    # Searching

    def search_lexical(
        self,
        query: str | Mapping[str, float],
        *,
        kind: HitKind,
        allowed: Sequence[int] | Ids | None = None,
        top_k: int = 10,
    ) -> list[tuple[int, float]]:
        """As `PassageIndex`."""
        return self._lexical[kind].search(query, allowed=allowed, top_k=top_k)

    def search_vectors(
        self, query: Vectors, *, kind: HitKind, allowed: Sequence[int] | Ids | None = None, top_k: int = 10
    ) -> list[tuple[int, float]]:
        """As `PassageIndex`."""
        return self._vectors[kind].search(query, allowed=allowed, top_k=top_k)

    def holding(self, phrase: str, *, kind: HitKind) -> Ids:
        """As `PassageIndex`."""
        return self._lexical[kind].holding(cutting.terms_within(phrase), cutting.plain(phrase))

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """As `PassageIndex`."""
        return {word: sum(index.frequency(word) for index in self._lexical.values()) for word in words}

    def vectors(self, ids: Sequence[int], kind: HitKind) -> Vectors:
        """As `PassageIndex`."""
        return self._vectors[kind].vectors(ids)

    def encoded(self, ids: Sequence[int]) -> Encoded:
        """As `PassageIndex`."""
        found = [index.keyed(ids) for index in self._vectors.values()]
        return np.concatenate([keys for keys, _ in found]), np.concatenate([rows for _, rows in found])

    def ids(self, kind: HitKind) -> list[int]:
        """As `PassageIndex`."""
        return [int(id_) for id_ in self._vectors[kind].ids()]

    def __len__(self) -> int:
        return sum(map(len, self._lexical.values()))

    def check(self) -> list[str]:
        """As `PassageIndex`."""
        return [
            f"The lexical index holds {len(self._lexical[kind])} passages of kind {kind}, the vectors {len(index)}."
            for kind, index in self._vectors.items()
            if len(index) != len(self._lexical[kind])
        ]

    # On disk

    def _load(self) -> None:
        """Read the manifest and open what it names; another process may replace it meanwhile, then again."""
        path = self._folder / "manifest.json"
        for attempt in range(3):
            self.manifest = checked(
                _read(path) or Manifest(encoder=self.encoder.name, dim=self.encoder.dim), self.encoder
            )
            try:
                opened = {segment.name: segment for index in self._vectors.values() for segment in index.segments}
                self._vectors = {
                    kind: VectorIndex(
                        self._folder, self.manifest.files.get(kind, ()), dim=self.encoder.dim, opened=opened
                    )
                    for kind in INDEXED_KINDS
                }
                break
            except StoreError:
                if attempt == 2 or _read(path) == self.manifest:
                    raise
        for lexical in self._lexical.values():
            lexical.reload()

    def _save(self, manifest: Manifest) -> None:
        write_whole(self._folder / "manifest.json", json.dumps(asdict(manifest), indent=1).encode())
        self._load()
        _sweep(self._folder, keep={name for names in manifest.files.values() for name in names})


def delete_files(folder: Path) -> None:
    """Delete the files of an index, whatever state it is in; the caller holds the folder's lock."""
    (folder / "manifest.json").unlink(missing_ok=True)
    _sweep(folder, keep=())
    shutil.rmtree(folder / "lexical", ignore_errors=True)


def _sweep(folder: Path, keep: Collection[str]) -> None:
    """Delete the vector index's files, half-written ones too, but for those named and what belongs to them."""
    stems = {Path(name).stem for name in keep}
    for path in folder.iterdir():
        if path.suffix in (*SUFFIXES, ".part", ".faiss") and path.stem not in stems and path.is_file():
            path.unlink(missing_ok=True)


def _read(path: Path) -> Manifest | None:
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(**data | {"revision": tuple(data["revision"])})
    except (ValueError, TypeError, KeyError) as exc:
        raise StaleIndexError(
            f"{path} 由另一版本的 docintel 写成。 {path} is no manifest of this version: {exc}.", hint=REBUILD
        ) from exc
