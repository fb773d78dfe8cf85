"""Whose figure a statistic is: the unit, group of units or place that it is said of.

In: a reading, whom its clauses are about, and a stretch of text. Out: a canonical name with the rule that gave it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property

from docintel.extract.attribution.actors import in_charge
from docintel.extract.attribution.authors import Owner, author_of
from docintel.extract.attribution.collectives import Kind, Subject
from docintel.extract.attribution.dated import ATTENDED, CASE, REST
from docintel.extract.attribution.row_owners import RowOwners
from docintel.extract.attribution.subjects import Subjects
from docintel.extract.language.decisions import Decision
from docintel.extract.language.reading import Reading, Sentence, within
from docintel.extract.persons.speakers import Speakers
from docintel.extract.places.gazetteer import Place, gazetteer
from docintel.extract.places.regions import PlaceMention
from docintel.extract.units.units import UnitMention
from docintel.schema import Block, BlockKind

#: In a paragraph with one of these a person is somebody who did wrong; a figure that is theirs is nobody's work.
_MISDEEDS = re.compile(
    r"收受|受贿|贿赂|贪污|侵占|挪用|套取|骗取|截留|私分|违规|违纪|违法|处分|处罚|判处|开除|立案|投案|自首|滥用|牟利|谋取|饮酒|宴请|虚报|罚金|被查|留置"
)
_HELD = re.compile(r"召开|举行|举办")
_IN_VIEW = re.compile(r"从[^,。]{2,14}?(?:看|来看|上看),|其中")
#: What opens a sentence that sums up the work of the author, whoever was named before.
_SUMS_UP = re.compile(r"截[至止]|全年(?!度)")
#: Behind a unit that only suffers something, so that the next sentence is not about it: 其中惠和医院|被吊销….
_SUFFERS = re.compile(r"[^,。;]{0,8}被")
#: A unit that only hands things over, which another deals with: 巡视组|移交信访件226件,办结219件.
_HANDS_OVER = re.compile(r"[^,。;]{0,4}(?:移交|交办|转办|转来)")
#: An institution by its kind: that of the author only if the author is of it.
_INSTITUTIONS = ("医院", "公司", "集团", "学校", "公安机关", "检察机关")
#: A further item of a list in a paragraph: 一是…。|二是…。
_NEXT_ITEM = re.compile(r"[二三四五六七八九十]是")
#: How many clauses a subject is carried on for.
_REACH = 80
_MEETING_REACH = 30
#: How far behind several units 分别 and their figures may stand, in characters.
_EACH_REACH = 600

_NOBODY: Owner = Decision(None, "unit/none")
_RULES = {
    Kind.UNIT: "unit/named",
    Kind.TOLD: "unit/told",
    Kind.GROUP: "unit/group",
    Kind.PLACE: "unit/place",
    Kind.EACH: "unit/each",
    Kind.SPEAKER: "unit/speaker",
}


class Owners:
    """Answers whose figure a stretch of text gives.

    It is whom its clause is about; else whom the clauses before in the quotation or paragraph are about; else who
    speaks, the unit in the heading, or the author.
    """

    def __init__(
        self,
        reading: Reading,
        mentions: Sequence[UnitMention],
        place: Place | None,
        places: Sequence[PlaceMention],
        speakers: Speakers,
        subjects: Subjects,
    ) -> None:
        self._reading = reading
        self._mentions = mentions
        self._place = place
        self._places = places
        self._speakers = speakers
        self._subjects = subjects
        self._misdeeds: dict[tuple[int, int], bool] = {}
        self._convenors: dict[int, Owner | None] = {}
        self._lasting: dict[int, Subject | None] = {}
        self._rows = RowOwners(reading, mentions, place)
        self._wholes: dict[tuple[str, ...], str] = {}
        self._regions: dict[str | None, str | None] = {}
        self._last: Owner = _NOBODY
        self._author = author_of(reading, mentions, place)

    def owner_of(self, start: int, end: int) -> Owner:
        """The unit, group or place whose figure `text[start:end]` gives; None when the text does not say."""
        sentence, clause = self._reading.sentence_at(start), self._reading.clause_at(start)
        if sentence is None or clause is None:
            return _NOBODY
        block = self._reading.document.blocks[sentence.block]
        decision = (
            (self._rows.owner_of(block, start) if block.kind is BlockKind.TABLE else None)
            or self._said(clause.start, end, block, sentence)
            or self._by_frame(block)
            or self._headed[sentence.block]
            or self._in_charge(start)
            or self._spoken(start)
            or self._author
            or _NOBODY
        )
        if decision.rule != _RULES[Kind.EACH]:
            self._last = decision
        return decision

    def region_of(self, owner: str | None) -> str | None:
        """Full name of the place that an owner's figures are about; the document's where its name tells none."""
        if owner not in self._regions:
            about = self._place.full if self._place else None
            self._regions[owner] = self._place_in(owner) or (None if _is_national(owner) else about)
        return self._regions[owner]

    def _place_in(self, owner: str | None) -> str | None:
        """The place that the name of a unit, group or place begins with; None where it begins with none."""
        bare = (owner or "").removeprefix("中共")
        full = (place.full for prefix, place in self._prefixes.items() if bare.startswith(prefix))
        return max(full, key=len, default=None)

    @cached_property
    def _prefixes(self) -> dict[str, Place]:
        """What the names of units of the document's places, and of those above them, begin with.

        Of two places of one name the later told one is meant, above all the one that the document is about.
        """
        told = dict.fromkeys(mention.place for mention in self._places)
        if self._place:
            told.pop(self._place, None)
            told[self._place] = None
        places = (*told, *(above for place in told for above in gazetteer().above(place)))
        text = self._reading.folded
        return {
            prefix: place
            for place in places
            for prefix in (place.organ_prefix, place.organ_prefix_in(text), place.full, place.name)
        }

    def _said(self, start: int, end: int, block: Block, sentence: Sentence) -> Owner | None:
        """Whom the clause is about, or those before it in the quotation or paragraph."""
        clauses = self._reading.clauses
        i = bisect_right(clauses, start, key=lambda clause: clause.start) - 1
        if self._counts_guests(start, max(end, clauses[i].end)) and (convenor := self._convenor(i)):
            return convenor
        inner = self._subjects.in_clause(clauses[i])
        last = bisect_left(inner, end, key=lambda subject: subject.start) - 1
        if last >= 0 and (decision := self._decided(inner[last], end, sentence, carried=False)):
            return decision
        is_passed = self._passed_over(sentence, start, block)
        quoted = self._speakers.quoted_at(start)
        for j in range(i - 1, max(-1, i - _REACH), -1):
            if quoted and clauses[j].start < quoted.start:
                if quoted.unit:
                    return Decision(quoted.unit, "unit/quoted", (quoted.said_at, quoted.said_at + 1))
                quoted = None
            if clauses[j].start < block.start:
                break
            found = self._lasting_in(j)
            if found and is_passed(found):
                continue
            if found and (decision := self._decided(found, end, sentence, carried=True)):
                return decision
        if quoted and quoted.unit:
            return Decision(quoted.unit, "unit/quoted", (quoted.said_at, quoted.said_at + 1))
        return None

    def _first_item(self, sentence: Sentence, block: Block) -> int:
        """Where 一是 stands before 二是 that opens the sentence: who is told of in between is not told of on.

        The end of the text where nothing such opens it.
        """
        text = self._reading.folded
        first = text.rfind("一是", block.start, sentence.start) if _NEXT_ITEM.match(text, sentence.start) else -1
        return first if first >= 0 else len(text)

    def _passed_over(self, sentence: Sentence, start: int, block: Block) -> Callable[[Subject], bool]:
        """Tells of a subject before a clause that the clause is not about it."""
        text = self._reading.folded
        kinds: tuple[Kind, ...] = (Kind.PERSON,) if REST.match(text, start) else ()
        if self._author and _SUMS_UP.match(text, sentence.start):
            kinds = (Kind.UNIT, Kind.TOLD, Kind.PERSON)
        item = self._first_item(sentence, block)

        def is_passed(found: Subject) -> bool:
            before = found.start < sentence.start
            if before and found.kind is Kind.UNIT and _SUFFERS.match(text, found.end):
                return True
            if self._author and found.kind is Kind.UNIT and _HANDS_OVER.match(text, found.end):
                return True
            if found.start >= item and before:
                return True
            filed = found.kind is Kind.UNIT and (found.name or "").endswith("监察委员会")
            return found.kind in kinds and not filed and (found.kind is Kind.PERSON or before)

        return is_passed

    def _lasting_in(self, i: int) -> Subject | None:
        """The last subject of a clause that the clauses behind may go on with."""
        if i not in self._lasting:
            found = reversed(self._subjects.in_clause(self._reading.clauses[i]))
            self._lasting[i] = next((subject for subject in found if subject.kind is not Kind.EACH), None)
        return self._lasting[i]

    def _decided(self, subject: Subject, end: int, sentence: Sentence, *, carried: bool) -> Owner | None:
        """What a subject makes of a figure; None where it leaves the answer to what stands before."""
        span = subject.start, subject.end
        if subject.kind in (Kind.OURS, Kind.ITSELF):
            spoken = self._spoken(subject.start) or self._author
            name = spoken.value if spoken else subject.name
            itself = self._reading.folded[slice(*span)]
            of_author = spoken is None or spoken is self._author
            if subject.name and of_author and itself in _INSTITUTIONS and itself not in (name or ""):
                name = subject.name
            return Decision(name, "unit/ours", span) if name else None
        if subject.kind is Kind.PERSON:
            wrong = self._has_misdeeds(subject.start, sentence)
            if wrong and subject.start < sentence.start and (unit := self._of_case(sentence)):
                return unit
            return Decision(None if wrong else subject.name, "unit/person", span) if wrong or subject.name else None
        if subject.kind is Kind.SOME:
            return Decision(None, "unit/some", span) if subject.start >= sentence.start else None
        if subject.name is None:
            return None
        name = subject.name
        if "、" in name and "分别" in (
            between := self._reading.folded[subject.end : min(end, subject.end + _EACH_REACH)]
        ):
            names = name.split("、")
            counted = len(re.findall(r"\d[\d.,]*", between.partition("分别")[2])) - 1
            name = names[min(max(counted, 0), len(names) - 1)]
        return Decision(name, "unit/carried" if carried else _RULES[subject.kind], span)

    def _of_case(self, sentence: Sentence) -> Owner | None:
        """The one unit, and no person, that the opening of a case names: 云溪县水务设计院组织公款旅游问题."""
        block = self._reading.document.blocks[sentence.block]
        opening = CASE.match(self._reading.folded, block.start, block.end)
        named = within(self._subjects.mentions, block.start, opening.end()) if opening else ()
        if not opening or len(named) != 1 or self._subjects.names_person(block.start, opening.end()):
            return None
        return Decision(named[0].canonical, "unit/case", (named[0].start, named[0].end))

    def _has_misdeeds(self, start: int, sentence: Sentence) -> bool:
        """Whether what is told from the sentence of a person to that of a figure is that the person did wrong."""
        named = self._reading.sentence_at(start) or sentence
        key = named.start, sentence.end
        if key not in self._misdeeds:
            text, block = self._reading.folded, self._reading.document.blocks[named.block]
            self._misdeeds[key] = bool(_MISDEEDS.search(text, *key) or CASE.match(text, block.start, block.end))
        return self._misdeeds[key]

    def _counts_guests(self, start: int, end: int) -> bool:
        """Whether `text[start:end]` says that somebody came to a meeting."""
        i = bisect_left(self._attended, start, key=lambda span: span[0])
        return i < len(self._attended) and self._attended[i][1] <= end

    @cached_property
    def _attended(self) -> list[tuple[int, int]]:
        return [match.span() for match in ATTENDED.finditer(self._reading.folded)]

    def _convenor(self, i: int) -> Owner | None:
        """Who held the meeting that a clause counts the guests of."""
        if i not in self._convenors:
            self._convenors[i] = self._find_convenor(i)
        return self._convenors[i]

    def _find_convenor(self, i: int) -> Owner | None:
        clauses = self._reading.clauses
        for j in range(i, max(-1, i - _MEETING_REACH), -1):
            if _HELD.search(self._reading.folded, clauses[j].start, clauses[j].end):
                for subject in reversed(self._subjects.in_clause(clauses[j])):
                    if subject.name:
                        return Decision(subject.name, "unit/meeting", (subject.start, subject.end))
        return self._author

    def _by_frame(self, block: Block) -> Owner | None:
        """Who the figures before were of, in a paragraph that looks at them again: 从类型看,…; or in a table."""
        if block.kind is BlockKind.TABLE or _IN_VIEW.match(self._reading.folded, block.start):
            return Decision(self._last.value, "unit/frame", self._last.span) if self._last.value else None
        return None

    @cached_property
    def _headed(self) -> list[Owner | None]:
        """For each block the one unit that the heading of its section, or of one above it, names."""
        above: list[tuple[int, Owner | None]] = []
        headed: list[Owner | None] = []
        for block in self._reading.document.blocks:
            headed.append(next((owner for _, owner in reversed(above) if owner), None))
            if block.kind is BlockKind.HEADING:
                level = block.level or 1
                above = [known for known in above if known[0] < level]
                named = within(self._subjects.mentions, block.start, block.end)
                one = len({mention.canonical for mention in named}) == 1
                span = (named[0].start, named[0].end) if one else None
                above.append((level, Decision(named[0].canonical, "unit/heading", span) if one else None))
        return headed

    def _in_charge(self, start: int) -> Owner | None:
        """Who is in charge of the list item; of several departments the institution that they are of."""
        names = in_charge(self._reading, self._subjects.mentions, start)
        if not names:
            return None
        if names not in self._wholes:
            known = {mention.canonical for mention in self._mentions} if len(names) > 1 else set()
            whole = (unit for unit in known if all(name.startswith(unit) for name in names))
            self._wholes[names] = max(whole, key=len, default="、".join(names))
        return Decision(self._wholes[names], "unit/in-charge")

    def _spoken(self, start: int) -> Owner | None:
        unit = self._speakers.unit_at(start)
        return Decision(unit, "unit/speaker") if unit else None


def _is_national(owner: str | None) -> bool:
    return owner is not None and owner.startswith(("全国", "中央", "国家"))
