"""Records to JSON and back, and the schema of that form."""

import json

import jsonschema
import pytest

from docintel.schema import (
    Act,
    Case,
    Extraction,
    Measure,
    MeasureCategory,
    Metric,
    Penalty,
    Person,
    SanctionKind,
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
                units=("青岚市卫生健康委员会",),
                date="2024-01",
                acts=(Act(evidence=evidence(document, "违规收受礼金"), amounts=(12.5,), period="2023"),),
                penalties=(
                    Penalty(evidence=evidence(document, "免职"), name="免职", kind=SanctionKind.ORGANISATIONAL),
                ),
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


def test_acts_and_penalties_are_written_whole_and_as_plain_lists(extraction):
    (case,) = extraction_to_dict(extraction)["cases"]
    assert case["violations"] == ["违规收受礼金"]
    assert case["violation_spans"] == [[case["acts"][0]["start"], case["acts"][0]["end"]]]
    assert case["sanctions"] == ["免职"]
    assert (case["acts"][0]["quote"], case["acts"][0]["amounts"], case["acts"][0]["period"]) == (
        "违规收受礼金",
        [12.5],
        "2023",
    )
    assert {name: case["penalties"][0][name] for name in ("quote", "name", "kind", "months", "fine")} == {
        "quote": "免职",
        "name": "免职",
        "kind": "organisational",
        "months": None,
        "fine": None,
    }


def test_a_case_stored_before_acts_had_fields_is_read(extraction):
    data = extraction_to_dict(extraction)
    for name in ("units", "date", "acts", "penalties"):
        del data["cases"][0][name]
    (case,) = extraction_from_dict(data, extraction.document).cases
    assert [act.quote for act in case.violations] == ["违规收受礼金"]
    assert (case.sanctions, case.penalties[0].evidence.quote) == (("免职",), "免职")


def test_a_place_outside_the_document_is_refused(extraction):
    data = extraction_to_dict(extraction)
    data["issues"][0]["end"] = 999
    with pytest.raises(ValueError, match="outside a text"):
        extraction_from_dict(data, extraction.document)
