"""Both indexes against arithmetic: scores, order, ties, the empty index, past the end, save and load."""

import numpy as np
import pytest

from docintel.errors import StoreError
from docintel.index.lexical import LexicalIndex
from docintel.index.vectors import VectorIndex
from tests.contract.textbook import bm25
from tests.factories import make_passage

HALF_PRECISION = 2e-4
DIM = 16
TEXTS = ["药品采购权力集中", "公务接待超标准用餐", "药品采购走过场、药品验收走过场", "工程招投标", "公务用车"]


def unit_rows(count, seed=0):
    rows = np.random.default_rng(seed).normal(size=(count, DIM)).astype("float32")
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def vectors(tmp_path):
    return VectorIndex(tmp_path, (), dim=DIM)


@pytest.fixture
def lexical(tmp_path):
    return LexicalIndex(tmp_path)


def fill(lexical, texts=TEXTS, **over):
    lexical.update([(make_passage(text, id=n, **over), "") for n, text in enumerate(texts, 1)], [])
    return lexical


def test_cosines_equal_brute_force_across_segments(vectors):
    rows = unit_rows(300)
    for first in range(0, 300, 100):
        vectors = vectors.updated(range(first + 1, first + 101), rows[first : first + 100], [])
    hits = vectors.search(3 * rows[7], top_k=10)  # three times too long: must be normalised
    expected = np.argsort(-(rows @ rows[7]))[:10]
    assert [id_ for id_, _ in hits] == [int(row) + 1 for row in expected]
    assert [score for _, score in hits] == pytest.approx((rows @ rows[7])[expected], abs=HALF_PRECISION)


def test_small_segments_are_merged(vectors):
    rows = unit_rows(64)
    for number, row in enumerate(rows, 1):
        vectors = vectors.updated([number], row.reshape(1, -1), [])
    assert len(vectors) == 64
    assert len(vectors.segments) <= 7  # log2 of the number of updates, plus one


@pytest.fixture
def small(monkeypatch):
    """Segments are large at 512 rows and full at 1024."""
    monkeypatch.setattr("docintel.index.segments.APPROXIMATE_FROM", 512)
    monkeypatch.setattr("docintel.index.segments._SEARCHED_ROWS", 0)
    monkeypatch.setattr("docintel.index.segments._ROWS_A_LIST", 32)
    monkeypatch.setattr("docintel.index.vectors._FULL", 1024)


def filled(vectors, rows, step=128):
    for at in range(0, len(rows), step):
        vectors = vectors.updated(range(at, at + len(rows[at : at + step])), rows[at : at + step], [])
    return vectors


def clustered(count):
    """Rows around thirty centres, as texts are."""
    rng = np.random.default_rng(1)
    rows = unit_rows(30)[rng.integers(0, 30, count)] + rng.normal(scale=0.1, size=(count, DIM))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("float32")


def test_a_large_index_finds_nearly_all_and_tells_exact_cosines(vectors, small):
    rows = clustered(5000)
    vectors = filled(vectors, rows)
    assert any(segment.approximate for segment in vectors.segments)
    found = [vectors.search(row) for row in rows[:100]]
    truth = np.argsort(-(rows[:100] @ rows.T), axis=1)[:, :10]
    shared = [len({id_ for id_, _ in hits} & set(best.tolist())) for hits, best in zip(found, truth, strict=True)]
    assert np.mean(shared) / 10 > 0.97
    for row, hits in zip(rows, found, strict=False):
        for id_, score in hits:
            assert score == pytest.approx(float(rows[id_] @ row), abs=2 * HALF_PRECISION)


def test_few_allowed_ids_of_a_large_index_are_searched_to_the_last(vectors, small):
    rows = clustered(3000)
    vectors = filled(vectors, rows)
    allowed = np.sort(np.argsort(rows @ rows[0])[:60])  # the worst sixty
    best = allowed[np.argsort(-(rows[allowed] @ rows[0]))][:10]
    assert [id_ for id_, _ in vectors.search(rows[0], allowed=allowed)] == best.tolist()


