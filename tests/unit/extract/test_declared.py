"""What a text calls a problem or a measure is taken for one."""

import pytest

from docintel.extract.language.reading import Reading
from docintel.extract.pipeline import extract
from docintel.extract.work.declared import declared
from docintel.extract.work.work import Work
from docintel.schema import DocType
from tests.factories import make_document

LINE = "1.存在问题：账实不符。整改措施：建立供货商名录。完成时限：3月底前。"


def stretches(text):
    reading = Reading(make_document(text))
    return {kind: [reading.text[start:end] for start, end in some] for kind, some in declared(reading).items()}


def test_stretches_behind_labels():
    assert stretches(LINE) == {"issues": ["账实不符。"], "measures": ["建立供货商名录。"]}


def test_a_stretch_ends_at_the_next_label():
    text = "存在问题：账实不符；整改措施：建立台账，杜绝违规采购；责任部门：设备科；完成时限：3月底前完成。"
    assert stretches(text) == {"issues": ["账实不符；"], "measures": ["建立台账，杜绝违规采购；"]}


@pytest.mark.parametrize("text", ["针对问题：逐条研究。", "现将有关措施通知如下。", "下一步工作措施得力：成效明显。"])
def test_other_words_declare_nothing(text):
    assert stretches(text) == {"issues": [], "measures": []}


@pytest.mark.model
def test_what_is_denied_is_not_declared():
    assert extract(make_document("存在问题：经自查，不存在违规收费、私设小金库。")).issues == ()


@pytest.mark.model
def test_a_declared_measure_is_taken_whatever_the_model_says():
    from docintel.extract.work.judging import shared_judge

    class Doubting(type(shared_judge())):
        def log_odds(self, *seen):
            return {kind: odds * 0 - 9 for kind, odds in super().log_odds(*seen).items()}

    doubting = Doubting.__new__(Doubting)
    doubting.__dict__.update(shared_judge().__dict__)
    work = Work(Reading(make_document(LINE)), (), (), DocType.OTHER, doubting)
    assert [one.evidence.quote for one in work.find_measures(lambda *_: (), ())] == ["建立供货商名录"]
