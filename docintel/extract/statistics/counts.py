"""Numbers that count something, each with the stretch of its clause that belongs to it.

In: a reading and one of its sentences. Out: `Count`s in text order; what counts nothing is left out (`uncounted`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, zip_longest

from docintel.extract.language import lexicon
from docintel.extract.language.phrases import Phrase, noun_phrase_end, phrase_around
from docintel.extract.language.reading import Name, Reading, Sentence, at, within
from docintel.extract.language.wording import Span, Words, plain
from docintel.extract.statistics.uncounted import counts
from docintel.text.quantities import SPELLING, Form, Quantity, QuantityGrammar

#: Between numbers that are listed, or are the ends of a range.
_SEPARATORS = "、和及与至到~- "
_ENUMERATED = re.compile(rf"[{re.escape(_SEPARATORS)}]+")
_TOGETHER = re.compile(rf"[{re.escape(_SEPARATORS)}]*")
#: Measure words of people.
PERSONS = frozenset({"人", "名", "人次", "名次", "位"})
_SHARES = frozenset({"%", "‰", "个百分点", "倍"})
_OFTEN = frozenset({"次", "批", "回", "趟", "轮"})
#: Closes a heading and says no more: 发现问题数.
_NUMBER_OF = frozenset({"数", "数量", "个数", "件数", "人数", "总数"})
#: How far from a number its words may stand.
_REACH = 160
#: No more numbers are listed in one breath.
_LONGEST_RUN = 30
#: Before and behind 块 as money.
_PAID = re.compile(r"[垫收花给降涨值卖买落交扣罚退补挣赚省要出][了到过]? ?$")
_PAID_FOR = re.compile(r" ?(?:$|[^\u4e00-\u9fff]|[\u4e00-\u9fff]{0,4}费|却)")
#: How far before a sum without a measure word the word for money may stand.
_MONEY_REACH = 14


@dataclass(frozen=True, slots=True)
class Count:
    """A quantity with the stretch of its clause that belongs to it, and what stands around it there.

    Attributes:
        start: first character of the stretch: the clause's, or where the number before it ends.
        end: one past the stretch.
        phrase: subject and action, read from the stretch.
        heading: of the table's column, where the number is all that a cell holds.
        goes_on: only 、 or 和 stands between the number before and this one (`12个、8个`).
    """

    quantity: Quantity
    start: int
    end: int
    clause: Span
    sentence: Span
    phrase: Phrase
    goes_on: bool = False
    heading: Span | None = None


@cache
def grammar() -> QuantityGrammar:
    """The quantities of reports."""
    return QuantityGrammar(lexicon.load("amounts")["measure_words"])


@cache
def _bare() -> dict[str, re.Pattern[str]]:
    table = lexicon.load("amounts")["bare"]
    return {"元": re.compile(table["money"]), "人": re.compile(table["people"])}


@cache
def _currency() -> re.Pattern[str]:
    return re.compile(f"(?:{lexicon.alternation(lexicon.load('amounts')['currencies'])})(?= ?$)")


def find_counts(reading: Reading, sentence: Sentence) -> Iterator[Count]:
    """The counts of a sentence, in text order."""
    of_clauses = [
        (clause, list(_counting(reading, quantities)))
        for clause in sentence.clauses
        if (quantities := grammar().find(reading.folded, clause.start, clause.end, bare=True, apart=True))
    ]
    counted = any(quantities for _, quantities in of_clauses)
    words = plain(within(reading.words, sentence.start, sentence.end)) if counted else []
    for clause, quantities in of_clauses:
        start = clause.start
        for i, quantity in enumerate(quantities):
            following = quantities[i + 1] if i + 1 < len(quantities) else None
            end = _stretch_end(reading, words, quantity.end, following.start) if following else clause.end
            last = _last_of_run(reading, quantities, i)
            phrase = phrase_around(
                within(words, max(start, quantity.start - _REACH), quantity.start),
                _words_behind(words, last.end, end if last is quantity else clause.end),
                _words_behind(words, last.end, clause.end),
                share=quantity.unit_of_measure in _SHARES,
                times=quantity.unit_of_measure in _OFTEN,
            )
            goes_on = i > 0 and _ENUMERATED.fullmatch(reading.folded, quantities[i - 1].end, quantity.start) is not None
            clause_span, sentence_span = (clause.start, clause.end), (sentence.start, sentence.end)
            yield Count(quantity, start, end, clause_span, sentence_span, phrase, goes_on)
            start = end if reading.folded[end : end + 1] in _SEPARATORS else quantity.end
            while start < clause.end and reading.folded[start] in _SEPARATORS:
                start += 1


def under_heading(reading: Reading, count: Count, heading: Span) -> Count:
    """A count that is all that a cell holds, its subject and action read from the heading of its column."""
    words = plain(within(reading.words, *heading))
    while words and words[-1].text in _NUMBER_OF:
        words.pop()
    share = count.quantity.unit_of_measure in _SHARES
    return replace(count, phrase=phrase_around(words, (), (), share=share, times=False), heading=heading)


def _counting(reading: Reading, found: Sequence[Quantity]) -> Iterator[Quantity]:
    """Those of the quantities of a clause that count something."""
    for quantity, following in zip_longest(found, found[1:]):
        whole = _with_unit(reading.folded, quantity)
        if whole and following and _are_points(reading.folded, whole, following):
            whole = replace(whole, unit_of_measure=following.unit_of_measure)
        if whole and counts(reading, whole):
            yield whole


def _are_points(folded: str, quantity: Quantity, following: Quantity) -> bool:
    """Whether the second number says what the first counts: 1.8个和2.3个百分点."""
    units = quantity.unit_of_measure, following.unit_of_measure
    return units == ("个", "个百分点") and bool(_ENUMERATED.fullmatch(folded, quantity.end, following.start))


def _with_unit(folded: str, quantity: Quantity) -> Quantity | None:
    """A quantity with the measure word that the words around it say: `涉案资金300余万`, `美元3.6万`."""
    named = _currency().search(folded, max(0, quantity.start - 5), quantity.start)
    if named and quantity.unit_of_measure in ("", "元"):
        return replace(quantity, unit_of_measure=SPELLING.get(named.group(), named.group()))
    if quantity.unit_of_measure == "块" and _are_coins(folded, quantity):
        return replace(quantity, unit_of_measure="元")
    if quantity.unit_of_measure:
        return quantity
    if quantity.form is Form.BARE and _bare()["人"].match(folded, quantity.end):
        return replace(quantity, unit_of_measure="人")
    if _bare()["元"].search(folded, max(0, quantity.start - _MONEY_REACH), quantity.start):
        return replace(quantity, unit_of_measure="元")
    return None


def _are_coins(folded: str, quantity: Quantity) -> bool:
    """Whether 块 counts money, not pieces: 科室多收|一百块, 给|三千块|讲课费."""
    before = _PAID.search(folded, max(0, quantity.start - _MONEY_REACH), quantity.start)
    return before is not None and _PAID_FOR.match(folded, quantity.end) is not None


def _words_behind(words: Words, start: int, end: int) -> Words:
    """The words of a stretch behind a number, with the end of one that the tagger joined to it (`30名教职工`)."""
    behind = list(within(words, start, min(end, start + _REACH)))
    joined = at(words, start)
    if joined and joined.start < start and len(joined.text) == joined.end - joined.start:
        behind.insert(0, Name(start, joined.end, "n", joined.text[start - joined.end :]))
    return behind


def _last_of_run(reading: Reading, quantities: Sequence[Quantity], i: int) -> Quantity:
    """The last of the numbers that share the noun behind them: `15元、8元的礼盒`, `6大类32项风险点`."""
    run = quantities[i : i + _LONGEST_RUN]
    for quantity, following in pairwise(run):
        alike = (quantity.unit_of_measure in PERSONS) is (following.unit_of_measure in PERSONS)
        if not (alike and _TOGETHER.fullmatch(reading.folded, quantity.end, following.start)):
            return quantity
    return run[-1]


def _stretch_end(reading: Reading, words: Words, start: int, following: int) -> int:
    """Where the words of one number end when another follows: the last 、 or 和 between them, else its noun phrase."""
    apart = following - (reading.folded[following - 1] == " ")
    cut = max(reading.folded.rfind(mark, start, apart) for mark in ("、", "和", "及", " "))
    if cut >= 0:
        return cut
    return noun_phrase_end(within(words, start, following)) or following
