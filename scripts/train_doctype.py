#!/usr/bin/env python
"""Fit models/doctype: what kind of text a document is.

In: the documents of `corpora/` but those held back; `--extra-gold GOLD=SOURCES` adds others. Out: the model folder, and
how many documents are told right, by the rules alone and by the model: of the corpora and of the others by models that
did not see the document (`--folds`), of the others by one that saw none of them, and of the documents held back. Linear
models by liblinear, one a type; the same bytes at every run.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain
from operator import add
from pathlib import Path

import numpy as np
from annotated import Pair, extra_documents, own_documents
from sklearn.linear_model import LogisticRegression

from docintel.extract.doctype import PARTS, Text, Vocabulary
from docintel.extract.language.reading import Reading
from docintel.extract.language.scripts import simplified
from docintel.extract.work.ledger import read_ledgers
from docintel.parse.sandbox import parse
from docintel.text.script import TRADITIONAL

ROOT = Path(__file__).resolve().parent.parent
#: Inverse strength of the penalty on weights.
INVERSE_PENALTY = 1.0
SEED = 0
#: A pair of characters stands in so many documents at least.
FEWEST = 5
#: How much a document counts when it is shown in part, besides the document itself.
PART = 0.5
#: So many blocks are shown of one that breaks off.
BLOCKS = 4
#: What a document is shown as.
FORMS = ("whole", "no title", "broken off")


@dataclass(frozen=True, eq=False)
class Labelled:
    """A document in each of the `FORMS`, and its type."""

    name: str
    forms: tuple[Text, ...]
    doc_type: str


@dataclass(frozen=True)
class Fitted:
    """Weights (features, labels) and biases, with what the features are."""

    labels: list[str]
    entries: dict[str, list[str]]
    cues: list[str]
    weights: np.ndarray
    biases: np.ndarray

    def types(self, texts: Sequence[Text]) -> list[str]:
        """The type of each."""
        vocabulary = Vocabulary(self.entries, self.cues)
        scores = np.stack([vocabulary.features(text) for text in texts]) @ self.weights + self.biases
        return [self.labels[n] for n in scores.argmax(axis=1)]


def labelled(source: Path, doc_type: str) -> Labelled:
    """Read a document."""
    document = parse(source)
    plain = simplified(document) if document.language == TRADITIONAL else document
    has_ledger = bool(read_ledgers(Reading(plain, (), ())))
    forms = (plain, replace(plain, title=""), replace(plain, blocks=plain.blocks[:BLOCKS]))
    return Labelled(source.name, tuple(Text(form, has_ledger=has_ledger) for form in forms), doc_type)


def grams(text: Text) -> Iterator[tuple[str, str]]:
    """The part and the characters of each entry that stands in a text."""
    for part, codes in text.characters().items():
        characters = "".join(map(chr, codes))
        yield from ((part, pair) for pair in {*map(add, characters, characters[1:])})
        if part == "title":
            yield from ((part, one) for one in set(characters))


def vocabulary_of(documents: Sequence[Labelled]) -> tuple[dict[str, list[str]], list[str]]:
    """The characters and pairs that stand in documents often enough, and the cues."""
    counts = Counter(chain.from_iterable(grams(document.forms[0]) for document in documents))
    common = sorted(entry for entry, count in counts.items() if count >= FEWEST)
    entries = {part: [characters for where, characters in common if where == part] for part in PARTS}
    return entries, sorted({cue for document in documents for form in document.forms for cue in form.cues()})


def fit(documents: Sequence[Labelled]) -> Fitted:
    """Fit a model; a document counts as it is, and less in part."""
    entries, cues = vocabulary_of(documents)
    vocabulary = Vocabulary(entries, cues)
    x = np.stack([vocabulary.features(form) for document in documents for form in document.forms])
    y = np.repeat([document.doc_type for document in documents], len(FORMS))
    counts = np.tile([1.0, PART, PART], len(documents))
    labels = sorted(set(y.tolist()))
    models = [
        LogisticRegression(C=INVERSE_PENALTY, solver="liblinear", random_state=SEED, max_iter=500).fit(
            x, y == label, sample_weight=counts
        )
        for label in labels
    ]
    weights = np.stack([model.coef_[0] for model in models], axis=1).round(3)
    return Fitted(labels, entries, cues, weights, np.array([model.intercept_[0] for model in models]).round(3))


def folds_of(documents: Sequence[Labelled], n: int) -> list[list[Labelled]]:
    """Documents dealt out by the digest of their names, the same at every run."""
    ordered = sorted(documents, key=lambda document: sha256(document.name.encode()).hexdigest())
    return [ordered[i::n] for i in range(n)]


class Report:
    """How many documents are told right, printed and kept for the card."""

    def __init__(self) -> None:
        self.figures: dict[str, dict[str, int]] = {}

    def add(self, title: str, documents: Sequence[Labelled], told: dict[str, list[str]]) -> None:
        """Count, by the names of the documents, what the model told of their forms."""
        row = {"documents": len(documents)}
        for n, form in enumerate(FORMS):
            row[f"{form}: rules"] = sum(one.forms[n].verdict() == one.doc_type for one in documents)
            row[f"{form}: model"] = sum(told[one.name][n] == one.doc_type for one in documents)
        self.figures[title] = row
        print(f"{title:24}", "   ".join(f"{name} {count}" for name, count in row.items()), flush=True)


def told_by(fitted: Fitted, documents: Sequence[Labelled]) -> dict[str, list[str]]:
    """Name → the types of the forms."""
    return {document.name: fitted.types(document.forms) for document in documents}


def cross_validated(documents: Sequence[Labelled], folds: int) -> dict[str, list[str]]:
    """What models tell that did not see the document."""
    found = {}
    for part in folds_of(documents, folds):
        found |= told_by(fit([document for document in documents if document not in part]), part)
    return found


def write(folder: Path, fitted: Fitted, documents: int, figures: dict[str, dict[str, int]]) -> None:
    """Write the model folder."""
    folder.mkdir(parents=True, exist_ok=True)
    card = {
        "title": "Types of documents",
        "version": "1",
        "command": "python scripts/train_doctype.py --extra-gold GOLD=SOURCES",
        "seed": SEED,
        "documents": documents,
        "figures": figures,
        "labels": fitted.labels,
        "biases": fitted.biases.tolist(),
        "cues": fitted.cues,
        "entries": fitted.entries,
        "weights": fitted.weights.tolist(),
    }
    text = json.dumps(card, ensure_ascii=False, separators=(",", ":")).replace("-0.0,", "0.0,")
    (folder / "model.json").write_text(text + "\n", encoding="utf-8")


def read_all(pairs: Iterable[Pair]) -> list[Labelled]:
    """Read annotated documents."""
    return [labelled(source, json.loads(gold.read_text("utf-8"))["doc_type"]) for gold, source in pairs]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, default=ROOT / "corpora")
    parser.add_argument("--extra-gold", action="append", default=[], metavar="GOLD=SOURCES", type=extra_documents)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "doctype")
    args = parser.parse_args()
    own, held = map(read_all, own_documents(args.corpora))
    extra = read_all(pair for given in args.extra_gold for pair in given)
    report = Report()
    told = cross_validated(own + extra, args.folds)
    report.add("corpora, cross-validated", own, told)
    if extra:
        report.add("extra, cross-validated", extra, told)
        report.add("extra, not fitted on", extra, told_by(fit(own), extra))
    fitted = fit(own + extra)
    report.add("held back", held, told_by(fitted, held))
    write(args.out, fitted, len(own + extra), report.figures)


if __name__ == "__main__":
    main()
