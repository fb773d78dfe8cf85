"""Scores against gold: counts add up, quotes match by likeness, figures by value first."""

import pytest

from docintel.evaluation.extraction import Score, match, quote_likeness, score_extractions
from docintel.schema import RECORD_TYPES


def document(**records):
    return {kind: [] for kind in RECORD_TYPES} | records


def issue(quote, category="gifts"):
    return {"quote": quote, "category": category, "modality": "found"}


def statistic(quote, value, unit=None):
    row = {"unit_of_measure": "个", "metric": "issues_found", "approximate": False, "period": None}
    return row | {"quote": quote, "value": value, "unit": unit}


def test_scores_add_up():
    score = Score(3, 4, 6) + Score(1, 4, 2)
    assert (score.precision, score.recall, score.f1) == (0.5, 0.5, 0.5)
    assert Score().f1 == Score().precision == Score().recall == 0


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("违规收受礼金", "违规收受礼金", 1, 1),
        ("违规收受礼金，", "违规收受礼金", 1, 1),  # punctuation does not count
        ("违规收受礼金问题", "收受礼金", 0.75, 0.75),  # well inside
        ("违规收受礼金", "采购权力集中", 0, 0),
        ("", "采购", 0, 0),
    ],
)
def test_quote_likeness(one, other, low, high):
    assert low <= quote_likeness(one, other) <= high


def test_each_record_is_matched_once_the_most_alike_first():
    predicted = [issue("违规收受礼金问题"), issue("违规收受礼金")]
    pairs = match(predicted, [issue("违规收受礼金")], lambda p, g: quote_likeness(p["quote"], g["quote"]))
    assert pairs == [(1, 0)]


def test_a_figure_with_another_value_is_another_figure():
    report = score_extractions(
        [(document(statistics=[statistic("发现问题38个", 38)]), document(statistics=[statistic("发现问题38个", 83)]))]
    )
    assert report.records["statistics"] == Score(0, 1, 1)


def test_fields_are_asked_for_only_where_gold_states_them():
    gold = [statistic("发现问题38个", 38), statistic("整改31个", 31, unit="甲院")]
    report = score_extractions([(document(statistics=gold), document(statistics=gold))])
    assert report.records["statistics"].f1 == 1
    assert report.fields["statistics.unit"] == (1, 1)
    assert report.accuracy("statistics.metric") == 1
    assert report.accuracy("issues.category") == 0
