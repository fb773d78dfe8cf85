"""Usefulness: a probability by what a measure is, learned from judged suggestions."""

from types import SimpleNamespace

import pytest

from docintel.errors import ModelError
from docintel.schema import MeasureCategory
from docintel.suggest import usefulness
from docintel.suggest.actions import Use
from docintel.suggest.usefulness import Usefulness, features, shipped
from tests.factories import make_document, make_measure


def probability(quote="推行双人双锁、逐笔登记", *, relevance=0.5, use=Use.ACTION, category=MeasureCategory.PROCESS):
    measure = make_measure(make_document(f"甲县{quote}。"), quote, category=category)
    return shipped().probability(features(relevance, use, measure))


def test_weights_move_the_probability_and_unknown_features_do_not():
    model = Usefulness(0.0, {"relevance": 2.0, "use=action": 1.0})
    assert model.probability({}) == model.probability({"category=new": 1.0}) == 0.5
    assert model.probability({"use=action": 1.0}) > 0.7
    assert model.probability({"relevance": -2.0, "use=action": 1.0}) < 0.1


def test_what_matches_the_problem_better_is_of_more_use():
    chances = [probability(relevance=relevance) for relevance in (0.0, 0.1, 0.3, 0.6, 1.0)]
    assert chances == sorted(chances)
    assert 0.0 < chances[0] < 0.01
    assert chances[-1] > 0.7


def test_an_action_is_of_more_use_than_an_aim_and_that_than_a_result():
    chances = [probability(use=use) for use in (Use.RESULT, Use.VAGUE, Use.ACTION)]
    assert chances == sorted(chances)


def test_what_is_put_in_order_is_of_more_use_than_what_is_said_or_paid_back():
    lasting = [probability(category=category) for category in (MeasureCategory.DIGITAL, MeasureCategory.PROCESS)]
    passing = [probability(category=category) for category in (MeasureCategory.TALK, MeasureCategory.REFUND)]
    assert min(lasting) > max(passing)


def test_length_speaks_for_a_measure_up_to_a_point():
    short, told = probability("推行双锁"), probability("推行双人双锁、逐笔登记、按月核对")
    long, longer = (probability("推行双人双锁、逐笔登记" * times) for times in (4, 8))
    assert short < told < long == longer


def test_every_kind_of_measure_has_a_weight():
    known = shipped().weights
    assert {f"use={use.name.lower()}" for use in Use if use is not Use.NONE} <= set(known)
    assert {"category=digital", "category=rules", "category=process", "category=education"} <= set(known)


def test_a_missing_model_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(usefulness, "models_dir", lambda: tmp_path)
    shipped.cache_clear()
    try:
        with pytest.raises(ModelError, match="ranking"):
            shipped()
    finally:
        shipped.cache_clear()


def test_what_judges_graded_is_what_the_model_learns():
    training = pytest.importorskip("scripts.train_ranking", reason="scikit-learn is of the extra `train`")
    kinds = {"use=action": 3, "use=vague": 1, "use=result": 0}
    samples = [(SimpleNamespace(features={kind: 1.0, "relevance": -1.0}), kinds[kind]) for kind in kinds] * 20
    candidates, grades = zip(*samples, strict=True)
    model = training.fit([training.Asked(None, None, list(candidates), list(grades))])
    chances = [model.probability({kind: 1.0, "relevance": -1.0}) for kind in kinds]
    assert chances[0] > 0.8 > chances[1] > chances[2]
    assert chances[2] < 0.15
