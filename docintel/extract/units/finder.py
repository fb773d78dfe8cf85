"""One pass over a document for the mentions of units, in text order.

In: a `Reading` and the place it is about. Out: `UnitMention`s under the fullest names that the words before them allow.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from docintel.extract.language.gates import Gated
from docintel.extract.language.reading import Reading
from docintel.extract.places.gazetteer import Place
from docintel.extract.units.departments import inside_at, listed_at
from docintel.extract.units.heads import Heads
from docintel.extract.units.mentions import Found, Head, UnitMention
from docintel.extract.units.names import ORDINALS, Named, local_organ_at, organ_at
from docintel.extract.units.parts import Parts
from docintel.extract.units.selves import Selves
from docintel.schema import UnitKind

#: Posts and commas between two units of one list: 市第三人民医院、骨伤医院; 教育局原党组成员、文化和旅游局.
_ENUMERATED = re.compile(r"(?:原?(?:党[组委总支]*)?(?:成员|委员|副?书记|副?主任|副?局长|副?厅长|常委)、?)*[、和]原?")
#: The bodies of one place, named one after the other: 县委、人大、政府、政协.
_BODIES = re.compile(r"中共.+委员会|.+人民政府|.+人民代表大会常务委员会|中国人民政治协商会议.+委员会|中共.+委员会.+部")
_NEXT_BODY = re.compile(r"[、和]?(?=(?:人大(?:常委会)?|政府|政协|纪委监委|纪委)(?![部机采投领门]))")
#: 宣传部 behind 市委组织部.
_NEXT_OF_COMMITTEE = re.compile(r"[、和](?=[\u4e00-\u9fff]{2,3}[部委办])")
#: Of three characters, yet no common word: 教育局, 检察院.
_SHORT_NAME = re.compile(r"(?!执行|稽查|治安|[分总当格])[\u4e00-\u9fff]{2}[局委厅]|检察院")
_CLINICS = ("门诊部", "诊所", "药店", "药房", "卫生室", "卫生所")
_STATIONED = Gated(r"(?:派出|派)?驻(?P<host>(?!第)[^,。;、驻]{1,20}?)(?P<group>(?:机关)?纪检(?:监察)?组)")
#: What a university has below it, without a place before its name.
_COLLEGE = re.compile(r"(?!.*(?:职业|党校|行政学院)).{2,12}学院|(?:第[一二三四五六七八九十]+)?附属.{0,6}医院")
_BRANCH = re.compile(r"(?:分公司|分行|支行)(?:营业部)?")
#: What opens and closes another name of the unit before.
_BRACKET = re.compile(r"\((?:(?:以下|下)?(?:统)?(?:简称|称)|又称|原)?[:：为]?[“\"]?")
_CLOSED = re.compile(r"[”\"]?\)")
_DEFINED = re.compile(
    r"\((?:以下(?:统)?简称|以下称|下称|简称|又称)[:：为]?[“\"]?(?P<name>[\u4e00-\u9fffA-Za-z]{2,16})[”\"]?\)"
)
#: Names so plain that they mean the unit only where a word begins.
_PLAIN = re.compile(r"公司|集团|医院|学校|中心|.{2}")
_WORD_START = r"(?:(?<![\u4e00-\u9fff])|(?<=[在由与和向对的经给被]))"


class Finder:
    """What was found before decides what 、, 该院 or 专案组 means."""

    def __init__(self, reading: Reading, about: Place | None) -> None:
        self._text = reading.folded
        self._heads = Heads(reading, about)
        self._found = Found()
        self._defined: dict[str, UnitMention] = {}
        self._selves = Selves(reading, self._heads, self._found)
        self._parts = Parts(reading, self._heads, self._found, self._selves)

    def find(self) -> list[UnitMention]:
        """Every mention, title and by-line included."""
        end = 0
        for start, read in sorted(self._readers().items()):
            if start >= end:
                end = max(end, read())
        return self._found.mentions

    def _readers(self) -> dict[int, Callable[[], int]]:
        """What to read at each offset where a unit may begin: adds the units there and tells where the last ends."""
        readers: dict[int, Callable[[], int]] = {}
        for match, read in self._parts.matches():
            readers[match.start()] = partial(read, match)
        for match in _STATIONED.finditer(self._text):
            readers[match.start()] = partial(self._stationed_alone, match)
        for match in re.finditer(r"[该我本你贵集公医院局委厅校场总支大分中学联省市县区州]", self._text):
            if named := self._selves.self_at(match.start()):
                readers[match.start()] = partial(self._self, named)
        for mention in self._heads.places:
            if branch := _BRANCH.match(self._text, mention.end):
                readers[mention.start] = partial(self._branch, mention.start, mention.place, branch)
        for head in self._heads:
            readers[head.start] = partial(self._listed, head)
        for name, match in self._defined_words():
            here = self._heads.at(match.start())
            if not here or here.named.end <= match.end():
                readers[match.start()] = partial(self._by_definition, name, match, readers.get(match.start()))
        return readers

    def _defined_words(self) -> Iterator[tuple[str, re.Match[str]]]:
        """Where the names stand that the document defines itself (以下简称), behind their definition."""
        for name, start in {match["name"]: match.end() for match in _DEFINED.finditer(self._text)}.items():
            begins = _WORD_START if _PLAIN.fullmatch(name) else ""
            for match in re.compile(rf"{begins}{re.escape(name)}(?!有限)").finditer(self._text, start):
                yield name, match

    def _by_definition(self, name: str, match: re.Match[str], otherwise: Callable[[], int] | None) -> int:
        """The unit that the document has defined a name for, and what is inside it."""
        unit = self._defined.get(name)
        if not unit:
            return otherwise() if otherwise else 0
        named = Named(match.end(), unit.canonical, unit.kind)
        return self._add(Head(match.start(), "", named, unit.place, "defined", "defined", (unit.start, unit.end)))

    def _of_university(self, head: Head) -> Head:
        """A college or a hospital of the university that writes: 药学院, 附属口腔医院."""
        author = self._selves.author
        name = head.named.canonical
        if head.prefix or not author or not author.canonical.endswith("大学") or "大学" in name:
            return head
        if not _COLLEGE.fullmatch(name):
            return head
        by = author.by if author.full == "author" else (author.start, author.end)
        named = replace(head.named, canonical=author.canonical + name)
        return replace(head, named=named, place=author.place, full="host", by=by)

    def _listed(self, head: Head) -> int:
        """A unit and what follows it under the same place: 市第三人民医院、骨伤医院."""
        head = self._of_university(head)
        if self._is_other_name(head):
            return head.named.end
        end = self._add(head)
        self._ordinals(head)
        while head.prefix and (after := self._next(head, end)):
            end = self._add(after)
            head = replace(head, named=after.named)
        return end

    def _is_other_name(self, head: Head) -> bool:
        """In brackets behind a unit stands another name of it: 县妇幼保健院(县妇女儿童医院), (以下简称“县医院”)."""
        last = self._found.mentions[-1] if self._found.mentions else None
        if not last or last.kind is not head.named.kind or not _BRACKET.fullmatch(self._text, last.end, head.start):
            return False
        if not _CLOSED.match(self._text, head.named.end):
            return False
        self._found.other_names[head.named.canonical] = last
        return True

    def _next(self, head: Head, end: int) -> Head | None:
        """The next unit of a list that names the place only once."""
        if _BODIES.fullmatch(head.named.canonical) and (body := self._next_body(head, end)):
            return body
        if not (match := _ENUMERATED.match(self._text, end)):
            return None
        start = match.end()
        if clinic := self._next_clinic(head, start):
            return clinic
        if self._heads.place_at(start) or start in self._heads:
            return None
        listed = organ_at(self._text, start, head.prefix)
        if not listed or (listed.end - start < 4 and not _SHORT_NAME.fullmatch(self._text, start, listed.end)):
            return None
        return self._continued(head, start, listed)

    def _next_clinic(self, head: Head, start: int) -> Head | None:
        """博爱门诊部 of 榆桥区仁和门诊部、博爱门诊部: small institutions lie in the same place."""
        named = self._heads.at(start)
        if not named or named.rule != "tagger" or not named.named.canonical.endswith(_CLINICS):
            return None
        if not head.named.canonical.endswith(_CLINICS):
            return None
        return self._continued(head, start, replace(named.named, canonical=head.prefix + named.named.canonical))

    def _next_body(self, head: Head, end: int) -> Head | None:
        """人大, 政府 behind 县委; 宣传部 behind 县委组织部."""
        if (match := _NEXT_BODY.match(self._text, end)) and match.end() not in self._heads:
            named = local_organ_at(self._text, match.end(), head.prefix)
            return self._continued(head, match.end(), named) if named else None
        if head.named.kind is not UnitKind.PARTY or not (match := _NEXT_OF_COMMITTEE.match(self._text, end)):
            return None
        start = match.end()
        named = local_organ_at(f"委{self._text[start : start + 8]}", 0, head.prefix)
        if not named or named.end < 3 or start in self._heads:
            return None
        return self._continued(head, start, replace(named, end=start + named.end - 1))

    def _continued(self, head: Head, start: int, named: Named) -> Head:
        return replace(head, start=start, named=named, rule="list", by=head.by or (head.start, head.named.end))

    def _add(self, head: Head) -> int:
        """Add a unit and what is named inside it; the end of the last."""
        if unit := self._found.other_names.get(head.named.canonical):
            named = replace(head.named, canonical=unit.canonical, kind=unit.kind)
            head = replace(head, named=named, place=unit.place, full="defined", by=(unit.start, unit.end))
        chain = [head.named]
        sends = False
        if head.named.kind is UnitKind.DISCIPLINE and (match := _STATIONED.match(self._text, head.named.end)):
            chain.append(self._stationed(head.named.canonical, match))
            sends = True  # who sends a group is no more than part of its name
            self._host_named(match)
        else:
            defined = _DEFINED.match(self._text, head.named.end)
            chain.extend(inside_at(self._text, replace(head.named, end=defined.end()) if defined else head.named))
        place = head.place or self._heads.last_place_in(head.start, chain[-1].end)
        outer = (head.start, head.named.end)
        for i, (named, after) in enumerate(zip(chain, [*chain[1:], None], strict=True)):
            if after is None or not (after.alone or sends):
                rule, full, by = ("inside", "host", outer) if i else (head.rule, head.full, head.by)
                mention = UnitMention(head.start, named.end, named.canonical, named.kind, place, rule, full, by)
                self._found.add(mention)
                if definition := _DEFINED.match(self._text, named.end):
                    self._defined.setdefault(definition["name"], mention)
        return self._listed_parts(head, chain, place) if len(chain) > 1 else chain[-1].end

    def _listed_parts(self, head: Head, chain: Sequence[Named], place: Place | None) -> int:
        """Further departments in one list: 审理室 of 市纪委监委信访室、审理室."""
        end = chain[-1].end
        while self._text[end : end + 1] in ("、", "和") and end + 1 not in self._heads:
            named = listed_at(self._text, chain[-2], end + 1)
            if not named or self._heads.place_at(end + 1) or self._selves.self_at(end + 1):
                break
            by = (head.start, head.named.end)
            self._found.add(UnitMention(end + 1, named.end, named.canonical, named.kind, place, "list", "host", by))
            end = named.end
        return end

    def _ordinals(self, head: Head) -> None:
        """青岚市第三小学 in 青岚市第一、第三小学."""
        if listed := ORDINALS.search(self._text, head.start, head.named.end):
            for other in re.finditer(r"第[^、和]+", listed["more"]):
                canonical = head.named.canonical.replace(listed["first"], other.group(), 1)
                start = listed.start("more") + other.start()
                self._found.add(
                    UnitMention(start, head.named.end, canonical, head.named.kind, head.place, "list", head.full)
                )

    def _stationed(self, sender: str, match: re.Match[str]) -> Named:
        """市纪委监委驻市卫健委纪检监察组, with the host's full name."""
        name = self._host_of(match)[0]
        return Named(match.end(), f"{sender}驻{name}{match['group']}", UnitKind.DISCIPLINE)

    def _host_named(self, match: re.Match[str]) -> None:
        """A ministry or a company that is named as the host of a group."""
        host = self._heads.at(match.start("host"))
        if host and host.named.end == match.end("host") and (not host.prefix or host.named.kind is UnitKind.COMPANY):
            named = host.named
            self._found.add(
                UnitMention(host.start, named.end, named.canonical, named.kind, host.place, host.rule, host.full)
            )

    def _host_of(self, match: re.Match[str]) -> tuple[str, Head | None]:
        """The full name of the unit a group is stationed in, and its head; 驻委 is in the committee that speaks."""
        head = self._heads.at(match.start("host"))
        if head:
            return head.named.canonical, head
        resident = self._selves.resident(match["host"])
        return (resident.canonical if resident else match["host"]), None

    def _stationed_alone(self, match: re.Match[str]) -> int:
        """驻市卫健委纪检监察组, sent by the discipline organ of the same place."""
        if len(match["host"]) == 1 and (group := self._selves.resident_group(match["host"], match["group"])):
            named = Named(match.end(), group.canonical, group.kind)
            return self._add(Head(match.start(), "", named, group.place, "stationed", "host", (group.start, group.end)))
        name, host = self._host_of(match)
        place = host.place if host else None
        self._host_named(match)
        if host and not host.prefix and host.named.kind is UnitKind.COMPANY:
            organ = self._found.last(lambda it: it.canonical.endswith("监察委员会"))
            sender, place = (organ.canonical, organ.place) if organ else ("", None)
        elif host and host.prefix:
            sender = f"{host.prefix}纪律检查委员会监察委员会"
        elif host:
            sender = "中央纪律检查委员会国家监察委员会"
        elif resident := self._selves.resident(match["host"]):
            place = resident.place
            sender = f"{place.organ_prefix}纪律检查委员会监察委员会" if place else ""
        else:
            return 0
        named = Named(match.end(), f"{sender}驻{name}{match['group']}", UnitKind.DISCIPLINE)
        by = (host.start, host.named.end) if host else None
        if known := self._found.last(lambda it: it.canonical.endswith(f"驻{name}{match['group']}")):
            named, place = replace(named, canonical=known.canonical), known.place
        self._found.add(
            UnitMention(match.start(), named.end, named.canonical, named.kind, place, "stationed", "host", by)
        )
        return match.end()

    def _self(self, read: Callable[[], Head | None]) -> int:
        head = read()
        return self._add(head) if head else 0

    def _branch(self, start: int, place: Place, match: re.Match[str]) -> int:
        """海西省分公司 of the company named last."""
        host = self._found.last(lambda mention: mention.kind is UnitKind.COMPANY)
        if not host:
            return 0
        name = self._text[start : match.end()]
        canonical = host.canonical if host.canonical.endswith(name) else host.canonical + name
        named = Named(match.end(), canonical, UnitKind.COMPANY)
        return self._add(Head(start, "", named, place, "branch", "host", (host.start, host.end)))
