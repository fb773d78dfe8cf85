"""Until when a measure is to be done, outside of ledgers, whose rows say it themselves.

In: a reading and its measures. Out: the measures with what a field of their item says (整改时限:6月底前), else what
they say themselves.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from docintel.extract.attribution.outline import items_over
from docintel.extract.attribution.present import present_of
from docintel.extract.language.reading import Reading, once, within
from docintel.schema import Block, BlockKind, Ground, Measure, Status
from docintel.text.deadlines import by_when, due_day, sets_day
from docintel.text.fields import Span, labelled, opens_with_label

#: How a line opens that looks beyond the item it stands in.
_BEYOND = re.compile(r"[^,。;:\n]{0,6}?(?:下一?步|今后|接下来|下一?阶段)")


def with_deadlines(reading: Reading, measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """The measures, each with its deadline where the text sets one."""
    return tuple(_with_deadline(reading, measure) for measure in measures)


def _with_deadline(reading: Reading, measure: Measure) -> Measure:
    if measure.status is Status.DONE and not _fields(reading)[0]:
        return measure
    block = reading.block_at(measure.evidence.start)
    if measure.deadline or block is None or block.kind is BlockKind.TABLE:
        return measure
    rule, span = "deadline/field", _of_item(reading, measure)
    if span and not sets_day(reading.folded, span):
        return measure
    if span is None and measure.status is not Status.DONE:
        rule, span = "deadline/words", _in_words(reading, measure)
    if span is None:
        return measure
    words = reading.document.evidence(*span)
    return replace(measure, deadline=words.quote, grounds=(*measure.grounds, Ground("deadline", rule, words)))


def _of_item(reading: Reading, measure: Measure) -> Span | None:
    """The field of the measure's own paragraph, else of its item, else of the nearest that this is below."""
    block = reading.block_at(measure.evidence.start)
    if block is None or not _fields(reading)[0]:
        return None
    own = [span for span in _fields(reading)[0] if block.start <= span[0] < block.end]
    if own:
        behind = (span for span in own if span[0] >= measure.evidence.end)
        return next(behind, own[-1] if _is_of_title(reading, block, own[-1]) else None)
    over = (
        span
        for item in items_over(reading, block.start)
        for span in _fields(reading)[1][item.start]
        if span[0] > block.start or _reaches(reading, item, span, block)
    )
    return next(over, None)


def _is_of_title(reading: Reading, block: Block, field: Span) -> bool:
    """Whether a field opens a paragraph, or stands in brackets behind its title: 一、甲(完成时限:6月)."""
    return not re.search("[,;。]", re.sub(r"\([^()]*(?:\)|$)", "", reading.folded[block.start : field[0]])) and not (
        re.match(r"\s*\)?\s*[,;]", reading.folded[field[1] : block.end])
    )


def _reaches(reading: Reading, item: Block, field: Span, block: Block) -> bool:
    """Whether a field holds for a block behind it: not for one that closes the item, or looks beyond it."""
    folded = reading.folded
    passed = within(reading.document.blocks, item.start, block.start + 1)
    if any(each.start > field[0] and _BEYOND.match(folded, each.start, each.end) for each in passed):
        return False
    if block.numbering or block.kind is BlockKind.HEADING or opens_with_label(folded, block.start, block.end):
        return True
    until = [each for each in passed if item.start < each.start <= field[0]]
    return not until or (
        item.kind is BlockKind.HEADING and all(opens_with_label(folded, each.start, each.end) for each in until)
    )


@once
def _fields(reading: Reading) -> tuple[list[Span], dict[int, list[Span]]]:
    """What the fields of deadlines say, in text order; and those of each item, by where it begins."""
    found = list(labelled(reading.folded, 0, len(reading.folded), "deadline"))
    of_items: dict[int, list[Span]] = defaultdict(list)
    for span in found:
        for item in items_over(reading, span[0])[:1]:
            of_items[item.start].append(span)
    return found, of_items


def _in_words(reading: Reading, measure: Measure) -> Span | None:
    """The day that the measure's own words name: 9月底前. A term, 三日内, is mostly one that a rule sets for ever."""
    span = by_when(reading.folded, measure.evidence.start, measure.evidence.end)
    words = reading.folded[slice(*span)] if span else ""
    if span is None or not (words.endswith("前") or words == "年内"):
        return None
    published = present_of(reading)
    due = due_day(reading.folded, span, published)
    return None if due and published and due < published else span
