"""Near-identical measures as one suggestion, and a list that covers the kinds of measures.

In: candidates. Out: suggestions, best first.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from docintel.schema import Merits, Precedent, Suggestion
from docintel.search import letter_pairs, overlap
from docintel.suggest.scoring import score, support_merit

_SAME_WORDING = 0.6  # Dice over character pairs: one measure said twice
#: So much of the shorter one is in the longer one, both of one category: one measure, once with more words around it.
_CONTAINED = 0.85
_ENOUGH_PAIRS = 5  # shorter ones are in too many others by chance
#: Each further suggestion led by the same document, or of the same category, counts so much less.
_SAME_DOCUMENT, _SAME_CATEGORY = 0.88, 0.88
#: A suggestion that counts for so much less than the best is no answer any more.
_TAIL = 0.12
_FIGURES = re.compile(r"[\d,.，．]+(?:余|多)?(?:个|名|次|场|人次|人|份|件|项|家|条|万|亿|元)*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measure of one document on its way to be suggested.

    Attributes:
        work: what the document is a source of.
        features: what its use is told by, as `docintel.suggest.usefulness` has them.
    """

    precedent: Precedent
    merits: Merits
    work: str
    features: Mapping[str, float]

    @property
    def score(self) -> float:
        """By its own merits."""
        return self.precedent.measure.score

    @property
    def place(self) -> tuple[str, int]:
        """Document and ordinal."""
        return self.precedent.measure.document, self.precedent.measure.ordinal


def suggested(candidates: Iterable[Candidate], top_k: int) -> list[Suggestion]:
    """The suggestions that candidates come to."""
    ranked = sorted(candidates, key=lambda each: (-each.score, each.place))
    return spread(folded(ranked), top_k)


def folded(candidates: Sequence[Candidate]) -> list[Suggestion]:
    """Near-identical measures as one suggestion: its best wording first, the others as further precedents."""
    groups: list[tuple[Counter[str], list[Candidate]]] = []
    for candidate in candidates:
        pairs = _pairs(candidate)
        for first, members in groups:
            if _same(first, pairs, members[0], candidate):
                members.append(candidate)
                break
        else:
            groups.append((pairs, [candidate]))
    return [_suggestion(members) for _, members in groups]


def spread(suggestions: Sequence[Suggestion], top_k: int) -> list[Suggestion]:
    """The best `top_k`, each further one of a document or a category counting less; scores as they count.

    What counts for next to nothing beside the best is left out.
    """
    left, seen = list(suggestions), Counter[str]()
    chosen: list[Suggestion] = []

    def counted(suggestion: Suggestion) -> float:
        document = suggestion.precedents[0].measure.document
        return suggestion.score * _SAME_DOCUMENT ** seen[document] * _SAME_CATEGORY ** seen[suggestion.category]

    least = _TAIL * max((each.score for each in left), default=0.0)
    left = [each for each in left if each.score >= least]
    while left and len(chosen) < top_k:
        best = max(left, key=counted)  # the first of equals: suggestions come sorted
        chosen.append(replace(best, score=counted(best)))
        seen.update([best.precedents[0].measure.document, best.category])
        left.remove(best)
    return chosen


def _pairs(candidate: Candidate) -> Counter[str]:
    """The letters of a measure without its figures: `举办警示教育31场` and `举办警示教育X场` are one measure."""
    return letter_pairs(_FIGURES.sub("", candidate.precedent.measure.quote))


def _same(first: Counter[str], other: Counter[str], leader: Candidate, candidate: Candidate) -> bool:
    if _dice(first, other) >= _SAME_WORDING:
        return True
    alike = leader.precedent.measure.category == candidate.precedent.measure.category
    return alike and min(first.total(), other.total()) >= _ENOUGH_PAIRS and overlap(first, other) >= _CONTAINED


def _suggestion(members: Sequence[Candidate]) -> Suggestion:
    best = members[0].precedent.measure
    support = len({member.work for member in members})
    merits = replace(
        members[0].merits,
        support=support_merit(support),
        effect=max(member.merits.effect for member in members),
        recency=max(member.merits.recency for member in members),
    )
    wordings = dict.fromkeys(member.precedent.measure.quote for member in members)
    return Suggestion(
        text=best.quote,
        category=best.category or "",
        status=best.status or "",
        score=score(merits),
        support=support,
        precedents=tuple(member.precedent for member in members),
        variants=tuple(words for words in wordings if words != best.quote),
        merits=merits,
    )


def _dice(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
