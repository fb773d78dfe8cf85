"""Responsible organisations: every mention with the full official name, and one record an organisation.

In: a `Reading` and the place the document is about. Out: `UnitMention`s in text order, and `Unit` records.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from docintel.extract.language.reading import Reading
from docintel.extract.places.gazetteer import Place
from docintel.extract.units.aliases import merge_aliases
from docintel.extract.units.finder import Finder
from docintel.extract.units.mentions import UnitMention, outermost
from docintel.schema import Ground, Unit

_TITLE = re.compile(r"《[^《》\n]{2,80}》")

__all__ = ["UnitMention", "collect_units", "find_unit_mentions", "outermost"]


def find_unit_mentions(reading: Reading, place: Place | None) -> tuple[UnitMention, ...]:
    """Every mention of a unit in the content, in text order.

    A department's institution is a mention with the same start and a smaller end; of mentions with one start the
    longest comes first.
    """
    found = Finder(reading, place).find()
    content = _outside_titles(reading, [mention for mention in found if reading.sentence_at(mention.start)])
    full = merge_aliases([(mention.canonical, mention.kind) for mention in content])
    first = {mention.canonical: mention for mention in reversed(content)}
    named = [_merged(mention, full[mention.canonical], first) for mention in content]
    return tuple(sorted(named, key=lambda mention: (mention.start, -mention.end)))


def _outside_titles(reading: Reading, mentions: Sequence[UnitMention]) -> list[UnitMention]:
    """The mentions without those units that stand in titles of documents only: 《青岚市财政局差旅管理办法》."""
    titles = [match.span() for match in _TITLE.finditer(reading.folded)]
    starts = [start for start, _ in titles]

    def is_told(mention: UnitMention) -> bool:
        i = bisect_right(starts, mention.start) - 1
        return i < 0 or mention.start >= titles[i][1]

    told = {mention.canonical for mention in mentions if is_told(mention)}
    return [mention for mention in mentions if mention.canonical in told]


def _merged(mention: UnitMention, canonical: str, first: dict[str, UnitMention]) -> UnitMention:
    """A mention under the fullest name that the document has for the unit."""
    if canonical == mention.canonical:
        return mention
    source = first.get(canonical)
    by = (source.start, source.end) if source else None
    place = (source and source.place) or mention.place
    return replace(mention, canonical=canonical, place=place, full="alias", by=by)


def collect_units(reading: Reading, mentions: Sequence[UnitMention]) -> tuple[Unit, ...]:
    """One record a canonical unit, in the order of first mentions."""
    by_name: dict[str, list[UnitMention]] = {}
    for mention in mentions:
        by_name.setdefault(mention.canonical, []).append(mention)
    return tuple(_record(reading, group) for group in by_name.values())


def _record(reading: Reading, group: Sequence[UnitMention]) -> Unit:
    first = group[0]
    quotes = tuple(reading.document.evidence(mention.start, mention.end) for mention in group)
    place = next((mention.place for mention in group if mention.place), None)
    words = reading.document.evidence(*first.by) if first.by else quotes[0]
    return Unit(
        evidence=quotes[0],
        canonical=first.canonical,
        kind=first.kind,
        place=place.full if place else None,
        adcode=(place.adcode or None) if place else None,
        mentions=quotes,
        grounds=(
            Ground("", f"unit-name/{first.rule}", quotes[0]),
            Ground("canonical", f"unit-full/{first.full}", words),
        ),
    )
