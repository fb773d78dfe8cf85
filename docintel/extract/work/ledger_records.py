"""The rows of a ledger to records: an issue a problem, a measure an action, with who, until when and how far.

In: a reading and the rows of its ledgers. Out: unit mentions, issues and measures, each quoted from its own cell.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from docintel.extract.language.grids import Span
from docintel.extract.language.lexicon import load
from docintel.extract.language.reading import Clause, Reading, Sentence, within
from docintel.extract.language.segments import Segment, segments
from docintel.extract.units.departments import inner
from docintel.extract.units.names import kind_of
from docintel.extract.units.units import UnitMention, outermost
from docintel.extract.work.issues import category_of as category_of_issue
from docintel.extract.work.ledger import Row
from docintel.extract.work.measures import ActorFinder, category_of, status_of
from docintel.extract.work.roles import Role, pattern, roles
from docintel.schema import Ground, Issue, Measure, MeasureCategory, Modality, Status, UnitKind
from docintel.text.sentences import split_clauses, split_sentences

#: A number that begins a problem or a measure of a cell: 1. (1) ① 一是.
_NUMBER = re.compile(
    r"(?:(?<=[\s;。:,])|^)(?:\d{1,2}(?:[、)]|\.(?!\d))|\(\d{1,2}\)|[①-⑳]|\([一二三四五六七八九十]{1,3}\)"
    r"|[一二三四五六七八九十]{1,2}(?:、|是(?!否)))\s*"
)
#: Folded they would be bare digits.
_CIRCLED = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_CLOSED = " 。;,、:."
_SHORTEST = 4
#: A status in a word; a longer cell tells what was done.
_WORD = 12
#: Beside what is not done: 已整改3个,未整改2个.
_UNDER_WAY = re.compile(
    r"正在|推进|整改中|(?<!未)(?:已|完成)(?:完成|整改|销号|办结|落实|解决)?了?[1-9]\d*[个项条件处家]"
)
_HOSTS = frozenset({UnitKind.HOSPITAL, UnitKind.COMPANY, UnitKind.SCHOOL})
_SEPARATOR = re.compile(r"[、,;/\s]+|[和及与](?=[\u4e00-\u9fff]{2})")


@dataclass
class _Plan:
    """A cell of measures with all rows that it stands in: a merged cell stands in several."""

    row: Row
    problems: list[Span] = field(default_factory=list)


def ledger_mentions(reading: Reading, rows: Sequence[Row], known: Sequence[UnitMention]) -> list[UnitMention]:
    """Units that the columns of those in charge name and nobody else has seen: 采购科, 党建办."""
    found: list[UnitMention] = []
    outer = outermost(known)
    for low, high in dict.fromkeys(span for row in rows for span in row.units):
        start = low
        ends = [*(match.span() for match in _SEPARATOR.finditer(reading.folded, low, high)), (high, high)]
        for end, following in ends:
            before = bisect_left(outer, end, key=lambda mention: mention.start) - 1
            taken = before >= 0 and start < outer[before].end
            if not taken and (mention := _unit(reading, start, end)):
                found.append(mention)
            start = following
    return found


def ledger_issues(reading: Reading, rows: Sequence[Row]) -> tuple[Issue, ...]:
    """The problems of the rows, in text order; of a merged cell once."""
    risks = {row.problem: row.is_risk for row in rows if row.problem}
    return tuple(
        _issue(reading, span, Modality.RISK if is_risk else Modality.FOUND)
        for cell, is_risk in risks.items()
        if cell
        for span in _pieces(reading, cell)
    )


def _issue(reading: Reading, span: Span, modality: Modality) -> Issue:
    evidence = reading.document.evidence(*span)
    category = category_of_issue(reading.folded[slice(*span)])
    return Issue(
        evidence=evidence, category=category, modality=modality, grounds=(Ground("", "issue/ledger", evidence),)
    )


def ledger_measures(
    reading: Reading,
    rows: Sequence[Row],
    issues: Sequence[Issue],
    mentions: Sequence[UnitMention],
    actors_of: ActorFinder,
) -> tuple[Measure, ...]:
    """The measures of the rows, in text order: those planned, and those that a cell of progress tells.

    Args:
        issues: all of the document, in text order; a measure answers those that begin in the problem's cell of its row.
        mentions: units in text order.
        actors_of: says who acts where the row names nobody.
    """
    outer = outermost(mentions)
    starts = [issue.evidence.start for issue in issues]
    measures: list[Measure] = []
    for planned, plans in ((True, _plans(rows, planned=True)), (False, _plans(rows, planned=False))):
        for cell, plan in plans.items():
            named = tuple(dict.fromkeys(m.canonical for low, high in plan.row.units for m in within(outer, low, high)))
            answered = tuple(i for low, high in plan.problems for i in range(*_between(starts, low, high)))
            measures += (
                replace(
                    measure, units=named or actors_of(measure.evidence.start, measure.evidence.end), addresses=answered
                )
                for measure in _measures(reading, cell, plan.row, planned=planned)
            )
    return tuple(sorted(measures, key=lambda measure: measure.evidence.start))


def _between(starts: Sequence[int], low: int, high: int) -> Span:
    """The range of indexes of the sorted `starts` that lie in `[low, high)`."""
    return bisect_left(starts, low), bisect_left(starts, high)


def _plans(rows: Sequence[Row], *, planned: bool) -> dict[Span, _Plan]:
    plans: dict[Span, _Plan] = {}
    for row in rows:
        for cell in row.measures if planned else row.status:
            plan = plans.setdefault(cell, _Plan(row))
            if row.problem and row.problem not in plan.problems:
                plan.problems.append(row.problem)
    return plans


def _measures(reading: Reading, cell: Span, row: Row, *, planned: bool) -> Iterator[Measure]:
    if not planned and cell[1] - cell[0] <= _WORD:
        return
    status = _row_status(reading, row) if planned else None
    for segment, role in _actions(reading, cell, planned=planned):
        words = reading.folded[segment.start : segment.end]
        sanction = role is Role.SANCTION
        evidence = reading.document.evidence(segment.start, segment.end)
        yield Measure(
            evidence=evidence,
            category=MeasureCategory.ACCOUNTABILITY if sanction else category_of(words),
            status=status or _told_status(reading, segment, sanction, planned=planned),
            deadline=reading.text[slice(*row.deadline)].strip() if planned and row.deadline else None,
            grounds=(Ground("", "measure/ledger-plan" if planned else "measure/ledger-status", evidence),),
        )


def _told_status(reading: Reading, segment: Segment, sanction: bool, *, planned: bool) -> Status:
    """From the measure's own words; what is planned and not told as done is required."""
    if planned and not pattern("mood.told").search(reading.folded, segment.start, segment.end):
        return Status.REQUIRED
    return status_of(reading, segment, is_sanction=sanction)


