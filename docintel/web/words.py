"""The words of the page, in Chinese and English, from `words.toml`; and the names of labels.

In: a key, a language. Out: text. A missing key is a defect and raises `KeyError`, and a test looks for every key that a
template uses.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from docintel.schema import (
    FIELD_NAMES,
    RECORD_NAMES,
    DocType,
    HitKind,
    IssueCategory,
    MeasureCategory,
    Metric,
    Modality,
    ReferenceKind,
    Relation,
    Status,
    UnitKind,
    chinese_name,
)

CHINESE, ENGLISH = "zh", "en"
LANGUAGES = (CHINESE, ENGLISH)
COOKIE = "lang"
#: Of the fields of records, those whose values are labels; `kind` and `category` have one vocabulary a record type.
_VOCABULARIES: dict[tuple[str, str], type[StrEnum]] = {
    ("statistics", "metric"): Metric,
    ("issues", "category"): IssueCategory,
    ("issues", "modality"): Modality,
    ("measures", "category"): MeasureCategory,
    ("measures", "status"): Status,
    ("units", "kind"): UnitKind,
    ("references", "kind"): ReferenceKind,
    ("checks", "relation"): Relation,
}


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every text by its key, `search.title`, in each language."""
    data = tomllib.loads((files("docintel.web") / "words.toml").read_text(encoding="utf-8"))
    return {f"{group}.{name}": texts for group, names in data.items() for name, texts in names.items()}


def language_of(cookie: str | None) -> str:
    """The language that a cookie asks for; Chinese when it asks for none that there is."""
    return cookie if cookie in LANGUAGES else CHINESE


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key, with values in its gaps."""
        text = catalogue()[key][self.language]
        return text.format(**values) if values else text

    def label(self, value: StrEnum | None) -> str:
        """The name of a label: `Metric.ISSUES_FOUND` → 发现问题, issues found."""
        if value is None:
            return ""
        return chinese_name(value) if self.language == CHINESE else str(value).replace("_", " ")

    def doc_type(self, value: str | None) -> str:
        """The name of a document type."""
        return self.label(DocType(value)) if value else ""

    def status(self, value: str | None) -> str:
        """The name of a measure's status."""
        return self.label(Status(value)) if value else ""

    def category(self, value: str | None, kind: HitKind | None = None) -> str:
        """The name of a category.

        Args:
            kind: issue or measure; of anything else a name that both have is given as both.
        """
        if not value:
            return ""
        known = [each for each in _vocabularies_of(kind) if value in set(map(str, each))]
        return "／".join(dict.fromkeys(self.label(each(value)) for each in known)) or value

    def records(self, kind: str) -> str:
        """The name of a record type: `issues` → 问题."""
        return RECORD_NAMES[kind] if self.language == CHINESE else kind

    def model(self, name: str) -> str:
        """What a shipped model is for; empty for one that is not known."""
        texts = catalogue().get(f"model_name.{name}")
        return texts[self.language] if texts else ""

    def field(self, name: str) -> str:
        """The name of a field; the field itself where nothing better is known."""
        return FIELD_NAMES.get(name, name) if self.language == CHINESE else name.replace("_", " ")

    def value(self, kind: str, name: str, value: Any) -> str:
        """A value of a field of a record type, as people read it."""
        vocabulary = _VOCABULARIES.get((kind, name))
        if vocabulary and value:
            return self.label(vocabulary(value))
        if isinstance(value, bool):
            return self("common.yes" if value else "common.no")
        if isinstance(value, int | float):
            return number(value)
        if isinstance(value, list | tuple):
            return "、".join(self.value(kind, name, each) for each in value)
        return str(value)


def number(value: float) -> str:
    """A figure as people write it: `53`, `1,911,600`, `85.8`."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")


def _vocabularies_of(kind: HitKind | None) -> tuple[type[StrEnum], ...]:
    if kind is HitKind.ISSUE:
        return (IssueCategory,)
    return (MeasureCategory,) if kind is HitKind.MEASURE else (IssueCategory, MeasureCategory)
