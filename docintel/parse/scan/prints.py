"""Lines of print on the image of a page: cut where the detector joined two, found where it saw none, measured.

In: a mask of ink, and boxes in pixels. Out: boxes of single lines; `Print`s, and these
as fragments in points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from docintel.parse.layout.pages import Fragment
from docintel.parse.scan.raster import Grey, Mask, PixelBox

#: A gap in a line, in heights of its ink, from which on two texts stand side by side; `。　“` leaves less.
_GAP = 1.6
#: Height of ink to size of type: Han characters fill nine tenths of it, capitals and digits seven.
_HAN_HEIGHT, _LATIN_HEIGHT = 0.92, 0.72
#: Boxes of the detector are so much higher than the type.
_BOX_HEIGHT = 1.35


@dataclass(frozen=True, slots=True)
class Print:
    """A line of print.

    Attributes:
        image: grey pixels of the line.
        alone: the detector did not find it, or it is red: believed only when it reads well.
        height: of its ink, in pixels.
    """

    box: PixelBox
    image: Grey
    alone: bool = False
    height: int = 0
    text: str = ""
    confidence: float = 0.0

    def fragment(self, scale: float) -> Fragment:
        """The print in points: its box as wide as its ink and as high as its type."""
        high = self.box[3] - self.box[1]
        fill = _HAN_HEIGHT if any(char >= "\u2e80" for char in self.text) else _LATIN_HEIGHT
        usual = 0.8 * fill * high / _BOX_HEIGHT < self.height < 1.45 * fill * high / _BOX_HEIGHT  # not 一、 nor specks
        size = self.height / fill if usual else high / _BOX_HEIGHT
        middle = (self.box[1] + self.box[3]) / 2
        box = (
            self.box[0] * scale,
            (middle - size / 2) * scale,
            self.box[2] * scale,
            (middle + size / 2) * scale,
        )
        return Fragment(self.text, box, round(2 * size * scale) / 2, confidence=self.confidence)


def split_at_gaps(ink: Mask, box: PixelBox) -> list[PixelBox]:
    """A box of text, cut where a gap in it is as wide as one and a half characters."""
    columns = ink[box[1] : box[3], box[0] : box[2]].any(axis=0)
    inked = np.nonzero(columns)[0]
    if len(inked) < 2:
        return [box]
    widest = _GAP * ink_height(ink, box)
    starts = [i for i in range(1, len(inked)) if inked[i] - inked[i - 1] > widest]
    if not starts or widest < 8:
        return [box]
    cuts = [0, *((int(inked[i - 1]) + int(inked[i])) // 2 for i in starts), box[2] - box[0]]
    return [(box[0] + left, box[1], box[0] + right, box[3]) for left, right in pairwise(cuts)]


def extended(ink: Mask, box: PixelBox) -> PixelBox:
    """A box whose ends reach over ink close to them: the detector cuts a last `。` off, or half of a character."""
    x0, y0, x1, y1 = box
    letter = (y1 - y0) / _BOX_HEIGHT
    reach, inner = round(0.7 * letter), round(0.2 * (y1 - y0))
    band = ink[y0 + inner : y1 - inner]
    right = _inked_columns(band[:, x1 : x1 + reach], letter)
    left = _inked_columns(band[:, max(0, x0 - reach) : x0], letter)
    margin = round(0.15 * letter)
    return (
        max(0, x0 - reach) + int(left[0]) - margin if len(left) else x0,
        y0,
        x1 + int(right[-1]) + 1 + margin if len(right) else x1,
        y1,
    )


def _inked_columns(ink: Mask, letter: float) -> npt.NDArray[np.intp]:
    """Columns of ink that is no speck: a `。` is a fifth of a character at least."""
    import cv2

    if not ink.any():
        return np.empty(0, dtype=np.intp)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    large = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) >= 0.2 * letter
    large[0] = False
    return np.nonzero(large[labels].any(axis=0))[0]


def ink_height(ink: Mask, box: PixelBox) -> int:
    """How high the ink in a box is, specks at its edges left out."""
    least = max(1.0, 0.02 * (box[2] - box[0]))
    rows = np.nonzero(ink[box[1] : box[3], box[0] : box[2]].sum(axis=1) > least)[0]
    return int(rows[-1] - rows[0] + 1) if len(rows) else 0


def trimmed(ink: Mask, box: PixelBox) -> PixelBox:
    """A box as wide as its ink."""
    columns = np.nonzero(ink[box[1] : box[3], box[0] : box[2]].sum(axis=0) > 1)[0]
    if not len(columns):
        return box
    return (box[0] + int(columns[0]), box[1], box[0] + int(columns[-1]) + 1, box[3])


def missed_boxes(ink: Mask, found: Sequence[PixelBox], excluded: Sequence[PixelBox]) -> list[PixelBox]:
    """Boxes of ink of the size of the page's characters that no box holds: a lone `一、` or page number."""
    import cv2

    heights = [box[3] - box[1] for box in found]
    if not heights:
        return []
    letter = float(np.median(heights)) / _BOX_HEIGHT
    left = ink.copy()
    for x0, y0, x1, y1 in [*found, *excluded]:
        margin = max(2, round(0.15 * (y1 - y0)))
        left[max(0, y0 - margin) : y1 + margin, max(0, x0 - margin) : x1 + margin] = False
    joined = cv2.dilate(left.astype(np.uint8), np.ones((max(1, round(letter / 2.5)), max(1, round(letter))), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = []
    for label, (x, y, width, height, _) in enumerate(stats.tolist()):
        if label and letter / 4 < height < 3 * letter:
            inside = left[y : y + height, x : x + width] & (labels[y : y + height, x : x + width] == label)
            box = _tight(inside, x, y)
            if (
                box is not None
                and _is_letter(inside, letter)
                and not any(_touch(box, other, letter) for other in found)
            ):
                boxes.append(_padded(box, letter, ink.shape))
    return boxes if len(boxes) <= max(40, len(found)) else []  # a photograph is full of such spots


def _touch(box: PixelBox, other: PixelBox, letter: float) -> bool:
    """Whether a box goes on from another on the same line: what is there was read with that one."""
    near = box[0] < other[2] + letter / 4 and other[0] < box[2] + letter / 4
    return near and box[1] < other[3] and other[1] < box[3]


def _is_letter(inside: Mask, letter: float) -> bool:
    rows, columns = inside.any(axis=1).sum(), inside.any(axis=0).sum()
    if rows < 0.25 * letter and columns > 1.5 * letter:
        return False  # a rule
    return bool(rows < 1.8 * letter and (rows > 0.45 * letter or columns > 0.7 * letter) and inside.sum() > letter)


def uncovered_boxes(ink: Mask, cells: Sequence[PixelBox], found: Sequence[PixelBox]) -> list[PixelBox]:
    """Boxes of the lines in those cells in which nothing was found: single digits and dashes are easily missed."""
    boxes = []
    middles = np.array([((x0 + x1) / 2, (y0 + y1) / 2) for x0, y0, x1, y1 in found] or [(-1.0, -1.0)])
    usual = float(np.median([y1 - y0 for _, y0, _, y1 in found])) / _BOX_HEIGHT if found else 0.0
    for x0, y0, x1, y1 in cells:
        held = (middles[:, 0] > x0) & (middles[:, 0] < x1) & (middles[:, 1] > y0) & (middles[:, 1] < y1)
        if held.any():
            continue
        margin = 4
        inside = ink[y0 + margin : y1 - margin, x0 + margin : x1 - margin]
        for top, bottom in _lines(inside):
            box = _tight(inside[top:bottom], x0 + margin, y0 + margin + top)
            if box is not None and inside[top:bottom].sum() > max(12.0, usual / 2):
                boxes.append(_padded(box, usual or float(bottom - top), ink.shape))
    return boxes


def _lines(ink: Mask) -> list[tuple[int, int]]:
    """Runs of rows with ink."""
    rows = np.nonzero(ink.any(axis=1))[0] if ink.size else np.empty(0, dtype=int)
    if not len(rows):
        return []
    breaks = np.nonzero(np.diff(rows) > 4)[0]
    starts, ends = [rows[0], *rows[breaks + 1]], [*rows[breaks], rows[-1]]
    return [(int(start), int(end) + 1) for start, end in zip(starts, ends, strict=True)]


def _tight(ink: npt.NDArray[np.bool_], x: int, y: int) -> PixelBox | None:
    rows, columns = np.nonzero(ink.any(axis=1))[0], np.nonzero(ink.any(axis=0))[0]
    if not len(rows):
        return None
    return (x + int(columns[0]), y + int(rows[0]), x + int(columns[-1]) + 1, y + int(rows[-1]) + 1)


def _padded(box: PixelBox, letter: float, shape: tuple[int, ...]) -> PixelBox:
    """A box as high as a line, with the margin that lines have in the detector's boxes."""
    middle, half = (box[1] + box[3]) / 2, max(box[3] - box[1], letter) * _BOX_HEIGHT / 2
    side = round(0.2 * letter)
    return (
        max(0, box[0] - side),
        max(0, round(middle - half)),
        min(shape[1], box[2] + side),
        min(shape[0], round(middle + half)),
    )
