"""Word lists and patterns as data: `docintel/extract/patterns/*.toml`, each with a comment saying what it is for."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

#: Begins with a character that must be there.
_PLAIN = re.compile(r"[^\W\d_](?![?*{|])")
#: No alternative outside of brackets.
_ONE = re.compile(r"(?:[^()|]|\((?:[^()]|\([^()]*\))*+\))*+")


@cache
def load(name: str) -> dict[str, Any]:
    """The tables of `patterns/<name>.toml`."""
    return tomllib.loads((files("docintel.extract") / "patterns" / f"{name}.toml").read_text(encoding="utf-8"))


def first_of(words: Iterable[str]) -> str:
    """A lookahead for the characters that the words begin with.

    In front of a lookbehind and a group of many words it spares the engine most of its work.
    """
    return f"(?=[{re.escape(''.join(sorted({word[0] for word in words})))}])"


def alternation(words: Iterable[str]) -> str:
    """A regular expression that matches any of the words, the longest first; to be put in a group."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


class AnyOf:
    """Patterns one of which may stand in a text.

    The engine passes quickly over places where a pattern cannot begin, but only if it begins with certain characters.
    So those that do are tried together, those that begin with `^` at the start alone, and each other one by itself.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        opening = [pattern for pattern in patterns if pattern.startswith("^") and _ONE.fullmatch(pattern)]
        plain = [pattern for pattern in patterns if _PLAIN.match(pattern) and _ONE.fullmatch(pattern)]
        others = [pattern for pattern in patterns if pattern not in opening and pattern not in plain]
        self._searches = [re.compile(pattern).search for pattern in ("|".join(plain), *others) if pattern]
        if opening:
            self._searches.append(re.compile("|".join(opening)).match)

    def found_in(self, text: str) -> bool:
        """Whether a pattern matches somewhere."""
        for search in self._searches:  # noqa: SIM110  a generator costs as much as a search
            if search(text):
                return True
        return False
