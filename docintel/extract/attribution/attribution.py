"""Whose a figure is, where and when: what every statistic is asked beside what it counts.

In: a reading with the units, persons and place found in it. Out: `Decision`s for a stretch of its text.
"""

from collections.abc import Sequence

from docintel.extract.attribution.authors import Owner
from docintel.extract.attribution.owners import Owners
from docintel.extract.attribution.periods import Periods, When
from docintel.extract.attribution.subjects import Subjects
from docintel.extract.language.reading import Reading
from docintel.extract.persons.speakers import Speakers
from docintel.extract.places.gazetteer import Place
from docintel.extract.places.regions import find_place_mentions
from docintel.extract.units.units import UnitMention, outermost
from docintel.schema import Person


class Attribution:
    """Answers of one document; each clause is read once, at the first figure that asks."""

    def __init__(
        self,
        reading: Reading,
        mentions: Sequence[UnitMention] = (),
        place: Place | None = None,
        persons: Sequence[Person] = (),
        speakers: Speakers | None = None,
    ) -> None:
        places = find_place_mentions(reading)
        subjects = Subjects(reading, outermost(mentions), place, places, persons)
        speakers = speakers or Speakers(reading, mentions, persons)
        self._owners = Owners(reading, mentions, place, places, speakers, subjects)
        self._periods = Periods(reading, subjects)

    def owner_of(self, start: int, end: int) -> Owner:
        """The unit, group or place whose figure `text[start:end]` gives; None when the text does not say."""
        return self._owners.owner_of(start, end)

    def region_of(self, owner: str | None) -> str | None:
        """Full name of the place that an owner's figures are about."""
        return self._owners.region_of(owner)

    def period_at(self, offset: int) -> When:
        """The period for a figure at `offset`."""
        return self._periods.at(offset)
