import pytest

from docintel.errors import QueryError
from docintel.index.marking import spans_of
from docintel.index.words import is_term, terms_within
from docintel.library import Library
from docintel.schema import Filters, HitKind, Order
from docintel.suggest import Similarity
from tests.factories import BigramEncoder

TEXTS = {
    "a.txt": "云栖县医院通报\n2024年1月5日\n该院耗材二级库无人盘点。发现问题60个。",
    "b.txt": "青岚市学校通报\n2023年2月1日\n二级仓库和库级管理混乱，收受红包。发现问题20个。",
    "c.txt": "红包专项整治\n2022年3月1日\n组织盘点，清退礼金。五类问题，共3个。",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    from docintel.extract.pipeline import extract

    root = tmp_path_factory.mktemp("narrowing")
    for name, text in TEXTS.items():
        (root / name).write_text(text, encoding="utf-8")
    similarity = Similarity(unrelated=0.4, same=0.9)
    with Library(root / "library", encoder=BigramEncoder(), similarity=similarity, extractor=extract) as opened:
        opened.ingest([root / name for name in TEXTS])
        yield opened


def found(library, query, **options):
    return {hit.source for hit in library.search(query, **options)}


@pytest.mark.parametrize(
    ("query", "sources"),
    [
        ("二级库", {"a.txt", "b.txt", "c.txt"}),
        ('"二级库"', {"a.txt"}),
        ('"级库"', {"a.txt"}),
        ('"二級庫"', {"a.txt"}),
        ('"库"', {"a.txt", "b.txt"}),
        ('"红包"', {"b.txt", "c.txt"}),
        ('"混乱，收受红包"', {"b.txt"}),
        ('"盘点" "礼金"', {"c.txt"}),
        ("盘点 -红包", {"a.txt"}),
        ("盘点 -礼", {"a.txt", "b.txt"}),
        ("通报 -单位:不存在", {"a.txt", "b.txt", "c.txt"}),
        ("通报 年份:2023..2024", {"a.txt", "b.txt"}),
        ("通报 -年份:2023..2024", {"c.txt"}),
        ("通报 发现问题>20", {"a.txt"}),
        ("通报 issues_found>=20 发现问题<60", {"b.txt"}),
        ('"没有这个词"', set()),
    ],
)
@pytest.mark.parametrize("kind", [HitKind.PASSAGE, HitKind.DOCUMENT])
def test_conditions_narrow(library, query, sources, kind):
    assert found(library, query, kind=kind) == sources


def test_the_filters_of_options_hold_beside_those_of_the_query(library):
    assert found(library, "通报 年份:2023..2024", filters=Filters(until="2023")) == {"b.txt"}
    assert found(library, "通报", filters=Filters(figures=("issues_found>20",))) == {"a.txt"}
    for figures in (("nonsense>3",), ("issues_found~3",), ("issues_found>x",)):
        with pytest.raises(QueryError):
            library.search("通报", filters=Filters(figures=figures))


def test_conditions_alone_find_what_is_newest_first(library):
    hits = library.search("年份:2022..2024", kind=HitKind.DOCUMENT)
    assert [hit.source for hit in hits] == ["a.txt", "b.txt", "c.txt"]
    assert library.search("年份:2022..2023")[0].source == "b.txt"
    for query in ("-红包", "-类型:评论", "  ", "“”"):
        with pytest.raises(QueryError):
            library.search(query)


def test_hits_in_the_order_asked_for_with_what_they_share(library):
    newest = library.find("通报 盘点 红包", order=Order.NEWEST)
    dates = [hit.published for hit in newest.hits]
    assert dates == sorted(dates, reverse=True)
    assert sum(newest.facets["year"].values()) == len(newest.hits)


def test_a_hit_says_why(library):
    hits = library.search("盘点 红包")
    for hit, reason in zip(hits, library.reasons("盘点 红包", hits), strict=True):
        assert all(word in hit.quote for word in reason.words)
        assert [hit.quote[start:end] for start, end in reason.spans]
        assert 0 <= reason.similarity <= 1
    (cleared,) = library.reasons("盘点 红包", [hit for hit in hits if hit.source == "c.txt"])
    assert ("红包", "礼金") in cleared.related
    assert cleared.title_words == ("红包",)


def test_another_word_of_the_thesaurus_finds_and_the_own_word_comes_first(library):
    library.thesaurus.add(["代金券", "礼金"])
    try:
        hits = library.search("代金券")
        assert hits[0].source == "c.txt"
        assert library.reasons("代金券", hits[:1])[0].related == (("代金券", "礼金"),)
        assert library.search('"代金券"') == [], "a phrase is meant as it stands"
    finally:
        library.thesaurus.remove("代金券", "礼金")


def test_terms_that_a_phrase_must_bring():
    assert terms_within("二级库") == ["二级", "级库"]
    assert terms_within("库") is None
    assert terms_within("3个") == ["3"]
    assert is_term("紅包")
    assert not is_term("二级库")
    assert spans_of("收受紅包红包", ["红包"]) == [(2, 6)]


def test_sanctions_are_conditions(tmp_path):
    from docintel.extract.pipeline import extract

    text = "典型案例通报\n松陵区人民医院院长陆远收受红包，2023年5月，陆远受到党内严重警告处分。"
    (tmp_path / "s.txt").write_text(text, encoding="utf-8")
    (tmp_path / "t.txt").write_text("松陵区人民医院院长陆远讲话\n收受红包要不得。", encoding="utf-8")
    with Library(tmp_path / "library", encoder=BigramEncoder(), extractor=extract) as library:
        library.ingest([tmp_path / "s.txt", tmp_path / "t.txt"])
        for query in ("红包 处分:党内严重警告", "红包 处分:警告", "红包 处分:党纪处分", "红包 sanction:party"):
            assert found(library, query) == {"s.txt"}, query
        assert found(library, "红包 处分:政务处分") == set()
        assert found(library, "红包 -处分:党纪处分") == {"t.txt"}
