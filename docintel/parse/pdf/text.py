"""The characters of a PDF page to fragments of text.

In: a page of PDFium. Out: its visible characters, and `Fragment`s of them: characters that follow each other in a line,
parted where a column or a cell ends.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docintel.parse.layout.pages import Fragment
from docintel.parse.pdf import pdfium
from docintel.parse.pdf.frame import Boxes, Frame, turned, turned_size
from docintel.text.radicals import without_radicals

#: Gaps in em: from the first a column ends; from the second a space is written beside Han; a typed space that is
#: narrower than the third was put there by a justifying typesetter.
_COLUMN_GAP, _HAN_SPACE, _NO_SPACE = 1.5, 0.6, 0.12
_LATIN_SPACE = 0.3
#: Middles of characters that lie further apart than this, in em, are on two lines.
_NEXT_LINE = 0.3
#: Text that leans further from the page's axes, in degrees, is a watermark.
_LEANING = 10.0
#: The same character this close, in em of most of the text, is drawn twice to look bold.
_TWICE = 0.12
#: Places of the grid on which they are compared, each way: more than the largest page has.
_PLACES = 1 << 21
#: A box as wide as this, in em, is of several characters that one glyph shows: ——.
_SEVERAL = 1.5
#: Han, kana and their punctuation begin here.
_FIRST_WIDE = 0x2E80
_REPLACEMENT, _HYPHEN = 0xFFFD, 0x2D
#: PDFium's mark for a hyphen at the end of a line.
_HYPHEN_MARK = 0x02
_WHITE = np.array([0x09, 0x0A, 0x0D, 0x20, 0xA0, *range(0x2000, 0x200C), 0x202F, 0x205F, 0x3000, 0xFEFF], np.uint64)
#: 黑体 sets off headings where the body is Song or Fangsong.
_BOLD_NAME = re.compile(r"bold|black|heavy|simhei|stheiti|fzhei|fzhtk|fzxbs|黑体|小标宋", re.IGNORECASE)
_FORCED_BOLD = 1 << 18
_FILL_AND_STROKE = 2
_INVISIBLE = (3, 7)
#: Bullets as fonts of symbols number them.
_BULLETS = dict.fromkeys([0xF06C, 0xF06E, 0xF075, 0xF076, 0xF0A7, 0xF0A8, 0xF0B7, 0xF0D8, 0xF0FC], "•")


@dataclass(frozen=True, slots=True)
class Characters:
    """Visible characters without white space, in the order in which the file writes them.

    Attributes:
        codes: of Unicode, (n,).
        boxes: in points from the top left corner, (n, 4).
        sizes: of their fonts, in points, (n,).
        bold: (n,).
        quarters: turns to the right of the direction in which they are read, (n,).
        spaced: a space is typed before it, (n,).
        parted: PDFium sees a space before it, (n,).
        hidden: painted in no colour, as the text behind a scan is, (n,).
        unmapped: its font doesn't say what it stands for, (n,).
    """

    codes: NDArray[np.uint64]
    boxes: Boxes
    sizes: NDArray[np.float32]
    bold: NDArray[np.bool_]
    quarters: NDArray[np.int64]
    spaced: NDArray[np.bool_]
    parted: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    unmapped: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, chosen: NDArray[Any]) -> "Characters":
        return Characters(*(getattr(self, name)[chosen] for name in self.__slots__))

    @property
    def text(self) -> str:
        """The characters, nothing between them."""
        return _decoded(self.codes)


def read_characters(page: Any, frame: Frame) -> Characters:
    """The characters of a `pypdfium2.PdfPage`; none outside of the page, none twice, none that lean."""
    textpage = page.get_textpage()
    try:
        chars, upright = _read(pdfium.handle(textpage), textpage.count_chars(), frame)
    finally:
        textpage.close()
    width, height = frame.size
    middle = (chars.boxes[:, :2] + chars.boxes[:, 2:]) / 2
    inside = ((middle >= 0) & (middle <= (width, height))).all(axis=1)
    return chars[upright & inside & ~_drawn_twice(chars)]


def straightened(chars: Characters, width: float, height: float) -> tuple[Characters, int]:
    """The characters on a page that is turned so that most are read from left to right, and its quarter turns."""
    if not chars.quarters.any():
        return chars, 0
    main = int(np.bincount(chars.quarters).argmax())
    boxes = turned(chars.boxes, main, width, height)
    return replace(chars, boxes=boxes, quarters=(chars.quarters - main) % 4), main


def fragments_of(
    chars: Characters, width: float, height: float, cells: NDArray[np.int64] | None = None
) -> Iterator[tuple[Fragment, int]]:
    """Fragments of the characters and the cell that each stands in; no fragment reaches over two cells.

    Args:
        cells: number of the cell that each character stands in, (n,).
    """
    cells = np.zeros(len(chars), np.int64) if cells is None else cells
    for quarters in np.unique(chars.quarters):
        chosen = np.flatnonzero(chars.quarters == quarters)
        part = chars[chosen]
        if quarters:
            part = replace(part, boxes=turned(part.boxes, quarters, width, height))
        for start, fragment in _fragments(part, cells[chosen]):
            if quarters:
                box = np.array([fragment.box], np.float32)
                back = turned(box, -quarters, *turned_size(quarters, width, height))[0].tolist()
                yield replace(fragment, box=tuple(back)), int(cells[chosen[start]])
            else:
                yield fragment, int(cells[chosen[start]])


def _read(textpage: int, count: int, frame: Frame) -> tuple[Characters, NDArray[np.bool_]]:
    """All characters that are not white space, and which of them stand upright."""
    codes = pdfium.of_each("FPDFText_GetUnicode", textpage, count)
    objects = pdfium.of_each("FPDFText_GetTextObject", textpage, count)
    generated = objects == 0
    white = np.isin(codes, _WHITE)
    places = np.flatnonzero(~generated & ~white)
    boxes = frame.shown(pdfium.char_boxes(textpage, count)[places])
    traits = _Traits.read(textpage, objects[places], places)
    sizes = _plausible_sizes(traits.sizes, boxes)
    quarters = (frame.quarters - np.rint(traits.angles / 90).astype(np.int64)) % 4
    chars = Characters(
        codes=_plain_codes(codes[places]),
        boxes=_plausible_boxes(boxes, sizes, quarters),
        sizes=sizes,
        bold=traits.bold,
        quarters=_reading_direction(quarters, boxes, sizes, codes[places]),
        spaced=_any_between(places, white & ~generated),
        parted=_any_between(places, white | generated),
        hidden=traits.hidden,
        unmapped=traits.unmapped,
    )
    lean = np.abs(traits.angles - 90 * np.rint(traits.angles / 90))
    return chars, lean <= _LEANING


@dataclass(frozen=True, slots=True)
class _Traits:
    """What the characters of one text object share, given for each character."""

    sizes: NDArray[np.float32]
    angles: NDArray[np.float32]
    bold: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    unmapped: NDArray[np.bool_]

    @classmethod
    def read(cls, textpage: int, objects: NDArray[np.uint64], places: NDArray[np.int64]) -> "_Traits":
        unique, first, inverse = np.unique(objects, return_index=True, return_inverse=True)
        items, firsts = unique.tolist(), places[first].tolist()
        matrices = pdfium.char_matrices(textpage, firsts)
        sizes = pdfium.font_sizes(items)
        fonts = pdfium.results("FPDFTextObj_GetFont", items)
        modes = pdfium.results("FPDFTextObj_GetTextRenderMode", items)
        bold = {font: _is_bold(font) for font in set(fonts)}
        a, b, c, d = (matrices * np.where(sizes < 0, -1, 1)[:, None]).T[:4]
        return cls(
            sizes=(np.abs(sizes) * np.hypot(c, d))[inverse],
            angles=np.degrees(np.arctan2(b, a))[inverse],
            bold=np.array([bold[font] for font in fonts], bool)[inverse]
            | (np.array(modes) == _FILL_AND_STROKE)[inverse],
            hidden=np.isin(modes, _INVISIBLE)[inverse],
            unmapped=np.array(pdfium.map_errors(textpage, firsts), bool)[inverse],
        )


def _is_bold(font: int) -> bool:
    if not font:
        return False
    name = np.zeros(128, np.uint8)
    pdfium.function("FPDFFont_GetBaseFontName")(font, name.ctypes.data, len(name) - 1)
    raw = name.tobytes().partition(b"\0")[0]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    return bool(_BOLD_NAME.search(text)) or bool(pdfium.function("FPDFFont_GetFlags")(font) & _FORCED_BOLD)


def _plausible_sizes(sizes: NDArray[np.float32], boxes: Boxes) -> NDArray[np.float32]:
    """Sizes of fonts; where a font measures itself in odd units, the height of its characters."""
    heights = np.minimum(boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0])
    odd = ~np.isfinite(sizes) | (sizes < 1) | (sizes > 1000)
    return np.where(odd, np.clip(heights, 1, 1000), sizes).astype(np.float32)


def _plausible_boxes(boxes: Boxes, sizes: NDArray[np.float32], quarters: NDArray[np.int64]) -> Boxes:
    """Boxes about as high as the font is large: some fonts claim to rise far above the line, or not at all."""
    boxes = np.nan_to_num(boxes, nan=-1e6, posinf=1e6, neginf=-1e6)
    across = np.where(quarters % 2, 0, 1)
    rows = np.arange(len(boxes))
    low, high = boxes[rows, across], boxes[rows, across + 2]
    odd = (high - low < 0.3 * sizes) | (high - low > 2 * sizes)
    middle = (low + high) / 2
    boxes[rows, across] = np.where(odd, middle - sizes / 2, low)
    boxes[rows, across + 2] = np.where(odd, middle + sizes / 2, high)
    return boxes


def _plain_codes(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    codes = np.where(codes == _HYPHEN_MARK, _HYPHEN, codes)
    impossible = (codes == 0) | (codes > 0x10FFFF) | ((codes >= 0xD800) & (codes <= 0xDFFF))
    return np.where(impossible, _REPLACEMENT, codes).astype(np.uint64)


def _any_between(places: NDArray[np.int64], flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a flag is set between each place and the one before it."""
    counted = np.concatenate([[0], np.cumsum(flags)])
    before = np.concatenate([[0], places[:-1] + 1]) if len(places) else places
    return np.asarray(counted[places] > counted[before])


