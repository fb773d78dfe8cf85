"""Units named by a part only: 骨科, 药学部主任, 专案组, 村委会.

In: a `Reading`, its `Heads`, and the units found before. Out: readers that add the unit that such a word means.
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace

from docintel.extract.language.gates import find_behind
from docintel.extract.language.reading import Reading, within
from docintel.extract.units import part_words as words
from docintel.extract.units.departments import BEFORE_POSTED, POSTED, inner
from docintel.extract.units.heads import Heads
from docintel.extract.units.mentions import Found, UnitMention
from docintel.extract.units.names import Named, kind_of
from docintel.extract.units.selves import Selves
from docintel.extract.units.writers import BUREAUS, HOSTS, committee_of
from docintel.schema import UnitKind

_CARE = (UnitKind.HOSPITAL, UnitKind.COMPANY, UnitKind.SCHOOL)
#: The longest beginning of a clause that names no one who acts: 我们迅速.
_NO_SUBJECT = 6
#: 城东支行, 新华路支行; longer ones hold more than a name.
_LONGEST_BRANCH = 5
#: How many mentions back the opening of a sentence is looked for.
_NEAR = 40
Reader = Callable[[re.Match[str]], int]


class Parts:
    """Reads words that mean a unit only by what was named before, or by who writes."""

    def __init__(self, reading: Reading, heads: Heads, found: Found, selves: Selves) -> None:
        self._selves = selves
        self._reading = reading
        self._text = reading.folded
        self._heads = heads
        self._found = found
        self._hosts: dict[str, UnitMention] = {}  # whose a ward was, by its name

    def matches(self) -> Iterator[tuple[re.Match[str], Reader]]:
        """Every such word, with what reads it; the surer ones last."""
        text = self._text
        found: tuple[tuple[Iterable[re.Match[str]], Reader], ...] = (
            (words.TASK.in_lines(text), self._task),
            (words.COMMITTEE.in_lines(text), self._committee),
            (find_behind(words.BEFORE_OFFICE, words.OFFICE, text), self._office),
            (words.WARD.finditer(text), self._ward),
            (find_behind(BEFORE_POSTED, POSTED, text), self._posted),
            (words.OUTPOST.in_lines(text), self._outpost),
            (words.POLICE.in_lines(text), self._police),
            (words.BY_POST.in_lines(text), self._by_post),
            (words.VILLAGE.in_lines(text), self._village),
            (words.CHARGED.in_lines(text), self._charged),
            (words.ORGAN.in_lines(text), self._organ),
            (words.SUBSIDIARY.in_lines(text), self._subsidiary),
            (words.MEMBER.in_lines(text), self._member),
            (words.GROUP.in_lines(text), self._group),
        )
        for matches, read in found:
            for match in matches:
                yield match, read

    def _add_inside(self, host: UnitMention, start: int, named: Named, rule: str) -> int:
        part = named.canonical.removeprefix(host.canonical)
        if len(part) > 2 and host.canonical.endswith(part):  # 培训中心 is what was named as 干部培训中心
            named = Named(named.end, host.canonical, host.kind)
        by = host.by if host.full == "author" else (host.start, host.end)
        self._found.add(UnitMention(start, named.end, named.canonical, named.kind, host.place, rule, "host", by))
        return named.end

    def _group(self, match: re.Match[str]) -> int:
        """A group named alone belongs to the discipline organ named last, else to that of the institution's place."""
        if organ := self._discipline_organ():
            named = inner(organ.canonical, organ.kind, match.group(), match.end(), "discipline")
            return self._add_inside(organ, match.start(), named, "group")
        if (
            self._selves.author
            and self._selves.author.kind in BUREAUS
            and self._selves.author.place
            and match.group() != "专案组"
        ):
            sender = f"{self._selves.author.place.organ_prefix}纪律检查委员会监察委员会"
            canonical = f"{sender}驻{self._selves.author.canonical}纪检监察组"
            return self._add_inside(
                self._selves.author, match.start(), Named(match.end(), canonical, UnitKind.DISCIPLINE), "stationed"
            )
        return match.end()

    def _discipline_organ(self) -> UnitMention | None:
        """The discipline organ named last."""
        return self._found.last(lambda it: it.canonical.endswith(("监察委员会", "纪律检查委员会")))

    def _ward(self, match: re.Match[str]) -> int:
        """A hospital's department named alone; as written where no hospital is named but 我院."""
        if self._is_of_many(match):
            return 0
        host = self._host(match.start(), (UnitKind.HOSPITAL,))
        known = self._hosts.get(match.group())
        author = self._selves.author
        if match.group() in words.BUREAU_OFFICES and author and author.kind in BUREAUS:
            host = known or author
        if author and author.kind is UnitKind.SCHOOL and match.group().endswith("处"):
            host = known or author
        if not host and not re.search(r"院|医|科室", self._reading.document.title):
            return 0
        end = self._add_ward(host, match.start(), match.group(), match.end())
        while following := words.NEXT_WARD.match(self._text, end):
            end = self._add_ward(host, following.start("name"), following["name"], following.end())
        return end

    def _is_of_many(self, department: re.Match[str]) -> bool:
        """Whether a department is spoken of that many hospitals have."""
        clause = self._reading.clause_at(department.start())
        return clause is not None and bool(words.OF_MANY.search(self._text, clause.start, department.start()))

    def _ward_after(self, start: int) -> int:
        match = words.WARD.match(self._text, start)
        return self._ward(match) if match else 0

    def _add_ward(self, host: UnitMention | None, start: int, name: str, end: int) -> int:
        if host and host.kind is UnitKind.HOSPITAL:
            self._hosts[name] = host
        if host is None or host.canonical == "我院":
            self._found.add(UnitMention(start, end, name, UnitKind.DEPARTMENT, None, "ward", "written"))
            return end
        return self._add_inside(host, start, inner(host.canonical, host.kind, name, end), "ward")

    def _committee(self, match: re.Match[str]) -> int:
        """A hospital's standing committee: 药事管理与药物治疗学委员会."""
        host = self._found.last(lambda mention: mention.kind is UnitKind.HOSPITAL) or self._selves.author
        group = "name" if match["name"] else "other"
        if not host or host.kind is not UnitKind.HOSPITAL:
            return 0
        return self._add_ward(host, match.start(group), match[group], match.end())

    def _office(self, match: re.Match[str]) -> int:
        """An office of the hospital, company or school named last."""
        host = self._subject(match.start()) or self._host(match.start(), _CARE)
        if not host or self._is_of_many(match):
            return 0
        named = inner(host.canonical, host.kind, match["name"], match.end())
        return self._add_inside(host, match.start("name"), named, "office")

    def _host(self, offset: int, kinds: Container[UnitKind]) -> UnitMention | None:
        """The institution of these kinds that a part belongs to: the one named in the sentence, else the author."""
        last = self._found.last(lambda mention: mention.kind in kinds)
        author = self._selves.writer.house
        sentence = self._reading.sentence_at(offset)
        here = last and sentence and last.start >= sentence.start
        return author if author and author.kind in kinds and not here else last

    def _subject(self, offset: int) -> UnitMention | None:
        """The institution that last opened a clause of the sentence."""
        if not (sentence := self._reading.sentence_at(offset)):
            return None
        opens = {clause.start for clause in sentence.clauses if clause.start <= offset}
        found = self._found.last(lambda it: it.kind in HOSTS and (it.start in opens or it.start < sentence.start))
        return found if found and found.start >= sentence.start else None

    def _posted(self, match: re.Match[str]) -> int:
        """A department known by its head belongs to the institution named last in the paragraph."""
        if self._is_of_many(match):
            return 0
        block = self._reading.block_at(match.start())
        group = "name" if match["name"] else "outlet"
        name = match[group]
        if block and (known := self._known(name, block.start)):
            self._found.add(replace(known, start=match.start(group), end=match.end(), rule="posted", full="host"))
            return match.end()
        if words.DISCIPLINE_ROOM.fullmatch(name) and (organ := self._discipline_organ()):
            named = inner(organ.canonical, organ.kind, name, match.end(), "discipline")
            return self._add_inside(organ, match.start(group), named, "posted")
        host = self._host_of_posted(name, block.start) if block else None
        return self._inside_host(match, group, host) if host else 0

    def _host_of_posted(self, name: str, start: int) -> UnitMention | None:
        """The institution named last behind `start`, else the one that writes; companies have companies."""
        host = self._found.last(lambda mention: mention.kind in HOSTS or mention.canonical.startswith("中共"))
        if host and words.OVERSEER.search(host.canonical):
            host = self._overseen(name, start) or host
        host = self._with_wards(name, host)
        if host and (court := words.COURT.match(host.canonical)):  # 政治部 of the court, not of its 执行局
            host = replace(host, canonical=court.group())
        elif host and (inside := committee_of(host.canonical)):
            host = replace(host, canonical=inside[0], kind=inside[1])
        company = host is not None and host.kind is UnitKind.COMPANY
        if not host or host.start < start:
            host = self._selves.author or (host if company else self._selves.writer.house)
        return None if name.endswith("公司") and not company else host

    def _with_wards(self, name: str, host: UnitMention | None) -> UnitMention | None:
        """The hospital that writes, where another unit was named last that has no such departments."""
        author = self._selves.author
        if not host or not author or author.kind is not UnitKind.HOSPITAL or host.kind is UnitKind.HOSPITAL:
            return host
        ward = words.WARD.fullmatch(name) and name not in words.BUREAU_OFFICES
        return author if ward or (host.kind in BUREAUS and name.endswith("科")) else host

    def _inside_host(self, match: re.Match[str], group: str, host: UnitMention) -> int:
        """The department, or the company or branch, of an institution."""
        name = match[group]
        inside = within(self._reading.words, match.start(group), match.end(group))
        verb = inside[0] if inside and inside[0].start == match.start(group) else None
        if verb and verb.label == "v":  # 查明|设备科原科长, 带着|信息科科长, 连带追究|科主任
            ward = next((w.end for w in inside if words.WARD.fullmatch(self._text, w.end, match.end(group))), None)
            if ward:
                return self._ward_after(ward)
            if len(inside) > 2 and all(word.label == "v" for word in inside[:-1]):
                return 0
        business = name.endswith(("公司", "支行"))
        if business and (len(name) > _LONGEST_BRANCH or (verb and verb.label in ("v", "vn", "d", "p"))):  # 收回|支行
            return 0
        named = inner(host.canonical, host.kind, name, match.end(), "below" if business else "department")
        return self._add_inside(host, match.start(group), named, "posted")

    def _known(self, name: str, start: int) -> UnitMention | None:
        """The department of this name that was named with its institution behind `start`."""
        return self._found.last(
            lambda it: (
                it.start >= start
                and it.kind is UnitKind.DEPARTMENT
                and it.canonical[: -len(name)] != ""
                and it.canonical.endswith(name)
            )
        )

    def _overseen(self, name: str, start: int) -> UnitMention | None:
        """The hospital, company or school named last behind `start`, where an overseer of it was named after it."""
        kinds = (UnitKind.HOSPITAL,) if words.WARD.fullmatch(name) else _CARE
        return self._found.last(lambda it: it.start >= start and it.kind in kinds)

    def _police(self, match: re.Match[str]) -> int:
        """A station or a brigade of the police force named last in the paragraph."""
        block = self._reading.block_at(match.start())
        host = self._found.last(lambda it: "公安局" in it.canonical)
        if not block or not host or host.start < block.start:
            return 0 if match["name"].endswith("派出所") else self._outpost(match)
        force = host.canonical[: host.canonical.rindex("公安局") + 3]
        named = Named(match.end(), force + match["name"], UnitKind.DEPARTMENT)
        return self._add_inside(replace(host, canonical=force), match.start("name"), named, "posted")

    def _outpost(self, match: re.Match[str]) -> int:
        """A branch or a brigade of the bureau that writes."""
        host = self._selves.author
        if not host or host.kind not in BUREAUS or any(at in self._heads for at in range(match.start(), match.end())):
            return 0
        kind = UnitKind.GOVERNMENT if match["name"].endswith("分局") else UnitKind.DEPARTMENT
        named = Named(match.end(), host.canonical + match["name"], kind)
        return self._add_inside(host, match.start("name"), named, "posted")

    def _by_post(self, match: re.Match[str]) -> int:
        name = match["name"]
        first = next(iter(within(self._reading.words, match.start("name"), match.start("name") + 1)), None)
        if first and first.label in ("d", "v", "p", "c", "r") and first.end < match.end("name"):  # 都有|医院原副院长
            return 0
        self._found.add(UnitMention(match.start("name"), match.end(), name, kind_of(name), None, "posted", "written"))
        return match.end()

    def _village(self, match: re.Match[str]) -> int:
        """The committee of the village whose party branch was named before."""
        host = self._found.last(lambda it: bool(words.OF_VILLAGE.search(it.canonical)))
        found = host and words.OF_VILLAGE.search(host.canonical)
        if not host or not found:
            return 0
        village = host.canonical[: found.end()].removeprefix("中共")
        named = Named(match.end(), f"{village}村民委员会", UnitKind.OTHER)
        return self._add_inside(host, match.start(), named, "office")

    def _charged(self, match: re.Match[str]) -> int:
        """Departments of the institution that writes, listed as those in charge."""
        house = self._selves.writer.house
        if not house:
            return 0
        found: re.Match[str] | None = match
        end = match.end("name")
        while found:
            end = found.end("name")
            self._add_inside(house, found.start("name"), inner(house.canonical, house.kind, found["name"], end), "list")
            found = words.NEXT_CHARGED.match(self._text, end)
        return end

    def _organ(self, match: re.Match[str]) -> int:
        """The party committee of the hospital, company or school that writes."""
        author = self._selves.author
        if not author or author.kind not in _CARE:
            return 0
        named = inner(author.canonical, author.kind, match.group(), match.end(), "party")
        return self._add_inside(author, match.start(), named, "self")

    def _subsidiary(self, match: re.Match[str]) -> int:
        """A company of the group that writes, or that was named last."""
        group = self._found.last(
            lambda it: it.kind is UnitKind.COMPANY and bool(words.CORPORATION.search(it.canonical))
        )
        if not group:
            return 0
        named = inner(group.canonical, group.kind, match.group(), match.end())
        return self._add_inside(group, match.start(), named, "office")

    def _member(self, match: re.Match[str]) -> int:
        """A company of the group that writes, else of the one named last."""
        author = self._selves.author
        if not author or not words.CORPORATION.search(author.canonical):
            return self._subsidiary(match)
        named = inner(author.canonical, author.kind, match.group(), match.end(), "below")
        return self._add_inside(author, match.start(), replace(named, kind=UnitKind.COMPANY), "office")

    def _task(self, match: re.Match[str]) -> int:
        """A body set up for a task by the institution that acts, else by the author."""
        start = match.start("name")
        clause = self._reading.clause_at(match.start())
        if not clause or any(at in self._heads for at in range(start, match.end())):
            return 0
        sentence = self._reading.sentence_at(start)
        host = self._opener(start) or self._found.last(
            lambda it: it.kind in HOSTS and not words.TASK_END.search(it.canonical)
        )
        if not host or not sentence or host.start < sentence.start:
            if match.start() - clause.start > _NO_SUBJECT:  # someone acts who is no unit
                return 0
            host = self._selves.author or self._most_named()
        inspected = match["name"].startswith("整改工作领导小组") and words.INSPECTED.search(
            self._reading.document.title
        )
        canonical = (host.canonical if host else "") + (inspected.group() if inspected else "") + match["name"]
        kind = UnitKind.DISCIPLINE if canonical.endswith("核查小组") else UnitKind.OTHER
        named = Named(match.end(), canonical, kind)
        if host:
            return self._add_inside(host, start, named, "task-force")
        self._found.add(UnitMention(start, match.end(), canonical, kind, None, "task-force"))
        return match.end()

    def _opener(self, offset: int) -> UnitMention | None:
        """The discipline organ that opens the sentence."""
        sentence = self._reading.sentence_at(offset)
        if not sentence:
            return None
        return next(
            (
                it
                for it in reversed(self._found.mentions[-_NEAR:])
                if it.start == sentence.start and it.canonical.endswith(("监察委员会", "纪律检查委员会"))
            ),
            None,
        )

    def _most_named(self) -> UnitMention | None:
        """The institution that has been named most so far."""
        counts = Counter(it.canonical for it in self._found.mentions if it.kind in HOSTS and it.place)
        name = max(counts, key=lambda name: counts[name], default=None)
        return next((it for it in self._found.mentions if it.canonical == name), None)
