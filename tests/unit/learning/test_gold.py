"""What people said of documents, as truth: all of it where a document was reviewed, else what they looked at."""

import json

import pytest

from docintel.errors import InputError, NotFoundError
from docintel.learning.annotated import of_corrected
from docintel.learning.gold import beside_gold, load, pairs
from docintel.schema import CorrectedDocument, Correction, CorrectionAction, Extraction, Ground, IssueCategory
from tests.factories import make_document, make_extraction, make_issue

TEXT = "督查发现，设备科账实不符。二级库的盘点表无人签字。全院开展专项检查。"
DOCUMENT = make_document(TEXT)
WRONG, RIGHT, UNSEEN = "二级库的盘点表无人签字", "设备科账实不符", "全院开展专项检查"


def corrected(*, reviewed):
    """A document of which a person changed the first issue, rejected the second and left the third alone."""
    ground = Ground("category", "correction/change")
    changed = make_issue(DOCUMENT, RIGHT, category=IssueCategory.ASSETS, grounds=(ground,), confidence=1.0)
    rejected = Correction(
        document=DOCUMENT.id,
        kind="issues",
        action=CorrectionAction.REJECT,
        quote=WRONG,
        before={"quote": WRONG, "start": TEXT.index(WRONG), "end": TEXT.index(WRONG) + len(WRONG)},
        by="王芳",
        at="2026-01-01T00:00:00+00:00",
    )
    return CorrectedDocument(
        machine=make_extraction(DOCUMENT, issues=[RIGHT, WRONG, UNSEEN]),
        current=Extraction(document=DOCUMENT, issues=(changed, make_issue(DOCUMENT, UNSEEN))),
        corrections=(rejected,),
        reviewed=reviewed,
    )


@pytest.mark.parametrize(("reviewed", "found", "gold"), [(True, 3, 2), (False, 2, 1)])
def test_only_what_people_looked_at_counts_unless_they_reviewed_it_all(reviewed, found, gold):
    read, truth = beside_gold(corrected(reviewed=reviewed))
    assert (len(read["issues"]), len(truth["issues"])) == (found, gold)


@pytest.mark.model
def test_candidates_that_nobody_looked_at_teach_nothing():
    document = of_corrected(corrected(reviewed=False))
    right, weight = document.teaching("issues")
    said = {TEXT[one.start : one.end]: (bool(right[n]), weight[n]) for n, one in enumerate(document.work.spans)}
    assert said[RIGHT] == (True, 1.0)
    assert said[WRONG] == (False, 1.0)
    assert said[UNSEEN][1] == 0.0
    assert not document.teaching("measures").weight.any()
    assert [record["category"] for record in document.agreement["issues"].whose.values()] == ["assets"]
    assert document.judged("issues", [{"quote": quote} for quote in (RIGHT, WRONG, UNSEEN)]) == [
        {"quote": RIGHT},
        {"quote": WRONG},
    ]


@pytest.mark.model
def test_of_a_reviewed_document_every_candidate_teaches():
    document = of_corrected(corrected(reviewed=True))
    assert document.teaching("issues").weight.all()
    assert document.teaching("measures").weight.all()
    assert not document.teaching("measures").right.any()


@pytest.mark.parametrize("text", ["{", "[]", '{"doc": "a.txt"}', '{"issues": []}', '{"doc": 1, "issues": []}'])
def test_what_is_no_gold_is_said_so(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"a\.json"):
        load(path)


def test_gold_is_paired_with_its_documents(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("文", "utf-8")
    (tmp_path / "a.json").write_text(json.dumps({"doc": "a.txt", "issues": []}), "utf-8")
    assert pairs(tmp_path, tmp_path / "in") == [(tmp_path / "a.json", tmp_path / "in" / "a.txt")]
    with pytest.raises(NotFoundError):
        pairs(tmp_path / "in", tmp_path)


FINE = {"doc": "a.txt", "issues": [{"quote": "账实不符"}]}


def test_gold_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(FINE), "utf-8-sig")
    assert load(path) == FINE


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("issues", 1),
        ("issues", {"quote": 5}),
        ("units", {"name": "设备科"}),
        ("persons", {"quote": "王芳"}),
        ("cases", {"quote": "王芳受贿", "persons": "王芳"}),
    ],
)
def test_what_is_no_record_is_told_with_its_number(kind, record, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(FINE | {kind: [*FINE.get(kind, []), record]}), "utf-8")
    number = len(FINE.get(kind, []))
    with pytest.raises(InputError, match=f"{kind}/{number} of .* is no record"):
        load(path)


def test_endless_brackets_are_no_gold(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("[" * 100_000, "utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        load(path)


def test_a_name_of_several_documents_is_told_unless_they_are_copies(tmp_path):
    gold, documents = tmp_path / "gold", tmp_path / "documents"
    gold.mkdir()
    (gold / "a.json").write_text(json.dumps(FINE), "utf-8")
    for folder, text in (("one", "账实不符。"), ("two", "账实不符。")):
        (documents / folder).mkdir(parents=True)
        (documents / folder / "a.txt").write_text(text, "utf-8")
    assert pairs(gold, documents) == [(gold / "a.json", documents / "one" / "a.txt")]
    (documents / "two" / "a.txt").write_text("别的。", "utf-8")
    with pytest.raises(InputError, match="2 different documents"):
        pairs(gold, documents)
