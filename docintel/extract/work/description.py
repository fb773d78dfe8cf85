"""What is known of a candidate: the words in it and around it, and how it lies in its sentence and document.

In: a `Reading` and its candidates. Out: a `Description`: for each role of a table (words inside, words of the clause
before, the first word …) which stretch of the document's words, pairs of words or pairs of characters it covers. A
model that adds up weights over such stretches needs no more than running sums (`judging`).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from docintel.extract.language.reading import Clause, Name, Reading, Sentence
from docintel.extract.work.candidates import Candidate
from docintel.schema import BlockKind, DocType

Ints = npt.NDArray[np.intp]
#: From which to which.
Stretch = tuple[int, int]
#: How many characters of a sentence that is not its own bear on a candidate.
_NEAR, _TOPIC = 25, 40
#: Names are invented anew in every document; that there is one is what counts.
_ANY = {"PER": "<人>", "LOC": "<地>", "TIME": "<时>"}
_DIGIT = re.compile(r"[0-9]")
_DIGITS = {ord(digit): "#" for digit in "0123456789"}
_start = attrgetter("start")
_NUMERALS = frozenset("0123456789.,%一二三四五六七八九十百千万亿余多几两")


class Grams(NamedTuple):
    """The words, pairs of neighbouring words and pairs of neighbouring characters of a document, in text order.

    Attributes:
        starts: of each word, its first character.
        words, pairs, tags: for each word itself, itself with the next, and its part of speech.
        characters: for each offset of the text the two characters there.
    """

    starts: list[int]
    words: list[str]
    pairs: list[tuple[str, str]]
    tags: list[str]
    characters: list[str]


class Description(NamedTuple):
    """Of n candidates.

    Attributes:
        stretches: role → (n, 2), from which word (or offset, for characters) to which.
        points: role → (n,), at which word; -1 for none.
        flags: for each candidate the names of what else holds.
    """

    stretches: Mapping[str, Ints]
    points: Mapping[str, Ints]
    flags: list[list[str]]


#: The table whose rows a role looks up: words, pairs, characters or tags.
STRETCHES = {
    "inside": "words",
    "inside_pairs": "pairs",
    "inside_characters": "characters",
    "before": "words",
    "behind": "words",
    "clause_before": "words",
    "clause_behind": "words",
    "sentence": "words",
    "sentence_before": "words",
    "sentence_behind": "words",
    "topic": "words",
    "heading": "words",
}
#: The roles that all candidates of the same clauses share.
_AROUND = (
    "clause_before",
    "clause_behind",
    "sentence",
    "sentence_before",
    "sentence_behind",
    "topic",
    "heading",
)
POINTS = {
    "first": "words",
    "last": "words",
    "first_pair": "pairs",
    "last_pair": "pairs",
    "word_before": "words",
    "word_behind": "words",
    "pair_before": "pairs",
    "first_tag": "tags",
    "last_tag": "tags",
}


def grams(reading: Reading) -> Grams:
    """The words and characters of a document as the tables know them."""
    kept = [word for word in reading.words if not word.text.isspace()]
    words = [_generalised(word) for word in kept]
    digits = reading.folded.translate(_DIGITS)
    return Grams(
        starts=[word.start for word in kept],
        words=words,
        pairs=[*pairwise([*words, ""])],
        tags=[word.label for word in kept],
        characters=[first + second for first, second in pairwise(digits + " ")],
    )


def _generalised(word: Name) -> str:
    if word.label in _ANY:
        return _ANY[word.label]
    return "#" if not _NUMERALS.isdisjoint(word.text) and _NUMERALS.issuperset(word.text) else word.text


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the finders before know of the stretches of a document.

    Attributes:
        doc_type: of the document.
        speech: it addresses an audience.
        marks: name of a mark → whether it holds for a span.
    """

    doc_type: DocType
    speech: bool
    marks: Mapping[str, Callable[[int, int], bool]]


class _Page:
    """The words of a document by sentence, clause and heading."""

    def __init__(self, reading: Reading, starts: Sequence[int]) -> None:
        self._reading, self._starts = reading, starts
        self._headings = _headings(reading)
        self._topics: dict[int, int] = {}
        for number, sentence in enumerate(reading.sentences):
            self._topics.setdefault(sentence.block, number)

    def words(self, low: int, high: int) -> Stretch:
        """From which word to which the characters `[low, high)` hold."""
        first = bisect_left(self._starts, low)
        return first, bisect_left(self._starts, high, first)

    def around(self, number: int, first: int, last: int) -> dict[str, Stretch]:
        """What stands around the clauses `first` to `last` of a sentence."""
        sentences = self._reading.sentences
        sentence = sentences[number]
        clauses, topic = sentence.clauses, self._topics[sentence.block]
        found = dict.fromkeys(_AROUND, (0, 0))
        found["sentence"] = self.words(sentence.start, sentence.end)
        found["heading"] = self.words(*self._headings[number])
        if topic != number:
            lead = sentences[topic]
            found["topic"] = self.words(lead.start, min(lead.end, lead.start + _TOPIC))
        if first:
            found["clause_before"] = self.words(clauses[first - 1].start, clauses[first - 1].end)
        elif before := self._neighbour(number, number - 1):
            found["sentence_before"] = self.words(before.start, before.end)
        if last + 1 < len(clauses):
            found["clause_behind"] = self.words(clauses[last + 1].start, clauses[last + 1].end)
        elif behind := self._neighbour(number, number + 1):
            found["sentence_behind"] = self.words(behind.start, min(behind.end, behind.start + _NEAR))
        return found

    def _neighbour(self, number: int, other: int) -> Sentence | None:
        """The other sentence where it is of the same block."""
        sentences = self._reading.sentences
        if 0 <= other < len(sentences) and sentences[other].block == sentences[number].block:
            return sentences[other]
        return None


