"""Metrics judged in context: what speaks for one, when it outweighs the rules, and how that is told."""

import json
from dataclasses import replace

import numpy as np
import pytest

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.explain import describe as in_words
from docintel.extract.pipeline import extract, read
from docintel.extract.statistics import judging
from docintel.extract.statistics.judging import (
    JUDGED,
    MetricJudge,
    describe,
    ground,
    is_judged,
    judged,
    sort_of,
)
from docintel.schema import DocType, Metric
from tests.factories import make_document

pytestmark = pytest.mark.model


def draft_of(text):
    return read(make_document(text), until="metrics")


def model(folder, weights, margins=None, labels=("amount_involved", "amount_recovered"), **over):
    """A model folder with these weights of features: name → one a label."""
    card = {
        "labels": [*labels],
        "biases": [0.0] * len(labels),
        "margins": {"": 1.0} if margins is None else margins,
        "features": [*weights],
    } | over
    (folder / "model.json").write_text(json.dumps(card), "utf-8")
    np.savez_compressed(folder / "weights.npz", metric=np.array([*weights.values()], dtype=np.float16))
    return folder


def features_of(draft):
    return dict(describe(draft.reading, draft.extraction.statistics, draft.extraction.doc_type))


def test_features_tell_the_words_and_where_they_stand():
    draft = draft_of("沈某私下把废料卖给熟人，从中抽头3万元归自己。")
    ((_, features),) = features_of(draft).items()
    low, high = features["clause_before=抽头"]
    assert draft.reading.text[low:high] == "抽头"
    assert draft.reading.text[slice(*features["beside_behind=2|归自"])] == "归自"
    assert {"unit=元", "value=元|4", "sentence_before=熟人", f"type={draft.extraction.doc_type}"} <= features.keys()
    assert f"rule={draft.extraction.statistics[0].metric}" in features


def test_names_and_numbers_are_made_alike():
    texts = "沈建军在2021年送给对方3万元。", "陆海燕在2019年送给对方4万元。"
    one, other = ([*features] for text in texts for features in features_of(draft_of(text)).values())
    words = [[name for name in features if name.startswith("clause_")] for features in (one, other)]
    assert words[0] == words[1]
    assert {"clause_before=<人>", "clause_before=<时>"} <= {*words[0]}


def test_shares_are_not_judged():
    (share,) = draft_of("投诉同比下降12%。").extraction.statistics
    assert not is_judged(share)


@pytest.mark.parametrize(("unit", "sort"), [("美元", "元"), ("人次", "人"), ("宗", "件"), ("头", "")])
def test_sorts_of_measure_words(unit, sort):
    assert sort_of(unit) == sort


def test_another_metric_must_be_surer_than_the_rules_by_the_margin(tmp_path):
    draft = draft_of("沈某私下把废料卖给熟人，从中抽头3万元归自己。")
    figure = replace(draft.extraction.statistics[0], metric=Metric.AMOUNT_RECOVERED)
    ((_, features),) = features_of(draft).items()
    for weight, changes in ((0.9, False), (1.1, True)):
        verdict = MetricJudge(model(tmp_path, {"clause_before=抽头": [weight, 0.0]})).verdict(figure, features)
        assert bool(verdict) is changes
    assert verdict.metric is Metric.AMOUNT_INVOLVED
    assert [draft.reading.text[slice(*span)] for span in verdict.words] == ["抽头"]


def test_a_rule_may_have_a_margin_of_its_own(tmp_path):
    draft = draft_of("沈某私下把废料卖给熟人，从中抽头3万元归自己。")
    ((_, features),) = features_of(draft).items()
    figure = replace(draft.extraction.statistics[0], metric=Metric.AMOUNT_RECOVERED)
    rule = ground(figure, "metric").rule
    folder = model(tmp_path, {"clause_before=抽头": [0.5, 0.0]}, {"": 1.0, rule: 0.0})
    assert MetricJudge(folder).verdict(figure, features)


