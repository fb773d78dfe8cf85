"""Records to JSON and back, and the schema of that form."""

import json

import jsonschema
import pytest

from docintel.schema import (
    Case,
    Extraction,
    Measure,
    MeasureCategory,
    Metric,
    Person,
    Statistic,
    Status,
    Unit,
    UnitKind,
)
from docintel.schema.serial import extraction_from_dict, extraction_to_dict, json_schema
from tests.factories import evidence, make_document, make_issue


@pytest.fixture
def extraction():
    document = make_document("青岚市卫健委约谈3人，沈某违规收受礼金被免职。", published="2024-01-02")
    unit = evidence(document, "青岚市卫健委")
    person = evidence(document, "沈某")
    return Extraction(
        document=document,
        region="青岚市",
        statistics=(
            Statistic(evidence=evidence(document, "约谈3人"), value=3.0, unit_of_measure="人", metric=Metric.TALKS),
            Statistic(evidence=evidence(document, "3人"), value=None, unit_of_measure="人", metric=Metric.OTHER),
        ),
        units=(
            Unit(evidence=unit, canonical="青岚市卫生健康委员会", kind=UnitKind.HEALTH_AUTHORITY, mentions=(unit,)),
        ),
        persons=(Person(evidence=person, position=None, mentions=(person,)),),
        cases=(
            Case(
                evidence=person,
                persons=("沈某",),
                violations=(evidence(document, "违规收受礼金"),),
                sanctions=("免职",),
                amounts=(12.5,),
            ),
        ),
        issues=(make_issue(document, "违规收受礼金"),),
        measures=(
            Measure(
                evidence=evidence(document, "约谈3人"),
                category=MeasureCategory.TALK,
                status=Status.DONE,
                units=("青岚市卫生健康委员会",),
                addresses=(0,),
            ),
        ),
    )


def test_reads_back_what_was_written(extraction):
    data = json.loads(json.dumps(extraction_to_dict(extraction), ensure_ascii=False))
    assert extraction_from_dict(data, extraction.document) == extraction


def test_fits_its_schema(extraction):
    jsonschema.validate(extraction_to_dict(extraction), json_schema())


def test_the_schema_refuses_an_unknown_label(extraction):
    data = extraction_to_dict(extraction)
    data["issues"][0]["category"] = "misc"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema())


def test_whole_numbers_are_written_whole(extraction):
    data = extraction_to_dict(extraction)
    assert json.dumps(data["statistics"][0]["value"]) == "3"
    assert data["cases"][0]["violations"] == ["违规收受礼金"]
    assert data["units"][0]["name"] == "青岚市卫健委"


def test_a_place_outside_the_document_is_refused(extraction):
    data = extraction_to_dict(extraction)
    data["issues"][0]["end"] = 999
    with pytest.raises(ValueError, match="outside a text"):
        extraction_from_dict(data, extraction.document)
