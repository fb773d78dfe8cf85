"""What is found against people: acts, sanctions and sums, each with those it belongs to.

In: a reading and its statements. Out: findings in text order.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from docintel.extract.acts import act_in_case_name, begins_act, is_wrong, shares_wrong, split_acts
from docintel.extract.items import Item, skip_numbering
from docintel.extract.lexicon import alternation, load
from docintel.extract.reading import Reading
from docintel.extract.sanctions import general_sanction, split_sanctions
from docintel.extract.statements import Group, Statement
from docintel.text.numerals import QuantityGrammar

_WORDS = load("cases")
_MONEY = QuantityGrammar(["元"])
_NOT_AMOUNT = re.compile(alternation(_WORDS["not_amounts"]))
_CLOSED = ' 。;”’"!?'
_HEADLINE_END = re.compile(r"(?:问题|(?<![投归到立])案|案件)等?$")
#: The most characters that it closes with: 案件等.
_LONGEST_END = 3
_CRIMES_END = re.compile(r"案(?:件)?等?$")
_HEADLINE_STOP = re.compile(r"[;…]|”“(?=[^“”]*?(?:局|委|厅|公司|书记|主任|长)[^“”]*问题)")
_OTHER_WRONGS = re.compile(r"存在其他")
#: what stands between an act and its sanction: `(严重违纪违法)|被|(开除党籍)`
_LEAD_IN = re.compile(r"(?:分别|依法)?(?:被|受到|予以|给予)[^,]{0,16}$|$")
#: `因|对下属疏于管理|被诫勉谈话`: what somebody is dealt with for is an act, whatever its words
_REASON = re.compile(r"因(?P<act>[^,因]{4,40}?)(?:分别|依法)?(?:被|受到)")
_SUFFERED = re.compile(r"(?:被|受到|予以|分别)[^,]{0,6}$")
#: `某市纪委监委公开通报了|某局局长张三违规收受礼金问题`
_REPORTED = re.compile(r"通报|曝光|查处|公布|查办|披露|了|对|[:“]")
_ATTRIBUTIVE = re.compile(r"(?:过)?的")
_AMONG_THEM = re.compile(r"其中,?(?:就|还)?(?:包括|有)?")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found against people named together; exactly one of act, sanction and amount is there.

    Attributes:
        names: whom it is found against.
        quote: the clause that says it, with whom it is about.
        act: where the act is told.
        sanction: in the text's words.
        decided: the sanction says what followed, not only that something did.
        amount: yuan.
        shared: others, named separately, did it too.
    """

    names: tuple[str, ...]
    quote: tuple[int, int]
    act: tuple[int, int] | None = None
    sanction: str | None = None
    decided: bool = False
    amount: float | None = None
    shared: bool = False


def find_findings(reading: Reading, items: Sequence[Item], statements: Sequence[Statement]) -> Iterator[Finding]:
    """Everything found against the people of a document, in text order."""
    item_of = {block: item.start for item in items for block in item.blocks}
    headed: dict[tuple[int, tuple[str, ...]], list[tuple[int, int]]] = {}
    before: Statement | None = None
    for statement in statements:
        yield from _sanctions(reading, statement, before)
        before = statement
        if statement.quoted:
            continue
        item = item_of[statement.sentence.block]
        headline = list(_headline(reading, statement))
        for finding in headline:
            if finding.act:
                headed.setdefault((item, finding.names), []).append(finding.act)
        yield from headline
        if not headline and not _is_headline(reading, statement):
            known = {names: acts for (start, names), acts in headed.items() if start == item}
            yield from _acts(reading, statement, known)


def _region(reading: Reading, statement: Statement) -> tuple[int, int]:
    """From the last subject to where the sentence turns to something else."""
    start = statement.about[-1].end
    stop = _HEADLINE_STOP.search(reading.folded, start, statement.sentence.end)
    end = stop.start() if stop else statement.sentence.end
    end = min([end, *(group.phrase for group in statement.groups if group.phrase > start)])
    return start, start + len(reading.folded[start:end].rstrip(_CLOSED))


def _is_headline(reading: Reading, statement: Statement) -> bool:
    """The sentence names people and closes with 问题 or 案: `某局局长张三违规收受礼品、礼金等问题。`."""
    if not statement.about or statement.carried or statement.about[-1].end < statement.sentence.start:
        return False
    start, end = _region(reading, statement)
    inside = statement.clause.start < end
    return (
        inside
        and bool(_HEADLINE_END.search(reading.folded, max(start, end - _LONGEST_END), end))
        and not _OTHER_WRONGS.search(reading.folded, start, end)
    )


def _headline(reading: Reading, statement: Statement) -> Iterator[Finding]:
    """The acts of a headline, read once, at the clause that names the people."""
    named_here = statement.about and statement.clause.start <= statement.about[-1].start < statement.clause.end
    if not named_here or statement.about[-1].end >= statement.clause.end or not _is_headline(reading, statement):
        return
    start, end = _region(reading, statement)
    crimes = bool(_CRIMES_END.search(reading.folded, start, end))
    acts = list(split_acts(reading.folded, start, end, crimes=crimes))
    for act in acts if acts and begins_act(reading.folded, *acts[0]) else ():
        for group in statement.about:
            yield Finding(group.names, (_quote_start(reading, group), end), act=act)


