"""What is known of a candidate: the words in it and around it, and how it lies in its sentence and document.

In: a `Reading` and its candidates. Out: a `Description`: for each role (words inside, words of the clause before, the
first word …) which stretch of the document's words, pairs of words or pairs of characters it covers, and a code for
whatever else holds. A model that adds up weights over such stretches needs no more than running sums (`judging`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, pairwise
from operator import add
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from docintel.extract.language.reading import Reading
from docintel.extract.work.candidates import Cut
from docintel.extract.work.groups import Ints, ranges
from docintel.schema import BlockKind, DocType, IssueCategory, MeasureCategory, Modality, Status
from docintel.text.characters import code_points

#: From which to which.
Span = tuple[int, int]
#: So many characters of a neighbouring sentence, and of a topic sentence or heading, bear on a candidate.
_NEAR, _TOPIC = 25, 40
#: Names are invented anew in every document; that there is one is what counts.
_ANY = {"PER": "<人>", "LOC": "<地>", "TIME": "<时>"}
_DIGITS = re.compile("[0-9]")
_NUMERALS = frozenset("0123456789.,%一二三四五六七八九十百千万亿余多几两")
_CLOSERS = "。;!?…:”"
_LEVELS = 3
_TYPES, _KINDS = list(DocType), list(BlockKind)

#: The table whose rows a role looks up, for stretches of words and for single words.
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
#: How many codes each of the other properties has.
CODES = {
    "cut": len(Cut) ** 2,
    "type": len(_TYPES) * len(Cut),
    "block": len(_KINDS),
    "place": 5,
    "length": 10,
    "covers": 5,
    "closes": len(_CLOSERS) + 1,
    "clause": 4,
    "clauses": 6,
    "digits": 2,
    "speech": 2,
    "quoted": 2,
    "told": 2,
    "act": 2,
    "statistic": 2,
    "sanction": 2,
    "issue": _LEVELS + 1,
    "measure": _LEVELS + 1,
    "both": (_LEVELS + 1) ** 2,
    "modality": len(Modality) + 1,
}
#: The stretches whose meaning bears on the label of a candidate, and how much when weights are penalised.
MEANT = {"inside": 1.0, "sentence": 0.5}
#: The labels of which the rules have an opinion, asked for candidates that were chosen.
OPINIONS: dict[str, list[StrEnum]] = {
    "issues.category": list(IssueCategory),
    "measures.category": list(MeasureCategory),
    "measures.status": list(Status),
}


class Grams(NamedTuple):
    """The words, pairs of neighbouring words and pairs of neighbouring characters of a document, in text order.

    Attributes:
        starts: of each word, its first character.
        distinct: every word once.
        numbers: of each word, which of the distinct ones it is.
        tags: of each word, its part of speech.
        text: the folded text, every digit the same.
    """

    starts: Ints
    distinct: list[str]
    numbers: Ints
    tags: list[str]
    text: str

    @property
    def words(self) -> list[str]:
        """The words themselves."""
        return [self.distinct[n] for n in self.numbers.tolist()]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each word with the next, the last with none."""
        return [*pairwise([*self.words, ""])]

    @property
    def characters(self) -> list[str]:
        """For each offset of the text the two characters there, at the last one with a space."""
        return [*map(add, self.text, self.text[1:] + " ")]


