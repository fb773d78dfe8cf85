"""Adapt a judge to annotated documents, and try what that gains on documents it was not adapted to.

In: a judge and annotated documents. Out: for each question it answers what to add to its weights, and how well it
answers on documents held back, before and after. Each question stands by itself: one may gain where another does not.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low

import numpy as np
from scipy import sparse
from scipy.special import expit

from docintel.evaluation.extraction import Score
from docintel.extract.work.judging import KINDS, Judge
from docintel.learning.adapting import Doubles, Lesson, Shift, adapt, joined, log_loss, shifted
from docintel.learning.annotated import Annotated, folds, quotes, score
from docintel.learning.heads import LABELS, Heads, matrix, scales

#: What is judged: which candidates are issues, which measures, and the labels of each.
QUESTIONS = (*KINDS, *LABELS)
#: The parts that documents are dealt into: each is held back once.
FOLDS = 5
#: With more documents than these one part alone is held back: the figures are firm enough, and time counts.
MANY = 60
#: A question with fewer documents that speak of it, or fewer records in them, is left as it is.
FEWEST_DOCUMENTS, FEWEST_RECORDS = 10, 20
#: How much a document counts that the judge was first fitted on, beside one that people corrected here; what is best on
#: documents held back is taken.
SHARES = (3.0, 1.0, 0.3)
#: How much a candidate counts that nobody judged: it is to stay as likely as it was, so that learning from mistakes
#: alone does not make everything a mistake (Li & Hoiem, "Learning without Forgetting", ECCV 2016).
KEPT = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What adapting gains on one question, and what it adds.

    Attributes:
        question: one of `QUESTIONS`.
        documents: how many speak of it.
        before: on documents held back, by the judge as it is; of labels the hits are right ones.
        after: by one adapted to the others.
        share: of `SHARES`, which was best.
        shift: what is added.
    """

    question: str
    documents: int
    before: Score
    after: Score
    share: float
    shift: Shift

    @property
    def is_better(self) -> bool:
        """Whether the adapted judge is better on documents held back."""
        return self.after.f1 > self.before.f1


def lessons_of(question: str, documents: Sequence[Annotated], judge: Judge) -> dict[str, Lesson]:
    """What each document teaches of a question, by its name; documents that say nothing are left out."""
    made = _of_kind if question in KINDS else _of_labels
    scale = sparse.diags(scales(judge.vocabulary, question).astype(np.float64))
    found = {}
    for document in documents:
        if lesson := made(question, document, judge):
            found[document.name] = lesson._replace(rows=(lesson.rows @ scale).tocsr())
    return found


def _of_kind(kind: str, document: Annotated, judge: Judge) -> Lesson | None:
    right, weight = document.teaching(kind)
    if not weight.any():
        return None
    rows = matrix(judge.vocabulary, document, range(len(right)))
    every = Heads.of(judge).scores("kind", rows) + document.work.context.kind
    log_odds = every[:, [KINDS.index(kind)]].astype(np.float64)
    asked = weight > 0
    targets = np.where(asked, right, expit(log_odds[:, 0]))
    return Lesson(rows, targets[:, None], np.where(asked, weight, KEPT), log_odds)


def _of_labels(head: str, document: Annotated, judge: Judge) -> Lesson | None:
    truths = _truths(head, document)
    if not truths:
        return None
    rows = matrix(judge.vocabulary, document, truths, head)
    targets = np.array([[truth == label for label in judge.heads[head]] for truth in truths.values()], dtype=np.float64)
    context = document.work.context
    added = context.labels(head, context.told(np.array([*truths], dtype=np.intp)), document.work.opinions(head, truths))
    scores = (Heads.of(judge).scores(head, rows) + added).astype(np.float64)
    return Lesson(rows, targets, np.ones(len(truths)), scores)


def _truths(head: str, document: Annotated) -> dict[int, str]:
    """The label of each candidate that is a record."""
    kind, name = head.split(".")
    return {n: record[name] for n, record in document.agreement[kind].whose.items()}


def records_of(question: str, document: Annotated) -> int:
    """How many records people looked at for a question."""
    kind = question.partition(".")[0]
    if question in KINDS:
        return len(document.gold[kind]) + len(document.rejected[kind])
    return len(document.agreement[kind].whose)


def outcome_of(question: str, documents: Sequence[Annotated], judge: Judge) -> Outcome | None:
    """Adapt a judge on one question; None where people have looked at too little.

    Each part of the documents is answered by a judge that saw the others only, its share chosen among those others.
    """
    lessons = lessons_of(question, documents, judge)
    taught = [document for document in documents if document.name in lessons]
    if len(taught) < FEWEST_DOCUMENTS or sum(records_of(question, one) for one in taught) < FEWEST_RECORDS:
        return None
    trial = _Trial(folds(taught, FOLDS), lessons, judge.card["documents"])
    before = after = Score()
    shares = []
    for part in range(FOLDS if len(taught) <= MANY else 1):
        shares.append(trial.best_share(part))
        shift = trial.fitted({part}, shares[-1])
        for document in trial.parts[part]:
            lesson = lessons[document.name]
            before += _score(question, document, judge, lesson.log_odds)
            after += _score(question, document, judge, shifted(lesson, shift))
    share = median_low(shares)
    return Outcome(question, len(taught), before, after, share, trial.fitted((), share))


class _Trial:
    """Adapting to some parts of the documents while others are held back."""

    def __init__(self, parts: Sequence[Sequence[Annotated]], lessons: Mapping[str, Lesson], before: int) -> None:
        """`before` is the number of documents that the judge was first fitted on."""
        self.parts, self._before = parts, before
        self._lessons = [joined([lessons[document.name] for document in part]) for part in parts]

    def fitted(self, held_back: Collection[int], share: float) -> Shift:
        """What is added by all parts but those held back."""
        rest = [n for n in range(len(self.parts)) if n not in held_back]
        documents = sum(len(self.parts[n]) for n in rest)
        return adapt(joined([self._lessons[n] for n in rest]), share * self._before / documents)

    def best_share(self, held_back: int) -> float:
        """The share that is best on the next part; the one held back has no say."""
        part = (held_back + 1) % len(self.parts)
        lesson = self._lessons[part]

        def loss(share: float) -> float:
            return log_loss(lesson, shifted(lesson, self.fitted({held_back, part}, share)))

        return min(SHARES, key=loss)


def _score(question: str, document: Annotated, judge: Judge, log_odds: Doubles) -> Score:
    """How well a document is answered by the log-odds of its samples."""
    if question in KINDS:
        return score(document, question, quotes(document, log_odds[:, 0], judge.thresholds[question]))
    labels, truths = judge.heads[question], _truths(question, document).values()
    right = sum(labels[n] == truth for n, truth in zip(log_odds.argmax(axis=1).tolist(), truths, strict=True))
    return Score(right, len(truths), len(truths))


def adapted(judge: Judge, outcomes: Iterable[Outcome]) -> Heads:
    """The weights of a judge with what outcomes add to them."""
    heads = Heads.of(judge)
    for outcome in outcomes:
        is_kind = outcome.question in KINDS
        head = "kind" if is_kind else outcome.question
        columns = [KINDS.index(outcome.question)] if is_kind else slice(None)
        scale = scales(judge.vocabulary, head)[:, None]
        heads.weights[head], heads.biases[head] = heads.weights[head].copy(), heads.biases[head].copy()
        heads.weights[head][:, columns] += outcome.shift.weights * scale
        heads.biases[head][columns] += outcome.shift.biases
    return heads
