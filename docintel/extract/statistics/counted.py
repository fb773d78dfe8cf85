"""What a count counts and what was done, completed by what the counts before it in the sentence said.

In: a reading and its counts, in text order. Out: `Counted`s: subject and action, each with the rule that gave it.
"""

import re
from dataclasses import dataclass, replace
from functools import cache

from docintel.extract.language import lexicon
from docintel.extract.language.decisions import Decision
from docintel.extract.language.noun_phrases import trailing_noun
from docintel.extract.language.phrases import Where, deed_of
from docintel.extract.language.reading import Reading, within
from docintel.extract.language.wording import Span, plain
from docintel.extract.statistics.compared import compared_subject
from docintel.extract.statistics.counts import PERSONS, Count

_CLASSIFIED = frozenset({"名", "位"})
_SHARES = frozenset({"%", "‰", "个百分点", "倍"})
#: Measure words of institutions alone.
HOUSES = frozenset({"家", "所"})
#: Measure words of what happens, and of what can be put right.
_INCIDENTS = frozenset({"起", "件", "宗", "例"})
_PUT_RIGHT = frozenset({"个", "条", "项", "件", "处"})
_MONEY = re.compile(r".*元|英镑|港币|卢布|泰铢|瑞士法郎")
_ANYBODY = "人"
_AROUND = " 、的,，"

#: When, how much or how something was, and so not what is counted: 本季度新增21条, 最低180元, 调解成功53件.
_NOTHING_COUNTED = re.compile(
    r"[本上下去今当前半每]*(?:年度?|季度|月份?|周|日)|截[止至].*|最[高低多少大小]|[多少]则|单[场笔]|合起来|成功|延期|有货"
    r"|(?:部分|基本|不|查证)?属实(?:和部分属实)?|不?(?:合格|达标)"
)
#: 罚金|四十万元的判决
_FINE = re.compile(r"(?P<what>罚金|罚款)(?:人民币)? ?$")
#: 从学生伙食费中截留|37.9万元, 以“返点”名义每斤提取|0.3元
_TAKEN_FROM = re.compile(
    r"从(?P<what>[^,。;:、]{2,14}?)[中里]?(?:截留|提取|抽取|套取|支取|挪用|列支)(?:出|了)* ?$"
    r"|以(?P<name>“[^”]{1,8}”|[^,。;:“”]{2,8}?)的?名义[^,。;:]{0,12}$"
)
#: How far from a number what it belongs to may stand.
_REACH = 80
#: Before a noun of people behind its number stand no more words.
_ATTRIBUTES = 4
#: The name of a sort is not longer.
_LONGEST_SORT = 12
#: Words that end the noun phrase behind a number of people.
_ENDS_NOUN = frozenset({"v", "d", "p", "w", "c", "m", "vd", "ad", "TIME"})

Field = Decision[str | None]


_NOTHING: Field = Decision(None, "subject/none")


@dataclass(frozen=True, slots=True)
class Counted:
    """Subject and action of a count.

    Attributes:
        owner: whose figure it is, where the words for what is counted say so.
        end: one past the number.
        thing: the last thing that was spoken of, where people are counted by what they did with it.
    """

    subject: Field
    action: Field
    thing: str | None
    unit_of_measure: str
    clause: Span
    owner: Field | None = None
    end: int = 0

    @property
    def counts_people(self) -> bool:
        """Whether people are counted."""
        return self.unit_of_measure in PERSONS


@cache
def _data(name: str) -> tuple[str, ...]:
    return tuple(lexicon.load("amounts")[name])


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = lexicon.load("amounts")
    return {
        "person": re.compile(data["person_nouns"] + "$"),
        "modifier": re.compile(data["modifiers"]),
        "sum": re.compile(data["names_of_sums"]),
        "deed": re.compile(data["names_of_deeds"]),
        "summing": re.compile(data["summing_up"]),
    }


