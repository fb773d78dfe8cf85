"""Who acts in a clause.

In: a `Reading`, the units it mentions and a stretch of it. Out: canonical names of who does what that stretch says.
"""

import re
from collections.abc import Sequence

from docintel.extract.reading import Reading, within
from docintel.extract.units import UnitMention

#: Whoever follows is told to act: 督促市卫健委党组规范权力.
_TOLD = re.compile(
    r"(?:督促|敦促|要求|责令|责成|推动|指导|督导|支持|帮助|引导|压实|由|请)(?:各级|有关|相关|涉案|案发)?$"
)
#: Whoever follows is not the one who acts: 向市委报送, 对该局开展, 在市妇幼保健院召开.
_NOT_ACTING = re.compile(
    r"(?:向|对|给|被|从|在|于|到|赴|受|经|为|按照|根据|围绕|针对|接受|走进|深入|查处|查办|通报|暴露出|是|的|《|邀请原?|驻)$"
)
#: Whoever follows acts as well: 联合县税务局, 与市医保局, 和、.
_JOINT = re.compile(r"(?:联合|会同|协同|与|同|和|及|、|携手|对接|联动)$")
#: Behind a unit: it is named for something it has, or for a person's post in the past.
_POSSESSED = re.compile(
    r"原|的(?!相关负责|有关负责|负责)|(?:党组|党委)?(?:副?书记|委员|成员|主任|局长|院长|董事长|总经理|副)(?!.{0,12}(?:表示|介绍|说|强调|指出))"
)
#: The text goes on with the same who: 同时, 此外, 通过…
_MAX_SENTENCES_BACK = 2


def acting_units(reading: Reading, mentions: Sequence[UnitMention], start: int, end: int) -> tuple[str, ...]:
    """Canonical names of who acts in `text[start:end]`, in text order; empty when the text does not say.

    That is who is told to act there; else its subject, with those who act jointly; else the subject of the sentence
    before it, else of the sentences just before in the same paragraph.
    """
    outer = _outermost(mentions)
    told = [mention for mention in within(outer, start, end) if _ends_with(reading, mention.start, _TOLD)]
    if told:
        return _joined(reading, outer, told[0])
    subject = _first_subject(reading, outer, start, end)
    sentence = reading.sentence_at(start)
    if subject or not sentence:
        return _joined(reading, outer, subject) if subject else ()
    subject = _last_subject(reading, outer, sentence.start, start)
    if subject:
        return _joined(reading, outer, subject)
    return _carried_over(reading, outer, start)


def _outermost(mentions: Sequence[UnitMention]) -> list[UnitMention]:
    """Mentions without the institutions inside which a department was named with the same words."""
    outer: list[UnitMention] = []
    for mention in mentions:
        if not outer or mention.start >= outer[-1].end:
            outer.append(mention)
    return outer


def _ends_with(reading: Reading, offset: int, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.search(reading.folded, max(0, offset - 8), offset))


def _is_subject(reading: Reading, mention: UnitMention) -> bool:
    return not (
        _ends_with(reading, mention.start, _NOT_ACTING)
        or _ends_with(reading, mention.start, _JOINT)
        or _POSSESSED.match(reading.folded, mention.end)
    )


def _first_subject(reading: Reading, outer: Sequence[UnitMention], start: int, end: int) -> UnitMention | None:
    return next((mention for mention in within(outer, start, end) if _is_subject(reading, mention)), None)


def _last_subject(reading: Reading, outer: Sequence[UnitMention], start: int, end: int) -> UnitMention | None:
    return next((mention for mention in reversed(within(outer, start, end)) if _is_subject(reading, mention)), None)


def _joined(reading: Reading, outer: Sequence[UnitMention], first: UnitMention) -> tuple[str, ...]:
    """The unit and those that act with it in the same clause: A联合B, A、B."""
    clause = reading.clause_at(first.start)
    names = [first.canonical]
    for mention in within(outer, first.end, clause.end if clause else first.end):
        if _ends_with(reading, mention.start, _JOINT) and mention.canonical not in names:
            names.append(mention.canonical)
    return tuple(names)


def _carried_over(reading: Reading, outer: Sequence[UnitMention], start: int) -> tuple[str, ...]:
    """The subject of the sentences just before, in the same paragraph."""
    i = next((i for i, sentence in enumerate(reading.sentences) if sentence.start <= start < sentence.end), 0)
    block = reading.sentences[i].block
    for sentence in reversed(reading.sentences[max(0, i - _MAX_SENTENCES_BACK) : i]):
        if sentence.block != block:
            break
        if subject := _first_subject(reading, outer, sentence.start, sentence.end):
            return _joined(reading, outer, subject)
    return ()
