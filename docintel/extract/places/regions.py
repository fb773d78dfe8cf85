"""Where a document, and each passage of it, is about.

In: a `Reading`. Out: the places it names in text order, the one it is about, and the one that a bare 市 or 该县 means.
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from docintel.extract.language.reading import Reading, once
from docintel.extract.places.coined import coined_names
from docintel.extract.places.gazetteer import Place, gazetteer, level_of
from docintel.extract.places.scan import ZONE_NAMES, PlaceMention, scan
from docintel.text.normalize import fold

#: How many of the places near are looked at.
_REACH = 40
#: A city that nobody knows is believed in where it is named so often.
_OFTEN = 2
#: The first name of a full name: 榆桥区 of 榆桥区金桂苑社区, 云溪县 of 云溪县石桥镇.
_FIRST_PART = re.compile(r"[^省市县区旗州镇乡]{2,4}?(?:区|县|旗|镇|乡|街道)(?!区)")
_NO_TOWN = re.compile(r"各|有关|相关|所有|部分|下[辖属]|全|乡镇|[的和与及在到对由向从]")
__all__ = ["ZONE_NAMES", "PlaceMention", "find_place", "find_place_mentions", "local_place", "place_in", "zone_of"]


def find_place_mentions(reading: Reading) -> tuple[PlaceMention, ...]:
    """Every place named in the document, title and by-line included, in text order."""
    return _survey(reading)[0]


def find_place(reading: Reading) -> Place | None:
    """The place the document is about.

    It is the one in the title; else the publisher's, a city or a county; else the only one named, or the one that at
    least half of the places named lie in; else the publisher's province. None for a document about many places.
    """
    return _survey(reading)[1]


@once
def _survey(reading: Reading) -> tuple[tuple[PlaceMention, ...], Place | None]:
    """The places named, and the one that the document is about."""
    coined = coined_names(reading)
    mentions = scan(reading.folded, coined)
    towns = {_town_of(mention) for mention in mentions if mention.place.level == "town"}.difference(coined)
    if towns:  # 凉亭镇 of 云溪县凉亭镇, named alone elsewhere
        mentions = scan(reading.folded, sorted({*coined, *towns} - {""}, key=lambda name: (-len(name), name)))
    mentions = _in_own_cities(mentions)
    about = _about(reading, mentions, coined)
    fuller = _fuller(mentions, about)
    return tuple(_at(mention, fuller(mention.place)) for mention in mentions), about and fuller(about)


def _at(mention: PlaceMention, place: Place) -> PlaceMention:
    return mention if mention.place is place else replace(mention, place=place)


def _in_own_cities(mentions: Sequence[PlaceMention]) -> tuple[PlaceMention, ...]:
    """The mentions, districts of a city that the gazetteer does not know left in it.

    清河区 of a document about 江川市 is no other city's, where nothing else of that city or its province is named.
    """
    strong = [mention for mention in mentions if not mention.weak]
    unknown = [it.place for it in strong if not it.place.adcode]
    told = {it.name: it.full for it in unknown if it.level == "county" and it.full != it.name}
    cities = Counter(place.full for place in unknown if place.level == "city")
    if not told and cities.total() < _OFTEN:
        return tuple(mentions)
    city = cities.most_common(1)[0][0] if len(cities) == 1 else ""
    elsewhere = {it.place for it in mentions if it.text != it.place.name or not it.place.name.endswith("区")}
    provinces = {place.adcode[:2] for place in elsewhere if place.adcode}

    def kept(place: Place) -> bool:
        alone = place.adcode and place.level == "county" and place.name.endswith("区") and place not in elsewhere
        return not alone or (place.adcode[:2] in provinces and place.name not in told)

    lost = {place for it in strong if not kept(place := it.place)}
    own = {place.full: told.get(place.name, city + place.name) for place in lost}

    def moved(place: Place) -> Place:
        """The district, or a town in it, in the city of the document."""
        above = next((full for full in own if place.full.startswith(full)), None)
        if above is None or (place.adcode and place not in lost):
            return place
        return replace(place, full=own[above] + place.full.removeprefix(above), adcode="")

    return tuple(replace(mention, place=moved(mention.place)) for mention in mentions)


def _town_of(mention: PlaceMention) -> str:
    """The town's own name in a chain; empty where it may be none: 云溪县各乡."""
    name = mention.place.name
    return "" if _NO_TOWN.search(name) or name.endswith(("村", "社区")) else name


