"""Units dealt with without a named person: items of a notice that are about a unit, and units criticised in a clause.

In: a reading with its items, statements and unit mentions. Out: `Case`s without persons.
"""

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import takewhile

from docintel.extract.cases.acts import is_same, is_wrong, split_acts
from docintel.extract.cases.consequences import general_in, notice_in, sanctions_in
from docintel.extract.cases.facts import Facts, Span, distinct, make_case
from docintel.extract.cases.headline_units import closed, listed_units, sums_of, unit_in_head
from docintel.extract.cases.sanctions import Sanction
from docintel.extract.cases.shared_headlines import HeadedActs
from docintel.extract.cases.statements import Statement
from docintel.extract.cases.sums import find_money
from docintel.extract.cases.unnamed_subjects import unnamed_in
from docintel.extract.language.items import Item
from docintel.extract.language.reading import Clause, Reading, Sentence, at, within
from docintel.extract.units.units import UnitMention
from docintel.schema import Case, UnitKind

_SUFFERED = re.compile(r"受到|被|给予|予以")
#: What stands between a unit and what befell it: `某局|党委被|责令整改`.
_BEFALLS = re.compile(
    r"[^,。;名人员干部长任]{0,8}?(?:分别)?(?:被|受到|(?=(?:向|在)?[^,。;名人员干部长任]{0,12}?作[出了](?:书面|深刻|公开)?检查))"
)
#: `县教育局|被|点名通报`
_NAMED = re.compile(r"(?:[省市县区州全]?[^,。;]{0,6})?(?:公开|点名)?通报(?:曝光)?")
#: Another unit: `城投公司党委|被责令检查` behind a clause about the bureau.
_ANOTHER = re.compile(r"(?![这该其]).*(?:公司|集团|[委院厅校]|党组|中心|[^当]局)")
#: `市医保局|责令改正`, `市卫健委|依法对其|处以罚款`
_DEALT_WITH = (UnitKind.HOSPITAL, UnitKind.COMPANY, UnitKind.SCHOOL)
_AUTHORITIES = (UnitKind.GOVERNMENT, UnitKind.HEALTH_AUTHORITY)
_DECIDES = re.compile(
    r"(?:已|依法|随即|决定|遂|另|对其|对该[院店所司]|依规|作出|会同[^,。;]{2,16})*"
    r"(?:责令(?!各)|追回|追缴|处以?(?![分理置])|解除|暂停|中止|吊销|没收|罚款|给予(?!支持))"
)
#: `市卫健委|给予|该院全市通报批评`
_GIVEN = re.compile(r"(?:给予|责令|决定对|对)$")
_TIME = re.compile(
    r"(?:(?:\d{4}年)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:以来|期间|底|初)?(?:,|$)?)?(?:经查,?|其中,?|如,?|比如,?|例如,?|(?:去年|今年|上半年|下半年)?[^,。;]{0,6}?我们(?:局|院)?查处的)?"
)


def find_unit_cases(
    reading: Reading,
    items: Sequence[Item],
    mentions: Sequence[UnitMention],
    statements: Iterable[Statement],
    found: Sequence[Case],
) -> Iterator[Case]:
    """Items of a notice that name a unit and nobody in it, or several units."""
    of_people = sorted(statement.clause.start for statement in statements if statement.groups)
    of_cases = sorted(case.evidence.start for case in found)
    for item in items:
        unit = unit_in_head(reading, item, mentions)
        units = listed_units(reading, mentions, unit) if unit else ()
        if unit is None or (len(units) == 1 and _holds_one(item.head.start, item.end, of_cases)):
            continue
        if _holds_one(item.head.start, item.head.end, of_people):
            continue
        sanctions = [s for s in _sanctions_of(reading, item.body) if not _is_of(reading, s, of_people)]
        for each in units:
            own = sanctions if len(units) == 1 else _befallen(reading, mentions, each, units, sanctions)
            if own:
                yield _unit_case(reading, mentions, each, units, item, own)


def _holds_one(start: int, end: int, offsets: Sequence[int]) -> bool:
    """Whether one of the offsets, in order, lies in `[start, end)`."""
    return bisect_left(offsets, start) < bisect_left(offsets, end)


