"""Statements: what is compared across documents, a problem of a feedback or what a report tells of one.

In: the rows of a ledger, and sentences. Out: statements with the words they are compared by.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from docintel.chain.places import folded_text
from docintel.schema import (
    NOT_CONTENT,
    Block,
    BlockKind,
    ChainRow,
    Evidence,
    Extraction,
    IssueCategory,
    Measure,
    Modality,
    Progress,
    Source,
)
from docintel.text.fields import Span, trimmed

#: Ends a statement.
STATEMENT_END = re.compile(r"[。;!?\n\t]+")
#: One of several in a sentence: 一是…。
_ORDINAL = re.compile(
    r"^[(\s]*(?:[一二三四五六七八九十]+是|[一二三四五六七八九十\d]+[、.)]|第[一二三四五六七八九十]+[,、])[,:\s]*"
)
#: Too few letters tell nothing.
_LEAST = 4
#: The longest first sentence of an item that is only its heading, in letters.
_LONGEST_HEADING = 24


@dataclass(frozen=True, slots=True)
class Statement:
    """A problem, or an answer to one.

    Attributes:
        evidence: the words that name it.
        whole: all that is told of it.
        is_problem: whether it is told as a problem; else it is a sentence that may answer one.
        parts: single problems told in it, where there are several.
        section: the heading it stands under.
        numbering: the number of its item, as the text writes it.
        category: of the problem; None where no rule read one.
        modality: likewise.
        told: the words that say how far it is.
        progress: how far it is.
        measures: those that stand in it.
        statistics: indexes of the figures that stand in it.
        issues: indexes of the issues that were read from it.
    """

    evidence: Evidence
    whole: str
    is_problem: bool = False
    parts: tuple[Evidence, ...] = ()
    section: Evidence | None = None
    numbering: str = ""
    category: IssueCategory | None = None
    modality: Modality | None = None
    told: Evidence | None = None
    progress: Progress | None = None
    measures: tuple[Measure, ...] = ()
    statistics: tuple[int, ...] = ()
    issues: tuple[int, ...] = ()


def of_row(extraction: Extraction, row: ChainRow, quotes: Sequence[str]) -> Statement:
    """A row of the ledger as a statement.

    Args:
        row: one with an issue.
        quotes: what is told of it behind the words that name it.
    """
    assert row.issue is not None
    inside = [extraction.issues[n].evidence for n in row.issues]
    block = extraction.document.block_at(row.issue.start)
    return Statement(
        evidence=row.issue,
        whole="，".join(dict.fromkeys((row.issue.quote, *quotes))),
        is_problem=True,
        parts=tuple(inside) if len(inside) > 1 else (),
        section=row.section,
        numbering=block.numbering if block else "",
        category=row.category,
        modality=row.modality,
        told=row.told,
        progress=row.progress,
        measures=row.measures,
        statistics=row.statistics,
        issues=row.issues,
    )


def of_span(extraction: Extraction, span: Span, heading: Span | None = None) -> Statement:
    """A stretch that is in no row as a statement, with the measures and figures that stand in it."""
    start, end = span
    document = extraction.document
    block = document.block_at(start)
    quote = document.evidence(start, end)
    section = document.evidence(*heading) if heading else None
    return Statement(
        evidence=quote,
        whole=f"{section.quote}，{quote.quote}" if section else quote.quote,
        section=section,
        numbering=block.numbering if block else "",
        measures=tuple(each for each in extraction.measures if start <= each.evidence.start < end),
        statistics=tuple(n for n, each in enumerate(extraction.statistics) if start <= each.evidence.start < end),
    )


def by_sentence(extraction: Extraction, told: Sequence[Statement]) -> list[Statement]:
    """Problems, those that are told in one sentence as one."""
    folded = folded_text(extraction)
    found: list[Statement] = []
    for each in told:
        last = found[-1] if found else None
        if last is None or not same_sentence(folded, last, each):
            found.append(each)
            continue
        start, end = last.evidence.start, max(last.evidence.end, each.evidence.end)
        found[-1] = replace(
            last,
            evidence=extraction.document.evidence(start, end),
            whole="，".join(dict.fromkeys((*last.whole.split("，"), *each.whole.split("，")))),
            issues=tuple(dict.fromkeys((*last.issues, *each.issues))),
            measures=tuple(dict.fromkeys((*last.measures, *each.measures))),
            statistics=tuple(dict.fromkeys((*last.statistics, *each.statistics))),
        )
    return found


def same_sentence(folded: str, one: Statement, other: Statement) -> bool:
    """Whether no sentence ends between two statements, the first before the other."""
    return not STATEMENT_END.search(folded, one.evidence.end, other.evidence.start)


def source_of(extraction: Extraction) -> Source:
    """What is shown of the document that something was told in."""
    document = extraction.document
    return Source(document=document.id, source=document.source, title=document.title, published=document.published)


def content_of(extraction: Extraction) -> list[Block]:
    """The blocks of running text."""
    kinds = (*NOT_CONTENT, BlockKind.TABLE, BlockKind.CAPTION)
    return [block for block in extraction.document.blocks if block.kind not in kinds]


def sentences(folded: str, block: Block) -> Iterator[Span]:
    """The statements of a block, without their numbers and closing marks."""
    begin = block.start + len(block.numbering)
    ends = [match.span() for match in STATEMENT_END.finditer(folded, begin, block.end)]
    for stop, after in [*ends, (block.end, block.end)]:
        lead = _ORDINAL.match(folded[begin:stop])
        span = trimmed(folded, begin + (lead.end() if lead else 0), stop)
        if span and span[1] - span[0] >= _LEAST:
            yield span
        begin = after


def around(folded: str, block: Block, quote: Evidence) -> Span:
    """The statement of a block that a quote stands in."""
    spans = sentences(folded, block)
    return next((span for span in spans if span[0] <= quote.start < span[1]), span_of(quote))


def is_heading(folded: str, span: Span) -> bool:
    """Whether a stretch is so short and plain that it may head what follows."""
    words = folded[slice(*span)]
    return len(words) <= _LONGEST_HEADING and not re.search(r"\d", words) and "," not in words


def span_of(quote: Evidence) -> Span:
    """First and last place of a quote."""
    return quote.start, quote.end


def overlap(one: Span, other: Span) -> bool:
    """Whether two stretches share a character."""
    return one[0] < other[1] and other[0] < one[1]
