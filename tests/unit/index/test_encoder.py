import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.index.encoder import OnnxEncoder, SentenceTransformerEncoder, batches, load_encoder


@given(st.lists(st.integers(0, 600)), st.integers(1, 2000))
def test_batches_hold_every_text_once_and_stay_within_the_bound(lengths, max_tokens):
    found = list(batches(lengths, max_tokens))
    assert sorted(n for batch in found for n in batch) == list(range(len(lengths)))
    for batch in found:
        assert len(batch) == 1 or len(batch) * max(lengths[n] for n in batch) <= max_tokens


def test_batches_put_texts_of_like_length_together():
    assert list(batches([2, 9, 3, 8], max_tokens=18)) == [[1, 3], [2, 0]]


def test_a_missing_model_is_named_with_a_hint(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCINTEL_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match=str(tmp_path)) as caught:
        load_encoder()
    assert "build_encoder.py" in caught.value.hint


def test_a_damaged_graph_is_a_model_error(tmp_path):
    for name in ("model.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((models_dir() / "encoder" / name).read_bytes())
    (tmp_path / "model.onnx").write_bytes(b"cut short")
    with pytest.raises(ModelError, match="cannot be read"):
        OnnxEncoder(tmp_path)


def test_the_card_describes_the_shipped_files():
    card = json.loads((models_dir() / "encoder" / "model.json").read_text(encoding="utf-8"))
    for name, file in card["files"].items():
        assert (models_dir() / "encoder" / name).stat().st_size == file["bytes"]


@pytest.mark.model
def test_verify_finds_a_changed_file(tmp_path):
    shipped = models_dir() / "encoder"
    for name in ("model.json", "model.onnx", "tokenizer.json"):
        (tmp_path / name).write_bytes((shipped / name).read_bytes())
    OnnxEncoder(tmp_path).verify()
    with (tmp_path / "tokenizer.json").open("a") as file:
        file.write(" ")
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        OnnxEncoder(tmp_path).verify()


@pytest.mark.model
def test_an_unknown_model_is_not_looked_for_on_the_network(tmp_path):
    with pytest.raises(ModelError, match="no-such-model"):
        SentenceTransformerEncoder(str(tmp_path / "no-such-model"))


@pytest.mark.model
def test_a_sentence_answers_its_own_question_best():
    encoder = load_encoder(threads=1)
    passages = encoder.encode_passages(["健全公务接待审批制度", "开展河道采砂专项执法检查", "对新任职干部进行廉政谈话"])
    scores = passages @ encoder.encode_queries(["公务接待管理不规范"])[0]
    assert int(np.argmax(scores)) == 0
