"""A feedback against the report that answers it: what was answered, what only in part, and what never.

In: the extractions of both, and how near texts are in meaning. Out: a row a problem of the feedback with the places of
the report that answer it, then a row a problem that only the report tells.
"""

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from docintel.chain.asked import findings
from docintel.chain.likeness import Matrix, Nearness, features, probabilities
from docintel.chain.matching import matched
from docintel.chain.staging import stage
from docintel.chain.statements import Statement, source_of
from docintel.chain.subjects import same_unit, subject
from docintel.chain.told import responses
from docintel.chain.words import progress_of
from docintel.schema import Answer, AnswerRow, Comparison, Counterpart, Extraction, Progress, Stage, Status
from docintel.text.normalize import fold

#: A pair is one at this probability; further ones of a statement that has one need more, and what stands in one
#: sentence with an answered problem needs less.
_PAIR, _FURTHER, _BESIDE = 0.5, 0.8, 0.1
#: What is only to come.
_AHEAD = re.compile(
    r"(?:^|[,，。；])(?:今后|下一步|计划|拟|将|正在|准备|预计|力争|适时)|将(?:进一步|逐步|尽快|于|在)|争取|尚未|待.{1,8}后"
)


def answered(feedback: Extraction, report: Extraction, nearness: Nearness) -> Comparison:
    """Compare a feedback with the report that answers it.

    Args:
        nearness: how near the meanings of texts are, each to each, 0 to 1.
    """
    asked, told = findings(feedback), responses(report)
    pairs = _pairs(feedback, asked, features(asked, told, nearness))
    rows = [_row(report, each, [(told[j], likely) for j, likely in pairs[i]]) for i, each in enumerate(asked)]
    used = {j for found in pairs for j, _ in found}
    rows += [_unasked(report, each) for j, each in enumerate(told) if j not in used and each.is_problem]
    units = subject(feedback), subject(report)
    return Comparison(
        feedback=source_of(feedback),
        report=source_of(report),
        rows=tuple(rows),
        units=units,
        warnings=tuple(_warnings(feedback, report, units)),
    )


def _pairs(feedback: Extraction, asked: Sequence[Statement], found: Matrix) -> list[list[tuple[int, float]]]:
    """Of each problem the places that answer it, with their probabilities, most likely first."""
    partners = matched(
        lambda rows, columns: probabilities(found[np.ix_(rows, columns)]),
        (found.shape[0], found.shape[1]),
        least=_PAIR,
        further=_FURTHER,
    )
    for i, each in enumerate(asked):  # what is told in one breath is often answered in one
        if not partners[i]:
            near = {k: _beside(feedback, each, asked[k]) for k in (i - 1, i + 1) if 0 <= k < len(asked)}
            alone = probabilities(found[i : i + 1])[0]
            partners[i] = {
                j: float(alone[j]) for k, least in near.items() for j in partners[k] if least and alone[j] >= least
            }
    return [sorted(each.items(), key=lambda pair: -pair[1]) for each in partners]


def _beside(feedback: Extraction, one: Statement, other: Statement) -> float | None:
    """From which probability on a place that answers one problem answers another too; None where they stand apart.

    They stand together in one sentence, or in one numbered item.
    """
    first, second = sorted((one.evidence, other.evidence), key=lambda quote: quote.start)
    if not re.search(r"[。;!?\n]", fold(feedback.document.text[first.end : second.start])):
        return _BESIDE
    block = feedback.document.block_at(first.start)
    return _PAIR if block and block.numbering and second.start < block.end else None


def _row(report: Extraction, problem: Statement, found: Sequence[tuple[Statement, float]]) -> AnswerRow:
    counterparts = tuple(_counterpart(report, each, likely) for each, likely in found)
    return AnswerRow(
        answer=counterparts[0].answer if counterparts else Answer.NEVER,
        issue=problem.evidence,
        category=problem.category,
        section=problem.section,
        counterparts=counterparts,
        issues=problem.issues,
    )


def _unasked(report: Extraction, told: Statement) -> AnswerRow:
    return AnswerRow(answer=Answer.UNASKED, category=told.category, counterparts=(_counterpart(report, told, 1.0),))


def _counterpart(report: Extraction, told: Statement, likely: float) -> Counterpart:
    return Counterpart(
        evidence=told.evidence,
        answer=_answer(told),
        measures=told.measures,
        statistics=tuple(report.statistics[n] for n in told.statistics),
        told=told.told,
        probability=round(float(likely), 4),
    )


def _answer(told: Statement) -> Answer:
    """Whether a place answers a problem: something was done, not only promised, and the report does not say less."""
    under = progress_of(told.section.quote) if told.section else None  # （二）正在推进的问题
    progress = told.progress if told.told else under or told.progress
    if progress is Progress.DONE:
        return Answer.ANSWERED
    if told.told or under or progress is Progress.OVERDUE:
        return Answer.PARTLY
    if any(measure.status is Status.DONE for measure in told.measures):
        return Answer.ANSWERED
    rest = told.whole.removeprefix(told.evidence.quote) if told.is_problem else told.whole
    if not told.measures and rest.strip("，。 ") and not _AHEAD.search(rest):
        return Answer.ANSWERED
    return Answer.PARTLY


def _warnings(feedback: Extraction, report: Extraction, units: tuple[str | None, str | None]) -> list[str]:
    """Why the two documents may not belong together."""
    told = []
    asked, answers = units
    if asked and answers and not same_unit(asked, answers):
        told.append(
            f"两份文档的单位不同：反馈对象是“{asked}”，报告出自“{answers}”。"
            f" They are of different units: the feedback is about {asked}, the report is of {answers}."
        )
    days = [date.fromisoformat(each.document.published) for each in (feedback, report) if each.document.published]
    if len(days) == len(units) and days[1] < days[0]:
        told.append(f"报告（{days[1]}）早于反馈（{days[0]}）。 The report is older than the feedback.")
    kinds = stage(feedback).stage, stage(report).stage
    if kinds[1] is Stage.FINDING and kinds[0] is not Stage.FINDING:
        told.append("两份文档的次序可能颠倒：先写反馈，后写整改报告。 The feedback comes first, then the report.")
    return told


__all__ = ["answered"]
