"""The form by which a person corrects a record: a field of it for each that can be set, labels from the closed lists.

In: a record, or the type of one that is added, and what a browser sent. Out: fields to be shown, and those that a
person changed, as `Library.correct` takes them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

from docintel.correcting.fields import settable
from docintel.correcting.stored import quote_key
from docintel.schema import RECORD_TYPES, Extraction, Record, RecordChange
from docintel.schema.serial import record_to_dict
from docintel.web.words import Words

#: Fields of the form are sent under these names, so that none is mistaken for another part of the request.
PREFIX = "f."
#: What can be corrected by a form: checks follow from the statistics.
CORRECTABLE = tuple(kind for kind in RECORD_TYPES if kind != "checks")
#: Under which name the words of a person have these fields.
_NAMES = {"acts": "violations", "penalties": "sanctions"}
#: Beside a quote, and nothing to a reader.
_HIDDEN = frozenset({"start", "end", "page", "mentions", "confidence", "grounds", "adcode", "id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A field of a form.

    Attributes:
        shape: `quote`, `text`, `lines` (a value a line), `choice`, or `several` of the options.
        values: what it holds now.
        options: values and their names, of those to choose from.
        required: it has to be said.
    """

    name: str
    label: str
    shape: str
    values: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False

    @property
    def text(self) -> str:
        """Its values, a line each."""
        return "\n".join(self.values)


def form_fields(
    extraction: Extraction, kind: str, ordinal: int | None, words: Words, quote: str = ""
) -> list[FormField]:
    """The fields of a record, or of one that is added.

    Args:
        ordinal: the record's number; None for one that is added.
        quote: the words of one that is added.
    """
    record = None if ordinal is None else extraction.records(kind)[ordinal]
    hints = get_type_hints(RECORD_TYPES[kind])
    fields = []
    for name in settable(kind):
        if name == "adcode":  # follows from the place
            continue
        if name == quote_key(kind):
            if record is not None:
                quote = record.evidence.quote
            label = words.field(name)
            fields.append(FormField(name=name, label=label, shape="quote", values=(quote,), required=True))
        else:
            fields.append(_field(extraction, name, hints[name], record, words))
    return fields


def _field(extraction: Extraction, field: str, hint: Any, record: Record | None, words: Words) -> FormField:
    several, plain, optional = get_origin(hint) is tuple, _plain(hint), type(None) in get_args(hint)
    common: dict[str, Any] = {"name": field, "label": words.field(_NAMES.get(field, field))}
    common["values"] = _shown(record, field)
    if field == "addresses":
        issues = enumerate(extraction.issues)
        return FormField(**common, shape="several", options=tuple((str(i), each.evidence.quote) for i, each in issues))
    if several:
        return FormField(**common, shape="lines")
    if plain is bool:
        yes_no = (("true", words("common.yes")), ("false", words("common.no")))
        return FormField(**common | {"values": common["values"] or ("false",)}, shape="choice", options=yes_no)
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        options = tuple((str(label), words.label(label)) for label in plain)
        return FormField(**common, shape="choice", options=options, required=not optional)
    return FormField(**common, shape="text")


def changed_fields(
    extraction: Extraction, kind: str, ordinal: int | None, sent: Mapping[str, Sequence[str]], words: Words
) -> dict[str, Any]:
    """What a person changed of a record, or said of one that is added.

    Args:
        sent: what the form's fields hold, by their names in the form.
    """
    record = None if ordinal is None else extraction.records(kind)[ordinal]
    changed: dict[str, Any] = {}
    for field in form_fields(extraction, kind, ordinal, words):
        if (said := sent.get(PREFIX + field.name)) is None:
            continue
        lines = [line.strip() for text in said for line in text.splitlines() if line.strip()]
        if field.shape == "quote":
            if record is not None and lines != field.text.split("\n"):
                changed[field.name] = "\n".join(lines)
        elif record is None and not lines:
            continue
        elif lines != list(field.values):
            changed[field.name] = _said(record, field, lines)
    return changed


def _said(record: Record | None, field: FormField, lines: list[str]) -> Any:
    """A value as `correct` reads it; acts and penalties that stay keep what else is known of them."""
    if field.shape not in ("lines", "several"):
        return "\n".join(lines)
    known = record_to_dict(record).get(field.name, []) if record is not None else []
    if field.name in _NAMES:
        by_words = {_words(each): each for each in known}
        return [by_words.get(line, line) for line in lines]
    return lines


def differences(change: RecordChange, words: Words) -> Iterator[tuple[str, str, str]]:
    """The fields in which a record is another, with what they held before and hold now, as people read them."""
    before, after = change.before or {}, change.after or {}
    for name in dict.fromkeys((*before, *after)):
        if name not in _HIDDEN and before.get(name) != after.get(name):
            was, now = (readable(change.kind, name, data.get(name), words) for data in (before, after))
            if was or now:
                yield words.field(_NAMES.get(name, name)), was, now


def said(row: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str, str]]:
    """What a kept correction says of fields, with what they held before, as people read them.

    Args:
        row: a row of `Library.corrections`.
    """
    if row["action"] in ("change", "add"):
        for name, value in row["fields"].items():
            was, now = (readable(row["kind"], name, each, words) for each in ((row["before"] or {}).get(name), value))
            if name not in _HIDDEN and was != now:
                yield words.field(_NAMES.get(name, name)), was, now


def readable(kind: str, name: str, value: Any, words: Words) -> str:
    """A value of a field as people read it; of parts their words, of issues their numbers from 1."""
    if value is None or value == []:
        return ""
    if name == "addresses":
        return "、".join(str(each + 1) if isinstance(each, int) else _words(each) for each in value)
    if isinstance(value, list | tuple):
        return "；".join(_words(each) if isinstance(each, Mapping) else str(each) for each in value)
    if isinstance(value, Mapping):
        return _words(value)
    return words.value(kind, name, value)


def _shown(record: Record | None, name: str) -> tuple[str, ...]:
    """What a field of a record holds, a string each."""
    value = None if record is None else record_to_dict(record).get(name)
    if value is None or value == "":
        return ()
    if isinstance(value, list | tuple):
        return tuple(_words(each) if isinstance(each, Mapping) else _plainly(each) for each in value)
    return (_plainly(value),)


def _plainly(value: Any) -> str:
    """A value as it is written in a form, without the commas of large figures."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _words(part: Mapping[str, Any]) -> str:
    return str(part.get("name") or part.get("quote") or "")


def _plain(hint: Any) -> Any:
    arguments = [each for each in get_args(hint) if each is not type(None)]
    return arguments[0] if arguments and get_origin(hint) is not tuple else hint
