"""The image of a page to the text and tables on it.

In: an image, and how large it is in points. Out: a `layout.Page`, upright and level, with fragments and ruled tables;
how many seals stand on it. A page that was read before comes from the cache.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from docintel.parse.layout.pages import Page, Table
from docintel.parse.scan import cache as page_cache
from docintel.parse.scan.grid import Grid, cut_at_rules, find_grids, find_rules, middle_cell
from docintel.parse.scan.prints import (
    Print,
    extended,
    ink_height,
    missed_boxes,
    split_at_gaps,
    trimmed,
    uncovered_boxes,
)
from docintel.parse.scan.raster import (
    Grey,
    Mask,
    PixelBox,
    find_ink,
    letter_height,
    rgb,
    separate,
    straighten,
    tilt_matrix,
    turn,
)
from docintel.parse.scan.recogniser import Quad, find_lines, is_upside_down, read_lines
from docintel.parse.scan.rings import find_rings, is_legend, without_rims
from docintel.parse.scan.text import corrected
from docintel.parse.tables import Cell

#: What is read with less confidence is no text but a picture, a blot or a seal without colour.
_SURE = 0.5
#: Ink outside the lines that the detector finds is rarely text, and must be read with more.
_SURE_ALONE = 0.8
#: A page that is tilted less, in degrees, is left as it is: turning blurs.
_LEVEL = 0.12
_MOST_TILT = 12.0
_SAMPLES = 12


@dataclass(frozen=True, slots=True)
class Scan:
    """A page, and how many round seals stand on it: their text is no prose and is left out."""

    page: Page
    seals: int = 0


def recognise(image: Image.Image, *, number: int, scale: float) -> Page:
    """The text and tables on the image of page `number`; `scale` is points per pixel.

    Places are those of the page turned upright and level: where it was tilted they differ from the image by the tilt.

    Raises:
        ModelError: the models are missing.
    """
    return read_scan(image, number=number, scale=scale).page


def read_scan(image: Image.Image, *, number: int, scale: float) -> Scan:
    """As `recognise`, with what else is to be seen."""
    pixels = rgb(image)
    scale *= image.width / pixels.shape[1]
    key = page_cache.key(pixels, scale)
    scan = page_cache.load(key)
    if scan is None:
        scan = _scan(pixels, scale)
        page_cache.store(key, scan)
    return replace(scan, page=replace(scan.page, number=number))


def _scan(pixels: npt.NDArray[np.uint8], scale: float) -> Scan:
    sheet = separate(pixels, scale)
    black, quads, quarters = _upright(sheet.black)
    red = None if sheet.red is None else turn(sheet.red, quarters)
    tilt = _tilt(quads)
    if abs(tilt) >= _LEVEL:
        matrix = tilt_matrix(black.shape, tilt)
        black, red = straighten(black, matrix), None if red is None else straighten(red, matrix)
        quads = [(quad @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32) for quad in quads]
    ink = find_ink(black)
    rings = [] if sheet.seals else find_rings(ink, scale)
    across, down = (without_rims(rules, rings, scale) for rules in find_rules(ink, scale))
    grids = find_grids(across, down, scale)
    if grids:
        black, ink = _without_rules(black, ink, across | down, grids)
    prints = [one for one in _prints(black, ink, quads, grids) if not is_legend(one.box, rings)]
    if red is not None:
        prints += _red_prints(red)
    height, width = black.shape
    read = [replace(one, height=ink_height(ink, one.box), box=trimmed(ink, one.box)) for one in _read(prints)]
    return Scan(_page(read, grids, (width, height), scale), len(sheet.seals) + len(rings))


def _upright(grey: Grey) -> tuple[Grey, list[Quad], int]:
    """The page with its text upright, the lines on it, and by how many quarters it was turned anticlockwise."""
    letter = letter_height(find_ink(grey))
    quads = find_lines(grey, letter)
    sides = [(_length(quad[0], quad[1]), _length(quad[0], quad[3])) for quad in quads]
    lying = sum(max(w, h) for w, h in sides if h > 1.5 * w) > sum(max(w, h) for w, h in sides if w > 1.5 * h)
    quarters = 1 if lying else 0
    if lying:
        grey = turn(grey, 1)
        quads = find_lines(grey, letter)
    if is_upside_down(_samples(grey, quads)) and _reads_better(turn(grey, 2), grey, letter, quads):
        grey = turn(grey, 2)
        quads = find_lines(grey, letter)
        quarters += 2
    return grey, quads, quarters


def _length(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    return float(np.hypot(*(one - other)))


def _samples(grey: Grey, quads: Sequence[Quad]) -> list[Grey]:
    """The middles of the longest lines, four characters each: the classifier sees a square or two."""
    longest = sorted(quads, key=lambda quad: -_length(quad[0], quad[1]))[:_SAMPLES]
    samples = []
    for crop in (crop_quad(grey, quad) for quad in longest):
        height, width = crop.shape
        middle, half = width // 2, 2 * height
        samples.append(crop[:, max(0, middle - half) : middle + half])
    return samples


def _reads_better(turned: Grey, grey: Grey, letter: float, quads: Sequence[Quad]) -> bool:
    """Whether three long lines of the turned page are read with more confidence: the classifier alone errs."""
    scores = []
    for page, lines in ((turned, find_lines(turned, letter)), (grey, quads)):
        longest = sorted(lines, key=lambda quad: -_length(quad[0], quad[1]))[:3]
        read = read_lines([crop_quad(page, quad) for quad in longest])
        scores.append(sum(score for _, score in read) / max(1, len(read)))
    return scores[0] > scores[1]


def _tilt(quads: Sequence[Quad]) -> float:
    """How much lines fall to the right, in degrees: the median over their length."""
    angles = []
    for quad in quads:
        width, height = _length(quad[0], quad[1]), _length(quad[0], quad[3])
        across = (quad[1] + quad[2] - quad[0] - quad[3]) / 2
        if width > 4 * height:
            angles.append((float(np.degrees(np.arctan2(across[1], across[0]))), width))
    if not angles:
        return 0.0
    angles.sort()
    reached = np.cumsum([width for _, width in angles])
    angle = angles[int(np.searchsorted(reached, reached[-1] / 2))][0]
    return angle if abs(angle) <= _MOST_TILT else 0.0


def crop_quad(grey: Grey, quad: Quad) -> Grey:
    """The image of a line; one that stands on end is turned."""
    import cv2

    width = max(1, round(max(_length(quad[0], quad[1]), _length(quad[3], quad[2]))))
    height = max(1, round(max(_length(quad[0], quad[3]), _length(quad[1], quad[2]))))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(np.asarray(quad, dtype=np.float32), corners)
    crop = cv2.warpPerspective(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(np.rot90(crop)) if height >= 1.5 * width else np.asarray(crop, dtype=np.uint8)


def _without_rules(black: Grey, ink: Mask, rules: Mask, grids: Sequence[Grid]) -> tuple[Grey, Mask]:
    """The page without the rules of its tables: they read as 一 and 丨."""
    import cv2

    thick = cv2.dilate(rules.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    inside = np.zeros_like(thick)
    margin = 4
    for grid in grids:
        x0, y0, x1, y1 = grid.box
        inside[max(0, y0 - margin) : y1 + margin, max(0, x0 - margin) : x1 + margin] = True
    gone = thick & inside
    paper = np.uint8(np.percentile(black, 90))
    return np.where(gone, paper, black).astype(np.uint8), ink & ~gone


def _prints(black: Grey, ink: Mask, quads: Sequence[Quad], grids: Sequence[Grid]) -> list[Print]:
    """Single lines with their images: those detected, cut at rules and gaps, and those the detector missed."""
    prints: list[Print] = []
    bounds = [(*quad.min(axis=0).tolist(), *quad.max(axis=0).tolist()) for quad in quads]
    for quad in quads:
        x0, y0 = np.floor(quad.min(axis=0)).astype(int)
        x1, y1 = np.ceil(quad.max(axis=0)).astype(int)
        box = (max(0, int(x0)), max(0, int(y0)), min(black.shape[1], int(x1)), min(black.shape[0], int(y1)))
        if box[2] - box[0] < 3 or box[3] - box[1] < 3:
            continue
        if abs(_tilt([quad])) > 1.5 or box[3] - box[1] > 1.5 * (box[2] - box[0]):
            prints.append(Print(box, crop_quad(black, quad)))
            continue
        grid = next((grid for grid in grids if _middle_in(box, grid)), None)
        pieces = (
            [_clear(extended(ink, box), box, bounds, black.shape)]
            if grid is None
            else cut_at_rules(grid, box, 0.4 * (box[3] - box[1]))
        )
        for piece in pieces:
            prints += [Print(part, _crop(black, part)) for part in split_at_gaps(ink, piece)]
    boxes = [one.box for one in prints]
    for grid in grids:
        cells = [cell.box for cell in grid.cells]
        prints += [Print(box, _crop(black, box), alone=True) for box in uncovered_boxes(ink, cells, boxes)]
    missed = missed_boxes(ink, boxes, [grid.box for grid in grids])
    return prints + [Print(box, _crop(black, box), alone=True) for box in missed]


def _clear(wider: PixelBox, box: PixelBox, bounds: Sequence[tuple[float, ...]], shape: tuple[int, ...]) -> PixelBox:
    """A box made wider, within the page, or as it was on a side where it would run into another line's box."""
    beside = [b for b in bounds if min(b[3], box[3]) - max(b[1], box[1]) > 0.3 * (box[3] - box[1])]
    left = any(wider[0] < b[2] and b[0] < box[0] and b[2] < box[2] for b in beside)
    right = any(wider[2] > b[0] and b[2] > box[2] and b[0] > box[0] for b in beside)
    return (box[0] if left else max(0, wider[0]), box[1], box[2] if right else min(shape[1], wider[2]), box[3])


