"""The spaCy pipeline: its words cover the text, its spans are the quotes, its names are spaCy's entities."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest
from spacy import displacy
from spacy.language import Language

from docintel.extract.pipeline import annotate, extract, load_pipeline
from docintel.schema import RECORD_TYPES
from tests.factories import make_document

pytestmark = pytest.mark.model

ROOT = Path(__file__).parents[3]
TEXT = (
    "## 青岚市整治药品采购乱象\n"
    "针对采购权力过于集中、验收流于形式等问题，青岚市卫健委制定《采购管理办法》，发现问题１２个，其中药品类8个、耗材类4个，约谈3人。\n"
    "青岚市第二人民医院原院长沈致远违规收受礼金，违反《中国共产党纪律处分条例》第八十八条，受到党内警告处分。"
)


@pytest.fixture(scope="module")
def nlp():
    return load_pipeline()


def test_is_a_chinese_spacy_pipeline(nlp):
    assert isinstance(nlp, Language)
    assert nlp.lang == "zh"
    assert nlp.pipe_names[0] == "docintel_reading"


def test_tokens_give_the_text_back(nlp):
    text = "一、整改情况\n\n 共１２项…… ㎡ done。\n"
    assert nlp(text).text == text
    assert nlp("").text == ""


def test_spans_are_the_quotes_of_the_records(nlp):
    doc = annotate(make_document(TEXT), nlp)
    extraction = doc._.extraction
    for kind in RECORD_TYPES:
        assert extraction.records(kind), kind
        quotes = {(record.evidence.start, record.evidence.end) for record in extraction.records(kind)}
        spans = {(span.start_char, span.end_char) for span in doc.spans[kind]}
        assert quotes <= spans
    assert doc.spans["measures"][0].label_ == str(extraction.measures[0].category)


def test_spans_know_their_record_and_how_sure_it_is(nlp):
    doc = annotate(make_document(TEXT), nlp)
    for kind in RECORD_TYPES:
        for span in doc.spans[kind]:
            record = span._.record
            assert record is doc._.extraction.records(kind)[int(span.id_)]
            assert span._.confidence == record.confidence
    assert doc[0:2]._.record is None
    assert doc[0:2]._.confidence is None


def test_displacy_shows_the_spans(nlp):
    doc = annotate(make_document(TEXT), nlp)
    html = displacy.render(doc, style="span", options={"spans_key": "issues"})
    assert str(doc._.extraction.issues[0].category) in html


@pytest.mark.parametrize("text", [TEXT, "青嵐市衛健委發現問題 12 個，約談沈致遠等3人。"])
def test_with_and_without_spacy_the_records_are_the_same(nlp, text):
    document = make_document(text, language="zh-Hans" if text is TEXT else "zh-Hant")
    assert annotate(document, nlp)._.extraction == extract(document)


def test_extraction_loads_neither_spacy_nor_torch():
    code = """
import sys, docintel
docintel.extract(docintel.parse(sys.argv[1]))
print(sorted({"spacy", "torch", "transformers", "pandas"} & set(sys.modules)))
"""
    report = sorted((ROOT / "corpora" / "reports").glob("*.txt"))[0]
    run = subprocess.run([sys.executable, "-c", code, report], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_names_are_entities(nlp):
    doc = nlp("王明在青岚市工作。")
    assert ("王明", "PER") in [(ent.text, ent.label_) for ent in doc.ents]


def test_a_bare_text_is_read_too(nlp):
    assert nlp("全院发现问题38个。")._.extraction.statistics[0].value == 38


@pytest.mark.parametrize("was_enabled", [True, False])
def test_garbage_is_collected_after_a_document_as_before_it(was_enabled, monkeypatch):
    seen = []
    monkeypatch.setattr(sys.modules[extract.__module__], "begin", lambda *_: seen.append(gc.isenabled()) or 1 / 0)
    gc.enable() if was_enabled else gc.disable()
    try:
        with pytest.raises(ZeroDivisionError):
            extract(make_document(TEXT))
        assert (seen, gc.isenabled()) == ([False], was_enabled)
    finally:
        gc.enable()