@cache
def _says() -> tuple[tuple[Status, re.Pattern[str]], ...]:
    table = load("ledger")["status"]
    return tuple((Status(name), re.compile("|".join(table[name]))) for name in ("required", "ongoing", "done"))


@cache
def _bare_status() -> re.Pattern[str]:
    return re.compile("|".join(load("ledger")["status"]["bare"]))


def _row_status(reading: Reading, row: Row) -> Status | None:
    """How far a row has come, by its shortest cell of progress, the one with a word; None where none says it."""
    cells = sorted(row.status, key=lambda span: span[1] - span[0])
    for words in (re.sub(r"\s", "", reading.folded[slice(*cell)]) for cell in cells):
        if status := next((status for status, says in _says() if says.search(words)), None):
            if status is Status.REQUIRED and _UNDER_WAY.search(words):
                return Status.ONGOING
            return status
    return None


def _pieces(reading: Reading, cell: Span) -> list[Span]:
    """The numbered parts of a cell, without number and closing mark; the whole cell where it has no numbers."""
    folded = reading.folded
    written = zip(reading.text[slice(*cell)], folded[slice(*cell)], strict=True)
    numbers = list(_NUMBER.finditer("".join(char if char in _CIRCLED else plain for char, plain in written)))
    starts = [cell[0] + number.start() for number in numbers]
    begins = [cell[0] + number.end() for number in numbers]
    if not numbers or starts[0] > cell[0]:
        starts, begins = [cell[0], *starts], [cell[0], *begins]
    parts = zip(begins, [*starts[1:], cell[1]], strict=True)
    spans = [(begin, begin + len(folded[begin:end].rstrip(_CLOSED))) for begin, end in parts]
    return [(begin, end) for begin, end in spans if end - begin >= _SHORTEST]


def _actions(reading: Reading, cell: Span, *, planned: bool) -> Iterator[tuple[Segment, Role]]:
    """The actions of a cell, by its numbered parts; of a part that is planned and names no verb, the whole."""
    block = _block_of(reading, cell)
    for start, end in _pieces(reading, cell):
        sentences = [
            Sentence(low, high, block, clauses)
            for low, high in split_sentences(reading.folded, start, end)
            if (clauses := tuple(_telling_clauses(reading.folded, low, high)))
        ]
        found = list(segments(reading, sentences))
        acting = [pair for pair in zip(found, roles(reading, found), strict=True) if pair[1] is not Role.OTHER]
        if not acting and planned and sentences and not _is_slogan(reading.folded[start:end]):
            acting = [(Segment(start, end, start, start), Role.MEASURE)]
        yield from acting


def _is_slogan(words: str) -> bool:
    return bool(pattern("slogans").match(words) or pattern("slogan_ends").search(words))


def _telling_clauses(folded: str, start: int, end: int) -> Iterator[Clause]:
    """The clauses that say more than how far it has come."""
    for low, high in split_clauses(folded, start, end):
        if not _bare_status().fullmatch(folded, low, high):
            yield Clause(low, high)


def _block_of(reading: Reading, cell: Span) -> int:
    sentence = reading.sentence_at(cell[0])
    return sentence.block if sentence else 0


# Units


@cache
def _unit_words() -> dict[str, re.Pattern[str]]:
    table = load("ledger")["units"]
    return {
        "vague": re.compile(table["vague"]),
        "name": re.compile(rf"[\u4e00-\u9fff()A-Za-z]{{1,24}}(?:{table['endings']})"),
        "label": re.compile(table["labels"]),
    }


def _unit(reading: Reading, start: int, end: int) -> UnitMention | None:
    """The unit that a part of a cell names; a department of the publisher's under its name."""
    words, folded = _unit_words(), reading.folded
    if label := words["label"].match(folded, start, end):
        start = label.end()
    if words["vague"].match(folded, start, end) or not words["name"].fullmatch(folded, start, end):
        return None
    name, publisher = folded[start:end], reading.document.publisher or ""
    kind = kind_of(name)
    if kind is not UnitKind.OTHER:
        return UnitMention(start, end, name, kind)
    if kind_of(publisher) in _HOSTS:
        named = inner(publisher, kind_of(publisher), name, end)
        return UnitMention(start, end, named.canonical, named.kind)
    return UnitMention(start, end, name, UnitKind.DEPARTMENT)
