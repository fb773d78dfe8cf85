"""An index of passages keeps its promises whatever keeps it: in the library's folder, or on Milvus."""

import numpy as np
import pytest

from docintel.errors import StaleIndexError
from docintel.index.words import terms
from docintel.schema import HitKind
from tests.contract.backends import BACKENDS, clear, open_index
from tests.contract.textbook import bm25
from tests.factories import BigramEncoder, PassageList

TEXTS = ["药品采购权力集中", "公务接待超标准用餐", "药品采购走过场、药品验收走过场", "工程招投标", "公务用车"]
PASSAGE = HitKind.PASSAGE


class CountingEncoder(BigramEncoder):
    def __init__(self):
        self.encoded = []

    def encode_passages(self, texts):
        self.encoded += texts
        return super().encode_passages(texts)


@pytest.fixture
def source():
    source = PassageList()
    source.add(*TEXTS)
    source.add("药品采购权力集中", kind=HitKind.ISSUE)
    return source


@pytest.fixture
def encoder():
    return CountingEncoder()


@pytest.fixture(params=BACKENDS)
def opened(request, tmp_path, encoder):
    """Opens the index of this test, again and again; each is closed at the end."""
    indexes = []

    def opened(with_encoder=encoder):
        indexes.append(open_index(request.param, tmp_path / "index", with_encoder))
        return indexes[-1]

    yield opened
    for index in indexes:
        index.close()


@pytest.fixture
def index(opened, source, encoder):
    index = opened()
    index.catch_up(source)
    encoder.encoded.clear()
    return index


def found(index, query, **options):
    return [id_ for id_, _ in index.search_lexical(query, kind=options.pop("kind", PASSAGE), **options)]


def nearest(index, text, **options):
    vector = index.encoder.encode_queries([text])[0]
    return index.search_vectors(vector, kind=options.pop("kind", PASSAGE), **options)


def test_words_have_the_scores_of_the_textbook(index):
    hits = index.search_lexical("药品采购走过场", kind=PASSAGE)
    expected = {n: score for n, score in enumerate(bm25("药品采购走过场", TEXTS), 1) if score}
    assert dict(hits) == pytest.approx(expected, rel=1e-3)
    assert [id_ for id_, _ in hits] == sorted(expected, key=expected.get, reverse=True)


def test_a_term_counts_as_much_as_it_is_given(index):
    whole = dict(index.search_lexical({"药品": 1.0}, kind=PASSAGE))
    assert dict(index.search_lexical({"药品": 0.5}, kind=PASSAGE)) == pytest.approx(
        {n: s / 2 for n, s in whole.items()}
    )


def test_what_stands_around_a_passage_counts_less_than_its_words(opened, source):
    source.add("另行通知", context="药品采购")
    source.add("再行通知", title="药品采购")
    index = opened()
    index.catch_up(source)
    scores = dict(index.search_lexical("药品采购", kind=PASSAGE))
    assert 0 < scores[8] < scores[7] < scores[1]


@pytest.mark.parametrize("query", ["整改", "巡察", "问责", "2.3", "ＤＲＧ", "drg", "12.5", "2023"])
def test_short_terms_and_numbers_always_match(opened, query):
    texts = ["集中整改落实", "政治巡察反馈", "严肃问责追责", "2.3万元", "按DRG付费", "增长12.5%", "云纪发〔2023〕15号"]
    source = PassageList()
    source.add(*texts)
    index = opened()
    index.catch_up(source)
    assert found(index, query) == [n for n, text in enumerate(texts, 1) if terms(query)[0] in terms(text)]


def test_no_known_term_gives_no_hits(index):
    assert found(index, "，。") == found(index, "火星基地") == found(index, "药品", top_k=0) == []
    assert found(index, "药品", kind=HitKind.CASE) == nearest(index, "药品", kind=HitKind.CASE) == []


