"""Contradictions across documents, and what only looks like one."""

import pytest

from docintel.analytics import contradictions
from tests.unit.analytics.figures import table

ONE = {"value": 38, "document": "d1", "source": "a.txt", "quote": "发现问题38个", "page": 2}
OTHER = {"value": 40, "document": "d2", "source": "b.txt", "quote": "共发现问题40个", "published": "2024-03-05"}


def test_both_quotes_files_and_pages_are_told():
    (row,) = contradictions(table(ONE, OTHER)).to_dict("records")
    assert (row["quote"], row["source"], row["page"], row["value"]) == ("发现问题38个", "a.txt", 2, 38)
    assert (row["other_quote"], row["other_source"], row["other_page"], row["other_value"]) == (
        "共发现问题40个", "b.txt", None, 40,
    )  # fmt: skip
    assert (row["metric"], row["unit"], row["period"], row["subject"]) == ("issues_found", "甲院", "2023", "问题")


@pytest.mark.parametrize(
    "change",
    [
        {"value": 38},
        {"unit": "乙院"},
        {"period": "2022"},
        {"period": "2023-01/2023-09"},
        {"subject": "食堂问题"},
        {"unit_of_measure": "类"},
        {"metric": "issues_pending"},
        {"value": 30, "quote": "发现问题30余个", "approximate": True},
        {"value": 40, "quote": "发现问题约40个", "approximate": True},
        {"document": "d1"},
        {"work": "d1"},
    ],
    ids=str,
)
def test_no_contradiction(change):
    assert contradictions(table(ONE, OTHER | change)).empty


def test_a_period_must_be_told():
    assert contradictions(table(ONE | {"period": None}, OTHER | {"period": None})).empty


def test_vague_figures_contradict_what_they_do_not_allow():
    vague = {"value": 20, "quote": "发现问题20余个", "approximate": True}
    assert len(contradictions(table(ONE, OTHER | vague))) == 1


@pytest.mark.parametrize(("value", "number"), [(626_400, 0), (640_000, 1)])
def test_rounding_is_no_contradiction(value, number):
    money = {"metric": "amount_recovered", "unit_of_measure": "元", "subject": "资金"}
    rounded = ONE | money | {"value": 626_000, "quote": "追缴资金62.6万元"}
    exact = OTHER | money | {"value": value, "quote": f"追缴资金{value:,}元"}
    assert len(contradictions(table(rounded, exact))) == number


def test_a_period_that_is_not_over_may_be_counted_further():
    open_one = ONE | {"published": "2023-07-08"}
    assert contradictions(table(open_one, OTHER)).empty
    assert contradictions(table(open_one, OTHER | {"published": "2023-10-08"})).empty
    assert len(contradictions(table(open_one, OTHER | {"published": "2023-07-08"}))) == 1


def test_several_values_in_one_document_tell_more_than_is_compared():
    assert contradictions(table(ONE, ONE | {"value": 7, "quote": "发现问题7个"}, OTHER)).empty


def test_what_most_documents_say_is_what_others_differ_from():
    (row,) = contradictions(table(ONE, OTHER, OTHER | {"document": "d3", "source": "c.txt"})).to_dict("records")
    assert (row["value"], row["other_value"]) == (40, 38)


def test_verbs_before_the_subject_do_not_tell_it_apart():
    assert len(contradictions(table(ONE, OTHER | {"subject": "检查中发现问题"}))) == 1


def test_an_empty_table_has_the_columns():
    found = contradictions(table(ONE).head(0))
    assert found.empty
    assert {"metric", "quote", "other_quote", "other_page"} <= set(found.columns)
