"""The vector index: cosines of unit vectors, in segments, on FAISS.

Takes ids and vectors, gives ids by cosine. What is in the index is the list of its files, which the manifest keeps: the
segments, and one file of ids that were removed and whose rows still lie in some segment. Small segments are merged as
they pile up and large ones left alone, so adding a document costs the same however many there are.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from docintel.errors import StoreError
from docintel.files import write_whole
from docintel.index.segments import BLOCK, SEARCHED_SHARE, Halves, Ids, Keys, Segment, Vectors, write

__all__ = ["SUFFIXES", "Keys", "VectorIndex", "Vectors"]

#: Of the files an index may consist of.
SUFFIXES = (".rows", ".ivf", ".removed")
_FULL = 131_072  # rows: a segment of so many is merged no more, which bounds what one commit may cost (some seconds)
_MERGE_FACTOR = 2  # a segment joins a new one unless it is this many times larger: few segments, each row rarely moved
_MOSTLY_ALIVE = 0.9  # a segment with fewer of its rows left is written anew
_FEW = 2048  # allowed ids whose rows are read and compared one and all
_SPARE = 50  # candidates of an approximate search beyond those asked for, which the exact cosines put in order
_NONE: Ids = np.empty(0, np.int64)


class VectorIndex:
    """The vectors of one kind of passage; never changed, only followed by an `updated` one.

    Args:
        folder: where the files lie.
        files: names of those that count.
        dim: length of a vector.
        opened: segments that are open already, by name.

    Raises:
        StoreError: a file is missing or can't be read.
    """

    def __init__(
        self, folder: Path, files: Iterable[str] = (), *, dim: int, opened: Mapping[str, Segment] | None = None
    ) -> None:
        self.dim = dim
        self._folder = folder
        names = sorted(files)
        opened = opened or {}
        segments = [
            opened[name] if name in opened else Segment(folder, name, dim=dim)
            for name in names
            if name.endswith(".rows")
        ]
        self.segments = sorted(segments, key=lambda segment: (-len(segment), segment.name))
        self._removed = np.concatenate([_NONE, *(_read(folder / name) for name in names if name.endswith(".removed"))])
        self.files = names

    def __len__(self) -> int:
        return sum(map(len, self.segments)) - len(self._removed)

    def ids(self) -> Ids:
        """Every id, ascending."""
        every = np.concatenate([_NONE, *(segment.ids for segment in self.segments)])
        return np.setdiff1d(every, self._removed, assume_unique=True)

    def vectors(self, ids: Sequence[int] | Ids) -> Vectors:
        """The vectors of these ids, in their order; all zero for an id that is not there."""
        asked = np.asarray(ids, dtype=np.int64)
        out = np.zeros((len(asked), self.dim), dtype=np.float32)
        wanted = ~_in(asked, self._removed)
        for segment in self.segments:
            places = segment.places(asked)
            here = (places >= 0) & wanted
            out[here] = segment.halves(places[here])
        return out

    def keyed(self, ids: Sequence[int] | Ids) -> tuple[Keys, Halves]:
        """Of those of these ids that are there, the keys of their texts and their rows."""
        asked = np.asarray(ids, dtype=np.int64)
        keys, rows = [np.empty(0, np.uint64)], [np.empty((0, self.dim), np.float16)]
        for segment in self.segments:
            places = segment.places(asked)
            here = places[places >= 0]
            keys.append(segment.keys[here])
            rows.append(segment.halves(here))
        return np.concatenate(keys), np.concatenate(rows)

    def search(
        self, query: Vectors, *, allowed: Sequence[int] | Ids | None = None, top_k: int = 10
    ) -> list[tuple[int, float]]:
        """Ids and cosines, best first; equal cosines in id order.

        Few allowed ids are compared to the last. Otherwise large segments are searched in part, a larger one the fewer
        ids are allowed: what is nearest among these is further away.

        Args:
            query: one vector of any length but zero.
            allowed: only these ids, ascending; None for all.
            top_k: at most so many.
        """
        if top_k < 1 or not len(self) or (allowed is not None and not len(allowed)):
            return []
        row = np.ascontiguousarray(query, dtype=np.float32).reshape(1, self.dim)
        row = row / np.linalg.norm(row)
        if allowed is not None and len(allowed) <= _FEW:
            ids = np.asarray(allowed, dtype=np.int64)
            ids = ids[self._holds(ids)]
            return _best(ids, self.vectors(ids) @ row[0], top_k)
        only = self._selector(allowed)
        passing = 1.0 if allowed is None else min(1.0, len(allowed) / len(self))
        share = min(1.0, SEARCHED_SHARE / passing**0.25)
        found = [
            segment.search(row, top_k + _SPARE * segment.approximate, only=only, share=share)
            for segment in self.segments
        ]
        ids, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        if any(segment.approximate for segment in self.segments):
            ids = ids[np.argsort(-scores, kind="stable")[: top_k + _SPARE]]
            scores = self.vectors(ids) @ row[0]
        return _best(ids, scores, top_k)

    def updated(
        self,
        ids: Sequence[int] | Ids,
        vectors: Vectors,
        removed: Iterable[int],
        *,
        keys: Keys | None = None,
    ) -> "VectorIndex":
        """The index with vectors added and ids gone; new files are written, none is changed.

        Args:
            ids: larger than every id that is there.
            vectors: (n, dim) float32, rows unit length.
            removed: ids; what is not there is no error.
            keys: of the texts that the vectors were made from; 0 where not known.
        """
        gone = self._gone(removed)
        keep: list[Segment] = []
        rewrite: list[Segment] = []
        for segment in self.segments:
            alive = 1 - (segment.places(gone) >= 0).sum() / len(segment)
            (keep if alive >= _MOSTLY_ALIVE else rewrite).append(segment)
        size = len(ids) + sum(map(len, rewrite))
        while keep and size and len(keep[-1]) < min(_FULL, _MERGE_FACTOR * size):
            rewrite.append(keep.pop())
            size += len(rewrite[-1])
        files = [segment.name for segment in keep]
        opened = {segment.name: segment for segment in keep}
        if size:
            keys = np.zeros(len(ids), np.uint64) if keys is None else keys
            added = np.asarray(ids, np.int64), keys, vectors.reshape(-1, self.dim).astype(np.float16)
            files += _merge(self._folder, rewrite, added, gone)
        left = gone[np.any([segment.places(gone) >= 0 for segment in keep], axis=0)] if keep else _NONE
        if len(left):
            files.append(_write_removed(self._folder, left))
        return VectorIndex(self._folder, files, dim=self.dim, opened=opened)

    def _gone(self, removed: Iterable[int]) -> Ids:
        """What was removed before and what is now, of what is there, ascending."""
        fresh = np.fromiter(removed, np.int64)
        return np.union1d(self._removed, fresh[self._holds(fresh)])

    def _holds(self, ids: Ids) -> NDArray[np.bool_]:
        """Which of these ids are there and not removed."""
        held = np.zeros(len(ids), dtype=bool)
        for segment in self.segments:
            held |= segment.places(ids) >= 0
        return held & ~_in(ids, self._removed)

    def _selector(self, allowed: Sequence[int] | Ids | None) -> faiss.IDSelector | None:
        """The ids that may be found as one bit each, None for all of them."""
        if allowed is None and not len(self._removed):
            return None
        members = np.zeros(max(int(segment.ids[-1]) for segment in self.segments) + 1, dtype=bool)
        if allowed is None:
            members[:] = True
        else:
            ids = np.asarray(allowed, dtype=np.int64)
            members[ids[: np.searchsorted(ids, len(members))]] = True
        members[self._removed] = False
        return faiss.IDSelectorBitmap(np.packbits(members, bitorder="little"))  # type: ignore[call-arg, arg-type]


def _merge(folder: Path, segments: Sequence[Segment], added: tuple[Ids, Keys, Halves], gone: Ids) -> list[str]:
    """Write what is left of some segments, and something new, as one; no name when nothing is left."""
    each = [*((segment.ids, segment.keys) for segment in segments), added[:2]]
    ids, keys = (np.concatenate(columns) for columns in zip(*each, strict=True))
    alive = np.flatnonzero(~_in(ids, gone))
    order = alive[np.argsort(ids[alive])]
    if not len(order):
        return []
    rows = _gathered(segments, added[2], order)
    return [write(folder, ids[order], keys[order], rows, dim=added[2].shape[1])]


def _gathered(segments: Sequence[Segment], added: Halves, order: NDArray[np.intp]) -> Iterator[Halves]:
    """The rows of some segments, and then what is added, in an order, a block at a time."""
    sources = [*(segment.halves for segment in segments), added.__getitem__]
    ends = np.cumsum([*map(len, segments), len(added)])
    starts = np.append(0, ends[:-1])
    for at in range(0, len(order), BLOCK):
        places = order[at : at + BLOCK]
        source = np.searchsorted(ends, places, side="right")
        rows = np.empty((len(places), added.shape[1]), np.float16)
        for number in np.unique(source):
            rows[source == number] = sources[number](places[source == number] - starts[number])
        yield rows


def _best(ids: Ids, scores: Vectors, top_k: int) -> list[tuple[int, float]]:
    """The best first, equal ones in id order."""
    return [(int(ids[n]), float(scores[n])) for n in np.lexsort((ids, -scores))[:top_k]]


def _in(ids: Ids, ascending: Ids) -> NDArray[np.bool_]:
    """Which of these ids are among the others."""
    if not len(ascending):
        return np.zeros(len(ids), dtype=bool)
    place = np.minimum(np.searchsorted(ascending, ids), len(ascending) - 1)
    return np.asarray(ascending[place] == ids)


def _write_removed(folder: Path, ids: Ids) -> str:
    data = ids.astype("<i8").tobytes()
    name = f"{hashlib.sha256(data).hexdigest()[:24]}.removed"
    write_whole(folder / name, data)
    return name


def _read(path: Path) -> Ids:
    try:
        return np.fromfile(path, "<i8").astype(np.int64)
    except OSError as exc:
        raise StoreError(
            f"{path} 不是可读的索引文件。 {path} is no readable list of removed ids.",
            hint="重建索引 Run: docintel library rebuild",
        ) from exc
