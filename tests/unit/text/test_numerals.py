"""Numerals in both scripts: what they come to, and that they read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.text.numerals import parse_adjacent, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("53", 53),
        ("26,544", 26544),
        ("26 544", 26544),
        ("62.6万", 626_000),
        ("三十五万", 350_000),
        ("二十余", 20),
        ("二十几", 20),
        ("1亿2千万", 120_000_000),
        ("十五亿三千万", 1_530_000_000),
        ("三万亿", 3e12),
        ("1.1亿余", 110_000_000),
        ("两千零五", 2005),
        ("一千〇五十", 1050),
        ("二〇二一", 2021),
        ("三点五", 3.5),
        ("六十八点七亿", 6_870_000_000),
        ("壹佰贰拾万", 1_200_000),
        ("叁仟零伍拾", 3050),
        ("十", 10),
        ("百", 100),
        ("", None),
        ("余", None),
        ("若干", None),
        ("1.2.3", None),
        ("1.2.3万", None),
        (".", None),
    ],
)
def test_parse_number(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("两三", 2), ("七八十", 70), ("十七八", 17), ("三四亿", 300_000_000), ("三五", 3), ("三六", None), ("二十", None)],
)
def test_parse_adjacent(text, value):
    assert parse_adjacent(text) == value


def in_chinese(number, digits="零一二三四五六七八九", places="千百十"):
    """The plain Chinese numeral of a number below a trillion."""
    for scale, name in ((100_000_000, "亿"), (10_000, "万")):
        if number >= scale:
            high, low = divmod(number, scale)
            joint = digits[0] if 0 < low < scale // 10 else ""
            return in_chinese(high, digits, places) + name + (joint + in_chinese(low, digits, places) if low else "")
    out, zero = "", False
    for place, name in zip((1000, 100, 10, 1), [*places, ""], strict=True):
        digit, number = divmod(number, place)
        if digit:
            out += (digits[0] if zero else "") + digits[digit] + name
            zero = False
        else:
            zero = bool(out)
    return out


@given(st.integers(1, 999_999_999_999))
def test_numerals_read_back(number):
    assert parse_number(in_chinese(number)) == number
    assert parse_number(in_chinese(number, "零壹贰叁肆伍陆柒捌玖", "仟佰拾")) == number
    assert parse_number(f"{number:,}") == number
    assert parse_number(f"{number:,}".replace(",", " ")) == number


@given(st.integers(1, 99_999_999), st.sampled_from(["", "余", "多"]), st.sampled_from([("万", 10**4), ("亿", 10**8)]))
def test_scales_and_hedges_read_back(number, hedge, scale):
    name, size = scale
    assert parse_number(f"{number / 100}{hedge}{name}") == pytest.approx(number * size / 100)
    assert parse_number(f"{number}{name}{hedge}") == pytest.approx(number * size) or number * size >= 1e15
