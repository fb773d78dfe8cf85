"""How good a suggestion is: what speaks for it, weighed.

In: merits, each 0 to 1. Out: a score. How likely the measure is of use against the problem decides, which is learned;
how far it was carried out scales it; independent works, recency, nearness and what came of it move it by a fraction
each, so that none of them lifts a measure for another problem over one for this. These are set by hand: judges saw what
a measure says, not how often, when and where it was taken.
"""

from dataclasses import dataclass
from datetime import date
from math import log2

from docintel.schema import Effect, Merits, Status, Verdict

#: A measure that was carried out is better proof than one that was ordered.
_STATUSES = {Status.DONE: 1.0, Status.ONGOING: 0.95, Status.REQUIRED: 0.85}
#: Years after which a measure counts as half as recent.
_HALF_LIFE = 4.0
_DAYS_A_YEAR = 365.25
#: So many works are as much support as there is.
_MANY = 8
#: What is known of neither the day nor the outcome.
_UNKNOWN = 0.5
_VERDICTS = {Verdict.WORKED: 1.0, Verdict.PARTLY: 0.6, Verdict.FAILED: 0.0}


@dataclass(frozen=True, slots=True)
class Weights:
    """By how much the score moves from the least to the most of a merit."""

    support: float = 0.3
    recency: float = 0.1
    nearness: float = 0.25
    effect: float = 0.2


def score(merits: Merits, weights: Weights = Weights()) -> float:
    """The score of a suggestion, larger is better."""
    lift = (
        weights.support * merits.support
        + weights.recency * merits.recency
        + weights.nearness * merits.nearness
        + weights.effect * merits.effect
    )
    return merits.use * merits.status * (1 + lift)


def status_merit(status: Status) -> float:
    """What it is worth that a measure was carried out so far, 0 to 1."""
    return _STATUSES[status]


def support_merit(works: int) -> float:
    """What so many independent works are worth: 0 for one, 1 for eight and more, a third a doubling."""
    return min(1.0, log2(works) / log2(_MANY))


def recency_merit(published: str | None, newest: str) -> float:
    """How recent a day is beside the newest of all candidates: 1 for that, halved every four years."""
    if not published or not newest:
        return _UNKNOWN
    days = (date.fromisoformat(newest) - date.fromisoformat(published)).days
    return float(0.5 ** (max(0, days) / _DAYS_A_YEAR / _HALF_LIFE))


def effect_merit(effects: tuple[Effect, ...]) -> float:
    """What is told of the outcome: the mean of the verdicts; half where nothing is told."""
    verdicts = [_VERDICTS[effect.verdict] for effect in effects]
    return sum(verdicts) / len(verdicts) if verdicts else _UNKNOWN
