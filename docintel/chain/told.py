"""What a report tells of the problems it answers.

In: an extraction. Out: statements: its items and the rows of its tables, and the sentences outside of these.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from docintel.chain.places import end_of_items, folded_text
from docintel.chain.rows import chain
from docintel.chain.statements import (
    Statement,
    content_of,
    is_heading,
    of_row,
    of_span,
    overlap,
    sentences,
    span_of,
)
from docintel.chain.words import progress_of, told_progress
from docintel.schema import Block, BlockKind, ChainRow, Extraction
from docintel.text.fields import Span, says_who_or_when, trimmed

#: Of sentences that only say how a report came about, or close it.
_NO_ANSWER = re.compile(
    r"开展了|进行了(?:常规|专项)?巡|现将|报告如下|通报如下|公布如下|予以公布|特此|欢迎|联系(?:电话|方式)|邮政|根据.{0,12}(?:部署|安排|要求|统一)"
    r"|接到|收到.{0,12}后|(?:衷心|诚挚|再次)?感谢|监督(?:举报)?电话|电子邮箱|通讯地址|如有.{0,8}(?:意见|建议|问题)"
)
#: What stands between the name of a problem and what is told of it: ”的问题。
_NAMED_END = re.compile(r"[”’\"]?(?:[的等老]*问题)?[。,:;\s]*")
#: The head of an item that names its problem without 关于 or 针对: 1.过期药的问题。
_NAMES_PROBLEM = re.compile(r"(?P<what>[^,。;\n]{2,40}?)(?:方面)?的?(?:老|突出|具体)?问题")


def responses(extraction: Extraction) -> list[Statement]:
    """What a report tells, item by item, and the sentences outside of items; in text order."""
    folded = folded_text(extraction)
    rows = [row for row in chain(extraction) if row.issue]
    items = [row for row in rows if _is_item(extraction, row)]
    told = [of_row(extraction, row, _words_behind(extraction, folded, row)) for row in items]
    taken = [span for row in items for span in row.reach]
    heading: Span | None = None
    end = end_of_items(extraction, folded)
    for block in content_of(extraction):
        heading = heading if block.start < end else None
        if any(overlap((block.start, block.end), span) for span in taken):
            continue
        if named := _named(extraction, folded, block):
            told.append(named)
            continue
        spans = list(sentences(folded, block))
        headed = bool(spans) and (block.kind is BlockKind.HEADING or bool(block.numbering))
        if headed and is_heading(folded, spans[0]) and (len(spans) > 1 or block.kind is BlockKind.HEADING):
            heading, spans = spans[0], spans[1:]
        elif headed:
            heading = None
        told += (_with_row(extraction, folded, each, rows) for each in _answering(extraction, folded, spans, heading))
    return sorted(told, key=lambda statement: statement.evidence.start)


def _answering(extraction: Extraction, folded: str, spans: Sequence[Span], heading: Span | None) -> Iterator[Statement]:
    """The sentences that may answer something."""
    for span in spans:
        statement = of_span(extraction, span, heading)
        tells = bool(statement.measures or statement.statistics or statement.numbering)
        if tells and not _NO_ANSWER.search(folded[slice(*span)]) and not says_who_or_when(folded, *span):
            yield statement


def _is_item(extraction: Extraction, row: ChainRow) -> bool:
    """Whether the document itself gives a row its place: an item from its number on, or cells of a table."""
    assert row.issue is not None
    block = extraction.document.block_at(row.issue.start)
    if block is None or block.kind is BlockKind.TABLE:
        return block is not None
    begin, end = row.reach[0]
    return len(row.reach) == 1 and begin == block.start and end >= block.end and not _is_measure(row)


def _is_measure(row: ChainRow) -> bool:
    """Whether a row's problem is nothing but one of its measures, misread."""
    assert row.issue is not None
    start, end = span_of(row.issue)
    return any(each.evidence.start <= start and end <= each.evidence.end for each in row.measures)


def _named(extraction: Extraction, folded: str, block: Block) -> Statement | None:
    """A numbered paragraph whose first sentence names the problem that the rest is about."""
    spans = list(sentences(folded, block))
    match = _NAMES_PROBLEM.fullmatch(folded, *spans[0]) if block.numbering and len(spans) > 1 else None
    if match is None:
        return None
    start, end = match.span("what")
    issues = [n for n, each in enumerate(extraction.issues) if spans[0][0] <= each.evidence.start < spans[0][1]]
    categories = [extraction.issues[n].category for n in issues]
    whole = of_span(extraction, (start, block.end))
    told = told_progress(folded, block.start, block.end)
    rest = extraction.document.text[spans[1][0] : spans[-1][1]]
    return replace(
        whole,
        evidence=extraction.document.evidence(start, end),
        whole=f"{extraction.document.text[start:end]}，{rest}",
        is_problem=True,
        category=categories[0] if categories else None,
        told=extraction.document.evidence(*told) if told else None,
        progress=progress_of(folded[slice(*told)]) if told else None,
        issues=tuple(issues),
    )


def _with_row(extraction: Extraction, folded: str, sentence: Statement, rows: Sequence[ChainRow]) -> Statement:
    """A sentence with what the ledger read from it; as a problem where it says that it is one: …的问题，已….

    What is read as a problem of a report without saying so is mostly what was done about it.
    """
    span = span_of(sentence.evidence)
    told = told_progress(folded, *span)
    state = extraction.document.evidence(*told) if told else None
    sentence = replace(sentence, told=state, progress=progress_of(state.quote) if state else None)
    row = next((row for row in rows if row.issue and overlap(span, span_of(row.issue))), None)
    if row is None or row.issue is None:
        return sentence
    sentence = replace(sentence, category=row.category, modality=row.modality)
    behind = folded[row.issue.end : row.issue.end + 8]
    says = row.issue.quote.endswith("问题") or re.match(r"[”’\"]?[的等]*问题", behind)
    if not says or _is_measure(row):
        return sentence
    return replace(sentence, evidence=row.issue, is_problem=True, issues=row.issues)


def _words_behind(extraction: Extraction, folded: str, row: ChainRow) -> list[str]:
    """What a report tells of a problem, behind the words that name it."""
    assert row.issue is not None
    spans = [(max(start, row.issue.end), end) for start, end in row.reach if end > row.issue.end]
    spans += [span for span in row.reach if span[1] <= row.issue.start]
    begun = ((_NAMED_END.match(folded, *span), span) for span in spans)
    told = (trimmed(folded, match.end() if match else span[0], span[1]) for match, span in begun)
    return [extraction.document.text[slice(*span)] for span in told if span]


__all__ = ["responses"]
