"""The sums of yuan that acts are told with.

In: folded text and a span of it. Out: where each sum stands and what it is; no fines, nothing paid back.
"""

import re
from dataclasses import dataclass

from docintel.extract.language.lexicon import alternation, load
from docintel.text.quantities import QuantityGrammar

_MONEY = QuantityGrammar(["元"])
_NOT_AMOUNT = re.compile(alternation(load("cases")["not_amounts"]))

#: `每名学生|60元`, `按每吨25元`: what one costs
_PRICE = re.compile(r"每[^,。;年月元]{1,10}$")
_REACH = 14


@dataclass(frozen=True, slots=True)
class Money:
    """A sum of yuan and where it stands."""

    start: int
    end: int
    value: float


def find_money(folded: str, start: int, end: int) -> list[Money]:
    """Sums of yuan in a clause; no fines, nothing paid back, no prices."""
    if _NOT_AMOUNT.search(folded, start, end):
        return []
    return [
        Money(q.start, q.end, q.value)
        for q in _MONEY.find(folded, start, end)
        if q.value and q.unit_of_measure == "元" and not _PRICE.search(folded, max(start, q.start - _REACH), q.start)
    ]
