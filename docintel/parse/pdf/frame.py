"""Coordinates of a PDF page to points from the top left corner of the page as it is shown, and quarter turns of these.

In: boxes as PDFium gives them, of pages with any box and `/Rotate`. Out: boxes as `layout.Box` has them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: (n, 4) x0, y0, x1, y1.
Boxes = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible part of a page.

    Attributes:
        left: of the visible part, in the page's own coordinates, as are bottom, right and top.
        quarters: turns to the right by which it is shown.
    """

    left: float
    bottom: float
    right: float
    top: float
    quarters: int

    @classmethod
    def of(cls, page: Any) -> "Frame":
        """The frame of a `pypdfium2.PdfPage`."""
        left, bottom, right, top = page.get_bbox()
        return cls(left, bottom, right, top, page.get_rotation() // 90)

    @property
    def is_plain(self) -> bool:
        """Whether the page is shown as it is written, from its lower left corner and not turned."""
        return self.left == self.bottom == self.quarters == 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown, in points."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.quarters % 2 else (width, height)

    def shown(self, boxes: Boxes) -> Boxes:
        """Boxes of left, bottom, right, top on the page as boxes on the page as it is shown."""
        x0, y0, x1, y1 = boxes.T
        flipped = np.stack([x0 - self.left, self.top - y1, x1 - self.left, self.top - y0], axis=1)
        return turned(flipped, -self.quarters, self.right - self.left, self.top - self.bottom)


def turned(boxes: Boxes, quarters: int, width: float, height: float) -> Boxes:
    """The boxes on a page of this width and height when it is turned to the left by so many quarters."""
    x0, y0, x1, y1 = boxes.T
    match quarters % 4:
        case 1:
            sides = [y0, width - x1, y1, width - x0]
        case 2:
            sides = [width - x1, height - y1, width - x0, height - y0]
        case 3:
            sides = [height - y1, x0, height - y0, x1]
        case _:
            return boxes
    return np.stack(sides, axis=1)


def turned_size(quarters: int, width: float, height: float) -> tuple[float, float]:
    """Width and height of a page that is turned by so many quarters."""
    return (height, width) if quarters % 2 else (width, height)
