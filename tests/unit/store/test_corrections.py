"""Corrections are kept beside what they say, marked and never changed, and go with the documents they are of."""

import sqlite3

import pytest

from docintel.correcting import Request, apply, carried, propose
from docintel.errors import CorrectionError, NotFoundError
from docintel.index.passages import split_passages
from docintel.schema import CorrectionAction, HitKind, IssueCategory, Person
from docintel.store.catalog import Catalog
from docintel.store.corrections import Standing
from tests.factories import evidence, make_extraction

TEXT = "粮库无人盘点。出库单据缺失。成立盘点小组。"


class Corrector:
    """As the library's, without the library."""

    def stand(self, extraction, corrections):
        corrected = apply(extraction, corrections)
        by = {place: tuple(each.id for each in made) for place, made in corrected.by.items()}
        return Standing(corrected.extraction, split_passages(corrected.extraction), by, corrected.lost)

    def carry(self, correction, document):
        return carried(correction, document)


@pytest.fixture
def catalog(tmp_path):
    with Catalog(tmp_path / "catalog.sqlite", Corrector()) as opened:
        yield opened


def put(catalog, text=TEXT, path="/in/a.txt", issues=("粮库无人盘点", "出库单据缺失")):
    extraction = make_extraction(text, issues=issues, measures=[("成立盘点小组", range(len(issues)))])
    catalog.put(extraction, split_passages(extraction), path=path, extractor="1")
    return extraction


def decide(action, ordinal, **fields):
    def request(extraction):
        asked = Request(
            kind="issues", action=CorrectionAction(action), ordinal=ordinal, by="王芳", note="核对", fields=fields
        )
        return [propose(extraction, asked)]

    return request


def amend(catalog, extraction, action, ordinal=0, *, keep=True, **fields):
    (amended,) = catalog.amend({extraction.document.id: decide(action, ordinal, **fields)}, keep=keep)
    return amended


def passages(catalog, document):
    return {kind: [(p.id, p.text) for p in catalog.passages_of(document, kind)] for kind in HitKind}


def test_a_correction_comes_back_as_it_was_kept(catalog):
    extraction = put(catalog)
    kept = amend(catalog, extraction, "change", category="assets").corrections
    assert catalog.corrections() == catalog.corrections(extraction.document.id) == list(kept)
    (correction,) = kept
    assert (correction.id, correction.by, correction.note, correction.fields) == (
        1,
        "王芳",
        "核对",
        {"category": "assets"},
    )
    assert correction.before["category"] == "power"


def test_the_machines_reading_is_kept_while_a_correction_stands(catalog):
    extraction = put(catalog)
    document = extraction.document.id
    assert catalog.machine(document) == extraction
    amended = amend(catalog, extraction, "reject")
    assert (amended.before, amended.after) == (extraction, catalog.get(document))
    assert catalog.get(document).issues == extraction.issues[1:]
    assert catalog.get(document).measures[0].addresses == (0,)
    assert catalog.machine(document) == extraction
    assert catalog.corrected() == [document]
    (undone,) = catalog.undo(1, "李平")
    assert undone.after == catalog.get(document) == extraction
    assert catalog.corrected() == []
    assert catalog._db.execute("SELECT count(*) FROM readings").fetchone()[0] == 0


def test_corrected_records_tell_the_last_word_on_each_field(catalog):
    extraction = put(catalog)
    amend(catalog, extraction, "change", category="assets", modality="risk")
    amend(catalog, extraction, "change", category="finance")
    issue, other = catalog.get(extraction.document.id).issues
    assert issue.category is IssueCategory.FINANCE
    assert [(ground.field, ground.rule) for ground in issue.grounds] == [
        ("category", "correction/change"),
        ("modality", "correction/change"),
    ]
    assert other.grounds == ()


def test_passages_that_stay_keep_their_numbers(catalog):
    extraction = put(catalog)
    before = passages(catalog, extraction.document.id)
    amend(catalog, extraction, "reject", 1)
    after = passages(catalog, extraction.document.id)
    assert after[HitKind.ISSUE] == before[HitKind.ISSUE][:1]
    assert {kind: after[kind] for kind in HitKind if kind is not HitKind.ISSUE} == {
        kind: before[kind] for kind in HitKind if kind is not HitKind.ISSUE
    }
    revision = catalog.revision()
    amend(catalog, extraction, "change", category="assets")
    assert catalog.revision() == revision