def _quote_start(reading: Reading, group: Group) -> int:
    """The clause from its start, where nothing but the people's position stands before them."""
    clause = reading.clause_at(group.phrase)
    if clause is None or _REPORTED.search(reading.folded, clause.start, group.phrase):
        return group.phrase
    return skip_numbering(reading.folded, clause.start, group.phrase)


def _acts(
    reading: Reading, statement: Statement, headed: Mapping[tuple[str, ...], Sequence[tuple[int, int]]]
) -> Iterator[Finding]:
    """The wrong that a clause tells of its subjects; behind a headline only what the headline does not say."""
    folded, low, high = reading.folded, statement.clause.start, statement.clause.end
    for group in statement.groups:
        named = act_in_case_name(folded, group.end, high)
        if named:
            yield Finding(group.names, (group.phrase, high), act=named)
    acts = list(_told_acts(reading, statement))
    for group in statement.about:
        known = headed.get(group.names)
        if statement.carried and known is None:
            continue
        quote = (max(group.phrase, statement.sentence.start), high)
        for act in acts:
            if not any(shares_wrong(folded, act, other) for other in known or ()):
                yield Finding(group.names, quote, act=act, shared=len(statement.about) > 1)
        for amount in find_amounts(folded, low, high):
            yield Finding(group.names, quote, amount=amount)


def _told_acts(reading: Reading, statement: Statement) -> Iterator[tuple[int, int]]:
    """The acts in a clause: what stands behind its subjects and before what befell them."""
    folded, low, high = reading.folded, statement.clause.start, statement.clause.end
    if not statement.about:
        return
    begin = statement.about[-1].end if statement.about[-1].start >= low else low
    sanctions = split_sanctions(reading.text[begin:high])
    reason = _REASON.match(folded, begin, high) if sanctions else None
    if reason:
        yield from split_acts(folded, *reason.span("act"))
        return
    if not is_wrong(folded, low, high):
        return
    if sanctions:
        lead_in = _LEAD_IN.search(folded, begin, begin + sanctions[0].start)
        high = lead_in.start() if lead_in else begin + sanctions[0].start
    yield from (act for act in split_acts(folded, begin, high) if is_wrong(folded, *act))


def _sanctions(reading: Reading, statement: Statement, before: Statement | None) -> Iterator[Finding]:
    """What befell the people named last before it in the clause, or else those the clause is about."""
    if not statement.groups and not statement.about:
        return
    low, high = statement.clause.start, statement.clause.end
    text = reading.text[low:high]
    for group, names, sanction in _dealt_out(reading, statement):
        yield Finding(names, _sanction_quote(reading, statement, group), sanction=sanction, decided=True)
    general = general_sanction(text)
    if general and _is_suffered(reading.folded, low, low + general.start, low + general.end):
        for group in _targets(statement, low + general.start):
            if statement.carried and group in statement.about:
                continue
            yield Finding(group.names, _sanction_quote(reading, statement, group), sanction=general.text)
    if before and _AMONG_THEM.match(reading.folded, low):
        yield from _among_them(reading, statement, before)


def _dealt_out(reading: Reading, statement: Statement) -> Iterator[tuple[Group, tuple[str, ...], str]]:
    """Each sanction of a clause with its people; `张三、李四分别受到记过、警告处分` gives one to each."""
    low, high = statement.clause.start, statement.clause.end
    sanctions = split_sanctions(reading.text[low:high])
    pairs = [(group, sanction.text) for sanction in sanctions for group in _targets(statement, low + sanction.start)]
    people = [(group, name) for group in dict.fromkeys(group for group, _ in pairs) for name in group.names]
    if "分别" in reading.folded[low:high] and len(people) == len(sanctions) > 1:
        yield from ((group, (name,), s.text) for (group, name), s in zip(people, sanctions, strict=True))
    else:
        yield from ((group, group.names, sanction) for group, sanction in pairs)


def _is_suffered(folded: str, low: int, start: int, end: int) -> bool:
    """`被查处`, but not the `被查处` of `首个被查处的局长`."""
    return bool(_SUFFERED.search(folded, low, start)) and not _ATTRIBUTIVE.match(folded, end)


def _sanction_quote(reading: Reading, statement: Statement, group: Group) -> tuple[int, int]:
    """The clause, with the words of the sentence before it that name the people."""
    low, high = statement.clause.start, statement.clause.end
    start = min(low, group.phrase) if group.phrase >= statement.sentence.start else low
    return skip_numbering(reading.folded, start, high), high


def _among_them(reading: Reading, statement: Statement, before: Statement) -> Iterator[Finding]:
    """`一批干部被严肃查处,其中包括张三和李四`."""
    text = reading.text[before.clause.start : before.clause.end]
    general = general_sanction(text)
    found = [sanction.text for sanction in split_sanctions(text)] or ([general.text] if general else [])
    for group in statement.groups:
        for sanction in found:
            yield Finding(group.names, (group.phrase, group.end), sanction=sanction)


def _targets(statement: Statement, offset: int) -> tuple[Group, ...]:
    before = [group for group in statement.groups if group.end <= offset]
    if before and all(before[-1].end != group.end for group in statement.about):
        return (before[-1],)
    return statement.about


def find_amounts(folded: str, start: int, end: int) -> list[float]:
    """Sums of yuan in a clause; no fines, nothing paid back."""
    if _NOT_AMOUNT.search(folded, start, end):
        return []
    return [quantity.value for quantity in _MONEY.find(folded, start, end) if quantity.value is not None]
