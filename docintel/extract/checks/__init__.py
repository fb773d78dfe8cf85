"""Arithmetic proof-reading: how the figures of a document hang together, and whether they agree.

In: a reading and its statistics. Out: `Check`s in text order, each with the words of every figure. A relation is only
believed where the words say so (其中, 共计, 分别为, 占, 同比); one that the figures keep needs less of them than one
that they break, for a false alarm costs more trust than a silent agreement gains.
"""

from collections.abc import Sequence

from docintel.extract.checks.figures import Finding, covers, figures_of
from docintel.extract.checks.rates import find_growth, find_shares
from docintel.extract.checks.repeats import find_column_sums, find_repeats
from docintel.extract.checks.splits import find_splits
from docintel.extract.checks.sums import find_balances, find_parts
from docintel.extract.language.reading import Reading
from docintel.schema import Check, Ground, Statistic

__all__ = ["find_checks"]


def find_checks(reading: Reading, statistics: Sequence[Statistic]) -> tuple[Check, ...]:
    """The relations between the statistics of a document, kept or broken, in text order."""
    figures = figures_of(reading, statistics)
    kept: list[Finding] = []
    for find in (find_balances, find_splits, find_parts, find_shares, find_growth, find_column_sums, find_repeats):
        for finding in find(reading, figures):
            if not any(covers(other, finding) for other in kept):
                kept.append(finding)
    return tuple(sorted(map(_check, kept), key=lambda check: check.evidence.start))


def _check(finding: Finding) -> Check:
    first, *others = finding.members
    return Check(
        evidence=first.statistic.evidence,
        relation=finding.relation,
        statistics=tuple(member.index for member in finding.members),
        against=tuple(member.statistic.evidence for member in others),
        stated=first.value,
        computed=round(finding.computed, 4),
        holds=finding.holds,
        grounds=(Ground("", f"check/{finding.rule}{'' if finding.holds else '-broken'}", first.statistic.evidence),),
    )
