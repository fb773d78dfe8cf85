"""The sums of yuan that acts are told with.

In: folded text and a span of it. Out: where each sum stands and what it is; no fines, nothing paid back.
"""

import re
from dataclasses import dataclass

from docintel.extract.language.lexicon import alternation, load
from docintel.text.quantities import QuantityGrammar

_MONEY = QuantityGrammar(["元"])
_NOT_AMOUNT = re.compile(alternation(load("cases")["not_amounts"]))

#: `超标准|3.6万元`, `超出规定标准|3.6万元`: what goes beyond a standard, not the standard.
_BEYOND = "".join(
    f"(?<!{verb}{which})" for verb in ("超", "超出", "超过", "突破", "高于", "提高") for which in ("", "规定")
)
_CHANGED = r"[^,。;0-9]{0,2}(?:提高|上调|增加|降低|下调|减少)了?"
#: `每名学生|60元`, `按每吨25元`, `标准由60元提高到|80元`, `标准暗中降低|80元`: what one costs
_PRICE = re.compile(
    rf"(?:每[^,。;年月元]{{1,10}}|(?:{_BEYOND}标准|单价|票价|售价|定价|起步价)(?:(?:仅?为|是|由|从|约|仅|高达|只有)?"
    rf"(?:[0-9.,万]+元?(?:[^,。;0-9]{{0,2}}[至到-])?)?|{_CHANGED}[至到为]?))$"
)
#: `收取800元至1500元|不等`
_VARIES = re.compile(r"(?<=不等)|(?:钱|现金)?不等")
_REACH = 18


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
        if q.value and q.unit_of_measure == "元" and not _is_price(folded, start, q.start, q.end)
    ]


def _is_price(folded: str, low: int, start: int, end: int) -> bool:
    """Whether a sum is what one of something costs, or one of several sums."""
    return bool(_PRICE.search(folded, max(low, start - _REACH), start) or _VARIES.match(folded, end))
