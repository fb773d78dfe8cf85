"""The category of a wording, from weighted words.

In: folded text and the name of a vocabulary under `patterns/`. Out: the name of a category.
"""

import re
from dataclasses import dataclass
from functools import cache

from docintel.extract.language.gates import needed_words
from docintel.extract.language.lexicon import alternation, first_two_of, load

_STRONG, _WEAK = 3, 1


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """Words of one weight for a category; `rank` is the category's place in the vocabulary."""

    rank: int
    category: str
    weight: int
    pattern: re.Pattern[str]


class _Vocabulary:
    """The words of a vocabulary, and which of them a text can hold at all, by what they begin with."""

    def __init__(self, name: str) -> None:
        self._always: set[_Words] = set()
        self._beginning: dict[str, set[_Words]] = {}
        for rank, (category, table) in enumerate(load(name)["category"].items()):
            for weight, patterns in ((_STRONG, table["strong"]), (_WEAK, table["weak"])):
                if patterns:
                    self._add(_Words(rank, category, weight, re.compile("|".join(patterns))))
        firsts = first_two_of(self._beginning)
        self._openings = re.compile(f"{firsts}(?=({alternation(self._beginning)}))")
        for opening, words in self._beginning.items():
            words.update(self._beginning.get(opening[0], ()))

    def _add(self, words: _Words) -> None:
        needed = needed_words(words.pattern.pattern)
        if not needed:
            self._always.add(words)
        for word in needed:
            self._beginning.setdefault(word[:2], set()).add(words)

    def possible_in(self, text: str) -> set[_Words]:
        """The words to look for in a text."""
        return self._always.union(*map(self._beginning.__getitem__, self._openings.findall(text)))


@cache
def _vocabulary(name: str) -> _Vocabulary:
    return _Vocabulary(name)


def best_category(vocabulary: str, text: str) -> str:
    """The category of `patterns/<vocabulary>.toml` whose words weigh most in folded text; `other` when none does."""
    scores: dict[tuple[int, str], int] = {}
    for words in _vocabulary(vocabulary).possible_in(text):
        if count := len(words.pattern.findall(text)):
            key = -words.rank, words.category
            scores[key] = scores.get(key, 0) + words.weight * count
    return max(scores, key=lambda key: (scores[key], key), default=(0, "other"))[1]
