"""Which measure answers which issue: every pair of a document judged by how the two lie and what they say.

In: a reading, its issues and measures, and the ties that the rules of `links` see. Out: for each measure the indexes of
its issues. A linear model over codes, fitted by `scripts/train_work.py`.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from docintel.extract.language.lexicon import load
from docintel.extract.language.reading import Reading
from docintel.extract.work.description import Grams, Span, heading_of
from docintel.extract.work.groups import Floats, Ints, ranges
from docintel.schema import DocType, IssueCategory, MeasureCategory, Modality, Status

_TYPES, _ISSUES, _MEASURES = list(DocType), list(IssueCategory), list(MeasureCategory)
_MODALITIES, _STATES = list(Modality), list(Status)
#: Sentences and blocks, backwards and forwards, that are told apart.
_BACK, _FORTH, _FEW = 4, 8, 3
_RANKS, _SHARES = 6, 8
_STEPS = _FEW + 2
_ABOUT = re.compile("针对|围绕|为(?:解决|防止|破解|堵)|对照|就")
_REFERS = re.compile("对此|为此|上述|这些|以上|此类|该问题|针对")
#: Tags of words that say nothing of what a text is about, and such words.
_EMPTY_TAGS = frozenset({"w", "PER", "TIME", "m", "u", "p", "c"})
_EMPTY = frozenset(load("candidates")["empty_words"])
#: Property of a pair → how many codes it has.
CODES = {
    "sentences": _BACK + _FORTH + 1,
    "order": 4,
    "blocks": 2 * _FEW + 1,
    "block and sentences": 2 * (_STEPS + 2),
    "heading": 2,
    "rank": _RANKS + 1,
    "next": 2,
    "share": _SHARES + 1,
    "share of issue": _SHARES + 1,
    "categories": len(_ISSUES) * len(_MEASURES),
    "modality": len(_MODALITIES),
    "status": len(_STATES),
    "measure and sentences": len(_MEASURES) * _STEPS,
    "type and sentences": len(_TYPES) * _STEPS,
    "about": 3,
    "refers": 2 * 4,
    "tied": 2,
    "issues": 6,
}


class Labelled(NamedTuple):
    """Spans in the text with two labels each: category and modality of issues, category and status of measures."""

    spans: Sequence[Span]
    categories: Sequence[str]
    others: Sequence[str]


def describe_pairs(
    reading: Reading,
    grams: Grams,
    doc_type: DocType,
    issues: Labelled,
    measures: Labelled,
    tied: Sequence[Sequence[int]],
) -> dict[str, Ints]:
    """For each property the codes of all pairs, as arrays that broadcast to (measures, issues).

    Args:
        grams: of the reading.
        tied: for each measure the issues that the rules tie to it.
    """
    n, m = len(issues.spans), len(measures.spans)
    starts = np.array([sentence.start for sentence in reading.sentences], dtype=np.intp)
    blocks = np.array([sentence.block for sentence in reading.sentences], dtype=np.intp)
    heading = heading_of(reading)[0]
    i_low, i_high = _bounds(issues.spans)
    m_low, m_high = (bound[:, None] for bound in _bounds(measures.spans))
    i_sentence = np.maximum(np.searchsorted(starts, i_low, "right") - 1, 0)
    m_sentence = np.maximum(np.searchsorted(starts, m_low[:, 0], "right") - 1, 0)[:, None]
    away = m_sentence - i_sentence
    apart = blocks[m_sentence] - blocks[i_sentence]
    few = np.clip(away, -1, _FEW) + 1
    inside = (m_low <= i_low) & (i_high <= m_high)
    rank = _rank(i_low, m_low)
    share, of_issue = _shares(reading, grams, issues.spans, measures.spans)
    about, refers = _words_in_front(reading, measures.spans, starts)
    is_tied = np.zeros((m, n), dtype=np.intp)
    for row, some in enumerate(tied):
        is_tied[row, list(some)] = 1
    category, kind = _numbers(issues.categories, _ISSUES), _numbers(measures.categories, _MEASURES)[:, None]
    return {
        "sentences": np.clip(away, -_BACK, _FORTH) + _BACK,
        "order": np.where(inside, 1, np.where(away == 0, np.where(i_low < m_low, 2, 3), 0)),
        "blocks": np.clip(apart, -_FEW, _FEW) + _FEW,
        "block and sentences": (apart == 0) * (_STEPS + 2) + np.clip(away, -2, 4) + 2,
        "heading": (heading[m_sentence] == heading[i_sentence]).astype(np.intp),
        "rank": rank,
        "next": (np.searchsorted(i_low, m_high, "left") == np.arange(n)).astype(np.intp),
        "share": share,
        "share of issue": of_issue,
        "categories": category * len(_MEASURES) + kind,
        "modality": _numbers(issues.others, _MODALITIES),
        "status": _numbers(measures.others, _STATES)[:, None],
        "measure and sentences": kind * _STEPS + few,
        "type and sentences": _TYPES.index(doc_type) * _STEPS + few,
        "about": about[:, None] * np.where(away == 0, 1, 2),
        "refers": refers[:, None] * 4 + np.minimum(rank, 3),
        "tied": is_tied,
        "issues": np.array(min(5, n // 5)),
    }


def _bounds(spans: Sequence[Span]) -> Ints:
    return np.array(spans, dtype=np.intp).reshape(-1, 2).T


def _numbers(labels: Sequence[str], every: Sequence[str]) -> Ints:
    return np.array([every.index(label) for label in labels], dtype=np.intp)


def _rank(issues: Ints, measures: Ints) -> Ints:
    """How many issues stand between each issue and a measure behind it, up to `_RANKS`, which means not behind."""
    order = np.argsort(np.argsort(issues, kind="stable"), kind="stable")
    before = (issues < measures).sum(axis=1, keepdims=True)
    found: Ints = np.where(order < before, np.minimum(before - 1 - order, _RANKS - 1), _RANKS)
    return found


def _shares(reading: Reading, grams: Grams, issues: Sequence[Span], measures: Sequence[Span]) -> tuple[Ints, Ints]:
    """How many of the words of each issue each measure has, rare ones counting more, and which part of them."""
    which, starts, size = _telling(reading, grams)
    ours, theirs = (_held(np.searchsorted(starts, _bounds(spans)), which, size) for spans in (issues, measures))
    sizes = np.maximum(1, ours.sum(axis=1))
    shared = np.flatnonzero(ours.any(axis=0) & theirs.any(axis=0))
    ours, theirs = ours[:, shared], theirs[:, shared]
    rarity = 1 / np.maximum(1, ours.sum(axis=0))
    # not by matrix product: BLAS would start threads for it
    share = np.einsum("mw,iw->mi", theirs, ours * rarity)
    return _level(share / 3), _level(np.einsum("mw,iw->mi", theirs, ours) / sizes)


def _telling(reading: Reading, grams: Grams) -> tuple[Ints, Ints, int]:
    """The words that say what a text is about, where they stand, and how many there are; places are told apart."""
    numbers, names = grams.numbers.copy(), [name for name in reading.names if name.label == "LOC"]
    of = dict(zip(grams.distinct, count(), strict=False))
    places = [of.setdefault(name.text, len(of)) for name in names]
    numbers[np.searchsorted(grams.starts, [name.start for name in names])] = places
    empty = np.fromiter(map(_EMPTY.__contains__, grams.distinct), np.bool_, len(grams.distinct))
    empty_tags = np.fromiter(map(_EMPTY_TAGS.__contains__, grams.tags), np.bool_, len(grams.tags))
    kept = np.flatnonzero(~empty[grams.numbers] & ~empty_tags)
    return numbers[kept], grams.starts[kept], len(of)


def _held(texts: Ints, which: Ints, words: int) -> Floats:
    """(texts, words): 1 where a text, from which word to which, has a word; `which` are the document's in order."""
    low, high = texts
    found = np.zeros((len(low), words), dtype=np.float32)
    found[np.repeat(np.arange(len(low)), high - low), which[ranges(low, high)]] = 1
    return found


