"""Candidates judged in their context: what the network is told of them, and documents judged in parts."""

import json

import numpy as np
import pytest

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.language.reading import Reading
from docintel.extract.pipeline import read
from docintel.extract.steps import work_of
from docintel.extract.work import context
from docintel.extract.work.candidates import as_array
from docintel.extract.work.context import WIDTH, Weights, shared_weights, surroundings
from docintel.extract.work.judging import shared_judge
from tests.factories import make_document

REPORT = """二、发现的主要问题
（一）耗材管理混乱。二级库盘点表三个月没有人签字，账面与实物相差137件。设备科对此未作说明。
（二）招标走过场。评标专家由中标单位代为联系，三家投标单位的标书错字相同。
三、整改情况
设备科对137件账物不符的耗材逐件说明去向，并按月张贴盘点结果。审计室重新核对全部标书。
"""


def work_on(text):
    return work_of(read(make_document(text), until="issues"))


def test_a_sentence_is_told_with_its_heading_its_topic_and_its_neighbours():
    text = REPORT.splitlines()[0] + "\n" + REPORT.splitlines()[1] + "\n"
    reading = Reading(make_document(text))
    last = surroundings(reading)[-1]
    words = [text[low:high] for low, high in last]
    assert words[0] == "设备科对此未作说明。"
    assert words[2].startswith("（一）耗材管理混乱。")
    assert words[3].endswith("账面与实物相差137件。")
    assert words[4] == ""
    assert [text[low:high] for low, high in surroundings(reading)[1]][2:] == ["", "", words[3]]


def test_a_document_read_in_parts_reads_as_the_whole(monkeypatch):
    work = work_on(REPORT * 6)
    whole = shared_weights().read(work.reading, as_array(work.spans), work.description.codes)
    monkeypatch.setattr(context, "_AT_ONCE", 60)
    parts = shared_weights().read(work.reading, as_array(work.spans), work.description.codes)
    np.testing.assert_allclose(parts.kind, whole.kind, atol=2e-3)
    every = np.arange(len(work.spans))
    np.testing.assert_allclose(parts.told(every), whole.told(every), atol=1e-2)


def test_some_candidates_are_told_as_among_all():
    context = work_on(REPORT).context
    every = context.told(np.arange(len(context.kind)))
    np.testing.assert_allclose(context.told(np.array([3, 1])), every[[3, 1]], atol=1e-4)


def test_running_sums_are_those_of_the_rows():
    rows = np.random.default_rng(0).integers(0, 256, (77, WIDTH), dtype=np.uint8)
    sums = context._running_sums(rows)
    assert sums.shape == (78, context.WIDTH)
    np.testing.assert_array_equal(sums[1:], rows.cumsum(axis=0))
    assert not sums[0].any()


@pytest.mark.parametrize("text", ["。", "1", "\n\n"])
def test_a_text_without_candidates_is_read(text):
    work = work_on(text)
    assert work.spans == []
    assert work.context.kind.shape == (0, 2)


def test_a_problem_and_what_is_done_about_it_are_told_apart():
    work = work_on(REPORT)
    text = work.reading.text
    likely = {text[one.start : one.end]: work.context.kind[n] for n, one in enumerate(work.spans)}
    issue, measure = likely["二级库盘点表三个月没有人签字"], likely["审计室重新核对全部标书"]
    assert issue[0] > issue[1]
    assert measure[1] > measure[0]


def test_it_speaks_of_the_labels_that_the_other_models_have():
    card = json.loads((models_dir() / "reader" / "model.json").read_text("utf-8"))
    assert card["labels"] == {head: shared_judge().heads[head] for head in card["labels"]}


@pytest.mark.parametrize("data", [b"", b"cut", None])
def test_damaged_weights_say_what_to_do(tmp_path, data):
    path = tmp_path / "head.npz"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ModelError, match=str(path)) as caught:
        Weights(path)
    assert "Reinstall" in str(caught.value.hint)
