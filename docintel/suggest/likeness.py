"""How like a problem a record is, by words and by meaning.

In: a problem in words. Out: for a text and its vector, how like the problem it is. A problem often names several things
at once (`账实不符，无人盘点`): a record may be like the whole or like one of them. Words that stand everywhere (`监督`,
`不到位`) tell little, and a part that is made of them counts for little.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from docintel.index.passage_index import PassageIndex
from docintel.index.vectors import Vectors
from docintel.index.words import terms
from docintel.text.normalize import fold

_PARTS = re.compile(r"[,;。、!?\n]|以及|并且|同时")
_PART_LENGTH = 4  # characters: shorter ones name nothing by themselves
_MOST_PARTS = 5
#: What it counts to be like one part of a problem, beside being like the whole.
_PART = 0.85
#: Of relevance, what meaning makes up; the words both have make up the rest.
_MEANING = 0.7


@dataclass(frozen=True, slots=True)
class Similarity:
    """How to read an encoder's cosines; the defaults are the shipped encoder's.

    They were read off the records of some hundred reports. The relevance (similarity and shared words, weighed) of the
    nearest problem is 0.15 to 0.32 for problems of office that no report knows, 0.31 to 0.7 for problems told in quite
    other words than any report, from 0.68 for problems in the words of reports. Of nineteen questions from another
    world (cooking, share prices, museums) it is under 0.33 for fifteen; one that names a hospital comes to 0.64.

    Attributes:
        unrelated: at or below it two texts have nothing to do with each other: 0.
        same: at or above it they say the same: 1.
        comparable: the relevance that the nearest record must have for there to be a comparable case at all.
    """

    unrelated: float = 0.82
    same: float = 0.9
    comparable: float = 0.32

    def of(self, cosine: float) -> float:
        """Cosine to similarity, 0 to 1."""
        return min(1.0, max(0.0, (cosine - self.unrelated) / (self.same - self.unrelated)))


@dataclass(frozen=True, slots=True)
class Part:
    """A problem, or one of the things that it names.

    Attributes:
        vector: as the index's encoder encodes a query.
        words: its terms.
        mass: how much these tell.
        weight: how much it tells beside the whole, 0 to 1.
    """

    text: str
    vector: Vectors
    words: Counter[str]
    mass: float
    weight: float


class Problem:
    """A problem with its parts, to be compared with records."""

    def __init__(self, text: str, index: PassageIndex, similarity: Similarity) -> None:
        self.text = text
        self._index, self._similarity = index, similarity
        self._rarities: dict[str, float] = {}
        texts = [text, *_parts(text)]
        words = [Counter(terms(each)) for each in texts]
        masses = [self._mass(each) for each in words]
        most = max(masses[1:], default=0.0)
        vectors = index.encoder.encode_queries(texts)
        weights = [1.0] + [_PART * sqrt(mass / most) if most else 0.0 for mass in masses[1:]]
        self.parts = [Part(*each) for each in zip(texts, vectors, words, masses, weights, strict=True)]

    def likeness(self, text: str, vector: Vectors) -> tuple[float, float]:
        """How like the problem a record is: its similarity of meaning, and its relevance, 0 to 1 both.

        Relevance is the similarity and the share of telling words that the two have in common, weighed; of the whole
        problem, or of the part that the record is most like.
        """
        words = Counter(terms(text))
        mass = self._mass(words)
        best = (0.0, 0.0)
        for part in self.parts:
            similarity = self._similarity.of(float(np.dot(part.vector, vector)))
            relevance = _MEANING * similarity + (1 - _MEANING) * self._shared(part, words, mass)
            best = max(best, (part.weight * relevance, similarity))
        return best[1], best[0]

    def _shared(self, part: Part, words: Counter[str], mass: float) -> float:
        """The telling words that two texts share, by those that either has: a cosine of sorts, 0 to 1."""
        both = sqrt(part.mass * mass)
        return self._mass(part.words & words) / both if both else 0.0

    def _mass(self, words: Counter[str]) -> float:
        unknown = words.keys() - self._rarities.keys()
        if unknown:
            self._rarities |= self._index.rarities(unknown)
        return sum(count * self._rarities[word] for word, count in words.items())


def _parts(text: str) -> list[str]:
    """The things that a problem names, where it names several."""
    found: Iterable[str] = (piece.strip() for piece in _PARTS.split(fold(text)))
    long_enough = [piece for piece in found if sum(char.isalnum() for char in piece) >= _PART_LENGTH]
    return long_enough[:_MOST_PARTS] if len(long_enough) > 1 else []
