"""What words mean, as vectors: words of like use lie near each other, those too that nobody has annotated.

In: words. Out: vectors, and their means over stretches of a document. The vector of a word is the mean of those of its
pieces, the longest first; these are principal components of the sentence encoder's table of tokens
(`scripts/build_meanings.py`). No model is run: a word costs a look into a dictionary.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain, count
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.work import groups
from docintel.extract.work.groups import Floats, Ints

#: Words; eight megabytes for the shipped judge.
_REMEMBERED = 20_000


class TextMeanings(NamedTuple):
    """The words of a document as vectors.

    Attributes:
        vectors: of every distinct word, (distinct words, dim).
        numbers: of each word, which of the distinct ones it is.
    """

    vectors: Floats
    numbers: Ints

    def part(self, columns: slice) -> "TextMeanings":
        """Some columns of them."""
        return TextMeanings(self.vectors[:, columns], self.numbers)

    def means(self, low: Ints, high: Ints) -> Floats:
        """The mean vectors of stretches of words, from each of `low` to each of `high`: (stretches, dim)."""
        is_new = groups.begins_run(low, high)
        low, high = low[is_new], high[is_new]
        each = self.vectors.take(self.numbers[groups.ranges(low, high)], axis=0)
        sums = groups.sums(each, high - low)
        means: Floats = (sums / np.maximum(1, high - low)[:, None].astype(np.float32))[np.cumsum(is_new) - 1]
        return means


class Meanings:
    """The vectors of pieces of words.

    Attributes:
        dim: numbers of a vector.
    """

    def __init__(self, folder: Path) -> None:
        """Load them.

        Raises:
            ModelError: a file is missing or unreadable.
        """
        try:
            pieces = json.loads((folder / "pieces.json").read_text("utf-8"))
            with np.load(folder / "vectors.npz") as stored:
                self._vectors: npt.NDArray[np.int8] = stored["vectors"]
                self._step = float(stored["step"])
            self._rows = dict(zip(pieces, range(len(self._vectors)), strict=True))
        except (OSError, ValueError, KeyError, BadZipFile) as exc:
            raise ModelError(
                f"词义向量无法读取。 The vectors of words in {folder} cannot be read: {exc}",
                hint="请重新安装 docintel。 Reinstall docintel.",
            ) from exc
        self.dim = self._vectors.shape[1]
        self._longest = max(map(len, pieces))

    def of(self, words: Sequence[str]) -> Floats:
        """Their vectors, (words, dim); zeros for a word without a known piece."""
        pieces = [*map(self._pieces, words)]
        lengths = np.fromiter(map(len, pieces), np.intp, len(pieces))
        rows = np.fromiter(chain.from_iterable(pieces), np.intp, lengths.sum())
        sums = groups.sums(self._vectors[rows].astype(np.float32), lengths)
        means: Floats = sums * (self._step / np.maximum(1, lengths)).astype(np.float32)[:, None]
        return means

    def _pieces(self, word: str) -> list[int]:
        """The rows of a word's pieces from left to right; characters of no piece are passed over."""
        found: list[int] = []
        start = 0
        while start < len(word):
            for end in range(min(len(word), start + self._longest), start, -1):
                if (row := self._rows.get(word[start:end])) is not None:
                    found.append(row)
                    start = end
                    break
            else:
                start += 1
        return found


class Remembered:
    """What is told of each word, found out once for as long as there is room."""

    def __init__(self, tell: Callable[[Sequence[str]], Floats], width: int) -> None:
        """From what tells it: words to (words, width)."""
        self._tell = tell
        self._told: Floats = np.zeros((_REMEMBERED, width), dtype=np.float32)
        self._numbers: dict[str, int] = {}
        self._lock = Lock()

    def of(self, words: Sequence[str]) -> Floats:
        """What is told of words: (words, width)."""
        if len(words) > _REMEMBERED:
            return self._tell(words)
        with self._lock:
            new = [word for word in dict.fromkeys(words) if word not in self._numbers]
            if len(self._numbers) + len(new) > _REMEMBERED:
                self._numbers.clear()
                new = [*dict.fromkeys(words)]
            if new:
                first = len(self._numbers)
                self._told[first : first + len(new)] = self._tell(new)
                self._numbers.update(zip(new, count(first), strict=False))
            return self._told.take([self._numbers[word] for word in words], axis=0)


@cache
def shared_meanings() -> Meanings:
    """The process's vectors, loaded at the first call."""
    return Meanings(models_dir() / "meanings")