def _reading_direction(
    quarters: NDArray[np.int64], boxes: Boxes, sizes: NDArray[np.float32], codes: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """The direction in which characters are read: from top to bottom on a page whose upright ones are set so."""
    if len(boxes) < 2:
        return quarters
    step = np.diff((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0) / sizes[1:, None]
    below = (np.abs(step[:, 0]) < 0.3) & (step[:, 1] > 0.5) & (step[:, 1] < 2.5)
    wide = (codes[1:] >= _FIRST_WIDE) & (quarters[1:] == 0)
    return np.where(quarters == 0, 1, quarters) if 2 * (below & wide).sum() > len(boxes) else quarters


def _drawn_twice(chars: Characters) -> NDArray[np.bool_]:
    """Characters that stand where the same one was drawn before."""
    twice = np.zeros(len(chars), np.bool_)
    unit = _TWICE * float(np.median(chars.sizes)) if len(chars) else 1.0
    for shift in ((0, 0), (0, 0.5), (0.5, 0), (0.5, 0.5)):
        grid = np.floor(chars.boxes[:, :2] / unit + shift) + _PLACES // 2  # to the left of the page is below 0
        grid = np.clip(grid, 0, _PLACES - 1).astype(np.int64)
        key = chars.codes.astype(np.int64) | grid[:, 0] << 21 | grid[:, 1] << 42
        first = np.unique(key, return_index=True)[1]
        again = np.ones(len(chars), np.bool_)
        again[first] = False
        twice |= again
    return twice & (chars.boxes[:, 2] - chars.boxes[:, 0] < _SEVERAL * chars.sizes)


def _fragments(chars: Characters, cells: NDArray[np.int64]) -> Iterator[tuple[int, Fragment]]:
    """Stretches of characters that are read from left to right, each with the number of its first one."""
    if not len(chars):
        return
    order = _as_read(chars)
    chars, cells = chars[order], cells[order]
    x0, y0, x1, y1 = chars.boxes.T
    em = np.maximum(chars.sizes[1:], chars.sizes[:-1])
    gap = (x0[1:] - x1[:-1]) / em
    shared = np.minimum(y1[1:], y1[:-1]) - np.maximum(y0[1:], y0[:-1])
    lower = np.minimum((y1 - y0)[1:], (y1 - y0)[:-1])
    back = x0[1:] < x0[:-1] - 0.3 * em
    parted = (shared < lower / 2) | (gap > _COLUMN_GAP) | back | (cells[1:] != cells[:-1])
    starts = np.concatenate([[0], np.flatnonzero(parted) + 1])
    ends = np.append(starts[1:], len(chars))
    spaces = _spaces(chars, gap, parted)
    text = _decoded(np.insert(chars.codes, spaces, 0x20))
    before = np.searchsorted(spaces, np.append(starts, len(chars)), side="right")
    sides = [np.minimum.reduceat(side, starts).tolist() for side in (x0, y0)]
    sides += [np.maximum.reduceat(side, starts).tolist() for side in (x1, y1)]
    boxes = zip(*sides, strict=True)
    sizes = chars.sizes[(starts + ends) // 2].round(2).tolist()
    bold = np.logical_and.reduceat(chars.bold, starts).tolist()
    for i, (start, end, box) in enumerate(zip(starts.tolist(), ends.tolist(), boxes, strict=True)):
        words = text[start + before[i] : end + before[i + 1]].strip()
        yield int(order[start]), Fragment(words, box, sizes[i], bold[i])


def _as_read(chars: Characters) -> NDArray[np.int64]:
    """The order of the characters line by line, from left to right.

    The file's own order will not do: a typesetter writes the characters of one font first, and the quotation marks that
    it takes from another font behind them.
    """
    middle = (chars.boxes[:, 1] + chars.boxes[:, 3]) / 2
    down = np.argsort(middle, kind="stable")
    step = np.diff(middle[down]) / np.minimum(chars.sizes[down][1:], chars.sizes[down][:-1])
    lines = np.empty(len(chars), np.int64)
    lines[down] = np.concatenate([[0], np.cumsum(step > _NEXT_LINE)])
    return np.lexsort((chars.boxes[:, 0], lines))


def _spaces(chars: Characters, gap: NDArray[np.float32], parted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Numbers of the characters before which a space stands, as typed or as the gap shows."""
    wide = chars.codes >= _FIRST_WIDE
    beside_han = wide[1:] | wide[:-1]
    shown = np.where(beside_han, gap > _HAN_SPACE, (gap > _LATIN_SPACE) | chars.parted[1:])
    typed = chars.spaced[1:] & ((gap > _NO_SPACE) | ~beside_han)
    spread = beside_han & _spread(gap, parted, chars.spaced)
    return np.flatnonzero(~parted & (typed | (shown & ~spread))) + 1


def _spread(gap: NDArray[np.float32], parted: NDArray[np.bool_], spaced: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Gaps that are no wider than those around them: of words set with space between all letters."""
    usual = np.zeros(len(gap), np.float32)
    if not ((gap > _HAN_SPACE) & ~parted & ~spaced[1:]).any():
        return usual > 0
    bounds = np.concatenate([[-1], np.flatnonzero(parted), [len(gap)]])
    for start, end in zip(bounds[:-1] + 1, bounds[1:], strict=True):
        if end - start > 1:
            usual[start:end] = np.median(gap[start:end])
    return (usual > _HAN_SPACE / 2) & (gap < usual + _HAN_SPACE)


def _decoded(codes: NDArray[np.uint64]) -> str:
    text = codes.astype("<u4").tobytes().decode("utf-32-le", "replace")
    unusual = ((codes >= 0x2E80) & (codes < 0x2FE0)) | ((codes >= 0xE000) & (codes < 0xFB00)) | (codes >= 0x2F800)
    return without_radicals(text.translate(_BULLETS)) if unusual.any() else text
