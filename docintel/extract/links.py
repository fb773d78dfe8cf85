"""Tie each measure to the issues it answers.

In: the quotes of the measures and the issues of one document. Out: for each measure the indexes of its issues, sorted.
A text ties them by a problem named inside the measure, by `针对…问题,…` in front of it in the sentence, or by the case
both belong to.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from docintel.extract.reading import Reading
from docintel.extract.roles import pattern
from docintel.schema import Case, Evidence, Issue, Modality


def link_measures(
    reading: Reading, measures: Sequence[Evidence], cases: Sequence[Case], issues: Sequence[Issue]
) -> list[tuple[int, ...]]:
    """For each measure the indexes into `issues` that the text ties to it, ascending."""
    regions = _case_regions(reading, cases)
    return [tuple(sorted(_answered(reading, measure, regions, issues))) for measure in measures]


def _answered(
    reading: Reading, measure: Evidence, regions: Sequence[tuple[int, int]], issues: Sequence[Issue]
) -> set[int]:
    if pattern("sanctions").search(reading.folded, measure.start, measure.end):
        of_case = _same_case(measure, regions, issues)
        if of_case:
            return of_case
    sentence = reading.sentence_at(measure.start)
    begin = sentence.start if sentence else measure.start
    return {
        i
        for i, issue in enumerate(issues)
        if begin <= issue.evidence.start < measure.end and issue.evidence.end <= measure.end
    }


def _same_case(measure: Evidence, regions: Sequence[tuple[int, int]], issues: Sequence[Issue]) -> set[int]:
    i = bisect_right(regions, measure.start, key=lambda region: region[0]) - 1
    if i < 0 or measure.start >= regions[i][1]:
        return set()
    start = regions[i][0]
    return {
        n
        for n, issue in enumerate(issues)
        if issue.modality is Modality.FOUND and start <= issue.evidence.start < measure.start
    }


def _case_regions(reading: Reading, cases: Sequence[Case]) -> list[tuple[int, int]]:
    """From the first words of each case to those of the next."""
    starts = sorted({_sentence_start(reading, case.evidence.start) for case in cases})
    return list(pairwise([*starts, len(reading.text)]))


def _sentence_start(reading: Reading, offset: int) -> int:
    sentence = reading.sentence_at(offset)
    return sentence.start if sentence else offset
