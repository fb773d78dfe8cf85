"""The units that the headline of an item is about, and the sums that the item tells.

In: a reading, an item of a notice and the unit mentions. Out: mentions, sums, places.
"""

from collections.abc import Sequence

from docintel.extract.cases.sums import Money, find_money
from docintel.extract.language.items import Item
from docintel.extract.language.reading import Reading, Sentence, at
from docintel.extract.units.units import UnitMention
from docintel.schema import UnitKind


def unit_in_head(reading: Reading, item: Item, mentions: Sequence[UnitMention]) -> UnitMention | None:
    """The unit that a headline such as `1.某市某局重复转发文件问题。` is about."""
    unit = at(mentions, item.start) if item.is_headed else None
    return None if unit is None or unit.kind is UnitKind.DISCIPLINE else unit


def listed_units(reading: Reading, mentions: Sequence[UnitMention], first: UnitMention) -> tuple[UnitMention, ...]:
    """The units that a headline lists: `某县仁心门诊部、康宁诊所违法执业问题`."""
    units = [first]
    while reading.folded[units[-1].end : units[-1].end + 1] in {"、", "和", "及"}:
        following = at(mentions, units[-1].end + 1)
        if following is None or following.start != units[-1].end + 1:
            break
        units.append(following)
    return tuple(units)


def sums_of(reading: Reading, item: Item) -> list[Money]:
    """The sums that the facts of an item tell."""
    clauses = [clause for sentence in item.body for clause in sentence.clauses]
    return [money for clause in clauses for money in find_money(reading.folded, clause.start, clause.end)]


def closed(reading: Reading, sentence: Sentence) -> int:
    """The end of a sentence without the mark that ends it."""
    return sentence.start + len(reading.folded[sentence.start : sentence.end].rstrip("。;!"))
