"""PDF to a Document.

In: a PDF file. Out: a Document; each page is read from its text, or from its image where it has none that can be used.
`text` reads characters, `drawing` and `tables` ruled tables, `scan` images, `layout` the order of it all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from docintel.errors import ParseError
from docintel.parse.assemble import Declared, assemble
from docintel.parse.file import File, Limits
from docintel.parse.layout.pages import Page, Table, read_pages
from docintel.parse.pdf import pdfium
from docintel.parse.pdf.annotations import flatten_fields, notes_on
from docintel.parse.pdf.drawing import Drawing, read_drawing
from docintel.parse.pdf.frame import Frame, turned, turned_size
from docintel.parse.pdf.open_tables import find_open_grids
from docintel.parse.pdf.tables import cells_of, find_grids
from docintel.parse.pdf.text import Characters, fragments_of, read_characters, straightened
from docintel.parse.structure import Line
from docintel.schema import Document
from docintel.text.garbled import is_garbled
from docintel.text.ranges import chinese_pages, english_pages

if TYPE_CHECKING:
    from docintel.parse.scan.ocr import Scan

#: A page with so few characters beside an image this large, as a share of the page, is a scan.
_FEW_CHARACTERS, _LARGE_IMAGE = 50, 0.5
#: A page without characters is empty unless it has an image this large or so many paths: letters drawn as outlines.
_SMALL_IMAGE, _MANY_PATHS = 0.02, 30
#: A page with more characters that their fonts do not name is garbage.
_MOST_UNMAPPED = 0.08
#: Pages with more characters cost minutes; no printed page comes near.
_MOST_CHARACTERS = 200_000
_DPI, _MOST_PIXELS = 200, 25_000_000
#: Error codes of PDFium when a file is opened.
_WRONG_PASSWORD, _UNKNOWN_SECURITY = 4, 5
_XFA = (2, 3)
_NAMES_SHOWN = 10


@dataclass
class Reading:
    """What was read of a file.

    Attributes:
        data: the file's bytes.
        total: pages of the file.
        turns: page number → quarter turns, and width and height before these, of pages that are read sideways.
        scans: of the pages that were read from their image.
        outcomes: why pages were not read, or not all of them → their numbers.
    """

    data: bytes
    total: int
    pages: list[Page] = field(default_factory=list)
    turns: dict[int, tuple[int, float, float]] = field(default_factory=dict)
    outcomes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    scans: list["Scan"] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @contextmanager
    def plumbing(self, number: int) -> Iterator[Callable[[], Any]]:
        """A function that gives the page as pdfplumber reads it; at the end the page lets go of what it holds."""
        opened: list[Any] = []

        def plumb() -> Any:
            opened.append(self._plumber.pages[number - 1])
            return opened[-1]

        try:
            yield plumb
        finally:
            for page in opened[:1]:
                page.close()

    def close(self) -> None:
        """Let go of what pdfplumber holds; its own `close` would read all pages again."""
        if plumber := vars(self).pop("_plumber", None):
            plumber.stream.close()

    @cached_property
    def _plumber(self) -> Any:
        import pdfplumber

        return pdfplumber.open(BytesIO(self.data))


class _Sources(NamedTuple):
    """What a page offers to be read."""

    chars: Characters
    drawing: Drawing


def parse_pdf(file: File) -> Document:
    """Read a PDF file.

    Raises:
        ParseError: it is damaged or encrypted, or there is nothing to read in it.
    """
    reading = read_pdf(file)
    lines = [_shown(line, reading) for line in read_pages(reading.pages)]
    declared = Declared(pages=reading.total)
    return assemble(file, lines, parser="pdf", declared=declared, warnings=reading.warnings, missing=reading.missing)


def read_pdf(file: File) -> Reading:
    """The pages of a PDF file, and what is missing of them.

    Raises:
        ParseError: it is damaged or encrypted.
    """
    with _opened(file) as pdf, closing(Reading(file.data, len(pdf))) as reading:
        last = min(reading.total, file.limits.pages)
        for number in range(1, last + 1):
            _read_page(pdf, number, file.limits, reading)
            file.progress(number, last)
        _report(file, pdf, reading)
    reading.pages = _without_bold_bodies(reading.pages)
    return reading


@contextmanager
def _opened(file: File) -> Iterator[Any]:
    pypdfium2 = pdfium.library()
    try:
        pdf = pypdfium2.PdfDocument(file.data)
    except pypdfium2.PdfiumError as exc:
        raise _refusal(file.name, exc) from exc
    try:
        pdf.init_forms()
        if not len(pdf):
            raise _damaged(file.name, "no page can be found in it")
        yield pdf
    finally:
        pdf.close()


def _refusal(name: str, exc: Any) -> ParseError:
    if exc.err_code == _WRONG_PASSWORD:
        return ParseError(
            f"{name} 已加密。 {name} is encrypted: it opens with a password only.",
            hint="请去除密码后另存再试。 Save it without a password, and try again.",
        )
    if exc.err_code == _UNKNOWN_SECURITY:
        return ParseError(
            f"{name} 采用无法识别的加密方式。 {name} is encrypted by a scheme that is not known here.",
            hint="请用原软件打印为普通 PDF 再试。 Print it to a plain PDF with the program that opens it.",
        )
    return _damaged(name, str(exc).rstrip("."))


def _damaged(name: str, reason: str) -> ParseError:
    return ParseError(
        f"{name} 已损坏，无法读取。 {name} is damaged and cannot be read: {reason}.",
        hint="请重新下载或导出，并确认文件完整。 Download or export it again, and check that it is complete.",
    )


def _read_page(pdf: Any, number: int, limits: Limits, reading: Reading) -> None:
    """Add one page to the reading, or why it was not read."""
    import pypdfium2

    try:
        page = pdf[number - 1]
        if flatten_fields(page):
            page.close()
            page = pdf[number - 1]
    except pypdfium2.PdfiumError:
        reading.outcomes["damaged"].append(number)
        return
    try:
        _add_page(page, number, limits, reading)
    except pypdfium2.PdfiumError:
        reading.outcomes["damaged"].append(number)
    except _TooMuchError:
        reading.outcomes["too full"].append(number)
    finally:
        page.close()


class _TooMuchError(Exception):
    """There is more on a page than any reader could see."""


def _add_page(page: Any, number: int, limits: Limits, reading: Reading) -> None:
    frame = Frame.of(page)
    sources = _sources(page, frame)
    if notes_on(page):
        reading.outcomes["notes"].append(number)
    if not _needs_image(sources):
        with reading.plumbing(number) as plumb:
            read, quarters = _text_page(number, frame, sources, plumb)
        reading.pages.append(read)
        if quarters:
            reading.turns[number] = (quarters, *frame.size)
        if sources.drawing.images >= _LARGE_IMAGE and not sources.chars.hidden.any():
            reading.outcomes["pictures"].append(number)
    elif not limits.ocr:
        reading.outcomes["images"].append(number)
    elif len(reading.outcomes["recognised"]) >= limits.ocr_pages:
        reading.outcomes["too many images"].append(number)
    else:
        reading.outcomes["recognised"].append(number)
        reading.scans.append(_recognised(page, number))
        reading.pages.append(reading.scans[-1].page)


def _sources(page: Any, frame: Frame) -> _Sources:
    """Characters and drawing; text in no colour counts where it is most of the page: behind a scan."""
    chars = read_characters(page, frame)
    if len(chars) > _MOST_CHARACTERS:
        raise _TooMuchError
    if 2 * chars.hidden.sum() <= len(chars):
        chars = chars[~chars.hidden]
    return _Sources(chars, read_drawing(page, frame))


def _needs_image(sources: _Sources) -> bool:
    """Whether the page is better read from its image than from its text."""
    chars, drawing = sources
    if not len(chars):
        return drawing.images > _SMALL_IMAGE or drawing.paths >= _MANY_PATHS
    if len(chars) < _FEW_CHARACTERS and drawing.images >= _LARGE_IMAGE:
        return True
    return bool(chars.unmapped.mean() > _MOST_UNMAPPED) or is_garbled(chars.text)


def _text_page(number: int, frame: Frame, sources: _Sources, plumb: Callable[[], Any]) -> tuple[Page, int]:
    """The page as its text gives it, and the quarter turns that bring it upright."""
    shown_width, shown_height = frame.size
    chars, quarters = straightened(sources.chars, shown_width, shown_height)
    width, height = turned_size(quarters, shown_width, shown_height)
    rules = turned(sources.drawing.rules, quarters, shown_width, shown_height)
    grids = find_grids(rules, chars.boxes)
    if frame.is_plain and not quarters:
        grids += find_open_grids(rules, chars.boxes, [grid.box for grid in grids], plumb)
    cells = np.full(len(chars), -1, np.int64)
    offsets = np.cumsum([0, *(len(grid.spots) for grid in grids)]).tolist()
    for grid, offset in zip(grids, offsets, strict=False):
        spots = grid.spots_at(chars.boxes)
        cells = np.where(spots >= 0, spots + offset, cells)
    found = list(fragments_of(chars, width, height, cells))
    tables = [
        Table(cells_of(grid, [(f, cell - low) for f, cell in found if low <= cell < high]), grid.box)
        for grid, low, high in zip(grids, offsets, offsets[1:], strict=False)
    ]
    free = tuple(fragment for fragment, cell in found if cell < 0 and fragment.text)
    return Page(number, width, height, free, tuple(tables)), quarters


def _recognised(page: Any, number: int) -> "Scan":
    from docintel.parse.scan.ocr import read_scan

    width, height = page.get_size()
    scale = min(_DPI / 72, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale)
    image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    return read_scan(image, number=number, scale=1 / scale)


def _without_bold_bodies(pages: list[Page]) -> list[Page]:
    """The pages; where most text is bold, that says nothing and is dropped."""
    every = [fragment for page in pages for fragment in page.fragments]
    bold = sum(len(fragment.text) for fragment in every if fragment.bold)
    if 2 * bold <= sum(len(fragment.text) for fragment in every):
        return pages
    return [replace(page, fragments=tuple(replace(f, bold=False) for f in page.fragments)) for page in pages]


def _shown(line: Line, reading: Reading) -> Line:
    """The line with its box on the page as it is shown."""
    if line.page not in reading.turns or line.box is None:
        return line
    quarters, width, height = reading.turns[line.page]
    box = np.array([line.box], np.float32)
    x0, y0, x1, y1 = turned(box, -quarters, *turned_size(quarters, width, height))[0].tolist()
    return replace(line, box=(x0, y0, x1, y1))


def _report(file: File, pdf: Any, reading: Reading) -> None:
    """Say in the reading what is missing and what a reader should know."""
    outcomes, limits = reading.outcomes, file.limits
    if reading.total > limits.pages:
        rest = reading.total - limits.pages
        reading.missing.append(
            f"超过 {limits.pages} 页上限，后 {rest} 页未读。 Past the limit, not read: the last {rest} pages."
        )
    for outcome, chinese, english in (
        ("damaged", "{}已损坏，未读", "Damaged, not read: {}"),
        ("too full", "{}字符过多，未读", f"More than {_MOST_CHARACTERS} characters each, not read: {{}}"),
        ("images", "{}没有可用文字，未作识别", "Images, not recognised as that is switched off: {}"),
        ("too many images", f"超过 {limits.ocr_pages} 页识别上限，{{}}未识别", "Images past the limit, not read: {}"),
    ):
        if numbers := outcomes.get(outcome):
            reading.missing.append(_sentence(chinese, english, numbers))
    if pdf.get_formtype() in _XFA:
        reading.missing.append("动态表单（XFA）的内容未读。 The fields of an XFA form were not read.")
    if b"%%EOF" not in file.data[-4096:]:
        reading.missing.append("文件尾部缺失，可能不完整。 The end of the file is missing; more may be.")
    for outcome, chinese, english in (
        ("pictures", "{}有大幅图片，图中文字未读", "Text in large pictures was not read: {}"),
        ("notes", "{}有批注，未读入", "Comments were left out: {}"),
    ):
        if numbers := outcomes.get(outcome):
            reading.warnings.append(_sentence(chinese, english, numbers))
    if reading.scans:
        from docintel.parse.scan.image import scan_warnings

        reading.warnings += scan_warnings(reading.scans)
    if names := _attached(pdf):
        reading.warnings.append(f"内嵌文件未读：{'、'.join(names)}。 Files in it were not read: {', '.join(names)}.")


def _sentence(chinese: str, english: str, numbers: list[int]) -> str:
    return f"{chinese.format(chinese_pages(numbers))}。 {english.format(english_pages(numbers))}."


def _attached(pdf: Any) -> list[str]:
    """Names of the files in it; past the first ones only how many more."""
    import pypdfium2

    names = []
    count = pdf.count_attachments()
    for i in range(min(count, _NAMES_SHOWN)):
        try:
            names.append(pdf.get_attachment(i).get_name() or "?")
        except pypdfium2.PdfiumError:
            names.append("?")
    return [*names, f"… ({count})"] if count > _NAMES_SHOWN else names
