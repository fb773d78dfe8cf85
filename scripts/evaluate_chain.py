"""How well problems are followed across documents: feedback to report, and finding to finding of one unit.

In: `corpora/pairs` and `corpora/recurring`, or folders like them. Out: tables of precision, recall and F1 by wave: the
rules and weights were made on the first, the second was written afterwards and its faults were mended, the third was
written after that. With `--fit` the weights of
`docintel/chain/likeness.py` are fitted on the first wave of the pairs and printed instead.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from docintel.chain import answered, features, findings, recurring, responses
from docintel.chain.likeness import FEATURES, LEADS, with_leads
from docintel.extract.pipeline import extract
from docintel.follow import nearness_of
from docintel.index.encoder import load_encoder
from docintel.parse.sandbox import parse
from docintel.schema import Answer, Evidence, Extraction
from docintel.suggest import Similarity

CORPORA = Path(__file__).resolve().parent.parent / "corpora"


@dataclass
class Score:
    """Counts of what was right, and of what was said and asked in all."""

    right: int = 0
    said: int = 0
    found: int = 0
    asked: int = 0

    @property
    def precision(self) -> float:
        """Of what was said, how much is right."""
        return self.right / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        """Of what was asked for, how much was said."""
        return self.found / self.asked if self.asked else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return f"{self.precision:.2f} | {self.recall:.2f} | {self.f1:.2f} | {self.said} | {self.asked}"

    def add(self, said: Sequence[Any], asked: Sequence[Any], agree: Callable[[Any, Any], bool]) -> None:
        """Count what is said against what is asked for."""
        self.said += len(said)
        self.asked += len(asked)
        self.right += sum(any(agree(one, other) for other in asked) for one in said)
        self.found += sum(any(agree(one, other) for one in said) for other in asked)


class Texts:
    """The extractions of a folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Extraction] = {}

    def __getitem__(self, name: str) -> Extraction:
        if name not in self._read:
            self._read[name] = extract(parse(self._folder / name))
        return self._read[name]


def place(extraction: Extraction, quote: str) -> tuple[int, int]:
    """Where a quote of the gold stands.

    Raises:
        ValueError: it does not, or more than once.
    """
    text = extraction.document.text
    if text.count(quote) != 1:
        raise ValueError(f"{quote!r} stands {text.count(quote)} times in {extraction.document.source}")
    return text.index(quote), text.index(quote) + len(quote)


