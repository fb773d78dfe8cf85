"""Find what is or was done about problems.

In: a `Reading`, its cases and issues. Out: the segments that are sanctions or actions, in text order, and what the
rules say of the category and the status of one.
"""

import re
from collections.abc import Callable, Sequence

from docintel.extract.language.reading import Reading, once
from docintel.extract.language.segments import Segment, blank_quotes, segments
from docintel.extract.work.categories import best_category
from docintel.extract.work.roles import Proposal, Role, pattern, roles
from docintel.schema import Case, MeasureCategory, Status

#: 同志们: and 各位领导、同志们, open a speech.
_ADDRESS = re.compile(r"(?m)^[^,:。\n]{0,12}(?:同志们|各位代表|各位委员|各位领导)[,:!]")
_OPENING = 600
_NO_WORD = re.compile(r"\W")

#: Says who acts in `text[start:end]`: canonical names, () when the text does not say.
ActorFinder = Callable[[int, int], tuple[str, ...]]


def acting_segments(reading: Reading, cases: Sequence[Case], issues: Sequence[Proposal]) -> list[tuple[Segment, Role]]:
    """Sanctions and measures in text order; a measure said again in the same words is left out."""
    every = list(segments(reading))
    seen: set[str] = set()
    kept: list[tuple[Segment, Role]] = []
    for segment, role in zip(every, roles(reading, every, cases, issues), strict=True):
        if role is Role.OTHER:
            continue
        words = _NO_WORD.sub("", reading.folded[segment.start : segment.end])
        if role is Role.MEASURE and words in seen:
            continue
        seen.add(words)
        kept.append((segment, role))
    return kept


def category_of(text: str) -> MeasureCategory:
    """What kind of action folded words name."""
    return MeasureCategory(best_category("measures", text))


def status_of(reading: Reading, segment: Segment, *, is_sanction: bool = False) -> Status:
    """How far the action has come, from its own words, then from those before it in the sentence.

    A speech orders what it does not tell as done; a sanction is done unless it is ordered or the rule.
    """
    own = blank_quotes(reading.folded[segment.start : segment.end])
    before = blank_quotes(reading.folded[segment.sentence : segment.start])
    if pattern("mood.required").search(before + own):
        return Status.REQUIRED
    if is_sanction:
        return Status.ONGOING if pattern("mood.habit").search(own) else Status.DONE
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


@once
def is_speech(reading: Reading) -> bool:
    """Whether the text addresses an audience: `同志们:`."""
    return bool(_ADDRESS.search(reading.folded[:_OPENING]))
