"""The problems of a report, to be asked one by one.

In: an extraction. Out: each problem once, with who answers for it and by when, where the report says so.
"""

from dataclasses import dataclass

from docintel.chain import chain
from docintel.errors import QueryError
from docintel.schema import Extraction


@dataclass(frozen=True, slots=True)
class Question:
    """A problem of a report.

    Attributes:
        owners: who answers for it, as the report names them; empty where it does not.
        deadline: by when, in the report's words.
    """

    problem: str
    owners: tuple[str, ...] = ()
    deadline: str = ""


def questions(extraction: Extraction, issue: int | None = None) -> list[Question]:
    """The problems of a report in text order, the same words once.

    Args:
        issue: this one alone, by its number from 0.

    Raises:
        QueryError: there is no such issue.
    """
    count = len(extraction.issues)
    if issue is not None and not 0 <= issue < count:
        source = extraction.document.source
        there = (
            f"编号 0–{count - 1}。 They are numbered 0–{count - 1}: docintel explain {source} --record issues"
            if count
            else "其中没有抽取到问题；请直接写出问题。 No issue was read from it: give the problem in words."
        )
        raise QueryError(f"{source} 没有第 {issue} 个问题。 It has no issue {issue}.", hint=there)
    rows = {number: row for row in chain(extraction) for number in row.issues}
    found: dict[str, Question] = {}
    for number, each in enumerate(extraction.issues):
        row = rows.get(number)
        quote = each.evidence.quote
        if (issue is None or issue == number) and quote not in found:
            owners = tuple(owner.name for owner in row.owners if owner.evidence) if row else ()
            deadline = row.deadline.evidence.quote if row and row.deadline else ""
            found[quote] = Question(quote, owners, deadline)
    return list(found.values())
