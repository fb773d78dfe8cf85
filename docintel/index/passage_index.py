"""Both indexes of a library's passages, and the manifest that says what they hold.

Takes passages from whatever can list them (the catalog), gives ids by words and by meaning. What is on disk is always
one consistent state: files are written first, and the manifest that names them replaces the old one at the end.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from filelock import FileLock, Timeout

from docintel.errors import StaleIndexError, StoreError
from docintel.files import write_whole
from docintel.index import words
from docintel.index.lexical import LexicalIndex
from docintel.index.simplifying import SimplifyingEncoder
from docintel.index.vectors import VectorIndex, Vectors
from docintel.schema import HitKind, Passage

if TYPE_CHECKING:
    from docintel.index.encoder import Encoder

FORMAT = 1
INDEXED_KINDS = (HitKind.PASSAGE, HitKind.ISSUE, HitKind.MEASURE, HitKind.CASE)
_BATCH = 2048  # passages between two commits: a crash costs at most their encoding
_CONTEXT_ENCODED = 150  # characters; more would drown the words themselves
_REBUILD = "Run: docintel library rebuild"


class PassageSource(Protocol):
    """Where the passages come from: the truth the index follows. Ids only grow and are never used twice."""

    def revision(self) -> tuple[int, int]:
        """The newest passage id and the newest removal ever."""

    def passages_after(self, passage: int, limit: int) -> list[tuple[Passage, str]]:
        """Up to `limit` passages with larger ids, each with its document's title, in id order."""

    def removed_after(self, removal: int) -> list[int]:
        """Ids of the passages that went after a removal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the index holds, and what made it.

    Attributes:
        revision: the state of the source that was taken in.
        segments: the vector index's files, by kind.
    """

    encoder: str
    dim: int
    format: int = FORMAT
    words: int = words.VERSION
    revision: tuple[int, int] = (0, 0)
    segments: dict[str, list[str]] = field(default_factory=dict)


