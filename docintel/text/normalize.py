"""Normalise text without losing the way back to its words.

`clean` changes white space only, so a quote cut from the cleaned text is verbatim. `fold` maps character to character,
so an offset into the folded text is an offset into the text itself: patterns run over the folded text and quotes are
cut from the other.
"""

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\xad\u200b-\u200f\u2060\ufeff\ufffc]")
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_LINE_END = re.compile(r" ?\n ?")
#: Characters beyond these are in no folding; a text of so many characters is folded all at once.
_CODES, _LONG = 0x10000, 500


def clean(raw: str) -> str:
    """Normalise white space: LF line ends, one plain space for a run of any, no invisible characters.

    Ideographic and no-break spaces become plain spaces; empty lines stay.
    """
    text = _INVISIBLE.sub("", _LINE_END.sub("\n", raw))
    return _AROUND_LINE_END.sub("\n", _SPACES.sub(" ", text)).strip()


def _folding_table() -> dict[str, str]:
    """Single characters whose compatibility form is one other character, and dots and dashes in one spelling."""
    table: dict[str, str] = {}
    for code in range(0x80, _CODES):
        char = chr(code)
        folded = unicodedata.normalize("NFKC", char)
        if folded != char and len(folded) == 1:
            table[char] = folded
    table |= dict.fromkeys("•‧・‧●", "·")
    table |= dict.fromkeys("–—―﹣", "-")
    table |= dict.fromkeys("﹐", ",")
    return table


_FOLDING = _folding_table()
#: One character in ten is folded; to look for these is five times as fast as `str.translate`.
_FOLDED = re.compile(f"[{re.escape(''.join(_FOLDING))}]")


def fold(text: str) -> str:
    """Fold full-width letters, digits and punctuation to ASCII, character by character.

    `len(fold(text)) == len(text)`: `，` becomes `,`, `１` becomes `1`, `（` becomes `(`. `。`, `、`, `《》` and curly
    quotes have no ASCII form and stay. Characters whose compatibility form is longer (`…`, `㈠`) stay.
    """
    if len(text) >= _LONG and (folded := _folded_at_once(text)) is not None:
        return folded
    return _FOLDED.sub(lambda match: _FOLDING[match[0]], text)


def _folded_at_once(text: str) -> str | None:
    """A long text folded, in a fifth of the time; None for one with characters beyond the table."""
    from docintel.text.characters import code_points  # numpy: a tenth of a second

    codes, table = code_points(text), _table()
    return None if codes.max() >= len(table) else table.take(codes).tobytes().decode("utf-32-le", "surrogatepass")


@cache
def _table() -> "npt.NDArray[np.uint32]":
    """For each of the first 65,536 code points the one that it is folded to."""
    import numpy as np

    table = np.arange(_CODES, dtype="<u4")
    for char, folded in _FOLDING.items():
        table[ord(char)] = ord(folded)
    return table
