"""Which record a correction means, in an extraction that may have been made anew since.

In: the items of a record type, and a correction. Out: the item, or None. A record is known by its place, else by its
name where its type has names, else by what stands at its place now; a statistic and a check by what they say as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from docintel.correcting.draft import Item
from docintel.correcting.places import Places, Span, alike, squeezed
from docintel.correcting.stored import NAMED, quote_key
from docintel.schema import Correction, CorrectionAction, Evidence
from docintel.schema.serial import record_to_dict

#: A record that covers another stretch has at least this much in common with the one that was corrected.
_ALIKE = 0.5
#: More of it is asked of one that is to go, for its neighbour must not go in its place.
_ALIKE_TO_GO = 0.7
#: Record types of which several may have the same words: these fields tell them apart.
_TOLD_APART = {"statistics": ("value",), "checks": ("relation", "against", "holds")}
#: Fields by which a record is known when its words are elsewhere.
_KNOWN_BY = {"units": ("canonical",), "cases": ("persons",), "references": ("canonical",)}


def find(items: Sequence[Item], correction: Correction, places: Places) -> Item | None:
    """The item that a correction means.

    First the one at its place, or, after the text moved, where its words stand nearest to it. Then the nearest of the
    same name (persons, units), the same persons (cases), the same identifier (references). Then the one that covers
    most of the place, if nobody has said anything of it.
    """
    seen = correction.before or correction.fields
    kind = correction.kind
    key = quote_key(kind)
    place = {key: correction.quote, "start": correction.start, "end": correction.end}
    span = places.again(place, key)
    may_be = list(_possible(items, correction, seen))
    if span and (exact := _best(kind, (item for item in may_be if item.span == span), seen)):
        return exact
    named = [item for item in may_be if _is_named(kind, item, correction.quote, seen)]
    if named:
        return min(named, key=lambda item: abs(item.span[0] - correction.start))
    least = _ALIKE_TO_GO if correction.action is CorrectionAction.REJECT else _ALIKE
    return _covering((item for item in may_be if not item.by), span, least) if span else None


def twin(items: Iterable[Item], kind: str, data: Mapping[str, Any], span: Span, least: float) -> Item | None:
    """The item that already says what an added record says."""
    near = [item for item in items if alike(item.span, span) >= least and _agrees(kind, item, data)]
    return max(near, key=lambda item: alike(item.span, span), default=None)


def _possible(items: Iterable[Item], correction: Correction, seen: Mapping[str, Any]) -> Iterator[Item]:
    """The items that say what the corrected one said, or what the person says it says."""
    said = {**seen, **correction.fields}
    for item in items:
        if _agrees(correction.kind, item, seen) or _agrees(correction.kind, item, said):
            yield item


def _agrees(kind: str, item: Item, seen: Mapping[str, Any]) -> bool:
    return all(_said(item, name) == seen.get(name) for name in _TOLD_APART.get(kind, ()))


def _said(item: Item, name: str) -> Any:
    """A field of a record as its stored form has it."""
    value = getattr(item.record, name)
    if isinstance(value, tuple):
        return [each.quote if isinstance(each, Evidence) else each for each in value]
    return value


def _best(kind: str, found: Iterable[Item], seen: Mapping[str, Any]) -> Item | None:
    """Of several at one place the one that agrees in most fields."""

    def shared(item: Item) -> int:
        data = record_to_dict(item.record)
        return sum(data.get(name) == seen.get(name) for name in data)

    return max(found, key=shared, default=None)


def _is_named(kind: str, item: Item, quote: str, seen: Mapping[str, Any]) -> bool:
    if kind in NAMED and squeezed(item.record.evidence.quote) == squeezed(quote):
        return True
    known_by = [(_said(item, name), seen.get(name)) for name in _KNOWN_BY.get(kind, ())]
    return bool(known_by) and all(said and said == expected for said, expected in known_by)


def _covering(items: Iterable[Item], span: Span, least: float) -> Item | None:
    best = max(items, key=lambda item: alike(item.span, span), default=None)
    return best if best and alike(best.span, span) >= least else None
