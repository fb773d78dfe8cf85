"""Subject and action around a number, read from the tagger's parts of speech.

In: the words of the stretch a number stands in. Out: spans of the noun phrase that is counted and of the verb.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from docintel.extract import lexicon
from docintel.extract.reading import Name

Span = tuple[int, int]

#: Words that stand between a noun and its count and belong to neither (`礼金折合共计32万元`).
_FILLERS = frozenset(
    "共 共计 共有 合计 总计 累计 折合 约 达 达到 超过 近 分别 分别为 为 有 已 已有 先后 总共 计 等 各项 各类 各种 不同 层面 人民币 价值 其中 多 各".split()
)
_SUMS = frozenset("共 共计 合计 总计 累计 折合 达 达到 超过 分别为".split())
_NOMINAL = frozenset({"n", "nz", "nw", "nr", "ns", "nt", "vn", "an", "s", "f", "a", "LOC", "ORG", "PER", "b", "j"})
_GLUE = frozenset("的 和 与 及 以及 、 “ ” ‘ ’ 《 》 / 等 ( )".split())
_STOPS = frozenset("进行 作 作为 予以 给予 参加 参会 开展 全部 均 都 已 被 在 向 对 将 把 于 是 并 通过 由 用于".split())
_LIGHT_VERBS = frozenset("进行 作 作为 予以 有 为 是 达 达到 共计 折合 累计 合计 占 开始 共有 已有".split())


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
    if filler and left_subject:
        subject = left_subject
    else:
        subject = right_subject or left_subject
    if action is None:
        action = _first_verb(rest)
    return Phrase(subject, action)


@cache
def _lexicon(name: str) -> frozenset[str]:
    return frozenset(lexicon.load("amounts")[name])


def _is_nominal(word: Name) -> bool:
    return word.label in _NOMINAL or word.text in _lexicon("nouns")


def _strip_fillers(words: list[Name]) -> tuple[list[Name], bool]:
    """The words without what stands between noun and count, and whether a sum was announced (共计, 达)."""
    stripped = False
    while words and (words[-1].text in _FILLERS or words[-1].label in ("d", "r")):
        stripped |= words.pop().text in _SUMS
    return words, stripped


def _last_verb(words: list[Name]) -> tuple[Span | None, Span | None]:
    """The verb nearest to the number, with those joined to it by 、, and the noun phrase between it and the number."""
    i = len(words)
    while i > 0 and (_is_nominal(words[i - 1]) or words[i - 1].text in _GLUE):
        i -= 1
    nouns = [word for word in words[i:] if word.text.strip()]
    while i > 0 and (words[i - 1].text in _FILLERS or words[i - 1].text in ("了", "过", "出", "到")):
        i -= 1
    if i == 0 and len(nouns) > 1 and nouns[0].text in _lexicon("verbs"):
        return (nouns[0].start, nouns[0].end), (nouns[1].start, nouns[-1].end)
    while nouns and (nouns[0].text in _GLUE - {"“", "《"} or nouns[0].label == "f"):
        nouns.pop(0)
    subject = (nouns[0].start, nouns[-1].end) if nouns else None
    if i == 0 or words[i - 1].label not in ("v", "vd"):
        return None, subject
    if i >= 2 and words[i - 1].text in _LIGHT_VERBS:
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
        if word.text in _STOPS or word.label in ("p", "d", "w") and word.text not in _GLUE or word.text.isspace():
            break
        if word.label in ("v", "vd") and i > first and not _noun_soon(words, i):
            break
        if _is_nominal(word) and word.label != "f":
            last_noun = i
        i += 1
    if last_noun is None:
        return None, words[first:]
    return (words[first].start, words[last_noun].end), words[last_noun + 1 :]


def _noun_soon(words: list[Name], i: int) -> bool:
    """Whether a verb inside a noun phrase goes on to `的` and a noun (`私营企业主赠送的礼金`) or to a head noun at the end."""
    ahead = [word.text for word in words[i + 1 : i + 8]]
    return any(text in ("问题", "案例", "案件", "线索") for text in ahead) or "的" in ahead[:3]


def _first_verb(words: list[Name]) -> Span | None:
    for word in words:
        if word.label in ("v", "vn") and word.text not in _LIGHT_VERBS and word.text not in _STOPS:
            return word.start, word.end
    return None
