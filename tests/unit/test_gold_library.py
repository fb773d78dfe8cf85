import json

import pytest

from docintel import gold_library as module
from docintel.errors import InputError
from docintel.gold_library import gold_library
from docintel.schema import HitKind
from tests.factories import BigramEncoder

ISSUE = {"quote": "账实不符", "category": "procurement", "modality": "found"}
MEASURE = {"quote": "每月盘点", "category": "inspection", "status": "done", "units": [], "addresses": [0]}


@pytest.fixture
def annotated(tmp_path, monkeypatch):
    """Writes documents with their gold; gives the pairs."""
    monkeypatch.setattr(module, "load_encoder", lambda name: BigramEncoder())

    def write(text="库房账实不符。每月盘点。", measures=(MEASURE,)):
        gold = {"doc": "a.txt", "doc_type": "news", "issues": [ISSUE], "measures": list(measures)}
        (tmp_path / "a.json").write_text(json.dumps(gold), "utf-8")
        (tmp_path / "a.txt").write_text(text, "utf-8")
        return [(tmp_path / "a.json", tmp_path / "a.txt")]

    return write


def opened(pairs, folder):
    taken = []
    library = gold_library(pairs, folder=folder, progress=taken.append)
    return library, taken


def test_it_holds_gold_and_not_what_would_be_read(annotated, tmp_path):
    library, taken = opened(annotated(), tmp_path / "kept")
    with library:
        assert [measure.evidence.quote for measure in library.extraction("a.txt").measures] == ["每月盘点"]
        assert library.search("盘点", kind=HitKind.MEASURE)[0].quote == "每月盘点"
    assert len(taken) == 1


def test_it_is_made_once_and_anew_when_gold_changes(annotated, tmp_path):
    opened(annotated(), tmp_path / "kept")[0].close()
    again, taken = opened(annotated(), tmp_path / "kept")
    again.close()
    assert not taken
    changed, taken = opened(annotated(measures=()), tmp_path / "kept")
    with changed:
        assert changed.extraction("a.txt").measures == ()
    assert taken


def test_former_ones_are_forgotten(annotated, tmp_path):
    for count in range(module._KEPT + 2):
        opened(annotated(text=f"库房账实不符。每月盘点。第{count}号"), tmp_path / "kept")[0].close()
    assert len(list((tmp_path / "kept").glob("*/complete"))) == module._KEPT


def test_one_that_was_not_finished_is_finished(annotated, tmp_path):
    opened(annotated(), tmp_path / "kept")[0].close()
    (mark,) = (tmp_path / "kept").glob("*/complete")
    mark.unlink()
    library, _ = opened(annotated(), tmp_path / "kept")
    library.close()
    assert mark.exists()


def test_gold_that_is_not_of_its_document(annotated, tmp_path):
    with pytest.raises(InputError, match="每月盘点"):
        opened(annotated(text="库房账实不符。"), tmp_path / "kept")
    assert not list((tmp_path / "kept").glob("*/complete"))
