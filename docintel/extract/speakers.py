"""Who speaks: the unit of the person or office whose words a stretch of text quotes.

In: a reading with its unit mentions and persons. Out: canonical unit names by place in the text.
"""

import re
from collections.abc import Sequence

from docintel.extract.reading import Clause, Reading, at, within
from docintel.extract.units import UnitMention
from docintel.schema import NOT_CONTENT, Person

#: `赵宁:主持人好…`: a turn of an interview, until the next one.
_TURN = re.compile(r"(?P<name>[\u4e00-\u9fff·]{2,8})\s*:")
#: `“我们…。”青岚市第二人民医院相关负责人介绍`: who said what was quoted just before.
_SAID = re.compile(r"[^。!?“\n]{0,40}?(?:介绍|表示|说|坦言|告诉记者|强调|指出|谈到|认为|透露|总结)")
#: Shorter quotations are names and catchwords.
_SPEECH = 16


class Speakers:
    """Answers whose words stand at a place, for interviews and for quotations with a speaker behind them."""

    def __init__(self, reading: Reading, mentions: Sequence[UnitMention], persons: Sequence[Person]) -> None:
        self._reading = reading
        self._mentions = mentions
        self._unit_of = {person.name: person.unit for person in persons if person.unit}
        self._named_at = sorted(
            (mention.start, person.unit) for person in persons if person.unit for mention in person.mentions
        )
        self._turns = self._find_turns()
        self._quotations = _quotations(reading.folded)

    def unit_at(self, offset: int) -> str | None:
        """The unit that speaks at `offset`; None for narration and for a speaker whose unit is not known."""
        return self._quoted_by(offset) or next((unit for start, unit in reversed(self._turns) if start <= offset), None)

    def _find_turns(self) -> list[tuple[int, str | None]]:
        """Where each turn begins and the unit that speaks; empty for a document that is no interview."""
        turns = []
        for block in self._reading.document.blocks:
            match = _TURN.match(self._reading.folded, block.start, block.end) if block.kind not in NOT_CONTENT else None
            if match and (match["name"] in self._unit_of or match["name"] in ("主持人", "记者", "问", "答")):
                turns.append((block.start, self._unit_of.get(match["name"])))
        return turns if len(turns) > 1 else []

    def _quoted_by(self, offset: int) -> str | None:
        quotation = at(self._quotations, offset)
        block = self._reading.document.block_at(offset) if quotation else None
        if not quotation or not block:
            return None
        said = _SAID.match(self._reading.folded, quotation.end, block.end)
        return self._first_unit(said.start(), said.end()) if said else None

    def _first_unit(self, start: int, end: int) -> str | None:
        """The unit named in `text[start:end]`, else that of the person named there."""
        mention = next(iter(within(self._mentions, start, end)), None)
        if mention:
            return mention.canonical
        return next((unit for place, unit in self._named_at if start <= place < end), None)


def _quotations(folded: str) -> tuple[Clause, ...]:
    """The outermost stretches in curly quotes, quotes included, that are long enough to be speech."""
    found, depth, opened = [], 0, 0
    for match in re.finditer(r"[“”\n]", folded):
        if match[0] == "“":
            opened = opened if depth else match.start()
            depth += 1
        elif match[0] == "\n":
            depth = 0
        elif depth:
            depth -= 1
            if not depth and match.end() - opened >= _SPEECH:
                found.append(Clause(opened, match.end()))
    return tuple(found)