def _fuller(mentions: Sequence[PlaceMention], about: Place | None) -> Callable[[Place], Place]:
    """What adds to a place that the gazetteer does not know what it lies in.

    It is what the document says elsewhere (青岚市榆桥区, then 榆桥区); else a district lies in the city, a town in the
    county that the document is about.
    """
    line = (about, *gazetteer().above(about)) if about else ()
    city = next((place for place in line if place.name.endswith(("市", "州", "盟"))), None) or _only_city(mentions)
    county = next((place for place in line if place.level == "county"), None)
    told = {it.place.name: it.place.full for it in mentions if not it.place.adcode and it.place.name != it.place.full}

    def fuller(place: Place) -> Place:
        if place.adcode or not (match := _FIRST_PART.match(place.full)):
            return place
        first, rest = match.group(), place.full[match.end() :]
        if first in gazetteer().by_name:
            return place
        if first in told and level_of(first) == "county":
            return replace(place, full=told[first] + rest)
        above = county if level_of(first) == "town" else city if first.endswith("区") else None
        return replace(place, full=above.full + place.full) if above and above.name != first else place

    return fuller


def _only_city(mentions: Sequence[PlaceMention]) -> Place | None:
    """The only city of the document, where it is named before any smaller place."""
    strong = [mention.place for mention in mentions if not mention.weak and mention.place.level != "province"]
    cities = {place for place in strong if place.level == "city"}
    return strong[0] if len(cities) == 1 and strong[0] in cities else None


def _about(reading: Reading, mentions: Sequence[PlaceMention], coined: Sequence[str]) -> Place | None:
    full = {mention.place for mention in mentions if not mention.weak}
    title = _first(scan(fold(reading.document.title), coined), full)
    publisher = place_in(reading, reading.document.publisher or "")
    if publisher and publisher.level != "province":  # a province's paper writes about its cities
        return title or publisher
    return title or _dominant(mentions, alone=publisher is None) or publisher


def place_in(reading: Reading, name: str) -> Place | None:
    """The first place, no town, in a name from outside the text."""
    return _first(scan(fold(name), coined_names(reading)))


def local_place(sign: str, near: Iterable[Place]) -> Place | None:
    """The place that a bare `市`, `省`, `县` means: the first of those near, or above one of them, of that kind."""
    return next((found for place in near if (found := _of_kind(place, sign))), None)


def zone_of(zone: str, near: Iterable[Place]) -> Place | None:
    """The development zone of the city, else the county, that a bare `高新区` belongs to."""
    near = tuple(islice(near, _REACH))
    above = local_place("市", near) or local_place("县", near)
    return above and Place(zone, above.full + zone, "", "county")


@lru_cache(maxsize=4096)
def _of_kind(place: Place, sign: str) -> Place | None:
    """The place, or the nearest above it, whose name ends with the sign and whose level is the sign's."""
    for other in (place, *gazetteer().above(place)):
        if other.name.endswith(sign) and not (sign == "区" and other.name.endswith(("自治区", "社区"))):
            return other
    return None


def _first(found: Sequence[PlaceMention], full: Container[Place] | None = None) -> Place | None:
    """The first place named that is no town; of cities and counties in short only those in `full`, if given."""
    for mention in found:
        believed = not mention.weak or mention.place.level == "province" or full is None or mention.place in full
        if believed and mention.place.level != "town":
            return mention.place
    return None


def _dominant(mentions: Sequence[PlaceMention], *, alone: bool) -> Place | None:
    """The only place named, or the one that at least half of the places named lie in.

    Args:
        alone: one mention is enough, as nothing else tells the place.
    """
    full = {mention.place for mention in mentions if not mention.weak and mention.place.level != "town"}
    strong = [mention.place for mention in mentions if mention.place in full]
    if len(full) == 1 and strong[0].level != "province" and (alone or len(strong) > 1):
        return strong[0]
    lines = [(place, *gazetteer().above(place)) for place in strong]
    for candidates in (
        [place for place in strong if place.level != "province"],
        [place for line in lines for place in line if place.level == "city"],
        [place for line in lines for place in line if place.level == "province"],
    ):
        for place, count in Counter(candidates).most_common(1):
            if count >= 3 and 2 * count >= len(strong):
                return place
    return None
