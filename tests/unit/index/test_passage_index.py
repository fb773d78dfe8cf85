"""The index follows its source: what it encodes, what it refuses, what it leaves on disk."""

import json

import pytest

from docintel.errors import StaleIndexError
from docintel.index.passage_index import PassageIndex
from docintel.schema import HitKind
from tests.factories import BigramEncoder, make_passage


class Source:
    """Passages that come and go."""

    def __init__(self):
        self.passages, self.removed, self.newest = {}, [], 0

    def add(self, *texts, kind=HitKind.PASSAGE):
        for text in texts:
            self.newest += 1
            self.passages[self.newest] = make_passage(text, id=self.newest, kind=kind)

    def remove(self, *ids):
        for id_ in ids:
            del self.passages[id_]
            self.removed.append(id_)

    def revision(self):
        return self.newest, len(self.removed)

    def passages_after(self, passage, limit):
        return [(each, "") for id_, each in sorted(self.passages.items()) if id_ > passage][:limit]

    def removed_after(self, removal):
        return self.removed[removal:]


class CountingEncoder(BigramEncoder):
    def __init__(self):
        self.encoded = []

    def encode_passages(self, texts):
        self.encoded += texts
        return super().encode_passages(texts)


@pytest.fixture
def source():
    source = Source()
    source.add("药品采购权力集中", "公务接待超标准", "工程招投标走过场")
    source.add("药品采购权力集中", kind=HitKind.ISSUE)
    return source


@pytest.fixture
def encoder():
    return CountingEncoder()


@pytest.fixture
def index(tmp_path, source, encoder):
    index = PassageIndex(tmp_path, encoder)
    index.catch_up(source)
    encoder.encoded.clear()
    return index


def nearest(index, text, kind=HitKind.PASSAGE):
    return index.search_vectors(index.encoder.encode_queries([text])[0], kind=kind)[0]


def test_what_is_read_anew_and_says_the_same_is_not_encoded_again(index, source, encoder):
    source.remove(1, 2, 3)
    source.add("药品采购权力集中", "公务接待超标准", "工程招投标公开透明")
    index.catch_up(source)
    assert encoder.encoded == ["工程招投标公开透明"]
    for id_, text in ((5, "药品采购权力集中"), (6, "公务接待超标准"), (7, "工程招投标公开透明")):
        found, score = nearest(index, text)
        assert (found, score) == (id_, pytest.approx(1, abs=1e-3))
    assert (len(index), index.check()) == (4, [])


def test_kinds_are_apart(index):
    assert [id_ for id_, _ in index.search_lexical("药品采购", kind=HitKind.ISSUE)] == [4]
    assert nearest(index, "药品采购", kind=HitKind.ISSUE)[0] == 4
    assert index.search_lexical("药品采购", kind=HitKind.CASE) == []


def test_rare_terms_tell_more(index):
    rarities = index.rarities(["药品", "工程", "火星"])
    assert 0 < rarities["药品"] < rarities["工程"] < rarities["火星"]


def test_only_what_the_manifest_names_stays_on_disk(index, source, tmp_path):
    for number in range(5):
        source.add(f"第{number}批整改")
        index.catch_up(source)
    source.remove(2)
    index.catch_up(source)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    named = {name for names in manifest["files"].values() for name in names}
    assert {path.name for path in tmp_path.iterdir() if path.suffix in (".rows", ".ivf", ".removed")} == named


def test_an_index_ahead_of_its_source_is_refused(tmp_path, index):
    with pytest.raises(StaleIndexError, match="ahead") as caught:
        index.catch_up(Source())
    assert "rebuild" in caught.value.hint


@pytest.mark.parametrize("change", [{"encoder": "other"}, {"dim": 3}, {"format": 1}, {"words": 0}, {"segments": {}}])
def test_a_manifest_of_another_making_is_refused_with_a_hint(tmp_path, index, encoder, change):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(StaleIndexError) as caught:
        PassageIndex(tmp_path, encoder)
    assert "docintel library rebuild" in caught.value.hint


def test_what_a_cleared_index_left_behind_does_not_come_back(tmp_path, index, source, encoder):
    (tmp_path / "manifest.json").unlink()  # and the process dies before the words are gone
    other = Source()
    other.add("公务接待")
    fresh = PassageIndex(tmp_path, encoder)
    fresh.catch_up(other)
    assert (len(fresh), fresh.check()) == (1, [])
    assert fresh.search_lexical("药品采购", kind=HitKind.PASSAGE) == []
