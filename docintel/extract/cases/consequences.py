"""What befell people: the sanctions that a clause states, dealt out to those it names.

In: a reading and its statements. Out: findings in text order.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from docintel.extract.cases.findings import Finding
from docintel.extract.cases.sanctions import Sanction, general_sanction, may_state, notice_sanction, split_sanctions
from docintel.extract.cases.statements import Group, Statement
from docintel.extract.language.items import skip_numbering
from docintel.extract.language.reading import Clause, Reading

#: How far a clause may go on before what befell them: 并.
_JUST_BEHIND = 2
#: `因犯受贿罪|被判处有期徒刑`
_FOR_CRIME = re.compile(r"因?犯[^,。;]{2,16}罪被?")
_SUFFERED = re.compile(r"(?:被|受到|予以|分别)[^,]{0,6}$")
#: 判处死刑|,缓期二年执行
#: `分别受到撤职处分|和记过处分`
_NEXT_SHARE = re.compile(r"处分(?=[和、及与])")
_RESPITE = re.compile(r",?缓期[^,。;]{1,6}执行")
_ATTRIBUTIVE = re.compile(r"(?:过)?的")
_AMONG_THEM = re.compile(r"其中,?(?:就|还)?(?:包括|有)?")


def find_consequences(reading: Reading, statements: Sequence[Statement]) -> Iterator[Finding]:
    """The sanctions of the people of a document, in text order."""
    before: Statement | None = None
    dealt_with: tuple[Group, ...] = ()
    for statement in statements:
        if before and before.sentence is not statement.sentence:
            dealt_with = ()
        if statement.groups or statement.about:
            dealt_with = statement.groups[-1:] if not statement.about else ()
            yield from _sanctions(reading, statement)
            if before and _AMONG_THEM.match(reading.folded, statement.clause.start):
                yield from _among_them(reading, statement, before)
        elif dealt_with:
            yield from _further(reading, statement, dealt_with)
        before = statement


def _further(reading: Reading, statement: Statement, groups: Sequence[Group]) -> Iterator[Finding]:
    """What else befell people that a clause before it names as its object: `给予张三警告处分,|扣发三个月绩效`."""
    crime = _FOR_CRIME.match(reading.folded, *statement.clause)
    begin = crime.end() if crime else statement.clause.start
    for sanction in sanctions_in(reading, *statement.clause):
        if sanction.start - begin <= _JUST_BEHIND:
            for group in groups:
                quote = _quote(reading, statement, group)
                yield Finding(group.people, quote, "decided", sanction=sanction, decided=True)


def sanctions_in(reading: Reading, start: int, end: int) -> list[Sanction]:
    """The sanctions that a stretch of the document states, placed in the document."""
    if not may_state(reading, start, end):
        return []
    return [_placed(sanction, start) for sanction in split_sanctions(reading.text[start:end])]


def general_in(reading: Reading, start: int, end: int) -> Sanction | None:
    """Words that only say that something followed, placed in the document."""
    general = general_sanction(reading.text[start:end])
    return general and _placed(general, start)


def notice_in(reading: Reading, start: int, end: int) -> Sanction | None:
    """The notice that names somebody, placed in the document."""
    notice = notice_sanction(reading.text[start:end])
    return notice and _placed(notice, start)


def _placed(sanction: Sanction, offset: int) -> Sanction:
    return replace(sanction, start=sanction.start + offset, end=sanction.end + offset)


def _sanctions(reading: Reading, statement: Statement) -> Iterator[Finding]:
    """What befell the people named last before it in the clause, or else those the clause is about."""
    low, high = statement.clause.start, statement.clause.end
    for group, people, sanction, rule in _dealt_out(reading, statement):
        yield Finding(people, _quote(reading, statement, group), rule, sanction=sanction, decided=True)
    general = general_in(reading, low, high)
    if general and _is_suffered(reading.folded, low, general):
        for group in _targets(statement, general.start):
            if not (statement.carried and group in statement.about):
                quote = _quote(reading, statement, group)
                yield Finding(group.people, quote, "general", sanction=general)


def _dealt_out(reading: Reading, statement: Statement) -> Iterator[tuple[Group, tuple[int, ...], Sanction, str]]:
    """Each sanction of a clause with its people; `张三、李四分别受到记过、警告处分` gives one to each."""
    low, high = statement.clause.start, statement.clause.end
    respite = _RESPITE.match(reading.folded, high)
    sanctions = sanctions_in(reading, low, respite.end() if respite else high)
    if not sanctions:
        return
    pairs = [(group, s) for s in sanctions for group in _inside(statement, s) or _targets(statement, s.start)]
    people = [(group, person) for group in dict.fromkeys(group for group, _ in pairs) for person in group.people]
    shares = _shares(reading, low, high, sanctions)
    if "分别" in reading.folded[low:high] and len(people) == len(shares) > 1:
        for (group, person), share in zip(people, shares, strict=True):
            yield from ((group, (person,), sanction, "dealt-out") for sanction in share)
    elif "分别" in reading.folded[low:high] and len(people) == len(sanctions) > 1:
        yield from ((group, (person,), s, "dealt-out") for (group, person), s in zip(people, sanctions, strict=True))
    else:
        yield from ((group, group.people, sanction, "decided") for group, sanction in pairs)


def _shares(reading: Reading, low: int, high: int, sanctions: Sequence[Sanction]) -> list[list[Sanction]]:
    """The sanctions of a clause, those of each 处分 together."""
    cuts = [match.end() for match in _NEXT_SHARE.finditer(reading.folded, low, high)]
    return [list(share) for _, share in groupby(sanctions, lambda s: sum(cut <= s.start for cut in cuts))]


def _is_suffered(folded: str, low: int, general: Sanction) -> bool:
    """`被查处`, but not the `被查处` of `首个被查处的局长`."""
    return bool(_SUFFERED.search(folded, low, general.start)) and not _ATTRIBUTIVE.match(folded, general.end)


def _quote(reading: Reading, statement: Statement, group: Group) -> tuple[int, int]:
    """The clause, with the words of the sentence before it that name the people."""
    low, high = statement.clause.start, statement.clause.end
    start = min(low, group.phrase) if group.phrase >= statement.sentence.start else low
    return skip_numbering(reading.folded, start, high), high


def _among_them(reading: Reading, statement: Statement, before: Statement) -> Iterator[Finding]:
    """`一批干部被严肃查处,其中包括张三和李四`."""
    clause: Clause = before.clause
    general = general_in(reading, clause.start, clause.end)
    found = sanctions_in(reading, clause.start, clause.end) or ([general] if general else [])
    for group in statement.groups:
        for sanction in found:
            yield Finding(group.people, (group.phrase, group.end), "among", sanction=sanction)


def _inside(statement: Statement, sanction: Sanction) -> tuple[Group, ...]:
    """Whom the words of a sanction name: 终止张三的市人大代表资格."""
    return tuple(group for group in statement.groups if sanction.start <= group.start < sanction.end)


def _targets(statement: Statement, offset: int) -> tuple[Group, ...]:
    before = [group for group in statement.groups if group.end <= offset]
    if before and all(before[-1].end != group.end for group in statement.about):
        return (before[-1],)
    return statement.about
