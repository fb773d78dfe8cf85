"""The model that a library has of its own, adapted to its corrections.

In: a folder in the library. Out: its judge, and what is told of it. The card is the last file that is written, so that
a reader, or whoever comes after a crash, has either the new model or the one before.
"""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock

from docintel.errors import ModelError, StoreError
from docintel.extract.work.judging import Judge
from docintel.learning.heads import Heads, digest, write

_CARD = "model.json"


class OwnModel:
    """The model in a folder, which need not be there.

    It adds to the weights of the shipped model, so it serves together with that one only: after an update of docintel
    that ships another, the library reads by the shipped one until it is trained again.

    Args:
        folder: where it lies, or would lie.
        shipped: the folder of the shipped model.
    """

    def __init__(self, folder: Path, shipped: Path) -> None:
        self.folder, self._shipped = folder, shipped

    def card(self) -> dict[str, Any] | None:
        """What the model says of itself; None where there is none.

        Raises:
            StoreError: it cannot be read.
        """
        try:
            card: dict[str, Any] = json.loads((self.folder / _CARD).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as exc:
            raise _damaged(self.folder, exc) from exc
        return card

    @cached_property
    def parent(self) -> str:
        """The digest of the shipped model."""
        return digest(self._shipped)

    def judge(self) -> Judge | None:
        """The model; None where there is none, or where docintel ships another by now.

        Raises:
            StoreError: it is damaged.
        """
        card = self.card()
        if card is None or card.get("parent") != self.parent:
            return None
        try:
            return Judge(self.folder)
        except ModelError as exc:
            if self.card() != card:  # another process has put a new one in its place
                return self.judge()
            raise _damaged(self.folder, exc) from exc

    def write(self, heads: Heads, card: Mapping[str, Any]) -> None:
        """Put a model in place of the one that is there.

        Args:
            card: what is told of it beside its parent, labels and biases.
        """
        vocabulary = (self._shipped / "vocabulary.json").read_bytes()
        with self._lock():
            kept = write(self.folder, heads, vocabulary, {**card, "parent": self.parent}, is_versioned=True)
            for path in self.folder.glob("weights*.npz"):
                if path != kept:
                    path.unlink()

    def reset(self) -> bool:
        """Delete the model, so that the shipped one reads; whether there was one."""
        with self._lock():
            is_there = (self.folder / _CARD).exists()
            for path in (self.folder / _CARD, self.folder / "vocabulary.json", *self.folder.glob("weights*.npz")):
                path.unlink(missing_ok=True)
        return is_there

    def _lock(self) -> FileLock:
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / "write.lock")


def _damaged(folder: Path, exc: Exception) -> StoreError:
    return StoreError(
        f"资料库自己的模型无法读取。 The library's own model in {folder} cannot be read: {exc}",
        hint="恢复随附的模型，或重新训练。 Run: docintel train --reset, or train again.",
    )
