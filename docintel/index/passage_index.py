"""What an index of passages is, wherever it lies: by words and by meaning, and level with the catalog.

Takes passages from whatever can list them (the catalog), gives ids by words and by meaning. The catalog is the truth:
an index follows it, says by its manifest how far it has come and what made it, and can always be made anew.
`docintel.index.embedded` keeps one in the library's folder, `docintel.index.milvus` one on a Milvus server.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from docintel.errors import StaleIndexError
from docintel.index import words
from docintel.index.segments import Halves, Ids, Keys, Vectors
from docintel.index.simplifying import SimplifyingEncoder
from docintel.schema import HitKind, Passage

if TYPE_CHECKING:
    from docintel.index.encoder import Encoder

#: Keys of texts, and the rows that were made from them.
Encoded = tuple[Keys, Halves]
#: Gives what is known of the passages with some ids.
Lender = Callable[[Sequence[int]], Encoded]
FORMAT = 2
INDEXED_KINDS = (HitKind.PASSAGE, HitKind.ISSUE, HitKind.MEASURE, HitKind.CASE)
#: What an index that does not fit asks for.
REBUILD = "重建索引 Run: docintel library rebuild"
#: Removed passages whose vectors are at hand for the same words: bounds the memory.
REMEMBERED = 65_536
_BATCH = 2048  # passages between two commits: a crash costs at most their encoding
_CONTEXT_ENCODED = 150  # characters; more would drown the words themselves
#: In the index folder, says where the index is; not there for the embedded one. See `docintel.index.backend`.
BACKEND_FILE = "backend.json"


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
        files: of the vector index, by kind.
    """

    encoder: str
    dim: int
    format: int = FORMAT
    words: int = words.VERSION
    revision: tuple[int, int] = (0, 0)
    files: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What an index takes in as one commit.

    Attributes:
        added: passages, each with its document's title, in id order.
        removed: ids; what is not there is no error.
        revision: the state of the source from then on.
    """

    added: list[tuple[Passage, str]]
    removed: list[int]
    revision: tuple[int, int]

    def of(self, kind: HitKind) -> list[tuple[Passage, str]]:
        """The added passages of a kind."""
        return [each for each in self.added if each[0].kind is kind]


class PassageIndex(ABC):
    """An open index of passages; one process at a time writes, any number read.

    Args:
        folder: in the library, where the index keeps its files.
        encoder: makes the vectors.
        lock: of the folder, where the caller holds it.
    """

    manifest: Manifest

    def __init__(self, folder: Path, encoder: "Encoder", lock: FileLock | None = None) -> None:
        self.encoder = SimplifyingEncoder(encoder)
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = lock or write_lock(folder)
        self._is_made = lock is not None  # by one who is about to move the library to it
        self._encoded: list[Encoded] = []

    # Following the source

    def catch_up(
        self,
        source: PassageSource,
        *,
        wait: bool = True,
        lender: Lender | None = None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> bool:
        """Take in what the source has and the index lacks; whether the index is now level with it.

        Args:
            wait: for another process that is writing; else leave the index as that process last committed it.
            lender: another index of the same passages, whose vectors need not be made again.
            progress: called with 0 when there is something to do, and with how many passages each commit took in.

        Raises:
            StaleIndexError: the source is not the one that the index was made from.
        """
        if any(here > there for here, there in zip(self.manifest.revision, source.revision(), strict=True)):
            raise StaleIndexError(
                "索引比目录新：目录已被替换。 The index is ahead of its catalog, which was replaced by another.",
                hint=REBUILD,
            )
        if not self._is_level(source):
            with self.writing(wait=wait) as mine:
                if mine:
                    progress(0)
                while mine and not self._is_level(source):
                    batch = self._next(source)
                    leaving = self.encoded(batch.removed[-REMEMBERED:]) if batch.added else _nothing(self.encoder.dim)
                    lent = [lender([passage.id for passage, _ in batch.added])] if lender else []
                    self._take_in(batch, Known([leaving, *lent, *self._encoded]))
                    progress(len(batch.added))
        self._encoded.clear()
        return self.manifest.revision == source.revision()

    def _is_level(self, source: PassageSource) -> bool:
        return self.manifest.revision == source.revision() and self._is_settled()

    def _next(self, source: PassageSource) -> Batch:
        """The removals so far, and up to `_BATCH` new passages."""
        newest, removal = self.manifest.revision
        goal = source.revision()  # first: what others commit from here on is only taken in early, never missed
        added = source.passages_after(newest, _BATCH)
        removed = source.removed_after(removal)
        last = added[-1][0].id if added else newest
        return Batch(
            added=added,
            removed=removed,
            revision=(last if len(added) == _BATCH else max(last, goal[0]), goal[1]),
        )

    def expect(self, encoded: Encoded) -> None:
        """Take the vectors of passages that the source has or is about to get; kept until the index catches up."""
        self._encoded.append(encoded)

    def _vectors_of(self, passages: Sequence[Passage], known: "Known") -> tuple[Keys, Vectors]:
        """The keys and the vectors of passages; only what is not known is encoded."""
        texts = [encoded_text(passage) for passage in passages]
        keys = _keys(texts)
        rows = np.zeros((len(texts), self.encoder.dim), dtype=np.float32)
        fresh = known.fill(keys, rows)
        if len(fresh):
            rows[fresh] = self.encoder.encode_passages([texts[n] for n in fresh])
        return keys, rows

    @contextmanager
    def writing(self, *, wait: bool = True) -> Iterator[bool]:
        """Be the one process that writes; gives whether it is so. The newest committed state is loaded either way.

        Nobody writes to an index that the library has left for another.
        """
        try:
            self._lock.acquire(timeout=-1 if wait else 0)
        except Timeout:
            self._load()
            yield False
            return
        try:
            mine = self._is_made or self._is_the_librarys()
            if mine:
                self._load()
                self._settle()
            yield mine
        finally:
            self._lock.release()

    @abstractmethod
    def _is_the_librarys(self) -> bool:
        """Whether the library still has this index, and not one elsewhere."""

    @abstractmethod
    def _load(self) -> None:
        """See what was committed last, by whatever process."""

    def _is_settled(self) -> bool:
        """Whether nothing is left of a commit that was cut short."""
        return True

    def _settle(self) -> None:  # noqa: B027  # most have nothing to end
        """End a commit that was cut short; this process writes."""

    @abstractmethod
    def _take_in(self, batch: Batch, known: "Known") -> None:
        """Commit a batch, whole or not at all, and the manifest that tells its revision; this process writes."""

    # Searching

    @abstractmethod
    def search_lexical(
        self,
        query: str | Mapping[str, float],
        *,
        kind: HitKind,
        allowed: Sequence[int] | Ids | None = None,
        top_k: int = 10,
    ) -> list[tuple[int, float]]:
        """Ids and BM25 scores, best first; equal scores in id order. No known term gives no hits.

        Args:
            query: any text, or terms with what each counts.
            allowed: only these ids, ascending; None for all.
            top_k: at most so many.
        """

    @abstractmethod
    def search_vectors(
        self, query: Vectors, *, kind: HitKind, allowed: Sequence[int] | Ids | None = None, top_k: int = 10
    ) -> list[tuple[int, float]]:
        """Ids and cosines, best first; equal cosines in id order.

        Args:
            query: one vector of any length but zero.
            allowed: only these ids, ascending; None for all.
            top_k: at most so many.
        """

    @abstractmethod
    def holding(self, phrase: str, *, kind: HitKind) -> Ids:
        """Ids of the passages that have the terms of a phrase, among their words or in their title, ascending.

        They hold the phrase itself where it is one term.
        """

    def rarities(self, words: Iterable[str]) -> dict[str, float]:
        """How much each term tells, the rarer among all passages the more: its weight in BM25."""
        every = len(self)
        return {word: rarity(every, count) for word, count in self.frequencies(words).items()}

    @abstractmethod
    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """How many passages have each term among their words."""

    @abstractmethod
    def vectors(self, ids: Sequence[int], kind: HitKind) -> Vectors:
        """(n, dim) float32, in the order of `ids`; all zero where the index has none."""

    @abstractmethod
    def encoded(self, ids: Sequence[int]) -> Encoded:
        """The keys of the texts of passages, and their vectors; in any order, of those that are there."""

    @abstractmethod
    def ids(self, kind: HitKind) -> list[int]:
        """Every id of a kind, ascending."""

    @abstractmethod
    def __len__(self) -> int:
        """How many passages there are."""

    # Looking after it

    @abstractmethod
    def check(self) -> list[str]:
        """What is wrong, a sentence each; empty when all parts of the index hold the same passages."""

    def close(self) -> None:  # noqa: B027  # most have nothing open
        """Let go of what is open."""


class Known:
    """Vectors that need not be made: of texts that were encoded elsewhere, and of those that are leaving the index.

    A document that is read anew mostly says what it said before.

    Args:
        parts: keys of texts, and the rows that were made from them.
    """

    def __init__(self, parts: Sequence[Encoded]) -> None:
        self._rows = {int(key): row for keys, rows in parts for key, row in zip(keys, rows, strict=True) if key}

    def fill(self, keys: Keys, rows: Vectors) -> NDArray[np.intp]:
        """Put what is known in its place among the rows; gives the places of the rest."""
        fresh = []
        for place, key in enumerate(keys):
            if (row := self._rows.get(int(key))) is None:
                fresh.append(place)
            else:
                rows[place] = row
        return np.array(fresh, dtype=np.intp)


def write_lock(folder: Path) -> FileLock:
    """Held by the process that writes an index, wherever that lies."""
    return FileLock(folder / "write.lock")


def rarity(every: int, holding: int) -> float:
    """What a term weighs in BM25 that some of all passages have."""
    return log(1 + max(0, every - holding + 0.5) / (holding + 0.5))


def encoded_text(passage: Passage) -> str:
    """What the encoder reads of a passage: its words, then some of what they stand in.

    An issue reads alone; the sentence around it tells what was done, which would draw it to other issues' measures.
    """
    context = "" if passage.kind is HitKind.ISSUE else passage.context[:_CONTEXT_ENCODED]
    return f"{passage.text}\n{context}".rstrip()


def encode(passages: Sequence[Passage], encoder: "Encoder") -> Encoded:
    """The vectors of passages, for an index with this encoder, in whatever process: see `PassageIndex.expect`."""
    texts = list(dict.fromkeys(map(encoded_text, passages)))
    rows = SimplifyingEncoder(encoder).encode_passages(texts) if texts else np.empty((0, encoder.dim))
    return _keys(texts), rows.astype(np.float16)


def _keys(texts: Sequence[str]) -> Keys:
    return np.fromiter(map(_key, texts), np.uint64, len(texts))


def _key(text: str) -> int:
    """Names a text: among a million, two have the same with a chance of one in thirty million. 0 names none."""
    return int.from_bytes(sha256(text.encode()).digest()[:8], "little") or 1


def _nothing(dim: int) -> Encoded:
    return np.empty(0, np.uint64), np.empty((0, dim), np.float16)


def checked(manifest: Manifest, encoder: "Encoder") -> Manifest:
    """The manifest, if this program with this encoder could have written it."""
    expected = (encoder.name, encoder.dim, FORMAT, words.VERSION)
    found = (manifest.encoder, manifest.dim, manifest.format, manifest.words)
    if found != expected:
        raise StaleIndexError(
            f"索引由另一编码模型或另一版本建立。 The index was made by encoder {found[0]!r} ({found[1]} dimensions, "
            f"format {found[2]}.{found[3]}); this is {expected[0]!r} ({expected[1]} dimensions, "
            f"format {expected[2]}.{expected[3]}).",
            hint=REBUILD,
        )
    return manifest
