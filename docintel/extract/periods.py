"""The period a figure falls in.

In: a reading. Out: for a place in it, the period in ISO form.
"""

from datetime import date

from docintel.extract.reading import Reading
from docintel.schema import BlockKind
from docintel.text.dates import Period, find_periods


class Periods:
    """The period a figure falls in: named before it in the sentence or paragraph, or carried from the one before."""

    def __init__(self, reading: Reading) -> None:
        anchor = _day(reading.document.published)
        self._reading = reading
        self._by_block: dict[int, list[Period]] = {}
        for i, block in enumerate(reading.document.blocks):
            self._by_block[i] = find_periods(reading.folded, anchor, block.start, block.end)

    def at(self, offset: int) -> str | None:
        """The period for what stands at `offset`, as in `Statistic.period`; None when the text names none."""
        sentence = self._reading.sentence_at(offset)
        if sentence is None:
            return None
        here = [period for period in self._by_block[sentence.block] if period.start <= offset]
        if here:
            return here[-1].iso
        return self._carried(sentence.block)

    def _carried(self, block: int) -> str | None:
        """The stretch of time that opens the paragraph before (`2021年6月以来,…`), which this one goes on with."""
        blocks = self._reading.document.blocks
        for i in range(block - 1, -1, -1):
            if blocks[i].kind is BlockKind.PARAGRAPH:
                opening = self._by_block[i][:1]
                if opening and opening[0].start <= blocks[i].start + 2:
                    return opening[0].iso
                return None
            if blocks[i].kind is BlockKind.HEADING:
                return None
        return None


def _day(published: str | None) -> date | None:
    """The day of publication; None for a document that knows no whole one."""
    try:
        return date.fromisoformat(published or "")
    except ValueError:
        return None