def test_equal_scores_come_in_id_order(opened):
    source = PassageList()
    source.add(*["药品采购"] * 5)
    index = opened()
    index.catch_up(source)
    assert found(index, "药品") == [id_ for id_, _ in nearest(index, "药品")] == [1, 2, 3, 4, 5]


def test_cosines_equal_brute_force(index, encoder):
    rows = encoder.encode_passages(TEXTS)
    cosines = rows @ encoder.encode_queries(["药品采购"])[0]
    hits = index.search_vectors(3 * encoder.encode_queries(["药品采购"])[0], kind=PASSAGE, top_k=2)
    assert [id_ for id_, _ in hits] == [int(place) + 1 for place in np.argsort(-cosines)[:2]]
    assert [score for _, score in hits] == pytest.approx(sorted(cosines, reverse=True)[:2], abs=2e-3)


def test_kinds_are_apart(index):
    assert found(index, "药品采购", kind=HitKind.ISSUE) == [6]
    assert nearest(index, "药品采购", kind=HitKind.ISSUE)[0][0] == 6
    assert index.ids(HitKind.ISSUE) == [6]
    assert index.ids(PASSAGE) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("allowed", [[2, 4], [1], [1, 2, 3, 4, 5], [], [77]])
def test_a_filter_changes_what_is_found_and_no_score(index, allowed):
    for search in (lambda **options: index.search_lexical("公务药品", kind=PASSAGE, **options),
                   lambda **options: nearest(index, "公务药品", **options)):  # fmt: skip
        every = search(top_k=5)
        hits = search(allowed=allowed)
        assert [id_ for id_, _ in hits] == [id_ for id_, _ in every if id_ in allowed]
        assert dict(hits) == pytest.approx({id_: score for id_, score in every if id_ in allowed})


def test_of_many_allowed_ids_the_best_are_found_however_they_are_looked_for(opened, monkeypatch):
    monkeypatch.setattr("docintel.index.milvus.index.MOST_IDS", 7)
    source = PassageList()
    source.add(*("药品采购" * (n % 7) + "公务" * (n % 3) + "用车" for n in range(60)))
    index = opened()
    index.catch_up(source)
    for allowed in (range(1, 40), range(30, 61), range(1, 61, 3)):
        every = [pair for pair in index.search_lexical("药品公务", kind=PASSAGE, top_k=100) if pair[0] in allowed]
        hits = index.search_lexical("药品公务", kind=PASSAGE, allowed=np.array(allowed), top_k=10)
        assert [score for _, score in hits] == pytest.approx([score for _, score in every[:10]])
        assert set(dict(hits)) <= set(allowed)


@pytest.mark.parametrize(
    ("phrase", "ids"), [("药品采购", [1, 3]), ("走过场", [3]), ("公务用车", [5]), ("餐", [2]), ("火星", []), ("鱼", [])]
)
def test_passages_that_hold_a_phrase(index, phrase, ids):
    assert index.holding(phrase, kind=PASSAGE).tolist() == ids


def test_a_phrase_is_held_in_a_title_too_but_not_in_both_together(opened, source):
    source.add("另行通知", title="药品采购")
    source.add("药品", title="采购")
    index = opened()
    index.catch_up(source)
    assert index.holding("药品采购", kind=PASSAGE).tolist() == [1, 3, 7]


def test_a_phrase_is_found_in_a_passage_of_very_many_terms(opened, source):
    source.add("".join(map(chr, range(0x4E00, 0x4E00 + 6000))) + "药品采购")
    source.add("".join(map(chr, range(0x4E00, 0x4E00 + 6000))))
    index = opened()
    index.catch_up(source)
    assert index.holding("药品采购", kind=PASSAGE).tolist() == [1, 3, 7]
    assert index.holding("一丁", kind=PASSAGE).tolist() == [7, 8]
    assert 7 in index.holding("购", kind=PASSAGE).tolist()
    source.remove(7)
    index.catch_up(source)
    assert (index.holding("药品采购", kind=PASSAGE).tolist(), index.check()) == ([1, 3], [])


