"""Segments are merged in blocks: whatever their size, no more than some blocks of them are in memory."""

import tracemalloc

import faiss
import numpy as np
import pytest

from docintel.index import segments
from docintel.index.vectors import VectorIndex

DIM = 256


def unit_rows(count, seed=0):
    rows = np.random.default_rng(seed).standard_normal((count, DIM), np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("approximate_from", [10**9, 20_000])
def test_a_merge_holds_blocks_and_not_the_segments(tmp_path, monkeypatch, approximate_from):
    monkeypatch.setattr(segments, "BLOCK", 512)
    monkeypatch.setattr("docintel.index.vectors.BLOCK", 512)
    monkeypatch.setattr(segments, "APPROXIMATE_FROM", approximate_from)
    rows, count = unit_rows(1000), 30_000
    index = VectorIndex(tmp_path, dim=DIM).updated(range(1, count), np.resize(rows, (count - 1, DIM)), [])
    tracemalloc.start()
    merged = index.updated(range(count, 2 * count), rows := np.resize(rows, (count, DIM)), [])
    del rows
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(merged) == 2 * count - 1
    assert len(merged.segments) == 1
    given = 2 * DIM * count * 3  # what the test itself makes, in single precision and in half
    assert peak - given < 2 * (2 * DIM * count)  # bytes of both segments


def test_rows_keep_their_ids_through_merges_of_ids_out_of_turn(tmp_path):
    rows = unit_rows(6)
    index = VectorIndex(tmp_path, dim=DIM).updated([1, 2, 3, 4], rows[:4], [])
    index = index.updated([5, 6], rows[4:], [2, 3])
    assert list(index.ids()) == [1, 4, 5, 6]
    assert index.vectors([6, 1, 5, 4]) == pytest.approx(rows[[5, 0, 4, 3]], abs=1e-3)


@pytest.mark.parametrize("places", [[], [0], [3, 1, 2], [5, 0], [4, 4]], ids=str)
def test_rows_are_given_in_the_order_that_is_asked_for(tmp_path, places):
    rows = unit_rows(6)
    segment = VectorIndex(tmp_path, dim=DIM).updated(range(1, 7), rows, []).segments[0]
    found = segment.halves(np.array(places, dtype=np.intp))
    assert found == pytest.approx(rows[places].astype(np.float16))


def test_a_merge_leaves_no_file_of_its_own_behind(tmp_path):
    index = VectorIndex(tmp_path, dim=DIM).updated([1, 2], unit_rows(2), [])
    assert {path.name for path in tmp_path.iterdir()} == set(index.files)


@pytest.fixture
def narrow():
    """Rows that vary along forty axes of 256, along each less than along the one before."""
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((2000, 40)) * 0.95 ** np.arange(40) @ rng.standard_normal((40, DIM)) + 3
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def nearest_ten(index, rows, queries):
    """The share of the true ten nearest that is found."""
    best = np.argsort(-(queries @ rows.T), axis=1)[:, :10]
    found = [{id_ for id_, _ in index.search(query)} for query in queries]
    return np.mean([len(ids & set(right.tolist())) / 10 for ids, right in zip(found, best, strict=True)])


def test_a_large_segment_has_bytes_for_the_axes_that_tell_its_rows_apart(tmp_path, monkeypatch, narrow):
    monkeypatch.setattr(segments, "APPROXIMATE_FROM", 1000)
    index = VectorIndex(tmp_path, dim=DIM).updated(range(2000), narrow, [])
    (segment,) = index.segments
    assert faiss.read_index(str(next(tmp_path.glob("*.ivf")))).code_size == 32
    assert nearest_ten(index, narrow, narrow[:50]) > 0.97
    found = [segment.search(row.reshape(1, -1), 100) for row in narrow[:50]]
    errors = np.concatenate([cosines - narrow[ids] @ row for (ids, cosines), row in zip(found, narrow, strict=False)])
    assert abs(errors.mean()) < 0.005  # or hits of a large segment would come before or behind those of a small one


def test_hits_of_small_and_large_segments_are_of_one_order(tmp_path, monkeypatch, narrow):
    monkeypatch.setattr(segments, "APPROXIMATE_FROM", 1000)
    index = VectorIndex(tmp_path, dim=DIM).updated(range(1500), narrow[:1500], [])
    index = index.updated(range(1500, 2000), narrow[1500:], [])
    assert [segment.approximate for segment in index.segments] == [True, False]
    assert nearest_ten(index, narrow, narrow[::40]) > 0.97


def test_a_large_segment_of_before_there_were_axes_is_read_as_it_is(tmp_path, narrow):
    mean = narrow.mean(axis=0)
    scale = 127 / np.abs(narrow - mean).max()
    head = np.append(mean, scale).astype("<f4")
    ids, count = np.arange(2000), len(narrow)
    parts = (b"docintel", np.array([count, DIM]), head, ids, np.zeros(count, np.uint64), narrow.astype(np.float16))
    (tmp_path / "old.rows").write_bytes(b"".join(part if isinstance(part, bytes) else part.tobytes() for part in parts))
    coarse = faiss.IndexFlatL2(DIM)
    lists = faiss.IndexIVFScalarQuantizer(coarse, DIM, 15, faiss.ScalarQuantizer.QT_8bit_direct, faiss.METRIC_L2, False)
    codes = np.rint((narrow - mean) * scale + 128).astype(np.float32)
    lists.train(codes)
    lists.add_with_ids(codes, ids)
    faiss.write_index(lists, str(tmp_path / "old.ivf"))
    index = VectorIndex(tmp_path, ["old.rows"], dim=DIM)
    found, cosines = index.segments[0].search(narrow[:1], 100)
    assert cosines == pytest.approx(narrow[found] @ narrow[0], abs=0.003)
    assert nearest_ten(index, narrow, narrow[:50]) > 0.97
    grown = index.updated([2000], narrow[:1], [5])
    assert [id_ for id_, _ in grown.search(narrow[0])][:2] == [0, 2000]
    assert grown.vectors([7]) == pytest.approx(narrow[[7]], abs=1e-3)
