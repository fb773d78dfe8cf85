"""Subjects without a name of their own: groups of units, a place as a whole, and what points back to one named before.

In: a reading, its unit mentions, the places it names and the one it is about. Out: `Subject`s of a clause. Word lists:
`patterns/actors.toml`.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from itertools import chain

from docintel.extract.language.gates import Gated
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Clause, Reading, SpannedT, at, within
from docintel.extract.places.gazetteer import Place
from docintel.extract.places.regions import PlaceMention, local_place
from docintel.extract.units.units import UnitMention

_MODIFIERS = alternation(load("actors")["subjects"]["modifiers"])
_SCOPE = r"全国|全省|全市|全县|全区|全州|全旗|全镇|全乡|我市|我省|我县|我区|我州"
_HEADS = alternation(load("actors")["subjects"]["heads"])
_SYSTEM = rf"(?:{_MODIFIERS}){{0,4}}(?:{_HEADS})"
#: 全市学校, 青岚市教育系统, 各单位, 全市14家国有粮库.
_GROUP = Gated(
    rf"(?P<scope>{_SCOPE}|全系统|各|(?=[省市县区州](?:直|属)))?(?:\d{{1,4}}(?:余|多)?[家个所])?(?P<level>[一二三]级(?:以上)?)?(?P<group>{_SYSTEM})"
)
#: 全市共走访商户86家: the place itself.
_WHOLE = re.compile(rf"(?:{_SCOPE}|全系统|系统内)(?![范各上下])|(?<![\u4e00-\u9fff])[省市县区镇乡]里(?![程面外])")
_WHOLE_SYSTEM = ("全系统", "系统内")
#: The organs of the whole country, in a text about no place.
_OF_ALL = re.compile(r"(?:各级)?纪检监察机关")
_NAMED_SYSTEM = re.compile(rf"(?:{_MODIFIERS}){{1,4}}系统")
_NATIONWIDE = re.compile(r"全国(?:共|已|累计|查处|处分|立案|各级|接收)")
_OWN_ACTS = re.compile(r"处分|查处|立案|批评教育|处理|问责|线索|信访|举报|留置|移送|谈话")
_THAT = re.compile(
    r"(?:该|(?<![\u4e00-\u9fff])(?=(?:法院|检察院)(?!院?长|干警|工作|系统))|(?=(?:巡察|巡视|督查|督导|检查|调查|核查|专案|纪检监察)组))(?P<kind>法院|检察院|纪检监察组|巡察组|巡视组|督查组|督导组|检查组|调查组|核查组|专案组"
    r"|街道|集团|公司|中心|支队|大队|粮库|支部|党委|社区|[省市县区州旗镇乡村组部处科室队站校院局厅委行馆所])(?!项|类|批|次|负责|同志)"
)
_NOT_SUBJECT = re.compile(r"[向对给被在于从与和的为把将]$")

#: How far before what points back to it a unit or place may stand, in characters.
_REACH = 3_000


class Kind(Enum):
    """What stands as a subject."""

    UNIT = auto()
    TOLD = auto()
    GROUP = auto()
    PLACE = auto()
    EACH = auto()
    PERSON = auto()
    SPEAKER = auto()
    OURS = auto()
    ITSELF = auto()
    SOME = auto()
    VAGUE = auto()


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a clause is about.

    Attributes:
        kind: EACH is a place of a list, with its own figure: 云溪县12件、石桥县9件.
        name: canonical name of a unit, units joined by `、`, a group or a place; a person's unit; None where unknown.
    """

    kind: Kind
    name: str | None
    start: int
    end: int


