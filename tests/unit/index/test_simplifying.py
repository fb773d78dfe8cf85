import numpy as np

from docintel.index.embedded import EmbeddedIndex
from docintel.index.simplifying import SimplifyingEncoder
from docintel.schema import HitKind
from tests.factories import BigramEncoder, make_passage

TRADITIONAL, SIMPLIFIED = "藥品採購權力過於集中", "药品采购权力过于集中"


def test_both_scripts_have_one_vector():
    encoder = SimplifyingEncoder(BigramEncoder())
    assert (encoder.name, encoder.dim) == (BigramEncoder.name, BigramEncoder.dim)
    for encode in (encoder.encode_queries, encoder.encode_passages):
        assert np.array_equal(*encode([TRADITIONAL, SIMPLIFIED]))
    assert encoder.encode_passages([]).shape == (0, encoder.dim)


class OnePassage:
    """A source of one passage."""

    def __init__(self, text):
        self.passage = make_passage(text)

    def revision(self):
        return (1, 0)

    def passages_after(self, passage, limit):
        return [(self.passage, "")] if passage < 1 else []

    def removed_after(self, removal):
        return []


def test_a_query_in_one_script_finds_the_other(tmp_path):
    for kept, asked in ((TRADITIONAL, SIMPLIFIED), (SIMPLIFIED, TRADITIONAL)):
        index = EmbeddedIndex(tmp_path / asked, BigramEncoder())
        index.catch_up(OnePassage(kept))
        assert [id_ for id_, _ in index.search_lexical(asked, kind=HitKind.PASSAGE)] == [1]
        (_, score), *_ = index.search_vectors(index.encoder.encode_queries([asked])[0], kind=HitKind.PASSAGE)
        assert score > 0.99
