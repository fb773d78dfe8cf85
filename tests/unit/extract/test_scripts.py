"""A Traditional document is read like its Simplified twin, and quoted in its own characters."""

from dataclasses import replace

import pytest

from docintel.extract.language.scripts import as_written, simplified
from docintel.extract.pipeline import annotate, extract
from docintel.schema import RECORD_TYPES
from docintel.text.script import to_simplified
from tests.factories import make_document, make_extraction

TEXT = (
    "## 青嵐市整治藥品採購亂象\n"
    "針對採購權力過於集中、驗收流於形式等問題，青嵐市衛健委制定《採購管理辦法》，發現問題12個，其中藥品類8個、耗材類4個，約談3人。\n"
    "青嵐市第二人民醫院原院長沈致遠違規收受禮金，違反《中國共產黨紀律處分條例》第八十八條，受到黨內警告處分。"
)


def test_as_written_restores_quotes_and_words():
    document = make_document("某縣醫院藥品採購權力集中，約談3人。", language="zh-Hant")
    plain = simplified(document)
    found = make_extraction(plain, issues=["药品采购权力集中"], measures=["约谈3人"])
    restored = as_written(found, document)
    assert restored.document is document
    assert [issue.evidence.quote for issue in restored.issues] == ["藥品採購權力集中"]
    assert restored.measures[0].evidence == document.evidence(13, 17)


@pytest.mark.model
def test_records_of_both_scripts_are_the_same():
    document = make_document(TEXT, language="zh-Hant")
    twin = replace(document, text=to_simplified(document.text), title=to_simplified(document.title), language="zh-Hans")
    found, expected = extract(document), extract(twin)
    for kind in RECORD_TYPES:
        assert expected.records(kind), kind
        spans = [(r.evidence.start, r.evidence.end) for r in found.records(kind)]
        assert spans == [(r.evidence.start, r.evidence.end) for r in expected.records(kind)]
        assert all(
            r.evidence.quote == document.text[slice(*s)] for r, s in zip(found.records(kind), spans, strict=True)
        )
    (case,) = found.cases
    assert (case.persons, case.sanctions) == (("沈致遠",), ("黨內警告",))
    assert [unit.canonical for unit in found.units] == [unit.canonical for unit in expected.units]


@pytest.mark.model
def test_tokens_are_those_of_the_document():
    doc = annotate(make_document(TEXT, language="zh-Hant"))
    assert doc.text == make_document(TEXT).text
    assert "沈致遠" in [entity.text for entity in doc.ents]
    assert {span.text for span in doc.spans["persons"]} == {"沈致遠"}
