"""White space changes, words never do; folding keeps every offset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.text.normalize import _INVISIBLE, clean, fold


def test_clean_changes_white_space_only():
    assert clean("\ufeff一、\u3000整改\xa0\xa0情况\r\n\r\n共１２项\u200b。 ") == "一、 整改 情况\n\n共１２项。"


def test_fold_makes_ascii_of_full_width_forms():
    assert fold("共１２项，占５０％（其中：Ａ类）；●要点") == "共12项,占50%(其中:A类);·要点"


def test_characters_with_longer_compatibility_forms_stay():
    assert fold("…㎡㈠") == "…㎡㈠"


@given(st.text())
def test_fold_keeps_length_and_is_stable(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(st.text())
def test_clean_is_stable_and_keeps_every_visible_character(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert letters(cleaned) == letters(_INVISIBLE.sub("", text))


def letters(text):
    return [char for char in text if not char.isspace()]


@pytest.mark.parametrize("rest", ["", "😀", "\ud800"])
def test_a_long_text_is_folded_as_its_parts_are(rest):
    parts = [chr(code) for code in range(1, 0x10000)] + [rest]
    assert fold("".join(parts)) == "".join(map(fold, parts))
