"""Tie each measure to the issues it answers.

In: where the measures stand and the issues of one document. Out: for each measure the indexes of its issues, sorted.
A text ties them by a problem named inside the measure, by `针对…问题,…` in front of it in the sentence, by the case
both belong to, or by the words of a problem told elsewhere.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence

from docintel.extract.language.reading import Reading, within
from docintel.extract.work.issues import problem_words
from docintel.extract.work.roles import Proposal, Stretches, pattern
from docintel.schema import Case, Issue

#: Shorter words may stand in a measure by chance.
_MIN_NAME = 4
#: A sanction follows the acts it is for by so many sentences at most.
_SENTENCES_BEHIND = 3


def link_measures(
    reading: Reading, measures: Sequence[tuple[int, int]], cases: Sequence[Case], issues: Sequence[Issue | Proposal]
) -> list[tuple[int, ...]]:
    """For each measure, given by where it stands, the indexes into `issues` that the text ties to it, ascending."""
    regions = _case_regions(reading, cases)
    told = _Issues(issues)
    words = _words_elsewhere(reading, regions, issues)
    return [tuple(sorted(_answered(reading, *span, regions, told, words))) for span in measures]


class _Issues:
    """The issues of a document by where they stand."""

    def __init__(self, issues: Sequence[Issue | Proposal]) -> None:
        quotes = ((issue.evidence.start, issue.evidence.end, i) for i, issue in enumerate(issues))
        self._quotes = sorted(quotes)

    def within(self, start: int, end: int) -> set[int]:
        """Indexes of those that lie in `[start, end)`."""
        low, high = bisect_left(self._quotes, (start,)), bisect_left(self._quotes, (end,))
        return {i for _, stop, i in self._quotes[low:high] if stop <= end}


def _case_regions(reading: Reading, cases: Sequence[Case]) -> list[tuple[int, int]]:
    """From the first words of each case to those of the next, a few sentences behind its acts at most."""
    regions = []
    ordered = sorted(cases, key=lambda case: case.evidence.start)
    limits = [*(case.evidence.start for case in ordered[1:]), len(reading.text)]
    for case, limit in zip(ordered, limits, strict=False):
        end = max(part.end for part in (case.evidence, *case.violations) if part.start <= limit)
        after = within(reading.sentences, end, limit)[:_SENTENCES_BEHIND]
        regions.append((case.evidence.start, max([end, *(sentence.end for sentence in after)])))
    return regions


def _words_elsewhere(
    reading: Reading, regions: Sequence[tuple[int, int]], issues: Sequence[Issue | Proposal]
) -> Mapping[str, Sequence[tuple[int, str]]]:
    """The index and the words of each problem told outside the cases, by what the words begin with.

    An act of one person is no problem of others.
    """
    words: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    in_cases = Stretches(regions)
    for i, issue in enumerate(issues):
        core = problem_words(reading.folded[issue.evidence.start : issue.evidence.end])
        if len(core) >= _MIN_NAME and not in_cases.hold(issue.evidence.start):
            words[core[:_MIN_NAME]].append((i, core))
    return words


def _answered(
    reading: Reading,
    start: int,
    end: int,
    regions: Sequence[tuple[int, int]],
    issues: _Issues,
    words: Mapping[str, Sequence[tuple[int, str]]],
) -> set[int]:
    """The issues inside the measure; else those before it in the sentence; else those of its case, or of its words."""
    inside = issues.within(start, end)
    if inside:
        return inside
    sentence = reading.sentence_at(start)
    before = issues.within(sentence.start if sentence else start, start)
    if before:
        return before
    if pattern("sanctions").search(reading.folded, start, end):
        return _same_case(start, regions, issues)
    said = reading.folded[start:end]
    beginnings = {said[k : k + _MIN_NAME] for k in range(len(said) - _MIN_NAME + 1)}
    return {i for beginning in beginnings & words.keys() for i, core in words[beginning] if core in said}


def _same_case(at: int, regions: Sequence[tuple[int, int]], issues: _Issues) -> set[int]:
    stretch = next(((start, end) for start, end in reversed(regions) if start <= at < end), None)
    return issues.within(stretch[0], at) if stretch else set()