def resolve(reading: Reading, count: Count, previous: Counted | None, house: Field | None = None) -> Counted:
    """What a count counts.

    Args:
        previous: what the count before in the same sentence counts.
        house: what the paragraph counted last by 家 or 所.
    """
    unit = count.quantity.unit_of_measure
    subject, action = _own(reading, count)
    before = (previous.subject, previous.end) if previous else (None, 0)
    if changing := compared_subject(reading, count, *before):
        keeps = subject.value and changing.value and subject.value.endswith(changing.value)
        subject = replace(changing, value=subject.value, span=subject.span) if keeps else changing
    elif unit in PERSONS:
        subject, action = _people(reading, count, subject, action, previous)
    elif unit in _SHARES:
        subject = _share(subject, action, previous)
    elif _MONEY.fullmatch(unit):
        subject = _money(reading, count, subject, action, previous)
    else:
        subject = _things(reading, count, subject, action, previous)
        if unit in HOUSES and subject.rule in ("subject/none", "subject/carried"):
            subject = _house(subject, previous, house)
    if subject.rule == "subject/deed" and action.value and action.value.endswith("贿赂") and len(action.value) > 2:
        action = replace(action, value=action.value.removesuffix("贿赂"))
    if action.value is None and previous and previous.action.value and _keeps_action(reading, count, subject, previous):
        action = Decision(previous.action.value, "action/carried", previous.action.span)
    thing = subject.value
    if unit in PERSONS:
        behind = count.phrase.where is Where.BEHIND
        words = plain(within(reading.words, count.quantity.end, min(count.clause[1], count.quantity.end + _REACH)))
        thing = _cut(reading, deed_of(words) if behind else count.phrase.subject)
    is_thing = thing is not None and not _patterns()["person"].search(thing) and subject.rule != "subject/deed"
    known = thing if is_thing else previous.thing if previous else None
    return Counted(subject, action, known, unit, count.clause, end=count.quantity.end)


def _keeps_action(reading: Reading, count: Count, subject: Field, previous: Counted) -> bool:
    """Whether what was done to those counted before was done to these: `表扬信488件、锦旗504面`, `其中村干部19人`."""
    return (
        previous.clause == count.clause
        or previous.unit_of_measure == count.quantity.unit_of_measure
        or subject.rule in ("subject/carried", "subject/completed")
        or _is_part(reading, count)
    )


def _own(reading: Reading, count: Count) -> tuple[Field, Field]:
    """Subject and action as they stand around the number."""
    phrase = count.phrase
    subject, action = (_cut(reading, span) for span in (phrase.subject, phrase.action))
    if subject and _NOTHING_COUNTED.fullmatch(subject):
        subject = None
    rule = f"subject/{phrase.where}" if subject else "subject/none"
    before = phrase.action is not None and phrase.action[1] <= count.quantity.start
    verb_rule = "action/none" if not action else "action/before" if before else "action/behind"
    return Decision(subject, rule, phrase.subject), Decision(action, verb_rule, phrase.action)


def _people(reading: Reading, count: Count, own: Field, action: Field, previous: Counted | None) -> tuple[Field, Field]:
    deeds = _data("done_to_people") + (() if count.quantity.unit_of_measure == "人次" else _data("done_with_people"))
    if own.value and own.value.endswith(deeds) and count.phrase.where is not Where.BEHIND:
        return _anybody(), Decision(own.value, "action/deed", own.span)
    found = _people_behind(reading, count, own) if count.phrase.where is Where.BEHIND else None
    if count.phrase.where is not Where.BEHIND and own.value:
        found = _people_before(reading, count, own, previous)
    if not found and count.quantity.unit_of_measure in _CLASSIFIED:
        found = _people_right_behind(reading, count)
    return found or _default_people(reading, count, action, previous), action


def _people_behind(reading: Reading, count: Count, own: Field) -> Field | None:
    """`6名党员领导干部`; behind 人 a noun is no attribute, but for `26544人次的手术病人`."""
    assert own.span
    if own.value and _patterns()["person"].search(own.value):
        return own
    classified = count.quantity.unit_of_measure in _CLASSIFIED
    end = None
    for word in within(reading.words, own.span[0], min(count.clause[1], own.span[0] + _REACH)):
        if _patterns()["person"].search(reading.folded, own.span[0], word.end):
            end = word.end
        elif word.label in _ENDS_NOUN or (word.text in _data("stops") and word.end > own.span[0] + 1):
            break
    if end:
        span = own.span[0], end
        return Decision(_cut(reading, span), own.rule, span)
    return own if classified else None


def _people_right_behind(reading: Reading, count: Count) -> Field | None:
    """`两名外聘专家`, whatever the tagger takes their attribute for."""
    end = min(count.clause[1], count.quantity.end + _REACH)
    for word in within(reading.words, count.quantity.end, end)[:_ATTRIBUTES]:
        if word.text in _data("stops") or word.label in ("p", "w"):
            break
        if _patterns()["person"].search(word.text):
            span = count.quantity.end, word.end
            return Decision(_cut(reading, span), f"subject/{Where.BEHIND}", span)
    return None


