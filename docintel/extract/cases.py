"""Who did what, and what followed.

In: a reading with its unit mentions and persons. Out: one `Case` for each person, or people dealt with together, and
for each unit or nameless group that was dealt with.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace

from docintel.extract.acts import is_wrong, shares_wrong, split_acts
from docintel.extract.findings import Finding, find_amounts, find_findings
from docintel.extract.items import Item, find_items
from docintel.extract.reading import Reading, Sentence, at, within
from docintel.extract.sanctions import general_sanction, notice_sanction, split_sanctions
from docintel.extract.statements import Statement, read_statements
from docintel.extract.units import UnitMention, outermost
from docintel.schema import Case, Person, UnitKind
from docintel.text.numerals import parse_number

_SUFFERED = re.compile(r"受到|被|给予|予以")
#: `对|某县教育局|予以|通报批评`
_GIVEN = re.compile(r"对[^,。;“”]{2,60}?(?P<decision>予以|给予|作出|进行)")
_PEOPLE = r"(?:党员领导干部|领导干部|党员干部|干部职工|公职人员|干部|人员|党员|职工|民警|教师|医生)"
#: The numbers of the patterns below are read whole, and their gaps have an end: a line without punctuation may be long.
_NUMERAL = "[0-9一二两三四五六七八九十]"
#: `通报了|云溪县4名教师违规补课问题`
_CROWD_NAMED = re.compile(
    rf"(?:查处|通报|处理|曝光)了?(?P<quote>[^,。;:“”]{{0,60}}?(?<!\d)(?P<size>\d++)余?名"
    rf"[^,。;“”]{{0,40}}?{_PEOPLE}(?P<act>[^,。;“”]{{0,80}}?)(?:问题|案))"
)
#: `9名参与打牌的职工受到处理`, `两名村干部因把关不严被问责`
_CROWD_DEALT_WITH = re.compile(
    rf"(?P<quote>(?<!{_NUMERAL})(?P<size>{_NUMERAL}++)余?名(?:(?P<act>(?:参与|违反|违规|涉案|涉嫌)[^,。;“”]{{0,20}})的)?[^,。;“”]{{0,4}}?"
    rf"{_PEOPLE}(?:因(?P<reason>[^,。;“”]{{2,20}}?))?(?:分别)?(?:受到|被)[^,。;“”的]{{1,200}}+)(?=[,。;]|$)"
)
#: `对|验收走过场的2名科长予以诫勉`
_CROWD_GIVEN = re.compile(
    rf"(?P<quote>对(?P<act>[^,。;“”]{{0,30}}?)的?(?P<size>{_NUMERAL}++)余?名[^,。;“”]{{2,14}}?(?:予以|给予|作出)"
    r"[^,。;“”]{0,120}?(?:诫勉|处分|处理|问责|检查|约谈))"
)


def find_cases(reading: Reading, mentions: Sequence[UnitMention], persons: Sequence[Person]) -> tuple[Case, ...]:
    """The people and units dealt with, in text order.

    Args:
        reading: the document.
        mentions: unit mentions in text order.
        persons: as `find_persons` gives them.
    """
    mentions = outermost(mentions)
    statements = list(read_statements(reading, persons, mentions))
    items = find_items(reading)
    findings = list(find_findings(reading, items, statements))
    claimed = {finding.amount for finding in findings if finding.amount is not None}
    cases = [_with_item(reading, items, mentions, case, claimed) for case in _person_cases(reading, findings)]
    cases += _unit_cases(reading, items, mentions, cases)
    cases += _units_given(reading, mentions, statements)
    cases += _crowd_cases(reading, cases)
    return tuple(sorted(cases, key=lambda case: case.evidence.start))


def _person_cases(reading: Reading, findings: Sequence[Finding]) -> Iterator[Case]:
    together = _dealt_with_together(findings)
    sanctioned = {name for finding in findings if finding.sanction for name in finding.names}
    by_names: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        for names in dict.fromkeys(together[name] for name in finding.names):
            by_names.setdefault(names, []).append(finding)
    for names, own in by_names.items():
        only_shared = all(finding.shared or finding.amount for finding in own)
        if any(finding.amount is None for finding in own) and not (only_shared and sanctioned):
            yield _person_case(reading, names, own)


def _dealt_with_together(findings: Iterable[Finding]) -> dict[str, tuple[str, ...]]:
    """For each name the people of its case: those of its first sanction, or else of its first act."""
    together: dict[str, tuple[str, ...]] = {}
    for finding in sorted(findings, key=lambda finding: (not finding.decided, finding.sanction is None)):
        for name in finding.names:
            together.setdefault(name, finding.names)
    return together


def _person_case(reading: Reading, names: tuple[str, ...], findings: Sequence[Finding]) -> Case:
    quote = next((finding.quote for finding in findings if finding.act), findings[0].quote)
    acts = _distinct(reading.folded, [finding.act for finding in findings if finding.act])
    sanctions = [finding.sanction for finding in findings if finding.sanction]
    return Case(
        evidence=reading.document.evidence(*quote),
        persons=names,
        violations=tuple(reading.document.evidence(*act) for act in acts),
        sanctions=tuple(dict.fromkeys(sanctions or _notice(reading, quote[0]))),
        amounts=tuple(dict.fromkeys(finding.amount for finding in findings if finding.amount is not None)),
    )


def _with_item(
    reading: Reading, items: Sequence[Item], mentions: Sequence[UnitMention], case: Case, claimed: Container[float]
) -> Case:
    """The case of a unit's head, with the acts that its item tells of the unit and the sums nobody else has claimed."""
    item = next(item for item in items if item.holds(case.evidence.start))
    if not item.is_headed:
        return case
    unit = _unit_in_head(reading, item, mentions)
    if unit and not case.violations and not reading.names_in(item.head.start, item.head.end, "PER"):
        acts = split_acts(reading.folded, unit.end, _closed(reading, item.head))
        case = replace(case, violations=tuple(reading.document.evidence(*act) for act in acts))
    sums = dict.fromkeys(amount for amount in _sums(reading, item) if amount not in claimed)
    return replace(case, amounts=case.amounts or tuple(sums))


