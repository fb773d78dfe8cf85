"""What the problems of a library are about: clusters of issues with names, and which measures go with which issues.

In: data frames of issues and measures, and the vectors of the issues. Out: data frames whose columns and types are
always the same.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from docintel.errors import QueryError
from docintel.schema import IssueCategory, MeasureCategory

if TYPE_CHECKING:
    from numpy.typing import NDArray

Words = Callable[[str], list[str]]

_TOPICS = {
    "topic": "int64", "label": "object", "words": "object", "issues": "int64", "documents": "int64",
    "category": "object", "example": "object", "document": "object", "source": "object",
}  # fmt: skip
_ISSUES = {
    "topic": "int64", "label": "object", "quote": "object", "category": "object", "document": "object",
    "source": "object", "ordinal": "int64", "likeness": "float64",
}  # fmt: skip
_SEED = 17
_MOST = 50
_LABEL = 3  # words in a label
_NAMED = 10  # words kept of a topic
_TRIES = 5
#: Words that stand in problems of every kind and name none.
_EMPTY = frozenset((
    "没有", "一些", "有的", "有人", "个别", "部分", "少数", "多数", "这些", "那些", "多少", "什么", "怎么", "一个",
    "一份", "一次", "两个", "自己", "他们", "我们", "其他", "有关", "问题", "存在", "情况", "进行", "以及", "或者",
    "不是", "就是", "还是", "只是", "未经", "万元", "长期", "多次", "仍然", "及时",
))  # fmt: skip


def issue_topics(
    issues: pd.DataFrame, vectors: "NDArray[np.float32]", words: Words, *, count: int | None = None
) -> pd.DataFrame:
    """The topic of each issue; larger topics first, and in each those nearest to its middle first.

    Topics are clusters of spherical k-means, from a fixed seed. Their labels are the words that weigh most by
    class-based TF-IDF (Grootendorst 2022, BERTopic), in which all issues of a topic are one text.

    Args:
        issues: a row an issue, with `quote`, `category`, `document`, `source` and `ordinal`.
        vectors: (n, dim) float32, rows unit length, in the order of `issues`.
        words: cuts a quote into words.
        count: how many topics; the root of half the number of issues when None, at most 50.

    Returns:
        `topic`, its number from 0; `label`; of the issue `quote`, `category`, `document`, `source`, `ordinal`; and
        `likeness`, its cosine to the middle of the topic.

    Raises:
        QueryError: `count` is not at least 1.
    """
    if count is not None and count < 1:
        raise QueryError(f"主题数须为正数，而不是 {count}。 The number of topics must be positive, not {count}.")
    if issues.empty:
        return pd.DataFrame(columns=list(_ISSUES)).astype(_ISSUES)
    wanted = count or min(_MOST, max(1, round((len(issues) / 2) ** 0.5)))
    clusters, likeness = _clusters(vectors, min(wanted, len(issues)))
    sizes = Counter(clusters)
    numbers = {cluster: number for number, cluster in enumerate(sorted(sizes, key=lambda it: (-sizes[it], it)))}
    topics = [numbers[cluster] for cluster in clusters]
    named = _weighed([words(quote) for quote in issues["quote"]], topics)
    table = issues.assign(topic=topics, label=["、".join(named[topic][:_LABEL]) for topic in topics], likeness=likeness)
    ordered = table.sort_values(["topic", "likeness"], ascending=[True, False], kind="stable", ignore_index=True)
    return ordered[list(_ISSUES)].astype(_ISSUES)


def topics(issues: pd.DataFrame, words: Words) -> pd.DataFrame:
    """A row a topic, larger ones first.

    Args:
        issues: of `issue_topics`.
        words: cuts a quote into words.

    Returns:
        `topic`, `label`, `words` (ten at most, the weightiest first, joined by 、), how many `issues` in how many
        `documents`, the `category` that most of them have; and the `example` nearest to the middle, with its
        `document` and `source`.
    """
    named = _weighed([words(quote) for quote in issues["quote"]], list(issues["topic"]))
    rows = [
        {
            "topic": own["topic"].iloc[0],
            "label": own["label"].iloc[0],
            "words": "、".join(named[own["topic"].iloc[0]]),
            "issues": len(own),
            "documents": own["document"].nunique(),
            "category": own["category"].mode().iloc[0],
            "example": own["quote"].iloc[0],
            "document": own["document"].iloc[0],
            "source": own["source"].iloc[0],
        }
        for _, own in issues.groupby("topic")
    ]
    return pd.DataFrame(rows, columns=list(_TOPICS)).astype(_TOPICS)


def _clusters(vectors: "NDArray[np.float32]", count: int) -> "tuple[list[int], NDArray[np.float32]]":
    """The cluster of each vector, and its cosine to the middle of that."""
    import faiss

    means = faiss.Kmeans(
        vectors.shape[1], count, spherical=True, seed=_SEED, nredo=_TRIES, niter=25, min_points_per_centroid=1
    )
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    means.train(rows)
    centroids = np.asarray(means.centroids)
    middles = centroids / np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-12)
    likeness = rows @ middles.T
    nearest = likeness.argmax(axis=1)
    return [int(each) for each in nearest], likeness[np.arange(len(rows)), nearest]


def _weighed(texts: Sequence[list[str]], topics: Sequence[int]) -> dict[int, list[str]]:
    """Words of each topic by tf · log(1 + A / f): A is the mean number of words a topic, f a word's in all of them."""
    counts: dict[int, Counter[str]] = {topic: Counter() for topic in topics}
    for words, topic in zip(texts, topics, strict=True):
        counts[topic].update(word for word in words if len(word) > 1 and word not in _EMPTY and not word.isascii())
    everywhere: Counter[str] = Counter()
    for own in counts.values():
        everywhere.update(own)
    mean = everywhere.total() / max(1, len(counts))
    return {topic: _heaviest(own, everywhere, mean) for topic, own in counts.items()}


