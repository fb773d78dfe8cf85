"""Segments are merged in blocks: whatever their size, no more than some blocks of them are in memory."""

import tracemalloc

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
