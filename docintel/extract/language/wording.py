"""What the words around a number can be: verbs, nouns, and what only leads up to them.

In: words as tagged. Out: the same without spaces, known verbs in one piece, and what each of them is. Word lists:
`patterns/amounts.toml`.
"""

from collections.abc import Sequence
from functools import cache

from docintel.extract.language.lexicon import load
from docintel.extract.language.reading import Name
from docintel.text.normalize import fold

Span = tuple[int, int]
Words = list[Name]

NAMES = frozenset({"LOC", "ORG", "PER", "TIME"})
COORDINATORS = frozenset({"、", "并", "和", "及", "与", "或"})
#: Between a verb and its object.
PARTICLES = frozenset({"了", "过", "出", "到", "至", "各", "各项", "各类", "各种", "不同", "层面"})
#: Pronouns and adverbs that belong to the noun they open.
_KEPT = frozenset({"其他", "其它", "平均", "违规", "违纪", "违法", "非法", "不", "未"})
_NOMINAL = frozenset({"n", "nz", "nw", "nr", "ns", "nt", "vn", "an", "s", "f", "a", "LOC", "ORG", "PER", "b", "j"})
_ADVERBIAL = frozenset({"d", "ad", "r", "c", "TIME", "vd"})
#: A word is cut up into no more pieces.
_LONGEST_JOIN = 4
#: Nothing longer in quotation marks is a name.
_LONGEST_QUOTED = 10


@cache
def words_of(*names: str) -> frozenset[str]:
    """The words of these lists together."""
    return frozenset(word for name in names for word in load("amounts")[name])


@cache
def actions() -> frozenset[str]:
    """Verbs of things done, however the tagger takes them."""
    return words_of("verbs", "misdeeds") | frozenset(load("segments")["actions"])


@cache
def _known() -> frozenset[str]:
    return actions() | words_of("changes", "nouns")


@cache
def _openings() -> frozenset[str]:
    """What a known word can begin with."""
    return frozenset(word[:n] for word in _known() for n in range(1, len(word)))


def plain(words: Sequence[Name]) -> Words:
    """The words without spaces and folded; those that the tagger cut up (压|减, 立|行|立|改) as one."""
    kept = _quoted(_folded([word for word in words if not word.text.isspace()]))
    openings = _openings()
    out: Words = []
    i = 0
    while i < len(kept):
        opens = kept[i].text in openings
        size = next((n for n in range(_LONGEST_JOIN, 1, -1) if _is_known(kept[i : i + n], n)), 1) if opens else 1
        if size == 1:
            out.append(kept[i])
        else:
            text = "".join(word.text for word in kept[i : i + size])
            label = "n" if text in words_of("nouns") else "v"
            out.append(Name(kept[i].start, kept[i + size - 1].end, label, text))
        i += size
    return out


def _folded(words: Words) -> Words:
    folded = fold("".join(word.text for word in words))
    out: Words = []
    at = 0
    for word in words:
        text = folded[at : at + len(word.text)]
        out.append(word if text == word.text else Name(word.start, word.end, word.label, text))
        at += len(text)
    return out


def _quoted(words: Words) -> Words:
    """The words, what stands in short quotation marks as one noun: “回头看”."""
    if not any(word.text == "“" for word in words):
        return words
    out: Words = []
    i = 0
    while i < len(words):
        end = i
        if words[i].text == "“":
            ahead = words[i : i + _LONGEST_QUOTED]
            end = next((i + k for k, word in enumerate(ahead) if word.text == "”"), i)
        if end == i:
            out.append(words[i])
        else:
            text = "".join(word.text for word in words[i : end + 1])
            out.append(Name(words[i].start, words[end].end, "n", text))
        i = end + 1
    return out


def _is_known(words: Words, size: int) -> bool:
    return len(words) == size and "".join(word.text for word in words) in _known()


def span_of(words: Words) -> Span | None:
    """From the first of the words to the last; None where there is none."""
    return (words[0].start, words[-1].end) if words else None


def is_nominal(word: Name) -> bool:
    """Whether a word can be part of a noun phrase."""
    if word.label == "m":
        return word.text.startswith("第") or word.text.endswith("级")  # 第一种形态, 二级库
    return word.label in _NOMINAL or word.text in _KEPT or word.text in words_of("nouns", "suffixes")


def is_verb(word: Name) -> bool:
    """Whether a word can be what was done."""
    if word.text in words_of("nouns", "suffixes", "complements"):
        return False
    return word.label == "v" or (word.label not in NAMES and word.label not in "fm" and word.text in actions())


def is_adverb(word: Name) -> bool:
    """Whether a word only says when or how."""
    return word.label in _ADVERBIAL or word.text in words_of("fillers")


def is_actor(words: Words) -> bool:
    """Whether words end with who acts or when, not with what is dealt with."""
    return bool(words) and (words[-1].label in NAMES or words[-1].text.endswith(_actors()))


@cache
def _actors() -> tuple[str, ...]:
    return tuple(words_of("actors"))


def modifies(words: Words, verb: int) -> bool:
    """Whether a verb is part of the noun behind it: 整改率, 采购环节."""
    if verb + 1 == len(words):
        return False
    behind = words[verb + 1]
    return behind.text in words_of("suffixes") or (words[verb].label == "vn" and behind.text in words_of("spheres"))


def leads_up(words: Words) -> bool:
    """Whether the first of some words is no part of their noun phrase: an adverb, a preposition, an actor's name."""
    first = words[0]
    if first.text in _KEPT or first.text in ("“", "《") or (first.label == "m" and is_nominal(first)):
        return False
    if is_adverb(first) or first.label in ("p", "w", "u", "m") or first.text in PARTICLES:
        return True
    scope = first.text in words_of("actors") and first.text[0] in "全各我本该"
    if len(words) == 1 or words[1].text in COORDINATORS or words[1].text == "的":
        return scope and len(words) == 1
    return first.label in NAMES or scope


def strip_fillers(words: Words) -> tuple[Words, bool]:
    """The words without what stands between noun and count, and whether a sum was announced (共计, 达)."""
    end, summed = len(words), False
    while end and (_fills(words[end - 1]) or _each(words, end)):
        end -= 1
        summed |= words[end].text in words_of("sums")
    return words[:end], summed


def _fills(word: Name) -> bool:
    return word.text in words_of("fillers") or word.label in ("d", "r")


def _each(words: Words, end: int) -> bool:
    """Whether words end with of what there is one such number: 伙食标准 | 每人每天."""
    return words[end - 1].text.startswith("每") or (end > 1 and words[end - 2].text == "每")


def first_verb(words: Words) -> Span | None:
    """The first verb that says something."""
    for word in words:
        if word.label in ("v", "vn") and word.text not in words_of("light_verbs", "stops"):
            return word.start, word.end
    return None
