"""Explanations: ids of records, grounds in words, and errors that say what can be asked."""

import pytest

from docintel.errors import QueryError
from docintel.extract.explain import describe, explain, rules_of
from docintel.extract.pipeline import extract
from tests.factories import make_document

pytestmark = pytest.mark.model

TEXT = "## 青岚市人民医院整改通报\n青岚市人民医院发现问题116项，已整改92项，24项正在整改。依据《监察法》第十一条处理。"


@pytest.fixture(scope="module")
def extraction():
    return extract(make_document(TEXT))


def test_every_record_is_explained(extraction):
    explained = explain(extraction)
    assert len(explained) == sum(1 for each in explained if each.grounds) > 5
    assert [each.id for each in explained][:2] == ["statistics/0", "statistics/1"]


def test_one_record_or_one_type(extraction):
    (one,) = explain(extraction, "statistics/1")
    assert one.record == extraction.statistics[1]
    assert explain(extraction, "statistics: 1") == [one]
    assert [each.kind for each in explain(extraction, "checks")] == ["checks"]


def test_grounds_quote_the_document(extraction):
    for each in explain(extraction):
        for ground in each.grounds:
            words = ground.evidence
            assert words is None or TEXT.replace("## ", "")[words.start : words.end] == words.quote


def test_rules_are_told_in_words(extraction):
    assert {rule for rule in rules_of(extraction) if describe(rule) == rule} == set()
    assert describe("metric/whatever") == describe("metric/*")
    assert describe("nothing/such") == "nothing/such"


@pytest.mark.parametrize(
    ("asked", "said"), [("statistics/99", "numbered from 0"), ("things/1", "no id"), ("12", "no id")]
)
def test_a_record_that_is_not_there(extraction, asked, said):
    with pytest.raises(QueryError, match=said):
        explain(extraction, asked)