def _middle_in(box: tuple[int, int, int, int], grid: Grid) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return grid.box[0] <= x <= grid.box[2] and grid.box[1] <= y <= grid.box[3]


def _crop(grey: Grey, box: tuple[int, int, int, int]) -> Grey:
    return np.ascontiguousarray(grey[box[1] : box[3], box[0] : box[2]])


def _red_prints(red: Grey) -> list[Print]:
    """Lines printed in red, such as the head of a document: longer than high, off the edges where seals are cut."""
    rows, columns = np.nonzero(red < 128)
    if not len(rows):
        return []
    margin = 20
    top, left = max(0, int(rows.min()) - margin), max(0, int(columns.min()) - margin)
    part = np.ascontiguousarray(red[top : rows.max() + margin, left : columns.max() + margin])
    prints = []
    for quad in find_lines(part, letter_height(part < 128)):
        x0, y0 = (int(v) for v in np.maximum(np.floor(quad.min(axis=0)), 0))
        x1, y1 = (int(v) for v in np.ceil(quad.max(axis=0)))
        if x1 - x0 > 1.3 * (y1 - y0):
            prints.append(Print((x0 + left, y0 + top, x1 + left, y1 + top), crop_quad(part, quad), alone=True))
    return prints


def _read(prints: Sequence[Print]) -> list[Print]:
    """The prints with what they say, without those that say nothing."""
    read = []
    for one, (raw, score) in zip(prints, read_lines([one.image for one in prints]), strict=True):
        text = corrected(raw.strip())
        if text and score >= (_SURE_ALONE if one.alone else _SURE) and not _is_rule(text, one):
            read.append(replace(one, text=text, confidence=score))
    return [one for one in read if not any(_hides(other, one) for other in read if other is not one)]


