"""Text that no one wrote: real text in which other persons, places, firms, figures and words stand.

In: the words of texts by number, each of a class, and for each class the words that may stand for one
(`reader_lessons.py`). Out: characters by their rows, and where their sentences are. What was put in is known to be a
name, which LAC may not see; it tells the other words anew.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag, auto
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from docintel.extract.language.network import LINE_END
from docintel.extract.work.groups import Ints, ranges

#: How often a name is another, and a word: a line's share of words is one of these, that of units and figures more.
NAMES_SHARE, WORDS_SHARES, LEAST_SHARE = 0.85, (0, 0.08, 0.2, 0.4), 0.1
#: How often a unit becomes a firm; a person is put before a verb that opens a sentence, or a clause; a line ends at a
#: comma, and at how many of its commas.
FIRM_SHARE, DOES_SHARE, DOES_TOO_SHARE, CUT_SHARE, CUTS_SHARE = 0.5, 0.15, 0.03, 0.25, 0.4


class Class(IntEnum):
    """What may stand for a word: others of its class."""

    FIXED = 0
    PERSON = auto()
    PLACE = auto()  # the place that a name of a place begins with
    PLACE_OF_UNIT = auto()  # the one that a unit's begins with
    REST = auto()  # of such a name
    PLACE_NAME = auto()
    UNIT_NAME = auto()
    FIRM = auto()  # stands for units only
    FIGURE = auto()
    NOUN = auto()
    VERB = auto()
    VERBAL_NOUN = auto()
    ADJECTIVE = auto()
    ADVERB = auto()
    TITLE = auto()


class Mark(IntFlag):
    """What ends behind a word."""

    SENTENCE = 1
    LINE = 2
    CLAUSE = 4


class Forced(IntEnum):
    """What characters are for certain: an odd number begins a name, the even one behind it goes on with it."""

    UNKNOWN = 0
    PERSON = 1
    UNIT = 3
    PLACE = 5


_FORCED = {
    Class.PERSON: Forced.PERSON,
    Class.FIRM: Forced.UNIT,
    Class.PLACE_OF_UNIT: Forced.UNIT,
    Class.PLACE: Forced.PLACE,
}


class Text(NamedTuple):
    """A text as the network reads it.

    Attributes:
        rows: (characters,).
        forced: (characters,), numbers of `Forced`.
        starts: (sentences,).
        ends: (sentences,).
    """

    rows: npt.NDArray[np.int16]
    forced: npt.NDArray[np.int8]
    starts: Ints
    ends: Ints


@dataclass(frozen=True)
class Exchange:
    """Words, and those that may stand for them.

    Attributes:
        rows: the characters of all words, one word behind another.
        ends: (words of the vocabulary,), where each ends in `rows`.
        classes: (words of the vocabulary,).
        words: (words of the texts,), numbers in the vocabulary.
        marks: (words of the texts,).
        sets: (words of the texts,), the set of texts that each is of.
        pools: by class, numbers in the vocabulary.
    """

    rows: Ints
    ends: Ints
    classes: Ints
    words: Ints
    marks: Ints
    sets: Ints
    pools: dict[int, Ints]

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Exchange":
        """From tensors of these names."""
        pools = {of: numbers.numpy() for of, numbers in stored["pools"].items()}
        return cls(**{name: each.numpy() for name, each in stored.items() if name != "pools"}, pools=pools)

    def as_is(self) -> Text:
        """The text as it was written, its lines in another order."""
        words, marks = self._lines(np.random.default_rng(0), (1,) * (self.sets.max() + 1))
        return self._text(words, marks, np.zeros(len(words), np.int8))

    def exchanged(self, seed: int, copies: tuple[int, ...]) -> Text:
        """The text with other words, its lines in another order; of each set so many copies."""
        rng = np.random.default_rng(seed)
        words, marks = self._lines(rng, copies)
        classes, line = self.classes[words], np.cumsum(marks & Mark.LINE > 0) - (marks & Mark.LINE > 0)
        share = rng.choice(WORDS_SHARES, line[-1] + 1)[line]
        named, fixed = ((classes[:, None] == some).any(1) for some in ([*_FORCED], [Class.FIXED, Class.REST]))
        more = (classes[:, None] == [Class.UNIT_NAME, Class.PLACE_NAME, Class.FIGURE]).any(1)
        share = np.where(named, NAMES_SHARE, np.where(more, np.maximum(1.5 * share, LEAST_SHARE), share))
        others = (rng.random(len(words)) < share) & ~fixed
        classes = np.where((classes == Class.UNIT_NAME) & (rng.random(len(words)) < FIRM_SHARE), Class.FIRM, classes)
        forced = np.zeros(len(words), np.int8)
        for of, pool in self.pools.items():
            some = np.flatnonzero(others & (classes == of))
            words[some] = rng.choice(pool, len(some))
            if of in _FORCED:
                forced[some] = _FORCED[of]
                behind = some[some + 1 < len(words)] + 1
                behind = behind[classes[behind] == Class.REST]
                forced[behind] = _FORCED[of] + 1
        cut = (rng.random(line[-1] + 1) < CUT_SHARE)[line] & (marks & Mark.CLAUSE > 0)
        marks[cut & (rng.random(len(words)) < CUTS_SHARE)] |= Mark.SENTENCE | Mark.LINE
        chance = np.where(np.append(Mark.SENTENCE, marks[:-1]) & Mark.SENTENCE, DOES_SHARE, 0.0)
        chance[1:][(marks[:-1] & Mark.CLAUSE) > 0] = DOES_TOO_SHARE
        acts = (classes == Class.VERB) | (classes == Class.ADVERB)
        who = np.flatnonzero(acts & (rng.random(len(words)) < chance))
        words = np.insert(words, who, rng.choice(self.pools[Class.PERSON], len(who)))
        return self._text(words, np.insert(marks, who, 0), np.insert(forced, who, Forced.PERSON))

    def _lines(self, rng: np.random.Generator, copies: tuple[int, ...]) -> tuple[Ints, Ints]:
        """The words and marks of all lines in random order."""
        high = np.flatnonzero(self.marks & Mark.LINE) + 1
        low = np.append(0, high[:-1])
        order = rng.permutation(np.repeat(np.arange(len(low)), np.array(copies)[self.sets[low]]))
        at = ranges(low[order], high[order])
        return self.words[at], self.marks[at]

    def _text(self, words: Ints, marks: Ints, forced: npt.NDArray[np.int8]) -> Text:
        """Words as characters, with ends of lines."""
        starts, ends = np.append(0, self.ends[:-1])[words], self.ends[words]
        sizes = ends - starts
        begins_at = np.cumsum(sizes) - sizes
        known = np.repeat(forced, sizes)
        inside = np.ones(len(known), dtype=bool)
        inside[begins_at] = False
        known[inside & (known % 2 == 1)] += 1
        lines = np.cumsum(marks & Mark.LINE > 0) - (marks & Mark.LINE > 0)
        at = np.arange(len(known)) + np.repeat(lines, sizes)
        rows = np.full(len(known) + int((marks & Mark.LINE > 0).sum()), LINE_END, np.int16)
        every = np.zeros(len(rows), np.int8)
        rows[at], every[at] = self.rows[ranges(starts, ends)], known
        last = np.flatnonzero(marks & Mark.SENTENCE)
        stop = at[(begins_at + sizes)[last] - 1] + 1
        start = at[begins_at[np.append(0, last[:-1] + 1)]]
        return Text(rows, every, start, stop)
