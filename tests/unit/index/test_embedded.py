"""The embedded index: what it refuses, and what it leaves on disk."""

import json

import pytest

from docintel.errors import StaleIndexError
from docintel.index.embedded import EmbeddedIndex
from docintel.schema import HitKind
from tests.factories import BigramEncoder, PassageList


@pytest.fixture
def source():
    source = PassageList()
    source.add("药品采购权力集中", "公务接待超标准", "工程招投标走过场")
    source.add("药品采购权力集中", kind=HitKind.ISSUE)
    return source


@pytest.fixture
def index(tmp_path, source):
    index = EmbeddedIndex(tmp_path, BigramEncoder())
    index.catch_up(source)
    return index


def test_only_what_the_manifest_names_stays_on_disk(index, source, tmp_path):
    for number in range(5):
        source.add(f"第{number}批整改")
        index.catch_up(source)
    source.remove(2)
    index.catch_up(source)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    named = {name for names in manifest["files"].values() for name in names}
    assert {path.name for path in tmp_path.iterdir() if path.suffix in (".rows", ".ivf", ".removed")} == named


@pytest.mark.parametrize("change", [{"encoder": "other"}, {"dim": 3}, {"format": 1}, {"words": 0}, {"segments": {}}])
def test_a_manifest_of_another_making_is_refused_with_a_hint(tmp_path, index, change):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(StaleIndexError) as caught:
        EmbeddedIndex(tmp_path, BigramEncoder())
    assert "docintel library rebuild" in caught.value.hint


def test_what_a_cleared_index_left_behind_does_not_come_back(tmp_path, index):
    (tmp_path / "manifest.json").unlink()  # and the process dies before the words are gone
    other = PassageList()
    other.add("公务接待")
    fresh = EmbeddedIndex(tmp_path, BigramEncoder())
    fresh.catch_up(other)
    assert (len(fresh), fresh.check()) == (1, [])
    assert fresh.search_lexical("药品采购", kind=HitKind.PASSAGE) == []
