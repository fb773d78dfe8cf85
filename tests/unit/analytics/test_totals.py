"""Which figures are added, and what is told of those that are not."""

import pandas as pd
import pytest

from docintel.analytics import left_out, total, total_of_groups, trend
from tests.unit.analytics.figures import table


def summed(frame, by=(), checks=None):
    """The one total of a table."""
    (row,) = total(frame, by, checks).to_dict("records")
    return row


def reasons(frame, by=(), checks=None):
    return [None if reason is None else str(reason) for reason in left_out(frame, by, checks)]


def test_a_figure_in_several_documents_counts_once_and_says_in_how_many():
    row = summed(table({"value": 38, "document": "d1"}, {"value": 38, "document": "d2"}, {"value": 5, "unit": "乙院"}))
    assert (row["total"], row["figures"], row["counted"], row["repeated"], row["sources"]) == (43, 3, 2, 1, 3)


def test_every_source_of_a_republished_work_is_told_and_none_twice():
    once = table({"value": 38, "document": "d1", "work": "w", "sources": 3})
    each = table(*({"value": 38, "document": name, "work": "w", "sources": 3} for name in ("d1", "d2", "d3")))
    assert (summed(once)["sources"], summed(each)["sources"], summed(each)["total"]) == (3, 3, 38)


@pytest.mark.parametrize(
    "differing", [{"unit": "乙院"}, {"period": "2022"}, {"subject": "线索"}, {"value": 39, "period": "2021"}]
)
def test_figures_of_different_things_are_added(differing):
    frame = table({"value": 38, "document": "d1"}, {"value": 38, "document": "d2"} | differing)
    assert reasons(frame) == [None, None]


def test_without_unit_and_region_nothing_is_known_to_be_the_same():
    frame = table(*({"value": 5, "document": name, "unit": None, "region": None} for name in ("d1", "d2")))
    assert summed(frame)["total"] == 10


def test_without_a_period_the_year_of_publication_tells_figures_apart():
    one, other = {"value": 5, "document": "d1", "period": None}, {"value": 5, "document": "d2", "period": None}
    assert summed(table(one, other))["total"] == 5
    assert summed(table(one, other | {"published": "2025-02-01"}))["total"] == 10


def test_the_exact_figure_counts_rather_than_the_vague_one():
    vague = {"value": 1000, "quote": "查处1000余名", "approximate": True, "document": "d1"}
    row = summed(table(vague, {"value": 1023, "document": "d2"}))
    assert (row["total"], row["approximate"], row["repeated"]) == (1023, False, 1)
    assert summed(table(vague))["approximate"]


def test_of_conflicting_values_the_one_that_most_documents_give_counts():
    rows = [{"value": value, "document": f"d{i}"} for i, value in enumerate((38, 40, 40))]
    assert reasons(table(*rows)) == ["conflict", None, "repeated"]
    later = [{"value": 38, "published": "2024-01-20"}, {"value": 40, "document": "d2", "published": "2024-03-05"}]
    assert reasons(table(*later)) == ["conflict", None]


def test_different_values_in_one_document_are_different_figures():
    assert summed(table({"value": 38}, {"value": 40}, {"value": 40, "document": "d2"}))["total"] == 78


def test_a_province_and_its_cities_are_not_added():
    rows = [("吉林省", 100), ("吉林省辽源市", 60), ("吉林省白山市", 40), ("吉林省辽源市东丰县", 20), ("云栖县", 7)]
    frame = table(*({"value": value, "region": region, "unit": None} for region, value in rows))
    assert reasons(frame) == [None, "within", "within", "within", None]
    assert summed(frame)["total"] == 107
    assert total(frame, ["region"])["total"].tolist() == [100, 60, 40, 20, 7]  # each is the total of its own group


def test_parts_that_come_to_more_than_a_figure_are_not_held_by_it():
    rows = [("青岚市", 10), ("青岚市云栖县", 8), ("青岚市白榆区", 9)]
    assert summed(table(*({"value": value, "region": region, "unit": None} for region, value in rows)))["total"] == 27


def test_a_unit_and_its_department_are_not_added():
    frame = table(
        {"value": 23, "unit": "中共云栖县人民医院委员会"},
        {"value": 9, "unit": "云栖县人民医院设备科"},
        {"value": 8, "unit": "云栖县中医院"},
    )
    assert reasons(frame) == [None, "within", None]


@pytest.mark.parametrize(
    ("authority", "unit", "reason"),
    [
        ("青岚市卫生健康委员会", "青岚市第二人民医院", "within"),
        ("青岚市卫生健康委员会", "青岚市第一中学", None),
        ("青岚市教育局", "青岚市第一中学", "within"),
        ("青岚市纪律检查委员会监察委员会", "青岚市第一中学", "within"),
        ("青岚市财政局", "青岚市第一中学", None),
    ],
)
def test_an_authority_answers_for_the_units_of_its_place(authority, unit, reason):
    frame = table({"value": 90, "unit": authority}, {"value": 30, "unit": unit})
    assert reasons(frame) == [None, reason]


