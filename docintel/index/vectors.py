"""The vector index: exact inner product over half-precision rows, in segments, on FAISS.

Takes ids and unit vectors, gives ids by cosine. A segment is a file that is written once and then only read (mapped
into memory, so opening costs nothing); what is in the index is the list of its segments, which the manifest keeps.
Small segments are merged as they pile up, so adding a document costs the same however many there are.
"""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from docintel.errors import StoreError
from docintel.files import whole

Vectors = NDArray[np.float32]
_MERGE_FACTOR = 2  # a segment joins a new one unless it is this many times larger: few segments, each row rarely moved


class VectorIndex:
    """The segments of one kind of passage; immutable but for `segments`, which names its files.

    Args:
        folder: where the files lie.
        segments: names of the files that count.
        dim: length of a vector.

    Raises:
        StoreError: a segment is missing or can't be read.
    """

    def __init__(self, folder: Path, segments: Iterable[str], *, dim: int) -> None:
        self.dim = dim
        self._folder = folder
        self._parts = {name: _open(folder / name) for name in segments}

    @property
    def segments(self) -> list[str]:
        """Names of the files, largest segment first."""
        return sorted(self._parts, key=lambda name: (-self._parts[name].ntotal, name))

    def __len__(self) -> int:
        return sum(int(part.ntotal) for part in self._parts.values())

    def ids(self) -> NDArray[np.int64]:
        """Every id, ascending."""
        return np.sort(np.concatenate([np.empty(0, np.int64), *map(_ids, self._parts.values())]))

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these ids, in their order; all zero for an id that is not there."""
        asked = np.asarray(ids, dtype=np.int64)
        out = np.zeros((len(asked), self.dim), dtype=np.float32)
        for part in self._parts.values():
            known = _ids(part)
            place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
            for row in np.flatnonzero(known[place] == asked):
                out[row] = part.index.reconstruct(int(place[row]))
        return out

    def search(
        self, query: Vectors, *, allowed: Sequence[int] | None = None, top_k: int = 10
    ) -> list[tuple[int, float]]:
        """Ids and cosines, best first; equal cosines in id order.

        Args:
            query: one vector of any length but zero.
            allowed: only these ids; None for all.
            top_k: at most so many.
        """
        if top_k < 1 or (allowed is not None and not len(allowed)):
            return []
        row = np.ascontiguousarray(query, dtype=np.float32).reshape(1, self.dim)
        row = row / np.linalg.norm(row)
        parameters = None
        if allowed is not None:
            parameters = faiss.SearchParameters()
            parameters.sel = faiss.IDSelectorBatch(np.asarray(allowed, dtype=np.int64))
        found = []
        for part in self._parts.values():
            scores, ids = part.search(row, min(top_k, part.ntotal), params=parameters)
            found += [(int(id_), float(score)) for id_, score in zip(ids[0], scores[0], strict=True) if id_ >= 0]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:top_k]

    def updated(self, ids: Sequence[int], vectors: Vectors, removed: Iterable[int]) -> "VectorIndex":
        """The index with vectors added and ids gone; new files are written, none is changed.

        Args:
            ids: larger than every id that is there.
            vectors: (n, dim) float32, rows unit length.
        """
        gone = np.asarray(sorted(removed), dtype=np.int64)
        keep: list[str] = []
        rewrite: list[str] = []
        for name in self.segments:
            hit = bool(np.isin(gone, _ids(self._parts[name])).any())
            (rewrite if hit else keep).append(name)
        size = len(ids) + sum(self._parts[name].ntotal for name in rewrite)
        while keep and size and self._parts[keep[-1]].ntotal < _MERGE_FACTOR * size:
            rewrite.append(keep.pop())
            size += self._parts[rewrite[-1]].ntotal
        if rewrite or len(ids):
            merged = self._merge(rewrite, np.asarray(ids, dtype=np.int64), vectors, gone)
            keep += [merged] if merged else []
        return VectorIndex(self._folder, keep, dim=self.dim)

    def _merge(self, names: list[str], ids: NDArray[np.int64], vectors: Vectors, gone: NDArray[np.int64]) -> str | None:
        """Write one segment with what is left of several and something new; its name, None when nothing is left."""
        all_ids = np.concatenate([*(_ids(self._parts[name]) for name in names), ids])
        rows = np.concatenate([*(_rows(self._parts[name]) for name in names), vectors.reshape(-1, self.dim)])
        alive = ~np.isin(all_ids, gone)
        if not alive.any():
            return None
        return _write(self._folder, all_ids[alive], rows[alive])


def _ids(part: faiss.IndexIDMap) -> NDArray[np.int64]:
    return np.asarray(faiss.vector_to_array(part.id_map), dtype=np.int64)


def _rows(part: faiss.IndexIDMap) -> Vectors:
    inner = faiss.downcast_index(part.index)
    return np.asarray(inner.reconstruct_n(0, inner.ntotal), dtype=np.float32)


def _write(folder: Path, ids: NDArray[np.int64], rows: Vectors) -> str:
    """Write a segment whole, ids ascending; it is named by its content, so no name ever means two things."""
    order = np.argsort(ids)
    flat = faiss.IndexScalarQuantizer(rows.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    part = faiss.IndexIDMap(flat)
    part.add_with_ids(np.ascontiguousarray(rows[order]), ids[order])
    name = hashlib.sha256(ids[order].tobytes() + rows[order].tobytes()).hexdigest()[:24] + ".faiss"
    with whole(folder / name) as neighbour:
        faiss.write_index(part, str(neighbour))
    return name


def _open(path: Path) -> faiss.IndexIDMap:
    try:
        part: faiss.IndexIDMap = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)  # type: ignore[assignment]
    except RuntimeError as exc:
        raise StoreError(f"{path} is no readable segment.", hint="Run: docintel library rebuild") from exc
    return part
