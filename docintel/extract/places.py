"""Where a document, and each passage of it, is about.

In: a `Reading`. Out: the places it names in text order, the one it is about, and the one that a bare 市 or 该县 means.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import add

from docintel.extract.gazetteer import Place, gazetteer
from docintel.extract.reading import Reading
from docintel.text.normalize import fold

#: A place the gazetteer does not know, at the head of a tagged name: 青岚市 of 青岚市卫健委.
_COINED = re.compile(r"[\u4e00-\u9fff]{2,3}?(?:省|市|县|区|自治州|旗)")
_NOT_COINED = re.compile(
    r"自治|[社园小地院景辖矿全各我本该此某两三几发城超门直省市县区州街]|开发区|新区|中心|联合|会同|组织|要求|督促|指导|协助|.*[的和与在原关刚全各该本]|一组"
)
#: A town or a village named alone, as the tagger sees it.
_COINED_TOWN = re.compile(r"[\u4e00-\u9fff]{2,4}?(?:镇|乡|街道|村)(?=$|党|纪|卫|政|民)")
#: A smaller place behind a known one: 云栖镇 of 天宁区云栖镇.
_TOWN = re.compile(r"[^\W原副]{2,4}?(?:街道|镇(?!长)|乡(?!村|长))")
_HOUSEHOLD = re.compile(r"[\u4e00-\u9fff]{2,4}?(?:社区|村)(?=党|村?[两居委])")
#: What a full name may not run into: 合作市|场, 高新区|域.
_RUNS_ON = frozenset({"市场", "市民", "区域", "区间", "区块", "区位", "县域", "州际", "省内"})


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
    return _scan(reading.folded, _coined_names(reading))


def find_place(reading: Reading) -> Place | None:
    """The place the document is about.

    It is the one in the title; else the publisher's, a city or a county; else the only one named, or the one that at
    least half of the places named lie in; else the publisher's province. None for a document about many places.
    """
    mentions = find_place_mentions(reading)
    coined = _coined_names(reading)
    full = {mention.place for mention in mentions if not mention.weak}
    title = _first(_scan(fold(reading.document.title), coined), full)
    publisher = _first(_scan(fold(reading.document.publisher or ""), coined))
    if publisher and publisher.level != "province":  # a province's paper writes about its cities
        return title or publisher
    return title or _dominant(mentions, alone=publisher is None) or publisher


def local_place(sign: str, near: Iterable[Place]) -> Place | None:
    """The place that a bare `市`, `省`, `县` means: the first of those near, or above one of them, of that kind."""
    return next((found for place in near if (found := _of_kind(place, sign))), None)


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


def _coined_names(reading: Reading) -> tuple[str, ...]:
    """Places to believe beside the gazetteer's: what tagged names, title and publisher begin with; longest first."""
    texts = [fold(name.text) for name in reading.names if name.label in ("ORG", "LOC")]
    texts += re.split(r"[^\u4e00-\u9fff]+", fold(reading.document.title) + " " + fold(reading.document.publisher or ""))
    names = set()
    for text in texts:
        if text[1:2] == "县" and text[:2] in gazetteer().by_name:  # 沛县, so short that only the tagger can tell
            names.add(text[:2])
            continue
        match = _COINED.match(text) or _COINED_TOWN.match(text)
        if match and not _NOT_COINED.match(match.group()) and match.group() not in gazetteer().by_name:
            names.add(match.group())
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def _scan(text: str, coined: Sequence[str]) -> tuple[PlaceMention, ...]:
    mentions: list[PlaceMention] = []
    recent: dict[Place, None] = {}  # every place once, by its last mention
    for chain in _chains(text, coined):
        names = [text[start:end] for start, end in chain]
        place = gazetteer().resolve(names, tuple(reversed(recent)))
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
        if text.startswith(name, start) and (lone or _inside(name, above)) and text[end - 1 : end + 1] not in _RUNS_ON:
            return end
    for name in coined:
        if text.startswith(name, start):
            return start + len(name)
    if above and (match := _TOWN.match(text, start) or _HOUSEHOLD.match(text, start)):
        return match.end()
    return 0


@cache
def _names_by_head() -> dict[str, tuple[tuple[str, bool], ...]]:
    """Names under their first two characters, the longest first, and whether they may stand alone."""
    known = gazetteer()
    names = dict.fromkeys(known.by_short, False)
    names |= {short: True for short, places in known.by_short.items() if places[0].level != "county"}
    names |= {name: len(name) > 2 for name in known.by_name}
    heads: dict[str, list[tuple[str, bool]]] = {}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        heads.setdefault(name[:2], []).append((name, names[name]))
    return {head: tuple(found) for head, found in heads.items()}