def test_many_allowed_ids_of_a_large_index_are_searched_in_part(vectors, small, monkeypatch):
    monkeypatch.setattr("docintel.index.vectors._FEW", 100)
    rows = clustered(5000)
    vectors = filled(vectors, rows)
    allowed = np.arange(0, 5000, 3)
    shared = []
    for row in rows[:100]:
        found = [id_ for id_, _ in vectors.search(row, allowed=allowed)]
        assert set(found) <= set(allowed.tolist())
        shared.append(len(set(found) & set(allowed[np.argsort(-(rows[allowed] @ row))][:10].tolist())))
    assert np.mean(shared) / 10 > 0.97


def test_full_segments_are_left_alone(vectors, small):
    rows = clustered(6000)
    vectors = filled(vectors, rows[:4000])
    full = {segment.name for segment in vectors.segments if len(segment) >= 1024}
    assert full
    vectors = vectors.updated(range(4000, 6000), rows[4000:], [])
    after = {segment.name for segment in vectors.segments}
    assert full <= after
    assert len(vectors) == 6000


def test_a_removal_from_a_large_segment_writes_down_the_id_only(vectors, small):
    rows = clustered(2000)
    vectors = filled(vectors, rows)
    before = {segment.name for segment in vectors.segments if len(segment) >= 512}
    gone = [id_ for id_, _ in vectors.search(rows[3], top_k=5)]
    vectors = vectors.updated([], rows[:0], gone)
    assert before <= {segment.name for segment in vectors.segments}
    assert len(vectors) == len(vectors.ids()) == 1995
    assert not set(gone) & ({id_ for id_, _ in vectors.search(rows[3], top_k=50)} | set(vectors.ids().tolist()))
    assert not vectors.vectors(gone).any()
    assert not vectors.search(rows[3], allowed=gone)


def test_a_segment_with_many_rows_gone_is_written_anew(vectors, small, tmp_path):
    rows = clustered(2000)
    vectors = filled(vectors, rows)
    for at in range(0, 1900, 50):
        vectors = vectors.updated([], rows[:0], range(at, at + 50))
    assert vectors.ids().tolist() == list(range(1900, 2000))
    assert sum(map(len, vectors.segments)) < 115
    assert VectorIndex(tmp_path, vectors.files, dim=DIM).search(rows[1950]) == vectors.search(rows[1950])
    assert len(vectors.updated([], rows[:0], range(2000))) == 0


def test_a_segment_cut_short_is_refused(vectors, small, tmp_path):
    vectors = filled(vectors, clustered(600), step=600)
    (name,) = vectors.files
    path = tmp_path / name
    for damaged in (path, path.with_suffix(".ivf")):
        whole = damaged.read_bytes()
        damaged.write_bytes(whole[:-10])
        with pytest.raises(StoreError, match="no readable segment") as caught:
            VectorIndex(tmp_path, vectors.files, dim=DIM)
        assert "rebuild" in caught.value.hint
        damaged.write_bytes(whole)


def test_allowed_ids_are_searched_to_the_last(vectors):
    rows = unit_rows(200)
    vectors = vectors.updated(range(200), rows, [])
    allowed = [int(id_) for id_ in np.argsort(rows @ rows[0])[:5]]  # the worst five
    assert sorted(id_ for id_, _ in vectors.search(rows[0], allowed=allowed, top_k=10)) == sorted(allowed)
    assert vectors.search(rows[0], allowed=[], top_k=10) == []


def test_removed_vectors_are_gone_and_the_others_stay(vectors):
    rows = unit_rows(10)
    vectors = vectors.updated(range(10), rows, []).updated([], rows[:0], [3, 99])
    assert vectors.ids().tolist() == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert vectors.search(rows[4])[0][0] == 4
    assert len(vectors.updated([], rows[:0], range(10))) == 0


def test_vectors_come_back_in_the_order_asked(vectors):
    rows = unit_rows(20)
    vectors = vectors.updated(range(20), rows, [])
    assert vectors.vectors([5, 99, 2]) == pytest.approx(np.stack([rows[5], 0 * rows[0], rows[2]]), abs=HALF_PRECISION)


def test_equal_cosines_come_in_id_order(vectors):
    row = unit_rows(1)
    vectors = vectors.updated([4, 7, 9], np.repeat(row, 3, axis=0), [])
    assert [id_ for id_, _ in vectors.search(row[0])] == [4, 7, 9]


