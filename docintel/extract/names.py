"""Where people are named: the tagger's names, put right by what the document itself says.

In: a reading and the units mentioned. Out: for each name all the places where it names a person of the content.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from docintel.extract.lexicon import alternation, load
from docintel.extract.positions import follows_title, has_title
from docintel.extract.reading import Clause, Reading, at
from docintel.extract.units import UnitMention

_WORDS = load("persons")
_SURNAMES = frozenset("".join(_WORDS["surnames"].split()))
_SAFE_SURNAMES = _SURNAMES - frozenset("".join(_WORDS["ambiguous_surnames"].split()))
_COMPOUND = tuple(_WORDS["compound_surnames"])
_NOT_NAMES = frozenset(_WORDS["not_names"])
_SURNAME = f"(?:{alternation(_COMPOUND)}|[{''.join(sorted(_SURNAMES))}])"
_HAN = r"[\u4e00-\u9fff]"
#: 张某 / 李某某 / 王某甲; not 某某, nor the 张某 of `张某村`
_ANONYMOUS = re.compile(
    rf"(?<!某)[{''.join(sorted(_SAFE_SURNAMES))}]某(?:某|[甲乙丙丁戊])?(?![某个些种次年月日天县市区省镇乡村局处公单部项学医企])"
)
_FOLLOW = rf"(?:[,、。;:!?“”()《》\s]|$|{alternation(_WORDS['followers'])})"
_FOLLOW_CLEARLY = rf"(?:[,、。;)]|$|{alternation(word for word in _WORDS['followers'] if len(word) > 1)})"
_FOLLOWER = re.compile(_FOLLOW)
_CLEAR_FOLLOWER = re.compile(_FOLLOW_CLEARLY)
#: 局长|张三丰|表示 and 院长|阿迪力·买买提|介绍; the position is read to its end, so 总会计师 is no 师 behind 总会计
_UNTAGGED = re.compile(
    rf"(?>{alternation(_WORDS['heads'])})"
    rf"(?P<name>[{''.join(sorted(_SAFE_SURNAMES))}]{_HAN}{{1,2}}?(?={_FOLLOW})"
    rf"|{_HAN}{{1,7}}(?:·{_HAN}{{1,8}}?){{1,2}}(?={_FOLLOW_CLEARLY}))"
)
_INTRODUCED = re.compile(rf"(?:{alternation(_WORDS['introducers'])})$")
#: A name that ends its clause and begins inside a phrase is the tail of an idiom: 明月|高照|. But: 约谈了|沈立新|.
_TAIL = re.compile(r"(?<=[\u4e00-\u9fff])(?<![了是为叫和与及同跟向对给找由被把即])")
_CLAUSE_END = re.compile(r"[,。;]|$")
_CLOSED_BY = frozenset(",、。;)")
_NOT_PERSON = re.compile(alternation(_WORDS["not_person_before"]))
_CREDIT_BEFORE = re.compile(
    rf"(?:{alternation(_WORDS['credit_before'])})[\s::/]*(?:{_HAN}{{2,4}}[\s、,]+(?:(?:通讯员|记者)\s*)?){{0,4}}$"
)
#: How far before a name the word that makes it a credit may stand, in characters.
_CREDIT_REACH = 60
_CREDIT_AFTER = re.compile(
    rf"(?:[\s、]+{_HAN}{{2,4}}){{0,12}}[\s/]*(?:{alternation(_WORDS['credit_after'])})(?=[。)\s]|$)"
)
_TITLES = re.compile(r"《[^《》\n]{1,80}》")


def find_names(reading: Reading, mentions: Sequence[UnitMention]) -> dict[str, list[tuple[int, int]]]:
    """Every person's name with the spans where it stands, names in order of first mention."""
    titles = [Clause(*match.span()) for match in _TITLES.finditer(reading.folded)]
    believed = {reading.folded[start:end] for start, end in _candidates(reading, mentions)}
    found: dict[str, list[tuple[int, int]]] = {}
    for start, end in _occurrences(reading, believed):
        if not _is_elsewhere(reading, start, end, titles, mentions):
            found.setdefault(reading.text[start:end], []).append((start, end))
    return found


