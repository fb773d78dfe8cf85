"""What the finders share: a document with its sentences, clauses and tagged names.

A finder is a plain function from a `Reading` (and the records found before) to a tuple of records in text order.
Patterns run over `Reading.folded`; quotes are cut with `Reading.document.evidence`; the offsets are the same.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Container, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, wraps
from itertools import starmap
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar, cast

from docintel.schema import NOT_CONTENT, Block, Document
from docintel.text.normalize import fold
from docintel.text.sentences import split_clauses, split_sentences

if TYPE_CHECKING:
    from docintel.extract.language.network import Bytes

#: Labels of names; the others are parts of speech.
NAME_TAGS = frozenset({"PER", "ORG", "LOC", "TIME"})


class Name(NamedTuple):
    """A word as the network read it; `label` is PER, ORG, LOC or TIME for a name, else its part of speech."""

    start: int
    end: int
    label: str
    text: str


class Clause(NamedTuple):
    """A clause of content text, without its closing punctuation."""

    start: int
    end: int


class Sentence(NamedTuple):
    """A sentence of content text with its clauses; `block` indexes `Document.blocks`."""

    start: int
    end: int
    block: int
    clauses: tuple[Clause, ...]


class Spanned(Protocol):
    """Anything that starts and ends somewhere in the text."""

    @property
    def start(self) -> int:
        """First character."""

    @property
    def end(self) -> int:
        """One past the last character."""


SpannedT = TypeVar("SpannedT", bound=Spanned)
FoundT = TypeVar("FoundT")
_START = attrgetter("start")


def at(spans: Sequence[SpannedT], offset: int) -> SpannedT | None:
    """The span that holds `offset`, of spans in text order that do not overlap."""
    i = bisect_right(spans, offset, key=_START) - 1
    return spans[i] if i >= 0 and offset < spans[i].end else None


def within(spans: Sequence[SpannedT], start: int, end: int) -> Sequence[SpannedT]:
    """The spans that begin in `[start, end)`, of spans in text order."""
    low = bisect_left(spans, start, key=_START)
    if low == len(spans) or spans[low].start >= end:
        return spans[:0]
    return spans[low : bisect_left(spans, end, low, key=_START)]


@dataclass(frozen=True)
class Reading:
    """A document prepared for the finders.

    Attributes:
        names: people, organisations, places and times as tagged, in text order.
        words: every word of the content, names included, in text order.
        known_states: see `states`; None where nobody has read the text yet.
        folded: `fold(document.text)`: same length, ASCII punctuation and digits.
        sentences: of the content blocks, in text order.
    """

    document: Document
    names: tuple[Name, ...] = ()
    words: tuple[Name, ...] = ()
    known_states: "Bytes | None" = field(default=None, repr=False, compare=False)
    folded: str = field(init=False)
    sentences: tuple[Sentence, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", fold(self.document.text))
        object.__setattr__(self, "sentences", tuple(self._sentences()))

    def _sentences(self) -> Iterable[Sentence]:
        for i, block in enumerate(self.document.blocks):
            if block.kind in NOT_CONTENT:
                continue
            for start, end in split_sentences(self.folded, block.start, block.end):
                clauses = tuple(starmap(Clause, split_clauses(self.folded, start, end)))
                if clauses:
                    yield Sentence(start, end, i, clauses)

    def without(self, blocks: Container[int]) -> "Reading":
        """The same reading, the sentences of these blocks left out."""
        rest = copy(self)
        object.__setattr__(rest, "sentences", tuple(s for s in self.sentences if s.block not in blocks))
        for made in ("clauses", "found"):
            rest.__dict__.pop(made, None)
        return rest

    @property
    def text(self) -> str:
        """The document's text."""
        return self.document.text

    @cached_property
    def states(self) -> "Bytes":
        """What the network makes of the characters: (characters, WIDTH)."""
        from docintel.extract.language.words import read_characters  # onnxruntime: a quarter of a second

        return read_characters(self.folded).states if self.known_states is None else self.known_states

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """All clauses, in text order."""
        return tuple(clause for sentence in self.sentences for clause in sentence.clauses)

    @cached_property
    def found(self) -> dict[Callable[["Reading"], object], object]:
        """What the finders marked `once` have found in this reading."""
        return {}

    @cached_property
    def _block_ends(self) -> list[int]:
        return [block.end for block in self.document.blocks]

    def block_at(self, offset: int) -> Block | None:
        """The block that holds `offset`; None between blocks."""
        i = bisect_right(self._block_ends, offset)
        blocks = self.document.blocks
        return blocks[i] if i < len(blocks) and blocks[i].start <= offset else None

    def sentence_at(self, offset: int) -> Sentence | None:
        """The sentence that holds `offset`."""
        return at(self.sentences, offset)

    def clause_at(self, offset: int) -> Clause | None:
        """The clause that holds `offset`."""
        return at(self.clauses, offset)

    def names_in(self, start: int, end: int, label: str) -> list[Name]:
        """Names with this label that begin in `[start, end)`."""
        return [name for name in within(self.names, start, end) if name.label == label]


def once(find: Callable[[Reading], FoundT]) -> Callable[[Reading], FoundT]:
    """Look for something in each reading one time only, however many ask for it."""

    @wraps(find)
    def found(reading: Reading) -> FoundT:
        if find not in reading.found:
            reading.found[find] = find(reading)
        return cast(FoundT, reading.found[find])

    return found