class PassageIndex:
    """The lexical and the vector index in one folder, created when they are not there.

    Raises:
        StaleIndexError: another encoder, or another version of docintel, made this index.
        StoreError: a file is missing or damaged.
    """

    def __init__(self, folder: Path, encoder: "Encoder") -> None:
        self.encoder = SimplifyingEncoder(encoder)
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(folder / "write.lock")
        self._lexical = LexicalIndex(folder / "lexical")
        self._load()

    @staticmethod
    def clear(folder: Path) -> None:
        """Delete an index, whatever state it is in; the next to open it starts from nothing."""
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "write.lock"):
            (folder / "manifest.json").unlink(missing_ok=True)
            for path in folder.glob("*.faiss*"):
                path.unlink()
            shutil.rmtree(folder / "lexical", ignore_errors=True)

    # Following the source

    def catch_up(self, source: PassageSource, *, wait: bool = True) -> bool:
        """Take in what the source has and the index lacks; whether the index is now level with it.

        Args:
            wait: for another process that is writing; else leave the index as that process last committed it.

        Raises:
            StaleIndexError: the source is not the one that the index was made from.
        """
        if any(here > there for here, there in zip(self.manifest.revision, source.revision(), strict=True)):
            raise StaleIndexError("The index is ahead of its catalog, which was replaced by another.", hint=_REBUILD)
        if self.manifest.revision != source.revision():
            with self.writing(wait=wait) as mine:
                while mine and self.manifest.revision != source.revision():
                    self._take_in(source)
        return self.manifest.revision == source.revision()

    @contextmanager
    def writing(self, *, wait: bool = True) -> Iterator[bool]:
        """Be the one process that writes; gives whether it is so. The newest committed state is loaded either way."""
        try:
            self._lock.acquire(timeout=-1 if wait else 0)
        except Timeout:
            self._load()
            yield False
            return
        try:
            self._load()
            yield True
        finally:
            self._lock.release()

    def _take_in(self, source: PassageSource) -> None:
        """One batch: the removals so far, and up to `_BATCH` new passages."""
        newest, removal = self.manifest.revision
        goal = source.revision()  # first: what others commit from here on is only taken in early, never missed
        batch = source.passages_after(newest, _BATCH)
        removed = source.removed_after(removal)
        last = batch[-1][0].id if batch else newest
        revision = (last if len(batch) == _BATCH else max(last, goal[0]), goal[1])
        vectors = {
            kind: self._updated(kind, [p for p, _ in batch if p.kind is kind], removed) for kind in INDEXED_KINDS
        }
        self._lexical.update(batch, removed, newest=newest)
        segments = {str(kind): index.segments for kind, index in vectors.items()}
        self._save(replace(self.manifest, revision=revision, segments=segments))

    def _updated(self, kind: HitKind, passages: list[Passage], removed: Iterable[int]) -> VectorIndex:
        rows: Vectors = np.zeros((0, self.encoder.dim), dtype=np.float32)
        if passages:
            rows = self.encoder.encode_passages([encoded_text(passage) for passage in passages])
        return self._vectors[kind].updated([passage.id for passage in passages], rows, removed)

    # Searching

    def search_lexical(
        self, query: str, *, kind: HitKind, allowed: Sequence[int] | None = None, top_k: int = 10
    ) -> list[tuple[int, float]]:
        """Ids and BM25 scores, best first."""
        return self._lexical.search(query, kind=kind, allowed=allowed, top_k=top_k)

    def search_vectors(
        self, query: Vectors, *, kind: HitKind, allowed: Sequence[int] | None = None, top_k: int = 10
    ) -> list[tuple[int, float]]:
        """Ids and cosines, best first."""
        return self._vectors[kind].search(query, allowed=allowed, top_k=top_k)

    def vectors(self, ids: Sequence[int], kind: HitKind) -> Vectors:
        """(n, dim) float32, in the order of `ids`; all zero where the index has none."""
        return self._vectors[kind].vectors(ids)

    def ids(self, kind: HitKind) -> list[int]:
        """Every id of a kind, ascending."""
        return [int(id_) for id_ in self._vectors[kind].ids()]

    def __len__(self) -> int:
        return len(self._lexical)

    def check(self) -> list[str]:
        """What is wrong, a sentence each; empty when both indexes hold the same number of passages."""
        in_vectors = sum(map(len, self._vectors.values()))
        if in_vectors == len(self):
            return []
        return [f"The lexical index holds {len(self)} passages and the vector index {in_vectors}."]

    # On disk

    def _load(self) -> None:
        """Read the manifest and open what it names; another process may replace it meanwhile, then again."""
        path = self._folder / "manifest.json"
        for attempt in range(3):
            self.manifest = _checked(
                _read(path) or Manifest(encoder=self.encoder.name, dim=self.encoder.dim), self.encoder
            )
            try:
                self._vectors = {
                    kind: VectorIndex(self._folder, self.manifest.segments.get(kind, ()), dim=self.encoder.dim)
                    for kind in INDEXED_KINDS
                }
                break
            except StoreError:
                if attempt == 2 or _read(path) == self.manifest:
                    raise
        self._lexical.reload()

    def _save(self, manifest: Manifest) -> None:
        write_whole(self._folder / "manifest.json", json.dumps(asdict(manifest), indent=1).encode())
        self._load()
        named = {name for names in manifest.segments.values() for name in names}
        for path in self._folder.glob("*.faiss*"):
            if path.name not in named:
                path.unlink(missing_ok=True)


def encoded_text(passage: Passage) -> str:
    """What the encoder reads of a passage: its words, then some of what they stand in.

    An issue reads alone; the sentence around it tells what was done, which would draw it to other issues' measures.
    """
    context = "" if passage.kind is HitKind.ISSUE else passage.context[:_CONTEXT_ENCODED]
    return f"{passage.text}\n{context}".rstrip()


def _read(path: Path) -> Manifest | None:
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(**data | {"revision": tuple(data["revision"])})
    except (ValueError, TypeError, KeyError) as exc:
        raise StaleIndexError(f"{path} is no manifest of this version: {exc}.", hint=_REBUILD) from exc


def _checked(manifest: Manifest, encoder: "Encoder") -> Manifest:
    """The manifest, if this program with this encoder could have written it."""
    expected = (encoder.name, encoder.dim, FORMAT, words.VERSION)
    found = (manifest.encoder, manifest.dim, manifest.format, manifest.words)
    if found != expected:
        raise StaleIndexError(
            f"The index was made by encoder {found[0]!r} ({found[1]} dimensions, format {found[2]}.{found[3]}); "
            f"this is {expected[0]!r} ({expected[1]} dimensions, format {expected[2]}.{expected[3]}).",
            hint=_REBUILD,
        )
    return manifest
