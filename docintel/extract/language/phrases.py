"""Subject and action around a number, read from the parts of speech.

In: the words before and after a number. Out: spans of the noun phrase that is counted and of the verb.

What is counted stands behind the measure word (`8起典型案例`), before the number as the object of its verb
(`追缴违法所得27万元`), or before a verb that the number completes (`投诉量下降38%`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from docintel.extract.language.noun_phrases import leading_noun_phrase, noun, of_share, topic_of, trailing_noun
from docintel.extract.language.reading import Name
from docintel.extract.language.wording import (
    COORDINATORS,
    PARTICLES,
    Span,
    Words,
    actions,
    first_verb,
    is_actor,
    is_adverb,
    is_nominal,
    is_verb,
    modifies,
    span_of,
    strip_fillers,
    words_of,
)

#: Adverbs before the verb of what was done.
_DONE = frozenset({"已", "已经", "先后", "累计", "分别", "均"})

#: Between a noun and its number: 采购(11件), 立案:12件.
_OPENING = frozenset("(:")
#: One letter that needs no verb to say what is counted: 得款.
_MONEY = frozenset("款钱物")
#: Prepositions that name what is dealt with.
_DEALT_WITH = frozenset({"对", "将", "把", "为", "向", "与", "给", "就"})


class Where(StrEnum):
    """Where the words for what is counted stand."""

    BEHIND = "behind"  # 8起典型案例
    OBJECT = "object"  # 追缴违法所得27万元
    TOPIC = "topic"  # 投诉量下降38%, 锦旗504面
    CLAUSE = "clause"  # 先后7次超标准安排公务接待
    WHOLE = "whole"  # 占总数的42.3%


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is counted and what was done; spans of the text, None where there is none.

    Attributes:
        where: where the subject stands.
        agent: the noun before a verb with its object, in `医务人员上交红包213人次`.
    """

    subject: Span | None
    action: Span | None
    where: Where | None = None
    agent: Span | None = None


def phrase_around(
    before: Sequence[Name], after: Sequence[Name], clause: Sequence[Name], *, share: bool, times: bool
) -> Phrase:
    """Read subject and action from the words before and after a number with its measure word.

    Args:
        before: words of the number's own stretch before it; all words as `wording.plain` gives them.
        after: those behind it.
        clause: all words behind it in its clause.
        share: the number is a share or a growth, so that the noun before its verb is what it is said of.
        times: the number says how often something was done.
    """
    left, right = list(before), list(after)
    while left and left[-1].text in _OPENING:
        left.pop()
    at = _predicate(left, share=share or any(word.text in words_of("changes") for word in right[:1]))
    verb_before = next((word for word in reversed(left) if word.text not in PARTICLES), None)
    governed = verb_before is not None and is_verb(verb_before)
    behind, rest = leading_noun_phrase(right, governed=governed or _is_dealt_with(left))
    if at is not None and (share or behind is None):
        topic = topic_of(of_share(left[:at]) if left[at].text in words_of("shares") else left[:at])
        if share and not topic and not behind and (whole := trailing_noun(strip_fillers(left[at + 1 :])[0])):
            return Phrase(whole, span_of(left[at : at + 1]), Where.WHOLE)
        verb = span_of(left[at : at + 1]) if left[at].label != "p" else None
        return Phrase(topic or behind, verb, Where.TOPIC if topic else Where.BEHIND if behind else None)
    if left and left[-1].text in words_of("pivots"):
        if share and (topic := topic_of(left[:-1])):
            return Phrase(topic, first_verb(right), Where.TOPIC)
        behind = None if right and is_verb(right[0]) else behind
        stated = not behind and len(left) > 1 and left[-2].text != "的" and not is_actor(left[:-1])
        topic = topic_of(left[:-1]) if stated else None  # 认可项目只有26项
        where = Where.BEHIND if behind else Where.TOPIC if topic else None
        return Phrase(behind or topic, first_verb(right if behind is None else rest), where)
    left, summed = strip_fillers(left)
    action, found, where = _verb_and_noun(left)
    first = next((i for i, word in enumerate(left) if is_verb(word)), 0)
    agent = trailing_noun(left[:first], adverbs=True)
    if behind and not (summed and found):
        found, where = behind, Where.BEHIND
    does = where is not Where.OBJECT and bool(rest[:1]) and rest[0].text in actions()
    if times and (found is None or where is Where.TOPIC or does) and (done := _deed(clause)):
        return Phrase(*done, Where.CLAUSE)
    if action is None or _is_governed(left, action):
        action = first_verb(rest) or action
    return Phrase(found, action, where if found else None, agent)


