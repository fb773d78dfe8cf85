"""Where a document itself puts a problem: the row of a table, or a numbered item with all that stands in it.

In: a document and its records. Out: places, each with what it says of owner, deadline, progress and cause.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from docintel.chain.words import cause_in, told_progress
from docintel.schema import Block, BlockKind, Extraction
from docintel.text.deadlines import sets_day
from docintel.text.fields import Span, labelled, opens_with_label, pieces, trimmed
from docintel.text.normalize import fold
from docintel.text.script import to_simplified


@dataclass(frozen=True)
class Place:
    """Where one problem stands with what belongs to it.

    Attributes:
        head: where its issues are told.
        title: what it is about, as the document puts it.
        named: the document says that it is a problem, so it is one even where no issue was found.
        own: what belongs to it.
        below: all that stands below it until the next of its level.
        owners: names of those who answer for it.
        deadline: words of it.
        told: words that say how far it is.
        cause: words that say why.
        section: the heading it stands under.
    """

    head: Span
    title: Span
    named: bool = False
    own: tuple[Span, ...] = ()
    below: Span = (0, 0)
    owners: tuple[Span, ...] = ()
    deadline: Span | None = None
    told: Span | None = None
    cause: Span | None = None
    section: Span | None = None

    def holds(self, offset: int) -> bool:
        """Whether what stands there belongs to it."""
        return any(start <= offset < end for start, end in self.own)


@dataclass(frozen=True)
class _Node:
    """A numbered block or heading, and the blocks until the next of its level."""

    first: int
    level: int
    last: int
    title: Span | None
    section: Span | None


_ABOUT = re.compile(
    r"(?:关于|针对|对照|反馈的|就)(?P<about>[^。;\n]{2,80}?)(?:的|等)*(?:老|突出|主要|具体|共性)?问题(?=[,。;:\n()]|$|的?整改)"
)
#: What is told of problems as such, and of none in particular.
NO_PROBLEM = re.compile(
    r"(?:[\d一二三四五六七八九十几多]+[个项条类]|巡[视察]|审计|检查|督[查导察]|市委|省委|县委|区委|中央|组|局|所|反馈|发现|指出|移交|存在|其他|有关|上述"
    r"|以上|这些|整改|意见|事项|线索|方面|突出|主要|具体|问题|清单|未办结|已?完成的?|正在推进|情况|[的和与、等共])+"
)
#: The heading of an item that names a field and not its problem: 选人用人方面.
_FIELD = re.compile(r"(?:方面|领域|问题)$")
#: What an item beside problems may be instead: what is demanded, planned or told in general.
_NO_PROBLEM_ITEM = re.compile(
    r"下一步|打算|计划|建议|要求|意见|希望|必须|应当|总体|基本情况|概况|做法|经验|成效|亮点|体会|组织领导|整改|加强|强化|提高|压实|落实责任|坚持|推进|健全|完善"
)
_HEAD_END = re.compile(r"[。;!?\n:]")
_BRACKETED = re.compile(r"[(\[【].{1,20}[)\]】]\s*")
#: What closes a document belongs to no item.
_CLOSING = re.compile(r"欢迎|联系(?:电话|方式|人)|特此|附件|下一步|附[:：]|截至目前|截止目前")
#: How the paragraphs below the last item begin that are about the whole: 下一步,我院将…, 衷心感谢…, 某局党组将继续….
_ENDS = re.compile(
    r"下一?步|下一?阶段|接下来|在?今后|(?:衷心|诚挚|再次|最后)*感谢|以上(?:是|为|[^,。]{0,6}(?:报告|情况|汇报))|如有|如对|公示[期时]|举报|来信|监督(?:举报)?电话"
    r"|(?:我|本)[^,。;:的]{1,8}(?:将|会|要)|[^,。;:]{2,24}将(?:以|持续|继续|进一步|认真|坚持|不断|始终|严格|按照)"
)
#: Of an enumeration inside a paragraph.
_FIRST, _SECOND = re.compile("一是|第一[,、是]?|首先[,是]?"), re.compile("(?:^|[。;,])(?:二是|第二|其次)")
#: Characters behind the head of a block that tell nothing, and the share of a head that is issues.
_FEW, _COVERED = 8, 0.6
_QUOTES = {"“": "”", "‘": "’", '"': '"', "「": "」"}


def end_of_items(extraction: Extraction, folded: str) -> int:
    """Where the paragraphs begin that close the document and belong to no item; its end where there are none.

    A heading or an item that nothing is told of takes the first paragraph below it, whatever that says.
    """
    blocks = extraction.document.blocks
    openers = [i for i, block in enumerate(blocks) if _is_of_item(folded, block)]
    if not openers:
        return len(folded)
    last = blocks[openers[-1]]
    tells = last.kind is BlockKind.TABLE or "。" in folded[last.start : last.end]
    below = blocks[openers[-1] + (1 if tells else 2) :]
    closing = (b.start for b in below if _CLOSING.match(folded, b.start) or _ENDS.match(folded, b.start))
    return next(closing, len(folded))


def _is_of_item(folded: str, block: Block) -> bool:
    """Whether a block by its form is of an item: numbered, a heading, a table, or a field 责任单位:…."""
    is_opener = bool(block.numbering) or block.kind in (BlockKind.HEADING, BlockKind.TABLE)
    return is_opener or opens_with_label(folded, block.start, block.end)


def items(extraction: Extraction, folded: str, *, all_problems: bool = False) -> list[Place]:
    """The numbered items that are about a problem, in text order.

    Args:
        all_problems: the lists of the document are of problems, so that an item beside one is one as well.
    """
    blocks = extraction.document.blocks
    end = end_of_items(extraction, folded)
    nodes = _completed(extraction, folded, _nodes(extraction, folded), all_problems=all_problems)
    explicit = [node for node in nodes if node.title]
    found = []
    for node in nodes:
        inside = [other for other in explicit if node.first < other.first <= node.last]
        around = [other for other in explicit if other.first < node.first <= other.last]
        if inside or (around and not node.title):
            continue
        head = _head(folded, blocks[node.first])
        if _FIRST.fullmatch(blocks[node.first].numbering) and _SECOND.search(folded, head[1], blocks[node.first].end):
            continue  # 一是…。二是…。: the first heads nothing
        title = node.title or _covered(extraction, folded, head)
        if title:
            last = _reach(folded, blocks, node, head, end)
            own = ((blocks[node.first].start, blocks[last].end),)
            below = (head[1], blocks[node.last].end)
            place = Place(head, title, bool(node.title), own, below, section=node.section)
            found.append(_described(folded, blocks[node.first : last + 1], place))
    return found


def _nodes(extraction: Extraction, folded: str) -> list[_Node]:
    blocks = extraction.document.blocks
    openers = [
        (i, block.level or 6)
        for i, block in enumerate(blocks)
        if (block.numbering or block.kind is BlockKind.HEADING)
        and not _BRACKETED.fullmatch(folded, block.start, block.end)
        and block.kind is not BlockKind.TITLE
    ]
    nodes = []
    for k, (i, level) in enumerate(openers):
        following = (other for other, deep in openers[k + 1 :] if deep <= level)
        last = next(following, len(blocks)) - 1
        above = next((blocks[o] for o, deep in reversed(openers[:k]) if deep < level), None)
        section = _section(folded, above) if above and above.kind is BlockKind.HEADING else None
        nodes.append(_Node(i, level, last, _about(folded, _head_start(blocks[i]), blocks[i].end), section))
    return nodes


def _completed(extraction: Extraction, folded: str, nodes: list[_Node], *, all_problems: bool) -> list[_Node]:
    """The nodes, with a title for those that stand in one list with problems and name theirs in other words.

    That is （六）选人用人方面 after （五）关于…问题; where `all_problems`, any item beside one that tells a problem.
    """
    heads = [_head(folded, extraction.document.blocks[node.first]) for node in nodes]
    tells = [
        bool(node.title or (all_problems and _covered(extraction, folded, head)))
        for node, head in zip(nodes, heads, strict=True)
    ]
    starts = [measure.evidence.start for measure in extraction.measures]
    completed = []
    for k, (node, head) in enumerate(zip(nodes, heads, strict=True)):
        words = folded[slice(*head)]
        is_leaf = k + 1 == len(nodes) or nodes[k + 1].level <= node.level
        is_one = (
            not tells[k]
            and is_leaf
            and any(tells[j] for j in _beside(nodes, k))
            and not NO_PROBLEM.fullmatch(words)
            and not _NO_PROBLEM_ITEM.search(words)
            and not any(head[0] <= start < head[1] for start in starts)
            and (all_problems or bool(_FIELD.search(words)))
        )
        completed.append(replace(node, title=unquoted(folded, *head)) if is_one else node)
    return completed


def _beside(nodes: Sequence[_Node], k: int) -> Iterator[int]:
    """The nodes right before and right after one in its list."""
    before = next((j for j in range(k - 1, -1, -1) if nodes[j].level <= nodes[k].level), None)
    after = next((j for j in range(k + 1, len(nodes)) if nodes[j].level <= nodes[k].level), None)
    yield from (j for j in (before, after) if j is not None and nodes[j].level == nodes[k].level)


def _section(folded: str, block: Block) -> Span | None:
    return trimmed(folded, _head_start(block), block.end)


def _head_start(block: Block) -> int:
    return block.start + len(block.numbering)


def _head(folded: str, block: Block) -> Span:
    """The first sentence of a block, its number left out."""
    start = _head_start(block)
    end = next((match.start() for match in _HEAD_END.finditer(folded, start + 2, block.end)), block.end)
    return trimmed(folded, start, end) or (start, end)


def _about(folded: str, start: int, end: int) -> Span | None:
    """What `关于…的问题` at the start of a stretch is about."""
    opening = trimmed(folded, start, end) or (start, end)
    match = _ABOUT.match(folded, opening[0], end)
    if not match or NO_PROBLEM.fullmatch(folded, *match.span("about")):
        return None
    return unquoted(folded, *match.span("about"))


def unquoted(folded: str, start: int, end: int) -> Span:
    """The stretch without quotation marks around the whole of it."""
    while end - start > 2 and _QUOTES.get(folded[start]) == folded[end - 1]:
        inner = folded[start + 1 : end - 1]
        if folded[end - 1] in inner and inner.find(folded[end - 1]) < max(0, inner.find(folded[start])):
            break
        start, end = start + 1, end - 1
    return start, end


def _covered(extraction: Extraction, folded: str, head: Span) -> Span | None:
    """The head where it is little else than issues, and no measure."""
    low, high = head
    if NO_PROBLEM.fullmatch(folded, low, high):
        return None
    if any(low <= measure.evidence.start < high for measure in extraction.measures):
        return None
    spans = [(issue.evidence.start, issue.evidence.end) for issue in extraction.issues]
    covered = sum(min(end, high) - start for start, end in spans if low <= start < high)
    return unquoted(folded, *head) if covered >= _COVERED * (high - low) and high > low else None


def _reach(folded: str, blocks: Sequence[Block], node: _Node, head: Span, end: int) -> int:
    """The last block of an item, before the `end` of all items.

    One that `关于…的问题` names in its first block goes on until the next; any other, and one that is told in its first
    block, goes on as far as numbered parts and labels do.
    """
    last = node.first
    told_here = not node.title or len(folded[head[1] : blocks[node.first].end].strip("。;: \n")) > _FEW
    for i in range(node.first + 1, node.last + 1):
        block = blocks[i]
        bracketed = bool(_BRACKETED.fullmatch(folded, block.start, block.end))  # at the end it may pass for a byline
        ends = block.kind in (BlockKind.BYLINE, BlockKind.TABLE) and not bracketed
        if ends or block.start >= end or _CLOSING.match(folded, block.start):
            break
        if block.numbering or bracketed or not told_here or opens_with_label(folded, block.start, block.end):
            last = i
    return last


def _described(folded: str, blocks: Sequence[Block], place: Place) -> Place:
    """The place with what its blocks say of it."""
    spans = [(block.start, block.end) for block in blocks]
    spans[0] = (min(place.title[1], place.head[1], spans[0][1]), spans[0][1])
    owners = [owner for span in spans for value in labelled(folded, *span, "unit") for owner in pieces(folded, *value)]
    deadlines = (found for span in spans for found in labelled(folded, *span, "deadline") if sets_day(folded, found))
    states = (told for span in reversed(spans) if (told := told_progress(folded, *span)))
    causes = (cause for span in spans if (cause := cause_in(folded, *span)))
    return replace(
        place,
        owners=tuple(owners),
        deadline=next(deadlines, None),
        told=next(states, None),
        cause=next(causes, None),
    )


def loose(extraction: Extraction, folded: str, start: int, end: int, others: Sequence[int]) -> Place:
    """The place of an issue that no item or table holds: what the lines below say, until the next problem.

    Args:
        others: where the other issues begin, and items and tables; ascending.
    """
    blocks = extraction.document.blocks
    first = next(i for i, block in enumerate(blocks) if start < block.end)
    stop = next((offset for offset in others if offset >= blocks[first].end), len(folded))
    below = []
    for block in blocks[first + 1 :]:
        if block.start >= stop or block.kind in (BlockKind.HEADING, BlockKind.TABLE, BlockKind.BYLINE):
            break
        below.append(block)
    labels = [block for block in below if opens_with_label(folded, block.start, block.end)]
    place = _described(folded, [blocks[first], *labels], Place((start, end), (start, end)))
    sentence = _sentence(folded, blocks[first], start, end)
    cause = cause_in(folded, *sentence)
    if cause and cause[0] < end and start < cause[1]:  # it is the cause that is the problem
        cause = None
    if labels or _has_label(folded, blocks[first]):
        return replace(place, cause=cause or place.cause)
    return replace(place, told=None, cause=cause)


def _has_label(folded: str, block: Block) -> bool:
    return any(next(labelled(folded, block.start, block.end, name), None) for name in ("unit", "deadline"))


def _sentence(folded: str, block: Block, start: int, end: int) -> Span:
    low = max(folded.rfind(mark, block.start, start) for mark in "。!?\n") + 1
    stops = [at for mark in "。!?\n" if (at := folded.find(mark, end, block.end)) >= 0]
    return max(low, block.start), min(stops, default=block.end)


def folded_text(extraction: Extraction) -> str:
    """The text that all places of this room count in: folded, in Simplified script, character for character."""
    return to_simplified(fold(extraction.document.text))
