"""Confidence: a probability by the grounds of a record, lowered by the doubt of a recogniser."""

from dataclasses import replace

import pytest

from docintel.errors import ModelError
from docintel.extract import confidence
from docintel.extract.confidence import Model, features, models, with_confidence
from docintel.schema import RECORD_TYPES, Ground
from tests.factories import make_document, make_extraction, make_statistic


def an_extraction(**block):
    document = make_document("发现问题38个。")
    document = replace(document, blocks=tuple(replace(each, **block) for each in document.blocks))
    grounds = (Ground("", "number/arabic"), Ground("metric", "metric/clause"))
    return make_extraction(document, statistics=(make_statistic(document, "发现问题38个", grounds=grounds),))


def test_features_are_the_grounds_and_where_the_record_stands():
    extraction = an_extraction()
    found = set(features(extraction.statistics[0], extraction))
    assert {"=number/arabic", "metric=metric/clause", "block=paragraph", f"type={extraction.doc_type}"} <= found


def test_weights_move_the_probability():
    assert Model(0.0, {}).probability(iter(["a"])) == 0.5
    assert Model(0.0, {"a": 2.0}).probability(iter(["a"])) > 0.85
    assert Model(0.0, {"a": -2.0}).probability(iter(["a", "unknown"])) < 0.15


def test_every_record_type_has_a_model_and_every_record_a_confidence():
    assert set(models()) == set(RECORD_TYPES)
    (statistic,) = with_confidence(an_extraction()).statistics
    assert 0.5 < statistic.confidence < 1.0


def test_doubtful_text_makes_doubtful_records():
    (read,) = with_confidence(an_extraction()).statistics
    (recognised,) = with_confidence(an_extraction(confidence=0.5)).statistics
    assert recognised.confidence == pytest.approx(read.confidence / 2, abs=0.01)


def test_a_missing_model_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCINTEL_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match=r"weights\.json"):
        confidence.models.__wrapped__()
