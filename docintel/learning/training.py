"""Train a library's own model on what people corrected in it.

In: corrected documents and the shipped judge. Out: a `Training`: how well each question is answered on documents held
back, before and after, and the model of those that are answered better.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from docintel.errors import InputError
from docintel.evaluation.extraction import Score
from docintel.extract.work.judging import KINDS, Judge
from docintel.learning.annotated import of_corrected
from docintel.learning.gold import is_looked_at
from docintel.learning.heads import Heads
from docintel.learning.trial import FEWEST_DOCUMENTS, FEWEST_RECORDS, QUESTIONS, Outcome, adapted, outcome_of
from docintel.schema import CorrectedDocument

_METHOD = "maximum a posteriori around the shipped weights (Chelba & Acero 2006; Kirkpatrick et al. 2017)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What was learned.

    Attributes:
        documents: how many were learned from.
        reviewed: how many of these people found complete.
        corrections: how many stand in them.
        newest: the number of the newest of these.
        outcomes: of each question that people looked at enough.
        adopted: the questions that the new model answers otherwise than the shipped one.
        seconds: that it took.
    """

    documents: int
    reviewed: int
    corrections: int
    newest: int
    outcomes: tuple[Outcome, ...]
    adopted: tuple[str, ...]
    seconds: float

    def heads(self, judge: Judge) -> Heads:
        """The new model's weights, from those of the judge that it adapts."""
        return adapted(judge, [outcome for outcome in self.outcomes if outcome.question in self.adopted])

    def card(self, judge: Judge) -> dict[str, Any]:
        """What the new model says of itself."""
        return {
            "title": "Issues and measures judged in context, adapted to a library",
            "version": "1",
            "thresholds": judge.thresholds,
            "documents": self.documents,
            "trained": datetime.now(UTC).isoformat(timespec="seconds"),
            "method": _METHOD,
            **self.figures(),
        }

    def figures(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "documents": self.documents,
            "reviewed": self.reviewed,
            "corrections": self.corrections,
            "newest_correction": self.newest,
            "seconds": round(self.seconds, 1),
            "adopted": list(self.adopted),
            "figures": [
                {
                    "question": outcome.question,
                    "documents": outcome.documents,
                    "before": _plain(outcome.before),
                    "after": _plain(outcome.after),
                    "share": outcome.share,
                    "adopted": outcome.question in self.adopted,
                }
                for outcome in self.outcomes
            ],
        }


def _plain(score: Score) -> dict[str, float]:
    figures = {name: round(getattr(score, name), 4) for name in ("precision", "recall", "f1")}
    return {"hits": score.hits, "found": score.predicted, "gold": score.gold, **figures}


def train(
    documents: Iterable[CorrectedDocument],
    judge: Judge,
    *,
    force: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Training:
    """Adapt a judge to corrected documents; what it answers no better on documents held back stays as it is.

    Args:
        judge: the shipped one.
        force: take what is not better, too.
        progress: called with the name of each document that is read, and of each question that is learned.

    Raises:
        InputError: people have corrected too little to learn from.
    """
    from threadpoolctl import threadpool_limits  # BLAS would start threads that cost more than they help

    began = monotonic()
    corrected = [document for document in documents if is_looked_at(document, KINDS)]
    if len(corrected) < FEWEST_DOCUMENTS:
        raise _too_few(len(corrected))
    read = []
    for document in corrected:
        progress(document.current.document.source)
        read.append(of_corrected(document))
    outcomes = []
    with threadpool_limits(1):
        for question in QUESTIONS:
            progress(question)
            if outcome := outcome_of(question, read, judge):
                outcomes.append(outcome)
    if not outcomes:
        raise InputError(
            "订正过的问题、措施记录太少，无法学习。 Too few issues and measures have been corrected to learn from.",
            hint=f"至少需要 {FEWEST_RECORDS} 条，分布在 {FEWEST_DOCUMENTS} 份文档中。"
            f" At least {FEWEST_RECORDS} records in {FEWEST_DOCUMENTS} documents are needed. {_HOW}",
        )
    standing = [each for document in corrected for each in document.corrections]
    return Training(
        documents=len(corrected),
        reviewed=sum(document.reviewed for document in corrected),
        corrections=len(standing),
        newest=max((each.id for each in standing), default=0),
        outcomes=tuple(outcomes),
        adopted=tuple(outcome.question for outcome in outcomes if force or outcome.is_better),
        seconds=monotonic() - began,
    )


_HOW = "订正或审定 Run: docintel correct DOC … | docintel correct DOC --reviewed"


def _too_few(number: int) -> InputError:
    return InputError(
        f"订正过问题、措施的文档只有 {number} 份，至少需要 {FEWEST_DOCUMENTS} 份，还差 {FEWEST_DOCUMENTS - number} 份。"
        f" Issues or measures of {number} documents have been corrected; to learn takes {FEWEST_DOCUMENTS}.",
        hint=_HOW,
    )
