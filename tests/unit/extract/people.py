"""What tests of persons and cases share: a reading with names and units marked, without tagger or gazetteer."""

import re

from docintel.extract.language.reading import Name, Reading
from docintel.extract.units.units import UnitMention
from docintel.schema import UnitKind
from tests.factories import make_document


def read_marked(text, people=(), units=()):
    """A reading of `text` in which every occurrence of these people and units is tagged."""
    reading = Reading(make_document(text))
    names = sorted(
        (Name(m.start(), m.end(), "PER", name) for name in people for m in re.finditer(name, reading.text)),
        key=lambda name: name.start,
    )
    mentions = sorted(
        (
            UnitMention(m.start(), m.end(), unit, UnitKind.DISCIPLINE if "纪委" in unit else UnitKind.OTHER)
            for unit in units
            for m in re.finditer(re.escape(unit), reading.text)
        ),
        key=lambda mention: mention.start,
    )
    return Reading(reading.document, tuple(names)), tuple(mentions)
