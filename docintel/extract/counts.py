"""Numbers that count something, each with the stretch of its clause that belongs to it.

In: a reading and one of its sentences. Out: `Count`s in text order; dates, ordinals, lengths of time, set phrases and
names that hold a numeral are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from docintel.extract import lexicon
from docintel.extract.phrases import Phrase, Span, noun_phrase_end, phrase_around
from docintel.extract.reading import Reading, Sentence, within
from docintel.text.numerals import Quantity, QuantityGrammar

_SEPARATORS = "、和及与 "
_TIMES = frozenset({"个月", "年", "天"})
#: Longest text in quotation marks that is taken for a name.
_NAME = 12


@dataclass(frozen=True, slots=True)
class Count:
    """A quantity with the stretch of its clause that belongs to it, and what stands around it there.

    Attributes:
        start: first character of the stretch: the clause's, or where the number before it ends.
        end: one past the stretch.
        phrase: subject and action, read from the stretch.
    """

    quantity: Quantity
    start: int
    end: int
    clause: Span
    sentence: Span
    phrase: Phrase


@cache
def _grammar() -> QuantityGrammar:
    return QuantityGrammar(lexicon.load("amounts")["measure_words"])


@cache
def _filters() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = lexicon.load("amounts")
    return (
        re.compile(rf"(?:{lexicon.alternation(data['not_before'])})$"),
        re.compile(lexicon.alternation(data["not_behind"])),
        re.compile(lexicon.alternation(data["names"])),
    )


def find_counts(reading: Reading, sentence: Sentence) -> Iterator[Count]:
    """The counts of a sentence, in text order."""
    for clause in sentence.clauses:
        quantities = [q for q in _grammar().find(reading.folded, clause.start, clause.end) if _is_count(reading, q)]
        start = clause.start
        for i, quantity in enumerate(quantities):
            following = quantities[i + 1] if i + 1 < len(quantities) else None
            end = _stretch_end(reading, quantity.end, following.start) if following else clause.end
            before = within(reading.words, start, quantity.start)
            phrase = phrase_around(before, within(reading.words, quantity.end, end))
            yield Count(quantity, start, end, (clause.start, clause.end), (sentence.start, sentence.end), phrase)
            start = end if reading.folded[end : end + 1] in _SEPARATORS else quantity.end
            while start < clause.end and reading.folded[start] in _SEPARATORS:
                start += 1


def _stretch_end(reading: Reading, start: int, following: int) -> int:
    """Where the words of one number end when another follows: the last 、 or 和 between them, else its noun phrase."""
    cut = max(reading.folded.rfind(mark, start, following) for mark in ("、", "和", "及", " "))
    if cut >= 0:
        return cut
    return noun_phrase_end(within(reading.words, start, following)) or following


def _is_count(reading: Reading, quantity: Quantity) -> bool:
    folded = reading.folded
    before, behind, names = _filters()
    if before.search(folded, max(0, quantity.start - 6), quantity.start) or behind.match(folded, quantity.end):
        return False
    if quantity.unit_of_measure in _TIMES:
        return any(
            word in folded[max(0, quantity.start - 10) : quantity.start] for word in lexicon.load("amounts")["overrun"]
        )
    window = max(0, quantity.number_start - 8)
    if any(m.start() <= quantity.number_start < m.end() for m in names.finditer(folded, window, quantity.end + 12)):
        return False
    return (quantity.arabic or _counts_in_chinese(folded, quantity)) and not _inside_name(reading, quantity)


def _counts_in_chinese(folded: str, quantity: Quantity) -> bool:
    """Whether Chinese numerals count: no article (一个), size (百家), department (审评六部) or name (“三项整治”)."""
    number = folded[quantity.number_start : quantity.number_end]
    return not (
        quantity.value == 1
        or (number in ("百", "千", "万") and not quantity.approximate)
        or quantity.unit_of_measure in ("部", "处", "组")
        or _in_short_quotes(folded, quantity)
    )


def _in_short_quotes(folded: str, quantity: Quantity) -> bool:
    opened = max(folded.rfind(mark, max(0, quantity.number_start - _NAME), quantity.number_start) for mark in "“‘·")
    if opened < 0:
        return False
    closed = min((k for k in (folded.find(mark, opened) for mark in "”’") if k >= 0), default=len(folded))
    return quantity.number_start - opened == 1 or quantity.end <= closed <= opened + _NAME


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
