"""What is found against people: acts, sanctions and sums, each with those it belongs to.

In: a reading and its statements. Out: findings in text order.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from docintel.extract.cases.acts import (
    CASE,
    acts_in_case_name,
    begins_act,
    is_aside,
    is_case_work,
    is_wrong,
    says_again,
    split_acts,
    trimmed,
)
from docintel.extract.cases.plain_acts import plain_act
from docintel.extract.cases.sanctions import Sanction, split_sanctions
from docintel.extract.cases.statements import Group, Statement
from docintel.extract.cases.sums import Money, find_money
from docintel.extract.language.gates import Gated
from docintel.extract.language.items import Item, skip_numbering
from docintel.extract.language.lexicon import alternation, load
from docintel.extract.language.reading import Reading, within

_WORDS = load("cases")
_CLOSED = ' 。;”’"!?'
_HEADLINE_END = re.compile(rf"(?:问题|{CASE}|案件)等?$")
#: How many clauses a headline has at most.
_MOST_CLAUSES = 40
#: The most characters that it closes with: 案件等.
_LONGEST_END = 3
_CRIMES_END = re.compile(rf"{CASE}(?:件)?等?$")
#: A clause that closes so closes the headline, whatever follows in the sentence.
_CLAUSE_HEADLINE_END = re.compile(rf"(?:等(?:典型)?问题|{CASE}|案件)(?:中|等)?$")
_HEADLINE_STOP = re.compile(r"[;…]|”“(?=[^“”]*?(?:局|委|厅|公司|书记|主任|长)[^“”]*问题)")
_OTHER_WRONGS = re.compile(r"存在其他")
#: what stands between an act and its sanction: `(严重违纪违法)|被|(开除党籍)`
_LEAD_IN = re.compile(r"(?:分别|依法)?(?:被|受到|予以|给予)[^,]{0,16}$|(?:等?问题)?(?:进行|开展|作出)了?$|$")
#: `一审以|受贿罪|判处被告人张三有期徒刑十年`
_CRIME = re.compile(r"以(?P<act>(?:涉嫌)?[\u4e00-\u9fff、]{2,24}罪)(?:分别)?(?:依法)?(?:判处|被|对)")
#: `因|对下属疏于管理|被诫勉谈话`: what somebody is dealt with for is an act, whatever its words
_REASON = re.compile(r"因(?P<act>[^,因]{4,40}?)(?:分别|依法)?(?:被|受到)")
#: `干事张三因|未对评估表签字|,受到批评教育`
_CAUSE = re.compile(r"因为?(?P<act>[^,因]{4,40})")
_CAUSED = re.compile(r"(?:均|都|分别|先后|依法|已)*(?:被|受到|受)")
#: `某市纪委监委公开通报了|某局局长张三违规收受礼金问题`
_REPORTED = re.compile(r"通报|曝光|查处|公布|查办|披露|了|对|[:“]")
#: `违规发放补贴|问题被通报`
_REPORTED_ACT = Gated(r"等?(?:典型)?问题(?:先后)?被(?:通报|曝光|查处|举报|立案)[^,]{0,12}$")
#: `通过虚开发票等方式` and `利用职务便利` belong to the act behind the comma.
_MEANS_END = re.compile(alternation(_WORDS["means_ends"]) + "$")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found against people named together; exactly one of act, sanction, money and again is there.

    Attributes:
        people: whom it is found against, as indexes into the persons.
        quote: the clause that says it, with whom it is about.
        rule: how it was found.
        act: where the act is told.
        sanction: places count from the start of the document.
        decided: the sanction says what followed, not only that something did.
        again: where an act of a headline is told again.
        shared: others, named separately, did it too.
    """

    people: tuple[int, ...]
    quote: tuple[int, int]
    rule: str
    act: tuple[int, int] | None = None
    sanction: Sanction | None = None
    decided: bool = False
    money: Money | None = None
    again: tuple[int, int] | None = None
    shared: bool = False


