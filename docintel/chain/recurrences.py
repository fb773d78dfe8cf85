"""Problems that one unit has again and again (屡查屡犯), with what was promised about them in between.

In: extractions, works that are republished once each, and how near texts are in meaning. Out: recurrences. A report of
rectification restates what was found before it: it answers, and is no finding of its own. Two papers of one inspection
are one finding. What is not dated orders nothing, and is left out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from docintel.chain.asked import findings
from docintel.chain.likeness import Matrix, Nearness, features, probabilities, same_problem
from docintel.chain.matching import matched
from docintel.chain.owners import issue_owners
from docintel.chain.staging import stage
from docintel.chain.statements import Statement, by_sentence, overlap, source_of, span_of
from docintel.chain.subjects import led_by, lengthened
from docintel.chain.told import responses
from docintel.schema import (
    Commitment,
    DocType,
    Evidence,
    Extraction,
    Finding,
    IssueCategory,
    Measure,
    Modality,
    Recurrence,
    Stage,
    Status,
)
from docintel.text.normalize import fold

#: From this probability on two problems are of one kind; less will do where the later says that it is an old one.
_SAME_KIND, _SAID_AGAIN = 0.5, 0.25
_AGAIN = re.compile(
    r"老问题|屡[查禁教]|再次|反复|反弹|回潮|边改边犯|前改后犯|没有根治|未根治|仍然?(?:存在|有|未)|依然|又(?:出现|发生|发现)|上[一次轮]"
)
#: From these on a place of a report answers a problem; one that more than one problem shares.
_ANSWERED, _ANSWERED_TOO = 0.5, 0.8
#: Days after a finding that an answer may come at most, and that papers of one inspection lie apart at most.
_ANSWER_WITHIN, _ONE_OCCASION = 730, 45
#: 十四届县委第五轮巡察: the name of one inspection.
_ROUND = re.compile(r"第[一二三四五六七八九十]{1,3}轮(?:常规|专项|机动|提级)?巡[视察]")
#: The heading of a case or item that names its problem: 食堂采购验收把关不严问题; not 作风方面的问题.
_NAMES_PROBLEM = re.compile(r"(?<!方面)(?<!方面的)问题$")
_ANSWERS = (Stage.COMMITMENT, Stage.PROGRESS, Stage.RESULT)
#: Measures shown for one problem and document, and letters of the problem's own words.
_MOST_MEASURES, _LONGEST_QUOTE = 5, 90


@dataclass(frozen=True)
class _Problem:
    """A problem of a unit in one document, and how the papers that answer it put it."""

    extraction: Extraction
    statement: Statement
    unit: str
    restated: "tuple[_Problem, ...]" = ()

    @property
    def category(self) -> IssueCategory:
        return self.statement.category or IssueCategory.OTHER


@dataclass
class _Occasion:
    """One inspection, audit or notice: what was found, and the papers that answer it, with what these restate."""

    day: date
    rounds: frozenset[str]
    problems: list[_Problem] = field(default_factory=list)
    answers: list[Extraction] = field(default_factory=list)
    restating: list[_Problem] = field(default_factory=list)


@dataclass
class _Thread:
    """One kind of problem through the occasions: each with its problem, and how like it is to those before."""

    links: list[tuple[int, _Problem, float]]


def recurring(extractions: Iterable[Extraction], nearness: Nearness) -> list[Recurrence]:
    """Problems found in one unit on several occasions; those found most often first, then the surest.

    Args:
        extractions: of dated documents, each work once.
        nearness: how near the meanings of texts are, each to each, 0 to 1.
    """
    by_unit: defaultdict[str, list[_Problem]] = defaultdict(list)
    for problem in _problems(extractions):
        by_unit[problem.unit].append(problem)
    groups = lengthened(by_unit)
    found: list[Recurrence] = []
    for unit, names in groups.items():
        problems = [problem for name in names for problem in by_unit[name]]
        occasions = _occasions(problems)
        if sum(bool(occasion.problems) for occasion in occasions) > 1:
            found += _recurrences(led_by(unit), occasions, nearness)
    return sorted(found, key=lambda each: (-len(each.findings), -each.confidence, each.unit))


def _problems(extractions: Iterable[Extraction]) -> Iterator[_Problem]:
    """The problems of dated documents that look back on what was found, each with the unit whose it is."""
    for extraction in extractions:
        if not extraction.document.published or extraction.doc_type is DocType.COMMENTARY:
            continue
        kind = stage(extraction)
        if kind.stage not in (Stage.FINDING, *_ANSWERS):
            continue
        told = findings(extraction) if kind.stage is Stage.FINDING else responses(extraction)
        unread = [each for each in told if not each.is_problem] if kind.stage is Stage.FINDING else []
        told = [*by_sentence(extraction, [each for each in told if each.is_problem]), *unread]
        owners = issue_owners(extraction, told)
        for statement, unit in zip(told, owners, strict=True):
            if unit and statement.modality in (None, Modality.FOUND):
                yield _Problem(extraction, _without_names(extraction, statement), unit)


def _without_names(extraction: Extraction, statement: Statement) -> Statement:
    """A statement to be compared without the names of units: whose problem it is makes no two problems alike."""
    names = {each.quote for unit in extraction.units for each in (unit.evidence, *unit.mentions)}
    whole = statement.whole
    for name in sorted(names, key=len, reverse=True):
        whole = whole.replace(name, "")
    return replace(statement, whole=whole.strip("，。、 ") or statement.whole)


def _occasions(problems: Sequence[_Problem]) -> list[_Occasion]:
    """The occasions of a unit, oldest first."""
    by_document: defaultdict[str, list[_Problem]] = defaultdict(list)
    for problem in problems:
        by_document[problem.extraction.document.id].append(problem)
    occasions: list[_Occasion] = []
    for own in sorted(by_document.values(), key=lambda own: (_day(own[0].extraction), own[0].extraction.document.id)):
        extraction = own[0].extraction
        kind = stage(extraction)
        day, rounds = _day(extraction), frozenset(_ROUND.findall(fold(extraction.document.text)))
        last = occasions[-1] if occasions else None
        if kind.stage in _ANSWERS:
            if last and (last.rounds & rounds or (day - last.day).days <= _ANSWER_WITHIN):
                last.answers.append(extraction)
                last.restating += own
            elif kind.grounds[0].rule.startswith("title/"):  # what it answers is not at hand: it tells what was found
                occasions.append(_Occasion(day, rounds, own, [extraction]))
        elif last and (last.rounds & rounds or (day - last.day).days <= _ONE_OCCASION):
            last.problems += own
        else:
            occasions.append(_Occasion(day, rounds, own))
    return occasions


def _day(extraction: Extraction) -> date:
    return date.fromisoformat(extraction.document.published or "0001-01-01")


def _recurrences(unit: str, occasions: Sequence[_Occasion], nearness: Nearness) -> Iterator[Recurrence]:
    threads: list[_Thread] = []
    for n, occasion in enumerate(occasions):
        occasion.problems = _confirmed(occasion, nearness)
        joined = _joined(occasion.problems, threads, nearness)
        for i, problem in enumerate(occasion.problems):
            if i in joined:
                thread, sure = joined[i]
                thread.links.append((n, problem, sure))
            else:
                threads.append(_Thread([(n, problem, 1.0)]))
    for thread in threads:
        if len(thread.links) > 1:
            yield _recurrence(unit, thread, occasions)


def _joined(
    problems: Sequence[_Problem], threads: Sequence[_Thread], nearness: Nearness
) -> dict[int, tuple[_Thread, float]]:
    """Which problems of an occasion are of the kind of which thread, and how surely; of each thread one, the likest."""
    known = [(home, problem) for home, thread in enumerate(threads) for _, problem, _ in thread.links]
    likely = _likely(problems, [problem for _, problem in known], nearness)
    least = [_SAID_AGAIN if _AGAIN.search(each.statement.whole) else _SAME_KIND for each in problems]
    pairs = [(float(likely[i, k]), i, k) for i, k in np.argwhere(likely >= np.array(least)[:, None]).tolist()]
    found: dict[int, tuple[_Thread, float]] = {}
    taken: set[int] = set()
    for sure, i, k in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        home = known[k][0]
        if i not in found and home not in taken:
            found[i] = threads[home], sure
            taken.add(home)
    return found


def _confirmed(occasion: _Occasion, nearness: Nearness) -> list[_Problem]:
    """The problems of an occasion with the words that its answers have for each.

    A sentence in which no problem was read is one where an answer restates it, and what only an answer restates was
    found as well.
    """
    told = occasion.restating
    sides = ([each.statement for each in occasion.problems], [each.statement for each in told])
    found = features(*sides, nearness)
    pairs = matched(
        lambda rows, columns: probabilities(found[np.ix_(rows, columns)]),
        (found.shape[0], found.shape[1]),
        least=_ANSWERED,
        further=_ANSWERED_TOO,
    )
    known = [
        replace(problem, restated=tuple(told[j] for j in sorted(near)))
        for problem, near in zip(occasion.problems, pairs, strict=True)
        if problem.statement.is_problem or near
    ]
    matched_ = {j for near in pairs for j in near}
    return known + [each for j, each in enumerate(told) if j not in matched_]


def _likely(one: Sequence[_Problem], other: Sequence[_Problem], nearness: Nearness) -> Matrix:
    """How sure it is that problems are of one kind, by their own words and by others' words for them."""
    likely = np.zeros((len(one), len(other)))
    if not likely.size:
        return likely
    homes, views = [], []
    for side in (one, other):
        homes.append([n for n, problem in enumerate(side) for _ in _views(problem)])
        views.append([view for problem in side for view in _views(problem)])
    found = same_problem(features(views[0], views[1], nearness))
    np.maximum.at(likely, np.ix_(*homes), found)
    return likely


