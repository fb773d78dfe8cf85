from math import log

import pytest

from docintel.evaluation.bm25 import Bm25

DOCUMENTS = {1: ["盘点", "库房"], 2: ["盘点", "盘点", "公示", "结果"], 3: ["培训"]}


def test_scores_are_those_of_the_formula():
    found = dict(Bm25(DOCUMENTS).search(["盘点", "没有"]))
    rarity = log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    mean = 7 / 3
    assert found == {
        1: pytest.approx(rarity * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / mean))),
        2: pytest.approx(rarity * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 4 / mean))),
    }


def test_only_what_is_allowed_and_asked_for():
    index = Bm25(DOCUMENTS)
    assert [id_ for id_, _ in index.search(["盘点"], allowed=[1, 3])] == [1]
    assert len(index.search(["盘点", "培训"], top_k=2)) == 2
    assert index.search(["没有"]) == Bm25({}).search(["盘点"]) == []


def test_equal_scores_are_in_id_order():
    assert [id_ for id_, _ in Bm25({5: ["甲"], 2: ["甲"]}).search(["甲"])] == [2, 5]
