"""One segment of the vector index: vectors that are written once and then only read.

Takes ids, the keys of their texts and unit vectors; gives places by id and ids by cosine. `NAME.rows` holds the vectors
in half precision. A large segment has `NAME.ivf` beside it, an inverted file of half as many bytes as a row has
components, which is mapped into memory and finds candidates; these are scored by their rows, which are read where they
lie and not kept.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import faiss
import numpy as np
from numpy.typing import NDArray

from docintel.errors import StoreError
from docintel.files import whole

Ids = NDArray[np.int64]
Keys = NDArray[np.uint64]
Vectors = NDArray[np.float32]
Halves = NDArray[np.float16]

#: Rows from which a segment has an inverted file. All of fewer are compared, within 2 ms.
APPROXIMATE_FROM = 16_384
#: Of the lists of an inverted file, how many a search compares: recall@10 of .99 among a million (bench_index.py).
SEARCHED_SHARE = 0.16
_SEARCHED_ROWS = 8192  # at least: small files have wide lists
_ROWS_A_LIST = 128
#: Of the variance of rows, what is left in their bytes at least. That takes half as many as there are components, which
#: find as much as all of them, in half the time and memory (bench_index.py).
_KEPT = 7 / 8
_BYTES_AT_ONCE = 16  # FAISS is much slower by any number that is no multiple
_TRAINING_ROWS_A_LIST = 20  # more, and more rounds, cost four times as long and find no more
_TRAINING_ROUNDS = 5
#: Rows that are worked on at once, which bounds the memory however large a segment is.
BLOCK = 4096
_FRESH = "fresh.rows"  # the name of a segment until all of it is there to be named by
_MAGIC = b"docintel"
#: A segment without axes is small, or of when `dim` had eight bytes and each component its own.
_HEADER = np.dtype([("magic", "S8"), ("rows", "<i8"), ("dim", "<i4"), ("axes", "<i4")])


class Segment:
    """An open segment.

    Attributes:
        name: of its file.
        ids: ascending, mapped.
        keys: of the texts that the rows were made from, mapped.

    Raises:
        StoreError: the file is missing or damaged.
    """

    def __init__(self, folder: Path, name: str, *, dim: int) -> None:
        path = folder / name
        self.name = name
        try:
            self._file = path.open("rb", buffering=0)
            header = np.fromfile(self._file, _HEADER, 1)[0]
            count, axes = int(header["rows"]), int(header["axes"])
            head = np.fromfile(self._file, "<f4", dim + 1)
            at = self._file.tell()
            self.ids: Ids = np.asarray(np.memmap(self._file, "<i8", "r", at, (count,)))
            self.keys: Keys = np.asarray(np.memmap(self._file, "<u8", "r", at + 8 * count, (count,)))
        except (OSError, ValueError, IndexError) as exc:
            raise _unreadable(path) from exc
        self._rows = _Rows(self._file, at + 16 * count, count, dim)
        self._dim = dim
        end = at + 16 * count + 2 * dim * count
        behind = 4 * (axes * dim + 1) if axes else 0
        if header["magic"] != _MAGIC or header["dim"] != dim or path.stat().st_size != end + behind:
            raise _unreadable(path)
        self._exact: faiss.Index | None = None
        self._lists: faiss.IndexIVF | None = None
        if head[-1]:
            self._frame = _Frame.read(head, np.frombuffer(os.pread(self._file.fileno(), behind, end), "<f4"))
            self._lists = _open_lists(path.with_suffix(".ivf"))

    def __len__(self) -> int:
        return len(self.ids)

    def __del__(self) -> None:
        if file := getattr(self, "_file", None):
            file.close()

    @property
    def approximate(self) -> bool:
        """Whether `search` may miss some, and tells cosines to about 0.005."""
        return self._lists is not None

    def places(self, ids: Ids) -> NDArray[np.intp]:
        """Where these ids stand; -1 for one that is not here."""
        if not len(self):
            return np.full(len(ids), -1)
        place = np.minimum(np.searchsorted(self.ids, ids), len(self) - 1)
        return np.where(self.ids[place] == ids, place, -1)

    def halves(self, places: NDArray[np.intp] | None = None) -> Halves:
        """The rows at these places, all when None: (n, dim) float16."""
        return self._rows.block(0, len(self)) if places is None else self._rows.at(places)

    def search(
        self, query: Vectors, top_k: int, *, only: faiss.IDSelector | None = None, share: float = SEARCHED_SHARE
    ) -> tuple[Ids, Vectors]:
        """Ids and cosines, at most `top_k`, best first.

        Args:
            query: (1, dim), unit length.
            top_k: at most so many.
            only: ids that may be found.
            share: of an inverted file, how much is searched at least, 0 to 1.
        """
        if self._lists is None:
            with _one_thread():
                scores, ids = self._flat().search(query, min(top_k, len(self)), params=_parameters(only))
            return ids[0][ids[0] >= 0], scores[0][ids[0] >= 0]
        probes = max(1, round(max(share, min(1, _SEARCHED_ROWS / len(self))) * self._lists.nlist))
        parameters = faiss.SearchParametersIVF()
        parameters.nprobe = probes
        if only is not None:
            parameters.sel = only
        distances, ids = self._lists.search(self._frame.bytes(query), min(top_k, len(self)), params=parameters)
        return ids[0][ids[0] >= 0], self._frame.cosines(query[0], distances[0][ids[0] >= 0])

    def _flat(self) -> faiss.Index:
        """The rows as FAISS compares them, read at the first search."""
        if self._exact is None:
            flat = faiss.IndexScalarQuantizer(self._dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
            self._exact = faiss.IndexIDMap(flat)
            self._exact.add_with_ids(self.halves().astype(np.float32), np.array(self.ids))
        return self._exact


class _Rows:
    """The rows of an open file, read where they lie and not kept."""

    def __init__(self, file: IO[bytes], start: int, count: int, dim: int) -> None:
        self._file, self._start, self._count, self.dim = file, start, count, dim

    def __len__(self) -> int:
        return self._count

    def block(self, at: int, count: int) -> Halves:
        """Up to so many rows from a place on: (n, dim) float16."""
        width = 2 * self.dim
        data = os.pread(self._file.fileno(), width * min(count, self._count - at), self._start + width * at)
        return np.frombuffer(data, dtype="<f2").reshape(-1, self.dim)

    def blocks(self) -> Iterator[Halves]:
        """All rows, `BLOCK` at a time."""
        return (self.block(at, BLOCK) for at in range(0, self._count, BLOCK))

    def at(self, places: NDArray[np.intp]) -> Halves:
        """The rows at these places, in their order; in one go where they lie close together."""
        if not len(places):
            return np.empty((0, self.dim), np.float16)
        first, span = int(places.min()), int(places.max() - places.min()) + 1
        if span <= 2 * len(places):
            return self.block(first, span)[places - first]
        handle, width = self._file.fileno(), 2 * self.dim
        data = b"".join(os.pread(handle, width, self._start + width * int(place)) for place in places)
        return np.frombuffer(data, dtype="<f2").reshape(-1, self.dim)


class _Frame:
    """How rows become bytes: one for each of the axes along which rows lie furthest apart.

    The mean moves to 128, and the widest just fits. Distances between bytes are those between rows, scaled, but for
    what lies off the axes.

    Attributes:
        mean: of the rows, (dim,).
        scale: bytes a unit of length.
        axes: (axes, dim), at right angles and of unit length.
        off: mean squared distance of a row from the axes.
    """

    def __init__(self, mean: Vectors, scale: float, axes: Vectors, off: float) -> None:
        self.mean, self.scale, self.axes, self.off = mean, scale, axes, off

    @classmethod
    def of(cls, rows: Halves) -> "_Frame":
        """That of some rows, (n, dim), which stand for all."""
        mean = rows.mean(axis=0, dtype=np.float32)
        apart = rows - mean
        squares, axes = np.linalg.eigh(apart.T @ apart)  # the widest last
        needed = int(np.searchsorted(np.cumsum(squares[::-1]), _KEPT * squares.sum())) + 1
        count = min(len(mean), -(-needed // _BYTES_AT_ONCE) * _BYTES_AT_ONCE)
        axes = np.ascontiguousarray(axes[:, -count:].T)
        along = apart @ axes.T
        widest = max(float(along.max()), -float(along.min()))
        return cls(mean, 127 / max(widest, 1e-6), axes, float(squares[:-count].sum()) / len(rows))

    @classmethod
    def read(cls, head: Vectors, tail: Vectors) -> "_Frame":
        """From what a file has before and behind its rows; if nothing behind, each component is an axis."""
        mean, scale = head[:-1], float(head[-1])
        if not len(tail):
            return cls(mean, scale, np.eye(len(mean), dtype=np.float32), 0)
        return cls(mean, scale, tail[:-1].reshape(-1, len(mean)), float(tail[-1]))

    def head_and_tail(self) -> tuple[Vectors, Vectors]:
        """As they are read."""
        return np.append(self.mean, self.scale).astype("<f4"), np.append(self.axes, self.off).astype("<f4")

    def bytes(self, rows: NDArray[np.floating]) -> Vectors:
        """Whole numbers from 0 to 255, as FAISS wants to be given them."""
        along = (rows - self.mean) @ self.axes.T
        return np.asarray(np.clip(np.rint(along * self.scale + 128), 0, 255), dtype=np.float32)

    def cosines(self, query: Vectors, distances: Vectors) -> Vectors:
        """Cosines of unit vectors to one, (dim,), by the squared distances of their bytes."""
        apart = query - self.mean
        off = apart @ apart - np.square(self.axes @ apart).sum() + self.off
        return np.asarray(1 - (distances / self.scale**2 + off) / 2, dtype=np.float32)


def write(folder: Path, ids: Ids, keys: Keys, blocks: Iterable[Halves], *, dim: int) -> str:
    """Write a segment whole and give the name of its file, which follows from its content.

    Args:
        folder: where.
        ids: ascending.
        keys: in the order of the ids.
        blocks: the rows in the order of the ids, some at a time: no more of them are in memory.
        dim: length of a row.
    """
    with whole(folder / _FRESH) as neighbour, neighbour.open("w+b") as file:
        header = np.array([(_MAGIC, len(ids), dim, 0)], dtype=_HEADER)
        for part in (header, np.zeros(dim + 1, "<f4"), ids, keys):
            file.write(part.tobytes())
        start = file.tell()
        for block in blocks:
            file.write(block.tobytes())
        file.flush()
        lists = None
        if len(ids) >= APPROXIMATE_FROM:
            frame, lists = _lists(ids, _Rows(file, start, len(ids), dim))
            header["axes"] = len(frame.axes)
            head, tail = frame.head_and_tail()
            file.write(tail.tobytes())
            file.seek(0)
            file.write(header.tobytes() + head.tobytes())
        file.seek(0)
        name = hashlib.file_digest(file, "sha256").hexdigest()[:24]
    if lists is not None:
        with whole(folder / f"{name}.ivf") as neighbour:
            faiss.write_index(lists, str(neighbour))
    (folder / _FRESH).replace(folder / f"{name}.rows")
    return f"{name}.rows"


def _lists(ids: Ids, rows: _Rows) -> tuple[_Frame, faiss.IndexIVFScalarQuantizer]:
    """The inverted file, learnt from evenly spread rows; the same rows give the same file."""
    count = len(rows)
    lists = count // _ROWS_A_LIST
    sample = rows.at(np.linspace(0, count - 1, min(count, lists * _TRAINING_ROWS_A_LIST)).astype(np.intp))
    frame = _Frame.of(sample)
    axes = len(frame.axes)
    coarse = faiss.IndexFlatL2(axes)
    index = faiss.IndexIVFScalarQuantizer(
        coarse, axes, lists, faiss.ScalarQuantizer.QT_8bit_direct, faiss.METRIC_L2, False
    )
    index.cp.niter = _TRAINING_ROUNDS
    index.cp.min_points_per_centroid = 1
    index.cp.max_points_per_centroid = _TRAINING_ROWS_A_LIST
    index.train(frame.bytes(sample))
    for number, block in enumerate(rows.blocks()):
        index.add_with_ids(frame.bytes(block), ids[BLOCK * number :][: len(block)])
    index.referenced_objects = [coarse]  # type: ignore[attr-defined]  # FAISS holds a bare pointer
    return frame, index


def _open_lists(path: Path) -> faiss.IndexIVF:
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)  # type: ignore[return-value]
    except RuntimeError as exc:
        raise _unreadable(path) from exc


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let FAISS not share out one query among threads: on a busy machine they wait for each other the longest.

    The setting is the calling thread's own.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _parameters(only: faiss.IDSelector | None) -> faiss.SearchParameters | None:
    if only is None:
        return None
    parameters = faiss.SearchParameters()
    parameters.sel = only
    return parameters


def _unreadable(path: Path) -> StoreError:
    return StoreError(
        f"{path} 不是可读的索引文件。 {path} is no readable segment.",
        hint="重建索引 Run: docintel library rebuild",
    )
