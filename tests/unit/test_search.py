import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.errors import QueryError
from docintel.schema import Hit, HitKind
from docintel.search import documents_of, fuse, scaled

SCALED = [
    ([], None, []),
    ([(1, 9.0), (2, 5.0), (3, 1.0)], None, [(1, 1.0), (2, 0.5), (3, 0.0)]),
    ([(1, 8.0), (2, 2.0)], 0.0, [(1, 1.0), (2, 0.25)]),
    ([(1, 0.9), (2, 0.9)], None, [(1, 1.0), (2, 1.0)]),  # no difference: all are the best
]


@pytest.mark.parametrize(("ranking", "floor", "expected"), SCALED)
def test_scaled(ranking, floor, expected):
    assert scaled(ranking, floor=floor) == expected


FUSED = [
    ([], []),
    ([[], []], []),
    ([[(1, 1.0), (2, 0.0)], [(2, 1.0), (1, 0.0)]], [(1, 0.5), (2, 0.5)]),  # equal: in id order
    ([[(7, 1.0)], [(8, 1.0), (7, 0.5)]], [(7, 0.75), (8, 0.5)]),  # found by both
]


@pytest.mark.parametrize(("rankings", "expected"), FUSED)
def test_fuse(rankings, expected):
    assert fuse(rankings) == expected


@given(st.lists(st.dictionaries(st.integers(1, 9), st.floats(-5, 5)), max_size=3))
def test_fused_scores_are_sorted_and_between_0_and_1(scored):
    rankings = [scaled(sorted(scores.items(), key=lambda pair: -pair[1])) for scores in scored]
    fused = fuse(rankings)
    assert {id_ for id_, _ in fused} == {id_ for ranking in rankings for id_, _ in ranking}
    assert fused == sorted(fused, key=lambda pair: (-pair[1], pair[0]))
    assert all(0 <= score <= 1 + 1e-9 for _, score in fused)


def hit(document, score, quote="词"):
    return Hit(kind=HitKind.PASSAGE, score=score, text=quote, quote=quote, title=f"标题{document}", source="s",
               document=document, start=0, end=1)  # fmt: skip


def test_a_document_is_as_good_as_its_three_best_passages():
    hits = [hit("b", 0.9), *[hit("a", 0.4)] * 3, *[hit("c", 0.25)] * 9]
    assert [(found.document, round(found.score, 2), found.text) for found in documents_of(hits)] == [
        ("a", 1.2, "标题a"),
        ("b", 0.9, "标题b"),
        ("c", 0.75, "标题c"),
    ]


@pytest.mark.parametrize(("query", "top_k"), [("", 10), ("  ", 10), ("药品", 0)])
def test_questions_that_make_no_sense(library, query, top_k):
    with pytest.raises(QueryError):
        library.search(query, top_k=top_k)


def test_an_empty_library_has_no_hits(library):
    assert library.search("药品") == []
