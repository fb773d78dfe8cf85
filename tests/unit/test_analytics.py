"""Totals by group, and found against rectified."""

import pandas as pd
import pytest

from docintel.analytics import rates, rectification, total
from docintel.errors import QueryError


def frame(*rows):
    columns = ["document", "source", "unit", "metric", "unit_of_measure", "value", "start", "end"]
    return pd.DataFrame([dict(zip(columns, row, strict=True)) for row in rows], columns=columns)


FIGURES = frame(
    ("d1", "a.txt", "甲院", "issues_found", "个", 38, 0, 6),
    ("d1", "a.txt", "甲院", "issues_rectified", "个", 31, 7, 12),
    ("d1", "a.txt", "乙院", "issues_found", "项", 84, 400, 408),
    ("d1", "a.txt", "乙院", "issues_found", "项", 20, 409, 415),
    ("d1", "a.txt", "乙院", "issues_rectified", "项", 70, 416, 425),
    ("d1", "a.txt", "乙院", "issues_pending", "项", 13, 426, 440),
    ("d2", "b.txt", None, "issues_rectified", "个", 5, 0, 6),
    ("d2", "b.txt", None, "issues_found", "个", None, 900, 906),
)


def test_pairs_are_those_reported_together():
    rows = rectification(FIGURES).to_dict("records")
    assert [(r["unit"], r["found"], r["rectified"], r["pending"]) for r in rows] == [
        ("甲院", 38, 31, 7),  # what is left, where the text does not say
        ("乙院", 84, 70, 13),  # what the text says; the nearer 20 is less than was rectified
    ]


def test_what_is_pending_belongs_to_its_own_pair():
    rows = rectification(
        frame(
            ("d", "a.txt", "甲院", "issues_found", "个", 38, 0, 6),
            ("d", "a.txt", None, "issues_rectified", "个", 31, 7, 12),
            ("d", "a.txt", "乙院", "issues_found", "个", 20, 13, 18),
            ("d", "a.txt", "乙院", "issues_rectified", "个", 13, 19, 25),
            ("d", "a.txt", "乙院", "issues_pending", "个", 7, 26, 30),
            ("d", "a.txt", "乙院", "issues_rectified", "条", 2, 31, 83),
        )
    ).to_dict("records")
    assert [(r["unit"], r["found"], r["rectified"], r["pending"]) for r in rows] == [
        ("甲院", 38, 31, 7),
        ("乙院", 20, 13, 7),
    ]


def told(*figures, measure="个", **all_have):
    """One report's figures, each behind the other: its metric without `issues_`, its value, and what else it says."""
    rows = [
        {"document": "d", "source": "a.txt", "unit": "甲院", "metric": f"issues_{metric}", "unit_of_measure": measure}
        | {"value": value, "start": 10 * i, "end": 10 * i + 8} | all_have | says
        for i, (metric, value, says) in enumerate(figures)
    ]  # fmt: skip
    return [
        (row["found"], row["rectified"], row["pending"]) for row in rectification(pd.DataFrame(rows)).to_dict("records")
    ]


def test_what_is_taken_off_the_problems_found_is_none_of_them():
    excepted = {"quote": "除1个问题经核实不成立外"}
    figures = [("found", 9, {}), ("found", 1, excepted), ("rectified", 5, {}), ("rectified", 1, {}), ("pending", 2, {})]
    assert told(*figures) == [(9, 5, 2)]


@pytest.mark.parametrize(
    ("found", "rectified", "are_a_pair"),
    [
        ({"subject": "违建墓穴"}, {"subject": "豪华墓"}, False),
        ({"subject": "违建墓穴"}, {"subject": "墓穴"}, True),
        ({"subject": "违建墓穴"}, {"subject": None}, True),
        ({"subject": "问题"}, {"subject": "服务费支出超范围"}, True),
        ({"subject": "安全隐患"}, {"subject": "灭火器过期"}, True),
        ({"region": "青岚市云栖县"}, {"region": "青岚市"}, True),
        ({"region": "青岚市云栖县"}, {"region": "青岚市白榆区"}, False),
        ({"period": "2023"}, {"period": "2024-03-31"}, True),
        ({"period": "2024"}, {"period": "2023"}, False),
        ({"period": "2024"}, {"period": None}, True),
        ({"unit": "县委巡察组"}, {}, True),
        ({}, {"unit_of_measure": "件"}, False),
    ],
    ids=str,
)
def test_a_pair_is_of_one_matter_place_and_time(found, rectified, are_a_pair):
    pairs = [(38, 31, 7)] if are_a_pair else []
    assert told(("found", 38, found), ("rectified", 31, rectified)) == pairs