def _is_of(reading: Reading, sanction: Sanction, of_people: Sequence[int]) -> bool:
    """Whether the clause of a sanction names people."""
    clause = reading.clause_at(sanction.start)
    return clause is not None and _holds_one(clause.start, clause.end, of_people)


def _befallen(
    reading: Reading,
    mentions: Sequence[UnitMention],
    unit: UnitMention,
    units: Sequence[UnitMention],
    sanctions: Sequence[Sanction],
) -> list[Sanction]:
    """The sanctions of one of several units: not those behind a clause that names only others."""
    names = {each.canonical for each in units}
    own = []
    for sanction in sanctions:
        sentence = reading.sentence_at(sanction.start)
        named: set[str] = set()
        for clause in sentence.clauses if sentence else ():
            if clause.start <= sanction.start:
                named = {m.canonical for m in within(mentions, clause.start, clause.end)} & names or named
        if not named or unit.canonical in named:
            own.append(sanction)
    return own


def _sanctions_of(reading: Reading, sentences: Sequence[Sentence]) -> list[Sanction]:
    """What the responsible of a unit suffered: `某局负责人受到组织处理`."""
    suffered = [(s.start, s.end) for s in sentences if _SUFFERED.search(reading.folded, s.start, s.end)]
    decided = [sanction for s in sentences for sanction in sanctions_in(reading, s.start, s.end)]
    return decided or [general for span in suffered if (general := general_in(reading, *span))]


def _unit_case(
    reading: Reading,
    mentions: Sequence[UnitMention],
    unit: UnitMention,
    units: Sequence[UnitMention],
    item: Item,
    sanctions: Sequence[Sanction],
) -> Case:
    folded, end = reading.folded, closed(reading, item.head)
    acts = list(split_acts(folded, units[-1].end, end))
    own: list[Span] = []
    for clause in (clause for sentence in item.body for clause in sentence.clauses):
        actor = at(mentions, clause.start)
        if sanctions_in(reading, clause.start, clause.end):
            continue
        if actor and actor.canonical != unit.canonical:
            continue
        start = actor.end if actor else clause.start
        if actor and len(units) > 1:
            own.append((clause.start, clause.end))
            acts += split_acts(folded, start, clause.end)
            continue
        for act in split_acts(folded, start, clause.end) if is_wrong(folded, start, clause.end) else ():
            if is_wrong(folded, *act) and not any(is_same(folded, act, other) for other in acts):
                acts.append(act)
    sums, first = sums_of(reading, item), sanctions[0]
    grounds: list[tuple[str, str, Span]] = [
        ("", "case/unit-headline", (unit.start, end)),
        ("sanctions", "sanction/unit", (first.start, first.end)),
    ]
    if sums:
        grounds.append(("amounts", "amount/item", (sums[0].start, sums[0].end)))
    facts = Facts(
        quote=own[0] if own and unit != units[0] else (unit.start, end),
        units=(unit.canonical,),
        acts=distinct(folded, acts),
        told=[(clause.start, clause.end) for sentence in item.body for clause in sentence.clauses],
        sums=sums,
        sanctions=sanctions,
        grounds=grounds,
    )
    return make_case(reading, facts)


def find_units_decided(
    reading: Reading,
    items: Sequence[Item],
    mentions: Sequence[UnitMention],
    statements: Iterable[Statement],
    headed: HeadedActs,
    told: set[str],
) -> Iterator[Case]:
    """Units that open an item and that an authority decides about in it; each once.

    Args: as for `find_units_suffering`.
    """
    of_people = sorted(statement.clause.start for statement in statements if statement.groups)
    names_people = frozenset(of_people)
    for item in items:
        opener = _opener(mentions, item)
        if opener is None or opener.canonical in told or _holds_one(item.head.start, item.head.end, of_people):
            continue
        for sentence, clause in ((it, clause) for it in item.sentences for clause in it.clauses):
            sanctions = _decided_by(reading, mentions, opener, sentence, clause, names_people)
            if sanctions:
                told.add(opener.canonical)
                yield _suffering(reading, opener, item, clause, sanctions, headed.of(item))
                break


