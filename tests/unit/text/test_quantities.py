"""Numbers with their measure words, as they stand in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.text.quantities import Form, QuantityGrammar
from tests.unit.text.test_numerals import in_chinese

WORDS = [
    "个",
    "项",
    "人",
    "人次",
    "次",
    "家",
    "起",
    "名",
    "元",
    "万元",
    "人民币",
    "美金",
    "吨",
    "千克",
    "%",
    "个百分点",
    "倍",
]
GRAMMAR = QuantityGrammar(WORDS)

ROWS = [
    ("发现问题38个", [(38, "个", False)]),
    # hedges before, inside and behind
    ("近2000人参加", [(2000, "人", True)]),
    ("追缴2600余万元", [(26_000_000, "元", True)]),
    ("追缴1.1亿余元", [(110_000_000, "元", True)]),
    ("上百家医院", [(100, "家", True)]),
    ("近万人次", [(10_000, "人次", True)]),
    ("百余起", [(100, "起", True)]),
    ("十几家", [(10, "家", True)]),
    ("通过百余次走访", [(100, "次", True)]),
    ("附近3家医院", [(3, "家", False)]),
    ("5人以上", [(5, "人", True)]),
    ("不少于2人", [(2, "人", True)]),
    # a size without a number, two numbers in one breath, a range
    ("先后数十次", [(None, "次", True)]),
    ("两三次", [(2, "次", True)]),
    ("三四亿吨", [(300_000_000, "吨", True)]),
    ("3至5次", [(3, "次", True)]),
    ("20-30人", [(20, "人", True)]),
    ("三到五名", [(3, "名", True)]),
    ("5%-8%", [(5, "%", True)]),
    ("2-3万元", [(20_000, "元", True)]),
    ("由62%到94%", [(62, "%", False), (94, "%", False)]),
    ("12个到5个", [(12, "个", False), (5, "个", False)]),
    # shares
    ("三分之一", [(33.33, "%", False)]),
    ("占1/4", [(25, "%", False)]),
    ("百分之八十五点六", [(85.6, "%", False)]),
    ("百分百覆盖", [(100, "%", False)]),
    ("占八成", [(80, "%", False)]),
    ("下降两成三", [(23, "%", False)]),
    ("七八成", [(70, "%", True)]),
    ("过半数", [(50, "%", True)]),
    ("一半以上", [(50, "%", True)]),
    ("上半年", []),
    ("三成员", []),
    ("翻一番", [(2, "倍", False)]),
    ("翻了两番", [(4, "倍", False)]),
    ("升高6.4个百分点", [(6.4, "个百分点", False)]),
    # the numbers of a list share the measure word, and 万
    ("分别为12、8、5个", [(12, "个", False), (8, "个", False), (5, "个", False)]),
    ("收缴12.3、4.5、9万元", [(123_000, "元", False), (45_000, "元", False), (90_000, "元", False)]),
    ("罚没5000、3万元", [(5000, "元", False), (30_000, "元", False)]),
    ("1、2个乡镇", [(2, "个", False)]),
    # sums in two steps, in capitals, in other words
    ("3亿5000万元", [(350_000_000, "元", False)]),
    ("3万5000元", [(35_000, "元", False)]),
    ("壹佰贰拾万元", [(1_200_000, "元", False)]),
    ("35万人民币", [(350_000, "元", False)]),
    ("10万美金", [(100_000, "美元", False)]),
    ("128人(次)", [(128, "人次", False)]),
    # spaces
    ("整改 12 个", [(12, "个", False)]),
    ("回访26 544人次", [(26_544, "人次", False)]),
    ("回访2 6 5人", [(265, "人", False)]),
    ("约 1.5 亿元", [(150_000_000, "元", True)]),
    # masked
    ("X家医院", [(None, "家", False)]),
    ("XX余万元", [(None, "元", True)]),
    # no quantities
    ("第三次会议", []),
    ("少数人", []),
    ("人数名单", []),
    ("2023年", []),
    ("一二三个", []),
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_quantities(text, expected):
    assert [(q.value, q.unit_of_measure, q.approximate) for q in GRAMMAR.find(text)] == expected


def test_a_sum_without_its_measure_word_is_found_where_it_is_asked_for():
    assert list(GRAMMAR.find("涉案资金300余万")) == []
    (bare,) = GRAMMAR.find("涉案资金300余万", bare=True)
    assert (bare.value, bare.unit_of_measure, bare.form) == (3_000_000, "", Form.BARE)


@given(st.integers(2, 999_999), st.sampled_from(["起", "名", "吨"]))
def test_both_scripts_give_the_same_quantity(number, word):
    for written in (str(number), f"{number:,}", in_chinese(number), f" {number} "):
        (quantity,) = GRAMMAR.find(f"查处{written}{word}。")
        assert (quantity.value, quantity.unit_of_measure) == (number, word)


@given(st.text(alphabet="发现问题一二三十百万亿0123456789.,、至 个人元%余多近", max_size=40))
def test_quantities_lie_in_the_text_and_do_not_overlap(text):
    end = 0
    for quantity in GRAMMAR.find(text, bare=True):
        assert end <= quantity.start <= quantity.number_start < quantity.number_end <= quantity.end <= len(text)
        end = quantity.end
