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
    names = []
    for (start, _), words in zip(spans, tagged, strict=True):
        offset = start
        for word in words:
            if word.tag in _LABELS:
                names.append(Name(offset, offset + len(word.text), word.tag, word.text))
            offset += len(word.text)
    return Reading(document, tuple(names))
