"""Until when a measure is to be done, outside of ledgers, whose rows say it themselves.

In: a reading and its measures. Out: the measures with what a field of their item says (整改时限:6月底前), else what
they say themselves.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from docintel.extract.attribution.outline import items_over
from docintel.extract.language.reading import Reading, once
from docintel.schema import BlockKind, Ground, Measure, Status
from docintel.text.deadlines import by_when
from docintel.text.fields import Span, labelled


def with_deadlines(reading: Reading, measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """The measures, each with its deadline where the text sets one."""
    return tuple(_with_deadline(reading, measure) for measure in measures)


def _with_deadline(reading: Reading, measure: Measure) -> Measure:
    block = reading.block_at(measure.evidence.start)
    if measure.deadline or block is None or block.kind is BlockKind.TABLE:
        return measure
    rule, span = "deadline/field", _of_item(reading, measure)
    if span is None and measure.status is not Status.DONE:
        rule, span = "deadline/words", _in_words(reading, measure)
    if span is None:
        return measure
    words = reading.document.evidence(*span)
    return replace(measure, deadline=words.quote, grounds=(*measure.grounds, Ground("deadline", rule, words)))


def _of_item(reading: Reading, measure: Measure) -> Span | None:
    """The field of the measure's own paragraph, else of its item, else of the nearest that this is below."""
    start, end = measure.evidence.start, measure.evidence.end
    block = reading.block_at(start)
    own = [span for span in _fields(reading)[0] if block and block.start <= span[0] < block.end]
    behind = (span for span in own if span[0] >= end)
    if own:
        return next(behind, own[-1])
    over = (span for item in items_over(reading, start) for span in _fields(reading)[1][item.start])
    return next(over, None)


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
    return span if words.endswith("前") or words == "年内" else None
