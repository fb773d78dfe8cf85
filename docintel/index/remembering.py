"""Encode each passage once on this machine.

In: an encoder, and a file for its vectors. Out: an encoder that gives the same vectors. The file knows texts by their
digest only.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from docintel.index.encoder import Encoder
    from docintel.index.vectors import Vectors

_BUSY_SECONDS = 60


class RememberingEncoder:
    """An encoder that looks passages up before it encodes them; of use where the same ones come again and again."""

    def __init__(self, encoder: "Encoder", path: Path) -> None:
        self._encoder, self._path = encoder, path
        path.parent.mkdir(parents=True, exist_ok=True)

    @property
    def name(self) -> str:
        """Of the encoder inside."""
        return self._encoder.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._encoder.dim

    def encode_queries(self, texts: Sequence[str]) -> "Vectors":
        """Encode what is looked for."""
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> "Vectors":
        """Encode what is to be found, the part of it that is new."""
        keys = [sha256(f"{self.name}\n{text}".encode()).digest() for text in texts]
        with self._open() as db:
            known = {key: row[0] for key in keys if (row := _look_up(db, key))}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        rows = self._encoder.encode_passages(list(new.values()))
        fresh = {key: row.astype(np.float32).tobytes() for key, row in zip(new, rows, strict=True)}
        with self._open() as db:
            db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", fresh.items())
        known |= fresh
        joined = b"".join(known[key] for key in keys)
        return np.frombuffer(joined, dtype=np.float32).reshape(len(keys), self.dim).copy()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The file, for one transaction."""
        with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS)) as db, db:
            db.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
            yield db


def _look_up(db: sqlite3.Connection, key: bytes) -> tuple[bytes] | None:
    row: tuple[bytes] | None = db.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
    return row
