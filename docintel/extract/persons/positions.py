"""A person's position and unit, read from the words around the name.

In: folded text, where the name stands, and the units mentioned. Out: where the position is written and the canonical
unit it is in.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import within
from docintel.extract.units.units import UnitMention

_WORDS = load("persons")
#: 点钞员 and many others are no list's business.
_HEAD = alternation(_WORDS["heads"]) + r"|[\u4e00-\u9fff]{2}(?<!动)(?<!成)(?<!全)员"
_QUALIFIER = rf"(?:{alternation(_WORDS['qualifiers'])}|(?:分管|负责|主管)[\u4e00-\u9fff]{{0,8}}?的|分管)"
#: 原党委副书记 / 二级巡视员 / 分管财务的副院长, at the end of a stretch of text
_TITLE_AT_END = re.compile(rf"(?:{_QUALIFIER})*(?:{_HEAD})(?:\(.{{1,6}}\))?$")
_HEAD_AT_END = re.compile(rf"(?:{_HEAD})(?:\([^()]{{1,8}}\))?$")
_TITLE_AT_START = re.compile(rf"(?:{_QUALIFIER})*(?:{_HEAD})")
_LAST_CUT = re.compile(rf".*(?:{alternation(_WORDS['before_position'])})")
_HARD_STOP = re.compile(r"[。;:!?\n\t“”《》…—]")
#: `主持人:|若山`
_HOST = re.compile(r"(?P<position>主\s*持\s*人)\s*:$")
#: What a notice says of somebody between the name and the position: `张三,男,1965年3月出生,中共党员,曾任…`.
_VITAE = (
    r"(?:[,(](?:男|女|[\u4e00-\u9fff]{1,6}族|\d{4}年[^,()。]{0,10}生|[\u4e00-\u9fff]{2,12}人|中共党员|群众|[^,()。]{1,8}学历"
    r"|[^,()。]{0,6}文化(?:程度)?|[^,()。]{2,16}(?:参加工作|加入中国共产党))(?![\u4e00-\u9fff])){0,8}"
)
#: behind the name: `,某公司原董事长。` / `(市水利局副局长)` / ` 系某公司出纳`
_BEHIND = re.compile(
    rf"{_VITAE}[,(]?(?:原系|系|是|历任|曾任|原任|先后任|先后担任|任|曾担任|担任|时任|现任|,)?(?P<phrase>[^。;!?\n\t“”,()]{{0,40}}?(?:{_HEAD}))(?=[,。;)\n\t]|$)"
)
#: 以张三|同志为核心的|党中央
_CORE = re.compile(r"同志为核心的")
_BEHIND_STARTS = ("系", "是", "任", "担任", "原系", "时任", "曾任", "历任", "现任")
#: 第二审查调查室, 党风政风监督室 of a discipline organ
_OFFICE = re.compile(r"(?<=委)(?:第[一二三四五六七八九十]+)?[^委局]{1,8}室$")
#: 党组|成员, 纪委|书记: the body is part of the position
_BODY = re.compile(r"(?:党组|党委|党工委|党总支|党支部|纪委|纪工委|团委)$")
_BODY_MEMBER = re.compile(r"原?副?(?:书记|委员|成员|常委)")
#: 某集团纪委书记 is of the 集团; 某镇纪委书记 of the 纪委.
_INSTITUTION = re.compile(
    r"(?:中共)?(?P<name>.{2,40}?(?:公司|集团|医院|学校|中学|小学|大学|学院|银行|分行|中心))"
    r"(?:(?:纪律检查)?(?:工作)?委员会|纪委|纪工委|党委|党总支|党支部)"
)
#: A seat in a body, beside which somebody holds the office that counts: 市委|常委|、市纪委书记.
_SEAT = re.compile(r"(?:常委|委员|成员|助理|书记处书记)$")
#: 仙桃市委原常委、原|副市长|: an office of the government of the place whose party committee is named.
_GOVERNOR = re.compile(r"(?P<level>[省市县区州镇乡])长$")
_COMMITTEE = re.compile(r"(?:中共|中国共产党)(?P<place>.{2,24})委员会$")
#: An organisation's name that nobody else knows, right before a title.
_WRITTEN_UNIT = re.compile(
    r"(?:.*(?:对话|专访|访|[对向把将被由在了、,]|通报|查[处办实明]|曝光|关于|新任))?(?P<unit>[\u4e00-\u9fff()]{2,30}?(?:公司|集团|银行|支行|分行|局|委员会|医院|学院|学校|大学|中学|小学|幼儿园|中心|站"
    r"|所|协会|学会|合作社|联社|办事处|村|社区|厂|矿|农场|林场|粮库))$"
)
#: `设备科|科长`; in `原营业部经理` the department is part of the position.
_DEPARTMENT = re.compile(
    r"(?:^|[,、。:;“(]|由|对|给予|时任|该院|该局)(?P<position>原?(?P<unit>(?!由|对|给予|时任|关于|新任)[\u4e00-\u9fff]{2,5}(?<!支)[科处部股]))$"
)
#: What a name is called in short.
_ASIDE = re.compile(r"\([^()]{2,24}\)")
#: 教育|局党委书记: the qualifier has taken the end of the unit's name.
_TAKEN = re.compile(r"(?<=[\u4e00-\u9fff]{2})[局院厅委](?=党[组委])")
_REACH = 120


@dataclass(frozen=True, slots=True)
class Role:
    """Where a position is written, and its unit; either may be missing.

    Attributes:
        start: first character of the position; equal to `end` where none is written.
        end: one past its last character.
        unit: canonical name of the unit.
        rule: how the position was found.
        unit_rule: how the unit was found.
        unit_span: the words that name the unit.
    """

    start: int
    end: int
    unit: str | None = None
    rule: str = ""
    unit_rule: str = ""
    unit_span: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return self.end > self.start or self.unit is not None


NO_ROLE = Role(0, 0)


def follows_title(folded: str, start: int) -> bool:
    """Whether the text before `start` ends with a position: `市水利局局长|`."""
    return bool(_HEAD_AT_END.search(folded[max(0, start - 12) : start].rstrip(" ")))


def has_title(folded: str, start: int, end: int) -> bool:
    """Whether a position stands right before or right behind the name: `张三|局长`."""
    return follows_title(folded, start) or bool(_TITLE_AT_START.match(folded, end))


def find_role(folded: str, name: tuple[int, int], mentions: Sequence[UnitMention], after: int = 0) -> Role:
    """The role of the name at a span: before it, attached to it, or set off behind it.

    Args:
        folded: the folded text.
        name: where the name stands.
        mentions: unit mentions in text order.
        after: end of the name before this one; its words belong to that name.
    """
    return _role_before(folded, name[0], mentions, after) or _role_behind(folded, *name, mentions)


def _role_before(folded: str, start: int, mentions: Sequence[UnitMention], after: int) -> Role:
    """`市水利局原党组书记、局长|张三`, or only the unit: `麻醉科|张三`."""
    if host := _HOST.search(folded, max(0, start - 9), start):
        return Role(*host.span("position"), rule="host")
    low = max(after, start - _REACH)
    stops = list(_HARD_STOP.finditer(folded, low, start))
    low = stops[-1].end() if stops else low
    high = low + len(folded[low:start].rstrip(" 的"))
    if not _HEAD_AT_END.search(folded, low, high):
        unit = next((m for m in within(mentions, low, high) if m.end == high), None)
        return Role(high, high, unit.canonical, "", "stated", (unit.start, unit.end)) if unit else NO_ROLE
    items = _items(folded, low, high, mentions)
    units = [_unit_of(item, mentions) for item in items]
    owners = [(item, unit) for item, unit in zip(items, units, strict=True) if unit]
    if not owners:
        return _without_owner(folded, items[0], high)
    (item, first), last = owners[0], owners[-1][1]
    named = (last.start, last.end)
    if items[0] != item:
        return Role(_title_start(folded, items[0]), high, last.canonical, "before", "last-of-several", named)
    if len(owners) > 1:
        office = next((unit for it, unit in owners if not _SEAT.search(folded, *it)), last)
        return Role(first.start, high, office.canonical, "several-posts", "first-office", (office.start, office.end))
    return _with_owner(folded, first, item[1], high)


def _with_owner(folded: str, owner: UnitMention, end: int, high: int) -> Role:
    """The position that stands behind the unit it is in, up to `end`; the words for it end at `high`."""
    begin, canonical = _split_office(folded, owner)
    if aside := _ASIDE.match(folded, begin, high):  # 某公司(以下简称集团)|原董事长
        begin = aside.end()
    if folded[begin] in "、和及与":  # 某公司、|个体老板
        return _without_owner(folded, (begin + 1, end), high)
    governed = _government(folded, canonical, high)
    rule = "government" if governed else "stated"
    start = _skip_glue(folded, begin, end)
    start -= folded[start:high] == "长"  # 财务科|长: the end of the department belongs to both
    return Role(start, high, governed or canonical, "before", rule, (owner.start, owner.end))


def _government(folded: str, canonical: str, high: int) -> str | None:
    """The government that a mayor is in, where only the party committee of the place is named."""
    governor, committee = _GOVERNOR.search(folded, max(0, high - 2), high), _COMMITTEE.fullmatch(canonical)
    if governor and committee and committee["place"].endswith(governor["level"]):
        return f"{committee['place']}人民政府"
    return None


def _without_owner(folded: str, item: tuple[int, int], high: int) -> Role:
    """A bare title; with an organisation's name before it that nobody else knows."""
    start = _title_start(folded, item)
    start += bool(_TAKEN.match(folded, start, item[1]))
    begin = max(item[0], start - 40)
    text = folded[begin:start]
    department = _DEPARTMENT.search(text)
    if department:
        span = (begin + department.start("unit"), begin + department.end("unit"))
        is_former = department["position"] != department["unit"]
        first = begin + department.start("position") if is_former else start
        return Role(first, high, department["unit"], "before", "department", span)
    written = _WRITTEN_UNIT.match(text.removesuffix("时任").removesuffix("原"))
    if written:
        span = (begin + written.start("unit"), begin + written.end("unit"))
        return Role(start, high, written["unit"], "before", "as-written", span)
    return Role(start, high, rule="bare")


