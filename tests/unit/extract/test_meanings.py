import json

import numpy as np
import pytest

from docintel.errors import ModelError
from docintel.extract.work import meanings as module
from docintel.extract.work.meanings import Meanings, Remembered, TextMeanings, shared_meanings


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pieces.json").write_text(json.dumps(["采", "采购", "药"], ensure_ascii=False), encoding="utf-8")
    vectors = np.array([[2, 0], [4, 8], [-8, 0]], dtype=np.int8)
    np.savez(tmp_path / "vectors.npz", vectors=vectors, step=np.float32(0.5))
    return tmp_path


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("采购", [2, 4]),  # the longest piece
        ("药采购", [-1, 2]),  # the mean of two
        ("采药", [-1.5, 0]),
        ("某药#", [-4, 0]),  # what is no piece counts for nothing
        ("<人>", [0, 0]),
        ("", [0, 0]),
    ],
)
def test_a_word_is_the_mean_of_its_longest_pieces(folder, word, expected):
    assert Meanings(folder).of([word]).tolist() == [expected]


def test_what_is_remembered_is_what_is_told_anew(folder, monkeypatch):
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    asked = []

    def tell(words):
        asked.append(words)
        return Meanings(folder).of(words)

    remembered = Remembered(tell, 2)
    of = {"采购": [2, 4], "药": [-4, 0], "采": [1, 0]}
    for words in (["采购", "药"], ["药"], ["采", "药"], ["采购", "药", "采"], []):
        assert remembered.of(words).tolist() == [of[word] for word in words]
    assert asked == [["采购", "药"], ["采", "药"], ["采购", "药", "采"]]


def test_a_word_asked_for_twice_is_remembered_once(folder):
    remembered = Remembered(Meanings(folder).of, 2)
    assert remembered.of(["采", "采", "药"]).tolist() == [[1, 0], [1, 0], [-4, 0]]
    remembered.of(["采购"])
    assert remembered.of(["药", "采"]).tolist() == [[-4, 0], [1, 0]]


def test_a_stretch_means_the_mean_of_its_words_and_an_empty_one_nothing(folder):
    words = TextMeanings(Meanings(folder).of(["采购", "药", "采"]), np.arange(3))
    means = words.means(np.array([1, 0, 2]), np.array([3, 1, 2]))
    assert means.tolist() == [[-1.5, 0], [2, 4], [0, 0]]


def test_words_of_like_use_lie_near_each_other():
    vectors = shared_meanings().of(["采购", "招标", "宴请"])
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > 2 * far


@pytest.mark.parametrize("damage", ["pieces.json", "vectors.npz", "count"])
def test_damaged_vectors_say_what_to_do(folder, damage):
    if damage == "count":
        (folder / "pieces.json").write_text('["采"]', encoding="utf-8")
    else:
        (folder / damage).unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        Meanings(folder)
