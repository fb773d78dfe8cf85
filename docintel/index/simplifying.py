"""Encode both scripts as one.

In: texts in Traditional or Simplified characters. Out: the vectors that an encoder gives for them in Simplified ones.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docintel.text.script import to_simplified

if TYPE_CHECKING:
    from docintel.index.encoder import Encoder
    from docintel.index.vectors import Vectors


class SimplifyingEncoder:
    """An encoder for which Traditional characters are their Simplified ones, so that either script finds the other."""

    def __init__(self, encoder: "Encoder") -> None:
        self._encoder = encoder

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
        return self._encoder.encode_queries([to_simplified(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> "Vectors":
        """Encode what is to be found."""
        return self._encoder.encode_passages([to_simplified(text) for text in texts])
