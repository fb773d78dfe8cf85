"""The record types, and the extraction that holds those of one document.

Every record has `evidence`, a `confidence` from 0 to 1, and `grounds`: which rules or models made it, from which words.
Grounds take no part in comparisons and are not stored.
"""

from dataclasses import dataclass, field

from docintel.schema.document import Document, Evidence
from docintel.schema.vocabulary import (
    DocType,
    IssueCategory,
    MeasureCategory,
    Metric,
    Modality,
    ReferenceKind,
    Relation,
    SanctionKind,
    Status,
    UnitKind,
)


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a record, or one of its fields, is as it is.

    Attributes:
        field: the field that was decided; empty for the record as a whole.
        rule: the rule or model that decided, by group and name: `metric/issues_found`, `unit/carried`, `person/tagger`.
        evidence: the words it went by; None where it went by none.
        note: what else there is to say: of a correction who made it and when.
    """

    field: str
    rule: str
    evidence: Evidence | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """A number that counts something.

    Attributes:
        evidence: the shortest clause that carries subject, action and number.
        value: 万 and 亿 multiplied out, a percentage as written (51.6), the stated floor for 余 and 多;
            None for a masked figure (`X家`).
        unit_of_measure: the measure word without 万 or 亿: 个, 起, 人次, 元, %.
        subject: what is counted, as in the text.
        action: the verb or state, as in the text.
        metric: what is counted, from the closed list.
        approximate: the text says 余, 多, 近, 约, 以上 or the like.
        unit: the canonical name of the unit whose figure it is.
        period: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or two of these as `start/end`.
        region: full name of the place the figure is about: the unit's, else the document's.
    """

    evidence: Evidence
    value: float | None
    unit_of_measure: str
    metric: Metric
    subject: str | None = None
    action: str | None = None
    approximate: bool = False
    unit: str | None = None
    period: str | None = None
    region: str | None = None
    confidence: float = 1.0
    grounds: tuple[Ground, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An organisation that acts, is acted on or is named as a party; one record for all its mentions.

    Attributes:
        evidence: the first mention.
        canonical: the full official name as far as the document lets one know it.
        place: full name of the place it belongs to (`吉林省辽源市`); None where the text does not let one know.
        adcode: the six digits of that place (GB/T 2260); None for one that the gazetteer does not know.
        mentions: every mention, in text order, the first included.
    """

    evidence: Evidence
    canonical: str
    kind: UnitKind
    place: str | None = None
    adcode: str | None = None
    mentions: tuple[Evidence, ...] = ()
    confidence: float = 1.0
    grounds: tuple[Ground, ...] = field(default=(), compare=False, repr=False)

    @property
    def name(self) -> str:
        """The unit as its first mention writes it."""
        return self.evidence.quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A named natural person; one record for all mentions.

    An anonymised name (`张某`) says nothing across cases: it is one record for each case it stands in.

    Attributes:
        evidence: the first mention of the name.
        position: as written, e.g. `原党总支书记、院长`.
        unit: canonical name of the unit the position is in.
        anonymised: the text hides the name: `张某`, `李某某`, `王某甲`.
        mentions: every mention of the name, in text order.
    """

    evidence: Evidence
    position: str | None = None
    unit: str | None = None
    anonymised: bool = False
    mentions: tuple[Evidence, ...] = ()
    confidence: float = 1.0
    grounds: tuple[Ground, ...] = field(default=(), compare=False, repr=False)

    @property
    def name(self) -> str:
        """The name as written."""
        return self.evidence.quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that somebody did.

    Attributes:
        evidence: a short phrase: `违规收受礼品、礼金`.
        amounts: the sums it is told with, in yuan.
        period: when, as in `Statistic.period`.
    """

    evidence: Evidence
    amounts: tuple[float, ...] = ()
    period: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """One consequence that somebody suffered.

    Attributes:
        evidence: the words that state it; `开除党籍和公职` states two.
        name: in the text's words: `开除公职`.
        months: the prison term; None for life and death, which the name says, and where there is none.
        fine: yuan.
    """

    evidence: Evidence
    name: str
    kind: SanctionKind
    months: int | None = None
    fine: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Who did what, and what followed.

    Attributes:
        evidence: the first clause that names person and act.
        persons: names; empty for a unit or group dealt with without names.
        units: canonical names of the units that the persons are in, or of the unit dealt with.
        date: when it was decided, as in `Statistic.period`.
        acts: what they did, in text order.
        penalties: what followed.
        amounts: all sums tied to the case, in yuan.
    """

    evidence: Evidence
    persons: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    date: str | None = None
    acts: tuple[Act, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    amounts: tuple[float, ...] = ()
    confidence: float = 1.0
    grounds: tuple[Ground, ...] = field(default=(), compare=False, repr=False)

    @property
    def violations(self) -> tuple[Evidence, ...]:
        """The words of the acts."""
        return tuple(act.evidence for act in self.acts)

    @property
    def sanctions(self) -> tuple[str, ...]:
        """The names of the penalties (`开除党籍和公职` gives `开除党籍` and `开除公职`)."""
        return tuple(penalty.name for penalty in self.penalties)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A problem, a risk or a prohibited act. `evidence` is the shortest span that reads alone."""

    evidence: Evidence
    category: IssueCategory
    modality: Modality
    confidence: float = 1.0
    grounds: tuple[Ground, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """An action taken, under way or ordered to put things right or to prevent.

    Attributes:
        units: canonical names of who acts, where the text says so.
        addresses: indexes into the issues of the same extraction.
        deadline: by when, as its ledger, a field of its item or it itself writes: `2022年12月底前`, `立行立改`.
    """

    evidence: Evidence
    category: MeasureCategory
    status: Status
    units: tuple[str, ...] = ()
    addresses: tuple[int, ...] = ()
    deadline: str | None = None
    confidence: float = 1.0
    grounds: tuple[Ground, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An official identifier: the number of a document, or a law or party regulation and its article.

    Attributes:
        canonical: in one spelling, to be searched for: `云纪发〔2022〕15号`, `中国共产党纪律处分条例第102条`.
        law: the title of the law or regulation, without book marks; None for a document number.
    """

    evidence: Evidence
    kind: ReferenceKind
    canonical: str
    law: str | None = None
    confidence: float = 1.0
    grounds: tuple[Ground, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An arithmetic relation that the statistics of a document stand in, and whether their figures keep it.

    Attributes:
        evidence: the words of the figure that is checked: the total, the share, the growth.
        statistics: indexes into the statistics of the same extraction; the figure that is checked first.
        against: the words of the others, in the same order.
        stated: the figure that is checked, as the text gives it.
        computed: what it would be by the others.
        holds: the two agree, within the precision in which the text gives them.
    """

    evidence: Evidence
    relation: Relation
    statistics: tuple[int, ...]
    against: tuple[Evidence, ...]
    stated: float
    computed: float
    holds: bool
    confidence: float = 1.0
    grounds: tuple[Ground, ...] = field(default=(), compare=False, repr=False)


Record = Statistic | Unit | Person | Case | Issue | Measure | Reference | Check

#: The name of each record type in the JSON output, in output order.
RECORD_TYPES: dict[str, type[Record]] = {
    "statistics": Statistic,
    "units": Unit,
    "persons": Person,
    "cases": Case,
    "issues": Issue,
    "measures": Measure,
    "references": Reference,
    "checks": Check,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Everything read from one document; records in text order.

    Attributes:
        region: the place the document is about, by full name (`吉林省辽源市`); None when unknown.
    """

    document: Document
    doc_type: DocType = DocType.OTHER
    region: str | None = None
    statistics: tuple[Statistic, ...] = ()
    units: tuple[Unit, ...] = ()
    persons: tuple[Person, ...] = ()
    cases: tuple[Case, ...] = ()
    issues: tuple[Issue, ...] = ()
    measures: tuple[Measure, ...] = ()
    references: tuple[Reference, ...] = ()
    checks: tuple[Check, ...] = ()

    def records(self, kind: str) -> tuple[Record, ...]:
        """The records of one type, named as in `RECORD_TYPES`."""
        if kind not in RECORD_TYPES:
            raise ValueError(f"{kind!r} is no record type; these are: {', '.join(RECORD_TYPES)}")
        records: tuple[Record, ...] = getattr(self, kind)
        return records
