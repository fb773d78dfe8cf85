"""Records as a person reads them in a list: what it is about, and what is known of it.

In: a record and the words of a language. Out: a headline and short facts.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from docintel.schema import (
    CORRECTION_RULE,
    RECORD_TYPES,
    Case,
    Check,
    Extraction,
    Issue,
    Measure,
    Person,
    Record,
    Reference,
    Statistic,
    Unit,
)
from docintel.web.marking import anchor
from docintel.web.words import Words, number

#: Confidence below which a record is shown as doubtful.
_DOUBTFUL = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A record in a list.

    Attributes:
        id: `issues/3`.
        anchor: its place in the text.
        quote: its words.
        facts: what is known of it, most telling first.
        doubtful: it should be looked at.
        corrected: a person changed, added or confirmed it.
        broken: a check that does not hold.
    """

    id: str
    anchor: str
    quote: str
    facts: tuple[str, ...]
    page: int | None
    confidence: float
    doubtful: bool
    corrected: bool
    broken: bool = False


def summaries(extraction: Extraction, words: Words) -> dict[str, list[Summary]]:
    """The records of a document by type, types without any left out."""
    found = {
        kind: [_summary(f"{kind}/{i}", record, words) for i, record in enumerate(extraction.records(kind))]
        for kind in RECORD_TYPES
    }
    return {kind: records for kind, records in found.items() if records}


def _summary(id_: str, record: Record, words: Words) -> Summary:
    # A check has no mark of its own: it leads to the figure that it checks.
    place = f"statistics/{record.statistics[0]}" if isinstance(record, Check) and record.statistics else id_
    return Summary(
        id=id_,
        anchor=anchor(place),
        quote=record.evidence.quote,
        facts=tuple(fact for fact in _facts(record, words) if fact),
        page=record.evidence.page,
        confidence=record.confidence,
        doubtful=record.confidence < _DOUBTFUL,
        corrected=any(ground.rule.startswith(f"{CORRECTION_RULE}/") for ground in record.grounds),
        broken=isinstance(record, Check) and not record.holds,
    )


def _facts(record: Record, words: Words) -> Iterator[str]:
    match record:
        case Statistic():
            yield figure(record)
            yield words.label(record.metric)
            yield record.unit or ""
            yield period(record.period)
        case Unit():
            yield record.canonical if record.canonical != record.name else ""
            yield words.label(record.kind)
            yield record.place or ""
        case Person():
            yield record.position or ""
            yield record.unit or ""
        case Case():
            yield "、".join(record.persons)
            yield "、".join(record.sanctions)
            yield "、".join(f"{number(sum_)} 元" for sum_ in record.amounts)
            yield period(record.date)
        case Issue():
            yield words.label(record.category)
            yield words.label(record.modality)
        case Measure():
            yield words.label(record.category)
            yield words.label(record.status)
            yield "、".join(record.units)
            yield record.deadline or ""
        case Reference():
            yield record.canonical if record.canonical != record.evidence.quote else ""
            yield words.label(record.kind)
        case Check():
            yield words.label(record.relation)
            yield words("check.holds" if record.holds else "check.broken")
            yield words("check.figures", stated=number(record.stated), computed=number(record.computed))


def figure(record: Statistic) -> str:
    """A figure with its measure word: `53 个`, `≈20 项`, `X 家`."""
    value = "X" if record.value is None else number(record.value)
    return f"{'≈' if record.approximate else ''}{value} {record.unit_of_measure}".strip()


def period(iso: str | None) -> str:
    """A period as people read it: `2022-01 至 2022-06`."""
    return (iso or "").replace("/", " 至 ")