def _is_rule(text: str, one: Print) -> bool:
    """Whether a rule was read as a character: a lone 一 is as wide as its line is high, at most."""
    return text in {"一", "—", "-", "_"} and one.box[2] - one.box[0] > 2 * (one.box[3] - one.box[1])


def _hides(other: Print, one: Print) -> bool:
    """Whether a print was read again, in red and in black, and the other reading says more."""
    across = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    down = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    area = (one.box[2] - one.box[0]) * (one.box[3] - one.box[1])
    same = across > 0 and down > 0 and across * down > 0.5 * area and one.alone != other.alone
    weight, heavier = (len(item.text) * item.confidence for item in (one, other))
    return same and (heavier, not other.alone) > (weight, not one.alone)


def _page(prints: Sequence[Print], grids: Sequence[Grid], size: tuple[int, int], scale: float) -> Page:
    tables, used = [], set()
    for grid in grids:
        inside = [one for one in prints if _middle_in(one.box, grid)]
        used |= {id(one) for one in inside}
        tables.append(_table(grid, inside, scale))
    fragments = tuple(one.fragment(scale) for one in prints if id(one) not in used)
    return Page(1, size[0] * scale, size[1] * scale, fragments, tuple(table for table in tables if table is not None))


def _table(grid: Grid, prints: Sequence[Print], scale: float) -> Table | None:
    """A table with each print in the cell it stands in; None when nothing does."""
    held: dict[tuple[int, int], list[Print]] = {}
    for one in prints:
        cell = middle_cell(grid, (one.box[0] + one.box[2]) / 2, (one.box[1] + one.box[3]) / 2)
        if cell is not None:
            held.setdefault((cell.row, cell.column), []).append(one)
    if not held:
        return None
    cells = tuple(
        Cell(cell.row, cell.column, _joined(held.get((cell.row, cell.column), [])), cell.height, cell.width)
        for cell in grid.cells
    )
    x0, y0, x1, y1 = grid.box
    sure = sum(one.confidence for one in prints) / len(prints)
    return Table(cells, (x0 * scale, y0 * scale, x1 * scale, y1 * scale), sure)


def _joined(prints: Sequence[Print]) -> str:
    """The lines of a cell as one text: without a space between Chinese characters."""
    rows: list[list[Print]] = []
    for one in sorted(prints, key=lambda one: one.box[1] + one.box[3]):
        above = rows[-1][0].box if rows else None
        if above is not None and (one.box[1] + one.box[3]) / 2 < above[3] - 0.25 * (above[3] - above[1]):
            rows[-1].append(one)
        else:
            rows.append([one])
    text = ""
    for one in (one for row in rows for one in sorted(row, key=lambda one: one.box[0])):
        spaced = text[-1:].isascii() and one.text[0].isascii() and text[-1:].isalnum() and one.text[0].isalpha()
        text += (" " if spaced else "") + one.text
    return text
