"""Whom each clause is about: the unit, group of units, place or person at its head.

In: a reading, its unit mentions, persons and the place it is about. Out: `Subject`s by clause. Word lists:
`patterns/actors.toml`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docintel.extract.attribution.actors import BY, NOT_ACTING, TOLD, joined, stands_before
from docintel.extract.attribution.collectives import Collectives, Kind, Subject
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Clause, Reading, at, within
from docintel.extract.places.gazetteer import Place
from docintel.extract.places.regions import PlaceMention
from docintel.extract.units.units import UnitMention
from docintel.schema import Person

_WORDS = load("actors")["subjects"]


def _any(name: str) -> str:
    return rf"(?:{alternation(_WORDS[name])})"


#: What a subject may stand behind in its clause: numbers of a list, a time, 其中, 在专项整治中.
_LEAD_IN = re.compile(
    rf"(?:[(（][一二三四五六七八九十\d]{{1,3}}[)）]|[“‘(•·\s]|[\d.]+[、.]|[一二三四五六七八九十]{{1,3}}[、是要]|第[一二三四五六七八九十][,件]?)*+"
    rf"(?:{_any('lead_in')}|[\d年月日至底末初上下中旬以来起季度半截自从-]{{2,24}}?|[^,]{{1,14}}[时后前间]|在[^,]{{1,20}}[中下上里]){{0,3}}"
    rf"{_any('apposed')}?"
)
#: Told to act, by its kind alone: 督促医院建立….
_TOLD_ITSELF = re.compile(r"(?:督促|推动|指导|责成|要求)(?P<kind>医院|集团|公司|学校|企业)")
#: Behind a place of a list: its figure and no more, 云溪县|12件、.
_OWN_FIGURE = re.compile(
    r"\d[\d.,]{0,12}(?:万|亿|余|多)?(?:件次|人次|万元|亿元|[件起人例宗条元])(?=[、,;。和及]|$)", re.MULTILINE
)
_LISTS = "是为有、,:和及的"
_OBJECT = re.compile(r"[向对给被与为把将]")
#: How far into its clause a subject may begin, in characters.
_LEAD_IN_REACH = 48
#: 部分 as an adverb, which is nobody: 部分|完成3个, 部分属实.
_PARTLY = re.compile(r"部分(?:完成|整改|属实|解决|落实|达到|恢复)")
#: Who has no name.
_UNNAMED = {
    Kind.OURS: re.compile(r"我们|我(?:院|委|局|校|厅|集团|公司|中心)|本(?:院|局|校|集团|公司)|全(?:院|校|集团|局|委)"),
    #: An institution by its kind alone: 去年集团组织…, 医院召开….
    Kind.ITSELF: re.compile(
        r"(?:医院|集团|公司|学校|各科室|[委局院厅校]党[委组]|集团党委|公司党委)(?![领纪党干职内外])|公安机关|检察机关"
    ),
    Kind.PERSON: re.compile(r"[二两三四五六]人(?!次)|他们?(?!人)|她们?"),
    Kind.SOME: re.compile(_any("some")),
    Kind.VAGUE: re.compile(alternation(load("actors")["vague"])),
}
_PRONOUNS = ("他", "她", "他们", "她们")
#: What an organ of this sort is called.
_ORGANS = {"公安机关": "公安局", "检察机关": "检察院"}
#: Between a unit and the person who holds a post there.
_POST = re.compile(r"(?:[^,。;:的被将把对向]{0,23}[员长任记人师事理监管官士生、授表计]|原)?")
#: A verb before a person, who is then no subject: 省纪委监委通报|某局原局长张某.
_ACT = re.compile(r"通报|查处|曝光|公布|公开|移送|约谈|开除|组织|安排|给予|免去|责令|撤销")
_SAID = re.compile(rf"{_any('speech')}[,:]“?$")
_SAID_WITHIN = 6
_SAYS = re.compile(rf"[^,。]{{0,8}}?{_any('speech')}|:")
#: One of its people, who is not the unit or place: 急诊科|一位老主任, 石桥镇|村民.
_ONE_OF = re.compile(
    r"的?(?:[一几][位名个](?![^,。]{0,16}(?:介绍|表示))[^,。]{0,8}?(?:员|人|长|生|师|任|士|乡|民|部|工|友|者|主)|村民|居民|群众|业主|家长|患者|老乡|市民|网友)"
)
_TAKES_PART = re.compile(r"(?:积极)?(?:参与|参加|配合|协助)$")
_TAKES_PART_REACH = 4


@dataclass(frozen=True, slots=True)
class _Holder:
    """A person where the text names them."""

    start: int
    end: int
    unit: str | None


class Subjects:
    """Answers who a clause is about; each clause is read once."""

    def __init__(
        self,
        reading: Reading,
        outer: Sequence[UnitMention],
        place: Place | None,
        places: Sequence[PlaceMention],
        persons: Sequence[Person],
    ) -> None:
        self._reading = reading
        self._text = reading.folded
        self.mentions = outer
        self._collectives = Collectives(reading, outer, place, places)
        self._places = places
        self._persons = sorted(
            (_Holder(quote.start, quote.end, person.unit) for person in persons for quote in person.mentions),
            key=lambda holder: holder.start,
        )
        self._read: dict[int, tuple[Subject, ...]] = {}

    def in_clause(self, clause: Clause) -> tuple[Subject, ...]:
        """The subjects of a clause, in text order: its head, and who is told to act or takes over inside it."""
        if clause.start not in self._read:
            self._read[clause.start] = tuple(sorted(self._subjects(clause), key=lambda subject: subject.start))
        return self._read[clause.start]

    def names_person(self, start: int, end: int) -> bool:
        """Whether `text[start:end]` names a person."""
        return bool(within(self._persons, start, end))

    def person_of(self, clause: Clause) -> str | None:
        """The name of the first person in a clause."""
        holder = next(iter(within(self._persons, clause.start, clause.end)), None)
        return self._text[holder.start : holder.end] if holder else None

    def opens(self, clause: Clause) -> Kind | None:
        """What a clause has for its subject."""
        found = self.in_clause(clause)
        return found[0].kind if found else None

    def _subjects(self, clause: Clause) -> Iterator[Subject]:
        head = self._head(clause)
        if head:
            yield head
        end = head.end if head else clause.start
        acted_on = _OBJECT.search(self._text, end, clause.end)
        free = acted_on.start() if acted_on else clause.end
        for mention in within(self.mentions, end, clause.end):
            if stands_before(self._text, mention.start, TOLD) or stands_before(self._text, mention.start, BY):
                yield self._unit(mention, Kind.TOLD)
            elif head and head.kind is Kind.UNIT and mention.start <= free and self._takes_over(end, mention.start):
                yield self._unit(mention, Kind.UNIT)
        yield from self._each(Clause(end, clause.end))
        told = _TOLD_ITSELF.search(self._text, clause.start, clause.end)
        if told and (name := self._collectives.named_last(told["kind"], told.start())):
            yield Subject(Kind.TOLD, name, told.start("kind"), told.end())

    def _each(self, clause: Clause) -> Iterator[Subject]:
        """The places of a list that gives each its figure: 依次是|云溪县12件、|石桥县9件."""
        for mention in within(self._places, clause.start, clause.end):
            before = self._text[mention.start - 1 : mention.start]
            if (
                _OWN_FIGURE.match(self._text, mention.end)
                and before
                and before in _LISTS
                and not at(self.mentions, mention.start)
            ):
                yield Subject(Kind.EACH, mention.place.name, mention.start, mention.end)

    def _takes_over(self, start: int, offset: int) -> bool:
        """Whether a unit is the subject of a second act in its clause: 市一院修订制度、|市二院公开账目."""
        return offset - start > 2 and self._text[offset - 1] == "、"

    def _head(self, clause: Clause) -> Subject | None:
        text = self._text
        if _TAKES_PART.search(text, max(clause.start, clause.end - _TAKES_PART_REACH), clause.end):
            return None
        readers = (
            self._named_unit,
            self._collectives.group,
            self._collectives.pointer,
            self._collectives.whole,
            self._unnamed,
            self._named_place,
            self._person,
        )
        candidates = (read(clause) for read in readers)
        found = [candidate for candidate in candidates if candidate]
        if not found:
            return None
        first = min(found, key=lambda subject: (subject.start, -subject.end))
        near = first.start - clause.start <= _LEAD_IN_REACH
        return first if near and _LEAD_IN.fullmatch(text, clause.start, first.start) else None

    def _named_unit(self, clause: Clause) -> Subject | None:
        mention = next(iter(within(self.mentions, clause.start, clause.end)), None)
        if mention is None:
            return None
        subject = self._unit(mention, Kind.UNIT)
        if holder := self._holder_behind(subject.end, clause.end):
            return self._as_person(holder, subject.start)
        if _ONE_OF.match(self._text, subject.end, clause.end):
            return Subject(Kind.SOME, None, subject.start, subject.end)
        if NOT_ACTING.match(self._text, subject.end, clause.end) and self._text[subject.end : subject.end + 1] != "的":
            return Subject(Kind.VAGUE, None, subject.start, subject.end)
        return subject

    def _unit(self, mention: UnitMention, kind: Kind) -> Subject:
        names, end = joined(self._text, self.mentions, mention)
        return Subject(kind, "、".join(names), mention.start, end)

    def _holder_behind(self, start: int, stop: int) -> _Holder | None:
        """The person whose post the words behind a unit name."""
        holder = next(iter(within(self._persons, start, min(stop, start + 24))), None)
        if holder is None or not _POST.fullmatch(self._text, start, holder.start):
            return None
        other = next(iter(within(self.mentions, start, holder.start)), None)
        return None if other and _ACT.search(self._text, start, other.start) else holder

    def _as_person(self, holder: _Holder, start: int) -> Subject:
        kind = Kind.SPEAKER if _SAYS.match(self._text, holder.end) else Kind.PERSON
        return Subject(kind, holder.unit, start, holder.end)

    def _person(self, clause: Clause) -> Subject | None:
        holder = next(iter(within(self._persons, clause.start, clause.end)), None)
        if holder is None:
            return None
        posted = _POST.fullmatch(self._text, clause.start, holder.start)
        if posted and _ACT.search(posted.group()):
            return None
        return self._as_person(holder, clause.start if posted else holder.start)

    def _named_place(self, clause: Clause) -> Subject | None:
        mention = next(iter(within(self._places, clause.start, clause.end)), None)
        if mention is None or at(self.mentions, mention.start):
            return None
        if holder := self._holder_behind(mention.end, clause.end):
            return self._as_person(holder, mention.start)
        if _ONE_OF.match(self._text, mention.end, clause.end):
            return Subject(Kind.SOME, None, mention.start, mention.end)
        names, end = [mention.place.name], mention.end
        for other in within(self._places, end, clause.end):
            if self._text[end : other.start] not in ("、", "和"):
                break
            names.append(other.place.name)
            end = other.end
        kind = Kind.EACH if _OWN_FIGURE.match(self._text, end) else Kind.PLACE
        return Subject(kind, "、".join(names), mention.start, end)

    def _named_for(self, match: re.Match[str]) -> str | None:
        """What an institution is called that stands there by its kind alone."""
        organ = _ORGANS.get(match.group())
        return self._collectives.named_last(organ or match.group(), match.start(), whole=organ is not None)

    def _is_of_speech(self, match: re.Match[str]) -> bool:
        """Whether a pronoun is of who speaks, and so named before: 他|通报,…; 甲说,|他们抽检…."""
        text, start = self._text, match.start()
        said = _SAYS.match(text, match.end()) or _SAID.search(text, max(0, start - _SAID_WITHIN), start)
        return match.group() in _PRONOUNS and said is not None

    def _unnamed(self, clause: Clause) -> Subject | None:
        """Who has no name: 我们, 医院, 二人, 部分单位, 各级党组织."""
        for kind, pattern in _UNNAMED.items():
            match = pattern.search(self._text, clause.start, clause.end)
            near = match and match.start() - clause.start <= _LEAD_IN_REACH
            if match and near and _LEAD_IN.fullmatch(self._text, clause.start, match.start()):
                if at(self.mentions, match.start()) or _PARTLY.match(self._text, match.start()):
                    continue
                name = self._named_for(match) if kind is Kind.ITSELF else None
                if (name is None and match.group() in _ORGANS) or self._is_of_speech(match):
                    continue
                return Subject(kind, name, match.start(), match.end())
        return None
