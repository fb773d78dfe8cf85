"""Mark the words of a query in a text.

In: a text and what was asked. Out: the pieces of the text, each marked or not. Traditional characters are marked by
Simplified words and the other way round, full-width letters by plain ones.
"""

from collections.abc import Iterator

from docintel.index.words import terms
from docintel.text.normalize import fold
from docintel.text.script import to_simplified

#: Pairs of characters that say nothing of what is looked for; a query that is a sentence is full of them.
_EMPTY = """问题 工作 情况 进行 有关 相关 方面 存在 没有 以及 他们 我们 一个 这个 其中 通过 对于 关于 由于 为了 不是
    可以 已经 如何 怎么 什么 哪些 怎样 是否"""
_LONG_QUERY = 12  # characters; up to here every word of the query counts


def marked(text: str, query: str) -> list[tuple[str, bool]]:
    """The pieces of a text in order, each with whether it is marked."""
    plain = _plain(text)
    found = [False] * len(text)
    for word in _wanted(query):
        start = plain.find(word)
        while start >= 0:
            found[start : start + len(word)] = [True] * len(word)
            start = plain.find(word, start + 1)
    return list(_pieces(text, found))


def _wanted(query: str) -> set[str]:
    """The words to mark: all of a short query, without the empty ones of a long one."""
    found = {term for term in terms(query) if len(term) > 1}
    if len(query) > _LONG_QUERY:
        found -= set(_EMPTY.split())
    return found or {term for term in terms(query)}


def _plain(text: str) -> str:
    """The text as the words are written: lower case, Simplified, not full-width; character for character."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in to_simplified(fold(text)))


def _pieces(text: str, found: list[bool]) -> Iterator[tuple[str, bool]]:
    start = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or found[i] != found[start]:
            yield text[start:i], found[start]
            start = i