class Description(NamedTuple):
    """Of n candidates.

    Attributes:
        stretches: role → (2, n), from which word (or offset, for characters) to which.
        points: role → (n,), at which word; -1 for none.
        codes: (properties, n), in the order of `CODES`.
    """

    stretches: Mapping[str, Ints]
    points: Mapping[str, Ints]
    codes: Ints


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the finders before know of a document.

    Attributes:
        doc_type: of the document.
        speech: it addresses an audience.
        marks: property → the stretches that have it.
        issues: those that the rules propose, with their modality.
        measures: those that the rules propose.
    """

    doc_type: DocType
    speech: bool
    marks: Mapping[str, Iterable[Span]]
    issues: Mapping[Span, Modality]
    measures: Iterable[Span]


def grams(reading: Reading) -> Grams:
    """The words and characters of a document as the tables know them."""
    kept = [word for word in reading.words if not word.text.isspace()]
    starts, _, tags, texts = zip(*kept, strict=True) if kept else ((), (), (), ())
    written = [_ANY.get(tag) or text for tag, text in zip(tags, texts, strict=True)]
    forms = {word: _generalised(word) for word in dict.fromkeys(written)}
    distinct = [*dict.fromkeys(forms.values())]
    places = {form: n for n, form in enumerate(distinct)}
    numbers = {word: places[form] for word, form in forms.items()}
    return Grams(
        starts=np.array(starts, dtype=np.intp),
        distinct=distinct,
        numbers=np.fromiter(map(numbers.__getitem__, written), np.intp, len(written)),
        tags=list(tags),
        text=_DIGITS.sub("#", reading.folded),
    )


def _generalised(text: str) -> str:
    return "#" if text[0] in _NUMERALS and _NUMERALS.issuperset(text) else text


def describe(reading: Reading, starts: Ints, placed: Ints, around: Surroundings) -> Description:
    """Describe candidates.

    Args:
        starts: of the document's words.
        placed: the candidates as `as_array` gives them.
    """
    page = _Page(reading, starts)
    start, end, sentence, begins, ends = placed
    first = np.maximum(np.searchsorted(page.clauses[0], start, "right") - 1, page.first_clause[sentence])
    last = np.maximum(np.searchsorted(page.clauses[0], end, "left") - 1, first)
    low, high = page.words(start, end)
    from_, to = page.clause_words[0][first], page.clause_words[1][last]
    stretches = {
        "inside": np.stack([low, high]),
        "inside_pairs": np.stack([low, np.maximum(low, high - 1)]),
        "inside_characters": np.stack([start, end - 1]),
        "before": np.stack([np.minimum(from_, low), low]),
        "behind": np.stack([high, np.maximum(high, to)]),
        **page.around(sentence, first, last),
    }
    levels = [_levels(start, end, sentence, page, some) for some in (around.issues, around.measures)]
    clause_length = page.clauses[1][last] - page.clauses[0][first]
    codes = {
        "cut": begins * len(Cut) + ends,
        "type": _TYPES.index(around.doc_type) * len(Cut) + begins,
        "block": page.kinds[sentence],
        "place": 5 * start // max(1, len(reading.folded)),
        "length": np.minimum((end - start) // 5, 9),
        "covers": np.minimum(4 * (end - start) // np.maximum(1, clause_length), 4),
        "closes": page.closers[sentence],
        "clause": np.minimum(first - page.first_clause[sentence], 3),
        "clauses": np.minimum(page.first_clause[sentence + 1] - page.first_clause[sentence], 5),
        "speech": np.full(len(start), int(around.speech)),
        "issue": levels[0],
        "measure": levels[1],
        "both": levels[0] * (_LEVELS + 1) + levels[1],
        "modality": _modality(reading, start, end, around.issues),
        **_marks(reading, start, end, page.sentences[0][sentence], around.marks),
    }
    points = _points(low, high, page.sentence_words[:, sentence])
    return Description(stretches, points, np.stack([codes[name] for name in CODES]))


class _Page:
    """The sentences and clauses of a document as arrays, and the words that each holds."""

    def __init__(self, reading: Reading, starts: Ints) -> None:
        self._starts = starts
        sentences, blocks = reading.sentences, reading.document.blocks
        self.sentences = _spans((one.start, one.end) for one in sentences)
        self.clauses = _spans(reading.clauses)
        self.first_clause = np.cumsum([0, *(len(one.clauses) for one in sentences)])
        self.kinds = np.array([_KINDS.index(blocks[one.block].kind) for one in sentences], dtype=np.intp)
        self.closers = np.array([_CLOSERS.find(reading.folded[one.end - 1]) + 1 for one in sentences], dtype=np.intp)
        self.clause_words = self.words(*self.clauses)
        self.sentence_words = np.stack(self.words(*self.sentences))
        self._blocks = np.array([-1, *(one.block for one in sentences), -1], dtype=np.intp)
        self._near_words = self.words(self.sentences[0], np.minimum(self.sentences[1], self.sentences[0] + _NEAR))
        self._topic_words = self._topics()
        self._heading_words = self.words(*heading_of(reading))

    def words(self, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        """From which word to which the characters from `low` to `high` hold."""
        return np.searchsorted(self._starts, low), np.searchsorted(self._starts, high)

    def _topics(self) -> Ints:
        """For each sentence the first words of its block, none for the first of a block itself."""
        blocks = self._blocks[1:-1]
        topic = np.searchsorted(blocks, blocks)
        start, end = self.sentences[:, topic]
        found = np.stack(self.words(start, np.minimum(end, start + _TOPIC)))
        return np.where(topic == np.arange(len(blocks)), 0, found)

    def around(self, sentence: Ints, first: Ints, last: Ints) -> dict[str, Ints]:
        """What stands around the clauses `first` to `last` of sentences."""
        leads, closes = first == self.first_clause[sentence], last + 1 == self.first_clause[sentence + 1]
        blocks = self._blocks
        has_before, has_behind = (blocks[sentence + 1] == blocks[sentence + k] for k in (0, 2))
        most_clauses, most_sentences = len(self.clauses[0]) - 1, len(self.sentences[0]) - 1
        clauses, near = np.stack(self.clause_words), np.stack(self._near_words)
        return {
            "clause_before": np.where(leads, 0, clauses[:, np.maximum(first - 1, 0)]),
            "clause_behind": np.where(closes, 0, clauses[:, np.minimum(last + 1, most_clauses)]),
            "sentence": self.sentence_words[:, sentence],
            "sentence_before": np.where(leads & has_before, self.sentence_words[:, np.maximum(sentence - 1, 0)], 0),
            "sentence_behind": np.where(closes & has_behind, near[:, np.minimum(sentence + 1, most_sentences)], 0),
            "topic": self._topic_words[:, sentence],
            "heading": np.stack(self._heading_words)[:, sentence],
        }


def _spans(spans: Iterable[Span]) -> Ints:
    """(2, n): starts and ends."""
    return np.fromiter(chain.from_iterable(spans), np.intp).reshape(-1, 2).T


def heading_of(reading: Reading) -> Ints:
    """For each sentence the heading that it stands under."""
    found: list[Span] = []
    span = (0, 0)
    for sentence in reading.sentences:
        block = reading.document.blocks[sentence.block]
        if block.kind is BlockKind.HEADING:
            span = (block.start, min(block.end, block.start + _TOPIC))
        found.append(span)
    return _spans(found)


def _points(low: Ints, high: Ints, sentence: Ints) -> dict[str, Ints]:
    """The words at the ends of spans of words and beside them, inside their sentence."""
    has_one, has_two = high > low, high > low + 1
    return {
        "first": np.where(has_one, low, -1),
        "last": np.where(has_one, high - 1, -1),
        "first_pair": np.where(has_two, low, -1),
        "last_pair": np.where(has_two, high - 2, -1),
        "word_before": np.where(low > sentence[0], low - 1, -1),
        "word_behind": np.where(high < sentence[1], high, -1),
        "pair_before": np.where(low > sentence[0] + 1, low - 2, -1),
        "first_tag": np.where(has_one, low, -1),
        "last_tag": np.where(has_one, high - 1, -1),
    }


def _covered(length: int, spans: Iterable[Span]) -> Ints:
    """Running count of the characters that spans cover."""
    held = np.zeros(length, dtype=bool)
    for start, end in spans:
        held[start:end] = True
    return np.concatenate(([0], np.cumsum(held)))


def _marks(
    reading: Reading, start: Ints, end: Ints, opening: Ints, marks: Mapping[str, Iterable[Span]]
) -> dict[str, Ints]:
    """Properties that spans have where they meet a stretch that has them; told are those that begin in one."""
    text = code_points(reading.folded)
    found = {}
    for name, stretches in marks.items():
        count = _covered(len(text), stretches)
        found[name] = (count[start + 1 if name == "told" else end] > count[start]).astype(np.intp)
    digits = np.concatenate(([0], np.cumsum((text >= ord("0")) & (text <= ord("9")))))
    quotes = np.concatenate(([0], np.cumsum((text == ord("“")).astype(np.intp) - (text == ord("”")))))
    found["digits"] = (digits[end] > digits[start]).astype(np.intp)
    found["quoted"] = (quotes[start] > quotes[opening]).astype(np.intp)
    return found


def _modality(reading: Reading, start: Ints, end: Ints, issues: Mapping[Span, Modality]) -> Ints:
    """The modality of a proposed issue that a span meets, counted from 1; 0 where it meets none."""
    found = np.zeros(len(start), dtype=np.intp)
    for code, modality in enumerate(Modality, 1):
        count = _covered(len(reading.folded), (span for span, said in issues.items() if said is modality))
        found[count[end] > count[start]] = code
    return found


def _levels(start: Ints, end: Ints, sentence: Ints, page: _Page, proposals: Iterable[Span]) -> Ints:
    """How well the best of some proposals agrees with each span, from 0 to `_LEVELS`."""
    proposed = _spans(sorted(proposals))
    low, high = (np.searchsorted(proposed[0], page.sentences[k][sentence]) for k in (0, 1))
    pairs = ranges(low, high)
    of = np.repeat(np.arange(len(start)), high - low)
    values = overlaps(start[of], end[of], *proposed[:, pairs])
    best = np.zeros(len(start))
    np.maximum.at(best, of, values)
    levels: Ints = (_LEVELS * best).astype(np.intp)
    return levels


def overlaps(start: Ints, end: Ints, low: Ints, high: Ints) -> npt.NDArray[np.float64]:
    """Of pairs of spans: twice the common part over the lengths; .75 at least where one mostly holds the other."""
    common = np.maximum(np.minimum(end, high) - np.maximum(start, low), 0)
    short, long = np.minimum(end - start, high - low), np.maximum(end - start, high - low)
    dice = 2 * common / np.maximum(1, short + long)
    held = (common >= 0.9 * short) & (short >= 0.4 * long) & (common > 0)
    values: npt.NDArray[np.float64] = np.where(held, np.maximum(dice, 0.75), dice)
    return values
