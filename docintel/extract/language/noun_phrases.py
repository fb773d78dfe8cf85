"""Noun phrases next to a number: behind its measure word, before it, or before the verb that it completes.

In: words as `wording.plain` gives them. Out: spans of the text.
"""

from docintel.extract.language.wording import (
    COORDINATORS,
    Span,
    Words,
    is_adverb,
    is_nominal,
    is_verb,
    leads_up,
    span_of,
    words_of,
)

#: Between a measure word and its noun: 12个方面的任务, 5人为中管干部.
_BETWEEN = frozenset({"的", "方面", "层面", "为", "系", "是", "均为", "均系", "均"})
#: A relative clause behind a number has no more words.
_RELATIVE = 10
#: Of a longer noun phrase only what follows its last `的` is kept.
_LONG = 12


def noun(words: Words) -> Span | None:
    """The noun phrase that words come down to: no adverb, preposition or name of an actor before it."""
    while words and leads_up(words):
        words = words[1:]
    cut = max((i for i, word in enumerate(words) if word.text == "的"), default=-1)
    if 0 <= cut < len(words) - 1 and (
        words[-1].end - words[0].start > _LONG or any(is_verb(word) for word in words[:cut])
    ):
        words = words[cut + 1 :]
    listed = max((i for i, word in enumerate(words) if word.text == "等"), default=-1)
    if 0 <= listed < len(words) - 1 and any(is_verb(word) or word.text in "《“" for word in words[:listed]):
        words = words[listed + 1 :]
    return None if all(word.label == "f" for word in words) else span_of(_unbroken(words))


def _unbroken(words: Words) -> Words:
    """The words, none where they are but one letter that is no noun: 走 of 套走."""
    return [] if len(words) == 1 and len(words[0].text) == 1 and is_verb(words[0]) else words


def trailing_noun(words: Words, *, adverbs: bool = False, governed: bool = False) -> Span | None:
    """The noun phrase that ends a stretch of words.

    Args:
        adverbs: adverbs may follow it.
        governed: none where a preposition makes it another's part (`以过节费名义`); 对 and 将 name what is dealt with.
    """
    while adverbs and words and is_adverb(words[-1]):
        words = words[:-1]
    first = len(words)
    while first and (is_nominal(words[first - 1]) or words[first - 1].text in words_of("glue")):
        first -= 1
    if governed and first and words[first - 1].label == "p" and words[first - 1].text not in ("对", "将", "把"):
        return None
    return noun(words[first:])


def topic_of(words: Words) -> Span | None:
    """What a verb is said of: the words before it, without adverbs and comparisons (`较上年`, `由62%`)."""
    opened = [i for i, word in enumerate(words) if word.label == "c" and word.text not in COORDINATORS]
    words = words[opened[-1] + 1 if opened else 0 :]
    compared = [i for i, word in enumerate(words) if i and word.text in words_of("comparisons")]
    if compared and not all(word.label in ("d", "f") for word in words[: compared[0]]):
        words = words[: compared[0]]
    while words and (is_adverb(words[-1]) or words[-1].label in ("m", "f")):
        words = words[:-1]
    return noun(words)


def of_share(words: Words) -> Words:
    """In `成立由家长代表占80%的小组` those that 由 names have the share."""
    named = [i for i, word in enumerate(words) if word.text == "由"]
    return words[named[-1] + 1 if named else 0 :]


def leading_noun_phrase(words: Words, *, governed: bool) -> tuple[Span | None, Words]:
    """The noun phrase that begins right behind the measure word, and the words behind it.

    A verb may open it if a noun follows (`违反…问题`), or if a verb stands before the number (`开展1次检查`).
    """
    i = 0
    while i < len(words) and (words[i].text in _BETWEEN or words[i].label == "f"):
        i += 1
    first = i
    governed = governed and not i
    if governed and (end := _relative_end(words)):
        return (words[0].start, words[end - 1].end), words[end:]
    if governed and len(words) > 2 and words[0].label == "d" and is_verb(words[1]) and is_nominal(words[2]):
        i = 2  # 22场未报备会议
    if i < len(words) and not governed and _opens_with_verb(words, i):
        return None, words[first:]
    last_noun = None
    for at in range(i, _end_of_holder(words, i) or len(words)):
        word = words[at]
        if word.text in words_of("stops") or (word.label in ("p", "d", "w") and word.text not in words_of("glue")):
            break
        if word.label in ("v", "vd") and at > first and not _noun_soon(words, at):
            break
        if (is_nominal(word) or (governed and word.label == "v")) and word.label != "f":
            last_noun = at
    if last_noun is None:
        aspects = words[0] if words and words[0].text == "方面" else None  # 6个方面 counts nothing but these
        return ((aspects.start, aspects.end) if aspects else None), words[first:]
    return (words[first].start, words[last_noun].end), words[last_noun + 1 :]


def _end_of_holder(words: Words, i: int) -> int | None:
    """Behind who is counted, not what they have: 14个|村|的财务印鉴; None where the noun goes on."""
    holds = i + 1 < len(words) and words[i].text in words_of("holders") and words[i + 1].text == "的"
    return i + 1 if holds else None


def _relative_end(words: Words) -> int | None:
    """Where the noun ends that a relative clause opens: 对3个 | 进展偏慢的问题 | 发出提醒函; None where none does."""
    ahead = words[:_RELATIVE]
    at = next((i for i, word in enumerate(ahead) if word.text == "的" or word.text in ",;"), 0)
    if not at or ahead[at].text != "的" or all(is_nominal(word) for word in ahead[:at]):
        return None
    end = at + 1
    while end < len(words) and is_nominal(words[end]) and words[end].label != "vn":
        end += 1
    return end if end > at + 1 else None


def _opens_with_verb(words: Words, i: int) -> bool:
    """Whether the words behind a number tell what it did (`4人主动投案`), not what it is."""
    modifies = words[i].label == "vn" and any(word.label == "n" for word in words[i + 1 : i + 2])
    modifies &= words[i].text not in words_of("misdeeds")
    return (
        is_verb(words[i]) and not modifies and words[i].text not in words_of("attributes") and not _noun_soon(words, i)
    )


def _noun_soon(words: Words, i: int) -> bool:
    """Whether a verb inside a noun phrase goes on to `的` (`供货商安排的旅游`) or to a noun that heads it."""
    ahead = [word.text for word in words[i + 1 : i + 8]]
    return "的" in ahead[:3] or not words_of("heads").isdisjoint(ahead)
