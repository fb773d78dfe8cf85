"""Both indexes of a library's passages, and the manifest that says what they hold.

Takes passages from whatever can list them (the catalog), gives ids by words and by meaning. What is on disk is always
one consistent state: files are written first, and the manifest that names them replaces the old one at the end.
"""

import json
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from docintel.errors import StaleIndexError, StoreError
from docintel.files import write_whole
from docintel.index import words
from docintel.index.lexical import LexicalIndex
from docintel.index.segments import Halves, Ids, Keys, Vectors
from docintel.index.simplifying import SimplifyingEncoder
from docintel.index.vectors import SUFFIXES, VectorIndex
from docintel.schema import HitKind, Passage

if TYPE_CHECKING:
    from docintel.index.encoder import Encoder

#: Keys of texts, and the rows that were made from them.
Encoded = tuple[Keys, Halves]
FORMAT = 2
INDEXED_KINDS = (HitKind.PASSAGE, HitKind.ISSUE, HitKind.MEASURE, HitKind.CASE)
_BATCH = 2048  # passages between two commits: a crash costs at most their encoding
_REMEMBERED = 65_536  # removed passages whose vectors are at hand for the same words: bounds the memory
_CONTEXT_ENCODED = 150  # characters; more would drown the words themselves
_REBUILD = "重建索引 Run: docintel library rebuild"


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
        self._lexical = {kind: LexicalIndex(folder / "lexical" / kind) for kind in INDEXED_KINDS}
        self._vectors: dict[HitKind, VectorIndex] = {}
        self._encoded: list[Encoded] = []
        self._load()

    @staticmethod
    def clear(folder: Path) -> None:
        """Delete an index, whatever state it is in; the next to open it starts from nothing."""
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "write.lock"):
            (folder / "manifest.json").unlink(missing_ok=True)
            _sweep(folder, keep=())
            shutil.rmtree(folder / "lexical", ignore_errors=True)

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
        lock = FileLock(folder / "write.lock")
        try:
            lock.acquire(timeout=wait_s)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    # Following the source

    def catch_up(self, source: PassageSource, *, wait: bool = True) -> bool:
        """Take in what the source has and the index lacks; whether the index is now level with it.

        Args:
            wait: for another process that is writing; else leave the index as that process last committed it.

        Raises:
            StaleIndexError: the source is not the one that the index was made from.
        """
        if any(here > there for here, there in zip(self.manifest.revision, source.revision(), strict=True)):
            raise StaleIndexError(
                "索引比目录新：目录已被替换。 The index is ahead of its catalog, which was replaced by another.",
                hint=_REBUILD,
            )
        if self.manifest.revision != source.revision():
            with self.writing(wait=wait) as mine:
                while mine and self.manifest.revision != source.revision():
                    self._take_in(source)
        self._encoded.clear()
        return self.manifest.revision == source.revision()

    def expect(self, encoded: Encoded) -> None:
        """Take the vectors of passages that the source has or is about to get; kept until the index catches up."""
        self._encoded.append(encoded)

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
        by_kind = {kind: [each for each in batch if each[0].kind is kind] for kind in INDEXED_KINDS}
        leaving = [index.keyed(removed[-_REMEMBERED:]) for index in self._vectors.values()]
        known = _Known([*leaving, *self._encoded])
        vectors = {
            kind: self._updated(kind, [passage for passage, _ in its], removed, known) for kind, its in by_kind.items()
        }
        for kind, its in by_kind.items():
            if not newest:  # what is there is from a run that died before its first manifest, or from another index
                self._lexical[kind].clear()
            self._lexical[kind].update(its, removed)
        self._save(
            replace(self.manifest, revision=revision, files={str(k): index.files for k, index in vectors.items()})
        )

    def _updated(self, kind: HitKind, passages: list[Passage], removed: Sequence[int], known: "_Known") -> VectorIndex:
        texts = [encoded_text(passage) for passage in passages]
        keys = _keys(texts)
        rows = np.zeros((len(texts), self.encoder.dim), dtype=np.float32)
        fresh = known.fill(keys, rows)
        if len(fresh):
            rows[fresh] = self.encoder.encode_passages([texts[n] for n in fresh])
        return self._vectors[kind].updated([passage.id for passage in passages], rows, removed, keys=keys)

    # Searching

    def search_lexical(
        self,
        query: str | Mapping[str, float],
        *,
        kind: HitKind,
        allowed: Sequence[int] | Ids | None = None,
        top_k: int = 10,
    ) -> list[tuple[int, float]]:
        """Ids and BM25 scores, best first; arguments as for `LexicalIndex.search`."""
        return self._lexical[kind].search(query, allowed=allowed, top_k=top_k)

    def holding(self, phrase: str, *, kind: HitKind) -> Ids:
        """Ids of the passages that have the terms of a phrase, among their words or in their title, ascending.

        They hold the phrase itself where it is one term.
        """
        return self._lexical[kind].holding(words.terms_within(phrase), words.plain(phrase))

    def search_vectors(
        self, query: Vectors, *, kind: HitKind, allowed: Sequence[int] | Ids | None = None, top_k: int = 10
    ) -> list[tuple[int, float]]:
        """Ids and cosines, best first."""
        return self._vectors[kind].search(query, allowed=allowed, top_k=top_k)

    def rarities(self, words: Iterable[str]) -> dict[str, float]:
        """How much each term tells, the rarer among all passages the more: its weight in BM25."""
        every = len(self)
        holding = {word: sum(index.frequency(word) for index in self._lexical.values()) for word in words}
        return {word: log(1 + max(0, every - count + 0.5) / (count + 0.5)) for word, count in holding.items()}

    def vectors(self, ids: Sequence[int], kind: HitKind) -> Vectors:
        """(n, dim) float32, in the order of `ids`; all zero where the index has none."""
        return self._vectors[kind].vectors(ids)

    def ids(self, kind: HitKind) -> list[int]:
        """Every id of a kind, ascending."""
        return [int(id_) for id_ in self._vectors[kind].ids()]

    def __len__(self) -> int:
        return sum(map(len, self._lexical.values()))

    def check(self) -> list[str]:
        """What is wrong, a sentence each; empty when both indexes hold the same number of passages."""
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
            self.manifest = _checked(
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


class _Known:
    """Vectors that need not be made: of texts that were encoded elsewhere, and of those that are leaving the index.

    A document that is read anew mostly says what it said before.

    Args:
        parts: keys of texts, and the rows that were made from them.
    """

    def __init__(self, parts: Sequence[tuple[Keys, Halves]]) -> None:
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
            f"{path} 由另一版本的 docintel 写成。 {path} is no manifest of this version: {exc}.", hint=_REBUILD
        ) from exc


def _checked(manifest: Manifest, encoder: "Encoder") -> Manifest:
    """The manifest, if this program with this encoder could have written it."""
    expected = (encoder.name, encoder.dim, FORMAT, words.VERSION)
    found = (manifest.encoder, manifest.dim, manifest.format, manifest.words)
    if found != expected:
        raise StaleIndexError(
            f"索引由另一编码模型或另一版本建立。 The index was made by encoder {found[0]!r} ({found[1]} dimensions, "
            f"format {found[2]}.{found[3]}); this is {expected[0]!r} ({expected[1]} dimensions, "
            f"format {expected[2]}.{expected[3]}).",
            hint=_REBUILD,
        )
    return manifest
