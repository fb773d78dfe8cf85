"""The fields that a person may set, and what they may hold.

In: names and values as they come from a command line, a page or a JSON line, Chinese names of fields and labels too.
Out: values in the stored form of a record, checked against the closed vocabularies.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date
from enum import StrEnum
from math import isfinite, nan
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from docintel.correcting.places import Places
from docintel.correcting.stored import NAMED, place_of, quote_key
from docintel.errors import CorrectionError
from docintel.schema import (
    FIELD_NAMES,
    RECORD_TYPES,
    Act,
    Extraction,
    Penalty,
    SanctionKind,
    chinese_name,
)
from docintel.text.citations import canonical_citation

#: What follows from other things, and is nobody's to set.
_NOT_SET = frozenset({"evidence", "grounds", "confidence", "mentions"})
#: What people may call a field besides its name.
_ALIASES = {"violations": "acts", "sanctions": "penalties", "行为": "acts", "处理": "penalties", "原文": "quote"}
_PERIODS = frozenset({"period", "date"})
_PERIOD = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(/\d{4}(-\d{2}(-\d{2})?)?)?")
_TRUE = frozenset({"true", "yes", "1", "是", "对"})
_FALSE = frozenset({"false", "no", "0", "否", "错"})
_NOTHING = frozenset({"", "null", "none"})
#: Control characters, but for tabs and line ends: nobody sees them, and they may end a text early.
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: No figure of a report is larger: a thousand million million.
_LARGEST = 1e15
#: A figure with one of these may be below zero: it tells of a change.
_SHARES = ("%", "％", "百分点")
_LISTED = re.compile(r"[,，、;；\n]")
#: The words of an act may hold a comma: 收受礼品、礼金
_ACTS = re.compile(r"[;；\n]")
_ISSUE = re.compile(r"(?:issues\s?[/:#]|#)?\s?(\d+)")


def settable(kind: str) -> tuple[str, ...]:
    """The names of the fields of a record type that a person may set."""
    names = tuple(field.name for field in fields(RECORD_TYPES[kind]) if field.name not in _NOT_SET)
    return (quote_key(kind), *names)


def read_fields(kind: str, given: Mapping[str, Any], extraction: Extraction, near: int = 0) -> dict[str, Any]:
    """Fields as they are stored.

    Args:
        extraction: the document's records as the person sees them; the issues a measure addresses are among them.
        near: where the record stands, for quotes that stand in several places.

    Raises:
        CorrectionError: there is no such field, or the value is none of it.
    """
    places, hints = Places(extraction.document), get_type_hints(RECORD_TYPES[kind])
    read: dict[str, Any] = {}
    for said, value in given.items():
        name = _name(kind, said)
        if name == quote_key(kind):
            span = places.nearest(str(value), near)
            if span is None:
                raise not_in_text(str(value), places)
            evidence = extraction.document.evidence(*span)
            read |= place_of(evidence) | {name: evidence.quote}
            if name != "quote":
                del read["quote"]
        else:
            read[name] = _Reader(kind, name, extraction, places, near).read(hints[name], value)
    if kind == "statistics" and (read.get("value") or 0) < 0:
        _check_below_zero(read, extraction, near)
    if kind == "units" and "place" in read:
        read.setdefault("adcode", _adcode(read["place"]))
    return read


def _check_below_zero(read: Mapping[str, Any], extraction: Extraction, near: int) -> None:
    """See that a figure below zero is a share that fell: nobody counts fewer than none."""
    stored = next((each.unit_of_measure for each in extraction.statistics if each.evidence.start == near), "")
    measured = read.get("unit_of_measure", stored)
    if not str(measured).endswith(_SHARES):
        raise CorrectionError(
            f"数值不能小于 0：{read['value']} {measured}。 A count is not below zero.",
            hint="只有百分比可以为负。 A percentage may be.",
        )


def _adcode(place: str | None) -> str | None:
    from docintel.extract.places.gazetteer import gazetteer  # loads the table of places

    return next((each.adcode for each in gazetteer().by_code.values() if each.full == place), None)


def complete(kind: str, read: Mapping[str, Any], quote: str) -> dict[str, Any]:
    """All fields of a record that is added, in the stored form but for its place.

    Raises:
        CorrectionError: a field that has to be said is missing.
    """
    defaults: dict[str, Any] = {quote_key(kind): quote, "confidence": 1.0}
    if kind == "units":
        defaults["canonical"] = quote
    if kind == "persons":
        defaults["anonymised"] = "某" in quote
    if kind == "references":
        defaults["canonical"] = canonical_citation(quote)
    for field in fields(RECORD_TYPES[kind]):
        if field.name in ("evidence", "grounds") or field.name in defaults:
            continue
        if field.default is not MISSING:
            defaults[field.name] = [] if field.default == () else field.default
        elif field.name not in read:
            hint = get_type_hints(RECORD_TYPES[kind])[field.name]
            raise CorrectionError(
                f"补充的 {kind} 缺少 {field.name}（{_chinese(field.name)}）。 An added record needs {field.name}.",
                hint=f"--set {field.name}=…{_allowed(hint)}",
            )
    return defaults | dict(read)


def not_in_text(quote: str, places: Places) -> CorrectionError:
    """The error for a quote that the document does not have, with what comes nearest to it."""
    like = places.most_like(quote)
    return CorrectionError(
        f"文中没有“{quote}”。 The document does not say {quote!r}.",
        hint=f"文中最接近的是 The nearest is: {like}" if like else "引文须与原文一致。 A quote must stand verbatim.",
    )


def _name(kind: str, said: str) -> str:
    allowed = settable(kind)
    name = _ALIASES.get(said.strip(), said.strip())
    name = quote_key(kind) if name in ("quote", "name", "姓名", "名称") and kind in NAMED else name
    name = next((each for each in allowed if _chinese(each) == name), name)
    if name not in allowed:
        raise CorrectionError(
            f"{kind} 没有可改的字段 {said!r}。 {said!r} is no field of {kind} that can be set.",
            hint="可改 These can be: " + ", ".join(f"{each}（{_chinese(each)}）" for each in allowed),
        )
    return name


def _chinese(name: str) -> str:
    return FIELD_NAMES.get(name, {"acts": "行为", "penalties": "处理"}.get(name, name))


def _labels(vocabulary: type[StrEnum]) -> str:
    return "、".join(f"{label}（{chinese_name(label)}）" for label in vocabulary)


def _allowed(hint: Any) -> str:
    vocabulary = _without_none(hint)
    is_closed = isinstance(vocabulary, type) and issubclass(vocabulary, StrEnum)
    return f" 可取 One of: {_labels(vocabulary)}" if is_closed else ""


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        return next(arg for arg in get_args(hint) if arg is not type(None))
    return hint


class _Reader:
    """Reads the value of one field."""

    def __init__(self, kind: str, name: str, extraction: Extraction, places: Places, near: int) -> None:
        self.kind, self.name, self.extraction, self.places, self.near = kind, name, extraction, places, near

    def read(self, hint: Any, value: Any) -> Any:
        """A value by the type of its field."""
        if get_origin(hint) is tuple:
            return self._several(get_args(hint)[0], value)
        plain = _without_none(hint)
        if value is None or (isinstance(value, str) and value.strip().lower() in _NOTHING):
            if plain is hint:
                raise self._refused(value, f"该字段不能为空。 It can't be empty.{_allowed(hint)}")
            return None
        return self._one(plain, value)

    def _one(self, plain: Any, value: Any) -> Any:
        if issubclass(plain, StrEnum):
            return self._label(plain, value)
        if plain is str:
            return self._words(str(value).strip())
        said = str(value).strip().lower()
        if plain is bool:
            if said not in _TRUE | _FALSE:
                raise self._refused(value, "写 true 或 false。 Write true or false.")
            return said in _TRUE
        return self._number(plain, value)

    def _number(self, plain: type, value: Any) -> float | int:
        try:
            number = float(str(value).strip().replace(",", "").replace("，", ""))
        except ValueError:
            number = nan
        if not isfinite(number) or (plain is int and not number.is_integer()):
            raise self._refused(value, "写阿拉伯数字，如 45 或 12.5。 Write digits, such as 45 or 12.5.")
        if not (-_LARGEST if self.name == "value" else 0) <= number <= _LARGEST:
            raise self._refused(value, f"应在 0 与 {_LARGEST:.0e} 之间。 It lies between 0 and {_LARGEST:.0e}.")
        return int(number) if number.is_integer() else number

    def _label(self, vocabulary: type[StrEnum], value: Any) -> str:
        said = str(value).strip()
        for label in vocabulary:
            if said in (str(label), chinese_name(label)):
                return str(label)
        raise self._refused(value, f"可取 One of: {_labels(vocabulary)}")

    def _words(self, said: str) -> str:
        if UNSEEN.search(said):
            raise self._refused(said, "请去掉控制字符。 Leave out control characters.")
        if self.name in _PERIODS and not _is_period(said):
            raise self._refused(said, "写作 Write YYYY, YYYY-MM, YYYY-MM-DD 或起止 or two of these: 2022-01/2022-06")
        if self.name == "adcode" and not re.fullmatch(r"\d{6}", said):
            raise self._refused(said, "六位数字（GB/T 2260）。 Six digits.")
        return said

    def _several(self, member: Any, value: Any) -> list[Any]:
        if member is Act:
            return [self._act(each) for each in _items(value, _ACTS)]
        if member is Penalty:
            return [self._penalty(each) for each in _items(value, _LISTED)]
        if self.name == "addresses":
            return [self._issue(each) for each in _items(value, _LISTED)]
        return [self._one(member, each) for each in _items(value, _LISTED)]

    def _issue(self, value: Any) -> dict[str, Any]:
        """An issue by its number, or by words and place as it is stored."""
        if isinstance(value, Mapping):
            return place_of(self.extraction.document.evidence(*self._place(str(value.get("quote", "")), value)))
        match = _ISSUE.fullmatch(str(value).strip())
        issues = self.extraction.issues
        if not match or int(match[1]) >= len(issues):
            counted = f"编号 numbers 0–{len(issues) - 1}" if issues else "没有问题记录 it has no issues"
            raise self._refused(value, f"写问题的编号，如 issues/0；该文档的问题 issues of the document: {counted}")
        return place_of(issues[int(match[1])].evidence)

    def _act(self, value: Any) -> dict[str, Any]:
        said = dict(value) if isinstance(value, Mapping) else {"quote": value}
        where = self._place(str(said.get("quote", "")), said)
        more = {name: said.get(name) for name in ("amounts", "period")}
        amounts = [self._number(float, each) for each in _items(more["amounts"], _LISTED)]
        period = more["period"] or None
        if period and not _is_period(str(period)):
            raise self._refused(period, "写作 Write YYYY-MM or YYYY-MM/YYYY-MM")
        return place_of(self.extraction.document.evidence(*where)) | {"amounts": amounts, "period": period}

    def _penalty(self, value: Any) -> dict[str, Any]:
        from docintel.extract.cases.sanctions import split_sanctions  # loads word lists

        said = dict(value) if isinstance(value, Mapping) else {"name": value}
        name = str(said.get("name") or said.get("quote") or "").strip()
        where = self._place(str(said.get("quote") or name), said)
        known = next((each for each in split_sanctions(name) if each.text == name), None)
        kind = said.get("kind") or (known.kind if known else SanctionKind.OTHER)
        months = said.get("months") if "months" in said else known and known.months
        fine = said.get("fine") if "fine" in said else known and known.fine
        return place_of(self.extraction.document.evidence(*where)) | {
            "name": name,
            "kind": self._label(SanctionKind, kind),
            "months": None if months is None else self._number(int, months),
            "fine": None if fine is None else self._number(float, fine),
        }

    def _place(self, quote: str, said: Mapping[str, Any]) -> tuple[int, int]:
        start = said.get("start", self.near)
        if not isinstance(start, int):
            raise self._refused(start, "start 是字符位置，为整数。 start is a place in the text, a whole number.")
        span = self.places.nearest(quote, start)
        if span is None:
            raise not_in_text(quote, self.places)
        return span

    def _refused(self, value: Any, hint: str) -> CorrectionError:
        return CorrectionError(
            f"{self.kind} 的 {self.name}（{_chinese(self.name)}）不能是 {value!r}。"
            f" {value!r} is no {self.name} of {self.kind}.",
            hint=hint,
        )


def _items(value: Any, separator: re.Pattern[str]) -> list[Any]:
    """The members of a list: of a JSON list, of words with separators, of nothing."""
    if value is None:
        return []
    if isinstance(value, str):
        if value.strip().startswith("["):
            return _items(_json_list(value), separator)
        return [each.strip() for each in separator.split(value) if each.strip()]
    return list(value) if isinstance(value, list | tuple) else [value]


def _json_list(value: str) -> list[Any]:
    try:
        return list(json.loads(value))
    except (ValueError, TypeError) as exc:
        raise CorrectionError(f"不是 JSON 列表 No JSON list: {value}") from exc


def _is_period(said: str) -> bool:
    if not _PERIOD.fullmatch(said):
        return False
    first, _, last = said.partition("/")
    try:
        days = [date.fromisoformat(f"{each}-01-01"[:10]) for each in (first, last or first)]
    except ValueError:
        return False
    return days[0] <= days[1]


__all__ = ["UNSEEN", "complete", "not_in_text", "read_fields", "settable"]
