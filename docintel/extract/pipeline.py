"""Document → Extraction, by a spaCy pipeline that any spaCy tool can use as well."""

from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from docintel.errors import InputError
from docintel.extract.components import COMPONENTS, SPANS, register
from docintel.extract.tokenizer import LacTokenizer
from docintel.schema import Document, Extraction

#: The longest document that is read; a thousand pages have about half of it.
MAX_CHARACTERS = 2_000_000


def load_pipeline() -> Language:
    """A spaCy `Language("zh")` that finds records.

    `nlp(text)` gives a `Doc` with names in `doc.ents`, records as spans in `doc.spans` under `statistics`, `units`,
    `persons`, `cases`, `issues` and `measures`, and the records themselves in `doc._.extraction`.

    Raises:
        ModelError: the tagger's model is missing or damaged.
    """
    register()
    nlp = spacy.blank("zh")
    nlp.max_length = MAX_CHARACTERS
    nlp.tokenizer = LacTokenizer(nlp.vocab)
    for name in COMPONENTS:
        nlp.add_pipe(name)
    return nlp


@cache
def _shared_pipeline() -> Language:
    return load_pipeline()


def annotate(document: Document, nlp: Language | None = None, *, spans: bool = True) -> Doc:
    """The spaCy `Doc` of a parsed document.

    Args:
        spans: show the records as spans, for which tokens are split where a record begins or ends inside one.

    Raises:
        InputError: the document has more than `MAX_CHARACTERS`.
    """
    nlp = nlp or _shared_pipeline()
    if len(document.text) > MAX_CHARACTERS:
        raise InputError(
            f"{document.source} 有 {len(document.text):,} 个字符，最多读取 {MAX_CHARACTERS:,} 个。"
            f" It has more characters than are read of one document.",
            hint="请拆分后再处理。 Split it into documents.",
        )
    doc = nlp.make_doc(document.text)
    doc._.document = document
    return nlp(doc, disable=() if spans else (SPANS,))


def extract(document: Document) -> Extraction:
    """Read every record of a document."""
    extraction: Extraction = annotate(document, spans=False)._.extraction
    return extraction
