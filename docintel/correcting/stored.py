"""Records in a form that outlives the text they were read from: every part by its words and place, links by words.

In: records of an extraction, or that form. Out: the form, or records cut anew from a document in which the words stand
somewhere. The form is that of `schema.serial`, but `mentions` and `addresses` hold `{start, end, quote}` each.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from docintel.correcting.places import Places, Span
from docintel.schema import Evidence, Extraction, Record
from docintel.schema.serial import record_from_dict, record_to_dict

#: Record types that are known by the name they have, not by the place of one quote.
NAMED = frozenset({"units", "persons"})
#: Fields whose members have words and places of their own.
_PARTS = ("acts", "penalties")
_Stored = dict[str, Any]


def quote_key(kind: str) -> str:
    """Under which name the form of a record type has its words."""
    return "name" if kind in NAMED else "quote"


def place_of(evidence: Evidence) -> _Stored:
    """A quote by its words and place."""
    return {"start": evidence.start, "end": evidence.end, "quote": evidence.quote}


def to_stored(record: Record, addressed: Sequence[Record] = ()) -> _Stored:
    """A record in the form.

    Args:
        addressed: the issues that a measure addresses.
    """
    data = record_to_dict(record)
    if "mentions" in data:
        data["mentions"] = [place_of(mention) for mention in getattr(record, "mentions", ())]
    if "addresses" in data:
        data["addresses"] = [place_of(issue.evidence) for issue in addressed]
    return data


def stored_at(extraction: Extraction, kind: str, ordinal: int) -> _Stored:
    """A record of an extraction in the form."""
    record = extraction.records(kind)[ordinal]
    return to_stored(record, [extraction.issues[i] for i in getattr(record, "addresses", ())])


def from_stored(kind: str, data: Mapping[str, Any], places: Places) -> Record | None:
    """Read a record back, without its links; None where its words stand nowhere in the document.

    Parts whose words are gone are left out. A name that is now elsewhere has all its mentions anew.
    """
    span = places.again(data, quote_key(kind))
    if span is None:
        return None
    read: _Stored = {**data, "start": span[0], "end": span[1]}
    for name in _PARTS:
        if name in data:
            read[name] = [part | _placed(where) for part in data[name] if (where := places.again(part))]
    if kind in NAMED:
        read["mentions"] = _mentions(data, span, places)
    if "addresses" in data:
        read["addresses"] = []
    return record_from_dict(kind, read, places.document)


def _placed(span: Span) -> _Stored:
    return {"start": span[0], "end": span[1]}


def _mentions(data: Mapping[str, Any], first: Span, places: Places) -> list[list[int]]:
    """Where a name is mentioned: as it was seen, and wherever its own words stand if nobody said or the text moved."""
    known = data.get("mentions") or ()
    spans = {first} | {span for each in known if (span := places.again(each))}
    if not known or first[0] != data["start"]:
        spans.update(span for span in places.all(data["name"]) if not any(_meet(span, other) for other in spans))
    return [list(span) for span in sorted(spans)]


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