def _candidates(reading: Reading, mentions: Sequence[UnitMention]) -> Iterator[tuple[int, int]]:
    """Spans that are names by their own look and their surroundings."""
    folded = reading.folded

    @cache  # a name that stands a thousand times is looked for once
    def behind(name: str) -> frozenset[str]:
        return frozenset(folded[m.end() : m.end() + 1] for m in re.finditer(re.escape(name), folded))

    for name in reading.names:
        if name.label == "PER" and name.text not in _NOT_NAMES:
            start, end = name.start, _whole_name(folded, name.start, name.end, behind)
            if _is_credible(folded, start, end, mentions):
                yield start, end
    for sentence in reading.sentences:
        for match in _ANONYMOUS.finditer(folded, sentence.start, sentence.end):
            yield match.start(), _whole_name(folded, *match.span(), behind)
        yield from _untagged(reading, sentence.start, sentence.end)


def _untagged(reading: Reading, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Names that the tagger missed, right behind a position."""
    folded = reading.folded
    places = {name.start for name in reading.names_in(start, end, "LOC")}
    for match in _UNTAGGED.finditer(folded, start, end):
        name, closed = match["name"], folded[match.end() : match.end() + 1] in _CLOSED_BY
        if name not in _NOT_NAMES and match.start("name") not in places and (len(name) > 2 or closed):
            yield match.span("name")


def _whole_name(folded: str, start: int, end: int, behind: Callable[[str], frozenset[str]]) -> int:
    """The end of a name that the tagger may have cut short by one character.

    `周立` is cut short when every time it stands it is followed by the same character, and other words follow that;
    or when a position stands before it and what follows fits only after one more: `副主任周立|民为全体职工授课`.

    Args:
        folded: the folded text.
        start: first character of the name.
        end: one past the last that was tagged.
        behind: gives the characters that follow a name anywhere in the text.
    """
    name = folded[start:end]
    if len(name) != 2 or not re.match(_HAN, folded[end : end + 1]):
        return end
    if len(behind(name)) > 1:
        return end
    if len(behind(folded[start : end + 1])) > 1:
        return end + 1
    if follows_title(folded, start) and not _FOLLOWER.match(folded, end) and _FOLLOWER.match(folded, end + 1):
        return end + 1
    return end


def _is_credible(folded: str, start: int, end: int, mentions: Sequence[UnitMention]) -> bool:
    name = folded[start:end]
    if name in _NOT_NAMES or len(name) < 2 or not re.fullmatch(rf"{_HAN}[{_HAN[1:-1]}·]+", name):
        return False
    introduced = has_title(folded, start, end) or _ends_unit(mentions, start)
    if not re.match(_SURNAME, name):
        return introduced
    if len(name) > 4 or (len(name) == 4 and not name.startswith(_COMPOUND)):
        return introduced and "·" in name
    is_tail = bool(_TAIL.match(folded, start) and _CLAUSE_END.match(folded, end))
    if len(name) == 3 and name[0] in _SAFE_SURNAMES and not _is_quoted(folded, start, end):
        governed = bool(_INTRODUCED.search(folded, max(0, start - 4), start))
        followed = not is_tail and bool(_FOLLOWER.match(folded, end))
        return introduced or governed or followed or folded.count(name) > 1
    return introduced or (not is_tail and bool(_CLEAR_FOLLOWER.match(folded, end)))


def _is_quoted(folded: str, start: int, end: int) -> bool:
    """`“陈换新”` is a word under discussion, no person."""
    return folded[start - 1 : start] in {"“", "‘"} and folded[end : end + 1] in {"”", "’"}


def _ends_unit(mentions: Sequence[UnitMention], offset: int) -> bool:
    before = at(mentions, offset - 1)
    return before is not None and before.end == offset


def _occurrences(reading: Reading, names: set[str]) -> Iterator[tuple[int, int]]:
    """Where the names stand in content text; the longest name wins."""
    if not names:
        return
    pattern = re.compile(alternation(names))
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
    return (unit is not None and end < unit.end) or _is_credit(reading, start, end)


def _is_credit(reading: Reading, start: int, end: int) -> bool:
    """`某某网站 张三` at the start of a block, `张三 摄` or `(张三)` at its end."""
    folded = reading.folded
    block = reading.document.block_at(start)
    if block is None:
        return False
    if _CREDIT_AFTER.match(folded, end, block.end) or _CREDIT_BEFORE.search(
        folded, max(block.start, start - _CREDIT_REACH), start
    ):
        return True
    return folded[start - 1 : start] == "(" and folded[end : block.end] == ")"
