"""Where words stand in a document, found again after its text has moved.

In: quotes as people write them, and places as they were. Out: spans of the text as it is.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from docintel.schema import Document
from docintel.text.normalize import fold

Span = tuple[int, int]


def squeezed(words: str) -> str:
    """Words without white space, full-width signs folded: what two spellings of one quote share."""
    return re.sub(r"\s+", "", fold(words))


class Places:
    """The text of a document, to be asked where words stand. White space and the width of signs make no difference."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def _folded(self) -> str:
        return fold(self.document.text)

    def all(self, quote: str) -> list[Span]:
        """Every place where the words stand, in text order, not overlapping."""
        wanted = squeezed(quote)
        if not wanted:
            return []
        pattern = r"\s*".join(map(re.escape, wanted))
        return [match.span() for match in re.finditer(pattern, self._folded)]

    def nearest(self, quote: str, start: int) -> Span | None:
        """The place of the words that is nearest to an offset; None where they stand nowhere."""
        return min(self.all(quote), key=lambda span: abs(span[0] - start), default=None)

    def again(self, place: Mapping[str, Any], key: str = "quote") -> Span | None:
        """Where a quote with `start` and `end` stands now: at its place, else nearest to it."""
        start, end = place["start"], place["end"]
        if end > start and squeezed(self.document.text[start:end]) == squeezed(place[key]):
            return start, end
        return self.nearest(place[key], start)

    def most_like(self, quote: str) -> str | None:
        """The sentence that comes nearest to words that do not stand in the text, for a hint; None for none."""
        wanted = squeezed(quote)
        matcher = SequenceMatcher(b=wanted, autojunk=False)

        def share(sentence: str) -> float:
            matcher.set_seq1(squeezed(sentence))
            return sum(block.size for block in matcher.get_matching_blocks() if block.size > 1) / max(1, len(wanted))

        best = max(self._sentences(), key=share, default="")
        return best if best and share(best) >= 0.5 else None

    def _sentences(self) -> Iterator[str]:
        return (match.group() for match in re.finditer(r"[^\n。；]+", self.document.text))


def alike(one: Span, other: Span) -> float:
    """How much two stretches have in common, of what they cover together: 0 to 1. A stretch is like itself."""
    if one == other:
        return 1.0
    common = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, common) / (max(one[1], other[1]) - min(one[0], other[0]))