def find_units_suffering(
    reading: Reading,
    items: Sequence[Item],
    mentions: Sequence[UnitMention],
    statements: Iterable[Statement],
    headed: HeadedActs,
    told: set[str],
) -> Iterator[Case]:
    """Units that something befalls: `某县职业中学违规发放补贴5万元,被责令清退`; each once.

    In an item about a unit it is that unit's case, whoever of it is named.

    Args:
        reading: the document.
        items: of the document.
        mentions: unit mentions in text order.
        statements: in text order.
        headed: acts told of people in headlines, which a unit shares.
        told: canonical names of the units that have a case.
    """
    of_people = sorted(statement.clause.start for statement in statements if statement.groups)
    names_people = frozenset(of_people)
    for item in items:
        head = unit_in_head(reading, item, mentions)
        names_one = _holds_one(item.head.start, item.head.end, of_people)
        head = None if names_one else head
        for sentence in item.sentences:
            if not within(mentions, sentence.start, sentence.end + 1):
                continue
            subject: UnitMention | None = None
            for clause in sentence.clauses:
                subject = _subject(reading, mentions, clause) or subject
                if clause.start in names_people:
                    subject = None
                is_part = head is not None and subject is not None and _is_inside(head, subject)
                unit = subject if is_part else head or subject
                if unit is None or subject is None or unit.canonical in told:
                    continue
                sanctions = _befalling(reading, subject, clause) or _given(reading, mentions, head, clause)
                if sanctions:
                    sanctions += _going_on(reading, mentions, sentence, clause, names_people)
                if sanctions:
                    told.add(unit.canonical)
                    opener = None if head or names_one else _taken_up(reading, mentions, item, sentence, unit)
                    told_in = item if opener or (head and not is_part) else sentence
                    yield _suffering(reading, opener or unit, told_in, clause, sanctions, headed.of(item))


def _subject(reading: Reading, mentions: Sequence[UnitMention], clause: Clause) -> UnitMention | None:
    """The unit that opens a clause, a time before it at most."""
    time = _TIME.match(reading.folded, clause.start, clause.end)
    start = time.end() if time else clause.start
    unit = at(mentions, start)
    return unit if unit and unit.start == start and unit.kind is not UnitKind.DISCIPLINE else None


def _befalling(reading: Reading, subject: UnitMention, clause: Clause) -> list[Sanction]:
    """What a clause says befell the unit itself: not `该局|3名责任人|被问责`."""
    start = subject.end if clause.start <= subject.start < clause.end else clause.start
    suffered = _BEFALLS.match(reading.folded, start, clause.end)
    if suffered and start == clause.start and _ANOTHER.match(suffered.group()):
        return []
    if not suffered:
        return []
    found = sanctions_in(reading, suffered.end(), clause.end)
    named = _NAMED.fullmatch(reading.folded, suffered.end(), clause.end) if not found else None
    notice = notice_in(reading, suffered.end() - 1, clause.end) if named else None
    return [notice] if notice else found


def _is_inside(part: UnitMention, whole: UnitMention) -> bool:
    """Whether one unit is a department of the other: 某县中医医院|康复科."""
    return part.canonical != whole.canonical and part.canonical.startswith(whole.canonical)


def _given(
    reading: Reading, mentions: Sequence[UnitMention], unit: UnitMention | None, clause: Clause
) -> list[Sanction]:
    """What a clause says somebody gave the unit that its item is about: `市卫健委给予|该院|全市通报批评`."""
    for mention in within(mentions, clause.start, clause.end) if unit else ():
        given = _GIVEN.search(reading.folded, clause.start, mention.start)
        if unit and given and mention.canonical == unit.canonical:
            return sanctions_in(reading, given.start(), clause.end)
    return []


def _opener(mentions: Sequence[UnitMention], item: Item) -> UnitMention | None:
    """The unit whose case an item tells: `案例一:某市某医院虚构检查,骗取基金…`."""
    unit = at(mentions, item.start)
    return unit if unit and unit.start == item.start and unit.kind is not UnitKind.DISCIPLINE else None


