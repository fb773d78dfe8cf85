"""Both indexes against arithmetic: scores, order, ties, the empty index, past the end, save and load."""

from collections import Counter
from math import log

import numpy as np
import pytest

from docintel.errors import StoreError
from docintel.index.lexical import LexicalIndex
from docintel.index.vectors import VectorIndex
from docintel.index.words import terms
from docintel.schema import HitKind
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
    lexical.update([(make_passage(text, id=n, **over), "") for n, text in enumerate(texts, 1)], [], newest=0)
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
    assert VectorIndex(tmp_path, vectors.segments, dim=DIM).search(rows[3]) == vectors.search(rows[3])
    with pytest.raises(StoreError, match="no readable segment"):
        VectorIndex(tmp_path, ["gone.faiss"], dim=DIM)


def bm25(query, texts, k1=1.2, b=0.75):
    """Scores by the textbook."""
    bags = [Counter(terms(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term in set(terms(query)):
            holding = sum(term in other for other in bags)
            idf = log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
            score += idf * bag[term] * (k1 + 1) / (bag[term] + k1 * (1 - b + b * bag.total() / mean))
        scores.append(score)
    return scores


def test_lexical_scores_equal_the_textbook(lexical):
    hits = dict(fill(lexical).search("药品采购走过场", kind=HitKind.PASSAGE))
    expected = {n: score for n, score in enumerate(bm25("药品采购走过场", TEXTS), 1) if score}
    assert hits == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("query", "first"), [("整改", 1), ("巡察", 2), ("问责", 3), ("ＤＲＧ", 4), ("drg", 4)])
def test_short_terms_always_match(lexical, query, first):
    fill(lexical, ["集中整改落实", "政治巡察反馈", "严肃问责追责", "按DRG付费", "其他"])
    assert [id_ for id_, _ in lexical.search(query, kind=HitKind.PASSAGE)] == [first]


def test_filters_do_not_change_scores(lexical):
    fill(lexical)
    every = dict(lexical.search("公务用车", kind=HitKind.PASSAGE))
    assert dict(lexical.search("公务用车", kind=HitKind.PASSAGE, allowed=[2, 4])) == pytest.approx({2: every[2]})
    assert lexical.search("公务用车", kind=HitKind.ISSUE) == []
    assert lexical.search("，。", kind=HitKind.PASSAGE) == []


def test_equal_scores_come_in_id_order(lexical):
    fill(lexical, ["药品采购"] * 5)
    assert [id_ for id_, _ in lexical.search("药品", kind=HitKind.PASSAGE, top_k=3)] == [1, 2, 3]


def test_an_unfinished_update_is_dropped_by_the_next(lexical, tmp_path):
    fill(lexical)  # these five were committed, and the process died before the manifest said so
    lexical.update([(make_passage("药品采购", id=1), "")], [], newest=0)
    assert len(lexical) == 1
    assert LexicalIndex(tmp_path).search("药品", kind=HitKind.PASSAGE)[0][0] == 1


def test_removed_passages_are_not_found(lexical):
    fill(lexical).update([], [1], newest=5)
    assert [id_ for id_, _ in lexical.search("药品", kind=HitKind.PASSAGE)] == [3]
