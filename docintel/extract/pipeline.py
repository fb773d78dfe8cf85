"""Document → Extraction; and the same as a spaCy pipeline, that any spaCy tool can use."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import chain, takewhile
from typing import TYPE_CHECKING

from docintel.errors import InputError
from docintel.extract.language.words import read_words
from docintel.extract.steps import STEPS, Draft, begin
from docintel.extract.work.judging import Judge
from docintel.schema import Document, Extraction

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

#: The longest document that is read; a thousand pages have about half of it.
MAX_CHARACTERS = 2_000_000


def extract(document: Document, judge: Judge | None = None) -> Extraction:
    """Read every record of a document.

    Args:
        judge: chooses issues and measures; the shipped one when None.

    Raises:
        InputError: the document has more than `MAX_CHARACTERS`.
        ModelError: the network that reads is missing or damaged.
    """
    with _uncollected():
        return read(document, judge=judge).extraction


def read(document: Document, until: str | None = None, judge: Judge | None = None) -> Draft:
    """What is found by the steps before the one of this name, for those who fit a model of it; by all for None.

    Args:
        judge: as for `extract`.

    Raises:
        InputError: the document has more than `MAX_CHARACTERS`.
        ModelError: the network that reads is missing or damaged.
    """
    _check_length(document)
    words = read_words(document.text)
    draft = begin(document, chain.from_iterable(words.sentences), words.states, judge)
    for step in takewhile(lambda name: name != until, STEPS):
        STEPS[step](draft)
    return draft


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without searches for cycles of garbage: records are in none, and each search goes through all of them again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def load_pipeline(judge: Judge | None = None) -> "Language":
    """A spaCy `Language("zh")` that finds records.

    `nlp(text)` gives a `Doc` with names in `doc.ents`, records as spans in `doc.spans` under `statistics`, `units`,
    `persons`, `cases`, `issues` and `measures`, and the records themselves in `doc._.extraction`.

    Args:
        judge: as for `extract`.
    """
    import spacy  # a second, for those who want a Doc

    from docintel.extract.components import COMPONENTS, READING, register
    from docintel.extract.tokenizer import NetworkTokenizer

    register()
    nlp = spacy.blank("zh")
    nlp.max_length = MAX_CHARACTERS
    nlp.tokenizer = NetworkTokenizer(nlp.vocab)
    nlp.add_pipe(READING).judge = judge  # type: ignore[attr-defined]
    for name in COMPONENTS:
        nlp.add_pipe(name)
    return nlp


@cache
def _shared_pipeline() -> "Language":
    return load_pipeline()


def annotate(document: Document, nlp: "Language | None" = None) -> "Doc":
    """The spaCy `Doc` of a parsed document, its records as spans.

    Tokens are split where a record begins or ends inside one.

    Raises:
        InputError: the document has more than `MAX_CHARACTERS`.
        ModelError: the network that reads is missing or damaged.
    """
    _check_length(document)
    nlp = nlp or _shared_pipeline()
    doc = nlp.make_doc(document.text)
    doc._.document = document
    return nlp(doc)


def _check_length(document: Document) -> None:
    if len(document.text) > MAX_CHARACTERS:
        raise InputError(
            f"{document.source} 有 {len(document.text):,} 个字符，最多读取 {MAX_CHARACTERS:,} 个。"
            f" It has more characters than are read of one document.",
            hint="请拆分后再处理。 Split it into documents.",
        )
