"""Names of places in a text, one behind the other as one chain: 江苏省|常州市|天宁区.

In: folded text, and names to believe beside the gazetteer's. Out: `PlaceMention`s in text order.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from docintel.extract.language.gates import Beginnings
from docintel.extract.places.gazetteer import Place, gazetteer

#: A smaller place behind a known one: 云栖镇 of 天宁区云栖镇.
_TOWN = re.compile(r"[^\W原副和与及的]{2,4}?(?:街道|镇(?!长)|乡(?![村长建土镇振亲愁]))")
_HOUSEHOLD = re.compile(
    r"[\u4e00-\u9fff]{2,4}?(?:社区|村)(?=党|卫生[室所]|村?[两居委]|村民委|股份|经济合作|原?(?:会计|文书|出纳|报账员|主任))"
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
#: What is called after its district in short, 云溪|生态环境分局, 云溪|污水处理厂.
_CALLED_AFTER = re.compile(
    r"(?:(?:生态环境|自然资源|国土资源|市场监管|市场监督管理|医保|医疗保障|烟草|工商|税务|公安|规划|国土|环保|城管|房管)分局|(?:城[东南西北])?污水处理厂|自来水厂|水厂|供电公司|供电局|农商银?行|农村商业银行|农信联社|农合行|村镇银行|第[一二三四五六七八九十]+(?:人民|中心|中医)?(?:医院|中学|小学))"
)
_SENTENCE_END = re.compile(r"[。;\n]")
#: What a full name may not run into: 合作市|场, 高新区|域.
_RUNS_ON = frozenset({"市场", "市民", "区域", "区间", "区块", "区位", "县域", "州际", "省内"})
#: Province, city, county, zone, town, village, and one to spare.
_LONGEST_CHAIN = 7
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


def scan(text: str, coined: Sequence[str]) -> tuple[PlaceMention, ...]:
    """Every chain of place names in a folded text.

    Args:
        coined: names to believe beside the gazetteer's, the longest first.
    """
    mentions: list[PlaceMention] = []
    shorts = _shorts(coined)
    done = 0
    recent: dict[Place, None] = {}  # every place once, by its last mention
    for chain in _chains(text, coined):
        names = [shorts.get(name := text[start:end], name) for start, end in chain]
        near = tuple(reversed(recent))
        if done and _SENTENCE_END.search(text, done, chain[0][0]):  # a village in the town of its own sentence only
            near = tuple(above for place in near if (above := _above_towns(place, names[-1])))
        done = chain[-1][1]
        place = gazetteer().resolve(names, near)
        recent.pop(place, None)
        recent[place] = None
        start, end = chain[0][0], chain[-1][1]
        last = text[chain[-1][0] : end]
        short = last in shorts or (last in gazetteer().by_short and last not in gazetteer().by_name)
        weak = all(len(name) <= 2 or name in gazetteer().by_short for name in names[-2:])
        mentions.append(PlaceMention(start, end, place, weak, short, text[start:end]))
    return tuple(mentions)


def _above_towns(place: Place, name: str) -> Place | None:
    """The place, or for a town of another name what it lies in."""
    if place.level != "town" or place.name == name:
        return place
    return next((above for above in gazetteer().above(place) if above.level != "town"), None)


def _chains(text: str, coined: Sequence[str]) -> Iterator[list[tuple[int, int]]]:
    """Names that follow each other without anything between, as one chain."""
    shorts = _shorts(coined)
    done = 0
    for start in sorted({*_known_starts(text), *_starts_of({name[:2] for name in coined}, text)}):
        if start < done:
            continue
        chain: list[tuple[int, int]] = []
        above, begin = "", start
        while len(chain) < _LONGEST_CHAIN and (end := _name_end(text, begin, coined, shorts, above)):
            chain.append((begin, end))
            above, begin, done = text[begin:end], end, end
        if chain:
            yield chain


@cache
def _heads() -> Beginnings:
    return Beginnings(_names_by_head())


@lru_cache(maxsize=4)  # a text is scanned again when it has coined names of its own
def _known_starts(text: str) -> Sequence[int]:
    """Where the first two characters of a name of the gazetteer stand."""
    found: list[int] = _heads().starts_in(text).tolist()
    return found


def _starts_of(heads: Iterable[str], text: str) -> Iterator[int]:
    """Where any of these first characters stand."""
    for head in heads:
        start = text.find(head)
        while start >= 0:
            yield start
            start = text.find(head, start + 1)


def _inside(name: str, above: str) -> bool:
    """Whether a place of this name lies in one of the name above: 公安 is a county, but not in 福建省."""
    known = gazetteer()
    return any(set(known.above(place)).intersection(known.named(above)) for place in known.named(name))


def _shorts(coined: Sequence[str]) -> dict[str, str]:
    """Coined names under what they are called in short: 青岚 for 青岚市."""
    return {name[:-1]: name for name in coined if len(name) > 2 and name.endswith(("市", "县", "区"))}


def _name_end(text: str, start: int, coined: Sequence[str], shorts: Container[str], above: str) -> int:
    """Where the longest place name at `start` ends; 0 when there is none.

    Args:
        above: the name that ends at `start`; empty where none does.
    """
    head = text[start : start + 2]
    for name, lone in _names_by_head().get(head, ()):
        end = start + len(name)
        if not text.startswith(name, start) or text[end - 1 : end + 1] in _RUNS_ON:
            continue
        if lone or _inside(name, above) or _ZONE.match(text, end) or _CALLED_AFTER.match(text, end):
            return end
    for name in coined:
        if text.startswith(name, start):
            return start + len(name)
    for size in (3, 2):
        if text[start : start + size] in shorts and (
            _ZONE.match(text, start + size) or _CALLED_AFTER.match(text, start + size)
        ):  # 青岚|高新区
            return start + size
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
