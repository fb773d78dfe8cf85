"""The places of China by name, from `models/gazetteer/places.tsv`.

In: names as written, a chain such as 江苏 · 连云港 · 东海县. Out: the `Place` they name, known to the table or not.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from docintel.config import models_dir
from docintel.errors import ModelError

#: One name of a full name: 吉林省 · 辽源市 · 龙山区.
_PART = re.compile(r".(?:县|.+?(?:省|自治[区州县旗]|市|县|区|旗|盟|镇|乡|街道))")
_PROVINCE = re.compile(r"^(?:[^省]{2,3}省|.{2,6}?自治区)(?=.)")
#: 连云港市|东海县石榴街道; a county that is a city keeps what is above it.
_ABOVE_COUNTY = re.compile(r"^[^市盟]{2,12}?(?:市|自治州|盟|地区)(?=[^市区]{1,12}?[县旗])")
#: 绍兴市|诸暨市|枫桥镇
_ABOVE_CITY = re.compile(r"(?P<above>[^市盟]{2,12}?(?:市|自治州|盟|地区))(?P<city>[^市区县旗]{1,6}市)(?=.)")


@dataclass(frozen=True, slots=True)
class Place:
    """A province, city, county or smaller place.

    Attributes:
        name: the last part alone, e.g. 辽源市.
        full: with what it lies in, e.g. 吉林省辽源市.
        adcode: six digits; empty for a place the gazetteer does not know.
        level: `province`, `city`, `county` or `town`.
    """

    name: str
    full: str
    adcode: str
    level: str

    @property
    def organ_prefix(self) -> str:
        """What the names of its organs begin with: never the province; a district keeps its city, a town its county."""
        if self.level == "town":
            return _ABOVE_COUNTY.sub("", _PROVINCE.sub("", self.full))
        return _PROVINCE.sub("", self.full) if self.level == "county" and self.name.endswith("区") else self.name

    def organ_prefix_in(self, text: str) -> str:
        """The same in a text: of a town in a county that is a city, what is above the city only where the text says so.

        绍兴市 of 绍兴市诸暨市枫桥镇 is said nowhere in a text about 诸暨市枫桥镇.
        """
        prefix = self.organ_prefix
        above = _ABOVE_CITY.match(prefix) if self.level == "town" else None
        if above is None or any(f"{said}{above['city']}" in text for said in (above["above"], above["above"][:-1])):
            return prefix
        return prefix.removeprefix(above["above"])


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places under their names.

    Attributes:
        by_code: places under their six digits.
        by_name: places under full names and, for autonomous ones, 新平县 for 新平彝族傣族自治县.
        by_short: places under short names.
    """

    by_code: dict[str, Place]
    by_name: dict[str, tuple[Place, ...]]
    by_short: dict[str, tuple[Place, ...]]

    def named(self, name: str) -> tuple[Place, ...]:
        """Places with this full or short name, larger ones first."""
        return self.by_name.get(name) or self.by_short.get(name, ())

    def above(self, place: Place) -> tuple[Place, ...]:
        """What the place lies in, nearest first."""
        if not place.adcode:
            return self._above_unknown(place)
        codes = (place.adcode[:4] + "00", place.adcode[:2] + "0000")
        return tuple(self.by_code[code] for code in codes if code in self.by_code and code != place.adcode)

    def _above_unknown(self, place: Place) -> tuple[Place, ...]:
        """The parts of the full name before the last, those that the gazetteer knows as it knows them."""
        found: list[Place] = []
        for part in _PART.finditer(place.full.removesuffix(place.name)):
            full = place.full[: part.end()]
            known = (other for other in self.named(part.group()) if other.full == full)
            found.insert(0, next(known, Place(part.group(), full, "", level_of(part.group()))))
        return tuple(found)

    def resolve(self, names: Sequence[str], near: Iterable[Place] = ()) -> Place:
        """The place that a chain of names ends with.

        Args:
            names: from the largest to the smallest, as written.
            near: places that speak for one of several with the same name, the strongest first.
        """
        found = [place for place in self.named(names[-1]) if self._lies_in(place, names[:-1])]
        if not found:
            return self._unknown(names, near)
        if len(found) == 1 or found[0].level == "province":
            return found[0]
        for other in near:
            for length in (6, 4, 2):
                same = [place for place in found if place.adcode[:length] == other.adcode[:length]]
                if other.adcode and same:
                    return same[0]
        return found[0] if found[0].level == "city" else Place(names[-1], names[-1], "", found[0].level)

    def _lies_in(self, place: Place, names: Sequence[str]) -> bool:
        above = {other for name in names for other in self.named(name)}
        if not above and any(name.endswith(("市", "州")) for name in names):  # no district of a city that nobody knows
            return False
        return not above or bool(above.intersection(self.above(place)))

    def _town_near(self, near: Sequence[Place]) -> Place | None:
        """The town that the place named last is, or lies in."""
        line = (near[0], *self.above(near[0])) if near else ()
        return next((place for place in line if place.name.endswith(("镇", "乡", "街道"))), None)

    def _unknown(self, names: Sequence[str], near: Iterable[Place]) -> Place:
        name, level = names[-1], level_of(names[-1])
        above = self.resolve(names[:-1], near) if len(names) > 1 else None
        if level == "town" and not above:
            near = tuple(near)
            if same := next((place for place in near if place.name == name), None):
                return same
            above = self._town_near(near) if name.endswith(("村", "社区")) else None
            lines = ((place, *self.above(place)) for place in near)
            above = above or next((place for line in lines for place in line if place.level == "county"), None)
        return Place(name, (above.full if above else "") + name, "", level)


def level_of(name: str) -> str:
    """The level that the last character of a name speaks of."""
    if name.endswith(("省", "自治区")):
        return "province"
    if name.endswith(("镇", "乡", "街道", "社区", "村")):
        return "town"
    return "city" if name.endswith(("市", "州", "盟", "地区")) else "county"


@cache
def gazetteer() -> Gazetteer:
    """The shipped gazetteer, read at the first call.

    Raises:
        ModelError: the table is missing.
    """
    path = models_dir() / "gazetteer" / "places.tsv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as exc:
        raise ModelError(f"The gazetteer is missing: {path}", hint="Run: python scripts/build_gazetteer.py") from exc
    return _build(line.split("\t") for line in lines)


def _build(rows: Iterable[Sequence[str]]) -> Gazetteer:
    by_code: dict[str, Place] = {}
    by_name: defaultdict[str, list[Place]] = defaultdict(list)
    by_short: defaultdict[str, list[Place]] = defaultdict(list)
    for code, name, level, short in rows:
        above = by_code.get(code[:4] + "00") or by_code.get(code[:2] + "0000")
        place = by_code[code] = Place(name, (above.full if above else "") + name, code, level)
        by_name[name].append(place)
        if short:
            by_short[short].append(place)
            if name[-3:-1] == "自治" and name[-1] in "州县旗":
                by_name[short + name[-1]].append(place)
    order = ("province", "city", "county")
    return Gazetteer(
        by_code,
        {
            name: tuple(sorted(places, key=lambda p: (order.index(p.level), p.adcode)))
            for name, places in by_name.items()
        },
        {
            name: tuple(sorted(places, key=lambda p: (order.index(p.level), p.adcode)))
            for name, places in by_short.items()
        },
    )