def _is_dealt_with(words: Words) -> bool:
    """Whether a preposition names what is counted as what is dealt with: `对其余9家供应商`, but not `将公款9万元`."""
    for i in range(len(words) - 1, -1, -1):
        if words[i].label == "p":
            return words[i].text in _DEALT_WITH
        if is_verb(words[i]) or (is_nominal(words[i]) and not is_actor(words[: i + 1])):
            break
    return False


def _is_governed(words: Words, verb: Span) -> bool:
    """Whether what is done follows, for a preposition behind the verb names what is dealt with: `对3名亲戚办理低保`."""
    return any(word.label == "p" and word.text in _DEALT_WITH and word.start >= verb[1] for word in words)


def noun_phrase_end(words: Sequence[Name]) -> int | None:
    """Where the noun phrase that opens a stretch of words ends; None when none does."""
    span, _ = leading_noun_phrase(list(words), governed=False)
    return span[1] if span else None


def deed_of(words: Sequence[Name]) -> Span | None:
    """What something was done to by those whom a number counts: 红包 of `12名职工主动上交红包`."""
    done = _deed(words)
    return done[0] if done else None


def _predicate(words: Words, *, share: bool) -> int | None:
    """Where the verb stands that the number completes: 下降 of 下降近5%; of a share also 占 of 占总数的5%."""
    for i in range(len(words) - 1, -1, -1):
        if words[i].text in words_of("changes"):
            return i
        if words[i].text not in words_of("complements") and words[i].label != "d":
            break
    if not share:
        return None
    verbs = [i for i, word in enumerate(words) if word.text in words_of("shares")]
    changes = [i for i, word in enumerate(words) if i and word.text in ("由", "从")]
    return verbs[-1] if verbs else changes[0] if changes else None


def _verb_and_noun(words: Words) -> tuple[Span | None, Span | None, Where]:
    """The verb before a number, and the noun phrase that is its object, else its subject."""
    verbs = [i for i, word in enumerate(words) if is_verb(word) and not modifies(words, i)]
    verbs = [i for i in verbs if not i or words[i - 1].text not in ("不", "未")] or verbs
    if not verbs:
        return None, trailing_noun(words), Where.TOPIC
    if verbs[-1] == len(words) - 1:
        weak = [i for i in verbs[:-1] if words[i].text in words_of("weak_verbs")]
        light = next((i for i in reversed(weak) if i - 1 not in weak), None)
        if light is not None:
            return span_of(words[light : light + 1]), noun(words[light + 1 :]), Where.OBJECT
        if len(verbs) > 1 and (words[-1].text not in actions() or words[-1].text in words_of("deverbal")):
            main = _main_verb(words, verbs[:-1])
            return span_of(words[_group_start(words, main) : main + 1]), noun(words[main + 1 :]), Where.OBJECT
        return _complete_verb(words)
    main = _main_verb(words, verbs)
    if words[main + 1].text == "的" or (words[-1].text == "的" and len(verbs) == 1):
        return None, trailing_noun(words), Where.TOPIC
    action = (
        None if words[main].text in words_of("light_verbs") else span_of(words[_group_start(words, main) : main + 1])
    )
    found = noun(words[main + 1 :])
    if found == (words[main].end, words[main].start + 2) and words[-1].text not in _MONEY:
        found = words[main].start, found[1]  # 取芯: verb and noun of one letter each
    return action, found, Where.OBJECT


