"""Patterns that are tried only where a word stands that they need."""

import re

import pytest

from docintel.extract.language.gates import AnyOf, Gated, find_behind, needed_words
from docintel.extract.language.lexicon import alternation, load
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


def test_find_behind_finds_what_the_pattern_finds():
    text = "会上，药学部主任张某、设备科科长李某发言。原采购中心主任王某兼财务科科长。信息科副科长，2科长。"
    found = [match.span() for match in find_behind(BEFORE_POSTED, POSTED, text)]
    assert found == [match.span() for match in POSTED.finditer(text)]
    assert found