def _views(problem: _Problem) -> list[Statement]:
    """A problem as it is told, as the heading of its item names it, and as its answers put it."""
    own, section = problem.statement, problem.statement.section
    restated = [each.statement for each in problem.restated]
    if section and _NAMES_PROBLEM.search(section.quote):
        named = replace(own, evidence=section, whole=section.quote)
        return [own, _without_names(problem.extraction, named), *restated]
    return [own, *restated]


def _recurrence(unit: str, thread: _Thread, occasions: Sequence[_Occasion]) -> Recurrence:
    told = []
    for at, (n, problem, sure) in enumerate(thread.links):
        last = at == len(thread.links) - 1
        commitments = () if last else tuple(_commitments(problem, occasions[n]))
        told.append(replace(_finding(problem), similarity=round(sure, 4), commitments=commitments))
    names = {name for _, problem, _ in thread.links for name in (problem.unit, led_by(problem.unit))} - {unit}
    regions = [problem.extraction.region for _, problem, _ in thread.links if problem.extraction.region]
    categories = Counter(p.category for _, p, _ in thread.links if p.category is not IssueCategory.OTHER)
    confidences = [
        problem.extraction.issues[n].confidence for _, problem, _ in thread.links for n in problem.statement.issues[:1]
    ]
    sure = min(similarity for _, _, similarity in thread.links) * min(confidences, default=1.0)
    return Recurrence(
        unit=unit,
        names=tuple(sorted(names)),
        category=max(categories, key=lambda each: categories[each], default=IssueCategory.OTHER),
        region=regions[0] if regions else None,
        findings=tuple(told),
        confidence=round(sure, 4),
    )


