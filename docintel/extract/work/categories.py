"""The category of a wording, from weighted words.

In: folded text and the name of a vocabulary under `patterns/`. Out: the name of a category.
"""

import re
from functools import cache

from docintel.extract.language.lexicon import load

_STRONG, _WEAK = 3, 1


@cache
def _weights(vocabulary: str) -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    table = load(vocabulary)["category"]
    return tuple(
        (name, re.compile("|".join(words["strong"])), re.compile("|".join(words["weak"]) or r"(?!)"))
        for name, words in table.items()
    )


def best_category(vocabulary: str, text: str) -> str:
    """The category of `patterns/<vocabulary>.toml` whose words weigh most in folded text; `other` when none does."""
    scores = {
        name: _STRONG * len(strong.findall(text)) + _WEAK * len(weak.findall(text))
        for name, strong, weak in _weights(vocabulary)
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else "other"
