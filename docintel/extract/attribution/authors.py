"""Whose figures a document gives where nothing in it says whose: the unit, group or place that it is of.

In: a reading, its unit mentions and the place it is about. Out: a canonical name with the rule that gave it.
"""

import re
from collections.abc import Sequence

from docintel.extract.language.decisions import Decision
from docintel.extract.language.reading import Reading
from docintel.extract.places.gazetteer import Place
from docintel.extract.units.names import local_organ_at, organ_at
from docintel.extract.units.units import UnitMention
from docintel.text.normalize import fold

Owner = Decision[str | None]

_FED_BACK = re.compile(r"向(?P<who>[^向]{2,30}?)(?:党委|党组|党总支|党支部)?反馈")
_TITLE_PARTS = re.compile(r"[|丨:·—\-\s]+|关于")
_RELEASE = re.compile(
    r"(?:通报|公布|发布|公开|晒出)[^,]{0,40}(?:情况|数据)|(?:情况|数据)(?:通报|公布|发布)|\d{4}年[^,]{0,60}(?:情况|数据)$"
)
_ORGANS = "纪检监察机关|纪检监察系统"
#: How far into a release of statistics it is told whose they are, in characters.
_RELEASE_REACH = 600
_INSPECTORS = re.compile(r"[^,]{0,16}(?:巡[察视]组|督[查导]组|考核组|检查组)")
_COMMITTEE = re.compile(
    r"中共(?P<of>.{2,40}?(?:[院局厅校司团所站馆]|中心|大学|中学|小学|学院))(?:(?:总支部?|支部)?委员会|党委|党组|党总支|党支部)"
)
_TITLE_LEAD = re.compile(
    r"^(?:数说|图解|一图读懂|速览|\d{4}年度?|\d{1,2}(?:[至-]\d{1,2})?月|[上下]半年|[一二三四前]季度)+"
)
#: 在全市…推进会上的讲话, 全县…工作会议
_WHOLE = re.compile(r"(?:^|在|关于)全(?P<level>[市县区省州旗])[^,]{2,40}(?:会|讲话|工作)")
_SIGNED = re.compile(r"(?:承诺单位|发文单位|落款|报送单位|填报单位|编制单位|制定单位)[::]\s*")
#: How many of the last blocks may sign a document.
_SIGNATURE = 4


def author_of(reading: Reading, mentions: Sequence[UnitMention], place: Place | None) -> Owner | None:
    """The unit that a report is of: whom it was fed back to, whom its title names, who published or signed it."""
    document, folded = reading.document, reading.folded
    title, publisher = fold(document.title), fold(document.publisher or "")
    written = {folded[mention.start : mention.end]: mention for mention in reversed(mentions)}
    fed_back = _FED_BACK.search(title)
    if fed_back and (inspected := written.get(fed_back["who"])):
        return Decision(inspected.canonical, "unit/author", (inspected.start, inspected.end))
    if released := _released(folded, title, place):
        return released
    parts = [part for whole in _TITLE_PARTS.split(title) if (part := _TITLE_LEAD.sub("", whole))]
    signed = [_SIGNED.sub("", folded[block.start : block.end]).strip() for block in document.blocks[-_SIGNATURE:]]
    longest = sorted(mentions, key=lambda mention: (-len(mention.canonical), mention.start))
    for part in (*parts, publisher):
        for mention in longest:
            names = (folded[mention.start : mention.end], mention.canonical)
            begun = part is not publisher and part.startswith(names) and not _INSPECTORS.match(part)
            if part in names or begun:
                return Decision(_institution(mentions, mention.canonical), "unit/author", (mention.start, mention.end))
        if (institution := _institution(mentions, part)) != part:
            return Decision(institution, "unit/author")
    for words in signed:
        if words in written:
            mention = written[words]
            return Decision(_institution(mentions, mention.canonical), "unit/author", (mention.start, mention.end))
    return _of_title(parts, place)


def _institution(mentions: Sequence[UnitMention], committee: str) -> str:
    """The hospital, company or bureau whose party committee reports, if the text names it; else the unit itself."""
    inner = _COMMITTEE.fullmatch(committee)
    known = inner and any(mention.canonical == inner["of"] for mention in mentions)
    return inner["of"] if inner and known else committee


def _released(folded: str, title: str, place: Place | None) -> Owner | None:
    """Whose figures a release of an organ's statistics gives: 市纪委监委通报2023年|全市纪检监察机关|…情况."""
    if not _RELEASE.search(title) or place is None:
        return None
    name, level = place.name, place.name[-1:]
    if match := re.search(rf"{re.escape(name)}(?:各级)?(?P<organs>{_ORGANS})", title):
        return Decision(name + match["organs"], "unit/released")
    match = re.compile(rf"全{level}(?P<organs>{_ORGANS})(?=[^,。]{{0,16}}(?:\d|情况))").search(
        folded, 0, _RELEASE_REACH
    )
    return Decision(name + match["organs"], "unit/released", match.span()) if match else None


def _of_title(parts: Sequence[str], place: Place | None) -> Owner | None:
    """The unit or place that a part of the title begins with, though the text names it nowhere."""
    begun = next((part for part in parts if place and part.startswith((place.full, place.name))), None)
    if place and any((whole := _WHOLE.search(part)) and place.name.endswith(whole["level"]) for part in parts):
        return Decision(place.name, "unit/title")
    if place is None or begun is None:
        return None
    end = len(place.full if begun.startswith(place.full) else place.name)
    organ = local_organ_at(begun, end, place.organ_prefix) or organ_at(begun, end, place.organ_prefix)
    return Decision(organ.canonical, "unit/author") if organ else Decision(place.name, "unit/title")
