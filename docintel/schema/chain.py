"""The rectification chain of a document: what is wrong, why, what is done about it, by whom, by when, how far it is."""

from dataclasses import dataclass

from docintel.schema.across import Effect
from docintel.schema.document import Evidence
from docintel.schema.records import Measure
from docintel.schema.vocabulary import IssueCategory, Modality, Progress


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a row.

    Attributes:
        name: as the text writes it; the canonical name where the row does not name the unit itself.
        canonical: full official name, where the unit is known by one.
        evidence: where it is named; None where the row does not name it.
    """

    name: str
    canonical: str | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when: the words, and the last day that they leave, `YYYY-MM-DD`; None for 立行立改 and the like."""

    evidence: Evidence
    due: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRow:
    """One line of a ledger of rectification; without an issue it holds a measure that answers none.

    Attributes:
        issue: the problem as the text names it: the words of an issue, or what an item `关于…的问题` is about.
        category: of the issue.
        modality: of the issue.
        section: the heading that the item stands under.
        details: further problems told in the same item.
        cause: why it came to it, where the same sentence or item tells.
        measures: what answers it, in text order.
        owners: who answers for it: those of `责任单位：…`, else those who take the measures.
        deadline: by when.
        progress: how far it has come; None where the text does not tell.
        told: the words that say how far; None where the measures do.
        issues: indexes of the issues that the row stands for, in the extraction.
        statistics: indexes of the figures that stand in the row, in the extraction.
        effects: what is told of the outcome of the measures.
        reach: the stretches of the text that belong to the row, in text order: `(start, end)`.
    """

    issue: Evidence | None = None
    category: IssueCategory | None = None
    modality: Modality | None = None
    section: Evidence | None = None
    details: tuple[Evidence, ...] = ()
    cause: Evidence | None = None
    measures: tuple[Measure, ...] = ()
    owners: tuple[Owner, ...] = ()
    deadline: Deadline | None = None
    progress: Progress | None = None
    told: Evidence | None = None
    issues: tuple[int, ...] = ()
    statistics: tuple[int, ...] = ()
    effects: tuple[Effect, ...] = ()
    reach: tuple[tuple[int, int], ...] = ()
