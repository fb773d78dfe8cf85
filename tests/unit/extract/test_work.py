"""Issues and measures judged in context: candidates, their description, the choice among them, and ties."""

import json
import pickle

import numpy as np
import pytest

from docintel.errors import ModelError
from docintel.extract.language.reading import Reading
from docintel.extract.pipeline import extract, read
from docintel.extract.steps import work_of
from docintel.extract.work.candidates import Candidate, Cut, candidates
from docintel.extract.work.context import Context
from docintel.extract.work.description import Description, overlaps, ranges
from docintel.extract.work.judging import Judge, choose, shared_judge
from tests.factories import make_document


def test_another_process_loads_the_judge_from_its_folder():
    assert pickle.loads(pickle.dumps(shared_judge())).folder == shared_judge().folder


def spans_of(text):
    reading = Reading(make_document(text))
    return {text[one.start : one.end] for one in candidates(reading)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "集中整治耗材进销存混乱、收受回扣等问题。",
            {"耗材进销存混乱", "收受回扣", "集中整治耗材进销存混乱、收受回扣等问题"},
        ),
        ("一是门诊退费要跑三趟。", {"门诊退费要跑三趟"}),
        ("通过翻看领料单,查明了去向。", {"通过翻看领料单,查明了去向", "查明了去向"}),
        ("督查组指出设备科账实不符。", {"设备科账实不符"}),
        ("“论证走过场、纪委监督缺位。”他说。", {"纪委监督缺位", "论证走过场"}),
        ("整治“舌尖上的浪费”。", {"舌尖上的浪费", "整治“舌尖上的浪费”"}),
    ],
)
def test_candidates_hold_what_an_annotator_would_mark(text, expected):
    assert expected <= spans_of(text)


def test_no_candidate_is_given_twice():
    reading = Reading(make_document("严禁收受红包、礼金、购物卡等问题，严禁接受宴请。"))
    found = [(one.start, one.end) for one in candidates(reading)]
    assert len(found) == len(set(found))


def test_ranges_count_from_each_low_to_each_high():
    assert ranges(np.array([3, 5, 9]), np.array([5, 5, 12])).tolist() == [3, 4, 9, 10, 11]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [((0, 10), (0, 10), 1.0), ((0, 10), (10, 20), 0.0), ((0, 10), (0, 5), 0.75), ((0, 10), (7, 17), 0.3)],
)
def test_overlap_of_two_spans(one, other, expected):
    found = overlaps(*(np.array([value]) for value in (*one, *other)))
    assert found[0] == pytest.approx(expected)


def test_the_best_selection_does_not_overlap():
    spans = [Candidate(0, 10, 0, Cut.CLAUSE, Cut.CLAUSE), Candidate(0, 5, 0, Cut.CLAUSE, Cut.PART)]
    spans += [Candidate(6, 10, 0, Cut.PART, Cut.CLAUSE), Candidate(20, 30, 1, Cut.CLAUSE, Cut.CLAUSE)]
    assert choose(spans, np.array([1.0, 0.9, 0.9, -3.0]), 0.0) == [1, 2]
    assert choose(spans, np.array([3.0, 0.1, 0.1, 1.0]), 0.0) == [0, 3]


def test_scores_are_sums_of_weights_over_features():
    text = "督查发现，二级库的盘点表三个月没有人签字。设备科对137件账物不符的耗材逐件说明去向。"
    work = work_of(read(make_document(text), until="issues"))
    judge, described = shared_judge(), work.description
    rows = judge.vocabulary.rows(work.grams)
    context = work.context
    every = judge.log_odds(rows, described, context)["issues"]
    columns, lengths = zip(*judge.vocabulary.features(rows, described, np.array([2]), {}), strict=True)
    assert len(every) == len(work.spans)
    assert sum(int(some.sum()) for some in lengths) == sum(len(some) for some in columns)
    alone = judge.log_odds(
        rows,
        Description(
            *({name: some[..., 2:3] for name, some in part.items()} for part in described[:2]), described.codes[:, 2:3]
        ),
        Context(context.weights, context.kind[2:3], context.seen.of(np.array([2])), context.told_around),
    )
    assert alone["issues"][0] == pytest.approx(every[2], abs=1e-4)


@pytest.mark.parametrize("text", ["。", "1", "没有标点的一行", "——……！？", "\t\n。\n"])
def test_texts_without_clauses_have_no_issues_or_measures_to_judge(text):
    extraction = extract(make_document(text))
    assert not extraction.issues


@pytest.mark.parametrize(
    ("text", "issue", "measure"),
    [
        ("针对耗材账物不符问题，设备科对二级库全部重新建账。", "账物不符", "重新建账"),
        (
            "检查发现，该院部分科室违规收受药企回扣。市纪委监委督促该院修订采购管理制度。",
            "收受药企回扣",
            "修订采购管理制度",
        ),
    ],
)
def test_a_problem_and_what_answers_it(text, issue, measure):
    extraction = extract(make_document(text))
    issues = [one.evidence.quote for one in extraction.issues]
    answering = [one for one in extraction.measures if measure in one.evidence.quote]
    assert any(issue in quote for quote in issues)
    assert answering
    assert any(issue in issues[i] for i in answering[0].addresses)


def test_a_damaged_model_says_what_to_do(tmp_path):
    (tmp_path / "model.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        Judge(tmp_path)
    assert "train_work.py" in str(caught.value.hint)
