"""Who acts in a clause.

In: a `Reading`, the units it mentions and a stretch of it. Out: canonical names of who does what that stretch says.
Word lists: `patterns/actors.toml`.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from operator import methodcaller

from docintel.extract.attribution.authors import author_of
from docintel.extract.attribution.outline import items_over
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Clause, Reading, once, within
from docintel.extract.places.regions import find_place
from docintel.extract.units.units import UnitMention
from docintel.schema import Block

_WORDS: dict[str, list[str]] = load("actors")
#: Whoever follows is told to act: 督促|市教育局党组公开账目.
TOLD = re.compile(rf"(?:{alternation(_WORDS['told'])})(?:有关|相关|涉案|案发)?$")
#: What may stand between the start of a clause and its subject: nothing, 近日, 9月30日, 检查中.
_LEAD_IN = re.compile(
    rf"(?:[“‘(•·\s]|\d[\d.]*+(?:(?<=\.)|、))*+(?:{alternation(_WORDS['lead_in'])}|[\d年月日至上下中旬以来起]+|[^,]{{1,14}}[时后前间]|在[^,]{{1,14}}[中下上])?"
)
#: A new subject that is no unit, at the start of a clause: 各级领导, 全县学校.
_VAGUE = re.compile(rf"(?:{alternation(_WORDS['vague'])})")
#: Somebody is punished: 张某受到党内警告处分. What happens to somebody is nobody's act here.
_SUFFERS = re.compile(
    r"受到[^,]{0,12}(?:处分|处理|处罚)|被(?:开除|给予|诫勉|免|立案|移送|查处|判处|采取|双开|“双开”|责令|通报)"
)
#: 被青岚市云溪县人民法院判处: who follows 被 acts.
BY = re.compile(r"被$")
#: Behind a subject: it says what others are to do (市纪委监委要求, 以上…), or it is named for a post or what it owns.
NOT_ACTING = re.compile(
    rf"(?:(?:{alternation(_WORDS['people'])}).{{0,4}})?(?:{alternation(_WORDS['says'])})$"
    r"|原|的|(?:[党副书委主局院董总]|成员).{0,6}?(?:书记|主任|委员|成员|长)"
)
#: What may stand between two units that act together: A|联合|B, A|、|B.
_JOINT = re.compile(r"(?:积极|主动|随即)?(?:联合|会同|协同|携手|与|同|和|及|、)?")
_JOINT_REACH = 60
#: Said by: “……”青岚市第二人民医院相关负责人介绍.
_SAID_BY = re.compile(rf"[^。”]{{0,3}}?(?:{alternation(_WORDS['people'])}|[^,。]{{0,12}})?(?:介绍|说|表示|告诉记者)")
#: In a list of what was put right: 责任单位:药学部、监察室.
_IN_CHARGE = re.compile(r"(?:责任|牵头|主责|整改)(?:单位|科室|部门)[::] ?")
#: How far from these words the list item they are in may reach, in characters.
_ITEM = 400
#: What the next item begins with.
_ITEM_START = re.compile(
    r"^\s*(?:\d{1,2}[.、)]|\([一二三四五六七八九十\d]{1,3}\)|[一二三四五六七八九十]{1,3}、|(?:存在的?|发现的?)?问题\d*(?:表现|描述)?:)",
    re.MULTILINE,
)
#: In the title of a report of what its author did: 整改进展情况的通报.
_OWN_WORK = re.compile(r"(?:整改|承诺|自查|自评)(?!.{0,16}会)")
#: How many clauses a subject is carried on for.
_REACH = 12
_START, _END = methodcaller("start"), methodcaller("end")


class Actors:
    """Answers who acts in a stretch of a document; each clause is read once."""

    def __init__(self, reading: Reading, outer: Sequence[UnitMention]) -> None:
        """Take unit mentions as `outermost` gives them."""
        self._reading = reading
        self._outer = outer
        self._starts = [clause.start for clause in reading.clauses]
        self._subjects: dict[int, tuple[str, ...] | None] = {}

    def acting(self, start: int, end: int) -> tuple[str, ...]:
        """Canonical names of who acts in `text[start:end]`, in text order; empty when the text does not say.

        That is who is told to act there (督促X, 要求X); else its subject and who acts jointly with it (A联合B); else
        the subject that the clauses before it in the paragraph carry on, until somebody else takes over; else who is
        in charge of the list item (责任单位); else, in a quotation, who is quoted.
        """
        text = self._reading.folded
        for mention in within(self._outer, start, end):
            if stands_before(text, mention.start, TOLD) or stands_before(text, mention.start, BY):
                return joined(text, self._outer, mention)[0]
        last = bisect_right(self._starts, max(start, end - 1)) - 1
        first = bisect_right(self._starts, start) - 1
        block = self._reading.block_at(start)
        if first < 0 or block is None:
            return ()
        earliest = max(0, first - _REACH, bisect_left(self._starts, block.start))
        for i in (*range(first, last + 1), *range(first - 1, earliest - 1, -1)):
            if (names := self._subject(i)) is not None:
                return names
        charged = in_charge(self._reading, self._outer, start, own_item=True)
        return charged or _quoted(self._reading, self._outer, end, block.end) or self._author

    @cached_property
    def _author(self) -> tuple[str, ...]:
        """The unit that a report or an interview is of."""
        author = author_of(self._reading, self._outer, find_place(self._reading))
        reports = author and (author.rule == "unit/guest" or _OWN_WORK.search(self._reading.document.title))
        return (author.value,) if author and author.value and reports else ()

    def _subject(self, i: int) -> tuple[str, ...] | None:
        """Who acts in the `i`-th clause."""
        if i not in self._subjects:
            self._subjects[i] = _subject(self._reading, self._outer, self._reading.clauses[i])
        return self._subjects[i]


def stands_before(folded: str, offset: int, pattern: re.Pattern[str]) -> bool:
    """Whether the words right before an offset are those that a pattern ends with."""
    return bool(pattern.search(folded, max(0, offset - 8), offset))


def _subject(reading: Reading, outer: Sequence[UnitMention], clause: Clause) -> tuple[str, ...] | None:
    """Who acts in a clause: units, nobody in particular (an empty tuple), or None where the subject before goes on."""
    text = reading.folded
    mentions = within(outer, clause.start, clause.end)
    for mention in mentions:
        if stands_before(text, mention.start, TOLD):
            return joined(text, outer, mention)[0]
    if _SUFFERS.search(text, clause.start, clause.end):
        return ()
    if mentions and _LEAD_IN.fullmatch(text, clause.start, mentions[0].start):
        return () if NOT_ACTING.match(text, mentions[0].end, clause.end) else joined(text, outer, mentions[0])[0]
    lead = _LEAD_IN.match(text, clause.start, clause.end)
    vague = _VAGUE.match(text, clause.start) or (lead and _VAGUE.match(text, lead.end()))
    return () if vague else None


def joined(folded: str, outer: Sequence[UnitMention], first: UnitMention) -> tuple[tuple[str, ...], int]:
    """The unit and those named with it as acting (A联合B, A、B和C, 市委市政府), and where the last of them ends."""
    names, end = [first.canonical], first.end
    for mention in within(outer, first.end, first.end + _JOINT_REACH):
        if not _JOINT.fullmatch(folded, end, mention.start):
            break
        end = mention.end
        if mention.canonical not in names:
            names.append(mention.canonical)
    return tuple(names), end


def in_charge(reading: Reading, outer: Sequence[UnitMention], start: int, *, own_item: bool = False) -> tuple[str, ...]:
    """Who is named in charge of what is told at a place.

    Args:
        own_item: look in the list item that the place is in, before the place or else behind it, then in the items that
            this one is below; else in these, then before the place.
    """
    labels = _labels(reading)
    if not labels:
        return ()
    low, high = start - _ITEM, start + _ITEM * own_item
    near_by = labels[bisect_left(labels, low, key=_START) : bisect_right(labels, high, key=_END)]
    named = [label for label in near_by if _governs(reading, label.start(), start)]
    if own_item:
        named = [label for label in named if _is_one_item(reading.folded, label.start(), start)]
    near = next((one for one in reversed(named) if one.end() <= start), None) or next(iter(named), None)
    over = _label_over(reading, start)
    label = near or over if own_item else over or near
    unit = next(iter(within(outer, label.end(), label.end() + 1)), None) if label else None
    return joined(reading.folded, outer, unit)[0] if unit else ()


def _label_over(reading: Reading, start: int) -> re.Match[str] | None:
    """The label of the nearest item with one that the item of a place is below: （一）…责任单位:X over 1.…."""
    over = (label for item in items_over(reading, start)[1:] for label in reversed(_item_labels(reading)[item.start]))
    return next((label for label in over if label.end() <= start), None)


@once
def _labels(reading: Reading) -> list[re.Match[str]]:
    """The labels that name who is in charge, in text order."""
    return [*_IN_CHARGE.finditer(reading.folded)]


@once
def _item_labels(reading: Reading) -> dict[int, list[re.Match[str]]]:
    """The labels that stand in an item itself, not in those below it, by where the item begins."""
    found: dict[int, list[re.Match[str]]] = defaultdict(list)
    for label in _labels(reading):
        for item in items_over(reading, label.start())[:1]:
            found[item.start].append(label)
    return found


def _governs(reading: Reading, label: int, start: int) -> bool:
    """Whether a label may speak of a place: not behind a list whose items are a line each."""
    block, own = reading.block_at(label), reading.block_at(start)
    return block is own or block is None or not _is_item_of_a_line(reading, block)


def _is_item_of_a_line(reading: Reading, block: Block) -> bool:
    """Whether a block is an item, and the block before it is another."""
    above = reading.block_at(block.start - 2)
    return bool(_ITEM_START.match(reading.folded, block.start)) and bool(
        above and above is not block and _ITEM_START.match(reading.folded, above.start)
    )


def _is_one_item(folded: str, label: int, start: int) -> bool:
    """Whether nothing that is numbered, or called a problem, begins between a label and a place."""
    return not _ITEM_START.search(folded, min(label, start) + 1, max(label, start))


def _quoted(reading: Reading, outer: Sequence[UnitMention], end: int, block_end: int) -> tuple[str, ...]:
    """Who is named behind the quotation that the stretch stands in, as the one who said it."""
    text = reading.folded
    close = text.find("”", end, block_end)
    opened = text.find("“", end, block_end)
    if close < 0 or 0 <= opened < close:
        return ()
    speaker = next(iter(within(outer, close + 1, close + 3)), None)
    return (speaker.canonical,) if speaker and _SAID_BY.match(text, speaker.end) else ()
