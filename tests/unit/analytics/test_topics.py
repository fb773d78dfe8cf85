"""Topics of issues, and which measures go with which issues."""

import numpy as np
import pandas as pd
import pytest

from docintel.analytics import co_occurrence, issue_topics, topics
from docintel.errors import QueryError
from docintel.index.words import dictionary_words
from docintel.schema import IssueCategory, MeasureCategory

QUOTES = ["药品采购收受回扣", "药品供应商给予回扣", "食堂采购虚报食材", "食堂食材账目不清", "食堂陪餐制度流于形式"]


def issues():
    return pd.DataFrame(
        {
            "quote": QUOTES,
            "category": ["kickbacks", "kickbacks", "procurement", "finance", "finance"],
            "document": ["d1", "d2", "d1", "d1", "d3"],
            "source": ["a.txt", "b.txt", "a.txt", "a.txt", "c.txt"],
            "ordinal": [0, 0, 1, 2, 0],
        }
    )


def vectors():
    """Two directions, a little spread."""
    made = np.array([[1, 0, 0.1], [1, 0, 0], [0, 1, 0.1], [0, 1, 0], [0, 1, -0.1]], dtype=np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_topics_are_named_by_the_words_that_set_them_apart():
    of_issues = issue_topics(issues(), vectors(), dictionary_words, count=2)
    found = topics(of_issues, dictionary_words)
    assert found["issues"].tolist() == [3, 2]
    assert found["documents"].tolist() == [2, 2]
    assert found["category"].tolist() == ["finance", "kickbacks"]
    assert found["label"][0].split("、")[0] == "食堂"
    assert "回扣" in found["label"][1].split("、")[:2]
    assert "采购" not in found["label"][0]  # both topics have it
    assert found["example"][0] == "食堂食材账目不清"  # the nearest to the middle


def test_the_same_issues_give_the_same_topics():
    first, second = (issue_topics(issues(), vectors(), dictionary_words) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_more_topics_than_issues_are_not_made():
    assert issue_topics(issues(), vectors(), dictionary_words, count=40)["topic"].nunique() <= 5


def test_columns_and_types_are_the_same_of_no_issues():
    empty = issue_topics(issues().head(0), vectors()[:0], dictionary_words)
    full = issue_topics(issues(), vectors(), dictionary_words)
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert topics(empty, dictionary_words).dtypes.to_dict() == topics(full, dictionary_words).dtypes.to_dict()


def test_a_number_of_topics_must_be_positive():
    with pytest.raises(QueryError, match="主题数"):
        issue_topics(issues(), vectors(), dictionary_words, count=0)


def test_co_occurrence_counts_documents_or_answers():
    measures = pd.DataFrame(
        {
            "document": ["d1", "d1", "d2"],
            "category": ["rules", "refund", "rules"],
            "addresses": [[1, 2], [], [0]],
        }
    )
    together = co_occurrence(issues(), measures)
    assert (together.loc["kickbacks", "rules"], together.loc["finance", "rules"]) == (2, 1)
    assert together.loc["finance", "refund"] == 1
    answers = co_occurrence(issues(), measures, addressed=True)
    assert (answers.loc["kickbacks", "rules"], answers.loc["finance", "rules"]) == (1, 1)
    assert answers["refund"].sum() == 0
    for matrix in (together, answers, co_occurrence(issues().head(0), measures.head(0))):
        assert list(matrix.index) == list(map(str, IssueCategory))
        assert list(matrix.columns) == list(map(str, MeasureCategory))
        assert set(matrix.dtypes) == {np.dtype("int64")}


def test_empty_words_name_no_topic():
    told = issues().assign(quote=["没有问题存在"] * 4 + ["没有账目"])
    labels = "、".join(issue_topics(told, vectors(), dictionary_words, count=1)["label"])
    assert "账目" in labels
    assert "没有" not in labels
