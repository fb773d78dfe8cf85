"""The network that reads: characters → their tags, and what each means where it stands.

In: a folded text. Out: for each character the label of its word, and a state of `WIDTH` bytes, by which `work.context`
judges candidates. Six convolutions of three characters each, 1 to 16 apart (van den Oord et al. 2016, WaveNet,
arXiv:1609.03499; Strubell et al. 2017, arXiv:1702.02098), all in bytes, so that it reads several times as fast as the
recurrent tagger that taught it its labels. Trained by `scripts/train_reader.py`.
"""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.graphs import session
from docintel.text.characters import code_points

Bytes = npt.NDArray[np.uint8]
#: Bytes of a character that the convolutions compute, and those of a state, which are made of the last ones.
HIDDEN, WIDTH = 192, 96
#: So many rows have the tables of pairs and of triples of characters; a power of 2, so that hashes may overflow.
NEIGHBOURS = 1 << 17
#: How far apart the characters stand that each convolution reads.
DILATIONS = (1, 2, 4, 8, 16, 1)
#: How far a state sees to either side.
REACH = sum(DILATIONS)
#: The row of a line's end, behind those of the characters.
LINE_END = 8224
#: So many labels characters have.
LABELS = 59
#: A byte of a state tells `(byte - ZERO) * STEP`.
STEP, ZERO = 1 / 16, 128
#: Characters that are read at a time.
_AT_ONCE = 4096


def hashed(*rows: Any) -> Any:
    """The row of neighbours in their table, by the rows of each: arrays or tensors of whole numbers."""
    return sum(row * factor for row, factor in zip(rows, (7919, 104_729, 1_299_709), strict=False)) & (NEIGHBOURS - 1)


class Characters(NamedTuple):
    """A text as the network gets it: the row of each character, of each with the next, and with the next two."""

    characters: npt.NDArray[np.int32]
    pairs: npt.NDArray[np.int32]
    triples: npt.NDArray[np.int32]

    @classmethod
    def of(cls, rows: npt.NDArray[np.int32]) -> "Characters":
        """Characters by their rows, each with those behind it."""
        second, third = (np.append(rows[k:], np.full(k, LINE_END, np.int32))[: len(rows)] for k in (1, 2))
        return cls(rows, hashed(rows, second), hashed(rows, second, third))

    def part(self, low: int, high: int) -> "Characters":
        """A stretch of it."""
        return Characters(*(each[low:high] for each in self))


class Read(NamedTuple):
    """A text as read.

    Attributes:
        labels: (characters,), numbers that `Network.tags` and `inside` go by.
        states: (characters, WIDTH).
    """

    labels: Bytes
    states: Bytes


class Network:
    """A model folder as `scripts/build_reader.py` writes it.

    Attributes:
        labels: by their numbers: `n-B` begins a word, `n-I` goes on with it.
        tags: of each label, the part of speech, or PER, ORG, LOC, TIME for a name.
        inside: of each label, whether it goes on with the word of the character before.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelError: a file is missing or unreadable.
        """
        try:
            labels = json.loads((folder / "model.json").read_text(encoding="utf-8"))["tags"]
            rows = (folder / "characters.txt").read_bytes().decode().split("\n")
            if len(rows) != LINE_END or len(labels) != LABELS:
                raise ValueError("its files do not belong together")  # noqa: TRY301
            self._session = session((folder / "model.onnx").read_bytes(), threads=1)
        except Exception as exc:  # onnxruntime raises bare Exceptions of its own for a damaged file
            raise ModelError(
                f"阅读模型无法读取。 The reading model in {folder} cannot be read: {exc}",
                hint="请重新安装 docintel。 Reinstall docintel.",
            ) from exc
        self._row_of = np.zeros(sys.maxunicode + 1, dtype=np.int32)  # by code point; row 0 is that of all others
        self._row_of[[ord(char) for chars in rows for char in chars]] = [
            n for n, chars in enumerate(rows) for _ in chars
        ]
        self._row_of[ord("\n")] = LINE_END
        self.labels: list[str] = labels
        self.tags = [label.rsplit("-", 1)[0] for label in labels]
        self.inside = np.array([label.endswith("-I") for label in labels])

    def rows(self, text: str) -> npt.NDArray[np.int32]:
        """The row of embeddings of each character; 0 is that of all that have none."""
        return self._row_of[code_points(text)]

    def read(self, text: str) -> Read:
        """Read a text, a part at a time."""
        characters = Characters.of(self.rows(text))
        labels, states = np.empty(len(text), np.uint8), np.empty((len(text), WIDTH), np.uint8)
        for low in range(0, len(text), _AT_ONCE):
            high, first = min(low + _AT_ONCE, len(text)), max(0, low - REACH)
            found = self._session.run(None, characters.part(first, high + REACH)._asdict())
            for whole, part in zip((labels, states), found, strict=True):
                whole[low:high] = part[low - first : high - first]
        return Read(labels, states)


@cache
def shared_network() -> Network:
    """The process's network, loaded at the first call."""
    return Network(models_dir() / "reader")
