"""Annotations of pages are kept without the pages' words, and are whole again beside the pages."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


@pytest.fixture
def pages(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")  # as for a script that is run
    spec = importlib.util.spec_from_file_location("pages", ROOT / "scripts" / "pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def gold(tmp_path):
    path = next((ROOT / "corpora" / "gold").glob("case_notice_*.json"))
    (tmp_path / "gold").mkdir()
    (tmp_path / "pages").mkdir()
    shutil.copy(path, tmp_path / "gold")
    shutil.copy(ROOT / "corpora" / "reports" / json.loads(path.read_text("utf-8"))["doc"], tmp_path / "pages")
    return path


def test_words_leave_and_come_back(pages, gold, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "PACKED", tmp_path / "packed")
    pages.pack(tmp_path / "gold", tmp_path / "pages")
    records = json.loads(gold.read_text("utf-8"))
    packed = (tmp_path / "packed" / "gold" / gold.name).read_text("utf-8")
    quotes = [one["quote"] for kind in ("issues", "measures", "cases") for one in records[kind]]
    assert not [quote for quote in quotes if quote in packed]
    pages.unpack(tmp_path / "pages", tmp_path / "out", held_back=False)
    again = json.loads((tmp_path / "out" / "gold" / gold.name).read_text("utf-8"))
    for kind in pages.VERBATIM:
        assert pages.squeeze(json.dumps(again[kind])) == pages.squeeze(json.dumps(records[kind]))
    pages.unpack(tmp_path / "pages", tmp_path / "held", held_back=True)
    assert not list((tmp_path / "held" / "gold").iterdir())


def test_another_version_of_a_page_is_refused(pages, gold, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "PACKED", tmp_path / "packed")
    pages.pack(tmp_path / "gold", tmp_path / "pages")
    page = next((tmp_path / "pages").iterdir())
    page.write_bytes(page.read_bytes() + b"\n")
    with pytest.raises(SystemExit, match="another version"):
        pages.unpack(tmp_path / "pages", tmp_path / "out", held_back=False)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the annotated pages of ../shared")
@pytest.mark.slow
@pytest.mark.parametrize(("held_back", "count"), [(False, 23), (True, 10)])
def test_the_annotated_pages_are_whole(pages, tmp_path, held_back, count, capsys):
    pages.unpack(SHARED, tmp_path, held_back=held_back)
    assert len(list((tmp_path / "gold").iterdir())) == len(list((tmp_path / "reports").iterdir())) == count
    assert capsys.readouterr().err == "", "a word that the parser does not read any more"
