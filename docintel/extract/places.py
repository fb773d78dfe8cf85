"""Where a document, and each passage of it, is about.

In: a `Reading`. Out: the places it names in text order, the one it is about, and the one that a bare 市 or 该县 means.
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import islice
from operator import add

from docintel.extract.coined_places import coined_names
from docintel.extract.gazetteer import Place, gazetteer, level_of
from docintel.extract.reading import Reading
from docintel.text.normalize import fold

#: A smaller place behind a known one: 云栖镇 of 天宁区云栖镇.
_TOWN = re.compile(r"[^\W原副和与及的]{2,4}?(?:街道|镇(?!长)|乡(?![村长建土镇振亲愁]))")
_HOUSEHOLD = re.compile(
    r"[\u4e00-\u9fff]{2,4}?(?:社区|村)(?=党|村?[两居委]|村民委|股份|经济合作|原?(?:会计|文书|出纳|报账员|主任))"
)
#: A development zone before one of its organs: 青岚|高新区 of 青岚高新区管委会.
ZONE_NAMES = (
    "高新技术产业开发区|经济技术开发区|经济开发区|高新区|经开区|开发区"
    "|工业园区|产业园区|保税区|示范区|度假区|风景名胜区"
)
_ZONE = re.compile(
    rf"(?![和与及在对向原等由])[\u4e00-\u9fff]{{0,4}}?(?:{ZONE_NAMES})"
    r"(?=管委|管理委|党工委|工委|纪工委|纪检|纪委|监委|党委|[\u4e00-\u9fff]{2,8}?(?:局|办公室|中心|公司|法院|检察院|医院))"
)
_SENTENCE_END = re.compile(r"[。;\n]")
#: How many of the places near are looked at.
_REACH = 40
#: The first name of a full name: 榆桥区 of 榆桥区金桂苑社区, 云溪县 of 云溪县石桥镇.
_FIRST_PART = re.compile(r"[^省市县区旗州镇乡]{2,4}?(?:区|县|旗|镇|乡|街道)(?!区)")
_NO_TOWN = re.compile(r"各|有关|相关|所有|部分|下[辖属]|全|乡镇|[的和与及在到对由向从]")
#: What a full name may not run into: 合作市|场, 高新区|域.
_RUNS_ON = frozenset({"市场", "市民", "区域", "区间", "区块", "区位", "县域", "州际", "省内"})
#: Names that are mostly other words, 会同|县公安局: places only behind what they lie in.
_COMMON = frozenset({"会同县", "合作市"})


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A chain of place names as one mention: 江苏省常州市天宁区.

    Attributes:
        place: what it names.
        weak: written in short (青海, 广东韶关) or so short that it may be a common word (新县): believe it only
            before the name of an organ, or in a title.
        short: the last name of the chain is written in short: 江苏省东海.
        text: the chain as written.
    """

    start: int
    end: int
    place: Place
    weak: bool
    short: bool
    text: str


def find_place_mentions(reading: Reading) -> tuple[PlaceMention, ...]:
    """Every place named in the document, title and by-line included, in text order."""
    return _survey(reading)[0]


def find_place(reading: Reading) -> Place | None:
    """The place the document is about.

    It is the one in the title; else the publisher's, a city or a county; else the only one named, or the one that at
    least half of the places named lie in; else the publisher's province. None for a document about many places.
    """
    return _survey(reading)[1]


def _survey(reading: Reading) -> tuple[tuple[PlaceMention, ...], Place | None]:
    """The places named, and the one that the document is about."""
    coined = coined_names(reading)
    mentions = _scan(reading.folded, coined)
    towns = {_town_of(mention) for mention in mentions if mention.place.level == "town"}.difference(coined)
    if towns:  # 凉亭镇 of 云溪县凉亭镇, named alone elsewhere
        mentions = _scan(reading.folded, sorted({*coined, *towns} - {""}, key=lambda name: (-len(name), name)))
    about = _about(reading, mentions, coined)
    fuller = _fuller(mentions, about)
    return tuple(replace(mention, place=fuller(mention.place)) for mention in mentions), about and fuller(about)


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
    title = _first(_scan(fold(reading.document.title), coined), full)
    publisher = place_in(reading, reading.document.publisher or "")
    if publisher and publisher.level != "province":  # a province's paper writes about its cities
        return title or publisher
    return title or _dominant(mentions, alone=publisher is None) or publisher


