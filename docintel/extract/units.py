"""Responsible organisations: every mention with the full official name, and one record an organisation.

In: a `Reading` and the place the document is about. Out: `UnitMention`s in text order, and `Unit` records.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from docintel.extract.gazetteer import Place
from docintel.extract.lexicon import alternation, load
from docintel.extract.reading import Reading
from docintel.extract.unit_aliases import merge_aliases
from docintel.extract.unit_heads import Head, Heads
from docintel.extract.unit_names import ORDINALS, POSTED, Named, inner, inside_at, is_whole, kind_of, organ_at
from docintel.schema import Unit, UnitKind

#: Posts and commas between two units of one list: 市第三人民医院、骨伤医院; 教育局原党组成员、文化和旅游局.
_ENUMERATED = re.compile(r"(?:原?(?:党[组委总支]*)?(?:成员|委员|副?书记|副?主任|副?局长|副?厅长|常委)、?)*[、和]原?")
_STATIONED = re.compile(r"(?:派出|派)?驻(?P<host>(?!第)[^,。;、驻]{1,20}?)(?P<group>纪检(?:监察)?组)")
#: A group of the local discipline organ, named alone.
_GROUP = re.compile(
    r"(?<![各级个])(?:专案组|(?:第[一二三四五六七八九十]+)?派驻(?:第[一二三四五六七八九十]+)?纪检监察组)"
)
_WARD = re.compile(rf"(?<![全各中西])(?:{alternation(load('units')['wards']['names'])})(?![公学])")
_OFFICE = re.compile(rf"(?<![\u4e00-\u9fff])(?:{alternation(load('units')['offices']['names'])})")
#: An institution by its kind alone, 该院, 我院, or as the owner of a department, 集团纪委.
_SELF = re.compile(
    r"(?P<that>[该我本])(?P<kind>医院|公司|集团|学校|中心|纪检监察组|巡视组|巡察组|专案组|[院局校厅行委])(?![长校区内感])"
    r"|(?:(?<![\u4e00-\u9fff])|(?<=[在由与和向对的]))(?P<whole>集团|公司|医院)"
    r"(?=纪委|党委|纪检|巡察办|[\u4e00-\u9fff]{2,6}部[长,对的、])"
)
_BRANCH = re.compile(r"(?:分公司|分行|支行)(?:营业部)?")
#: Kinds that have departments.
_HOSTS = frozenset(set(UnitKind) - {UnitKind.DEPARTMENT, UnitKind.PARTY, UnitKind.DISCIPLINE})


@dataclass(frozen=True, slots=True)
class UnitMention:
    """A unit as named at one place in the text; `canonical` is its full official name."""

    start: int
    end: int
    canonical: str
    kind: UnitKind


def find_unit_mentions(reading: Reading, place: Place | None) -> tuple[UnitMention, ...]:
    """Every mention of a unit in the content, in text order.

    A department's institution is a mention with the same start and a smaller end; of mentions with one start the
    longest comes first.
    """
    found = _Finder(reading, place).find()
    content = [mention for mention in found if reading.sentence_at(mention.start)]
    full = merge_aliases([(mention.canonical, mention.kind) for mention in content])
    named = [replace(mention, canonical=full[mention.canonical]) for mention in content]
    return tuple(sorted(named, key=lambda mention: (mention.start, -mention.end)))


def outermost(mentions: Sequence[UnitMention]) -> list[UnitMention]:
    """The mentions that stand in no other: of a department, not its institution again."""
    kept: list[UnitMention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def collect_units(reading: Reading, mentions: Sequence[UnitMention]) -> tuple[Unit, ...]:
    """One record a canonical unit, in the order of first mentions."""
    by_name: dict[str, list[UnitMention]] = {}
    for mention in mentions:
        by_name.setdefault(mention.canonical, []).append(mention)
    units = []
    for canonical, group in by_name.items():
        quotes = tuple(reading.document.evidence(mention.start, mention.end) for mention in group)
        units.append(Unit(evidence=quotes[0], canonical=canonical, kind=group[0].kind, mentions=quotes))
    return tuple(units)


class _Finder:
    """One pass over a document; what was found before decides what 、, 该院 or 专案组 means."""

    def __init__(self, reading: Reading, about: Place | None) -> None:
        self.reading = reading
        self.text = reading.folded
        self.heads = Heads(reading, about)
        self.found: list[UnitMention] = []
        self._patterns: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], int]], ...] = (
            (_WARD, self._ward),
            (_OFFICE, self._office),
            (POSTED, self._posted),
            (_SELF, self._self),
            (_STATIONED, self._stationed_alone),
            (_GROUP, self._group),
        )

    def find(self) -> list[UnitMention]:
        end = 0
        for start, read in sorted(self._readers().items()):
            if start >= end:
                end = max(end, read())
        return self.found

    def _readers(self) -> dict[int, Callable[[], int]]:
        """What to read at each offset where a unit may begin: adds the units there and tells where the last ends."""
        readers: dict[int, Callable[[], int]] = {}
        for pattern, read in self._patterns:
            for match in pattern.finditer(self.text):
                readers[match.start()] = partial(read, match)
        for mention in self.heads.places:
            if branch := _BRANCH.match(self.text, mention.end):
                readers[mention.start] = partial(self._branch, mention.start, branch)
        for head in self.heads:
            readers[head.start] = partial(self._listed, head)
        return readers

    def _listed(self, head: Head) -> int:
        """A unit and what follows it under the same place: 市第三人民医院、骨伤医院."""
        end = self._add(head)
        self._ordinals(head)
        while head.prefix and (match := _ENUMERATED.match(self.text, end)):
            start = match.end()
            named = None if self.heads.names_place(start) else organ_at(self.text, start, head.prefix)
            if not named or named.end - start < 4 or start in self.heads:
                break
            end = self._add(Head(start, head.prefix, named))
        return end

    def _add(self, head: Head) -> int:
        """Add a unit and what is named inside it; the end of the last."""
        chain = [head.named]
        if head.named.kind is UnitKind.DISCIPLINE and (match := _STATIONED.match(self.text, head.named.end)):
            chain.append(self._stationed(head.named.canonical, match))
        else:
            chain.extend(inside_at(self.text, head.named))
        for named, after in zip(chain, [*chain[1:], None], strict=True):
            if after is None or not after.alone:
                self._append(head.start, named)
        return chain[-1].end

    def _ordinals(self, head: Head) -> None:
        """青岚市第三小学 in 青岚市第一、第三小学."""
        if listed := ORDINALS.search(self.text, head.start, head.named.end):
            for other in re.finditer(r"第[^、和]+", listed["more"]):
                canonical = head.named.canonical.replace(listed["first"], other.group(), 1)
                start = listed.start("more") + other.start()
                self._append(start, replace(head.named, canonical=canonical))

    def _stationed(self, sender: str, match: re.Match[str]) -> Named:
        """市纪委监委驻市卫健委纪检监察组, with the host's full name."""
        host = self.heads.at(match.start("host"))
        name = host.named.canonical if host else match["host"]
        return Named(match.end(), f"{sender}驻{name}{match['group']}", UnitKind.DISCIPLINE)

    def _stationed_alone(self, match: re.Match[str]) -> int:
        """驻市卫健委纪检监察组, sent by the discipline organ of the same place."""
        host = self.heads.at(match.start("host"))
        if not host or (not host.prefix and host.named.kind is UnitKind.COMPANY):
            return 0
        sender = f"{host.prefix}纪律检查委员会监察委员会" if host.prefix else "中央纪律检查委员会国家监察委员会"
        self._append(match.start(), self._stationed(sender, match))
        return match.end()

    def _group(self, match: re.Match[str]) -> int:
        """A group named alone belongs to the discipline organ named last."""
        organ = self._last(lambda mention: mention.canonical.endswith(("监察委员会", "纪律检查委员会")))
        if organ:
            self._append(match.start(), inner(organ.canonical, organ.kind, match.group(), match.end(), "discipline"))
        return match.end()

    def _ward(self, match: re.Match[str]) -> int:
        """A hospital's department named alone; as written where no hospital is named but 我院."""
        host = self._last(lambda mention: mention.kind is UnitKind.HOSPITAL)
        if not host and "院" not in self.reading.document.title:
            return 0
        parent = "" if host is None or host.canonical == "我院" else host.canonical
        self._append(match.start(), Named(match.end(), parent + match.group(), UnitKind.DEPARTMENT))
        return match.end()

    def _office(self, match: re.Match[str]) -> int:
        """An office of the hospital, company or school named last."""
        host = self._last(lambda mention: mention.kind in (UnitKind.HOSPITAL, UnitKind.COMPANY, UnitKind.SCHOOL))
        if not host:
            return 0
        self._append(match.start(), inner(host.canonical, host.kind, match.group(), match.end()))
        return match.end()

    def _posted(self, match: re.Match[str]) -> int:
        """A department known by its head belongs to the institution named last in the paragraph."""
        block = self.reading.document.block_at(match.start())
        host = self._last(lambda mention: mention.kind in _HOSTS or mention.canonical.startswith("中共"))
        company = host is not None and host.kind is UnitKind.COMPANY
        if not host or not block or (host.start < block.start and not company):
            return 0
        if match["name"].endswith("公司") and not company:
            return 0
        kind = "below" if match["name"].endswith("公司") else "department"
        self._append(match.start("name"), inner(host.canonical, host.kind, match["name"], match.end(), kind))
        return match.end()

    def _self(self, match: re.Match[str]) -> int:
        """该院 is the last institution of that kind, 我院 the publisher's; as written where no hospital publishes."""
        sign = match["kind"] or match["whole"]
        if match["that"] and match["that"] != "该":
            named = self._ours(sign, match.group())
        else:
            host = self._last(lambda it: sign in it.canonical[-8:] and (len(sign) > 2 or it.kind in _HOSTS))
            named = (host.canonical, host.kind) if host else self._ours(sign, match.group())
        return self._add(Head(match.start(), "", Named(match.end(), *named))) if named else 0

    def _ours(self, sign: str, written: str) -> tuple[str, UnitKind] | None:
        publisher = self.reading.document.publisher or ""
        if publisher.endswith(sign) and is_whole(publisher):
            return publisher, kind_of(publisher)
        return (written, UnitKind.HOSPITAL) if written == "我院" else None

    def _branch(self, start: int, match: re.Match[str]) -> int:
        """海西省分公司 of the company named last."""
        host = self._last(lambda mention: mention.kind is UnitKind.COMPANY)
        if not host:
            return 0
        name = self.text[start : match.end()]
        canonical = host.canonical if host.canonical.endswith(name) else host.canonical + name
        return self._add(Head(start, "", Named(match.end(), canonical, UnitKind.COMPANY)))

    def _last(self, fits: Callable[[UnitMention], bool]) -> UnitMention | None:
        """The institution named last that fits, not a department that was named with it."""
        last = next((mention for mention in reversed(self.found) if fits(mention)), None)
        return last and next(mention for mention in self.found if mention.start == last.start and fits(mention))

    def _append(self, start: int, named: Named) -> None:
        self.found.append(UnitMention(start, named.end, named.canonical, named.kind))