def _people_before(reading: Reading, count: Count, own: Field, previous: Counted | None) -> Field | None:
    """`处理干部54人`, `乡科级35人`, `医务人员上交红包213人次`, `“第一种形态”运用1130人次`."""
    assert own.value
    if reading.folded[count.quantity.start - 1] == "等" or own.value.endswith("人数"):  # 张某等四人
        return None
    if _patterns()["person"].search(own.value):
        return Decision(own.value.rpartition("的")[2], own.rule, own.span)
    if own.value.endswith(_data("done_with_people")) and count.quantity.unit_of_measure == "人次":
        return own
    if own.value.endswith("级"):
        return Decision(own.value + _head_of(previous, "干部"), "subject/completed", own.span)
    if (agent := count.phrase.agent) and _patterns()["person"].search(noun := _cut(reading, agent) or ""):
        return Decision(noun, "subject/agent", agent)
    stated = count.phrase.where is Where.TOPIC and (agent is None or agent == own.span)
    stated &= not own.value.endswith(_data("actors"))
    return own if stated or own.value.endswith(_data("told")) else None


def _default_people(reading: Reading, count: Count, action: Field, previous: Counted | None) -> Field:
    """`其中4人主动投案` counts those of whom the number before spoke; `提醒谈话136人次` the talks; else people."""
    classified = count.quantity.unit_of_measure in _CLASSIFIED
    if previous and previous.counts_people and previous.subject.value and (classified or _is_part(reading, count)):
        return Decision(previous.subject.value, "subject/carried", previous.subject.span)
    if count.quantity.unit_of_measure == "人次" and action.value and action.value.endswith(_data("done_with_people")):
        return Decision(action.value, "subject/deed", action.span) if action.value.endswith("谈话") else _anybody()
    return _anybody()


def _anybody() -> Field:
    return Decision(_ANYBODY, "subject/anybody")


def _share(own: Field, action: Field, previous: Counted | None) -> Field:
    """What has the share, or what grew; `占总数的42.3%` is said of what was counted before."""
    if own.value and not own.rule.endswith(Where.WHOLE) and not (previous and own.value in _data("nominal_shares")):
        return own
    if previous and previous.subject.value:
        return Decision(previous.subject.value, "subject/carried", previous.subject.span)
    if own.value is None and action.value in _data("nominal_shares"):
        return Decision(action.value, "subject/deed", action.span)
    return own


def _money(reading: Reading, count: Count, own: Field, action: Field, previous: Counted | None) -> Field:
    thing = previous.thing if previous else None
    if own.value and thing and own.rule.endswith(Where.TOPIC) and _patterns()["sum"].fullmatch(own.value):
        return Decision(thing, "subject/carried", own.span)
    if told := _fine(reading, count, own) or (own if own.value and not _is_doer(own) else None):
        return told
    if told := _deed(action) or _source(reading, count):
        return told
    sums_up = _sums_up(reading, count)
    if sums_up and (told := _said_before(reading, count)):
        return told
    of_money = previous is not None and _MONEY.fullmatch(previous.unit_of_measure) is not None
    if count.goes_on and of_money and previous and previous.subject.value:
        return Decision(previous.subject.value, "subject/carried", previous.subject.span)
    goes_on = previous and (sums_up or of_money or count.goes_on)
    goes_on = goes_on or _is_part(reading, count)
    return Decision(thing, "subject/carried") if thing and goes_on else _NOTHING


def _fine(reading: Reading, count: Count, own: Field) -> Field | None:
    """`罚金四十万元的判决`: the fine, not what says it."""
    fine = _FINE.search(reading.folded, count.start, count.quantity.start) if own.rule.endswith(Where.BEHIND) else None
    return Decision(fine["what"], "subject/fine", fine.span("what")) if fine else None


def _source(reading: Reading, count: Count) -> Field | None:
    """Whence, or under what name, a sum was taken."""
    taken = _TAKEN_FROM.search(reading.folded, count.clause[0], count.quantity.start)
    span = taken.span(taken.lastgroup or 0) if taken else None
    return Decision(_cut(reading, span), "subject/source", span) if span else None


def _sums_up(reading: Reading, count: Count) -> bool:
    """Whether a clause only sums up what the one before it speaks of: `收受现金和购物卡,合计214万元`."""
    start, end = count.clause[0], count.quantity.start
    return start > count.sentence[0] and _patterns()["summing"].fullmatch(reading.folded, start, end) is not None


