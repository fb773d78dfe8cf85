"""An entry of the audit log in the words of whoever reads it.

In: an entry, whose names and values are those of the program; a language. Out: names with values, as people say them.
What was written by an earlier version, or is nobody's word but a document's, stays as it is.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from docintel.schema import RECORD_NAMES, DocType, Metric
from docintel.web.audit import Entry
from docintel.web.words import Words, catalogue

#: Details that hold the query of an address: each of its parameters is one of its own.
_ADDRESSES = ("query", "asked", "saved_search")


def target(entry: Entry, words: Words) -> str:
    """What an entry was done to: a page by its name, anything else as it was noted."""
    return _known(words, f"audit_target.{entry.target}") or entry.target


def details(entry: Entry, words: Words) -> list[tuple[str, str]]:
    """What else an entry says: names with values, in the order they were noted."""
    return [(_name(words, name), value) for name, value in _told(entry.detail, words)]


def _told(detail: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str]]:
    for name, value in detail.items():
        if name in _ADDRESSES and "=" in str(value):
            yield from ((each, _value(words, each, said)) for each, said in parse_qsl(str(value)))
        elif isinstance(value, Mapping):  # the fields of a record that were corrected
            yield from ((words.field(str(each)), str(said)) for each, said in value.items())
        else:
            yield name, _value(words, name, value)


def _name(words: Words, name: str) -> str:
    return _known(words, f"audit_detail.{name}") or name


def _value(words: Words, name: str, value: Any) -> str:
    if name == "record":
        return _record(words, str(value))
    if name == "type" and value in set(map(str, DocType)):
        return words.doc_type(value)
    if name == "metric" and value in set(map(str, Metric)):
        return words.label(Metric(value))
    if name == "category":
        return words.category(str(value))
    return _known(words, f"audit_value.{name}_{value}".lower()) or str(value)


def _record(words: Words, place: str) -> str:
    """A record by its type and number: `measures/0` → 措施 1."""
    kind, _, number = place.partition("/")
    return f"{words.records(kind)} {int(number) + 1}" if kind in RECORD_NAMES and number.isdigit() else place


def _known(words: Words, key: str) -> str:
    texts = catalogue().get(key)
    return texts[words.language] if texts else ""