def _split_office(folded: str, mention: UnitMention) -> tuple[int, str]:
    """Where the position begins and the unit it is in, when the mention ends in a part that belongs to the position.

    `某市纪委监委党风政风监督室|主任` is a position in the 纪委监委, `某局党组|成员、副局长` one in the 局.
    """
    body = _BODY.search(folded, mention.start, mention.end)
    member = _BODY_MEMBER.match(folded, mention.end)
    if body and member and body.start() > mention.start:
        host = _INSTITUTION.fullmatch(mention.canonical)
        if host:
            return body.start(), host["name"]
        is_listed = folded.startswith("、", member.end())
        return body.start(), mention.canonical.removesuffix(body.group()) if is_listed else mention.canonical
    office = _OFFICE.search(folded, mention.start, mention.end)
    if office and office.start() > mention.start and mention.canonical.endswith(office.group()):
        return office.start(), mention.canonical.removesuffix(office.group())
    return mention.end, mention.canonical


def _items(folded: str, low: int, high: int, mentions: Sequence[UnitMention]) -> list[tuple[int, int]]:
    """The positions listed before a name, each ending in a head: `党组书记、局长` has two."""
    items = [(low, high)]
    for cut in reversed(list(re.finditer(r"[、,]|兼|暨", folded[low:high]))):
        start, end = low + cut.start(), low + cut.end()
        listed = bool(_HEAD_AT_END.search(folded, low, start))
        if cut.group() == "," and not (listed and _starts_item(folded, end, mentions)):
            return [(end, items[0][1]), *items[1:]]
        if listed:
            items = [(low, start), (end, items[0][1]), *items[1:]]
    return items


