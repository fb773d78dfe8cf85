"""Cut what was read from a document into the passages that are indexed.

Takes an extraction; gives windows of its text and one passage for each issue, measure and case; each kind is numbered
from 0.
"""

from collections.abc import Iterator

from docintel.schema import BlockKind, Case, Document, Extraction, HitKind, Issue, Measure, Passage
from docintel.text.normalize import fold
from docintel.text.sentences import split_sentences

_ENOUGH = 120  # characters: a window of fewer goes on into the next sentence or paragraph
_MOST = 250  # characters: a window ends before it would pass this, unless one sentence does
_HEADINGS = frozenset({BlockKind.TITLE, BlockKind.HEADING})
_SKIPPED = frozenset({BlockKind.BYLINE, BlockKind.FURNITURE})


def split_passages(extraction: Extraction) -> list[Passage]:
    """The passages of a document: windows first, then issues, measures, cases; each kind in the extraction's order.

    A window holds whole sentences of one section; its context is the heading it stands under. The context of an issue,
    measure or case is the sentence around it.
    """
    document = extraction.document
    passages = [
        _passage(document, HitKind.PASSAGE, ordinal, span, heading)
        for ordinal, (span, heading) in enumerate(_windows(document))
    ]
    kinds: tuple[tuple[HitKind, tuple[Issue | Measure | Case, ...]], ...] = (
        (HitKind.ISSUE, extraction.issues),
        (HitKind.MEASURE, extraction.measures),
        (HitKind.CASE, extraction.cases),
    )
    for kind, records in kinds:
        for ordinal, record in enumerate(records):
            passages.append(_record_passage(document, kind, ordinal, record))
    return passages


def _windows(document: Document) -> Iterator[tuple[tuple[int, int], str]]:
    """Spans of the windows, each with its heading; none reaches across a heading or a skipped block."""
    heading = ""
    start = end = 0
    for span, block_kind in _sentences(document):
        if block_kind in _HEADINGS | _SKIPPED:
            if end > start:
                yield (start, end), heading
            if block_kind in _HEADINGS:
                heading = "" if block_kind is BlockKind.TITLE else document.text[slice(*span)]
            start = end = span[1]
            continue
        long_enough = end - start >= _ENOUGH or span[1] - start > _MOST
        if end > start and long_enough:
            yield (start, end), heading
            start = span[0]
        elif end == start:
            start = span[0]
        end = span[1]
    if end > start:
        yield (start, end), heading


def _sentences(document: Document) -> Iterator[tuple[tuple[int, int], BlockKind]]:
    """Sentences; a heading, a skipped block and a table row are one each."""
    folded = fold(document.text)
    for block in document.blocks:
        if block.kind in _HEADINGS | _SKIPPED:
            yield (block.start, block.end), block.kind
            continue
        for span in split_sentences(folded, block.start, block.end):
            yield span, block.kind


def _record_passage(document: Document, kind: HitKind, ordinal: int, record: Issue | Measure | Case) -> Passage:
    span = (record.evidence.start, record.evidence.end)
    return _passage(document, kind, ordinal, span, _around(document, *span))


def _around(document: Document, start: int, end: int) -> str:
    """The sentences that `start:end` touches, without its own words; empty when it is all of them."""
    block = document.block_at(start)
    if block is None:
        return ""
    around = document.text[block.start : max(block.end, end)]
    spans = ((block.start + low, block.start + high) for low, high in split_sentences(fold(around)))
    touched = [span for span in spans if span[0] < end and span[1] > start]
    if not touched:
        return ""
    before, after = document.text[touched[0][0] : start], document.text[end : max(end, touched[-1][1])]
    return f"{before} {after}".strip(" ,。;，；")


def _passage(document: Document, kind: HitKind, ordinal: int, span: tuple[int, int], context: str) -> Passage:
    evidence = document.evidence(*span)
    return Passage(
        id=0,
        document=document.id,
        kind=kind,
        ordinal=ordinal,
        start=evidence.start,
        end=evidence.end,
        text=evidence.quote,
        context=context,
        page=evidence.page,
    )