def describe(reading: Reading, starts: Sequence[int], spans: Sequence[Candidate], around: Surroundings) -> Description:
    """Describe candidates; `starts` are those of the document's words."""
    page = _Page(reading, starts)
    rows: dict[str, list[Stretch]] = {role: [] for role in STRETCHES}
    flags = []
    contexts: dict[tuple[int, int, int], dict[str, Stretch]] = {}
    for one in spans:
        clauses = reading.sentences[one.sentence].clauses
        first = max(0, bisect_right(clauses, one.start, key=_start) - 1)
        last = max(first, bisect_left(clauses, one.end, key=_start) - 1)
        key = (one.sentence, first, last)
        if key not in contexts:
            contexts[key] = page.around(*key)
        low, high = page.words(one.start, one.end)
        from_, to = page.words(clauses[first].start, clauses[last].end)
        rows["inside"].append((low, high))
        rows["inside_pairs"].append((low, max(low, high - 1)))
        rows["inside_characters"].append((one.start, one.end - 1))
        rows["before"].append((min(from_, low), low))
        rows["behind"].append((high, max(high, to)))
        for role, stretch in contexts[key].items():
            rows[role].append(stretch)
        flags.append([*_flags(reading, one, around), *_place_flags(one, first, clauses, clauses[last].end)])
    stretches = {role: np.array(pairs, dtype=np.intp).reshape(-1, 2) for role, pairs in rows.items()}
    return Description(stretches, _points(reading, spans, starts, stretches["inside"]), flags)


def _headings(reading: Reading) -> list[Stretch]:
    """For each sentence the heading that it stands under."""
    found: list[Stretch] = []
    span = (0, 0)
    for sentence in reading.sentences:
        block = reading.document.blocks[sentence.block]
        if block.kind is BlockKind.HEADING:
            span = (block.start, min(block.end, block.start + _TOPIC))
        found.append(span)
    return found


def _points(reading: Reading, spans: Sequence[Candidate], starts: Sequence[int], inside: Ints) -> dict[str, Ints]:
    low, high = inside[:, 0], inside[:, 1]
    limits = [(reading.sentences[one.sentence].start, reading.sentences[one.sentence].end) for one in spans]
    bounds = np.array(
        [(bisect_left(starts, start), bisect_left(starts, end)) for start, end in limits], dtype=np.intp
    ).reshape(-1, 2)
    has_word = high > low
    has_before, has_behind = low > bounds[:, 0], high < bounds[:, 1]
    return {
        "first": np.where(has_word, low, -1),
        "last": np.where(has_word, high - 1, -1),
        "first_pair": np.where(high > low + 1, low, -1),
        "last_pair": np.where(high > low + 1, high - 2, -1),
        "word_before": np.where(has_before, low - 1, -1),
        "word_behind": np.where(has_behind, high, -1),
        "pair_before": np.where(low > bounds[:, 0] + 1, low - 2, -1),
        "first_tag": np.where(has_word, low, -1),
        "last_tag": np.where(has_word, high - 1, -1),
    }


def _flags(reading: Reading, one: Candidate, around: Surroundings) -> Iterator[str]:
    """What holds for a candidate whatever its clause."""
    folded, sentence = reading.folded, reading.sentences[one.sentence]
    text = folded[one.start : one.end]
    yield f"begins={one.begins}"
    yield f"ends={one.ends}"
    yield f"cut={one.begins}-{one.ends}"
    yield f"type={around.doc_type}"
    yield f"type={around.doc_type} {one.begins}"
    yield f"block={reading.document.blocks[sentence.block].kind}"
    yield f"place={5 * one.start // len(folded)}"
    yield f"length={min(9, len(text) // 5)}"
    yield f"closes={folded[sentence.end - 1]}"
    if _DIGIT.search(text):
        yield "digits"
    if around.speech:
        yield "speech"
    if folded.count("“", sentence.start, one.start) > folded.count("”", sentence.start, one.start):
        yield "quoted"
    for name, holds in around.marks.items():
        if holds(one.start, one.end):
            yield name


def _place_flags(one: Candidate, first: int, clauses: Sequence[Clause], end: int) -> Iterator[str]:
    """How a candidate lies among the clauses of its sentence."""
    yield f"clause={min(3, first)}"
    yield f"clauses={min(5, len(clauses))}"
    yield f"covers={4 * (one.end - one.start) // (end - clauses[first].start)}"