def sentence(extraction: Extraction, evidence: Evidence) -> tuple[int, int]:
    """The sentence around a quote, from one 。 or ； or line end to the next."""
    text = extraction.document.text
    start = max(text.rfind(mark, 0, evidence.start) for mark in "。；\n") + 1
    return start, min((at for mark in "。；\n" if (at := text.find(mark, evidence.end)) >= 0), default=len(text))


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two stretches share a character."""
    return one[0] < other[1] and other[0] < one[1]


def golds(folder: Path) -> Iterator[dict[str, Any]]:
    """The gold of each pair."""
    for path in sorted((folder / "gold").glob("*.json")):
        yield json.loads(path.read_text("utf-8"))


class Pairs:
    """The pairs of a folder, measured.

    A pair of places is right where the feedback's overlaps the gold problem's words and the report's sentence its
    answer's. A problem that is told in one sentence with others is found by its own words.
    """

    def __init__(self, folder: Path, nearness: Any) -> None:
        self.texts = Texts(folder / "texts")
        self.nearness = nearness
        self.golds = list(golds(folder))

    def measure(self, wave: int, *, show: bool) -> dict[str, Score]:
        """Scores of the pairing, of the problems that were never answered, and of the three kinds of answer."""
        scores = {name: Score() for name in ("pairs", "never answered", "partly answered", "told unasked")}
        for gold in (each for each in self.golds if each["wave"] == wave):
            self._measure(gold, scores, show=show)
        return scores

    def _measure(self, gold: dict[str, Any], scores: dict[str, Score], *, show: bool) -> None:
        feedback, report = self.texts[gold["feedback"]], self.texts[gold["report"]]
        rows = answered(feedback, report, self.nearness).rows
        spans = self._spans(feedback, rows)
        said = [
            (span, sentence(report, each.evidence))
            for span, row in zip(spans, rows, strict=True)
            if row.issue
            for each in row.counterparts
        ]
        asked = [
            (place(feedback, item["issue"]), place(report, quote))
            for item in gold["items"]
            for quote in item["answers"]
        ]
        scores["pairs"].add(said, asked, lambda a, b: overlap(a[0], b[0]) and overlap(a[1], b[1]))
        for name, answer in (("never answered", Answer.NEVER), ("partly answered", Answer.PARTLY)):
            ours = [span for span, row in zip(spans, rows, strict=True) if row.answer is answer]
            theirs = [place(feedback, item["issue"]) for item in gold["items"] if item["answer"] == answer]
            scores[name].add(ours, theirs, overlap)
        ours = [sentence(report, row.counterparts[0].evidence) for row in rows if row.answer is Answer.UNASKED]
        scores["told unasked"].add(ours, [place(report, quote) for quote in gold["unasked"]], overlap)
        if show:
            print(f"\n{gold['feedback']}")
            for row in rows:
                told = "; ".join(f"{each.evidence.quote[:30]} {each.probability:.2f}" for each in row.counterparts)
                print(f"  {row.answer:9} {row.issue.quote[:34] if row.issue else '':36} {told}")

    @staticmethod
    def _spans(feedback: Extraction, rows: Sequence[Any]) -> list[tuple[int, int]]:
        """What each row stands for: its words, and what of their sentence no other row has."""
        quotes = [[row.issue, *(feedback.issues[n].evidence for n in row.issues)] if row.issue else [] for row in rows]
        found = []
        for own in quotes:
            if not own:
                found.append((-1, -1))
                continue
            start, end = min(quote.start for quote in own), max(quote.end for quote in own)
            low, high = sentence(feedback, own[0])[0], sentence(feedback, own[-1])[1]
            others = [quote for each in quotes if each is not own for quote in each]
            low = max((each.end for each in others if low <= each.end <= start), default=low)
            high = min((each.start for each in others if end <= each.start < high), default=high)
            found.append((low, high))
        return found

    def fit(self, wave: int) -> None:
        """Print weights of a logistic regression over the pairs of a wave."""
        from sklearn.linear_model import LogisticRegression

        rows, labels = [], []
        for gold in (each for each in self.golds if each["wave"] == wave):
            feedback, report = self.texts[gold["feedback"]], self.texts[gold["report"]]
            asked, told = findings(feedback), responses(report)
            found = with_leads(features(asked, told, self.nearness))
            pairs = [(place(feedback, i["issue"]), place(report, q)) for i in gold["items"] for q in i["answers"]]
            for i, one in enumerate(asked):
                quotes = (one.evidence, *one.parts)
                span = min(quote.start for quote in quotes), max(quote.end for quote in quotes)
                for j, other in enumerate(told):
                    right = sentence(report, other.evidence)
                    rows.append(found[i, j])
                    labels.append(any(overlap(span, a) and overlap(right, b) for a, b in pairs))
        model = LogisticRegression(C=3.0, class_weight=None, max_iter=1000).fit(np.array(rows), labels)
        print(f"{len(labels)} pairs, {sum(labels)} of them right; bias {model.intercept_[0]:.2f}")
        for name, weight in zip((*FEATURES, *LEADS), model.coef_[0], strict=True):
            print(f"  {name:12} {weight:.2f}")


def recurrences(folder: Path, wave: int, nearness: Any, *, show: bool) -> Score:
    """Score of the links between findings of one problem: pairs of (document, sentence)."""
    texts, score = Texts(folder / "texts"), Score()
    golds_ = [each for each in json.loads((folder / "gold.json").read_text("utf-8")) if each["wave"] == wave]
    names = [name for gold in golds_ for name in gold["texts"]]
    found = recurring([texts[name] for name in names], nearness)
    said = [
        tuple((f.source.source, sentence(texts[f.source.source], f.evidence)) for f in pair)
        for each in found
        for pair in zip(each.findings, each.findings[1:], strict=False)
    ]
    asked = [
        tuple((name, place(texts[name], quote)) for name, quote in pair)
        for gold in golds_
        for each in gold["recurrences"]
        for pair in zip(each["findings"], each["findings"][1:], strict=False)
    ]
    score.add(said, asked, lambda a, b: all(x[0] == y[0] and overlap(x[1], y[1]) for x, y in zip(a, b, strict=True)))
    if show:
        for each in found:
            print(f"\n{each.unit} {each.names} {each.category} {each.confidence:.2f}")
            for finding in each.findings:
                print(f"  {finding.source.published} {finding.evidence.quote} {finding.similarity:.2f}")
                for commitment in finding.commitments:
                    print(f"      {commitment.source.published} {commitment.evidence.quote} {commitment.status}")
    return score


def main() -> None:
    """Print the tables, or the weights."""
    parser = argparse.ArgumentParser(description="Measure how problems are followed across documents.")
    parser.add_argument("--pairs", type=Path, default=CORPORA / "pairs", help="default: corpora/pairs")
    parser.add_argument("--recurring", type=Path, default=CORPORA / "recurring", help="default: corpora/recurring")
    parser.add_argument("--wave", type=int, action="append", help="only this wave; default: all")
    parser.add_argument("--show", action="store_true", help="print what was found")
    parser.add_argument("--fit", action="store_true", help="fit the weights on the first wave and print them")
    options = parser.parse_args()
    nearness = nearness_of(load_encoder(), Similarity())
    pairs = Pairs(options.pairs, nearness)
    if options.fit:
        pairs.fit(1)
        return
    for wave in options.wave or (1, 2, 3):
        scores = pairs.measure(wave, show=options.show)
        scores["recurrences"] = recurrences(options.recurring, wave, nearness, show=options.show)
        print(
            f"\nwave {wave}\n\n| what | precision | recall | F1 | said | asked |\n"
            "| --- | ---: | ---: | ---: | ---: | ---: |"
        )
        for name, score in scores.items():
            print(f"| {name} | {score} |")


if __name__ == "__main__":
    main()