def _complete_verb(words: Words) -> tuple[Span | None, Span | None, Where]:
    """A verb right before the number: `问题已完成整改19个`, `立案查处16人`."""
    first = _group_start(words, len(words) - 1)
    while first and words[first - 1].text in words_of("deed_modifiers"):
        first -= 1
    before = words[:first]
    while before and is_adverb(before[-1]):
        before = before[:-1]
    topic = None if is_actor(before) else trailing_noun(before, governed=True)
    of_verb = topic is not None and any(is_verb(word) for word in before if word.end <= topic[0])
    return span_of(words[first:]), topic, Where.OBJECT if of_verb else Where.TOPIC


def _group_start(words: Words, verb: int) -> int:
    """Where the verbs begin that are joined to one: 建立、修改、完善, 梳理发现."""
    first = verb
    while first and (
        words[first - 1].text in COORDINATORS or is_verb(words[first - 1]) or words[first - 1].label == "vn"
    ):
        first -= 1
    while words[first].text in COORDINATORS:
        first += 1
    return first


def _main_verb(words: Words, verbs: list[int]) -> int:
    """Which of several verbs before a noun phrase governs it.

    Of `收受下属赠送的礼金` the one before the relative clause; of `发现整改不到位问题` and of an enumeration the first;
    else the last (`组织职工签订承诺书`), but for one that modifies the noun (`提出整改建议`).
    """
    summing = words_of("sums") | _DONE
    summed = max((i for i, word in enumerate(words) if word.text in summing), default=-1)
    verbs = [i for i in verbs if i > summed] or verbs
    relative = max((i for i, word in enumerate(words) if word.text == "的"), default=-1)
    outside = [i for i in verbs if i > relative or i == verbs[0]]
    listed = any(word.text in ("、", "等") for word in words[verbs[0] + 1 :])
    if listed or words[-1].text in words_of("heads"):
        main = next((i for i in outside if words[i].text in actions()), outside[0])
        while (following := _joined_verb(words, main)) is not None:
            main = following
        return main
    main = outside[-1]
    first = main
    while first in outside[1:] and words[first].label != "v" and outside[outside.index(first) - 1] == first - 1:
        first -= 1
    return first if words[first].label == "v" else main


def _joined_verb(words: Words, verb: int) -> int | None:
    """The verb that another goes on with, an object still behind it: 发现 of 梳理发现问题, 完善 of 建立、完善制度."""
    i = verb + 1 + (verb + 1 < len(words) and words[verb + 1].text in COORDINATORS)
    labels = ("v",) if i == verb + 1 else ("v", "vn")
    if i >= len(words) - 1 or words[i].label not in labels or words[i].text in words_of("misdeeds"):
        return None
    return i if words[i].text in actions() else None


def _deed(words: Sequence[Name]) -> tuple[Span | None, Span | None] | None:
    """Object and verb of what was done a number of times: `在某酒店接受供应商宴请`, `收受他人所送的现金`."""
    verbs = [i for i, word in enumerate(words) if is_verb(word)]
    verb = next((i for i in verbs if words[i].text in actions()), verbs[0] if verbs else None)
    if verb is None:
        return None
    rest = list(words[verb + 1 :])
    cut = max((i for i, word in enumerate(rest) if word.text in ("的", "所")), default=-1)
    rest = rest[cut + 1 :]
    while rest and (rest[0].label == "m" or (cut >= 0 and rest[0].label == "v")):
        rest = rest[1:]
    closing = words_of("stops", "sums")
    end = next((i for i, word in enumerate(rest) if word.label == "m" or word.text in closing), len(rest))
    rest = rest[:end]
    while rest and rest[-1].label in ("w", "u"):
        rest = rest[:-1]
    return noun(rest), (words[verb].start, words[verb].end)
