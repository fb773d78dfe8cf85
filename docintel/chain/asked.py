"""What a feedback finds wrong, problem by problem.

In: an extraction. Out: statements: the rows of its ledger, and beside these the sentences of the same lists that no
rule read anything from, so that a list of what was never answered lacks nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from docintel.chain.places import folded_text
from docintel.chain.rows import chain
from docintel.chain.statements import (
    Statement,
    around,
    content_of,
    is_heading,
    of_row,
    of_span,
    overlap,
    same_sentence,
    sentences,
    span_of,
)
from docintel.chain.subjects import belongs_to, subject
from docintel.schema import Block, BlockKind, ChainRow, Extraction, Modality, Status
from docintel.text.fields import Span, trimmed

#: Of what a feedback demands, praises or says of itself.
_NO_FINDING = re.compile(
    r"要求|建议|应当|责令|希望|强调|提出|指出,|表态|表示|必须|严肃(?:查处|问责|追责)|报送|下[列述]问题|以下问题|主要问题(?:如下|有|是)"
    r"|(?:通报|反馈|报告|公布|公告)(?:如下|了)|开展了|进行了|问题线索|移交|移送|转(?:有关|相关)|供稿|整改(?:报告|情况|方案|结果|意见|措施)"
    r"|^(?:针对|围绕).*,|付出|做了大量|取得|成效明显|总体(?:上|较)好|值得肯定|未发现|没有发现|评审|始建|出席|参加|主持"
)
#: What stands in a paragraph before what it demands.
_DEMANDS = re.compile(r"提出.{0,8}(?:意见|要求|建议)|(?:强调|要求|建议|表态)[:,]")
#: What only goes on about the problem before it: 合计多收8600元, 抽查的120份病历中有19份多收.
_GOES_ON = re.compile(
    r"^(?:合计|共计|累计|总计|总额|金额|其中|涉及|涉案|最[长多高]|抽查的?|多收|少[收了缴]|占|达|超出|采购价)"
)


def findings(extraction: Extraction) -> list[Statement]:
    """The problems of a feedback, in text order."""
    folded = folded_text(extraction)
    rows = [row for row in chain(extraction, unread=False) if row.issue and row.modality is not Modality.TARGET]
    rows = [row for row in rows if row.issue and not _NO_FINDING.fullmatch(folded, *span_of(row.issue))]
    anchors = [span_of(row.issue) for row in rows if row.issue]
    rows = [row for row in _without_headings(extraction, folded, rows) if not _is_demanded(extraction, folded, row)]
    told = [of_row(extraction, row, _whole_sentences(extraction, folded, row)) for row in rows]
    taken = [span_of(quote) for each in told for quote in (each.evidence, *each.parts)]
    about = subject(extraction)
    acting = [
        span_of(each.evidence)
        for each in extraction.measures
        if each.units and not all(about and belongs_to(name, about) for name in each.units)
    ]
    for span in _beside(extraction, folded, anchors, taken):
        if not _NO_FINDING.search(folded[slice(*span)]) and not any(overlap(span, each) for each in acting):
            told.append(of_span(extraction, span))
    told.sort(key=lambda statement: statement.evidence.start)
    return list(_joined(folded, [_in_full(extraction, folded, each, told) for each in told]))


def _whole_sentences(extraction: Extraction, folded: str, row: ChainRow) -> list[str]:
    """What an item that holds several problems tells of them; one alone is told in a part of a sentence."""
    quotes = [extraction.issues[n].evidence for n in row.issues]
    if len(quotes) < 2:
        return []
    blocks = ((quote, extraction.document.block_at(quote.start)) for quote in quotes)
    spans = dict.fromkeys(around(folded, block, quote) for quote, block in blocks if block)
    return [extraction.document.text[slice(*span)] for span in spans]


def _without_headings(extraction: Extraction, folded: str, rows: Sequence[ChainRow]) -> list[ChainRow]:
    """The rows but for those that only head others: 食堂账目不清 before what stands below it."""
    sections = {span_of(row.section) for row in rows if row.section}
    kept = [row for row in rows if row.issue and span_of(row.issue) not in sections]
    return [row for row in kept if not _heads(extraction, folded, row) or row.details]


def _heads(extraction: Extraction, folded: str, row: ChainRow) -> bool:
    """Whether a row is the heading at the head of a paragraph that goes on."""
    assert row.issue is not None
    block = extraction.document.block_at(row.issue.start)
    if block is None or len(row.issues) > 1 or block.kind is BlockKind.TABLE:
        return False
    spans = list(sentences(folded, block))
    whole = len(spans) > 1 and spans[0][0] <= row.issue.start and row.issue.end <= spans[0][1]
    return whole and is_heading(folded, spans[0]) and folded[spans[0][1]] == "。"


def _joined(folded: str, told: Sequence[Statement]) -> Iterator[Statement]:
    """The statements, one that only goes on about the one before it, in the same sentence, as a part of that."""
    last: Statement | None = None
    for each in told:
        if last and _GOES_ON.match(folded[slice(*span_of(each.evidence))]) and same_sentence(folded, last, each):
            parts = (*(last.parts or (last.evidence,)), *(each.parts or (each.evidence,)))
            last = replace(last, whole=f"{last.whole}，{each.whole}", parts=parts, issues=(*last.issues, *each.issues))
            continue
        if last:
            yield last
        last = each
    if last:
        yield last


def _in_full(extraction: Extraction, folded: str, one: Statement, told: Sequence[Statement]) -> Statement:
    """A statement with the rest of its sentence, as far as others leave it, and the heading of its paragraph."""
    document = extraction.document
    block = document.block_at(one.evidence.start)
    if block is None or block.kind is BlockKind.TABLE or one.parts:
        return one
    begin, end = around(folded, block, one.evidence)
    head = next(sentences(folded, block), (begin, begin))
    headed = head[1] <= begin and is_heading(folded, head) and folded[head[1]] == "。"
    low = max((each.evidence.end for each in told if begin <= each.evidence.end <= one.evidence.start), default=begin)
    high = min((each.evidence.start for each in told if one.evidence.end <= each.evidence.start < end), default=end)
    before, behind = trimmed(folded, low, one.evidence.start), trimmed(folded, one.evidence.end, high)
    words = [document.text[slice(*span)] if span else "" for span in (head if headed else None, before, behind)]
    whole = "，".join(dict.fromkeys(filter(None, (*words[:2], one.whole, words[2]))))
    section = one.section or (document.evidence(*head) if headed else None)
    if (
        headed
        and before is None
        and not one.is_problem
        and not any(overlap(head, span_of(each.evidence)) for each in told)
    ):
        one = replace(one, evidence=document.evidence(head[0], one.evidence.end))
    return replace(one, whole=whole, section=section)


def _is_demanded(extraction: Extraction, folded: str, row: ChainRow) -> bool:
    """Whether the words of a row are an order, or stand behind one: 提出整改意见：针对决策机制上的毛病，…."""
    assert row.issue is not None
    span = span_of(row.issue)
    orders = [each for each in extraction.measures if each.status is Status.REQUIRED and each.units]
    if any(each.evidence.start <= span[0] and span[1] <= each.evidence.end for each in orders):
        return True
    block = extraction.document.block_at(span[0])
    return bool(block and _DEMANDS.search(folded, block.start, span[0]))


def _beside(extraction: Extraction, folded: str, anchors: Sequence[Span], taken: Sequence[Span]) -> Iterator[Span]:
    """Sentences beside the problems that were read: of the same blocks, and of numbered blocks of the same levels."""
    blocks = content_of(extraction)
    holding = [block for block in blocks if any(block.start <= start < block.end for start, _ in anchors)]
    levels = {block.level for block in holding if block.numbering and block.kind is not BlockKind.HEADING}
    headed = _under_like_headings(blocks, holding)
    for block in blocks:
        numbered = bool(block.numbering) and block.level in levels
        if not (numbered or block in holding or block in headed):
            continue
        spans = list(sentences(folded, block))
        first = next((n for n, span in enumerate(spans) if any(overlap(span, one) for one in taken)), None)
        free = [span for span in spans if not any(overlap(span, other) for other in taken)]
        free = [span for span in free if folded[span[1] : span[1] + 1] != ":"]  # 某某卫生院： only leads on
        heads = len(spans) > 1 and is_heading(folded, spans[0])
        if heads and free and free[0] == spans[0]:
            free = free[1:]
        if block in holding and not numbered and not heads:
            free = [span for span in free if first is not None and span > spans[first]]
        yield from free


def _under_like_headings(blocks: Sequence[Block], holding: Sequence[Block]) -> list[Block]:
    """Paragraphs below headings of the level under which problems were read."""
    above: dict[int, Block] = {}
    heading: Block | None = None
    for block in blocks:
        if block.kind is BlockKind.HEADING or (block.numbering and block.level == 1):
            heading = block
        elif heading is not None:
            above[block.start] = heading
    levels = {above[block.start].level for block in holding if block.start in above}
    return [block for block in blocks if block.start in above and above[block.start].level in levels]


__all__ = ["findings"]
