"""The index of a library in a collection of Milvus: the ledger here, the rows there, and both in step.

A commit begins in the ledger, writes rows, and ends in the ledger with the manifest; rows that leave are deleted last.
Killed in between, the next to write finds what was begun and writes those rows over, or deletes what was still to go.
Both sides carry the stamp of the last commit: a collection that another library has written to is refused, to write at
once and to search within seconds.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock

from docintel.errors import StaleIndexError
from docintel.index import words as cutting
from docintel.index.backend import Backend, backend_of
from docintel.index.lexical import WEIGHTS
from docintel.index.milvus.collection import MOST, MOST_IDS, MOST_TERMS, Collection
from docintel.index.milvus.ledger import EMPTY, LONG, Ledger
from docintel.index.milvus.weighing import Bags, asked, bags, mean_lengths, measured, weighed
from docintel.index.passage_index import (
    INDEXED_KINDS,
    REBUILD,
    Batch,
    Encoded,
    Known,
    Manifest,
    PassageIndex,
    checked,
    rarity,
)
from docintel.index.segments import Ids, Keys, Vectors
from docintel.schema import HitKind, Passage

if TYPE_CHECKING:
    from docintel.index.encoder import Encoder

_SPARE = 1.5  # times the hits of which, by their share, as many as are asked for should be allowed
_FETCHED = 2000  # rows at once: bounds the memory
_TRUSTED_S = 5.0  # that no other library writes to the collection
_LOOKS = 3  # at what another process is changing
_HELD_IN = ("words", "title")  # a phrase is held in one of these fields


class MilvusIndex(PassageIndex):
    """An index in a collection of its own, which the first to write makes.

    Args:
        backend: where.

    Raises:
        SetupError: pymilvus is not installed.
        StaleIndexError: another encoder, or another version of docintel, made it, or the collection is gone.
        StoreError: the server can't be reached, or the collection is another library's.
    """

    def __init__(self, folder: Path, backend: Backend, encoder: "Encoder", lock: FileLock | None = None) -> None:
        super().__init__(folder, encoder, lock)
        self._backend = backend
        self._ledger = Ledger(ledger_path(folder, backend))
        self._connected: Collection | None = None
        self._looked = 0.0  # when the collection was last seen to be ours
        self._ids: dict[HitKind, tuple[tuple[int, int], list[int]]] = {}
        self._load()

    @property
    def _collection(self) -> Collection:
        """Connected when it is first needed: what the ledger knows is told without the server."""
        if self._connected:
            if time.monotonic() - self._looked > _TRUSTED_S:
                self._ready(self._connected)
        else:
            collection = Collection(self._folder, self._backend)
            try:
                self._ready(collection)
            except BaseException:
                collection.close()
                raise
            self._connected = collection
        return self._connected

    def _ready(self, collection: Collection) -> None:
        if self._ledger.manifest() is None:
            return
        collection.load()
        if collection.stamp() not in self._ledger.stamps():
            raise StaleIndexError(
                f"集合 {self._backend.collection} 已被另一资料库改写，或不是最新。 Another library has written to the "
                "collection, or it was restored from an older state.",
                hint=REBUILD,
            )
        self._looked = time.monotonic()

    # Following the source

    def _load(self) -> None:
        manifest = self._ledger.manifest() or Manifest(encoder=self.encoder.name, dim=self.encoder.dim)
        self.manifest = checked(manifest, self.encoder)

    def _is_the_librarys(self) -> bool:
        return backend_of(self._folder) == self._backend

    def _is_settled(self) -> bool:
        return not self._ledger.leaving()

    def _settle(self) -> None:
        if leaving := self._ledger.leaving():
            self._for_writing().delete(leaving)
            self._ledger.clear_leaving()

    def _for_writing(self) -> Collection:
        """The collection, made where nothing was committed yet, and surely ours."""
        collection = self._collection
        if self._ledger.manifest() is None:
            collection.create(self.encoder.dim)
        else:
            self._ready(collection)
        return collection

    def _take_in(self, batch: Batch, known: Known) -> None:
        collection, again = self._for_writing(), self._ledger.is_begun()
        gone = self._counted([id_ for id_ in batch.removed if id_ <= self.manifest.revision[0]])
        cut = {kind: [bags(passage, title) for passage, title in batch.of(kind)] for kind in INDEXED_KINDS}
        encoded = {kind: self._vectors_of([passage for passage, _ in batch.of(kind)], known) for kind in INDEXED_KINDS}
        lengths = self._ledger.lengths()
        lengths |= {str(kind): measured(lengths.get(kind, {}), its) for kind, its in cut.items() if its}
        with self._ledger.transaction():
            dims = self._numbered([each for its in cut.values() for each in its])
            stamp = self._ledger.begin()
        rows = {
            kind: _rows(kind, batch.of(kind), its, encoded[kind], dims, mean_lengths(lengths[kind]))
            for kind, its in cut.items()
            if its
        }
        for kind, its in rows.items():
            collection.write(kind, its, again=again)
        collection.put_stamp(stamp, self.encoder.dim)
        with self._ledger.transaction():
            self._ledger.put_lengths(lengths)
            for kind, its in rows.items():
                self._ledger.count(kind, Counter(dim for row in its for dim in _dims(row)), len(its))
            for kind, (passages, numbers) in gone.items():
                self._ledger.count(kind, {dim: -number for dim, number in numbers.items()}, -passages)
            self._ledger.put_manifest(replace(self.manifest, revision=batch.revision))
            self._ledger.put_leaving(batch.removed)
            self._ledger.end(stamp)
        self._load()
        self._settle()
        collection.settle()

    def _counted(self, ids: Sequence[int]) -> dict[HitKind, tuple[int, Counter[int]]]:
        """Of rows that leave, how many there are and how many have each dimension, by kind."""
        sizes: Counter[HitKind] = Counter()
        dims: dict[HitKind, Counter[int]] = {kind: Counter() for kind in INDEXED_KINDS}
        for at in range(0, len(ids), _FETCHED):
            for row in self._collection.fetch(ids[at : at + _FETCHED], ["kind", "terms", "sparse"]):
                kind = HitKind(row["kind"])
                sizes[kind] += 1
                dims[kind].update(_dims(row))
        return {kind: (sizes[kind], dims[kind]) for kind in INDEXED_KINDS}

    def _numbered(self, passages: Sequence[Bags]) -> dict[str, dict[str, int]]:
        """The dimensions of the terms of passages, by field; new terms get theirs."""
        return {
            field: self._ledger.number(field, (term for each in passages for term in getattr(each, field)))
            for field in Bags._fields
        }

    # Searching

    def search_lexical(
        self,
        query: str | Mapping[str, float],
        *,
        kind: HitKind,
        allowed: Sequence[int] | Ids | None = None,
        top_k: int = 10,
    ) -> list[tuple[int, float]]:
        """As `PassageIndex`; 16,384 hits at most."""
        words = dict.fromkeys(cutting.terms(query), 1.0) if isinstance(query, str) else query
        dims = {field: self._ledger.dims(field, words) for field in WEIGHTS}
        counts = self._ledger.counts([kind], [dim for each in dims.values() for dim in each.values()])
        every = self._ledger.size(kind)
        rarities = {dim: rarity(every, count) for dim, count in counts.items() if count > 0}
        vector = asked(words, dims, rarities)
        return self._best("sparse", vector, kind, allowed, top_k) if vector else []

    def search_vectors(
        self, query: Vectors, *, kind: HitKind, allowed: Sequence[int] | Ids | None = None, top_k: int = 10
    ) -> list[tuple[int, float]]:
        """As `PassageIndex`; 16,384 hits at most."""
        vector = np.asarray(query, dtype=np.float32).reshape(self.encoder.dim)
        return self._best("dense", vector, kind, allowed, top_k)

    def _best(
        self, field: str, vector: Any, kind: HitKind, allowed: Sequence[int] | Ids | None, top_k: int
    ) -> list[tuple[int, float]]:
        """The best of the allowed, best first, equal ones in id order.

        Ids are a condition of the search. Where very many are allowed that costs more than it saves: so many of the
        best are asked for that enough of them should be allowed, and only where they are not, part after part.
        """
        size = self._ledger.size(kind)
        if top_k < 1 or not size or (allowed is not None and not len(allowed)):
            return []
        if allowed is None:
            return _ordered(self._collection.search(field, vector, kind=kind, top_k=top_k), top_k)
        among = np.asarray(allowed, dtype=np.int64)
        pool = int(_SPARE * top_k * max(1, size / len(among)))
        if len(among) > MOST_IDS and pool <= MOST:
            found = self._collection.search(field, vector, kind=kind, top_k=pool)
            passing = set(np.intersect1d([id_ for id_, _ in found], among).tolist())
            if len(passing) >= top_k:
                return _ordered([pair for pair in found if pair[0] in passing], top_k)
        parts = [among[at : at + MOST_IDS] for at in range(0, len(among), MOST_IDS)]
        each = (self._collection.search(field, vector, kind=kind, top_k=top_k, among=part) for part in parts)
        return _ordered([pair for found in each for pair in found], top_k)

    def holding(self, phrase: str, *, kind: HitKind) -> Ids:
        """As `PassageIndex`."""
        if not self._ledger.size(kind):
            return np.empty(0, np.int64)
        within = cutting.terms_within(phrase)
        if within is None:
            wanted = [set(self._ledger.dims_with(_HELD_IN, cutting.plain(phrase)))]
            return self._having(kind, [dims for dims in wanted if dims], "any")
        found = [self._ledger.dims(field, within) for field in _HELD_IN]
        return self._having(kind, [set(dims.values()) for dims in found if len(dims) == len(within)], "all")

    def _having(self, kind: HitKind, sets: Sequence[set[int]], how: str) -> Ids:
        """Ids of the passages that have all or any of the dimensions of one of some sets, ascending."""
        if not sets:
            return np.empty(0, np.int64)
        conditions = [f"array_contains_{how}(terms, {sorted(dims)})" for dims in sets]
        found = self._collection.ids(kind, " or ".join(conditions))
        if not self._ledger.counts([kind], [LONG])[LONG]:
            return found
        holds = set.issubset if how == "all" else lambda dims, its: not dims.isdisjoint(its)
        long = self._collection.ids(kind, f"array_contains(terms, {LONG})").tolist()
        rows = self._collection.fetch(long, ["sparse"])
        return np.union1d(found, [row["id"] for row in rows if any(holds(dims, set(row["sparse"])) for dims in sets)])

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """As `PassageIndex`."""
        asked_for = list(dict.fromkeys(words))
        dims = self._ledger.dims("words", asked_for)
        counts = self._ledger.counts(INDEXED_KINDS, dims.values())
        return {word: counts[dims[word]] if word in dims else 0 for word in asked_for}

    def vectors(self, ids: Sequence[int], kind: HitKind) -> Vectors:
        """As `PassageIndex`."""
        out = np.zeros((len(ids), self.encoder.dim), dtype=np.float32)
        if not self._ledger.size(kind) or not len(ids):
            return out
        distinct = np.unique(np.asarray(ids, dtype=np.int64)).tolist()
        found = {row["id"]: row["dense"] for row in self._collection.fetch(distinct, ["dense"])}
        for place, id_ in enumerate(ids):
            if int(id_) in found:
                out[place] = found[int(id_)]
        return out

    def encoded(self, ids: Sequence[int]) -> Encoded:
        """As `PassageIndex`."""
        rows = self._collection.fetch(ids, ["key", "dense"]) if len(ids) and len(self) else []
        keys = np.array([row["key"] for row in rows], dtype=np.int64).view(np.uint64)
        vectors = np.array([row["dense"] for row in rows], dtype=np.float16).reshape(len(rows), self.encoder.dim)
        return keys, vectors

    def ids(self, kind: HitKind) -> list[int]:
        """As `PassageIndex`; kept until the next commit."""
        revision = self.manifest.revision
        if self._ids.get(kind, (None,))[0] != revision:
            found = self._collection.ids(kind, f"id <= {revision[0]}").tolist() if self._ledger.size(kind) else []
            self._ids[kind] = revision, found
        return self._ids[kind][1]

    def __len__(self) -> int:
        return sum(map(self._ledger.size, INDEXED_KINDS))

    # Looking after it

    def check(self) -> list[str]:
        """As `PassageIndex`."""
        for _ in range(_LOOKS):
            with self._ledger.transaction():  # of one state
                manifest, leaving = self._ledger.manifest(), self._ledger.leaving()
                sizes = {kind: self._ledger.size(kind) for kind in INDEXED_KINDS}
            if manifest is None:
                return []
            found = {kind: self._collection.count(kind, manifest.revision[0], leaving) for kind in INDEXED_KINDS}
            if self._ledger.manifest() == manifest:  # nobody has written meanwhile
                break
        return [
            f"The collection in Milvus holds {found[kind]} passages of kind {kind}, the ledger {size}."
            for kind, size in sizes.items()
            if found[kind] != size
        ]

    def close(self) -> None:
        """As `PassageIndex`."""
        if self._connected:
            self._connected.close()
            self._connected = None
        self._ledger.close()


def ledger_path(folder: Path, backend: Backend) -> Path:
    """Where the ledger of a collection lies."""
    return folder / f"{backend.collection}.sqlite"


def delete_collection(folder: Path, backend: Backend) -> None:
    """Delete the ledger of a collection, and the collection where no other library has written to it.

    Raises:
        StoreError: the server can't be reached.
    """
    path = ledger_path(folder, backend)
    try:
        with closing(Collection(folder, backend)) as collection:
            if collection.exists():
                collection.load()
                with closing(Ledger(path)) as ledger:
                    is_ours = collection.stamp() in (None, *ledger.stamps())
                if is_ours:
                    collection.drop()
    finally:
        Ledger.delete(path)


def _rows(
    kind: HitKind,
    added: Sequence[tuple[Passage, str]],
    cut: Sequence[Bags],
    encoded: tuple[Keys, Vectors],
    dims: Mapping[str, Mapping[str, int]],
    means: Mapping[str, float],
) -> list[dict[str, Any]]:
    """Passages as the collection keeps them."""
    keys, vectors = encoded
    return [
        {
            "id": passage.id,
            "kind": str(kind),
            "key": int(key),
            "terms": _listed(each, dims),
            "sparse": weighed(each, dims, means) or {EMPTY: 1.0},
            "dense": vector,
        }
        for (passage, _), each, key, vector in zip(added, cut, keys.view(np.int64), vectors, strict=True)
    ]


def _listed(passage: Bags, dims: Mapping[str, Mapping[str, int]]) -> list[int]:
    """The dimensions by which a phrase is found; those of a passage with too many are in its sparse vector only."""
    found = {dims[field][term] for field in _HELD_IN for term in getattr(passage, field)}
    return sorted(found) if len(found) <= MOST_TERMS else [LONG]


def _dims(row: Mapping[str, Any]) -> set[int]:
    """What a row counts for."""
    return {*map(int, row["sparse"]), *([LONG] if list(row["terms"]) == [LONG] else [])} - {EMPTY}


def _ordered(found: Sequence[tuple[int, float]], top_k: int) -> list[tuple[int, float]]:
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:top_k]
