from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docintel.errors import QueryError
from docintel.query import LONGEST, SYNTAX, Query, read
from docintel.schema import Filters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"二级库" 盘点', Query(words="盘点", phrases=("二级库",))),
        ("“二级库”", Query(phrases=("二级库",))),
        ("「二级库」 『账实 不符』", Query(phrases=("二级库", "账实 不符"))),
        ("采购 -红包", Query(words="采购", excluded=("红包",))),
        ("采购　－“一把手”", Query(words="采购", excluded=("一把手",))),
        ("单位：丽水市人民医院 采购", Query(words="采购", filters=(Filters(unit="丽水市人民医院"),))),
        ('采购 单位:"市 医院"', Query(words="采购", filters=(Filters(unit="市 医院"),))),
        (
            "采购 地区:浙江，年份:2024",
            Query(words="采购", filters=(Filters(region="浙江", since="2024", until="2024"),)),
        ),
        (
            "采购 类型:整改报告 处分:党内警告",
            Query(words="采购", filters=(Filters(doc_type="inspection_report", sanction="党内警告"),)),
        ),
        ("处分:党纪处分 x", Query(words="x", filters=(Filters(sanction="party"),))),
        ("类别:招投标 x", Query(words="x", filters=(Filters(category="bidding"),))),
        ("Unit:甲 TYPE:meeting x", Query(words="x", filters=(Filters(unit="甲", doc_type="meeting"),))),
        ("单位:甲 单位:乙 x", Query(words="x", filters=(Filters(unit="甲"), Filters(unit="乙")))),
        (
            "来源:清风 文号:云纪发〔2022〕15号 x",
            Query(words="x", filters=(Filters(publisher="清风", reference="云纪发〔2022〕15号"),)),
        ),
        ("发现问题＞５０个 x", Query(words="x", filters=(Filters(figures=("issues_found>50",)),))),
        ("issues_found>=1,000 x", Query(words="x", filters=(Filters(figures=("issues_found>=1000",)),))),
        ("涉案金额≥1.5万元 x", Query(words="x", filters=(Filters(figures=("amount_involved>=15000",)),))),
        ("x -类型:评论", Query(words="x", without=(Filters(doc_type="commentary"),))),
    ],
)
def test_what_a_query_says(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("value", "since", "until"),
    [
        ("年份:2024年", "2024", "2024"),
        ("年份:2022-2024", "2022", "2024"),
        ("年份:2022至2024", "2022", "2024"),
        ("日期:2024-01..2024-06", "2024-01", "2024-06"),
        ("日期:2024年3月5日", "2024-03-05", "2024-03-05"),
        ("日期:2024.3..", "2024-03", None),
        ("日期:..2024/3/5", None, "2024-03-05"),
        ("日期:2024..2024-03", "2024", "2024-03"),
    ],
)
def test_dates(value, since, until):
    assert read(f"{value} x").filters == (Filters(since=since, until=until),)


#: What people paste: whatever it holds of colons, dashes and quotation marks, all of it is words.
PROSE = [
    "“四风”问题专项整治",
    "紧盯重点：让监督“长出牙齿”",
    "会议要求：加强监督",
    "关于2021-2023年采购的通报",
    "巡察整改——以案促改",
    "上午10:30召开",
    "https://example.com/a?b=c",
    "医德>医术",
    "- 食堂采购不规范",
    "一是采购、二是红包",
    "来源：新华社　单位：市医院。全文如下。",
    "单位：市人民医院\n-红包问题\n“小金库”",
    "整改；类型:评论",
    "某医院" + "采购管理不规范的情形较为突出" * 8 + " 单位:甲 -红包",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_stays_words(text):
    query = read(text)
    assert query.words == text
    assert not query.narrows


def test_what_looks_like_a_condition_and_is_none_is_told():
    (note,) = read("单位：市人民医院。采购不规范。").notes
    assert "单位：市人民医院" in note
    assert "没有成对" in read("“小金库").notes[0]
    assert "空格" in read('"小金库"问题').notes[0]
    assert "冒号后" in read("单位: 市医院").notes[0]
    assert not read("“四风”问题 红包 -礼金").notes, "prose sets off words in Chinese quotation marks"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("年份:两千 x", "不是日期"),
        ("日期:2024-13 x", "不是日期"),
        ("年份:2024..2022 x", "起止颠倒"),
        ("年份:2024-2022 x", "起止颠倒"),
        ("日期:2024-03..2024-02-28 x", "起止颠倒"),
        ("日期:.. x", "不是日期"),
        ("发现问题>很多 x", "不是数"),
        ("罚款>50 x", "没有“罚款”这个指标"),
        ("类型:小说 x", "文种没有“小说”"),
        ("类别:监督 x", "可指"),
        ("单位名称:甲 x", "是不是“单位”"),
        ("regoin:甲 x", "region"),
        ("问题:甲 年份:2024", "没有“问题”这个条件"),
    ],
)
def test_a_condition_that_makes_no_sense_is_an_error_with_a_hint(text, said):
    with pytest.raises(QueryError, match=said) as caught:
        read(text)
    assert caught.value.hint


@pytest.mark.parametrize("rule", SYNTAX, ids=lambda rule: rule.english_example)
def test_what_the_help_shows_is_understood(rule):
    assert read(rule.example).narrows
    assert read(rule.english_example.replace("NAME", "x").replace("NUMBER", "x")).narrows


@given(st.text(max_size=150))
def test_any_text_is_a_query_or_an_error(text):
    with suppress(QueryError):
        query = read(text)
        assert query.narrows or query.words == text.strip()


@given(st.text(max_size=150).map(lambda text: f"{text}。\n{text}"))
def test_a_pasted_passage_is_never_an_error(text):
    assert read(text).words == text.strip()


def test_a_query_has_a_length_that_can_be_asked():
    assert read("违" * LONGEST).words == "违" * LONGEST
    with pytest.raises(QueryError, match="2,001") as refused:
        read("违" * (LONGEST + 1))
    assert "docintel similar" in refused.value.hint