def _sums(reading: Reading, item: Item) -> list[float]:
    clauses = [clause for sentence in item.body for clause in sentence.clauses]
    return [amount for clause in clauses for amount in find_amounts(reading.folded, clause.start, clause.end)]


def _closed(reading: Reading, sentence: Sentence) -> int:
    """The end of a sentence without the mark that ends it."""
    return sentence.start + len(reading.folded[sentence.start : sentence.end].rstrip("。;!"))


def _distinct(folded: str, acts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The acts in text order, each told once: not `受贿` and `涉嫌受贿犯罪`."""
    kept: dict[str, tuple[int, int]] = {}
    for act in sorted(acts):
        words = folded[slice(*act)]
        if not any(words in other or other in words for other in kept):
            kept[words] = act
    return list(kept.values())


def _notice(reading: Reading, offset: int) -> list[str]:
    """Being named in a notice, where the block that tells of the case is one."""
    block = reading.document.block_at(offset)
    notice = notice_sanction(reading.text[block.start : block.end]) if block else None
    return [notice.text] if notice else []


def _unit_cases(
    reading: Reading, items: Sequence[Item], mentions: Sequence[UnitMention], found: Sequence[Case]
) -> Iterator[Case]:
    """Items of a notice that name a unit and nobody in it."""
    for item in items:
        unit = _unit_in_head(reading, item, mentions)
        if unit is None or any(item.holds(case.evidence.start) for case in found):
            continue
        sanctions = _sanctions_of(reading, item.body)
        if sanctions:
            yield _unit_case(reading, mentions, unit, item, sanctions)


def _unit_in_head(reading: Reading, item: Item, mentions: Sequence[UnitMention]) -> UnitMention | None:
    """The unit that a headline such as `1.某市某局重复转发文件问题。` is about."""
    unit = at(mentions, item.start) if item.is_headed else None
    return None if unit is None or unit.kind is UnitKind.DISCIPLINE else unit


def _sanctions_of(reading: Reading, sentences: Sequence[Sentence]) -> list[str]:
    """What the responsible of a unit suffered: `某局负责人受到组织处理`."""
    texts = [reading.text[s.start : s.end] for s in sentences if _SUFFERED.search(reading.folded, s.start, s.end)]
    decided = [sanction.text for text in texts for sanction in split_sanctions(text)]
    return decided or [general.text for text in texts if (general := general_sanction(text))]


def _unit_case(
    reading: Reading, mentions: Sequence[UnitMention], unit: UnitMention, item: Item, sanctions: Sequence[str]
) -> Case:
    folded, end = reading.folded, _closed(reading, item.head)
    acts = list(split_acts(folded, unit.end, end))
    for clause in (clause for sentence in item.body for clause in sentence.clauses):
        actor = at(mentions, clause.start)
        if actor and actor.canonical != unit.canonical:
            continue
        start = actor.end if actor else clause.start
        for act in split_acts(folded, start, clause.end) if is_wrong(folded, start, clause.end) else ():
            if is_wrong(folded, *act) and not any(shares_wrong(folded, act, other) for other in acts):
                acts.append(act)
    return Case(
        evidence=reading.document.evidence(unit.start, end),
        violations=tuple(reading.document.evidence(*act) for act in _distinct(folded, acts)),
        sanctions=tuple(dict.fromkeys(sanctions)),
        amounts=tuple(dict.fromkeys(_sums(reading, item))),
    )


def _units_given(reading: Reading, mentions: Sequence[UnitMention], statements: Iterable[Statement]) -> Iterator[Case]:
    """Units that somebody deals with: `对某县教育局、某县第三中学予以通报批评`."""
    for statement in statements:
        low, high = statement.clause.start, statement.clause.end
        units = [m for m in within(mentions, low, high) if m.kind is not UnitKind.DISCIPLINE]
        given = _GIVEN.search(reading.folded, low, high)
        if statement.groups or not units or not given or not given.start() < units[-1].start < given.start("decision"):
            continue
        sanctions = [sanction.text for sanction in split_sanctions(reading.text[given.start("decision") : high])]
        if sanctions:
            evidence = reading.document.evidence(given.start(), high)
            yield Case(evidence=evidence, sanctions=tuple(dict.fromkeys(sanctions)))


def _crowd_cases(reading: Reading, found: Sequence[Case]) -> list[Case]:
    """Groups without names, each once; not where the people of the group are named."""
    named = sum(len(case.persons) for case in found)
    told: list[tuple[str, Case]] = []
    for sentence in reading.sentences:
        for pattern in (_CROWD_NAMED, _CROWD_DEALT_WITH, _CROWD_GIVEN):
            for match in pattern.finditer(reading.folded, sentence.start, sentence.end):
                size = match["size"]
                is_named = pattern is _CROWD_NAMED and named >= (parse_number(size) or 0) / 2
                for case in () if is_named else _crowd_case(reading, match):
                    if not any(size == other and _told_again(reading.folded, case, before) for other, before in told):
                        told.append((size, case))
    return [case for _, case in told]


def _told_again(folded: str, case: Case, before: Case) -> bool:
    """Whether of two groups of one size the later is the earlier one: one tells no act, or both tell the same."""
    if not case.violations or not before.violations:
        return True
    acts = [(act.start, act.end) for act in case.violations]
    others = [(act.start, act.end) for act in before.violations]
    return any(folded[slice(*a)] == folded[slice(*b)] or shares_wrong(folded, a, b) for a in acts for b in others)


def _crowd_case(reading: Reading, match: re.Match[str]) -> Iterator[Case]:
    stated = reading.text[match.start() : match.end()]
    sanctions = list(dict.fromkeys(sanction.text for sanction in split_sanctions(stated)))
    if not sanctions:
        word = notice_sanction(reading.text[max(0, match.start() - 2) : match.end()]) or general_sanction(stated)
        sanctions = [word.text] if word else []
    told = "reason" if match.groupdict().get("reason") else "act"
    acts = split_acts(reading.folded, *match.span(told)) if match[told] else ()
    if sanctions:
        yield Case(
            evidence=reading.document.evidence(*match.span("quote")),
            violations=tuple(reading.document.evidence(*act) for act in acts),
            sanctions=tuple(sanctions),
        )
