"""What search, suggestion and ingestion take and give back."""

from dataclasses import dataclass, field
from enum import StrEnum

from docintel.schema.across import Effect
from docintel.schema.document import ReadStatus
from docintel.schema.records import RECORD_TYPES, Extraction

#: What totals of statistics can be grouped by.
GROUPS = ("metric", "unit", "region", "period", "unit_of_measure", "doc_type", "title", "source")


class HitKind(StrEnum):
    """What a search looks for."""

    PASSAGE = "passage"
    ISSUE = "issue"
    MEASURE = "measure"
    CASE = "case"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a hit must satisfy; None asks for nothing.

    Attributes:
        doc_type: a `DocType` value.
        category: an issue or measure category; a plain passage passes when it holds an issue or measure of it.
        region: part of the name of the place the document, or the record, is about.
        unit: part of the name of a unit the document names, canonical or as written.
        publisher: part of the publisher's name.
        reference: part of a document number, or of a law and its article, that the document cites.
        since: first day of publication that passes, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; of records with a period of
            their own, of that.
        until: last day, in the same forms; `2023` means to the end of that year. A period passes that lies in part
            between the two.
        sanction: part of the name of a sanction the document tells of, or a `SanctionKind` value.
        figures: what the document's statistics must come to, one a metric or several: `issues_found>50`; of `>`, `>=`,
            `<`, `<=` and `=`.
    """

    doc_type: str | None = None
    category: str | None = None
    region: str | None = None
    unit: str | None = None
    publisher: str | None = None
    reference: str | None = None
    since: str | None = None
    until: str | None = None
    sanction: str | None = None
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of a document that is indexed and ranked.

    Attributes:
        id: the catalog's number for it; 0 until the catalog has given one.
        kind: passage, issue, measure or case.
        ordinal: position among the document's passages of this kind, from 0.
        text: the verbatim words from `start` to `end`.
        context: words indexed with the quote that are not part of it: the heading it stands under, its sentence.
    """

    id: int
    document: str
    kind: HitKind
    ordinal: int
    start: int
    end: int
    text: str
    context: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One answer to a search, best first in a list.

    Attributes:
        score: larger is better; comparable within one answer only.
        text: what to show: the quote, or for a document its title.
        quote: verbatim words of the document.
        title: the document's title.
        source: the file's name.
        document: the document's id.
        start: first character of the quote in the document's text.
        end: one past the last.
        ordinal: position among the document's hits of this kind; for an issue, measure or case its place in the
            extraction.
        category: of an issue or measure.
        status: of a measure.
        sources: names of other files in which the same work says the same, best first.
    """

    kind: HitKind
    score: float
    text: str
    quote: str
    title: str
    source: str
    document: str
    start: int
    end: int
    ordinal: int = 0
    page: int | None = None
    doc_type: str = ""
    publisher: str | None = None
    published: str | None = None
    region: str | None = None
    category: str | None = None
    status: str | None = None
    sources: tuple[str, ...] = ()


class Order(StrEnum):
    """In which order hits are told."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything that a search found and that is worth telling.

    Attributes:
        hits: in the order asked for.
        facets: how many of them have each type of document, category, region, unit and year, most first.
        by_words: at least one was found by its words, not by meaning alone.
    """

    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]]
    by_words: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a hit was found.

    Attributes:
        words: words of the query in its quote, as they stand there.
        title_words: those in the title of its document.
        related: words of the query, each with another in the quote that the thesaurus knows for it.
        similarity: of the meanings of query and passage, 0 to 1.
        spans: where in the quote the words and the related ones stand, start and end.
    """

    words: tuple[str, ...] = ()
    title_words: tuple[str, ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    similarity: float = 0.0
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A record of one document and the record of another that says the like.

    Attributes:
        kind: issue or measure; case for two cases whose acts are alike and that were answered alike.
        what: what matches: the Chinese name of a category that both share, or the sanctions that both know.
        quote: the words of the document that is asked about.
        start: first character of the quote in that document's text.
        end: one past the last.
        other: the record of the other document.
        similarity: of the two, 0 to 1.
    """

    kind: HitKind
    what: str
    quote: str
    start: int
    end: int
    other: Hit
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar(Hit):
    """A document like another; its quote is the passage most like it.

    Attributes:
        matches: the records of both that match, issues first, then measures, then cases; most alike first.
    """

    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """One place where a measure was taken, with the issue it answered.

    Attributes:
        issue: the words of the comparable issue; empty when the measure itself resembles the question.
        similarity: of that issue (or measure) to the question, by meaning and telling words, 0 to 1.
        linked: the document ties measure and issue together; False when they only stand in the same paragraph.
        units: who took it, where the document says so.
        effects: what the document tells of its outcome.
    """

    issue: str
    similarity: float
    linked: bool
    measure: Hit
    units: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merits:
    """What speaks for a suggestion, each 0 to 1; its use counts most.

    Attributes:
        relevance: how well the issue that it answered, and its own words, match the problem.
        use: how likely it is of use against the problem, by its relevance, its kind, and whether it is an action that
            others can take and no mere aim, event or result.
        status: how far it was carried out.
        support: how many independent works took it.
        recency: how recent the best precedent is.
        nearness: how near that one's field, level and place are to those of who asks.
        effect: what is told of its outcome: 1 it worked, 0.5 nothing, 0 it did not.
    """

    relevance: float
    use: float
    status: float
    support: float
    recency: float
    nearness: float
    effect: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A measure others took for a comparable problem; near-identical wordings are folded into one.

    Attributes:
        text: the wording of the best precedent, verbatim.
        support: number of works that tell of it: a notice and its reposts are one.
        precedents: best first; the first is the source of `text`.
        variants: the other wordings, verbatim, best first.
        merits: why it stands where it stands; None where nobody ranked it.
        question: the issue it answers, when a document's issues were asked about.
    """

    text: str
    category: str
    status: str
    score: float
    support: int
    precedents: tuple[Precedent, ...]
    variants: tuple[str, ...] = ()
    merits: Merits | None = None
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a library has to say to one problem.

    Attributes:
        problem: in the words it was asked in.
        cases: the comparable problems of other documents, most alike first; a hit's score is its relevance, 0 to 1.
        suggestions: measures, best first; empty when no case is comparable, or none of them tells of an action.
        nearest: where there is no suggestion, the problem of the library that comes nearest; None of an empty library.
        owners: who answers for the problem, where the document asked about names them.
        deadline: by when, in the words of that document.
        failure: why the problem could not be asked; empty where it was.
    """

    problem: str
    cases: tuple[Hit, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    nearest: Hit | None = None
    owners: tuple[str, ...] = ()
    deadline: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A search that is repeated as documents come.

    Attributes:
        owner: whose it is: an account of the page; empty for the library's own.
        query: in the language of `docintel.query`.
        created: ISO 8601 in UTC.
        new: documents that it has found and nobody has seen.
    """

    name: str
    query: str
    kind: HitKind = HitKind.PASSAGE
    filters: Filters = field(default_factory=Filters)
    owner: str = ""
    created: str = ""
    new: int = 0


class IngestStatus(StrEnum):
    """What became of one file."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What became of one file, and why.

    Attributes:
        path: as it was found; a member of an archive behind `!/`.
        read: how much of it was read.
        message: the reason for a failure, with what to do; what is missing of a file that was read in part.
        counts: records by type.
        watches: names of the library's watches that the document newly matches.
    """

    path: str
    status: IngestStatus
    read: ReadStatus = ReadStatus.FULL
    document: str | None = None
    message: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    watches: tuple[str, ...] = ()

    @classmethod
    def failure(cls, path: object, exc: Exception) -> "FileReport":
        """The report of a file that an error stopped: its message and hint; a defect of ours is named as one."""
        message = f"{exc} {getattr(exc, 'hint', '')}".strip()
        if not (hasattr(exc, "hint") or isinstance(exc, OSError)):
            message = f"{type(exc).__name__}: {exc} (a defect of docintel, please report it)"
        return cls(path=str(path), status=IngestStatus.FAILED, read=ReadStatus.FAILED, message=message)

    @classmethod
    def success(cls, path: str, status: IngestStatus, extraction: Extraction) -> "FileReport":
        """The report of a file that was read, in full or in part."""
        document = extraction.document
        return cls(
            path=path,
            status=status,
            read=document.status,
            document=document.id,
            message=" ".join((*document.missing, *document.warnings)),
            counts={kind: len(extraction.records(kind)) for kind in RECORD_TYPES},
        )
