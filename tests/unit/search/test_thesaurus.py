from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import pytest

from docintel.errors import InputError, NotFoundError
from docintel.search import Expander, OwnThesaurus, Thesaurus, shipped
from docintel.search.thesaurus import pairs


def test_groups_find_each_other_and_directions_hold():
    known = Thesaurus(both=(("立行立改", "边查边改"),), one_way=(("双开", "开除党籍"),))
    expander = Expander(known)
    assert expander.related("做到边查边改") == {"边查边改": ("立行立改",)}
    assert expander.related("被双开") == {"双开": ("开除党籍",)}
    assert expander.related("开除党籍") == {}
    assert expander.related("做到邊查邊改") == {"边查边改": ("立行立改",)}, "Traditional characters too"


def test_the_longest_word_counts():
    expander = Expander(Thesaurus(both=(("问责", "追责"), ("问责条例", "条例"))))
    assert list(expander.related("依据问责条例")) == ["问责条例"]


def test_another_word_counts_less_than_the_querys_own():
    (variant,) = Expander(Thesaurus(both=(("红包", "购物卡"),))).variants("收受红包")
    assert variant["收受"] == 1.0
    assert "红包" not in variant
    others = [weight for term, weight in variant.items() if term in ("购物", "物卡", "购物卡")]
    assert len(others) > 1
    assert 0 < sum(others) < 0.5, "all of them count as the one that they stand for"


def test_what_ships_is_whole():
    thesaurus = shipped()
    assert len(thesaurus.both) >= 80
    assert thesaurus.one_way
    groups = [set(group) for group in thesaurus.both]
    assert all(len(group) > 1 for group in groups)
    twice = {word for one, other in combinations(groups, 2) for word in one & other}
    assert not twice, "a word of two groups would be found by words that have nothing to do with it"
    expander = Expander(thesaurus)
    assert "四风" in expander.related("八项规定")["八项规定"]
    assert "立行立改" in expander.related("边查边改")["边查边改"]


@pytest.fixture
def own(tmp_path):
    return OwnThesaurus(tmp_path)


def test_a_library_adds_and_takes_back(own):
    own.add(["红包", "利是"])
    own.add(["红包", "现金"], one_way=True)
    assert own.expander().related("利是") == {"利是": ("红包",)}
    assert {"利是", "现金", "礼金"} <= set(own.expander().related("红包")["红包"])
    assert "红包" not in own.expander().related("现金").get("现金", ())
    own.remove("红包", "礼金")
    own.remove("利是", "红包")
    own.remove("红包", "现金")
    assert own.expander().related("利是") == {}
    assert not {"利是", "现金", "礼金"} & set(own.expander().related("红包")["红包"])
    assert "礼品" in own.expander().related("礼金")["礼金"], "the rest of the group stands"
    own.add(["红包", "礼金"])
    assert "礼金" in own.expander().related("红包")["红包"]


def test_what_is_removed_from_an_own_group_leaves_the_rest(own):
    own.add(["甲乙", "丙丁", "戊己"])
    own.remove("甲乙", "丙丁")
    known = pairs([own.read()])
    assert ("甲乙", "戊己") in known
    assert ("戊己", "丙丁") in known
    assert ("甲乙", "丙丁") not in known
    assert ("丙丁", "甲乙") not in known


def test_hand_written_files(own):
    own.path.write_text('both = [["红包", "利是"]]\n[one_way]\n"双规" = ["留置"]\n', encoding="utf-8")
    assert own.rows("双规") == [{"word": "双规", "finds": ["留置"], "own": ["留置"]}]
    assert own.rows("利是")[0]["own"] == ["红包"]


@pytest.mark.parametrize(
    "text",
    ["both = [", "both = 3", 'both = ["红包"]', "other = []", 'without = [["红包"]]', 'both = [["红包", ""]]'],
)
def test_a_file_that_is_no_thesaurus_is_an_error_with_a_hint(own, text):
    own.path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        own.expander()
    assert caught.value.hint


def test_what_is_no_word_is_refused(own):
    for words in (["红包"], ["红包", "红包"], ["红包", " "], ["红包", "长" * 41], ["红包", "，"]):
        with pytest.raises(InputError):
            own.add(words)
    with pytest.raises(NotFoundError):
        own.remove("红包", "汽车")
    with pytest.raises(NotFoundError):
        own.rows("没有这个词")
    assert not own.path.exists()


def test_writers_at_once_lose_nothing(own):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: OwnThesaurus(own.path.parent).add(["红包", f"红包{number}号"]), range(12)))
    assert len(own.read().both) == 12
