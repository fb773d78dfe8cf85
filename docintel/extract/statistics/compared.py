"""What a number counts that something is measured by or changed from.

`供货价|高出市场价|近三成` counts the 供货价, `投诉由去年同期的|46件|降至19件` the 投诉.

In: a reading, a count and its clause. Out: the noun that is measured or changes, with the rule that gave it.
"""

import re

from docintel.extract.language.decisions import Decision
from docintel.extract.language.noun_phrases import trailing_noun
from docintel.extract.language.reading import Reading, within
from docintel.extract.language.wording import plain
from docintel.extract.statistics.counts import Count

_THEN = (
    r"(?:(?:此前|去年同期|上年同期|去年|上年|过去|原来|原先|以前|之前|最初|(?:整改|治理|整治|改革|试点|上线)前|年初"
    r"|\d{1,2}月)的?)?"
)
_EACH = r"(?:(?:月|年|日|人)?均|平均|每[年月天日])?的?"
#: `患者投诉|由去年同期的|46件降至19件`, `抽查比例|从|百分之二提到了百分之十`
_FROM = re.compile(rf"(?P<what>[^,。;:、]{{2,16}}?)(?:已|也|均)?(?:由|从){_THEN}{_EACH}约?\s*")
#: `供货价|平均高出同期市场价|近三成`
_OVER = re.compile(
    r"(?P<what>[^,。;:]{2,20}?)(?:平均|普遍|均|都|竟|大多|却|要)*"
    r"(?:(?:高于|低于|高出|低出|超出|超过|多出|少于)[^,。;:\d]{2,16}?|比[^,。;:\d]{2,20}?(?:高|低|多|少|贵|便宜)出?了?)(?:近|约|达|上)?\s*"
)
#: `46件|降至|19件`
_CHANGED = re.compile(
    r"\s*[^,。;:\d]{0,3}(?:降|升|增|减|压|扩大|缩短|提|下降|上升|增加|减少|涨|跌|回落)[^,。;:\d]{0,4}(?:至|到|为|成)了?"
    rf"(?:目前的?|现在的?|今年的?|如今的?)?{_EACH}\s*"
)
_SHARES = frozenset({"%", "‰", "成", "倍"})
_RULE = "subject/changing"
_PART_OF = ("占比", "比例", "比重")
_SHARE_LENGTH = 2

Field = Decision[str | None]


def compared_subject(reading: Reading, count: Count, before: Field | None, end_before: int) -> Field | None:
    """What changes from the number, to it, or is more or less by it.

    Args:
        reading: the document.
        count: the number.
        before: what the number before it in the sentence counts.
        end_before: one past that number.
    """
    folded, start, stop = reading.folded, count.clause[0], count.quantity.start
    if before and before.rule == _RULE and _CHANGED.fullmatch(folded, end_before, stop):
        return before
    match = _FROM.fullmatch(folded, count.start, stop)
    if match and not _CHANGED.match(folded, count.quantity.end, count.clause[1]):
        match = None
    if not match and count.quantity.unit_of_measure in _SHARES:
        match = _OVER.fullmatch(folded, start, stop)
    if not match:
        return None
    begin = match.start("what")
    end = begin + len(match["what"].rstrip())
    span = trailing_noun(plain(within(reading.words, begin, end)))
    if span and folded.endswith(_PART_OF, begin, end):  # 党员|占比: the tagger sees a verb
        whole = trailing_noun(plain(within(reading.words, begin, end - _SHARE_LENGTH)))
        span = (whole[0] if whole else span[0], end)
    return Decision(reading.text[slice(*span)], _RULE, span) if span else None
