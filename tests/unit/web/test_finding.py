import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from docintel.errors import QueryError
from docintel.index.marking import marked, wanted
from docintel.schema import HitKind, Order
from docintel.web.finding import Asked, find
from docintel.web.regions import region_tree
from tests.unit.web.conftest import open_library


@pytest.fixture
def library(folder):
    with open_library(folder) as opened:
        yield opened


def test_hits_with_what_they_share(library):
    found = find(library, Asked(q="药品采购权力集中", kind="issue"))
    assert found.exact
    assert "药品采购" in found.shown[0].quote
    assert sum(each.count for each in found.facets["year"]) == len([hit for hit in found.hits if hit.published])
    assert all(hit.kind is HitKind.ISSUE for hit in found.hits)


def test_hits_by_date(library):
    for kind in HitKind:
        newest = find(library, Asked(q="采购问题措施", kind=kind, sort="newest")).hits
        dates = [hit.published or "" for hit in newest]
        assert dates == sorted(dates, reverse=True)
        oldest = find(library, Asked(q="采购问题措施", kind=kind, sort="oldest")).hits
        assert sorted(filter(None, dates)) == [hit.published for hit in oldest if hit.published]
        assert [bool(hit.published) for hit in oldest] == [bool(date) for date in dates], "those without a date last"


def test_a_filter_narrows_and_its_facet_is_active(library):
    found = find(library, Asked(q="采购问题", kind="document", since="2023", until="2023"))
    assert [hit.published[:4] for hit in found.hits] == ["2023"]
    assert [(each.value, each.active) for each in found.facets["year"]] == [("2023", True)]


def test_filters_are_values_never_sql(library):
    for text in ("' OR 1=1 --", "x'); DROP TABLE documents; --", "%", '"'):
        asked = Asked(q="采购", unit=text, region=text, publisher=text, reference=text)
        assert find(library, asked).hits == ()
        with pytest.raises(QueryError):
            find(library, Asked(q="采购", type=text))
        with pytest.raises(QueryError):
            find(library, Asked(q="采购", since=text))
        assert library.browse(text)[0] == 0
    assert library.browse()[0] == 3


def test_nothing_asked_is_an_error(library):
    with pytest.raises(QueryError):
        find(library, Asked(q=" ，"))
    assert not Asked(q=" ，").has_question


def test_a_page_past_the_last_is_empty(library):
    found = find(library, Asked(q="采购", page=9))
    assert found.shown == ()
    assert found.pages == 1


@given(
    st.text(max_size=30),
    st.sampled_from(list(HitKind)),
    st.sampled_from(list(Order)),
    st.text(max_size=20).map(str.strip),
)
def test_an_address_says_what_was_asked(q, kind, sort, unit):
    from urllib.parse import parse_qsl

    asked = Asked(q=q, kind=kind, sort=sort, unit=unit, page=3)
    again = Asked(**dict(parse_qsl(asked.query(page=3), keep_blank_values=True, errors="strict")))
    assert again == asked
    assert Asked(**dict(parse_qsl(asked.query(unit=None)))).unit is None
    assert Asked(**dict(parse_qsl(asked.query(kind="case")))).page == 1


def test_too_long_a_question_is_refused():
    with pytest.raises(ValidationError):
        Asked(q="长" * 2001)


def test_words_are_marked_in_either_script():
    assert marked("全县药品采购，統方问题", wanted("药品采购 统方")) == [
        ("全县", False), ("药品采购", True), ("，", False), ("統方", True), ("问题", False)
    ]  # fmt: skip
    assert marked("问题突出", wanted("问题")) == [("问题", True), ("突出", False)]
    assert marked("工作情况突出", wanted("药品采购权力集中的问题没有得到解决")) == [("工作情况突出", False)]
    assert marked("ＡＢＣ公司", wanted("abc")) == [("ＡＢＣ", True), ("公司", False)]
    assert marked("", wanted("统方")) == []


@given(st.text(max_size=40), st.text(max_size=20))
def test_marking_loses_nothing(text, query):
    assert "".join(piece for piece, _ in marked(text, wanted(query))) == text


def test_regions_are_a_tree():
    roots = region_tree({"吉林省辽源市": 3, "吉林省": 1, "吉林省长春市": 2, "松陵区": 4, "内蒙古自治区呼和浩特市": 1})
    assert [(each.value, each.count, [(inner.name, inner.count) for inner in each.within]) for each in roots] == [
        ("吉林省", 6, [("辽源市", 3), ("长春市", 2)]),
        ("松陵区", 4, []),
        ("内蒙古自治区", 1, [("呼和浩特市", 1)]),
    ]