def test_vectors_survive_on_disk_and_an_empty_index_is_no_error(vectors, tmp_path):
    rows = unit_rows(5)
    assert vectors.search(rows[0]) == []
    vectors = vectors.updated(range(5), rows, [])
    assert VectorIndex(tmp_path, vectors.files, dim=DIM).search(rows[3]) == vectors.search(rows[3])
    with pytest.raises(StoreError, match="no readable segment"):
        VectorIndex(tmp_path, ["gone.rows"], dim=DIM)


def test_lexical_scores_equal_the_textbook(lexical):
    hits = dict(fill(lexical).search("药品采购走过场"))
    expected = {n: score for n, score in enumerate(bm25("药品采购走过场", TEXTS), 1) if score}
    assert hits == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("query", "first"), [("整改", 1), ("巡察", 2), ("问责", 3), ("ＤＲＧ", 4), ("drg", 4)])
def test_short_terms_always_match(lexical, query, first):
    fill(lexical, ["集中整改落实", "政治巡察反馈", "严肃问责追责", "按DRG付费", "其他"])
    assert [id_ for id_, _ in lexical.search(query)] == [first]


def test_filters_do_not_change_scores(lexical):
    fill(lexical)
    every = dict(lexical.search("公务用车"))
    assert dict(lexical.search("公务用车", allowed=[2, 4])) == pytest.approx({2: every[2]})
    assert lexical.search("公务用车", allowed=[]) == []
    assert lexical.search("，。") == []


def test_equal_scores_come_in_id_order(lexical):
    fill(lexical, ["药品采购"] * 5)
    assert [id_ for id_, _ in lexical.search("药品", top_k=3)] == [1, 2, 3]


@pytest.mark.parametrize("looked_through", [0, 10**6])
@pytest.mark.parametrize("allowed", [range(1, 400), range(390, 401), [7], range(300, 301)])
def test_hits_among_allowed_ids_are_the_same_however_they_are_looked_for(lexical, monkeypatch, looked_through, allowed):
    texts = ["药品采购" * (n % 7) + "公务" * (n % 3) + "用车" for n in range(1, 300)] + ["工程" for _ in range(101)]
    fill(lexical, texts)
    monkeypatch.setattr("docintel.index.lexical._LOOKED_THROUGH", looked_through)
    every = {id_: score for id_, score in lexical.search("药品公务", top_k=1000) if id_ in allowed}
    found = lexical.search("药品公务", allowed=np.array(allowed), top_k=10)
    assert [score for _, score in found] == pytest.approx(list(every.values())[:10])
    assert dict(found) == pytest.approx({id_: every[id_] for id_, _ in found})


def test_what_an_unfinished_update_took_in_is_not_taken_in_twice(lexical, tmp_path):
    fill(lexical)  # these five were committed, and the process died before the manifest said so
    again = [(make_passage(text, id=n), "") for n, text in enumerate([*TEXTS, "药品采购"], 1)]
    lexical.update(again, [])
    assert (len(lexical), lexical.newest()) == (6, 6)
    assert [id_ for id_, _ in LexicalIndex(tmp_path).search("药品")] == [6, 3, 1]


def test_removals_of_a_run_that_died_before_its_commit_are_made_again(lexical, tmp_path):
    fill(lexical)
    committed = (tmp_path / "meta.json").read_bytes()
    lexical.update([], [3])
    left_behind = list(tmp_path.glob("*.del"))
    (tmp_path / "meta.json").write_bytes(committed)
    again = LexicalIndex(tmp_path)
    again.update([], [3])
    assert left_behind
    assert 3 not in again.holding(None).tolist()


def test_a_cleared_index_takes_in_anything(lexical):
    fill(lexical).clear()
    assert (len(lexical), lexical.newest(), lexical.search("药品")) == (0, 0, [])
    assert lexical.search("药品") == []
    assert len(fill(lexical)) == len(TEXTS)


def test_removed_passages_are_not_found(lexical):
    fill(lexical).update([], [1])
    assert [id_ for id_, _ in lexical.search("药品")] == [3]