def _heaviest(own: Counter[str], everywhere: Counter[str], mean: float) -> list[str]:
    weights = {word: number * np.log1p(mean / everywhere[word]) for word, number in own.items()}
    return sorted(weights, key=lambda word: (-weights[word], word))[:_NAMED]


def co_occurrence(issues: pd.DataFrame, measures: pd.DataFrame, *, addressed: bool = False) -> pd.DataFrame:
    """How often categories of issues and of measures go together.

    Args:
        issues: of `Library.records("issues")`.
        measures: of `Library.records("measures")`.
        addressed: count measures that answer an issue of the category; else documents that have both.

    Returns:
        int64, a row for every category of issues and a column for every one of measures, in the order of the
        vocabularies.
    """
    pairs = _answers(issues, measures) if addressed else _together(issues, measures)
    counts = Counter(pairs)
    rows, columns = list(map(str, IssueCategory)), list(map(str, MeasureCategory))
    table = [[counts[row, column] for column in columns] for row in rows]
    return pd.DataFrame(
        table, index=pd.Index(rows, name="issue"), columns=pd.Index(columns, name="measure"), dtype="int64"
    )


def _together(issues: pd.DataFrame, measures: pd.DataFrame) -> list[tuple[str, str]]:
    of_issues, of_measures = (
        table[["document", "category"]].drop_duplicates().dropna() for table in (issues, measures)
    )
    both = of_issues.merge(of_measures, on="document", suffixes=("_issue", "_measure"))
    return list(zip(both["category_issue"], both["category_measure"], strict=True))


def _answers(issues: pd.DataFrame, measures: pd.DataFrame) -> list[tuple[str, str]]:
    category = dict(zip(zip(issues["document"], issues["ordinal"], strict=True), issues["category"], strict=True))
    told = zip(measures["document"], measures["category"], measures["addresses"], strict=True)
    return [
        (of_issue, of_measure)
        for document, of_measure, addresses in told
        for of_issue in {category[document, number] for number in addresses if (document, number) in category}
    ]
