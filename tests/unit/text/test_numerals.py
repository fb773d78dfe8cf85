"""Numerals in both scripts, and the quantities of a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.text.numerals import QuantityGrammar, parse_number

GRAMMAR = QuantityGrammar(["个", "项", "人", "人次", "次", "家", "元", "万元", "亿元", "吨", "%", "个百分点", "成"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("53", 53),
        ("26,544", 26544),
        ("62.6万", 626_000),
        ("三十五万", 350_000),
        ("二十余", 20),
        ("1亿2千万", 120_000_000),
        ("十五亿三千万", 1_530_000_000),
        ("三万亿", 3e12),
        ("1.1亿余", 110_000_000),
        ("两千零五", 2005),
        ("二〇二一", 2021),
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


def in_chinese(number):
    """The plain Chinese numeral of a number below a hundred million."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        joint = "零" if 0 < low < 1000 else ""
        return in_chinese(high) + "万" + (joint + in_chinese(low) if low else "")
    out, zero = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, place)
        if digit:
            out += ("零" if zero else "") + "零一二三四五六七八九"[digit] + name
            zero = False
        else:
            zero = bool(out)
    return out


@given(st.integers(1, 99_999_999))
def test_numerals_read_back(number):
    assert parse_number(in_chinese(number)) == number
    assert parse_number(f"{number:,}") == number
    assert parse_number(f"{number}万") == number * 10_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发现问题38个", [(38, "个", False)]),
        ("近2000人参加", [(2000, "人", True)]),
        ("追缴2600余万元", [(26_000_000, "元", True)]),
        ("上百家医院", [(100, "家", True)]),
        ("先后数十次", [(None, "次", True)]),
        ("X家医院", [(None, "家", False)]),
        ("两三次", [(2, "次", True)]),
        ("三四亿吨", [(300_000_000, "吨", True)]),
        ("三分之一", [(33.33, "%", False)]),
        ("百分之八十五点六", [(85.6, "%", False)]),
        ("占八成", [(80, "%", False)]),
        ("5人以上", [(5, "人", True)]),
        ("升高6.4个百分点", [(6.4, "个百分点", False)]),
        ("第三次会议", []),
        ("少数人", []),
        ("2023年", []),
    ],
)
def test_quantities(text, expected):
    assert [(q.value, q.unit_of_measure, q.approximate) for q in GRAMMAR.find(text)] == expected


@given(st.text(alphabet="发现问题一二三十百万亿0123456789.,个人元%余多近", max_size=40))
def test_quantities_lie_in_the_text_and_do_not_overlap(text):
    end = 0
    for quantity in GRAMMAR.find(text):
        assert end <= quantity.start <= quantity.number_start < quantity.number_end <= quantity.end <= len(text)
        end = quantity.end
