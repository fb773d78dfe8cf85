"""The network that reads candidates in their context: what it is given, and documents read in parts."""

import hashlib
import json
import shutil

import numpy as np
import pytest

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.language.reading import Reading
from docintel.extract.pipeline import read
from docintel.extract.steps import work_of
from docintel.extract.work import context
from docintel.extract.work.context import Network, shared_network, surroundings
from docintel.extract.work.judging import shared_judge
from tests.factories import make_document

REPORT = """二、发现的主要问题
（一）耗材管理混乱。二级库盘点表三个月没有人签字，账面与实物相差137件。设备科对此未作说明。
（二）招标走过场。评标专家由中标单位代为联系，三家投标单位的标书错字相同。
三、整改情况
设备科对137件账物不符的耗材逐件说明去向，并按月张贴盘点结果。审计室重新核对全部标书。
"""
#: How far to either side a state sees.
REACH = sum(context.DILATIONS)


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
    whole = shared_network().read(work.reading, work.spans, work.description.codes)
    monkeypatch.setattr(context, "_AT_ONCE", 60)
    parts = shared_network().read(work.reading, work.spans, work.description.codes)
    np.testing.assert_allclose(parts.kind, whole.kind, atol=2e-3)
    every = np.arange(len(work.spans))
    np.testing.assert_allclose(parts.told(every), whole.told(every), atol=1e-2)


def test_what_stands_before_the_first_sentence_is_nothing(monkeypatch):
    """A part without a sentence is not read; a candidate that begins behind it has no neighbour."""
    work = work_on("\n" * 60 + REPORT.splitlines()[-1])
    found = []
    for at_once in (60, 4096):
        monkeypatch.setattr(context, "_AT_ONCE", at_once)
        found.append(shared_network().read(work.reading, work.spans, work.description.codes))
    assert found[0].seen.first.min() == 60
    assert (found[0].seen.states[:60] == context.ZERO).all()
    np.testing.assert_array_equal(found[0].seen.states[60:], found[1].seen.states[60:])


def test_some_candidates_are_told_as_among_all():
    found = work_on(REPORT).context
    every = found.told(np.arange(len(found.kind)))
    np.testing.assert_allclose(found.told(np.array([3, 1])), every[[3, 1]], atol=1e-4)


def test_what_stands_far_away_changes_nothing():
    near = "设备科对137件账物不符的耗材逐件说明去向，并按月张贴盘点结果。" * 3
    found = []
    for before in ("今天天气很好，大家都去散步。" * 9, "预算草案已经印发各科室讨论。" * 5):
        text = before + near + "完。"
        ((_, states),) = shared_network()._states(Reading(make_document(text)))
        found.append(states[text.index(near) + REACH : len(text)])
    np.testing.assert_array_equal(*found)


def test_running_sums_are_those_of_the_rows():
    rows = np.random.default_rng(0).integers(0, 256, (77, context.WIDTH), dtype=np.uint8)
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


def test_the_files_are_those_of_the_card():
    folder = models_dir() / "context"
    card = json.loads((folder / "model.json").read_text("utf-8"))
    for name, file in card["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == file["sha256"], name


def test_it_speaks_of_the_labels_and_characters_that_the_other_models_have():
    card = json.loads((models_dir() / "context" / "model.json").read_text("utf-8"))
    assert card["labels"] == {head: shared_judge().heads[head] for head in card["labels"]}
    assert len((models_dir() / "tagger" / "characters.txt").read_bytes().decode().split("\n")) == context.LINE_END


@pytest.mark.parametrize("damage", [{"model.onnx": b"cut"}, {"head.npz": b""}])
def test_a_damaged_model_says_what_to_do(tmp_path, damage):
    shutil.copytree(models_dir() / "context", tmp_path, dirs_exist_ok=True)
    for name, data in damage.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ModelError, match="context") as caught:
        Network(tmp_path)
    assert "build_context" in str(caught.value.hint)
