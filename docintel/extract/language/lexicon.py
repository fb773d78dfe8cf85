"""Word lists and patterns as data: `docintel/extract/patterns/*.toml`, each with a comment saying what it is for."""

import re
import tomllib
from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """The tables of `patterns/<name>.toml`."""
    return tomllib.loads((files("docintel.extract") / "patterns" / f"{name}.toml").read_text(encoding="utf-8"))


def first_of(words: Iterable[str]) -> str:
    """A lookahead for the characters that the words begin with.

    In front of a lookbehind and a group of many words it spares the engine most of its work.
    """
    return f"(?=[{re.escape(''.join(sorted({word[0] for word in words})))}])"


def first_two_of(words: Collection[str]) -> str:
    """The same for the first two characters, where many of the words begin with a common one; some are longer."""
    longer = [word for word in words if len(word) > 1]
    firsts, seconds = ("".join(sorted({word[n] for word in longer})) for n in (0, 1))
    alone = "".join(f"|{re.escape(word)}" for word in words if len(word) == 1)
    return f"(?=[{re.escape(firsts)}][{re.escape(seconds)}]{alone})"


def alternation(words: Iterable[str]) -> str:
    """A regular expression that matches any of the words, the longest first; to be put in a group.

    Words with the same beginning share it: the engine tries alternatives one by one, and these are fewer.
    """
    rests: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        rests.setdefault(word[:1], []).append(word[1:])
    return "|".join(
        re.escape(first + same[0]) if len(same) == 1 else f"{re.escape(first)}(?:{alternation(same)})"
        for first, same in rests.items()
    )
