"""What several documents say of one work: problems and their answers, problems that come back, measures that worked."""

from dataclasses import dataclass, field, replace

from docintel.schema.document import Evidence
from docintel.schema.records import Ground, Measure, Statistic
from docintel.schema.vocabulary import Answer, EffectKind, IssueCategory, Stage, Status, Verdict


@dataclass(frozen=True, slots=True)
class Staging:
    """Where a document stands in the work it belongs to.

    Attributes:
        grounds: the rules that tell, with their words where they went by any.
    """

    stage: Stage
    grounds: tuple[Ground, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What the document tells of the outcome of a measure.

    Attributes:
        kind: what tells it.
        verdict: what it comes to.
        quote: the words.
        statistics: indexes of the figures that say so, in the extraction; empty where words alone do.
        document: id of the document that the words stand in, where that is another one.
    """

    kind: EffectKind
    verdict: Verdict
    quote: Evidence
    statistics: tuple[int, ...] = ()
    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterpart:
    """A place of a report that answers a problem of a feedback.

    Attributes:
        evidence: the problem as the report restates it; where it does not, the sentence that answers it.
        measures: what was done or is promised there, in text order.
        statistics: the figures that stand there.
        answer: what this place alone comes to.
        told: the words that say how far it is; None where the measures do.
        probability: that the two are about one problem, 0 to 1; 1 where nothing was compared.
    """

    evidence: Evidence
    answer: Answer
    measures: tuple[Measure, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    told: Evidence | None = None
    probability: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One line of a comparison of a feedback and a report.

    Attributes:
        issue: the problem in the words of the feedback; None for what the report tells beside it.
        answer: whether it was answered.
        section: the heading that the problem stands under, in the feedback.
        counterparts: the places of the report that answer it, most alike first.
        issues: indexes of the issues of the feedback that the row stands for; empty for a sentence of the feedback in
            which no issue was recognised.
    """

    answer: Answer
    issue: Evidence | None = None
    category: IssueCategory | None = None
    section: Evidence | None = None
    counterparts: tuple[Counterpart, ...] = ()
    issues: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The document that something was told in: id, file name, title, day of publication."""

    document: str
    source: str
    title: str
    published: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A feedback against the report that answers it.

    Attributes:
        feedback: the document whose problems they are.
        report: the document that answers them.
        rows: the problems in the order of the feedback, then what the report tells beside them.
        units: whose problems they are: by the feedback, and by the report; None where a document does not tell.
        warnings: why the two may not belong together, a sentence each.
    """

    feedback: Source
    report: Source
    rows: tuple[AnswerRow, ...]
    units: tuple[str | None, str | None] = (None, None)
    warnings: tuple[str, ...] = ()

    def only(self, *answers: Answer) -> "Comparison":
        """The comparison with the rows of these kinds alone."""
        return replace(self, rows=tuple(row for row in self.rows if row.answer in answers))

    def count(self, answer: Answer) -> int:
        """How many rows there are of one kind."""
        return sum(row.answer is answer for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A measure that was to end a problem.

    Attributes:
        ordinal: its index among the measures of its document.
    """

    source: Source
    evidence: Evidence
    ordinal: int
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem as it was found at one time.

    Attributes:
        ordinal: its index among the issues of its document; None where the heading `关于…的问题` alone tells it.
        unit: whose it is, by the full name that this document gives it.
        similarity: to the problem as first found, 0 to 1; 1 for the first.
        commitments: what was done or promised about it before it was found the next time.
    """

    source: Source
    evidence: Evidence
    ordinal: int | None
    unit: str
    similarity: float = 1.0
    commitments: tuple[Commitment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A problem that one unit has again and again.

    Attributes:
        unit: its fullest name.
        names: the other names that the documents give it.
        category: of the problem.
        region: where the unit is.
        findings: oldest first; each of an inspection, audit or notice of its own.
        confidence: that all findings are one kind of problem of one unit, 0 to 1.
    """

    unit: str
    category: IssueCategory
    findings: tuple[Finding, ...]
    names: tuple[str, ...] = ()
    region: str | None = None
    confidence: float = 1.0