def _quote(problem: _Problem) -> Evidence:
    """The problem with its heading and what is told below it: `维修项目化整为零。教学楼粉刷拆成六个合同`."""
    told = problem.statement.evidence
    end = max([told.end, *(part.end for part in problem.statement.parts)])
    return problem.extraction.document.evidence(told.start, end) if end - told.start <= _LONGEST_QUOTE else told


def _finding(problem: _Problem) -> Finding:
    numbers = problem.statement.issues
    return Finding(
        source=source_of(problem.extraction),
        evidence=_quote(problem),
        ordinal=numbers[0] if numbers else None,
        unit=problem.unit,
    )


def _commitments(problem: _Problem, occasion: _Occasion) -> Iterator[Commitment]:
    """What was ordered with the finding, and what the papers that answer it say of it."""
    document = problem.extraction.document.id
    answers = document in {each.document.id for each in occasion.answers}
    told = span_of(_quote(problem))
    own = [
        each
        for each in problem.statement.measures
        if (answers or each.status is Status.REQUIRED) and not overlap(told, span_of(each.evidence))
    ]
    yield from _told(problem.extraction, own)
    for each in problem.restated:
        yield from _told(each.extraction, each.statement.measures)


def _told(extraction: Extraction, measures: Iterable[Measure]) -> Iterator[Commitment]:
    for measure in list(measures)[:_MOST_MEASURES]:
        ordinal = extraction.measures.index(measure)
        yield Commitment(
            source=source_of(extraction), evidence=measure.evidence, ordinal=ordinal, status=measure.status
        )


__all__ = ["recurring"]
