"""Cut text into the terms of the lexical index.

Takes any text, gives its terms: every pair of neighbouring Chinese characters, so that a word of two characters always
matches; dictionary words of three characters and more, so that a long term weighs more than its parts; and runs of
Latin letters and digits. Traditional characters count as their Simplified ones. The same cut serves passages and
queries.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise

from docintel.text.normalize import fold
from docintel.text.script import to_simplified

#: Raised when the same text would be cut into other terms: an index with another number is rebuilt.
VERSION = 2

_RUN = re.compile(r"(?P<han>[\u3400-\u4dbf\u4e00-\u9fff〇]+)|[a-z0-9]+(?:\.[0-9]+)?")
_TERM_FREQUENCY = 100_000  # far above any word of the dictionary: a listed term is never cut


def terms(text: str) -> list[str]:
    """The terms of a text, in text order; a term that occurs twice is there twice.

    `备案接待` gives 备案, 案接, 接待; a Chinese character that stands alone is a term itself.
    """
    return [term for match in _RUN.finditer(to_simplified(fold(text)).lower()) for term in _run_terms(match)]


def dictionary_words(text: str) -> list[str]:
    """The words of a text by the dictionary, in text order, none within another: what a plain index is made of."""
    runs = _RUN.finditer(to_simplified(fold(text)).lower())
    return [word for run in runs for word in (_segmenter()(run[0]) if run["han"] else [run[0]])]


def terms_within(phrase: str) -> list[str] | None:
    """Terms that every text has which holds a phrase, wherever it is cut; None where no term tells.

    A single Chinese character is in the pairs of its neighbours, and a word of the dictionary may be cut otherwise.
    """
    runs = list(_RUN.finditer(plain(phrase, spaces=True)))
    found = [pair for run in runs if run["han"] for pair in map("".join, pairwise(run[0]))]
    found += [run[0] for run in runs if not run["han"]]
    return list(dict.fromkeys(found)) or None


def is_term(phrase: str) -> bool:
    """Whether a phrase is one term, so that a text which has the term holds the phrase."""
    return bool(re.fullmatch(r"[\u3400-\u4dbf\u4e00-\u9fff〇]{2}", plain(phrase)))


def plain(text: str, *, spaces: bool = False) -> str:
    """A text as phrases are compared: Simplified, lower case, not full-width, without white space unless it is kept."""
    folded = to_simplified(fold(text)).lower()
    return folded if spaces else "".join(folded.split())


def _run_terms(match: re.Match[str]) -> Iterator[str]:
    run = match[0]
    if not match["han"] or len(run) == 1:
        yield run
        return
    yield from (run[i : i + 2] for i in range(len(run) - 1))
    yield from (word for word in _segmenter()(run) if len(word) > 2)


@cache
def _segmenter() -> Callable[[str], list[str]]:
    """Cut into dictionary words: rjieba where it is installed, else jieba, its fifteen times slower equal."""
    known = (files("docintel.index") / "terms.txt").read_text(encoding="utf-8").split("\n")
    domain = [line for line in known if line and not line.startswith("#")]
    try:
        from rjieba import Jieba  # has no wheel for some machines

        fast = Jieba()
        for term in domain:
            fast.add_word(term, _TERM_FREQUENCY, "n")
        cut: Callable[[str], list[str]] = fast.cut
    except ModuleNotFoundError:
        from jieba import Tokenizer  # costs a second: only where it is needed

        slow = Tokenizer()
        for term in domain:
            slow.add_word(term, _TERM_FREQUENCY, "n")
        cut = slow.lcut
    return cut
