"""What words mean, as vectors: words of like use lie near each other, those too that nobody has annotated.

In: words. Out: vectors, and their means over stretches of a document. The vector of a word is the mean of those of its
pieces, the longest first; these are principal components of the sentence encoder's table of tokens
(`scripts/build_meanings.py`). No model is run: a word costs a look into a dictionary.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.work import groups
from docintel.extract.work.groups import Floats, Ints

_REMEMBERED = 20_000  # words: twenty megabytes


class TextMeanings(NamedTuple):
    """The words of a document as vectors.

    Attributes:
        vectors: of every distinct word, (distinct words, dim).
        numbers: of each word, which of the distinct ones it is.
    """

    vectors: Floats
    numbers: Ints

    def weighed(self, weights: Floats) -> "TextMeanings":
        """What each word says by weights of its vector: the mean of that is what the mean vector says."""
        return self._replace(vectors=self.vectors @ weights)

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
        self._of = lru_cache(_REMEMBERED)(self._vector)

    def of(self, words: Sequence[str]) -> Floats:
        """Their vectors, (words, dim); zeros for a word without a known piece."""
        return np.frombuffer(b"".join(map(self._of, words)), dtype=np.float32).reshape(-1, self.dim)

    def _vector(self, word: str) -> bytes:
        """That of one word, as bytes: joining them takes half as long as joining arrays."""
        rows = [*self._pieces(word)]
        mean = self._vectors[rows].mean(axis=0) * self._step if rows else np.zeros(self.dim)
        return mean.astype(np.float32).tobytes()

    def _pieces(self, word: str) -> Iterator[int]:
        """The rows of a word's pieces from left to right; characters of no piece are passed over."""
        start = 0
        while start < len(word):
            ends = range(min(len(word), start + self._longest), start, -1)
            end = next((end for end in ends if word[start:end] in self._rows), None)
            if end is not None:
                yield self._rows[word[start:end]]
            start = end or start + 1


@cache
def shared_meanings() -> Meanings:
    """The process's vectors, loaded at the first call."""
    return Meanings(models_dir() / "meanings")
