"""Numbers with a measure word that count nothing: ordinals, names, set phrases, lengths of time, parts of a speech.

In: a reading and a quantity. Out: whether it counts. The rules are data: `[[not_counted]]` of `patterns/amounts.toml`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from docintel.extract.language import lexicon
from docintel.extract.language.reading import Reading, within
from docintel.text.quantities import Form, Quantity

_TIMES = frozenset({"个月", "年", "天"})
#: Measure words that in Chinese numerals belong to names: 审评六部, 三处.
_IN_NAMES = frozenset({"部", "处", "组"})
#: No more months or years are a length of time.
_LONGEST = 1_000
_BARE_SIZES = frozenset({"百", "千", "万", "亿"})
#: Longest text in quotation marks that is taken for a name.
_NAME = 12
#: 平均住院日由9.4天|缩短到|7.9天
_CHANGE = r"(?:大幅|进一步)?(?:缩短|缩|压缩|压减|压|减少|减|降低|下降|降|延长|增加|增|提速|变)(?:到|至|为|成)了?"
_CHANGED_TO = re.compile(rf" ?{_CHANGE}(?:目前的?|现在的?)? ?[\d一二两三四五六七八九十]")
_CHANGED_FROM = re.compile(rf"天 ?{_CHANGE}(?:目前的?|现在的?)? ?$")
#: How far before and behind a number a rule looks.
_REACH = 16


@dataclass(frozen=True, slots=True)
class _Rule:
    """All of its conditions must hold, and that of its measure word."""

    before: re.Pattern[str]
    behind: re.Pattern[str]
    chinese: bool | None


@lru_cache(maxsize=1024)
def _rules(name: str, unit_of_measure: str) -> tuple[_Rule, ...]:
    """The rules of a list that speak of a measure word."""
    rows = lexicon.load("amounts")[name]
    return tuple(_rule(row) for row in rows if re.fullmatch(row.get("unit", ".*"), unit_of_measure))


def _rule(row: dict[str, Any]) -> _Rule:
    return _Rule(
        re.compile(f"(?:{row['before']})$" if "before" in row else ""),
        re.compile(row.get("behind", "")),
        row.get("chinese"),
    )


def _any_holds(rules: Sequence[_Rule], folded: str, quantity: Quantity) -> bool:
    """Whether a rule speaks of this quantity."""
    first, last = max(0, quantity.start - _REACH), quantity.end + _REACH
    start = quantity.start - (folded[quantity.start - 1 : quantity.start] == " ")
    end = quantity.end + (folded[quantity.end : quantity.end + 1] == " ")
    return any(
        rule.chinese in (None, quantity.in_chinese)
        and rule.behind.match(folded, end, last) is not None
        and rule.before.search(folded, first, start) is not None
        for rule in rules
    )


@cache
def _words() -> dict[str, re.Pattern[str]]:
    data = lexicon.load("amounts")
    return {
        "names": re.compile(lexicon.alternation(data["names"])),
        "overrun": re.compile(lexicon.alternation(data["overrun"])),
        "undone": re.compile(data["undone"]),
        "called": re.compile(data["called"]),
    }


def counts(reading: Reading, quantity: Quantity) -> bool:
    """Whether a quantity counts something."""
    folded = reading.folded
    if quantity.unit_of_measure in _TIMES:
        if (quantity.value or 0) > _LONGEST:  # a calendar year
            return False
        overrun = _words()["overrun"].search(folded, max(0, quantity.start - 10), quantity.start)
        if quantity.unit_of_measure == "天" and _changes(folded, quantity):
            return True
        return overrun is not None or _words()["undone"].match(folded, quantity.end) is not None
    rules = _rules("not_counted", quantity.unit_of_measure)
    if _any_holds(rules, folded, quantity) or _in_set_phrase(folded, quantity):
        return False
    if quantity.in_chinese and not _counts_in_chinese(folded, quantity):
        return False
    return not (_in_quoted_name(folded, quantity) or _inside_name(reading, quantity))


def _changes(folded: str, quantity: Quantity) -> bool:
    """Whether a length of time is what another became or becomes."""
    before = max(0, quantity.start - _REACH)
    return bool(_CHANGED_TO.match(folded, quantity.end) or _CHANGED_FROM.search(folded, before, quantity.start))


def _in_set_phrase(folded: str, quantity: Quantity) -> bool:
    first = max(0, quantity.number_start - 8)
    phrases = _words()["names"].finditer(folded, first, quantity.end + 12)
    return any(match.start() <= quantity.number_start < match.end() for match in phrases)


def _counts_in_chinese(folded: str, quantity: Quantity) -> bool:
    """Whether Chinese numerals count: no article (一个), ordinal (二次), size (百家), department (审评六部)."""
    number = folded[quantity.number_start : quantity.number_end]
    if quantity.form is Form.CHINESE and quantity.value == 1 and quantity.unit_of_measure != "倍":
        return _any_holds(_rules("single", quantity.unit_of_measure), folded, quantity)
    return not (
        (number == "二" and quantity.unit_of_measure != "倍")
        or (number in _BARE_SIZES and not quantity.approximate)
        or quantity.unit_of_measure in _IN_NAMES
    )


def _in_quoted_name(folded: str, quantity: Quantity) -> bool:
    """Whether it stands in short quotation marks (“三项整治”); digits only in names (“5个100”工程)."""
    opened = max(folded.rfind(mark, max(0, quantity.number_start - _NAME), quantity.number_start) for mark in "“‘·")
    if opened < 0:
        return False
    closed = min((k for k in (folded.find(mark, opened) for mark in "”’") if k >= 0), default=len(folded))
    inside = quantity.number_start - opened == 1 or quantity.end <= closed <= opened + _NAME
    if quantity.in_chinese or not inside:
        return inside
    return closed <= opened + _NAME and _words()["called"].match(folded, closed + 1) is not None


def _inside_name(reading: Reading, quantity: Quantity) -> bool:
    """Whether the number is part of a name (`七台河市`, `《…二十条》`) or of a title in book marks."""
    folded = reading.folded
    opened = folded.rfind("《", max(0, quantity.number_start - 60), quantity.number_start)
    if opened >= 0 and folded.find("》", opened, quantity.number_start) < 0:
        return True
    return any(
        name.start <= quantity.number_start < name.end and name.label in ("LOC", "PER", "nz", "nw")
        for name in within(reading.words, quantity.number_start - 12, quantity.end)
        if not (name.start == quantity.number_start and name.end <= quantity.end)
    )