def find_acts(
    reading: Reading, items: Sequence[Item], statements: Sequence[Statement], consequences: Sequence[Finding]
) -> Iterator[Finding]:
    """The acts and sums told of the people of a document, in text order.

    Args:
        reading: the document.
        items: of the document.
        statements: in text order.
        consequences: what befell the people.
    """
    decided = frozenset(person for finding in consequences if finding.decided for person in finding.people)
    item_of = {block: item.start for item in items for block in item.blocks}
    headed: defaultdict[int, dict[tuple[int, ...], list[tuple[int, int]]]] = defaultdict(dict)
    means: _Means | None = None
    told_until = 0
    for number, statement in enumerate(statements):
        if statement.quoted:
            continue
        if not statement.about and not statement.groups:
            means = None
            continue
        known = headed[item_of[statement.sentence.block]]
        if region := _headline_region(reading, statement):
            for finding in _headline(reading, statement, *region):
                if finding.act:
                    known.setdefault(finding.people, []).append(finding.act)
                yield finding
            continue
        is_headed = any(group.people in known for group in statement.about)
        before = means if means and means.sentence == statement.sentence.start else None
        acts, means = _with_means(reading, statement, before)
        means = None if is_headed else means
        named = frozenset(person for people in known for person in people)
        plain = None
        if not acts and not means:
            dealt_with = not is_headed and _is_dealt_with(statement, decided)
            plain = plain_act(reading, statements, number, shared=len(named) > 1, dealt_with=dealt_with)
        acts = [(low if low >= told_until else statement.clause.start, high) for low, high in acts if high > told_until]
        told_until = plain[1] if plain else told_until
        for finding in _acts(reading, statement, [plain] if plain else acts, known, named):
            yield replace(finding, rule="plain") if plain and finding.act else finding


def _is_dealt_with(statement: Statement, decided: Container[int]) -> bool:
    return bool(statement.about) and all(person in decided for group in statement.about for person in group.people)


def _region(reading: Reading, statement: Statement, *, is_shared_out: bool) -> tuple[int, int]:
    """From the last subject to where the sentence turns to something else."""
    folded, start = reading.folded, statement.about[-1].end
    stop = _HEADLINE_STOP.search(folded, start, statement.sentence.end)
    end = stop.start() if stop else statement.sentence.end
    end = min([end, *(group.phrase for group in statement.groups if group.phrase > start)])
    if is_shared_out:
        end = min(end, statement.next_subject or end)
    for clause in within(statement.sentence.clauses, statement.clause.start, end)[:_MOST_CLAUSES]:
        if start < clause.end < end and _CLAUSE_HEADLINE_END.search(folded, max(start, clause.end - 5), clause.end):
            end = clause.end
            break
    return start, start + len(folded[start:end].rstrip(_CLOSED).removesuffix("中"))


def _is_shared_out(reading: Reading, statement: Statement) -> bool:
    """A headline that tells of one after the other: `局长张三收受礼金,科长李四有偿兼职问题`."""
    sentence, begin = statement.sentence, statement.about[-1].end
    if statement.next_subject is None or not is_wrong(reading.folded, begin, statement.clause.end):
        return False
    low = max(sentence.start, sentence.end - _LONGEST_END - len(_CLOSED))
    end = low + len(reading.folded[low : sentence.end].rstrip(_CLOSED))
    return bool(_HEADLINE_END.search(reading.folded, max(low, end - _LONGEST_END), end))


def _headline_region(reading: Reading, statement: Statement) -> tuple[int, int] | None:
    """The sentence names people and closes with 问题 or 案: `某局局长张三|违规收受礼品、礼金等问题|。`."""
    if not statement.about or statement.carried or statement.about[-1].end < statement.sentence.start:
        return None
    is_shared_out = _is_shared_out(reading, statement)
    start, end = _region(reading, statement, is_shared_out=is_shared_out)
    closes = is_shared_out or _HEADLINE_END.search(reading.folded, max(start, end - _LONGEST_END), end)
    if statement.clause.start >= end or not closes or _OTHER_WRONGS.search(reading.folded, start, end):
        return None
    return start, end


def _headline(reading: Reading, statement: Statement, start: int, end: int) -> Iterator[Finding]:
    """The acts of a headline, read once, at the clause that names the people."""
    named_here = statement.clause.start <= statement.about[-1].start < statement.clause.end
    if not named_here or statement.about[-1].end >= statement.clause.end:
        return
    crimes = bool(_CRIMES_END.search(reading.folded, start, end))
    if crimes and is_case_work(reading.folded, start, end):
        return
    acts = [
        a for a in split_acts(reading.folded, start, end, crimes=crimes) if not reading.folded.startswith("致使", a[0])
    ]
    for act in acts if acts and begins_act(reading.folded, *acts[0]) else ():
        for group in statement.about:
            yield Finding(group.people, (quote_start(reading, group), end), "headline", act=act)


def quote_start(reading: Reading, group: Group) -> int:
    """The clause from its start, where nothing but the people's position stands before them."""
    clause = reading.clause_at(group.phrase)
    if clause is None or _REPORTED.search(reading.folded, clause.start, group.phrase):
        return group.phrase
    return skip_numbering(reading.folded, clause.start, group.phrase)


@dataclass(frozen=True, slots=True)
class _Means:
    """By what means: a clause, from its first word, that waits for the act behind it."""

    sentence: int
    start: int


