"""Figures of many documents as things that can be compared: whose, when, of what, and how exactly.

In: the data frame of `Library.statistics()`. Out: `Figure`s, in its order.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from docintel.schema import Metric

Span = tuple[str, str]

#: What `figures_in` reads; a column that is not there is taken as empty.
_COLUMNS = (
    "document", "work", "published", "metric", "unit_of_measure", "value", "unit", "region", "period", "subject",
    "action", "quote", "start", "ordinal", "approximate",
)  # fmt: skip
#: Metrics that say nothing by themselves: only subject and action tell what is counted.
_VAGUE = frozenset((Metric.OTHER, Metric.OCCURRENCES, Metric.TASKS, Metric.INSTITUTIONS))
_VERB = re.compile("^.*(?:发现|查找|排查|查处|整改|办结|受理)出?的?")
_PARTY = re.compile(r"^中共(.+)委员会$")
_NUMBER = re.compile(r"(\d+(?:,\d{3})*)(?:\.(\d+))?[余多几]?([百千]?[万亿]+)?")
_NUMERALS = re.compile("[零〇一二两三四五六七八九十百千万亿]+[余多几]?[万亿]*")
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
#: 1000余, 30多, 超百: no less than this; what comes below 约 and 近 may lie on either side. The words stand at the
#: number: 超标准采购约30件 tells no more than 约.
_FLOOR_BEFORE = re.compile(r"(?:超过?|逾|突破|不少于|不低于|不下|至少)了?\s*$")
_FLOOR_WITHIN = re.compile("[余多几]")
_FLOOR_BEHIND = re.compile(r"\s*(?:[余多几]|[^\d,，。;；、]{0,3}(?:以上|之多))")
_ABOUT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A statistic with a value.

    Attributes:
        row: its place in the data frame.
        work: the work of its document: several sources of one text have the same.
        holder: the unit whose figure it is, `中共…委员会` without the frame; None where there is none.
        region: full name of the place it is about.
        span: first and last day of its period; None where the text gives none.
        when: its period, else `~` and the year of publication: what must be equal for two figures of one time.
        low: the least that the true value may be, by how the number is written.
        high: the most.
    """

    row: int
    document: str
    work: str
    published: str
    metric: str
    measure: str
    value: float
    holder: str | None
    region: str | None
    span: Span | None
    when: str
    subject: str | None
    action: str | None
    quote: str
    start: int
    ordinal: int
    low: float
    high: float

    @property
    def identity(self) -> tuple[str | None, ...] | None:
        """What two reports of one figure have in common beside the value; None where the text says too little."""
        whose = ("unit", self.holder) if self.holder else ("region", self.region)
        if not whose[1] or (self.is_vague and not (self.subject and self.action)):
            return None
        return (self.metric, self.measure, *whose, self.when, self.subject, self.action if self.is_vague else None)

    @property
    def as_of(self) -> str:
        """The day of publication where its period was not over then, so that it may be counted further; else empty."""
        is_open = self.span and self.published and self.span[1] > _last_day(self.published)
        return self.published if is_open else ""

    @property
    def is_vague(self) -> bool:
        """Whether the metric does not tell what is counted."""
        return self.metric in _VAGUE

    def agrees(self, other: "Figure") -> bool:
        """Whether both may tell the same number: `1000余名` and `1023名`."""
        return self.low <= other.high and other.low <= self.high


def figures_in(statistics: pd.DataFrame) -> Iterator[Figure]:
    """The figures of a table that have a value, masked ones left out."""
    table = statistics.reindex(columns=list(_COLUMNS))
    rows: Iterator[Any] = table.itertuples(index=False)
    for place, row in enumerate(rows):
        if pd.notna(row.value):
            yield _figure(place, row)


def _figure(place: int, row: Any) -> Figure:
    document, published, period, quote = (
        _text(each) or "" for each in (row.document, row.published, row.period, row.quote)
    )
    value = float(row.value)
    low, high = _bounds(value, quote, approximate=bool(pd.notna(row.approximate) and row.approximate))
    return Figure(
        row=place,
        document=document,
        work=_text(row.work) or document,
        published=published,
        metric=_text(row.metric) or "",
        measure=_text(row.unit_of_measure) or "",
        value=value,
        holder=_holder(_text(row.unit)),
        region=_text(row.region),
        span=span_of(period) if period else None,
        when="/".join(span_of(period)) if period else f"~{published[:4]}",
        subject=_subject(_text(row.subject)),
        action=_text(row.action),
        quote=quote,
        start=int(row.start) if pd.notna(row.start) else -1,
        ordinal=int(row.ordinal) if pd.notna(row.ordinal) else -1,
        low=low,
        high=high,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _subject(subject: str | None) -> str | None:
    """What is counted, less the verb before it, which the metric tells: 问题 of 检查中发现的问题."""
    return _VERB.sub("", subject) or None if subject else None


def _holder(unit: str | None) -> str | None:
    committee = _PARTY.match(unit) if unit and "纪律检查" not in unit else None
    return committee[1] if committee else unit


@lru_cache(maxsize=10_000)
def span_of(period: str) -> Span:
    """First and last day: `2022-01/2022-06` gives `2022-01-01` and `2022-06-30`."""
    first, _, last = period.partition("/")
    return first + {4: "-01-01", 7: "-01"}.get(len(first), ""), _last_day(last or first)


def _last_day(date: str) -> str:
    month = date if len(date) > 4 else f"{date}-12"
    year, _, number = month[:7].partition("-")
    return date if len(date) > 7 else f"{month}-{monthrange(int(year), int(number))[1]}"


def within(one: Span, other: Span) -> bool:
    """Whether the first lies in the second, or is it."""
    return other[0] <= one[0] and one[1] <= other[1]


def _bounds(value: float, quote: str, *, approximate: bool) -> tuple[float, float]:
    """The least and the most that a number stands for: 625,500 to 626,500 for 62.6万, 1000 to 1999 for 1000余."""
    written = next((match for match in _NUMBER.finditer(quote) if _step(match, value) is not None), None)
    step = (written and _step(written, value)) or 0.0
    if approximate and any(_is_floor(match) for match in ([written] if written else _NUMERALS.finditer(quote))):
        return value, value + max(step, 0.999 * _last_place(value))
    step = max(step, _ABOUT * value if approximate else 0.0)
    return value - step, value + step


def _is_floor(written: re.Match[str]) -> bool:
    """Whether the words at a number say that it is no less."""
    quote = written.string
    within = _FLOOR_WITHIN.search(written.group()) or _FLOOR_BEHIND.match(quote, written.end())
    return bool(within or _FLOOR_BEFORE.search(quote[: written.start()]))


def _step(written: re.Match[str], value: float) -> float | None:
    """Nearly half of what the last digit stands for, 0 for a count written out; None of another number."""
    whole, decimals, sizes = written.groups(default="")
    scale = 1
    for char in sizes:
        scale *= _SCALES[char]
    if abs(float(f"{whole.replace(',', '')}.{decimals}0") * scale - value) > 1e-6 * max(1.0, value):
        return None
    return 0.49 * scale / 10 ** len(decimals) if decimals or sizes else 0.0


def _last_place(value: float) -> float:
    """What the last digit that is no nought stands for: 1000 of 1000, 100 of 1200."""
    digits = f"{value:.0f}".rstrip("0")
    return float(10 ** (len(f"{value:.0f}") - len(digits)))
