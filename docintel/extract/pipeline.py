"""Document → Extraction."""

from docintel.extract.reading import Name, Reading
from docintel.extract.tagger import Tagger, shared_tagger
from docintel.schema import Document

_LABELS = frozenset({"PER", "ORG", "LOC", "TIME"})


def read(document: Document, tagger: Tagger | None = None) -> Reading:
    """Split and tag a document for the finders."""
    bare = Reading(document)
    spans = [(s.start, s.end) for s in bare.sentences]
    tagged = (tagger or shared_tagger()).tag([document.text[a:b] for a, b in spans])
    words = []
    for (offset, _), sentence in zip(spans, tagged, strict=True):
        for text, tag in sentence:
            words.append(Name(offset, offset + len(text), tag, text))
            offset += len(text)
    return Reading(document, tuple(word for word in words if word.label in _LABELS), tuple(words))