@pytest.mark.parametrize(
    ("between", "pending", "left"),
    [
        ([], {}, 5),
        ([("rectified", 2, {})], {}, 5),
        ([("rectified", 2, {"unit_of_measure": "件"})], {}, 7),
        ([("found", 9, {})], {}, 7),
        ([], {"unit": "乙院"}, 7),
        ([], {"unit": None}, 5),
    ],
    ids=str,
)
def test_what_is_pending_is_told_of_what_was_rectified(between, pending, left):
    pairs = told(("found", 38, {}), ("rectified", 31, {}), *between, ("pending", 5, pending))
    assert pairs[0] == (38, 31, left)


def test_no_pairs_give_an_empty_table():
    columns = ["document", "source", "start", "end", "unit", "found", "rectified", "pending"]
    columns += ["region", "period", "rate"]
    assert list(rectification(FIGURES.head(0)).columns) == columns


def test_totals_never_mix_measure_words_and_skip_masked_figures():
    table = total(FIGURES, ["source"])
    found = table[table["metric"] == "issues_found"]
    assert list(zip(found["source"], found["unit_of_measure"], found["total"], found["figures"], strict=True)) == [
        ("a.txt", "项", 104, 2),
        ("a.txt", "个", 38, 1),
    ]


def test_an_unknown_group_is_refused():
    with pytest.raises(QueryError, match="colour"):
        total(FIGURES, ["colour"])


def test_rates_count_a_pair_that_two_documents_report_once():
    pair = [("个", "issues_found", 40, 0), ("个", "issues_rectified", 30, 9)]
    rows = [
        {"document": name, "source": f"{name}.txt", "unit": unit, "region": None, "period": "2023", "metric": metric,
         "unit_of_measure": measure, "value": value, "start": start, "end": start + 8}
        for name, unit in (("d1", "甲院"), ("d2", "甲院"), ("d3", "乙院"))
        for measure, metric, value, start in pair
    ]  # fmt: skip
    table = rates(pd.DataFrame(rows), "unit")
    assert table[["unit", "found", "rectified", "pairs"]].values.tolist() == [["乙院", 40, 30, 1], ["甲院", 40, 30, 1]]
    assert table["rate"].tolist() == [0.75, 0.75]
    assert rates(pd.DataFrame(rows), "period")["found"].tolist() == [80]


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ({}, 23),
        ({"published": "2023-11-02"}, 23),
        ({"published": "2024-01-02"}, 46),
        ({"unit": "乙院"}, 46),
        ({"period": "2023"}, 46),
        ({"unit": None, "region": None}, 46),
    ],
    ids=str,
)
def test_without_a_period_the_year_of_publication_tells_pairs_apart(second, found):
    told = {"unit": "甲院", "region": "云栖县", "period": None, "published": "2023-05-06", "unit_of_measure": "个"}
    figures = [{"metric": "issues_found", "value": 23, "start": 0, "end": 8}]
    figures += [{"metric": "issues_rectified", "value": 20, "start": 9, "end": 17}]
    documents = [told | {"document": "d1", "source": "a.txt"}, told | {"document": "d2", "source": "b.txt"} | second]
    table = rates(pd.DataFrame([document | figure for document in documents for figure in figures]), "year")
    assert table["found"].sum() == found


def test_pairs_of_one_place_are_counted_once_where_no_unit_is_told():
    told = {"unit": None, "region": "云栖县", "period": "2023", "unit_of_measure": "个"}
    figures = [{"metric": "issues_found", "value": 23, "start": 0, "end": 8}]
    figures += [{"metric": "issues_rectified", "value": 20, "start": 9, "end": 17}]
    rows = [told | {"document": name, "source": name} | figure for name in ("d1", "d2") for figure in figures]
    assert rates(pd.DataFrame(rows), "region")["pairs"].tolist() == [1]


def test_rates_have_no_other_groups():
    with pytest.raises(QueryError, match="colour"):
        rates(FIGURES, "colour")
