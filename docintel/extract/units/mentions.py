"""A unit as a text names it at one place.

In: nothing. Out: what the finders of units pass on: `Head`, `UnitMention`, and what was `Found` so far.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from docintel.extract.places.gazetteer import Place
from docintel.extract.units.names import Named
from docintel.schema import UnitKind

#: How many mentions back a word may refer.
_REACH = 1000


@dataclass(frozen=True, slots=True)
class UnitMention:
    """A unit as named at one place in the text.

    Attributes:
        canonical: its full official name.
        place: the place it belongs to; None where the text does not let one know.
        rule: how the name was found: `national`, `tagger`, `list`, …
        full: how its full name was told: `gazetteer`, `document-place`, `alias`, `written`, …
        by: the words that told the full name; None where its own words did.
    """

    start: int
    end: int
    canonical: str
    kind: UnitKind
    place: Place | None = None
    rule: str = "ledger"
    full: str = "written"
    by: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """Where a unit's name starts, the place it begins with, and the name.

    Attributes:
        prefix: what the full name begins with; empty where no place is named.
        rule, full, by: as of a `UnitMention`.
    """

    start: int
    prefix: str
    named: Named
    place: Place | None = None
    rule: str = "tagger"
    full: str = "written"
    by: tuple[int, int] | None = None


def outermost(mentions: Sequence[UnitMention]) -> list[UnitMention]:
    """The mentions that stand in no other: of a department, not its institution again."""
    kept: list[UnitMention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


class Found:
    """The mentions so far, in the order in which they were read.

    Attributes:
        other_names: further names of units in brackets behind them.
    """

    def __init__(self) -> None:
        self.mentions: list[UnitMention] = []
        self.other_names: dict[str, UnitMention] = {}

    def add(self, mention: UnitMention) -> None:
        """Take note of a mention."""
        self.mentions.append(mention)

    def last(self, fits: Callable[[UnitMention], bool]) -> UnitMention | None:
        """The institution named last that fits, not a department that was named with it."""
        mentions = self.mentions
        reach = range(len(mentions) - 1, max(-1, len(mentions) - 1 - _REACH), -1)
        last = next((i for i in reach if fits(mentions[i])), None)
        if last is None:
            return None
        first = last
        while first > 0 and mentions[first - 1].start == mentions[last].start:
            first -= 1
        return next(mention for mention in mentions[first : last + 1] if fits(mention))
