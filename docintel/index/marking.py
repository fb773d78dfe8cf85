"""Mark the words of a query in a text.

In: a text and what was asked. Out: where in the text words of it stand. Traditional characters are marked by Simplified
words and the other way round, full-width letters by plain ones.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from docintel.index.words import terms
from docintel.text.normalize import fold
from docintel.text.script import to_simplified

#: Pairs of characters that say nothing of what is looked for; a query that is a sentence is full of them.
_EMPTY = """问题 工作 情况 进行 有关 相关 方面 存在 没有 以及 他们 我们 一个 这个 其中 通过 对于 关于 由于 为了 不是
    可以 已经 如何 怎么 什么 哪些 怎样 是否"""
_LONG_QUERY = 12  # characters; up to here every word of the query counts


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The pieces of a text in order, each with whether it is of these words."""
    pieces, last = [], 0
    for start, end in spans_of(text, words):
        pieces += [(text[last:start], False), (text[start:end], True)]
        last = end
    return [piece for piece in (*pieces, (text[last:], False)) if piece[0]]


def spans_of(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where words stand in a text, in order; those that touch or overlap are one."""
    plain = _plain(text)
    found: list[tuple[int, int]] = []
    for start, end in sorted(span for word in words for span in _places(plain, _plain_word(word))):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def wanted(query: str) -> set[str]:
    """The words of a query to mark: all of a short one, without the empty ones of a long one."""
    found = {term for term in terms(query) if len(term) > 1}
    if len(query) > _LONG_QUERY:
        found -= set(_EMPTY.split())
    return found or {term for term in terms(query)}


def _places(plain: str, word: str) -> Iterator[tuple[int, int]]:
    start = plain.find(word) if word else -1
    while start >= 0:
        yield start, start + len(word)
        start = plain.find(word, start + 1)


@lru_cache(maxsize=1024)
def _plain_word(word: str) -> str:
    """As `_plain`, kept: each of a query's words is looked for in every hit."""
    return _plain(word)


def _plain(text: str) -> str:
    """The text as the words are written: lower case, Simplified, not full-width; character for character."""
    simplified = to_simplified(fold(text))
    if len(low := simplified.lower()) == len(simplified):
        return low
    return "".join(low if len(low := char.lower()) == 1 else char for char in simplified)
