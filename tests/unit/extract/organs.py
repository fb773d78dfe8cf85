"""Readings for tests of places and units, with the organisations that a tagger would see."""

import re

from docintel.extract.language.reading import Name, Reading
from tests.factories import make_document


def read_organs(text, organs=(), **over):
    """A reading of `text` in which every occurrence of `organs` is tagged as an organisation."""
    document = make_document(text, **over)
    names = [
        Name(match.start(), match.end(), "ORG", organ)
        for organ in organs
        for match in re.finditer(re.escape(organ), document.text)
    ]
    return Reading(document, tuple(sorted(names, key=lambda name: name.start)))
