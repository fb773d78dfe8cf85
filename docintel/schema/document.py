"""The parsed document: one text, the blocks that structure it, and evidence cut from it."""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

_END = attrgetter("end")


class BlockKind(StrEnum):
    """What a block is to a reader."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CAPTION = "caption"
    BYLINE = "byline"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Part:
    """What of a block stands on a further page: its first character, the page, and where on it."""

    start: int
    page: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of `Document.text` with a role.

    Attributes:
        start: first character, 0-based.
        end: one past the last character.
        level: depth of a heading or numbered item, 1 for `一、`, 2 for `(一)`, 3 for `1.`, 4 for `一是`; 0 for none.
        numbering: the number as written, e.g. `(一)`; empty when there is none.
        page: page number from 1; None where the format has no pages.
        box: x0, y0, x1, y1 on the page in points; None where unknown.
        confidence: how sure the recogniser was, 0 to 1; 1 for text that was not recognised from an image.
        cells: rows of cell texts, for a table, all of one length; a merged cell's text stands in every cell it covers.
            In the text a table is a row a line, its cells apart by a tab, and a merged cell stands once, at its first
            place: cell (i, j) is the j-th piece of the i-th line.
        parts: of a table that goes on over further pages, in order.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    numbering: str = ""
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    confidence: float = 1.0
    cells: tuple[tuple[str, ...], ...] = ()
    parts: tuple[Part, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page on which the character at `offset` of the document stands."""
        if not self.parts:
            return self.page
        return next((part.page for part in reversed(self.parts) if part.start <= offset), self.page)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a document and where they stand. Made only by `Document.evidence`."""

    start: int
    end: int
    quote: str
    page: int | None = None


class ReadStatus(StrEnum):
    """How much of a file was read."""

    FULL = "full"
    PARTIAL = "partial"
    FAILED = "failed"


#: Blocks that are about the page, not about its subject: no record is read from them.
NOT_CONTENT = frozenset({BlockKind.TITLE, BlockKind.BYLINE, BlockKind.FURNITURE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one file says.

    Attributes:
        id: sha256 of the file's bytes, hexadecimal.
        source: the file's name, without folders.
        text: the words as written; only white space is normalised. Blocks are separated by one line feed and cover
            everything but these.
        blocks: in reading order, not overlapping.
        title: empty when the document shows none.
        publisher: who published or issued it, only when the document names them.
        published: `YYYY-MM-DD`.
        number: of an official document, e.g. `云纪发〔2022〕15号`.
        secrecy: its mark of secrecy, as written, e.g. `机密★1年`.
        attachments: names of the attachments that it lists.
        language: `zh-Hans`, or `zh-Hant` for Traditional script.
        source_url: where it was first published.
        parser: which parser read it.
        pages: pages of the file; None where the format has none.
        warnings: what a reader should know about how it was read, e.g. bytes that were no valid text.
        missing: what of the file is not in the text, and why; empty when it was read in full.
    """

    id: str
    source: str
    text: str
    blocks: tuple[Block, ...]
    title: str = ""
    publisher: str | None = None
    published: str | None = None
    number: str | None = None
    secrecy: str | None = None
    attachments: tuple[str, ...] = ()
    language: str = "zh-Hans"
    source_url: str | None = None
    parser: str = ""
    pages: int | None = None
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def status(self) -> ReadStatus:
        """Full, or partial when something is missing."""
        return ReadStatus.PARTIAL if self.missing else ReadStatus.FULL

    @property
    def confidence(self) -> float:
        """How sure the recogniser was of the text, 0 to 1, by characters; 1 when nothing was recognised from images."""
        weights = [block.end - block.start for block in self.blocks]
        total = sum(block.confidence * weight for block, weight in zip(self.blocks, weights, strict=True))
        return total / sum(weights) if weights else 1.0

    def cell_span(self, block: Block, row: int, column: int) -> tuple[int, int]:
        """Where the text of a table's cell stands; an empty span for an empty cell and the rest of a merged one."""
        line = self.text[block.start : block.end].split("\n")
        start = block.start + sum(len(text) + 1 for text in line[:row])
        pieces = line[row].split("\t")
        start += sum(len(text) + 1 for text in pieces[:column])
        return start, start + len(pieces[column])

    def evidence(self, start: int, end: int) -> Evidence:
        """Quote `text[start:end]`; the only way to make an `Evidence`.

        Raises:
            ValueError: the span is empty or outside the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"span {start}:{end} is outside a text of {len(self.text)} characters")
        block = self.block_at(start)
        return Evidence(start, end, self.text[start:end], block.page_at(start) if block else None)

    def block_at(self, offset: int) -> Block | None:
        """The block that holds the character at `offset`; None between blocks."""
        i = bisect_right(self.blocks, offset, key=_END)
        return self.blocks[i] if i < len(self.blocks) and self.blocks[i].start <= offset else None

    @property
    def main_text(self) -> str:
        """The text without title and furniture, one block a line."""
        skipped = (BlockKind.TITLE, BlockKind.FURNITURE)
        return "\n".join(self.text[b.start : b.end] for b in self.blocks if b.kind not in skipped)