def _taken_up(
    reading: Reading, mentions: Sequence[UnitMention], item: Item, sentence: Sentence, unit: UnitMention
) -> UnitMention | None:
    """The mention of a unit that opens the item, where a later sentence names it or says 该院: no 院 of 院党委."""
    opener = _opener(mentions, item) if sentence is not item.head else None
    named = unit.rule != "self" or reading.folded.startswith("该", unit.start)
    return opener if opener and named and opener.canonical == unit.canonical else None


def _decided_by(
    reading: Reading,
    mentions: Sequence[UnitMention],
    unit: UnitMention,
    sentence: Sentence,
    clause: Clause,
    names_people: Container[int],
) -> list[Sanction]:
    """What an authority decided, in an item about a unit: `市医保局|责令其退回资金,处2倍罚款3万元`."""
    authority = at(mentions, clause.start)
    if authority is None or authority.start != clause.start or authority.canonical == unit.canonical:
        return []
    if unit.kind not in _DEALT_WITH or authority.kind not in _AUTHORITIES:
        return []
    if not _DECIDES.match(reading.folded, authority.end, clause.end):
        return []
    behind = [c for c in sentence.clauses if c.start >= clause.start]
    own = takewhile(lambda c: c.start not in names_people and not unnamed_in(reading, [c]), behind)
    return [sanction for c in own for sanction in sanctions_in(reading, *c)]


def _going_on(
    reading: Reading, mentions: Sequence[UnitMention], sentence: Sentence, clause: Clause, names_people: Container[int]
) -> list[Sanction]:
    """The sanctions of the clauses behind one that befalls a unit: `被责令停业,|并处罚款5万元`."""
    found: list[Sanction] = []
    for following in sentence.clauses[sentence.clauses.index(clause) + 1 :]:
        further = sanctions_in(reading, following.start, following.end)
        if not further or following.start in names_people or within(mentions, following.start, following.end):
            break
        if unnamed_in(reading, [following]):
            break
        found += further
    return found


def _suffering(
    reading: Reading,
    unit: UnitMention,
    told_in: Item | Sentence,
    clause: Clause,
    sanctions: Sequence[Sanction],
    headed: Sequence[Span],
) -> Case:
    folded = reading.folded
    if isinstance(told_in, Item):
        is_below = clause.start >= told_in.head.end
        end = closed(reading, told_in.head) if is_below else max(unit.end, clause.start)
        quote, acts, sums = (unit.start, end), list(split_acts(folded, unit.end, end)), sums_of(reading, told_in)
        if not told_in.is_headed:
            before = [c for s in told_in.sentences for c in s.clauses if unit.end < c.start < clause.start]
            wrong = [c for c in before if c.start > end and is_wrong(folded, *c)]
            acts += [act for c in wrong for act in split_acts(folded, *c)]
            sums = [money for c in [Clause(unit.end, end), *before] for money in find_money(folded, *c)]
    else:
        before = [c for c in told_in.clauses if c.start <= clause.start and c.end > unit.start]
        stretches = [(max(c.start, unit.end), c.end if c != clause else c.start) for c in before]
        acts = [a for s in stretches if is_wrong(folded, *s) for a in split_acts(folded, *s) if is_wrong(folded, *a)]
        sums = [money for c in before for money in find_money(folded, c.start, c.end)]
        last = max((act[1] for act in acts), default=clause.end)
        quote = (unit.start, last)
        acts = acts or list(headed)
    stated = (sanctions[0].start, sanctions[0].end)
    grounds: list[tuple[str, str, Span]] = [("", "case/unit-suffering", quote), ("sanctions", "sanction/unit", stated)]
    if sums:
        grounds.append(("amounts", "amount/told", (sums[0].start, sums[0].end)))
    facts = Facts(
        quote=quote,
        units=(unit.canonical,),
        acts=distinct(folded, acts),
        told=acts,
        sums=sums,
        sanctions=sanctions,
        grounds=grounds,
    )
    return make_case(reading, facts)
