"""A Document as text for a person to read what a parser understood: Markdown, or a tree.

In: a Document. Out: Markdown, headings as `#`, tables with pipes, page furniture left out; or a tree for a terminal, in
which every block stands under its heading with its page and kind.
"""

import re
import unicodedata
from collections.abc import Iterator

from docintel.schema import Block, BlockKind, Document, ReadStatus

KIND_NAMES = {
    BlockKind.TITLE: "标题",
    BlockKind.HEADING: "小标题",
    BlockKind.PARAGRAPH: "段落",
    BlockKind.LIST_ITEM: "条目",
    BlockKind.TABLE: "表格",
    BlockKind.CAPTION: "图注",
    BlockKind.BYLINE: "署名",
    BlockKind.FURNITURE: "版面",
}
#: Columns of a terminal that a tree fits, and characters of a block that it shows.
_WIDTH, _SHOWN = 96, 60
#: Confidence below which a block's is shown.
_SURE = 0.995
_WORDS = re.compile(r" ?[!-~]+| ?[^!-~]")


def to_markdown(document: Document) -> str:
    """The document without its furniture, a block a paragraph."""
    shown = (block for block in document.blocks if block.kind is not BlockKind.FURNITURE)
    return "\n\n".join(_markdown(block, document.text[block.start : block.end]) for block in shown) + "\n"


def _markdown(block: Block, text: str) -> str:
    match block.kind:
        case BlockKind.TITLE:
            return f"# {text}"
        case BlockKind.HEADING:
            return f"{'#' * (block.level + 1)} {text}"
        case BlockKind.TABLE:
            return _table(block.cells) if block.cells else text
        case BlockKind.CAPTION | BlockKind.BYLINE:
            return f"*{text}*"
        case _:
            return text


def _table(cells: tuple[tuple[str, ...], ...]) -> str:
    rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]
    return "\n".join([rows[0], "|" + " --- |" * len(cells[0]), *rows[1:]])


def to_tree(document: Document) -> str:
    """The head of the document, and its blocks as a tree: page, kind, first words and length of each.

    No line is wider than 96 columns, Chinese characters counted as two.
    """
    rule = "─" * _WIDTH
    head = [line for label, value in _head(document) for line in _field(label, value)]
    title = _wrapped(document.title or document.source, _WIDTH - 2)
    return "\n".join([*(f" {line}" for line in title), rule, *head, rule, *_branches(document)]) + "\n"


def _head(document: Document) -> Iterator[tuple[str, str]]:
    if document.title:
        yield "文件", document.source
    yield "文号", document.number or ""
    yield "机关", document.publisher or ""
    yield "日期", document.published or ""
    yield "密级", document.secrecy or ""
    yield "网址", document.source_url or ""
    for i, name in enumerate(document.attachments):
        yield "" if i else "附件", name
    pages = f"{document.pages} 页，" if document.pages else ""
    yield "篇幅", f"{pages}{len(document.blocks)} 块，{len(document.text):,} 字"
    yield "格式", document.parser
    if document.confidence < 1:
        yield "可信度", f"{min(document.confidence, 0.999):.1%}（有文字由图像识别）"
    yield "状态", "部分读取，缺少：" if document.status is ReadStatus.PARTIAL else "完整读取"
    for reason in document.missing:
        yield "", f"✗ {reason}"
    for i, warning in enumerate(document.warnings):
        yield "" if i else "提示", f"! {warning}"


def _field(label: str, value: str) -> Iterator[str]:
    """A label and its value, wrapped under itself; nothing for an empty value."""
    space = 8
    for i, line in enumerate(_wrapped(value, _WIDTH - space - 1) if value else ()):
        yield f" {_padded('' if i else label, space)}{line}"


def _branches(document: Document) -> Iterator[str]:
    """A line a block; the page stands before the first block of each."""
    depths = _depths(document.blocks)
    gutter = max(3, len(str(document.pages or 0)) + 1)
    page = None
    for block, depth, open_ in zip(document.blocks, depths, _open_branches(depths), strict=True):
        number = str(block.page) if block.page is not None and block.page != page else ""
        page = block.page or page
        stems = ["│  " if above in open_ else "   " for above in range(1, depth + 1)]
        fork = "" if not depth else "├─ " if depth in open_ else "└─ "
        first, *rest = _described(block, document.text[block.start : block.end], _WIDTH - gutter - 1 - 3 * depth)
        yield f"{number:>{gutter}} {''.join(stems[:-1])}{fork}{first}"
        for line in rest:
            yield f"{'':>{gutter}} {''.join(stems)}{line}"


def _open_branches(depths: list[int]) -> list[frozenset[int]]:
    """For each block the depths at which another will hang on the same branch."""
    found = []
    open_: frozenset[int] = frozenset()
    for depth in reversed(depths):
        found.append(open_)
        open_ = frozenset(above for above in open_ if above < depth) | {depth}
    return found[::-1]


def _depths(blocks: tuple[Block, ...]) -> list[int]:
    """How deep each block stands: the title and what is before the first heading at 0, text one below its heading.

    Levels that a document skips cost no depth.
    """
    open_levels: list[int] = []
    depths = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            while open_levels and open_levels[-1] >= block.level:
                open_levels.pop()
            depths.append(len(open_levels))
            open_levels.append(block.level)
        else:
            apart = block.kind in (BlockKind.TITLE, BlockKind.FURNITURE)
            depths.append(0 if apart else len(open_levels))
    return depths


def _described(block: Block, text: str, room: int) -> Iterator[str]:
    """One line for a block; a second for the header row of a table."""
    kind = KIND_NAMES[block.kind]
    if block.kind is BlockKind.HEADING:
        kind = f"{'一二三四五六七八九'[block.level - 1]}级标题" if 1 <= block.level <= 9 else kind
    doubt = f" 〔可信度 {block.confidence:.0%}〕" if block.confidence < _SURE else ""
    if block.kind is BlockKind.TABLE and block.cells:
        yield f"{kind} {len(block.cells)} 行 × {len(block.cells[0])} 列{doubt}"
        yield _cut("表头 " + " │ ".join(" ".join(cell.split()) or "—" for cell in block.cells[0]), room)
        return
    words = " ".join(text.split())
    number = f"{block.numbering} " if block.numbering and not words.startswith(block.numbering) else ""
    length = f"…({len(text)}字)" if len(words) > _SHOWN else ""
    space = room - _width(kind) - 1 - _width(doubt)
    if not length and _width(number + words) > space:
        length = f"…({len(text)}字)"
    shown = _cut(number + words[:_SHOWN], space - _width(length), "") if length else number + words
    yield f"{kind} {shown}{length}{doubt}"


def _width(text: str) -> int:
    """Columns in a terminal."""
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def _cut(text: str, columns: int, end: str = "…") -> str:
    if _width(text) <= columns:
        return text
    while text and _width(text) + _width(end) > columns:
        text = text[:-1]
    return text + end


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - _width(text))


def _wrapped(text: str, columns: int) -> list[str]:
    """Lines of a text, broken between Latin words, and anywhere else: Chinese has no spaces to break at."""
    lines = [""]
    for word in _WORDS.findall(" ".join(text.split())):
        if _width(lines[-1] + word) > columns:
            lines.append("")
            word = word.lstrip()  # noqa: PLW2901
        while _width(word) > columns:
            head = _cut(word, columns, "")
            lines[-1:] = [head, ""]
            word = word[len(head) :]  # noqa: PLW2901
        lines[-1] += word
    return lines
