"""Whose figure a statistic is: the system or group of units named as its subject, else the unit that acts.

In: a reading, its unit mentions, the place it is about and a stretch of text. Out: a canonical name.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from docintel.extract.actors import acting_units
from docintel.extract.gazetteer import Place
from docintel.extract.places import find_place_mentions
from docintel.extract.reading import Reading, at, within
from docintel.extract.speakers import Speakers
from docintel.extract.units import UnitMention, outermost
from docintel.schema import BlockKind
from docintel.text.normalize import fold

_SYSTEM = (
    r"(?:各级|各类|各)?(?:公立|基层|国有|医疗卫生|医疗|卫生健康|卫健|卫生|纪检监察|教育|粮食|财政|国资|民政|住建|党政|政法|政务|政府)*"
    r"(?:医院|医疗机构|医疗单位|卫生院|纪委监委|纪检监察机关|纪检监察组织|机关|系统|单位|学校|企业|粮库|部门)"
)
#: 全市学校约谈教师18人, 青岚市教育系统已签订…, 各单位共自查问题27项.
_GROUP = re.compile(
    rf"(?P<scope>全国|全省|全市|全县|全区|全州|全旗|全系统|我市|我省|我县|我区|各)?(?P<group>{_SYSTEM})"
)
#: 全市共走访商户86家: the place itself.
_PLACEWIDE = re.compile(
    r"(?:全市|全省|全县|全区|全州|全旗|我市|我省|我县|我区)(?:共|已|累计|先后|有|还|各级|查处|处分|立案|清理|排查)"
)
#: 全国共查处…: the organs of the whole country.
_NATIONWIDE = re.compile(r"全国(?:共|已|累计|查处|处分|立案|各级|接收)")
_NOT_SUBJECT = re.compile(r"[向对给被在从于与和的]$")
_OWN_ACTS = re.compile(r"处分|查处|立案|批评教育|处理|问责|线索|信访|举报|留置|移送|谈话")


@dataclass(frozen=True, slots=True)
class _Group:
    """A group of units that stands as a subject, by its name with the place written out."""

    start: int
    end: int
    name: str


class _Matches:
    """Where a pattern matches, read once: a stretch is looked up without reading it again."""

    def __init__(self, pattern: re.Pattern[str], folded: str) -> None:
        overlapping = re.finditer(f"(?=({pattern.pattern}))", folded)
        self._spans = [match.span(1) for match in overlapping]

    def any_in(self, start: int, end: int) -> bool:
        """Whether a match lies in `[start, end)`."""
        first = bisect_left(self._spans, (start, 0))
        ahead = takewhile(lambda span: span[0] < end, (self._spans[i] for i in range(first, len(self._spans))))
        return any(high <= end for _, high in ahead)


class Owners:
    """Answers whose figure a stretch of text gives, reading the text once from front to back."""

    def __init__(
        self, reading: Reading, mentions: Sequence[UnitMention], place: Place | None, speakers: Speakers
    ) -> None:
        self._reading = reading
        self._mentions = outermost(mentions)
        self._place = place
        self._speakers = speakers
        self._places = [mention for mention in find_place_mentions(reading) if not mention.weak]
        self._groups = tuple(_groups(reading, self._mentions, place))
        self._nationwide = _Matches(_NATIONWIDE, reading.folded)
        self._placewide = _Matches(_PLACEWIDE, reading.folded)
        self._own_acts = _Matches(_OWN_ACTS, reading.folded)
        self._author = _author(reading, mentions)
        self._last: tuple[int, int, str] | None = None

    def owner_of(self, start: int, end: int) -> str | None:
        """The unit, or named group of units, whose figure `text[start:end]` gives; None when the text does not say."""
        sentence, clause = self._reading.sentence_at(start), self._reading.clause_at(start)
        if sentence is None or clause is None:
            return None
        owner = (
            self._named_in_row(sentence.block, start)
            or self._named_in(clause.start, end)
            or self._group_before(sentence.start, start)
            or self._carried(sentence.block, clause.start)
            or "、".join(acting_units(self._reading, self._mentions, start, end))
            or self._place_before(clause.start)
            or self._speakers.unit_at(start)
            or self._author
        )
        if owner:
            self._last = (sentence.block, end, owner)
        return owner or None

    def _named_in_row(self, block: int, start: int) -> str | None:
        """The one unit that the row of a table names, in whatever cell it stands."""
        if self._reading.document.blocks[block].kind is not BlockKind.TABLE:
            return None
        text = self._reading.text
        row = text.rfind("\n", 0, start) + 1, text.find("\n", start)
        named = {mention.canonical for mention in within(self._mentions, row[0], row[1] if row[1] >= 0 else len(text))}
        return named.pop() if len(named) == 1 else None

    def _named_in(self, start: int, end: int) -> str | None:
        group = self._group_before(start, end)
        if group is None and within(self._mentions, start, end):
            return "、".join(acting_units(self._reading, self._mentions, start, end))
        return group

    def _carried(self, block: int, start: int) -> str | None:
        """The owner of the figure before, when no other unit was named since in this paragraph."""
        if self._last is None or self._last[0] != block or within(self._mentions, self._last[1], start):
            return None
        return self._last[2]

    def _place_before(self, start: int) -> str | None:
        """A place that acts (`云溪县检查车辆…`)."""
        place = at(self._places, start)
        return place.place.name if place and place.start == start else None

    def _group_before(self, start: int, end: int) -> str | None:
        """The last group of units that stands as a subject in the stretch, with its place written out."""
        if self._nationwide.any_in(start, end) and self._own_acts.any_in(start, end):
            return "全国纪检监察机关"
        group = next((group for group in reversed(within(self._groups, start, end)) if group.end <= end), None)
        if group:
            return group.name
        return self._place.name if self._place and self._placewide.any_in(start, end) else None


def _groups(reading: Reading, mentions: Sequence[UnitMention], place: Place | None) -> Iterator[_Group]:
    """The groups of units that stand as subjects in the content, in text order."""
    folded, named_before = reading.folded, _place_at_end(place)
    for sentence in reading.sentences:
        for match in _GROUP.finditer(folded, sentence.start, sentence.end):
            offset = match.start("group")
            named = named_before.search(folded, max(0, offset - 20), offset)
            subject_at = named.start() if named else match.start()
            name = _full_name(match["scope"], match["group"], place) if match["scope"] or named else None
            is_subject = not _NOT_SUBJECT.search(folded, max(sentence.start, subject_at - 2), subject_at)
            if name and is_subject and not at(mentions, offset):
                yield _Group(match.start(), match.end(), name)


def _author(reading: Reading, mentions: Sequence[UnitMention]) -> str | None:
    """The unit that a report is of: its title begins with it (`云溪县人民医院关于…的报告`), or it published it."""
    title, publisher = fold(reading.document.title), fold(reading.document.publisher or "")
    for mention in mentions:
        names = (reading.folded[mention.start : mention.end], mention.canonical)
        if publisher in names or title.startswith(names):
            return mention.canonical
    return None


def _place_at_end(place: Place | None) -> re.Pattern[str]:
    """The document's place, in full or short, at the end of a stretch: 青岚市|, 青岚12家|."""
    names = (place.name, place.name.rstrip("省市县区州旗")) if place else ()
    return re.compile(rf"(?:{'|'.join(re.escape(name) for name in names if len(name) > 1) or '(?!)'})(?:\d+[家个所])?$")


def _full_name(scope: str | None, group: str, place: Place | None) -> str | None:
    if scope == "全国":
        return "全国" + group
    if place is None:
        return None
    prefix = "各" if scope == "各" and not group.startswith("各") else ""
    return f"{place.name}{prefix}{group}"
