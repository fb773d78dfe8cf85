"""How sure it is that two statements are about one problem.

In: statements of two sides, and how near their meanings are. Out: a probability for each pair. Words count by how rare
they are among the statements at hand, so that 管理 and 不到位 tie nothing together.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from docintel.chain.statements import Statement
from docintel.index.words import terms
from docintel.text.normalize import fold

Matrix = NDArray[np.float64]
#: How near the meanings of texts of two sides are, each to each: (n, m), 0 to 1.
Nearness = Callable[[Sequence[str], Sequence[str]], Matrix]

#: What a pair is judged by, in the order of the weights; then by how much it leads the next best of its row, and of its
#: column, in meaning and words together.
FEATURES = ("meaning", "title_words", "all_words", "figures", "section", "category", "numbering")
LEADS = ("leads_row", "leads_column")
_WEIGHTS = np.array([2.0, 0.5, 2.5, 0.8, 0.8, 1.0, 0.3, 5.5, 1.8])
_BIAS = -3.7
#: Of a kind of problem, whoever has it and whenever.
_KIND_WEIGHTS = np.array([6.0, 1.0, 4.5, 0.0, 0.0, 0.9, 0.0])
_KIND_BIAS = -5.4
#: By how much one can lead the next best: more says nothing more.
_LEAD = 0.5
#: 41批次, 763万元, 2.6万元: a figure with its measure word; years, and numbers below ten, are shared by chance.
_FIGURE = re.compile(r"(?:\d{2,}(?:\.\d+)?|\d\.\d+|\d(?=[万亿]))[万亿]?(?!\d)(?![年月日号%]|\.\d)")


def features(one: Sequence[Statement], other: Sequence[Statement], nearness: Nearness) -> Matrix:
    """What each pair is judged by: (n, m, features).

    Args:
        one: problems of a feedback.
        other: what a report tells, or problems of another document.
    """
    shape = len(one), len(other)
    if not all(shape):
        return np.zeros((*shape, len(FEATURES)))
    titles = [each.evidence.quote for each in other]
    told = [[each.whole.replace("\n", "，") for each in side] for side in (one, other)]
    weigh = _Weights([*told[0], *told[1]])
    meaning = nearness(told[0], [*titles, *told[1]])
    out = np.empty((*shape, len(FEATURES)))
    out[..., 0] = np.maximum(meaning[:, : shape[1]], meaning[:, shape[1] :])
    bags = [[Counter(terms(text)) for text in texts] for texts in (*told, titles)]
    sections = [[Counter(terms(each.section.quote if each.section else "")) for each in side] for side in (one, other)]
    figures = [[frozenset(_FIGURE.findall(fold(each.whole))) for each in side] for side in (one, other)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            out[i, j, 1:] = (
                weigh.dice(bags[0][i], bags[2][j]),
                max(weigh.contained(bags[0][i], bags[1][j]), weigh.contained(bags[2][j], bags[0][i])),
                min(2, len(figures[0][i] & figures[1][j])),
                weigh.dice(sections[0][i], sections[1][j]),
                a.category is not None and a.category == b.category,
                bool(a.numbering) and a.numbering == b.numbering,
            )
    return out


def with_leads(found: Matrix) -> Matrix:
    """The features with `LEADS` behind them."""
    strength = found[..., 0] + found[..., 2]
    return np.concatenate([found, np.stack([_leads(strength), _leads(strength.T).T], axis=-1)], axis=-1)


def _leads(strength: Matrix) -> Matrix:
    """By how much each is stronger than the strongest other of its row; negative where another is."""
    if not strength.size:
        return strength
    best = strength.max(axis=1, keepdims=True)
    second = np.sort(strength, axis=1)[:, -2:-1] if strength.shape[1] > 1 else np.zeros_like(best)
    return np.asarray((strength - np.where(strength == best, second, best)).clip(-_LEAD, _LEAD))


def probabilities(found: Matrix) -> Matrix:
    """Features to probabilities that two are about one problem, given that they are the only ones there are.

    A logistic regression; `scripts/evaluate_chain.py --fit` prints its weights.
    """
    return np.asarray(1 / (1 + np.exp(-(with_leads(found) @ _WEIGHTS + _BIAS))))


def same_problem(found: Matrix) -> Matrix:
    """Features to probabilities that two are one kind of problem, each pair by itself: figures and headings differ."""
    return np.asarray(1 / (1 + np.exp(-(found @ _KIND_WEIGHTS + _KIND_BIAS))))


class _Weights:
    """Terms weighed by how rare they are among some texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        among = Counter(term for text in texts for term in set(terms(text)))
        self._weights = {term: log((len(texts) + 1) / count) for term, count in among.items()}

    def _sum(self, bag: Counter[str]) -> float:
        return sum(self._weights.get(term, 0.0) * count for term, count in bag.items())

    def dice(self, one: Counter[str], other: Counter[str]) -> float:
        total = self._sum(one) + self._sum(other)
        return 2 * self._sum(one & other) / total if total else 0.0

    def contained(self, one: Counter[str], other: Counter[str]) -> float:
        """How much of the one is in the other."""
        total = self._sum(one)
        return self._sum(one & other) / total if total else 0.0
