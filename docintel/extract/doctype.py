"""Tell what kind of text a document is: by its words, by cues of how it is laid out, and by what rules say of it.

In: a document. Out: its `DocType`. A linear model over pairs of characters of the title and of the text, how often the
cues of `patterns/doctype.toml` stand there, and the verdict of that file's rules; fitted by `scripts/train_doctype.py`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from math import log1p
from pathlib import Path

import numpy as np
import numpy.typing as npt

from docintel.config import models_dir
from docintel.errors import ModelError
from docintel.extract.language import lexicon
from docintel.schema import DocType, Document
from docintel.text.characters import code_points
from docintel.text.normalize import fold

Codes = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float32]
PARTS = ("title", "text")
#: What is read of the text, at its beginning and at its end; longer ones cost no more.
_FIRST, _LAST = 2700, 300
_OPENING = 400
#: How much the pairs of a part count together, and how many it is taken to have at least.
_SHARE, _FEWEST = 3.0, {"title": 10, "text": 200}
#: A cue counts by its number in so many characters; a shorter text is taken to be as long as the second says.
_PER, _SHORTEST, _MOST = 1000, 300, 2.0
#: What a verdict counts that a title gives; others count 1.
_BY_TITLE = 2.0
#: Characters beyond are unknown ones; the number that stands for the second of a pair in a single character.
_CODES, _ALONE = 0x10000, 1


class Text:
    """What is read of a document.

    Attributes:
        title: folded.
        text: folded; of a long text its beginning and its end.
    """

    def __init__(self, document: Document, *, has_ledger: bool = False) -> None:
        """Cut what is read."""
        text = document.main_text
        self.title = fold(document.title)
        self.text = fold(text if len(text) <= _FIRST + _LAST else f"{text[:_FIRST]}\n{text[-_LAST:]}")
        self._has_ledger = has_ledger

    def characters(self) -> dict[str, Codes]:
        """By part the codes of its characters between line feeds; all digits are one."""
        return {"title": _codes(f"\n{self.title}\n"), "text": _codes(f"\n{self.text}\n")}

    def cues(self) -> dict[str, float]:
        """The name of a feature → its value, for cues and the verdict of the rules."""
        text, scale = f"\n{self.text}", _PER / max(len(self.text), _SHORTEST)
        counts = ((name, len(pattern.findall(text))) for name, pattern in _cues())
        found = {f"cue={name}": min(_MOST, log1p(count * scale)) for name, count in counts if count}
        verdict, by_title = self._ruled()
        return found | {f"rule={verdict}": _BY_TITLE if by_title else 1.0}

    def verdict(self) -> DocType:
        """What the rules say; a ledger that they say nothing of reports what was inspected, all else is `news`."""
        return self._ruled()[0]

    def _ruled(self) -> tuple[DocType, bool]:
        """The verdict, and whether the title has its part in it."""
        parts = {"title": self.title, "opening": self.text[:_OPENING], "body": self.text}
        for doc_type, patterns, lines in _rules():
            if all(len(pattern.findall(parts[part])) >= lines for part, pattern in patterns.items()):
                return doc_type, "title" in patterns
        return DocType.INSPECTION_REPORT if self._has_ledger else DocType.NEWS, False


class Pairs:
    """The characters and pairs of characters that are features of a part.

    Attributes:
        part: of `PARTS`.
        count: of features.
    """

    def __init__(self, entries: Sequence[str], part: str) -> None:
        """From the features in order."""
        self.part, self.count = part, len(entries)
        characters = sorted(set("".join(entries)))
        self._width = len(characters) + _ALONE + 1
        self._ids = np.zeros(_CODES, dtype=np.int32)
        self._ids[[ord(one) for one in characters]] = np.arange(len(characters)) + _ALONE + 1
        #: For each pair of numbers of characters its row from 1; 0 for pairs that are no feature.
        self._rows = np.zeros(self._width**2, dtype=np.int16)
        for row, entry in enumerate(entries, 1):
            second = self._ids[ord(entry[1])] if len(entry) > 1 else _ALONE
            self._rows[self._ids[ord(entry[0])] * self._width + second] = row

    def features(self, codes: Codes) -> Floats:
        """The (count,) features of a text; a pair that stands there twice is there once."""
        ids, seen = self._ids.take(codes), np.zeros(self.count + 1, dtype=np.float32)
        firsts = ids * self._width
        seen[self._rows.take(firsts[:-1] + ids[1:])] = 1
        if self.part == "title":
            seen[self._rows.take(firsts + _ALONE)] = 1
        known: Floats = seen[1:]
        return known * np.float32(_SHARE / max(float(known.sum()), _FEWEST[self.part]) ** 0.5)


class Vocabulary:
    """Which feature a pair of characters or a cue is: those of the title first, those of the text, then the cues.

    Of the title single characters are features, too.
    """

    def __init__(self, entries: Mapping[str, Sequence[str]], cues: Sequence[str]) -> None:
        """From the characters and pairs of each part, and the names of the cues."""
        self._pairs = [Pairs(entries[part], part) for part in PARTS]
        self._cues = {name: n for n, name in enumerate(cues)}
        self.size = sum(pairs.count for pairs in self._pairs) + len(cues)

    def features(self, text: Text) -> Floats:
        """The (size,) features of a text; a pair that stands there twice is there once."""
        codes = text.characters()
        parts = [pairs.features(codes[pairs.part]) for pairs in self._pairs]
        cues = np.zeros(len(self._cues), dtype=np.float32)
        for name, value in text.cues().items():
            if name in self._cues:
                cues[self._cues[name]] = value
        return np.concatenate([*parts, cues])


class Model:
    """A model folder as `scripts/train_doctype.py` writes it."""

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelError: a file is missing or unreadable.
        """
        try:
            card = json.loads((folder / "model.json").read_text("utf-8"))
            self._labels = [DocType(label) for label in card["labels"]]
            self._biases: Floats = np.array(card["biases"], dtype=np.float32)
            self._weights: Floats = np.array(card["weights"], dtype=np.float32)
            self._vocabulary = Vocabulary(card["entries"], card["cues"])
            if self._weights.shape != (self._vocabulary.size, len(self._labels)):
                raise ValueError(f"{self._weights.shape} weights")  # noqa: TRY301
        except (OSError, ValueError, KeyError, TypeError, IndexError) as exc:
            raise ModelError(
                f"文书类型的模型无法读取。 The model of document types in {folder} cannot be read: {exc}",
                hint="请重新安装 docintel。 Reinstall docintel, or make it anew: python scripts/train_doctype.py",
            ) from exc

    def log_odds(self, text: Text) -> dict[DocType, float]:
        """How likely each type is."""
        scores = self._vocabulary.features(text) @ self._weights + self._biases
        return dict(zip(self._labels, scores.tolist(), strict=True))


def classify(document: Document, *, has_ledger: bool = False) -> DocType:
    """The document's type; `other` for a document without text."""
    text = Text(document, has_ledger=has_ledger)
    if not text.text:
        return DocType.OTHER
    scores = shared_model().log_odds(text)
    return max(scores, key=scores.__getitem__)


@cache
def shared_model() -> Model:
    """The process's model, loaded at the first call."""
    return Model(models_dir() / "doctype")


def _codes(text: str) -> Codes:
    codes = code_points(text).copy()
    codes[(codes >= ord("0")) & (codes <= ord("9"))] = ord("0")
    codes[codes >= _CODES] = 0
    return codes


@cache
def _cues() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["name"], re.compile(row["pattern"], re.MULTILINE)) for row in lexicon.load("doctype")["cue"])


@cache
def _rules() -> tuple[tuple[DocType, dict[str, re.Pattern[str]], int], ...]:
    return tuple(
        (
            DocType(row["doc_type"]),
            {part: re.compile(row[part], re.MULTILINE) for part in ("title", "opening", "body") if part in row},
            row.get("lines", 1),
        )
        for row in lexicon.load("doctype")["rule"]
    )