def test_rare_terms_tell_more(index):
    rarities = index.rarities(["药品", "工程", "火星"])
    assert 0 < rarities["药品"] < rarities["工程"] < rarities["火星"]


def test_vectors_come_back_in_the_order_asked(index, encoder):
    rows = encoder.encode_passages(TEXTS)
    assert index.vectors([5, 99, 2, 5], PASSAGE) == pytest.approx(
        np.stack([rows[4], 0 * rows[0], rows[1], rows[4]]), abs=2e-3
    )


def test_an_empty_index_is_no_error(opened):
    index = opened()
    assert (len(index), index.ids(PASSAGE), index.check(), found(index, "药品")) == (0, [], [], [])
    assert nearest(index, "药品") == []
    assert index.holding("药品", kind=PASSAGE).tolist() == []
    assert not index.vectors([1], PASSAGE).any()
    assert index.catch_up(PassageList())


def test_removed_passages_are_gone_and_the_others_stay(index, source):
    source.remove(1, 4)
    index.catch_up(source)
    assert (found(index, "药品"), index.ids(PASSAGE)) == ([3], [2, 3, 5])
    assert {id_ for id_, _ in nearest(index, "药品采购")} == {2, 3, 5}
    assert index.holding("药品采购", kind=PASSAGE).tolist() == [3]
    assert (len(index), index.check()) == (4, [])


def test_what_is_read_anew_and_says_the_same_is_not_encoded_again(index, source, encoder):
    source.remove(1, 2, 4)
    source.add("药品采购权力集中", "公务接待超标准用餐", "工程招投标公开透明")
    index.catch_up(source)
    assert encoder.encoded == ["工程招投标公开透明"]
    for id_, text in ((7, "药品采购权力集中"), (8, "公务接待超标准用餐"), (9, "工程招投标公开透明")):
        assert nearest(index, text, top_k=1) == [(id_, pytest.approx(1, abs=1e-3))]


def test_vectors_that_were_made_elsewhere_are_not_made_again(index, source, encoder, opened, tmp_path):
    other = open_index("embedded", tmp_path / "other", encoder)
    other.catch_up(source, lender=index.encoded)
    assert encoder.encoded == []
    assert dict(nearest(other, "药品采购")) == pytest.approx(dict(nearest(index, "药品采购")), abs=2e-3)


def test_it_is_there_when_it_is_opened_again(index, opened, source, encoder):
    before = (found(index, "公务药品"), nearest(index, "公务药品"), len(index))
    encoder.encoded.clear()
    index.close()
    again = opened()
    assert again.catch_up(source)
    assert encoder.encoded == []
    assert (found(again, "公务药品"), nearest(again, "公务药品"), len(again)) == before


def test_another_open_index_sees_what_was_committed(index, opened, source):
    other = opened()
    source.add("药品采购招标")
    index.catch_up(source)
    assert other.catch_up(source)
    assert 7 in found(other, "药品采购")
    assert other.ids(PASSAGE) == index.ids(PASSAGE)


def test_an_index_ahead_of_its_source_is_refused(index):
    with pytest.raises(StaleIndexError, match="ahead") as caught:
        index.catch_up(PassageList())
    assert "rebuild" in caught.value.hint


def test_an_index_of_another_encoder_is_refused(index, opened):
    index.close()
    other = CountingEncoder()
    other.name = "other"
    with pytest.raises(StaleIndexError) as caught:
        opened(other)
    assert "docintel library rebuild" in caught.value.hint


def test_a_cleared_index_starts_from_nothing(index, opened, tmp_path):
    index.close()
    clear(tmp_path / "index")
    other = PassageList()
    other.add("公务接待")
    fresh = opened()
    fresh.catch_up(other)
    assert (len(fresh), fresh.check(), found(fresh, "药品采购")) == (1, [], [])
