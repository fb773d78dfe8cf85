"""Which weights of a linear model a candidate has: the rows of its words, pairs and characters by their role.

In: the entries of the tables of a model; the `Grams` and the `Description` of a document. Out: numbers of rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from docintel.extract.work.description import CODES, OPINIONS, POINTS, STRETCHES, Description, Grams
from docintel.extract.work.groups import Ints, ranges
from docintel.text.characters import code_points

TABLES = ("words", "pairs", "characters", "tags")
#: More than there are code points.
_CHARACTERS = 1 << 21


class Vocabulary:
    """Where the weights of each role begin, and which row of it an entry has; row 0 is that of unknown ones.

    Attributes:
        sizes: table → its rows.
        offsets: role, property or head with opinions → its first row.
        code_offsets: (properties, 1), those of the properties that have codes.
        size: of all rows.
    """

    def __init__(self, entries: Mapping[str, Sequence[Any]]) -> None:
        """From the entries of each table."""
        words = dict.fromkeys(chain(entries["words"], chain.from_iterable(entries["pairs"]), [""]))
        self._words, self._tags = _numbered(words), _numbered(entries["tags"])
        in_pairs = np.array([self._words[word] for pair in entries["pairs"] for word in pair], dtype=np.intp)
        self._pairs = _Rows(self._pair_codes(in_pairs)[::2])
        self._characters = _Rows(_character_codes("".join(entries["characters"]))[::2])
        self.sizes = {table: len(entries[table]) + 1 for table in TABLES}
        sizes = {role: self.sizes[table] for role, table in {**STRETCHES, **POINTS}.items()}
        sizes |= CODES | {head: len(labels) for head, labels in OPINIONS.items()}
        ends = np.cumsum([0, *sizes.values()]).tolist()
        self.offsets: dict[str, int] = dict(zip(sizes, ends[:-1], strict=True))
        self.code_offsets = np.array([[self.offsets[name]] for name in CODES], dtype=np.intp)
        self.size: int = ends[-1]

    def rows(self, grams: Grams) -> dict[str, Ints]:
        """For each table the row of every entry of a document, and at the end of what is no entry."""
        words = _looked_up(self._words, grams.distinct)[grams.numbers]
        found = {
            # behind the rows of the table stand words of pairs only
            "words": np.where(words < self.sizes["words"], words, 0),
            "pairs": self._pairs.of(self._pair_codes(np.append(words, self._words[""]))[:-1]),
            "characters": self._characters.of(_character_codes(grams.text)),
            "tags": _looked_up(self._tags, grams.tags),
        }
        return {table: np.append(rows, 0) for table, rows in found.items()}

    def _pair_codes(self, words: Ints) -> Ints:
        """A number for each word with the next."""
        codes: Ints = words * (len(self._words) + 1) + np.append(words[1:], 0)
        return codes

    def features(
        self, rows: Mapping[str, Ints], description: Description, which: Ints, opinions: Mapping[str, Ints]
    ) -> Iterator[tuple[Ints, Ints]]:
        """For each role the features of candidates, one candidate behind another, and how many each has.

        Args:
            which: the candidates.
            opinions: of heads, for each of these candidates.
        """
        for role, table in STRETCHES.items():
            low, high = description.stretches[role][:, which]
            yield self.offsets[role] + rows[table][ranges(low, high)], high - low
        said = [self.offsets[head] + numbers for head, numbers in opinions.items()]
        single = np.column_stack([self.single(rows, description, which), *said])
        yield single.ravel(), np.full(len(single), single.shape[1])

    def single(self, rows: Mapping[str, Ints], description: Description, which: Ints) -> Ints:
        """The features that each candidate has one of: (candidates, features)."""
        points = [self.offsets[role] + rows[table][description.points[role][which]] for role, table in POINTS.items()]
        return np.concatenate([np.stack(points), self.code_offsets + description.codes[:, which]]).T


class _Rows:
    """Which row each of some numbers has, counted from 1; 0 is that of all others."""

    def __init__(self, numbers: npt.NDArray[np.int64]) -> None:
        """From the number of each row."""
        order = np.argsort(numbers)
        self._numbers = np.append(numbers[order], np.iinfo(np.int64).max)
        self._rows = np.append(order + 1, 0)

    def of(self, numbers: npt.NDArray[np.int64]) -> Ints:
        """The row of each; looked up in order, which leaves most of a large table alone."""
        distinct, which = np.unique(numbers, return_inverse=True)
        places = np.searchsorted(self._numbers, distinct)
        rows: Ints = np.where(self._numbers[places] == distinct, self._rows[places], 0)[which]
        return rows


def _numbered(entries: Iterable[str]) -> dict[str, int]:
    return {entry: n for n, entry in enumerate(entries, 1)}


def _looked_up(rows: Mapping[str, int], entries: Sequence[str]) -> Ints:
    return np.fromiter(map(rows.get, entries, repeat(0)), np.intp, len(entries))


def _character_codes(text: str) -> npt.NDArray[np.int64]:
    """A number for each character with the next, for the last one with a space."""
    points = code_points(text + " ").astype(np.int64)
    return points[:-1] * _CHARACTERS + points[1:]