def _starts_item(folded: str, offset: int, mentions: Sequence[UnitMention]) -> bool:
    """A position goes on behind a comma with a unit or a bare title: `某市委常委,|市监委主任`."""
    return bool(within(mentions, offset, offset + 2)) or bool(_TITLE_AT_START.match(folded, offset))


def _unit_of(item: tuple[int, int], mentions: Sequence[UnitMention]) -> UnitMention | None:
    """The unit named last in an item, when nothing but the position stands behind it."""
    inside = [m for m in within(mentions, *item) if m.end < item[1]]
    return inside[-1] if inside else None


def _title_start(folded: str, item: tuple[int, int]) -> int:
    """Where the bare title begins in an item that names no unit."""
    title = _TITLE_AT_END.search(folded, *item)
    start = title.start() if title else item[0]
    return start + 2 if folded.startswith(("时任", "现任"), start) else start


def _skip_glue(folded: str, begin: int, end: int) -> int:
    """Leave out words between the unit and the position: `(某局)公开通报了某镇|原副镇长`."""
    cut = _LAST_CUT.match(folded, begin, end)
    if cut and cut.end() < end:
        return _title_start(folded, (cut.end(), end))
    return begin + 2 if folded.startswith(("时任", "现任"), begin) else begin


def _role_behind(folded: str, start: int, end: int, mentions: Sequence[UnitMention]) -> Role:
    """`张三同志` and `张三局长` carry the title; `张三,某公司原董事长。` sets it off."""
    if core := _CORE.match(folded, end):
        unit = next((m for m in within(mentions, core.end(), core.end() + 1)), None)
        return Role(end, end, unit.canonical, "", "stated", (unit.start, unit.end)) if unit else NO_ROLE
    attached = _TITLE_AT_START.match(folded, end)
    if attached:
        title = attached.group()
        unit = _WORDS["position_units"].get(title)
        return Role(end, attached.end(), unit, "attached", "title" if unit else "")
    if folded[end : end + 1] not in {",", "("} and not folded.startswith(_BEHIND_STARTS, end):
        return NO_ROLE
    behind = _BEHIND.match(folded, end)
    if not behind:
        return NO_ROLE
    inside = [m for m in within(mentions, *behind.span("phrase")) if m.end < behind.end("phrase")]
    if not inside or inside[0].start > behind.start("phrase") + 1:
        return NO_ROLE
    unit_span = (inside[-1].start, inside[-1].end)
    return Role(inside[-1].end, behind.end("phrase"), inside[-1].canonical, "behind", "stated", unit_span)
