"""How far what was read is from what was written.

In: a sample and the intakes of its files. Out: a `Score`; scores of one format add up.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields

from rapidfuzz.distance import Levenshtein

from docintel.parse.intake import INSIDE, Intake
from docintel.schema import Block, BlockKind, Document
from docintel.text.normalize import fold
from scripts.roundtrip.content import squeeze
from scripts.roundtrip.formats import Sample, spaces_between_han

_FAILED, _TEXT, _TITLE, _TABLE, _PARAGRAPH, _HEADING = range(6)
_CONTEXT = 12
_MAIL_TOP = 8
_MAIL_HEAD = re.compile("(?:发件人|收件人|抄送|日期|时间|附件)：")
_NOT_PROSE = (BlockKind.TABLE, BlockKind.FURNITURE)
_SHOWN = 4


@dataclass
class Score:
    """Counts over samples.

    Attributes:
        errors: characters to insert, delete or replace, in the text as one string: order counts.
        folded_errors: the same with full-width and half-width marks taken for the same.
        stray_spaces: white space between two Han characters of one block, where none was written.
        extra_headings: blocks read as headings that are none.
        notes: what was wrong, a line each, behind a rank: the worst have the lowest.
    """

    files: int = 0
    pages: int = 0
    characters: int = 0
    errors: int = 0
    folded_errors: int = 0
    stray_spaces: int = 0
    tables: int = 0
    tables_right: int = 0
    cells: int = 0
    cells_right: int = 0
    titles: int = 0
    titles_right: int = 0
    headings: int = 0
    headings_right: int = 0
    extra_headings: int = 0
    paragraphs: int = 0
    paragraphs_right: int = 0
    seconds: float = 0
    notes: list[tuple[int, str]] = field(default_factory=list)

    def __add__(self, other: "Score") -> "Score":
        return Score(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def error_rate(self) -> float:
        """Character error rate as written."""
        return self.errors / max(1, self.characters)

    @property
    def folded_error_rate(self) -> float:
        """Character error rate after punctuation folding."""
        return self.folded_errors / max(1, self.characters)


def score(sample: Sample, intakes: Sequence[Intake], seconds: float) -> Score:
    """The score of one sample."""
    documents = [intake.document for intake in intakes if intake.document]
    found = "".join(map(_text, documents))
    title = documents[0].title if documents else ""
    headings = _quotes(documents, BlockKind.HEADING)
    whole = set(_quotes(documents))
    right = sum((Counter(map(_same, sample.headings)) & Counter(headings)).values())
    result = Score(
        files=len(sample.paths),
        pages=sum(document.pages or 1 for document in documents),
        characters=len(sample.truth),
        errors=Levenshtein.distance(sample.truth, found),
        folded_errors=Levenshtein.distance(fold(sample.truth), fold(found)),
        stray_spaces=max(0, sum(map(_spaces, documents)) - sample.spaces),
        titles=1,
        titles_right=_same(title) == _same(sample.title),
        headings=len(sample.headings),
        headings_right=right,
        extra_headings=len(headings) - right,
        paragraphs=len(sample.paragraphs),
        paragraphs_right=sum(_same(text) in whole for text in sample.paragraphs),
        seconds=seconds,
        notes=list(_notes(sample, intakes, found, title)),
    )
    if not documents:
        return result
    notes = _paragraph_notes(sample, whole) + _heading_notes(sample, headings)
    return result + _table_score(sample, documents) + notes


def _text(document: Document) -> str:
    """What the document holds as content, without white space; the head of a mail is not part of what it says."""
    quotes = [document.text[b.start : b.end] for b in document.blocks if b.kind is not BlockKind.FURNITURE]
    if document.parser == "mail":
        quotes[:_MAIL_TOP] = [quote for quote in quotes[:_MAIL_TOP] if not _MAIL_HEAD.match(quote)]
    return squeeze("".join(quotes))


def _quotes(documents: Iterable[Document], kind: BlockKind | None = None) -> list[str]:
    return [
        _same(document.text[block.start : block.end])
        for document in documents
        for block in document.blocks
        if kind in (None, block.kind)
    ]


def _same(text: str) -> str:
    """The form in which titles, headings, paragraphs and cells are compared."""
    return fold(squeeze(text))


def _spaces(document: Document) -> int:
    texts = [document.text[b.start : b.end] for b in document.blocks if b.kind not in _NOT_PROSE]
    texts += [text for block in document.blocks for text in _shown_cells(document, block)]
    return sum(map(spaces_between_han, texts))


def _shown_cells(document: Document, block: Block) -> list[str]:
    """Cells of a table as they stand in the text: merged ones once."""
    text = document.text[block.start : block.end]
    return [piece for row in text.split("\n") for piece in row.split("\t")] if block.kind is BlockKind.TABLE else []


def _table_score(sample: Sample, documents: Sequence[Document]) -> Score:
    """Tables cell for cell; one that goes on over pages may come in parts."""
    result = Score()
    blocks = [block.cells for document in documents for block in document.blocks if block.kind is BlockKind.TABLE]
    rows = [tuple(map(_same, row)) for cells in blocks for row in cells]
    for truth in sample.tables:
        expected = [tuple(map(_same, row)) for row in truth]
        part, rows = rows[: len(expected)], rows[len(expected) :]
        result.tables += 1
        result.tables_right += part == expected
        for wanted, got in zip(expected, [*part, *[()] * (len(expected) - len(part))], strict=True):
            result.cells += len(wanted)
            result.cells_right += sum(a == b for a, b in zip(wanted, got, strict=False))
        if part != expected:
            row = next(y for y in range(len(expected)) if part[y : y + 1] != expected[y : y + 1])
            got = part[row] if row < len(part) else "nothing"
            result.notes.append((_TABLE, f"{_name(sample)}: table row {row + 1} is {expected[row]}, read {got}"))
    return result


def _heading_notes(sample: Sample, headings: Sequence[str]) -> Score:
    lost = Counter(map(_same, sample.headings)) - Counter(headings)
    extra = Counter(headings) - Counter(map(_same, sample.headings))
    notes = [(_HEADING, f"{_name(sample)}: heading not read as one: {text}") for text in lost]
    return Score(notes=notes + [(_HEADING, f"{_name(sample)}: read as heading: {text[:60]}") for text in extra])


def _notes(sample: Sample, intakes: Sequence[Intake], found: str, title: str) -> Iterator[tuple[int, str]]:
    name = _name(sample)
    for intake in intakes:
        if intake.error:
            yield _FAILED, f"{name}: failed: {intake.error}"
        elif intake.document and intake.document.missing:
            yield _FAILED, f"{name}: partial: {' '.join(intake.document.missing)}"
    members = tuple(intake.path.split(INSIDE, 1)[1] for intake in intakes if INSIDE in intake.path)
    if members != sample.members:
        yield _FAILED, f"{name}: members are {sample.members}, read {members}"
    if not found:
        return
    if _same(title) != _same(sample.title):
        yield _TITLE, f"{name}: title is {sample.title}, read {title}"
    edits = [step for step in Levenshtein.opcodes(sample.truth, found) if step.tag != "equal"]
    for step in edits[:_SHOWN]:
        before = sample.truth[max(0, step.src_start - _CONTEXT) : step.src_start]
        wanted, got = sample.truth[step.src_start : step.src_end], found[step.dest_start : step.dest_end]
        yield _TEXT, f"{name}: …{before}[{wanted[:60]} → {got[:60]}]"


def _paragraph_notes(sample: Sample, quotes: Collection[str]) -> Score:
    lost = [text for text in sample.paragraphs if _same(text) not in quotes]
    return Score(notes=[(_PARAGRAPH, f"{_name(sample)}: not one block: {text[:40]}…{text[-20:]}") for text in lost])


def _name(sample: Sample) -> str:
    return sample.paths[0].name