def place_in(reading: Reading, name: str) -> Place | None:
    """The first place, no town, in a name from outside the text."""
    return _first(_scan(fold(name), coined_names(reading)))


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
        if other.name.endswith(sign) and not (sign == "区" and other.name.endswith("自治区")):
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


def _scan(text: str, coined: Sequence[str]) -> tuple[PlaceMention, ...]:
    mentions: list[PlaceMention] = []
    done = 0
    recent: dict[Place, None] = {}  # every place once, by its last mention
    for chain in _chains(text, coined):
        names = [text[start:end] for start, end in chain]
        near = tuple(reversed(recent))
        if done and _SENTENCE_END.search(text, done, chain[0][0]):  # a village in the town of its own sentence only
            near = tuple(place for place in near if place.level != "town" or place.name == names[-1])
        done = chain[-1][1]
        place = gazetteer().resolve(names, near)
        recent.pop(place, None)
        recent[place] = None
        start, end = chain[0][0], chain[-1][1]
        short = names[-1] in gazetteer().by_short and names[-1] not in gazetteer().by_name
        weak = all(len(name) <= 2 or name in gazetteer().by_short for name in names[-2:])
        mentions.append(PlaceMention(start, end, place, weak, short, text[start:end]))
    return tuple(mentions)


def _chains(text: str, coined: Sequence[str]) -> Iterator[list[tuple[int, int]]]:
    """Names that follow each other without anything between, as one chain."""
    heads = _names_by_head().keys() | {name[:2] for name in coined}
    done = 0
    for start, pair in enumerate(map(add, text, text[1:])):
        if pair not in heads or start < done:
            continue
        chain: list[tuple[int, int]] = []
        above, begin = "", start
        while end := _name_end(text, begin, coined, above):
            chain.append((begin, end))
            above, begin, done = text[begin:end], end, end
        if chain:
            yield chain


def _inside(name: str, above: str) -> bool:
    """Whether a place of this name lies in one of the name above: 公安 is a county, but not in 福建省."""
    known = gazetteer()
    return any(set(known.above(place)).intersection(known.named(above)) for place in known.named(name))


def _name_end(text: str, start: int, coined: Sequence[str], above: str) -> int:
    """Where the longest place name at `start` ends; 0 when there is none.

    Args:
        above: the name that ends at `start`; empty where none does.
    """
    head = text[start : start + 2]
    for name, lone in _names_by_head().get(head, ()):
        end = start + len(name)
        if not text.startswith(name, start) or text[end - 1 : end + 1] in _RUNS_ON:
            continue
        if lone or _inside(name, above) or _ZONE.match(text, end):
            return end
    for name in coined:
        if text.startswith(name, start):
            return start + len(name)
    if above and (match := _ZONE.match(text, start) or _TOWN.match(text, start) or _HOUSEHOLD.match(text, start)):
        return match.end()
    return 0


@cache
def _names_by_head() -> dict[str, tuple[tuple[str, bool], ...]]:
    """Names under their first two characters, the longest first, and whether they may stand alone."""
    known = gazetteer()
    names = dict.fromkeys(known.by_short, False)
    names |= {short: True for short, places in known.by_short.items() if places[0].level != "county"}
    names |= {name: len(name) > 2 and name not in _COMMON for name in known.by_name}
    heads: dict[str, list[tuple[str, bool]]] = {}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        heads.setdefault(name[:2], []).append((name, names[name]))
    return {head: tuple(found) for head, found in heads.items()}
