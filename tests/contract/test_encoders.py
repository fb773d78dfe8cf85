"""What every encoder promises, held by the shipped one and by the same weights in sentence-transformers."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from docintel.config import models_dir
from docintel.index.encoder import SentenceTransformerEncoder, load_encoder

pytestmark = pytest.mark.model

ROOT = Path(__file__).parents[2]
TEXTS = [
    "落实整改责任不到位，压力传导层层递减。",
    "收缴违纪资金１２３．５万元，处理３６人次；",  # full-width digits and punctuation
    "收缴违纪资金123.5万元,处理36人次;",
    "“三公”经费　超预算  支出 8.5%",  # several kinds of white space
    "使用OA系统和钉钉APP打卡",
    "",
    " ",
    "。",
    "</s>",
    "𠮷☃ありがとう",  # characters the vocabulary lacks
    "对巡察反馈的问题照单全收、逐条整改。" * 24,  # as long as the model reads
]
LONG = "对巡察反馈的问题照单全收、逐条整改。" * 60


@pytest.fixture(scope="module")
def shipped():
    return load_encoder(threads=1)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The weights of the shipped encoder in float32, as a SentenceTransformers model."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.syspath_prepend(ROOT / "scripts")
    from build_encoder import save_sentence_transformer, shipped

    monkeypatch.undo()
    folder = tmp_path_factory.mktemp("model") / "reference"
    encoder = models_dir() / "encoder"
    save_sentence_transformer(shipped(encoder), encoder / "tokenizer.json", folder)
    return SentenceTransformerEncoder(str(folder))


@pytest.fixture(params=["shipped", "reference"])
def encoder(request):
    return request.getfixturevalue(request.param)


def test_rows_are_float32_of_unit_length(encoder):
    for encode in (encoder.encode_queries, encoder.encode_passages):
        vectors = encode(TEXTS)
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), encoder.dim)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(encoder):
    for encode in (encoder.encode_queries, encoder.encode_passages):
        assert encode([]).shape == (0, encoder.dim)


def test_a_vector_does_not_depend_on_its_batch(encoder):
    together = encoder.encode_passages(TEXTS)
    alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
    # A sum's last bit may carry a byte over to the next.
    assert (together * alone).sum(axis=1).min() >= 0.9999


def test_the_end_of_a_long_text_counts(shipped):
    """Another path than sentence-transformers, which cuts."""
    same, other, short = shipped.encode_passages([LONG + LONG, LONG + "食堂食材采购长期由一人包办。" * 30, LONG[:30]])
    assert np.linalg.norm(other) == pytest.approx(1, abs=1e-5)
    assert same @ other < 0.99
    question = shipped.encode_queries(["食堂采购"])[0]
    assert question @ other > question @ same + 0.01
    assert shipped.encode_passages([LONG[:30]])[0] @ short == pytest.approx(1, abs=1e-4)


def test_width_of_characters_does_not_matter(encoder):
    wide, narrow = encoder.encode_passages(TEXTS[1:3])
    assert wide @ narrow == pytest.approx(1, abs=1e-5)


def test_queries_and_passages_are_told_apart(encoder):
    assert not np.allclose(encoder.encode_queries(TEXTS[:1]), encoder.encode_passages(TEXTS[:1]), atol=1e-3)


def test_both_paths_give_the_same_vectors(shipped, reference):
    plain = [text for text in TEXTS if text != "</s>"]  # transformers takes it for the end of the text
    for kind in ("encode_queries", "encode_passages"):
        cosines = (getattr(shipped, kind)(plain) * getattr(reference, kind)(plain)).sum(axis=1)
        assert cosines.min() >= 0.998  # 8 bits against 32
        assert cosines.mean() >= 0.999


def test_the_query_path_loads_neither_torch_nor_transformers():
    code = """
import sys
from docintel.index.encoder import load_encoder
load_encoder().encode_queries(["公款吃喝"])
print(sorted({"torch", "transformers", "sentence_transformers", "spacy", "onnx"} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
