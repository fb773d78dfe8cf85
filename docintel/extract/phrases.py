"""Subject and action around a number, read from the tagger's parts of speech.

In: the words of the stretch a number stands in. Out: spans of the noun phrase that is counted and of the verb.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from docintel.extract import lexicon
from docintel.extract.reading import Name

Span = tuple[int, int]

_NOMINAL = frozenset({"n", "nz", "nw", "nr", "ns", "nt", "vn", "an", "s", "f", "a", "LOC", "ORG", "PER", "b", "j"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is counted and what was done; spans of the text, None where there is none."""

    subject: Span | None
    action: Span | None


def phrase_around(before: Sequence[Name], after: Sequence[Name]) -> Phrase:
    """Read subject and action from the words before and after a number with its measure word."""
    left, filler = _strip_fillers(list(before))
    action, left_subject = _last_verb(left)
    right_subject, rest = _leading_noun_phrase(list(after))
    subject = left_subject if filler and left_subject else right_subject or left_subject
    if action is None:
        action = _first_verb(rest)
    return Phrase(subject, action)


def noun_phrase_end(words: Sequence[Name]) -> int | None:
    """Where the noun phrase that opens a stretch of words ends; None when none does."""
    span, _ = _leading_noun_phrase(list(words))
    return span[1] if span else None


@cache
def _lexicon(name: str) -> frozenset[str]:
    return frozenset(lexicon.load("amounts")[name])


def _is_nominal(word: Name) -> bool:
    return word.label in _NOMINAL or word.text in _lexicon("nouns")


def _strip_fillers(words: list[Name]) -> tuple[list[Name], bool]:
    """The words without what stands between noun and count, and whether a sum was announced (共计, 达)."""
    stripped = False
    while words and (words[-1].text in _lexicon("fillers") or words[-1].label in ("d", "r")):
        stripped |= words.pop().text in _lexicon("sums")
    return words, stripped


def _last_verb(words: list[Name]) -> tuple[Span | None, Span | None]:
    """The verb nearest to the number, with those joined to it by 、, and the noun phrase between it and the number."""
    i = len(words)
    while i > 0 and (_is_nominal(words[i - 1]) or words[i - 1].text in _lexicon("glue")):
        i -= 1
    nouns = [word for word in words[i:] if word.text.strip()]
    while i > 0 and (words[i - 1].text in _lexicon("fillers") or words[i - 1].text in ("了", "过", "出", "到")):
        i -= 1
    if i == 0 and len(nouns) > 1 and nouns[0].text in _lexicon("verbs"):
        return (nouns[0].start, nouns[0].end), (nouns[1].start, nouns[-1].end)
    while nouns and (nouns[0].text in _lexicon("glue") - {"“", "《"} or nouns[0].label == "f"):
        nouns.pop(0)
    subject = (nouns[0].start, nouns[-1].end) if nouns else None
    if i == 0 or words[i - 1].label not in ("v", "vd"):
        return None, subject
    if i >= 2 and words[i - 1].text in _lexicon("light_verbs"):
        return None, subject
    first = i - 1
    while first >= 1 and (words[first - 1].text == "、" or words[first - 1].label in ("v", "vn")):
        first -= 1
    while words[first].text == "、":
        first += 1
    return (words[first].start, words[i - 1].end), subject


def _leading_noun_phrase(words: list[Name]) -> tuple[Span | None, list[Name]]:
    """The noun phrase that begins right behind the measure word; a verb may open it if a noun follows (`违反…问题`)."""
    i = 0
    while i < len(words) and (words[i].text in ("的", "方面", "层面") or words[i].label == "f"):
        i += 1
    first = i
    last_noun = None
    while i < len(words):
        word = words[i]
        if (
            word.text in _lexicon("stops")
            or (word.label in ("p", "d", "w") and word.text not in _lexicon("glue"))
            or word.text.isspace()
        ):
            break
        if word.label in ("v", "vd") and i > first and not _noun_soon(words, i):
            break
        if _is_nominal(word) and word.label != "f":
            last_noun = i
        i += 1
    if last_noun is None:
        aspects = words[0] if words and words[0].text == "方面" else None  # 6个方面 counts nothing but these
        return ((aspects.start, aspects.end) if aspects else None), words[first:]
    return (words[first].start, words[last_noun].end), words[last_noun + 1 :]


def _noun_soon(words: list[Name], i: int) -> bool:
    """Whether a verb inside a noun phrase goes on to `的` (`供货商安排的旅游`) or to a noun that heads it."""
    ahead = [word.text for word in words[i + 1 : i + 8]]
    return "的" in ahead[:3] or not _lexicon("heads").isdisjoint(ahead)


def _first_verb(words: list[Name]) -> Span | None:
    for word in words:
        if (
            word.label in ("v", "vn")
            and word.text not in _lexicon("light_verbs")
            and word.text not in _lexicon("stops")
        ):
            return word.start, word.end
    return None