@pytest.mark.parametrize(("rule", "stands"), [("metric/stretch", True), ("metric/none", False)])
def test_what_the_rules_know_to_be_of_no_metric_stands(tmp_path, rule, stands):
    draft = draft_of("沈某私下把废料卖给熟人，从中抽头3万元归自己。")
    ((_, features),) = features_of(draft).items()
    told = draft.extraction.statistics[0]
    grounds = tuple(replace(one, rule=rule) if one.field == "metric" else one for one in told.grounds)
    figure = replace(told, metric=Metric.OTHER, grounds=grounds)
    folder = model(tmp_path, {"clause_before=抽头": [9.0, 0.0]}, labels=("amount_involved", "other"))
    assert (MetricJudge(folder).verdict(figure, features) is None) is stands


def test_a_metric_that_the_model_does_not_know_stands(tmp_path):
    draft = draft_of("沈某私下把废料卖给熟人，从中抽头3万元归自己。")
    ((_, features),) = features_of(draft).items()
    figure = replace(draft.extraction.statistics[0], metric=Metric.TALKS)
    assert MetricJudge(model(tmp_path, {"clause_before=抽头": [9.0, 0.0]})).verdict(figure, features) is None


@pytest.mark.parametrize(
    "break_it",
    [
        lambda folder: (folder / "weights.npz").unlink(),
        lambda folder: (folder / "weights.npz").write_bytes(b"PK"),
        lambda folder: (folder / "model.json").write_text("{"),
        lambda folder: model(folder, {"unit=元": [1.0, 0.0]}, {"metric/none": 0.0}),
        lambda folder: model(folder, {"unit=元": [1.0, 0.0]}, features=["unit=元", "unit=人"]),
        lambda folder: model(folder, {"unit=元": [1.0, 0.0]}, labels=("amount_involved", "wealth")),
    ],
)
def test_a_damaged_model_is_told(tmp_path, break_it):
    break_it(model(tmp_path, {"unit=元": [1.0, 0.0]}))
    with pytest.raises(ModelError, match="指标的模型无法读取"):
        MetricJudge(tmp_path)


def test_the_judge_tells_that_it_decided_and_by_which_words(monkeypatch, tmp_path):
    judge = MetricJudge(model(tmp_path, {"clause_before=抽头": [9.0, 0.0], "sentence_before=熟人": [2.0, 0.0]}))
    monkeypatch.setattr(judging, "shared_judge", lambda: judge)
    draft = draft_of("沈某私下把废料卖给熟人，从中抽头3万元归自己。")
    (ruled,) = draft.extraction.statistics
    (found,) = judged(draft.reading, [replace(ruled, metric=Metric.AMOUNT_RECOVERED)], draft.extraction.doc_type)
    why = ground(found, "metric")
    assert (found.metric, why.rule, why.evidence.quote) == (Metric.AMOUNT_INVOLVED, JUDGED, "抽头")
    assert why.note == "“抽头”“熟人”"
    assert in_words(JUDGED) != in_words("metric/none"), "the judge is told from the rules"
    assert [one.field for one in found.grounds] == [one.field for one in ruled.grounds]


def test_what_the_rules_say_stands_where_the_judge_agrees(monkeypatch, tmp_path):
    judge = MetricJudge(model(tmp_path, {"unit=元": [9.0, 0.0]}))
    monkeypatch.setattr(judging, "shared_judge", lambda: judge)
    draft = draft_of("沈某收受礼金3万元。")
    assert judged(draft.reading, draft.extraction.statistics, DocType.NEWS) == draft.extraction.statistics
    assert ground(judged(draft.reading, draft.extraction.statistics, DocType.NEWS)[0], "metric").rule != JUDGED


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("会计把门面私下租给亲戚，租金1.8万元进了自己口袋。", Metric.AMOUNT_INVOLVED),
        ("院长的亲戚挂名领薪，四年领走36万元。", Metric.AMOUNT_INVOLVED),
    ],
)
def test_the_shipped_judge_hears_what_the_rules_do_not(text, metric):
    (ruled,) = draft_of(text).extraction.statistics
    (found,) = extract(make_document(text)).statistics
    assert (ruled.metric, found.metric) == (Metric.OTHER, metric)
    assert ground(found, "metric").rule == JUDGED
    assert all(words in text for words in ground(found, "metric").note.strip("“”").split("”“"))


def test_the_shipped_model_is_small():
    folder = models_dir() / "metric"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 500_000
    assert {*MetricJudge(folder).metrics} <= {*Metric}
