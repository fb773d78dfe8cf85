"""Find what is or was done about problems.

In: a `Reading`, its units, cases and issues. Out: `Measure`s in text order: sanctions and every other span whose role
is an action, each with category, status, who acts and the issues it answers.
"""

import re
from collections.abc import Iterable, Sequence

from docintel.extract.actors import acting_units
from docintel.extract.links import link_measures
from docintel.extract.reading import Reading
from docintel.extract.roles import Role, Span, best_category, blank_quotes, pattern, spans
from docintel.extract.units import UnitMention
from docintel.schema import Case, Issue, Measure, MeasureCategory, Status

#: 同志们: and 各位领导、同志们, open a speech.
_ADDRESS = re.compile(r"(?m)^[^,:。\n]{0,12}(?:同志们|各位代表|各位委员|各位领导)[,:!]")
_OPENING = 600
_MEASURE_ROLES = (Role.MEASURE, Role.SANCTION)


def find_measures(
    reading: Reading, mentions: Sequence[UnitMention], cases: Sequence[Case], issues: Sequence[Issue]
) -> tuple[Measure, ...]:
    """The measures of a document; a wording said again is one entry unless it is a sanction."""
    found = _distinct(reading, (span for span in spans(reading, cases) if span.role in _MEASURE_ROLES))
    quotes = [reading.document.evidence(span.start, span.end) for span in found]
    links = link_measures(reading, quotes, cases, issues)
    return tuple(
        Measure(
            evidence=quote,
            category=MeasureCategory.ACCOUNTABILITY if span.role is Role.SANCTION else category_of(quote.quote),
            status=Status.DONE if span.role is Role.SANCTION else status_of(reading, span),
            units=acting_units(reading, mentions, span.start, span.end),
            addresses=addresses,
        )
        for span, quote, addresses in zip(found, quotes, links, strict=True)
    )


def _distinct(reading: Reading, found: Iterable[Span]) -> list[Span]:
    seen: set[str] = set()
    kept = []
    for span in found:
        words = re.sub(r"\W", "", reading.folded[span.start : span.end])
        if span.role is not Role.SANCTION and words in seen:
            continue
        seen.add(words)
        kept.append(span)
    return kept


def category_of(text: str) -> MeasureCategory:
    """What kind of action a wording names."""
    return MeasureCategory(best_category("measures", text))


def status_of(reading: Reading, span: Span) -> Status:
    """How far the action has come, from its own words, then from those before it in the sentence.

    A speech orders what it does not tell as done.
    """
    own = blank_quotes(reading.folded[span.start : span.end])
    before = blank_quotes(reading.folded[span.before : span.start])
    if pattern("mood.required").search(before + own):
        return Status.REQUIRED
    if is_speech(reading) and not pattern("mood.told").search(own):
        return Status.REQUIRED
    for words, mood, status in (
        (own, "habit", Status.ONGOING),
        (own, "done", Status.DONE),
        (own, "single", Status.DONE),
        (own, "ongoing", Status.ONGOING),
        (before, "done", Status.DONE),
    ):
        if pattern(f"mood.{mood}").search(words):
            return status
    return Status.ONGOING


def is_speech(reading: Reading) -> bool:
    """Whether the text addresses an audience: `同志们:`."""
    return bool(_ADDRESS.search(reading.folded[:_OPENING]))