def _with_means(
    reading: Reading, statement: Statement, means: _Means | None
) -> tuple[list[tuple[int, int]], _Means | None]:
    """The acts that a clause tells, and the means that it leaves to the next one.

    `利用职务便利,|为他人提供帮助` is an act that only its means make wrong.
    """
    acts, clause = list(_told_acts(reading, statement)), statement.clause
    begin = statement.about[-1].end if statement.about and statement.about[-1].start >= clause.start else clause.start
    leads = bool(statement.about) and bool(_MEANS_END.search(reading.folded, clause.start, clause.end))
    if leads and not acts:
        return [], means or _Means(statement.sentence.start, begin)
    if means and not acts and not statement.groups and not is_aside(reading.folded, clause.start, clause.end):
        return [(means.start, clause.end)], None
    if means and acts and not statement.groups and acts[0][0] == clause.start:
        return [*trimmed(reading.folded, means.start, acts[0][1]), *acts[1:]], None
    return acts, None


def _acts(
    reading: Reading,
    statement: Statement,
    acts: Sequence[tuple[int, int]],
    headed: Mapping[tuple[int, ...], Sequence[tuple[int, int]]],
    sharers: frozenset[int],
) -> Iterator[Finding]:
    """The wrong that a clause tells of its subjects; behind a headline only what the headline does not say.

    Args:
        reading: the document.
        statement: the clause.
        acts: that it tells.
        headed: the acts of the headline by people.
        sharers: all whom the headline names; of some of several all is told.
    """
    folded, low, high = reading.folded, statement.clause.start, statement.clause.end
    ends = [*(group.phrase for group in statement.groups[1:]), high]
    for group, until in zip(statement.groups, ends, strict=False):
        for named in acts_in_case_name(folded, group.end, until):
            yield Finding(group.people, (group.phrase, until), "case-name", act=named)
    sums = find_money(folded, low, high)
    for group in statement.about:
        known = headed.get(group.people)
        if statement.carried and known is None:
            continue
        first = min([group.phrase, *(act[0] for act in acts[:1] if act[0] >= low)])
        quote = (max(low if low <= first < group.phrase else group.phrase, statement.sentence.start), high)
        rule = "carried" if statement.carried else "told"
        for act in acts:
            is_part = set(group.people) < sharers
            if not is_part and any(says_again(folded, act, other) for other in known or ()):
                yield Finding(group.people, quote, rule, again=act)
            else:
                yield Finding(group.people, quote, rule, act=act, shared=len(statement.about) > 1)
        for people, money in _shares(statement, group, sums, folded[low:high]):
            yield Finding(people, quote, rule, money=money)


def _shares(
    statement: Statement, group: Group, sums: Sequence[Money], clause: str
) -> Iterator[tuple[tuple[int, ...], Money]]:
    """The sums of a group's people; `张三、李四分别收受1万元、2万元` gives one to each."""
    people = [person for each in statement.about for person in each.people] if "分别" in clause else ()
    if len(people) == len(sums) > 1:
        yield from (((person,), money) for person, money in zip(people, sums, strict=True) if person in group.people)
    else:
        yield from ((group.people, money) for money in sums)


def _told_acts(reading: Reading, statement: Statement) -> Iterator[tuple[int, int]]:
    """The acts in a clause: what stands behind its subjects and before what befell them."""
    folded, low, high = reading.folded, statement.clause.start, statement.clause.end
    if not statement.about:
        return
    begin = statement.about[-1].end if statement.about[-1].start >= low else low
    sanctions = split_sanctions(reading.text[begin:high])
    crime = _CRIME.search(folded, low, high) if sanctions or statement.groups else None
    reason = crime or (_REASON.match(folded, begin, high) if sanctions else None)
    reason = reason or _cause(reading, statement, begin)
    if reason:
        yield from split_acts(folded, *reason.span("act"), crimes=bool(crime))
        return
    reported = _REPORTED_ACT.search(folded, begin, high)
    high = reported.start() if reported else high
    if not is_wrong(folded, low, high):
        return
    if sanctions:
        lead_in = _LEAD_IN.search(folded, begin, begin + sanctions[0].start)
        high = lead_in.start() if lead_in else begin + sanctions[0].start
    yield from (act for act in split_acts(folded, begin, high) if is_wrong(folded, *act))


def _cause(reading: Reading, statement: Statement, begin: int) -> re.Match[str] | None:
    """What a clause says its subjects are dealt with for in the next one."""
    cause = _CAUSE.fullmatch(reading.folded, begin, statement.clause.end)
    clauses = statement.sentence.clauses
    following = clauses[clauses.index(statement.clause) + 1 :][:1] if cause else ()
    dealt_with = (
        c for c in following if _CAUSED.match(reading.folded, *c) and split_sanctions(reading.text[c.start : c.end])
    )
    return cause if any(dealt_with) else None
