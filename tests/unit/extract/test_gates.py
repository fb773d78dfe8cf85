"""Patterns that are tried only where a word stands that they need."""

import re

import pytest

from docintel.extract.language.gates import AnyOf, Beginnings, EachOf, Gated, find_behind, needed_words
from docintel.extract.language.lexicon import alternation, first_two_of, load
from docintel.extract.units.departments import BEFORE_POSTED, POSTED


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("查处", {"查处"}),
        ("查处|问责", {"查处", "问责"}),
        ("(?:依法)?严肃(?:处理|查处)", {"严肃"}),
        ("免去[^,]{0,16}职务", {"免去"}),
        ("(?:判处|决定执行)[^,]{0,4}刑", {"判处", "决定执行"}),
        ("不严(?!重)格?", {"不严"}),
        ("罚款?", {"罚"}),
        ("(?P<name>某[^,]{2})", {"某"}),
        ("追{2}责", {"追"}),
        # nothing that must be there
        ("查处|[0-9]+起", {"查处", "起"}),
        ("查处|[0-9]+", set()),
        ("(?:查处)?", set()),
        ("(?:查处){0,2}", set()),
        ("(?:查处){0}", set()),
        (r"[一二三]\d", set()),
        ("(?<=查处)了?", set()),
        (r"\(查\)?", {"查"}),
        ("[(查处]", set()),
    ],
)
def test_needed_words(pattern, words):
    assert needed_words(pattern) == words


def test_flags_that_change_what_words_mean_leave_a_pattern_ungated():
    assert Gated("(?i)app").search("APP")


@pytest.mark.parametrize("method", ["search", "match", "finditer"])
def test_a_gated_pattern_finds_what_the_pattern_finds(method):
    pattern = "(?:严肃)?(?:查处|问责)了?"
    for text in ("已严肃查处了张某，问责李某。", "没有。", "问责"):
        for span in ((), (1,), (1, 4)):
            found, expected = (getattr(one, method)(text, *span) for one in (Gated(pattern), re.compile(pattern)))
            spans = [
                [match.span() for match in (each if method == "finditer" else [each]) if match]
                for each in (found, expected)
            ]
            assert spans[0] == spans[1]


@pytest.mark.parametrize("name", ["not_issue", "predicates", "acts"])
def test_any_of_finds_what_one_of_the_patterns_finds(name):
    patterns = load("issues")[name]
    any_of = AnyOf(patterns)
    for text in ("制度不健全", "未按规定执行", "有的收受红包", "开展检查", "压力传导不够", "以人谋私", ""):
        assert any_of.found_in(text) == any(re.search(pattern, text) for pattern in patterns)


def test_alternation_prefers_the_longest_word():
    words = ["主任", "主任助理", "主管", "总经理", "主任"]
    assert re.findall(alternation(words), "主任助理主任主管总经理") == ["主任助理", "主任", "主管", "总经理"]


def test_first_two_of_passes_over_what_is_none_of_the_words():
    words = ["主任", "主任助理", "局长", "员"]
    pattern = re.compile(f"{first_two_of(words)}(?:{alternation(words)})")
    assert pattern.findall("主要局长和主任助理、办事员、主持") == ["局长", "主任助理", "员"]


def test_a_gated_pattern_is_tried_in_the_lines_that_need_it():
    text = "纪委\n由党委研究,报党委批准\n无\n经党委同意"
    pattern = r"(?<![\u4e00-\u9fff])[由经报]党委(?=[\u4e00-\u9fff]{2})"
    found = [match.span() for match in Gated(pattern).in_lines(text)]
    assert found == [match.span() for match in re.finditer(pattern, text)]
    assert len(found) == 3


def test_a_gated_pattern_without_a_word_is_tried_in_all_lines():
    assert [match.group() for match in Gated(r"\d+").in_lines("1\n无\n23")] == ["1", "23"]


def test_patterns_are_told_by_the_words_that_stand_there():
    patterns = EachOf(
        [re.compile(pattern) for pattern in ("开除党籍", "开除(?:公职|军籍)", "党籍[^,]{0,4}保留", "问责|追责")]
    )
    assert patterns.possible("被开除党籍") == [0, 1, 2]
    assert patterns.possible("被追责,开除公职") == [1, 3]
    assert patterns.possible("被追责,开除公职", 4) == [1]
    assert patterns.possible("表彰") == []
    assert {"开除党籍", "问责", "追责"} <= patterns.words


def test_find_behind_finds_what_the_pattern_finds():
    text = "会上，药学部主任张某、设备科科长李某发言。原采购中心主任王某兼财务科科长。信息科副科长，2科长。"
    found = [match.span() for match in find_behind(BEFORE_POSTED, POSTED, text)]
    assert found == [match.span() for match in POSTED.finditer(text)]
    assert found


def test_stretches_that_may_hold_a_word_are_told_by_how_words_begin():
    beginnings = Beginnings(["问题", "乱", "违规收受"])
    text = "查处问题,𠮷乱象,违规,问"
    assert [text[at] for at in beginnings.starts_in(text)] == ["问", "乱", "违"]
    stretches = ((0, 2), (0, 3), (2, 4), (5, 8), (9, 11), (12, 13))
    assert beginnings.within(text, *zip(*stretches, strict=True)) == [False, True, True, True, True, False]
    assert Beginnings(["乱"]).within("一片乱", [0], [3]) == [True]


def test_beginnings_of_nothing_are_an_error():
    with pytest.raises(ValueError, match="nothing"):
        Beginnings(needed_words("问题|[不没]"))
