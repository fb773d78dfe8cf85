"""Which measures worked, as far as documents tell.

In: an extraction, and recurrences of the library's problems. Out: of each measure its effects.
"""

from collections import defaultdict
from collections.abc import Sequence

from docintel.chain.places import folded_text
from docintel.chain.rows import chain
from docintel.schema import Effect, EffectKind, Evidence, Extraction, Recurrence, Verdict
from docintel.text.fields import Span


def effects(extraction: Extraction, recurrences: Sequence[Recurrence] = ()) -> dict[int, tuple[Effect, ...]]:
    """What is told of the outcome of each measure, by its index; a measure of which nothing is told is left out.

    A sum belongs to the measure whose words hold it, any other figure to the measures of its sentence; where there are
    none, and what a row says of itself, to all of its row. That a measure is `done` alone says nothing of its outcome.

    Args:
        recurrences: as `recurring` finds them: a measure failed where its problem came back.
    """
    folded = folded_text(extraction)
    places = {id(measure): n for n, measure in enumerate(extraction.measures)}
    found: defaultdict[int, list[Effect]] = defaultdict(list)
    for row in chain(extraction):
        numbers = [places[id(measure)] for measure in row.measures]
        for effect in row.effects:
            for n in _whose(extraction, folded, effect, numbers):
                if effect not in found[n]:
                    found[n].append(effect)
    for n, effect in _came_back(extraction, recurrences):
        found[n].append(effect)
    return {n: tuple(told) for n, told in sorted(found.items())}


def _whose(extraction: Extraction, folded: str, effect: Effect, numbers: Sequence[int]) -> Sequence[int]:
    """The measures of a row that an effect belongs to."""
    quote = effect.quote
    quotes = {n: extraction.measures[n].evidence for n in numbers}
    paying = [n for n, each in quotes.items() if quote.start < each.end and each.start < quote.end]
    if effect.kind is EffectKind.AMOUNT and paying:  # the sum is what the measure itself brought
        return paying
    start, end = _sentence(folded, quote)
    near = [n for n, each in quotes.items() if start <= each.start < end]
    return near if near and effect.kind is not EffectKind.TOLD else numbers


def _came_back(extraction: Extraction, recurrences: Sequence[Recurrence]) -> list[tuple[int, Effect]]:
    """Measures of this document whose problem was found again, with the words of that finding."""
    told = []
    for recurrence in recurrences:
        for before, after in zip(recurrence.findings, recurrence.findings[1:], strict=False):
            for commitment in before.commitments:
                if commitment.source.document == extraction.document.id:
                    effect = Effect(
                        kind=EffectKind.RECURRENCE,
                        verdict=Verdict.FAILED,
                        quote=after.evidence,
                        document=after.source.document,
                    )
                    told.append((commitment.ordinal, effect))
    return told


def _sentence(folded: str, quote: Evidence) -> Span:
    start = max(folded.rfind(mark, 0, quote.start) for mark in "。;\n") + 1
    return start, min((at for mark in "。;\n" if (at := folded.find(mark, quote.end)) >= 0), default=len(folded))


__all__ = ["effects"]