def test_what_is_only_tried_leaves_no_trace(catalog):
    extraction = put(catalog)
    amended = amend(catalog, extraction, "reject", keep=False)
    assert len(amended.after.issues) == 1
    assert catalog.get(extraction.document.id) == extraction
    assert catalog.corrections() == []
    assert amend(catalog, extraction, "accept").corrections[0].id == 1
    catalog.undo(1, "李平", keep=False)
    assert catalog.corrections()[0].undone is None


def test_one_that_makes_no_sense_keeps_the_others_out(catalog):
    one, other = put(catalog), put(catalog, "另一份：账目不清。成立盘点小组。", "/in/b.txt", ["账目不清"])
    with pytest.raises(CorrectionError):
        catalog.amend({one.document.id: decide("reject", 0), other.document.id: decide("reject", 7)})
    assert catalog.corrections() == []
    assert catalog.get(one.document.id) == one
    with pytest.raises(NotFoundError):
        catalog.amend({one.document.id: decide("reject", 0), "f" * 64: decide("reject", 0)})
    assert catalog.corrections() == []


def test_reading_anew_keeps_what_was_said(catalog):
    extraction = put(catalog)
    amend(catalog, extraction, "reject")
    anew = put(catalog, issues=["出库单据缺失"])
    assert catalog.get(anew.document.id) == anew
    assert catalog.machine(anew.document.id) == anew
    again = put(catalog)
    assert catalog.get(again.document.id).issues == again.issues[1:]
    assert [p.text for p in catalog.passages_of(again.document.id, HitKind.ISSUE)] == ["出库单据缺失"]


def test_another_version_of_a_file_gets_what_still_applies(catalog):
    first = put(catalog)
    amend(catalog, first, "reject")
    amend(catalog, first, "change", category="finance")
    second = put(catalog, f"修订。{TEXT}".replace("出库单据缺失", "单据都在"), issues=["粮库无人盘点"])
    assert catalog.get(second.document.id).issues == ()
    moved = catalog.corrections(second.document.id)
    assert [(each.origin, each.quote, each.start) for each in moved] == [(1, "粮库无人盘点", 3)]
    assert len(catalog.corrections()) == 3
    assert catalog.corrected() == [second.document.id]
    put(catalog)
    assert [each.id for each in catalog.corrections(first.document.id)] == [1, 2]
    assert catalog.corrections(second.document.id) == moved


def test_taking_back_takes_back_in_every_version_that_is_there(catalog):
    first = put(catalog)
    put(catalog, path="/in/copy.txt")
    amend(catalog, first, "reject")
    second = put(catalog, f"修订。{TEXT}")
    assert [len(catalog.get(each.document.id).issues) for each in (first, second)] == [1, 1]
    assert {each.before.document.id for each in catalog.undo(2, "李平")} == {first.document.id, second.document.id}
    assert [len(catalog.get(each.document.id).issues) for each in (first, second)] == [2, 2]


def test_removing_a_document_removes_what_was_said_of_it_and_of_versions_that_are_gone(catalog):
    first = put(catalog)
    amend(catalog, first, "reject")
    second = put(catalog, f"修订。{TEXT}")
    other = put(catalog, "另一份：账目不清。成立盘点小组。", "/in/b.txt", ["账目不清"])
    amend(catalog, other, "accept")
    catalog.remove(second.document.id)
    assert [each.document for each in catalog.corrections()] == [other.document.id]


def test_nothing_of_a_correction_can_be_changed(catalog):
    amend(catalog, put(catalog), "reject")
    for column in ("document", "quote", "fields", "by", "at", "before", "origin"):
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            catalog._db.execute(f"UPDATE corrections SET \"{column}\" = 'x'")


def test_works_are_judged_by_the_names_as_they_are_now(catalog):
    document = make_extraction("云溪县粮库仓储科科长陆远收受礼金。").document
    extraction = make_extraction(document, persons=(Person(evidence=evidence(document, "陆远")),))
    catalog.put(extraction, split_passages(extraction), path="/in/a.txt", extractor="1")
    statements = []
    catalog._db.set_trace_callback(statements.append)
    asked = Request(kind="persons", action=CorrectionAction.REJECT, ordinal=0, by="王芳")
    catalog.amend({document.id: lambda extraction: [propose(extraction, asked)]})
    assert any(statement.startswith("DELETE FROM sketches") for statement in statements)
    catalog._db.set_trace_callback(None)
    assert catalog.regroup() == 0
