from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.index.words import terms

TABLE = [
    ("整改", ["整改"]),
    ("备案接待", ["备案", "案接", "接待", "备案接待"]),  # a listed term is a word of its own
    ("严", ["严"]),  # alone between punctuation
    ("党。风", ["党", "风"]),  # no pair across punctuation
    ("ＤＲＧ付费12.5%", ["drg", "付费", "12.5"]),  # full-width letters are folded
    ("備案接待", ["备案", "案接", "接待", "备案接待"]),  # either script finds the other
    ("《》，。", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_terms(text, expected):
    assert terms(text) == expected


@given(st.text(alphabet="药品采购，a1 ", max_size=30))
def test_every_pair_of_characters_is_a_term(text):
    found = set(terms(text))
    for first, second in pairwise(text):
        if {first, second} <= set("药品采购"):
            assert first + second in found
