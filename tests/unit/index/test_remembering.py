import numpy as np

from docintel.index.remembering import RememberingEncoder
from tests.factories import BigramEncoder


class Counting(BigramEncoder):
    def __init__(self):
        self.encoded = []

    def encode_passages(self, texts):
        self.encoded += texts
        return super().encode_passages(texts)


def test_what_was_encoded_before_is_looked_up(tmp_path):
    inner = Counting()
    encoder = RememberingEncoder(inner, tmp_path / "cache" / "vectors.sqlite")
    encoder.encode_passages(["盘点库房", "公示"])
    again = RememberingEncoder(inner, tmp_path / "cache" / "vectors.sqlite")
    found = again.encode_passages(["公示", "培训", "盘点库房", "培训"])
    assert inner.encoded == ["盘点库房", "公示", "培训"]
    assert np.array_equal(found, BigramEncoder().encode_passages(["公示", "培训", "盘点库房", "培训"]))
    assert found.dtype == np.float32


def test_of_nothing_there_is_no_vector(tmp_path):
    assert RememberingEncoder(BigramEncoder(), tmp_path / "vectors.sqlite").encode_passages([]).shape == (0, 64)


def test_another_encoder_does_not_get_its_vectors(tmp_path):
    RememberingEncoder(Counting(), tmp_path / "vectors.sqlite").encode_passages(["公示"])
    other = Counting()
    other.name = "other"
    RememberingEncoder(other, tmp_path / "vectors.sqlite").encode_passages(["公示"])
    assert other.encoded == ["公示"]


def test_queries_go_through(tmp_path):
    encoder = RememberingEncoder(BigramEncoder(), tmp_path / "vectors.sqlite")
    assert np.array_equal(encoder.encode_queries(["公示"]), BigramEncoder().encode_queries(["公示"]))
