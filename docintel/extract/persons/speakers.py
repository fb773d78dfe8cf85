"""Who speaks: the unit of the person or office whose words a stretch of text quotes.

In: a reading with its unit mentions and persons. Out: canonical unit names by place in the text.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from docintel.extract.language.reading import Clause, Reading, at, within
from docintel.extract.units.units import UnitMention
from docintel.schema import NOT_CONTENT, Person

#: `赵宁:主持人好…`: a turn of an interview, until the next one.
_TURN = re.compile(r"(?P<name>[\u4e00-\u9fff·]{1,8})\s*:")
_ASKING = ("主持人", "记者", "问", "网友", "本刊记者")
_ANSWERING = ("答", "嘉宾")
#: Whom an interview is with: ——访云溪县纪委监委…, 对话嘉宾:….
_GUEST = re.compile(r"(?:专?访|对话|对话嘉宾:|访谈嘉宾:|嘉宾:|做客|请到了?|接受了?(?:本网|本报|本刊|记者)?专访)")
_GUEST_WITHIN = 400
#: `“我们…。”青岚市第二人民医院相关负责人介绍`: who said what was quoted just before.
_SAID = re.compile(r"[^。!?“\n]{0,40}?(?:介绍|表示|说|坦言|告诉记者|强调|指出|谈到|认为|透露|总结)")
#: Shorter quotations are names and catchwords.
_SPEECH = 16


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation with the unit whose words it holds, None where that is not told; `said_at` is where it is told."""

    start: int
    end: int
    unit: str | None
    said_at: int


class Speakers:
    """Answers whose words stand at a place, for interviews and for quotations with a speaker behind them."""

    def __init__(self, reading: Reading, mentions: Sequence[UnitMention], persons: Sequence[Person]) -> None:
        self._reading = reading
        self._mentions = mentions
        self._unit_of = {person.name: person.unit for person in persons}
        self._named_at = sorted(
            (mention.start, person.unit) for person in persons if person.unit for mention in person.mentions
        )
        self._turns = self._find_turns()
        self._quotations = tuple(_quotations(reading.folded))

    def unit_at(self, offset: int) -> str | None:
        """The unit that speaks at `offset`; None for narration and for a speaker whose unit is not known."""
        quoted = self.quoted_at(offset)
        if quoted and quoted.unit:
            return quoted.unit
        i = bisect_right(self._turns, offset, key=lambda turn: turn[0]) - 1
        return self._turns[i][1] if i >= 0 else None

    def quoted_at(self, offset: int) -> Quoted | None:
        """The quotation that holds `offset`."""
        quotation = at(self._quotations, offset)
        block = self._reading.block_at(offset) if quotation else None
        if not quotation or not block:
            return None
        said = _SAID.match(self._reading.folded, quotation.end, block.end)
        unit = self._first_unit(said.start(), said.end()) if said else None
        return Quoted(quotation.start, quotation.end, unit, quotation.end)

    def _find_turns(self) -> list[tuple[int, str | None]]:
        """Where each turn begins and the unit that speaks; empty for a document that is no interview."""
        turns: list[tuple[int, str | None]] = []
        answered = False
        for block in self._reading.document.blocks:
            match = _TURN.match(self._reading.folded, block.start, block.end) if block.kind not in NOT_CONTENT else None
            if not match:
                continue
            name = match["name"]
            if name in _ASKING:
                turns.append((block.start, None))
            elif name in self._unit_of or name in _ANSWERING or (turns and len(name) <= 4):
                turns.append((block.start, self._unit_of.get(name) or self._guest()))
                answered = True
        return turns if len(turns) > 1 and answered else []

    def _guest(self) -> str | None:
        """The unit that the opening of an interview names as its guest's."""
        text = self._reading.folded
        for match in _GUEST.finditer(text, 0, min(len(text), _GUEST_WITHIN)):
            if mention := next(iter(within(self._mentions, match.end(), match.end() + 12)), None):
                return mention.canonical
        return None

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
