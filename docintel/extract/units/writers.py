"""Who writes a document: its publisher, the institution in its title, the one that signs or speaks.

In: a `Reading` and its `Heads`. Out: the institution, as a `UnitMention`, that departments named alone belong to.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from docintel.extract.language.reading import Reading
from docintel.extract.places.regions import place_in
from docintel.extract.units.heads import Heads
from docintel.extract.units.mentions import Head, UnitMention
from docintel.extract.units.names import full_form, is_whole, kind_of
from docintel.schema import BlockKind, UnitKind

#: A publisher's office: 青岚市人民医院|党办.
_OFFICE = re.compile(
    r"(?P<of>.{2,}?(?:医院|保健院|公司|集团|银行|大学|学院|学校|[中小]学|[局厅]|委员会))"
    r"(?:纪律检查委员会|党委|纪委|党办|党政|办公室|党委办|宣传|纪检|监察|组织|综合|机关|医务|工会)"
)
#: Who speaks is named in a short line above the speech, among so many blocks.
_OPENING, _LINE = 6, 40
#: How much oftener than any other the hospital is named that a document is about; it is named first.
_OFTENER = 2
#: 办公室 alone says nothing of whose it is.
_SHORTEST = 4
#: Whom an interview is with: ——访|雁鸣湖农场党委书记.
_VISITED = re.compile(r"[—\-]{1,2}(?:记|访|专访|对话)")
#: An office of whoever writes, and not the writer: 纪委办公室, 区委办公室.
_BARE_OFFICE = re.compile(r"(?:.?[党团纪]委|党政|综合|行政|[省市县区州旗]委)?[\u4e00-\u9fff]{0,4}(?:办公室|办)")
_COMMITTEE = re.compile(r"中共(?P<of>.+?)(?:纪律检查)?委员会(?:办公室)?")
#: Kinds that have departments.
HOSTS = frozenset(set(UnitKind) - {UnitKind.DEPARTMENT, UnitKind.PARTY, UnitKind.DISCIPLINE})
BUREAUS = (UnitKind.GOVERNMENT, UnitKind.HEALTH_AUTHORITY)


class Writer:
    """Who writes, looked up when it is asked for."""

    def __init__(self, reading: Reading, heads: Heads) -> None:
        self._reading = reading
        self._heads = heads

    @cached_property
    def author(self) -> UnitMention | None:
        """The institution that writes: the publisher, the only one in the title, the one that signs, or that speaks."""
        publisher = _without_office(self._reading.document.publisher or "")
        bureau = kind_of(publisher) in BUREAUS and not _BARE_OFFICE.fullmatch(publisher)
        if is_whole(publisher) or (bureau and len(publisher) > _SHORTEST):
            place = place_in(self._reading, publisher)
            return UnitMention(0, 0, full_form(publisher), kind_of(publisher), place, "self", "author")
        return next((_as_author(group[0]) for group in self._groups() if _is_one(group)), None)

    def _groups(self) -> Iterator[list[Head]]:
        """The institutions named in the title, those that sign, and those of whoever speaks."""
        blocks, text = self._reading.document.blocks, self._reading.folded
        heads = [h for head in self._heads if (h := _institution(head)) and (h.place or not h.prefix)]
        titles = [block for block in blocks if block.kind is BlockKind.TITLE]
        yield [h for h in heads if any(block.start <= h.start < block.end for block in titles)]
        lines = {(block.start, block.end) for block in blocks}
        yield [h for h in heads if (h.start, h.named.end) in lines]
        short = [block for block in blocks[:_OPENING] if block.end - block.start < _LINE]
        opening = {block.start for block in short if text[block.end - 1] != ":"}
        opening |= {match.end() for block in short if (match := _VISITED.match(text, block.start))}
        yield [h for h in self._heads if h.start in opening and h.named.kind in HOSTS]

    @cached_property
    def house(self) -> UnitMention | None:
        """The author, else the hospital that the document is about: whose departments are named alone."""
        hospitals = [h for h in self._heads if h.named.kind is UnitKind.HOSPITAL and (h.place or not h.prefix)]
        if self.author or not hospitals:
            return self.author
        h = hospitals[0]
        counts = Counter(it.named.canonical for it in hospitals)
        own = counts.pop(h.named.canonical)
        if any(_OFTENER * count > own for count in counts.values()):
            return None
        return UnitMention(h.start, h.named.end, h.named.canonical, h.named.kind, h.place, "self", "host")

    @cached_property
    def supervisor(self) -> UnitMention | None:
        """The supervision organ that signs the document or heads it."""
        text = self._reading.folded
        lines = {block.start for block in self._reading.document.blocks}
        organs = (h for h in self._heads if h.start in lines and h.named.canonical.endswith("监察委员会"))
        return next((_as_author(h) for h in organs if text[h.named.end : h.named.end + 1] in "\n("), None)


def _is_one(heads: list[Head]) -> bool:
    return len({h.named.canonical for h in heads}) == 1


def _as_author(h: Head) -> UnitMention:
    span = (h.start, h.named.end)
    return UnitMention(*span, h.named.canonical, h.named.kind, h.place, "self", "author", span)


def _without_office(publisher: str) -> str:
    """The institution of a publisher that is one of its offices or its party committee."""
    committee = committee_of(publisher)
    office = _OFFICE.match(publisher)
    return committee[0] if committee else office["of"] if office else publisher


def _institution(head: Head) -> Head | None:
    """The institution that a head names, or whose party committee it names."""
    if head.named.kind in HOSTS:
        return head
    found = committee_of(head.named.canonical)
    return found and replace(head, named=replace(head.named, canonical=found[0], kind=found[1]))


def committee_of(canonical: str) -> tuple[str, UnitKind] | None:
    """The institution whose party committee this is, and its kind: 中共|青岚市人民医院|委员会; None for a place's."""
    inside = _COMMITTEE.fullmatch(canonical)
    kind = kind_of(inside["of"]) if inside else UnitKind.OTHER
    return (inside["of"], kind) if inside and kind is not UnitKind.OTHER else None
