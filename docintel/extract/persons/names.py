"""Where people are named: the believable names, wherever they stand in the content.

In: a reading and the units mentioned. Out: for each name all the places where it names a person of the content.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Clause, Reading, at
from docintel.extract.persons.candidates import find_candidates, headlines
from docintel.extract.persons.positions import follows_title
from docintel.extract.units.units import UnitMention

_WORDS = load("persons")
_HAN = r"[\u4e00-\u9fff]"
_NOT_PERSON = re.compile(alternation(_WORDS["not_person_before"]))
_CREDIT_BEFORE = re.compile(
    rf"(?:{alternation(_WORDS['credit_before'])})[\s::/]*(?:{_HAN}{{2,4}}[\s、,]+(?:(?:通讯员|记者)\s*)?){{0,4}}$"
)
#: How far before a name the word that makes it a credit may stand, in characters.
_CREDIT_REACH = 60
#: A name alone in its line among so many at the head of a document is who wrote it.
_HEAD_BLOCKS = 5
_CREDIT_AFTER = re.compile(
    rf"(?:[\s、]+{_HAN}{{2,4}}){{0,12}}[\s/]*(?:{alternation(_WORDS['credit_after'])})(?=[。)\s]|$)"
)
#: 靠林吃林, 边发药边推销
_IDIOM = re.compile(r"靠(.)吃\1|边[^边,。]{1,4}边")
_TITLES = re.compile(r"《[^《》\n]{1,80}》")


@dataclass(frozen=True, slots=True)
class Named:
    """A name with the places where it stands, in text order, and the rule that believed in it first."""

    spans: list[tuple[int, int]]
    rule: str


def find_names(reading: Reading, mentions: Sequence[UnitMention]) -> dict[str, Named]:
    """Every person's name, in order of first mention."""
    titles = [Clause(*match.span()) for match in _TITLES.finditer(reading.folded)]
    believed: dict[str, str] = {}
    for candidate in find_candidates(reading, mentions):
        believed.setdefault(reading.folded[candidate.start : candidate.end], candidate.rule)
    found: dict[str, Named] = {}
    for start, end in _occurrences(reading, believed):
        if not _is_elsewhere(reading, start, end, titles, mentions):
            name = reading.text[start:end]
            found.setdefault(name, Named([], believed[reading.folded[start:end]])).spans.append((start, end))
    return found


def _occurrences(reading: Reading, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where the names stand in headlines with a position, and in content text; the longest name wins."""
    pattern = re.compile(alternation(names) or "(?!)")
    for start, end in headlines(reading):
        for match in pattern.finditer(reading.folded, start, end):
            if follows_title(reading.folded, match.start()):
                yield match.span()
    for sentence in reading.sentences:
        for match in pattern.finditer(reading.folded, sentence.start, sentence.end):
            yield match.span()


def _is_elsewhere(
    reading: Reading,
    start: int,
    end: int,
    titles: Sequence[Clause],
    mentions: Sequence[UnitMention],
) -> bool:
    """The name stands in a title, an organisation's name, a set phrase or a credit."""
    folded = reading.folded
    if at(titles, start) or _NOT_PERSON.match(folded, end):
        return True
    unit = at(mentions, start)
    if any(idiom.end() > start for idiom in _IDIOM.finditer(folded, max(0, start - 4), end + 3)):
        return True
    return (unit is not None and end < unit.end) or _is_credit(reading, start, end)


def _is_credit(reading: Reading, start: int, end: int) -> bool:
    """`某某网站 张三` at the start of a block, `张三 摄` or `(张三)` at its end."""
    folded = reading.folded
    block = reading.block_at(start)
    if block is None:
        return False
    if (block.start, block.end) == (start, end) and block in reading.document.blocks[:_HEAD_BLOCKS]:
        return True
    if _CREDIT_AFTER.match(folded, end, block.end) or _CREDIT_BEFORE.search(
        folded, max(block.start, start - _CREDIT_REACH), start
    ):
        return True
    return folded[start - 1 : start] == "(" and folded[end : block.end] == ")"