def _said_before(reading: Reading, count: Count) -> Field | None:
    """What the clause before ends with."""
    end = count.clause[0] - 1
    start = max(count.sentence[0], reading.folded.rfind(",", max(0, end - _REACH), end) + 1)
    span = trailing_noun(plain(within(reading.words, start, end)))
    return Decision(said, "subject/before", span) if (said := _cut(reading, span)) else None


def _things(reading: Reading, count: Count, own: Field, action: Field, previous: Counted | None) -> Field:
    thing = previous.thing if previous else None
    if thing and not own.rule.endswith(Where.BEHIND) and (part := _part_of(reading, count, own, thing, previous)):
        return part
    if own.value and not _is_doer(own):
        return own
    if previous and count.goes_on and previous.subject.value:
        return Decision(previous.subject.value, "subject/carried", previous.subject.span)
    if deed := _deed(action):
        return deed
    if thing is None and action.value in _data("put_right") and count.quantity.unit_of_measure in _PUT_RIGHT:
        return Decision("问题", "subject/implied", action.span)
    alien = count.quantity.unit_of_measure in _INCIDENTS and _is_sum_or_share(previous)
    return Decision(thing, "subject/carried") if thing and not alien else _NOTHING


def _part_of(reading: Reading, count: Count, own: Field, thing: str, previous: Counted | None) -> Field | None:
    """A sort of what was counted before: `涉及食堂的41个`, `个人层面33条`, `食堂管理类137个`; else None."""
    if own.value is None:
        return None
    words = reading.folded[count.start : count.quantity.start].rstrip()
    if words.endswith("的") and not words.startswith(_data("tells_of")):
        return Decision(thing, "subject/carried", own.span)
    if words.endswith("层面") or _patterns()["modifier"].fullmatch(own.value):
        sort = _sort(reading, count) or own.value
        return Decision(sort + _head_of(previous, ""), "subject/completed", own.span)
    return None


def _house(subject: Field, previous: Counted | None, house: Field | None) -> Field:
    """What 家 counts without a noun: 另外8家 are of the sort counted by it before, never 金额 or 比例."""
    if house and house.value:
        return Decision(house.value, "subject/carried", house.span)
    return _NOTHING if _is_sum_or_share(previous) else subject


def _is_sum_or_share(counted: Counted | None) -> bool:
    """Whether what was counted is no thing that 家 or 起 could count."""
    unit = counted.unit_of_measure if counted else ""
    return unit in _SHARES or _MONEY.fullmatch(unit) is not None


def _sort(reading: Reading, count: Count) -> str | None:
    """All that stands before the number of a sort: `虚报里程类37个`."""
    words = reading.folded[count.start : count.quantity.start].rpartition("其中")[2].strip()
    return words if words.endswith("类") and len(words) <= _LONGEST_SORT else None


def _is_doer(own: Field) -> bool:
    """Whether the noun before a verb says who did it, not what is counted: `干部职工人均办理150件`."""
    return own.rule.endswith(Where.TOPIC) and _patterns()["person"].search(own.value or "") is not None


def _deed(action: Field) -> Field | None:
    """`立案57件`, `受贿118万元`: the deed names what is counted."""
    match = _patterns()["deed"].search(action.value) if action.value else None
    return Decision(match.group(), "subject/deed", action.span) if match else None


def _head_of(previous: Counted | None, default: str) -> str:
    """The noun that `食堂管理类` or `乡科级` leaves out: that of the number before, without what stood before it."""
    said = (previous.subject.value or "") if previous else ""
    return next((head for head in _data("left_out") if said.endswith(head)), default)


def _is_part(reading: Reading, count: Count) -> bool:
    first = max(count.clause[0], count.quantity.start - _REACH)
    return reading.folded.find("其中", first, count.quantity.start) >= 0


def _cut(reading: Reading, span: Span | None) -> str | None:
    """The words of a span without what surrounds them; None where no word is left."""
    if span is None:
        return None
    start, end = span
    while start < end and reading.text[start] in _AROUND:
        start += 1
    while end > start and reading.text[end - 1] in _AROUND:
        end -= 1
    for opening, closing in ("“”", "《》", "‘’", "（）", "()"):
        words = reading.text[start:end]
        lacks = words.count(opening) - words.count(closing)
        end += lacks > 0 and reading.text[end : end + 1] == closing
        start -= lacks < 0 and reading.text[start - 1 : start] == opening
    words = reading.text[start:end].strip(_AROUND).rstrip("（(。")
    if words[:1] + words[-1:] in ("“”", "‘’", "《》"):
        words = words[1:-1]
    return None if not words or words in _data("glue") or words in _data("fillers") else words