def _level(values: Floats) -> Ints:
    """From 0 to `_SHARES`; what sums in 32 bits are too high by is no level."""
    found: Ints = np.ceil(_SHARES * np.minimum(values, 1) - 1e-4).astype(np.intp)
    return found


def _words_in_front(reading: Reading, measures: Sequence[Span], starts: Ints) -> tuple[Ints, Ints]:
    """Whether words before a measure say what it is about, and whether it points back to what was told."""
    opening = starts[np.maximum(np.searchsorted(starts, [low for low, _ in measures], "right") - 1, 0)].tolist()
    folded = reading.folded
    about = [bool(_ABOUT.search(folded, start, low)) for start, (low, _) in zip(opening, measures, strict=True)]
    refers = [bool(_REFERS.search(folded, start, high)) for start, (_, high) in zip(opening, measures, strict=True)]
    return np.array(about, dtype=np.intp), np.array(refers, dtype=np.intp)


class Ties:
    """The weights of pairs: of each property one a code."""

    def __init__(self, weights: npt.NDArray[np.float32], bias: float, threshold: float) -> None:
        """From the weights of all codes, one property behind another, as `columns` counts them."""
        parts = np.split(weights, np.cumsum([*CODES.values()])[:-1])
        self._weights = dict(zip(CODES, parts, strict=True))
        self._bias, self._threshold = bias, threshold

    def answered(self, codes: Mapping[str, Ints]) -> list[tuple[int, ...]]:
        """For each measure the indexes of the issues it answers."""
        scores: npt.NDArray[np.float32] = np.zeros(1, dtype=np.float32)
        for name, weights in self._weights.items():
            scores = scores + weights.take(codes[name])
        return [tuple(np.flatnonzero(row).tolist()) for row in scores + self._bias > self._threshold]


def columns(codes: Mapping[str, Ints]) -> Ints:
    """(properties, measures, issues): the numbers of the features of each pair."""
    offsets = np.cumsum([0, *CODES.values()])[:-1]
    every = np.broadcast_arrays(*(codes[name] for name in CODES))
    return np.stack([offset + code for code, offset in zip(every, offsets.tolist(), strict=True)])
