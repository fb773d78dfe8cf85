"""What followed for those who were dealt with: party and public discipline, organisational and criminal consequences.

In: text. Out: the sanctions it states, one by one, in the text's words, with kind, prison term and fine.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from docintel.extract.language.gates import Beginnings, EachOf, Gated
from docintel.extract.language.lexicon import load
from docintel.extract.language.reading import Reading, once
from docintel.schema import SanctionKind
from docintel.text.normalize import fold
from docintel.text.numerals import parse_number

_WORDS = load("sanctions")
_NUMERAL = r"[0-9.,零一二两三四五六七八九十百千]{1,12}"
_SUM = rf"{_NUMERAL}[余多]?[万亿]?[余多]?元"
_MONEY = re.compile(rf"({_SUM[:-1]})元")
_TERM = re.compile(rf"(?:徒刑|拘役|管制|[判获]刑)(?:(?P<years>{_NUMERAL})年)?[零又]?(?:(?P<months>{_NUMERAL})个月)?")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("{n}", _NUMERAL).replace("{sum}", _SUM))


_DECIDED = [(SanctionKind(kind), _compiled(p)) for kind, patterns in _WORDS["decided"].items() for p in patterns]
_GENERAL = [(SanctionKind.OTHER, _compiled(pattern)) for pattern in _WORDS["general"]["words"]]
_NOTICE = [(SanctionKind.NOTICE, _compiled(pattern)) for pattern in _WORDS["notice"]["words"]]
_JOINT = [(_compiled(pattern), tuple(parts)) for pattern, parts in _WORDS["joint"].items()]
_ANY_GENERAL = Gated("|".join(pattern.pattern for _, pattern in _GENERAL))
_TITLE = re.compile(r"《[^《》]*》")
_EACH_OF = EachOf([pattern for _, pattern in _DECIDED])
_NEEDED = Beginnings(_EACH_OF.words)
#: `移送司法机关|3人` is a figure, no consequence of anybody's.
_COUNTED = re.compile(r"(?:处分|处理|帮助|问责)?[0-9]+余?[人名件起]")
#: 不予立案, 免予处分, 可能因此被免职: nothing followed
_NEGATED = re.compile(
    r"(?:不|未|免|无需|是否|或者?)(?:予|予以|被|受到?|给予)?\Z|可能(?:会|将|因此|因而|由此|就此)*(?:被|受到?|面临)[^,。;]{0,2}\Z"
)
_NEGATION_REACH = 9


@dataclass(frozen=True, slots=True)
class Sanction:
    """One consequence.

    Attributes:
        start: first character of the stretch that states it.
        end: one past the last.
        text: the sanction in the text's words; of `开除党籍和公职` the second is `开除公职`.
        months: the prison term.
        fine: yuan.
    """

    start: int
    end: int
    text: str
    kind: SanctionKind
    months: int | None = None
    fine: float | None = None


def may_state(reading: Reading, start: int, end: int) -> bool:
    """Whether a word that sanctions need may stand in a stretch: in most stands none."""
    places = _places(reading)
    first = bisect_left(places, start)
    return first < len(places) and places[first] < end


@once
def _places(reading: Reading) -> list[int]:
    """Where words may stand that sanctions need."""
    found: list[int] = _NEEDED.starts_in(reading.folded).tolist()
    return found


def split_sanctions(text: str) -> list[Sanction]:
    """The sanctions that `text` states, in order; `开除党籍和公职` gives two, `不予立案` none."""
    return list(_split(text))


@lru_cache(maxsize=1024)  # several steps ask for those of one clause
def _split(text: str) -> tuple[Sanction, ...]:
    folded = _TITLE.sub(lambda match: "〇" * len(match[0]), fold(text))
    decided = [_DECIDED[n] for n in _EACH_OF.possible(folded)]
    if not decided:
        return ()
    joint = [
        Sanction(*match.span(), part, _kind_of(part))
        for pattern, parts in _JOINT
        for match in pattern.finditer(folded)
        for part in parts
    ]
    found = _without_overlap(_found(decided, folded, text), joint)
    return tuple(
        s
        for s in found
        if not _NEGATED.search(folded, max(0, s.start - _NEGATION_REACH), s.start) and not _COUNTED.match(folded, s.end)
    )


def _found(patterns: Iterable[tuple[SanctionKind, re.Pattern[str]]], folded: str, text: str) -> Iterator[Sanction]:
    for kind, pattern in patterns:
        for match in pattern.finditer(folded):
            yield Sanction(*match.span(), text[slice(*match.span())], kind, _months(match[0]), _fine(kind, match[0]))


@cache
def _kind_of(name: str) -> SanctionKind:
    return next(kind for kind, pattern in _DECIDED if pattern.fullmatch(name))


def _months(words: str) -> int | None:
    """`有期徒刑三年六个月` → 42; None for no term, for life and for probation."""
    term = _TERM.search(words)
    if not term or not (term["years"] or term["months"]):
        return None
    years, months = (parse_number(term[part]) or 0 if term[part] else 0 for part in ("years", "months"))
    return round(years * 12 + months)


def _fine(kind: SanctionKind, words: str) -> float | None:
    if kind not in (SanctionKind.CRIMINAL, SanctionKind.ECONOMIC):
        return None
    money = _MONEY.search(words)
    return parse_number(money[1]) if money else None


def _without_overlap(single: Iterable[Sanction], joint: list[Sanction]) -> list[Sanction]:
    """All in text order, the longest one at each place; joint ones share theirs."""
    kept = list(joint)
    for sanction in sorted(single, key=lambda s: (s.start - s.end, s.start)):
        if all(sanction.end <= other.start or sanction.start >= other.end for other in kept):
            kept.append(sanction)
    return sorted(kept, key=lambda s: (s.start, s.end))


def general_sanction(text: str) -> Sanction | None:
    """Words that only say that something followed: `被严肃查处`."""
    return _first(_GENERAL, text) if _ANY_GENERAL.search(fold(text)) else None


def notice_sanction(text: str) -> Sanction | None:
    """The notice that names a person or unit: `公开通报`."""
    return _first(_NOTICE, text)


def _first(patterns: Iterable[tuple[SanctionKind, re.Pattern[str]]], text: str) -> Sanction | None:
    """The first one, the longest of several at its place."""
    return min(_found(patterns, fold(text), text), key=lambda s: (s.start, s.start - s.end), default=None)
