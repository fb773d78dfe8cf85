"""Whose figures a document gives where nothing in it says whose: the unit, group or place that it is of.

In: a reading, its unit mentions and the place it is about. Out: a canonical name with the rule that gave it.
"""

import re
from collections.abc import Sequence

from docintel.extract.language.decisions import Decision
from docintel.extract.language.reading import Reading, within
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
    r"^(?:在(?=.{2,40}[会班课]上?的?(?:讲话|发言|致辞|报告))|数说|图解|一图读懂|速览|\d{4}年度?|\d{1,2}(?:[至-]\d{1,2})?月|[上下]半年|[一二三四前]季度)+"
)
#: 在全市…推进会上的讲话, 全县…工作会议
_WHOLE = re.compile(r"(?:^|在|关于)全(?P<level>[市县区省州旗])[^,]{2,40}(?:会|讲话|工作)")
_SIGNED = re.compile(r"(?:承诺单位|发文单位|落款|报送单位|填报单位|编制单位|制定单位)[::]\s*")
#: How many of the last blocks may sign a document.
_SIGNATURE = 4
#: 访谈嘉宾:云溪县林业局党组书记沈明远
_GUEST = re.compile(r"(?:嘉\s{0,4}宾|受访者|受访人|访谈对象)\s*:\s*")
_GUEST_WITHIN = 400
#: The line under the title of a speech says whose head speaks: 云溪县林业局局长 沈明远.
_SPEECH = re.compile(r"的(?:讲话|发言|致辞)|讲话稿|党课")
_SPEAKER = re.compile(r"[^,。:;]{0,24}(?:书记|[局院校行处科厅县市区镇乡队]长|主任|董事长|总经理|主席|理事长)[\s、(]")
_SPEECH_HEAD = 6
_SPEAKER_LINE = 48
#: In a title: whom an interview is with.
_WITH = re.compile(r"(?:专访|对话|访谈?)(?!录)")
#: A line under the title: ——访|雁鸣湖农场党委书记.
_VISITED = re.compile(r"[—\-]{1,2}(?:专?访|对话)")
_VISITED_WITHIN = 4
#: An institution that somebody's post or an office stands behind: 云溪县人民医院|纪委书记, 云溪县人民医院|纪委办公室.
_HOUSE = re.compile(
    r"[\u4e00-\u9fff]{2,24}?(?:医院|卫生院|保健院|中心|学院|大学|学校|中学|小学|银行|集团|公司|农场|牧场|林场|监狱|[局厅署]|委员会)"
    r"(?=党[委组总支]|纪[委检]|(?:副?(?:院|局|厅|行|校)长|副?主任|副?书记|董事)|(?:.{0,4}办公室|宣传[部科处]|党办)$)"
)


def author_of(reading: Reading, mentions: Sequence[UnitMention], place: Place | None) -> Owner | None:
    """The unit that a report is of: whom it was fed back to, whom its title names, who published or signed it.

    The rule is `unit/guest` for the institution of whom an interview is with.
    """
    title, publisher = fold(reading.document.title), fold(reading.document.publisher or "")
    house = _HOUSE.match(publisher)
    publisher = house.group() if house else publisher
    whole = _TITLE_PARTS.split(title)
    parts = [part for words in whole if (part := _TITLE_LEAD.sub("", words))]
    return (
        _inspected(reading, mentions, title)
        or _guest(reading, mentions, whole)
        or _released(reading.folded, title, place)
        or _named(reading, mentions, parts, publisher)
        or _signed(reading, mentions)
        or (Decision(publisher, "unit/author") if house else None)
        or _of_title(parts, place)
        or _speaking(reading, mentions)
    )


def _inspected(reading: Reading, mentions: Sequence[UnitMention], title: str) -> Owner | None:
    """Whom the title says that an inspection was fed back to."""
    fed_back = _FED_BACK.search(title)
    found = (m for m in mentions if fed_back and reading.folded[m.start : m.end] == fed_back["who"])
    inspected = next(found, None)
    return Decision(inspected.canonical, "unit/author", (inspected.start, inspected.end)) if inspected else None


def _named(reading: Reading, mentions: Sequence[UnitMention], parts: Sequence[str], publisher: str) -> Owner | None:
    """The unit that a part of the title begins with or that published the document."""
    longest: dict[tuple[str, str], UnitMention] = {}
    for mention in sorted(mentions, key=lambda mention: (-len(mention.canonical), mention.start)):
        longest.setdefault((reading.folded[mention.start : mention.end], mention.canonical), mention)
    for part in (*parts, publisher):
        bare = part.removeprefix("中共")
        for names, mention in longest.items():
            begun = part is not publisher and bare.startswith(names) and not _INSPECTORS.match(part)
            if part in names or begun:
                return Decision(_institution(mentions, mention.canonical), "unit/author", (mention.start, mention.end))
        if (institution := _institution(mentions, part)) != part:
            return Decision(institution, "unit/author")
    return None


def _signed(reading: Reading, mentions: Sequence[UnitMention]) -> Owner | None:
    """The unit that signs the document."""
    written = {reading.folded[mention.start : mention.end]: mention for mention in reversed(mentions)}
    for block in reading.document.blocks[-_SIGNATURE:]:
        if mention := written.get(_SIGNED.sub("", reading.folded[block.start : block.end]).strip()):
            return Decision(_institution(mentions, mention.canonical), "unit/author", (mention.start, mention.end))
    return None


def _guest(reading: Reading, mentions: Sequence[UnitMention], title: Sequence[str]) -> Owner | None:
    """The institution of whom an interview is with."""
    for part in title:
        if (interviewed := _WITH.match(part)) and (house := _HOUSE.match(part, interviewed.end())):
            return Decision(_institution(mentions, house.group()), "unit/guest")
    for block in reading.document.blocks[:_VISITED_WITHIN]:
        visited = _VISITED.match(reading.folded, block.start, block.end)
        if visited and (house := _HOUSE.match(reading.folded, visited.end(), block.end)):
            return Decision(_institution(mentions, house.group()), "unit/guest", house.span())
    for match in _GUEST.finditer(reading.folded, 0, _GUEST_WITHIN):
        if mention := max(within(mentions, match.end(), match.end() + 1), key=_length, default=None):
            canonical = _institution(mentions, mention.canonical)
            return Decision(canonical, "unit/guest", (mention.start, mention.end))
        if house := _HOUSE.match(reading.folded, match.end()):  # in a by-line, where no units are looked for
            return Decision(house.group(), "unit/guest", house.span())
    return None


def _speaking(reading: Reading, mentions: Sequence[UnitMention]) -> Owner | None:
    """The unit whose head holds a speech, as the lines under its title say."""
    blocks = reading.document.blocks[:_SPEECH_HEAD]
    if not any(_SPEECH.search(reading.folded, block.start, min(block.end, block.start + 120)) for block in blocks):
        return None
    for block in blocks:
        mention = max(within(mentions, block.start, block.start + 1), key=_length, default=None)
        short = block.end - block.start <= _SPEAKER_LINE
        if mention and short and _SPEAKER.match(reading.folded, mention.end, block.end):
            return Decision(mention.canonical, "unit/author", (mention.start, mention.end))
    return None


def _length(mention: UnitMention) -> int:
    return mention.end - mention.start


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
    prefix = place.organ_prefix_in(begun)
    organ = local_organ_at(begun, end, prefix) or organ_at(begun, end, prefix)
    return Decision(organ.canonical, "unit/author") if organ else Decision(place.name, "unit/title")
