"""What followed for those who were dealt with: party and public discipline, organisational and criminal consequences.

In: text. Out: the sanctions it states, one by one, in the text's words.
"""

import re
from dataclasses import dataclass

from docintel.extract.lexicon import load
from docintel.text.normalize import fold

_WORDS = load("sanctions")
_NUMERAL = r"[0-9.,零一二两三四五六七八九十百千]+"


def _compile(patterns: list[str]) -> re.Pattern[str]:
    """One pattern that finds the longest of several at each place."""
    longest_first = sorted(patterns, key=lambda pattern: (-len(pattern), pattern))
    return re.compile("|".join(f"(?:{pattern.replace('{n}', _NUMERAL)})" for pattern in longest_first))


_DECIDED = [re.compile(pattern.replace("{n}", _NUMERAL)) for pattern in _WORDS["decided"]]
_GENERAL = _compile(_WORDS["general"])
_NOTICE = _compile(_WORDS["notice"])
_JOINT = [(re.compile(pattern), tuple(parts)) for pattern, parts in _WORDS["joint"].items()]
#: 不予立案, 免予处分: nothing followed
_NEGATED = re.compile(r"(?:不|未|免|无需|是否|或者?)(?:予|予以|被|受到?|给予)?$")


@dataclass(frozen=True, slots=True)
class Sanction:
    """One consequence.

    Attributes:
        start: first character of the stretch that states it.
        end: one past the last.
        text: the sanction in the text's words; of `开除党籍和公职` the second is `开除公职`.
    """

    start: int
    end: int
    text: str


def split_sanctions(text: str) -> list[Sanction]:
    """The sanctions that `text` states, in order; `开除党籍和公职` gives two, `不予立案` none."""
    folded = fold(text)
    joint = [Sanction(*m.span(), part) for pattern, parts in _JOINT for m in pattern.finditer(folded) for part in parts]
    single = [Sanction(*m.span(), text[m.start() : m.end()]) for p in _DECIDED for m in p.finditer(folded)]
    found = _without_overlap(single, joint)
    return [s for s in found if not _NEGATED.search(folded, max(0, s.start - 5), s.start)]


def _without_overlap(single: list[Sanction], joint: list[Sanction]) -> list[Sanction]:
    """All in text order, the longest one at each place; joint ones share theirs."""
    kept = list(joint)
    for sanction in sorted(single, key=lambda s: (s.start - s.end, s.start)):
        if all(sanction.end <= other.start or sanction.start >= other.end for other in kept):
            kept.append(sanction)
    return sorted(kept, key=lambda s: (s.start, s.end))


def general_sanction(text: str) -> Sanction | None:
    """Words that only say that something followed: `被严肃查处`."""
    return _first(_GENERAL, text)


def notice_sanction(text: str) -> Sanction | None:
    """The notice that names a person or unit: `公开通报`."""
    return _first(_NOTICE, text)


def _first(pattern: re.Pattern[str], text: str) -> Sanction | None:
    match = pattern.search(fold(text))
    return Sanction(*match.span(), text[slice(*match.span())]) if match else None