def test_a_year_and_its_months_are_not_added():
    periods = [("2023", 50), ("2023-01/2023-06", 30), ("2023-05", 6), ("2022", 40), ("2023-07/2024-01", 12)]
    frame = table(*({"value": value, "period": period} for period, value in periods))
    assert reasons(frame) == [None, "within", "within", None, None]
    assert total(frame, ["period"])["period"].tolist() == [
        "2022",
        "2023",
        "2023-01/2023-06",
        "2023-05",
        "2023-07/2024-01",
    ]


def test_a_cumulative_series_counts_its_last_figure():
    frame = table({"value": 20, "period": "2023-01/2023-06"}, {"value": 31, "period": "2023-01/2023-09"})
    assert summed(frame)["total"] == 31


def test_parts_that_the_checks_know_are_not_added_to_their_total():
    frame = table(
        {"value": 45},
        {"value": 30, "subject": "甲类"},
        {"value": 15, "subject": "乙类"},
        {"value": 7, "subject": "丙类"},
    )
    checks = pd.DataFrame([{"document": "d0", "relation": "parts", "statistics": [0, 1, 2]}])
    assert reasons(frame, checks=checks) == [None, "part", "part", None]
    assert reasons(frame.iloc[1:], checks=checks) == [None, None, None]  # the total is not asked for


def test_parts_of_another_metric_are_totals_of_their_own():
    frame = table({"value": 45}, {"value": 30, "metric": "issues_rectified"})
    checks = pd.DataFrame([{"document": "d0", "relation": "at_most", "statistics": [0, 1]}])
    assert reasons(frame, checks=checks) == [None, None]


def test_what_follows_among_which_is_a_part():
    near = [{"value": 45, "start": 0}, {"value": 30, "start": 9, "subject": "甲类", "quote": "其中甲类30个"}]
    assert reasons(table(*near)) == [None, "part"]
    assert reasons(table(near[0], near[1] | {"start": 900})) == [None, None]


def test_a_narrower_subject_is_held_by_the_wider_one():
    frame = table({"value": 45}, {"value": 30, "subject": "食堂问题"}, {"value": 6, "subject": "线索"})
    assert reasons(frame) == [None, "within", None]


def test_measure_words_are_never_mixed_and_shares_have_no_sum():
    frame = table({"value": 45}, {"value": 3, "unit_of_measure": "类"}, {"value": 82, "unit_of_measure": "%"})
    totals = total(frame, []).set_index("unit_of_measure")["total"]
    assert (totals["个"], totals["类"]) == (45, 3)
    assert pd.isna(totals["%"])


def test_columns_and_types_are_the_same_of_an_empty_table():
    empty, full = (total(frame, ["unit"]) for frame in (table({"value": 1}).head(0), table({"value": 1})))
    assert list(empty.columns) == list(full.columns)
    assert empty.dtypes.iloc[3:].tolist() == full.dtypes.iloc[3:].tolist()


def test_a_trend_is_by_year_and_tells_the_change():
    frame = table(
        {"value": 40, "period": "2022"},
        {"value": 50, "period": "2023"},
        {"value": 30, "period": "2023-01/2023-06"},
        {"value": 9, "period": "2025-02"},
        {"value": 9, "period": "2022/2023"},
    )
    rows = trend(frame)
    assert rows[["year", "total"]].values.tolist() == [["2022", 40], ["2023", 50], ["2025", 9]]
    assert rows["change"].tolist()[1] == pytest.approx(0.25)
    assert rows["change"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("rows", "provinces"),
    [
        ([("吉林省辽源市", 12), ("吉林省长春市", 30)], {"吉林省": (42, 2)}),
        ([("吉林省辽源市", 12), ("吉林省长春市", 12), ("浙江省杭州市", 8)], {"吉林省": (24, 2), "浙江省": (8, 1)}),
        ([("吉林省辽源市", 12), ("吉林省辽源市", 12)], {"吉林省": (12, 1)}),
        ([("吉林省", 50), ("吉林省辽源市", 12), ("吉林省长春市", 30)], {"吉林省": (50, 1)}),
    ],
)
def test_cities_without_a_unit_stay_apart_in_their_province(rows, provinces):
    frame = table(
        *(
            {"unit": None, "region": region, "value": value, "document": f"d{i}"}
            for i, (region, value) in enumerate(rows)
        )
    )
    grouped = total_of_groups(frame, frame["region"].str[:3])
    assert {row.group: (row.total, row.counted) for row in grouped.itertuples()} == provinces
    assert grouped["total"].sum() == summed(frame)["total"]
    assert grouped["conflicting"].sum() == 0