class Collectives:
    """Answers which group, place or unit named before a clause is about."""

    def __init__(
        self, reading: Reading, outer: Sequence[UnitMention], place: Place | None, places: Sequence[PlaceMention]
    ) -> None:
        self._text = reading.folded
        self._mentions = outer
        self._place = place
        self._places = places

    def group(self, clause: Clause) -> Subject | None:
        """The first group of units, its place written out: 全市医疗单位, 青岚市教育系统, 各医院."""
        text = self._text
        if (nation := _NATIONWIDE.search(text, clause.start, clause.end)) and _OWN_ACTS.search(
            text, nation.start(), clause.end
        ):
            return Subject(Kind.GROUP, "全国纪检监察机关", nation.start(), nation.start() + 2)
        for match in _GROUP.finditer(text, clause.start, clause.end):
            before = self._place_that_ends_at(match.start())
            if match["scope"] is None and not before:
                if self._place is None and _OF_ALL.fullmatch(match["group"]):
                    return Subject(Kind.GROUP, match["group"], match.start(), match.end())
                continue
            start = before.start if before else match.start()
            if at(self._mentions, match.start("group")) or _NOT_SUBJECT.search(text, max(0, start - 2), start):
                continue
            if name := self._group_name(match, before):
                return Subject(Kind.GROUP, name, start, match.end())
        return None

    def _group_name(self, match: re.Match[str], before: PlaceMention | None) -> str | None:
        scope, group = match["scope"] or "", (match["level"] or "") + _in_full(match["group"])
        if scope == "全国":
            return "全国" + group
        if scope == "各" and group.startswith("省级"):
            return f"各{group}"
        sign = "" if scope in ("各", "全系统") else (scope[-1] if scope else group[0])
        place = before.place if before else self._meant(sign, match.start())
        if place is None:
            return None
        return f"{place.name}{'各' if scope == '各' and not group.startswith('各') else ''}{group}"

    def _place_that_ends_at(self, offset: int) -> PlaceMention | None:
        i = bisect_right(self._places, offset - 1, key=lambda mention: mention.start) - 1
        return self._places[i] if i >= 0 and self._places[i].end == offset else None

    def _meant(self, sign: str, offset: int) -> Place | None:
        """The place that 全市 or 各 means: the document's, else the one named last."""
        named = (mention.place for mention in self._before(self._places, offset))
        near = chain([self._place] if self._place else [], named)
        return local_place(sign, near) if sign else next(near, None)

    def _before(self, spans: Sequence[SpannedT], offset: int) -> Sequence[SpannedT]:
        """The spans that stand not too far before an offset, the last first."""
        return within(spans, max(0, offset - _REACH), offset)[::-1]

    def pointer(self, clause: Clause) -> Subject | None:
        """What points back to a unit or place: 该县, 该组."""
        that = _THAT.search(self._text, clause.start, clause.end)
        return self._pointed_at(that) if that and not at(self._mentions, that.start()) else None

    def whole(self, clause: Clause) -> Subject | None:
        """A place or system as a whole: 全市, 我省, 全系统."""
        match = _WHOLE.search(self._text, clause.start, clause.end)
        if match is None or _NOT_SUBJECT.search(self._text, max(0, match.start() - 1), match.start()):
            return None
        if match.group() in _WHOLE_SYSTEM:
            return Subject(Kind.GROUP, self._system(match.start()), match.start(), match.end())
        sign = match.group()[-1]
        place = self._meant(match.group()[0] if sign == "里" else sign, match.start())
        return Subject(Kind.PLACE, place.name, match.start(), match.end()) if place else None

    def named_last(self, kind: str, offset: int, *, whole: bool = False) -> str | None:
        """The institution of a kind that was named last before an offset.

        Args:
            whole: its name has the whole word, not only the last letter of it.
        """
        for mention in self._before(self._mentions, offset):
            if kind in mention.canonical or (not whole and kind[-1] in mention.canonical[-6:]):
                return mention.canonical
        return None

    def _pointed_at(self, that: re.Match[str]) -> Subject | None:
        """该县, 该组: the place or unit of that kind named last."""
        kind = that["kind"]
        for place in self._before(self._places, that.start()):
            if place.place.name.endswith(kind):
                return Subject(Kind.PLACE, place.place.name, that.start(), that.end())
        for mention in self._before(self._mentions, that.start()):
            if mention.canonical.endswith(kind):
                return Subject(Kind.UNIT, mention.canonical, that.start(), that.end())
        return None

    def _system(self, offset: int) -> str | None:
        """全系统: the one named last, else the one that the text names at all, of the document's place."""
        if self._place is None or not self._systems:
            return None
        i = bisect_right(self._systems, offset, key=lambda found: found[0])
        return self._place.name + _in_full(self._systems[max(i - 1, 0)][1])

    @cached_property
    def _systems(self) -> list[tuple[int, str]]:
        return [(match.start(), match.group()) for match in _NAMED_SYSTEM.finditer(self._text)]


def _in_full(group: str) -> str:
    """卫健系统 → 卫生健康系统."""
    return group.replace("卫健", "卫生健康")
