"""What is drawn on a PDF page besides text: rules that may belong to tables, and how much of it images cover.

In: a page of PDFium. Out: its rules as thin boxes, the share of the page under images, and the number of paths. Thin
rectangles that are filled are rules too: Word and WPS draw borders so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docintel.parse.pdf import pdfium
from docintel.parse.pdf.frame import Boxes, Frame

#: A rule is this thick at most and this long at least, in points.
_THICKEST, _SHORTEST = 4.0, 5.0
#: A page with more objects or segments is a map or a drawing: its rules are not looked at.
_MOST_OBJECTS, _MOST_SEGMENTS, _DEEPEST = 30_000, 20_000, 6
_PATH, _IMAGE, _FORM = 2, 3, 5
_MOVE = 2
_IDENTITY = np.array([1, 0, 0, 1, 0, 0], np.float32)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn on a page besides text.

    Attributes:
        rules: lines along the axes of the page, in points from its top left corner, (n, 4).
        images: share of the page that images cover, 0 to 1.
        paths: how many paths are painted, rules or not.
    """

    rules: Boxes
    images: float
    paths: int


def read_drawing(page: Any, frame: Frame) -> Drawing:
    """What is drawn on a `pypdfium2.PdfPage`."""
    found = _Found()
    for objects, matrix in _levels(pdfium.handle(page), found):
        found.add(objects, matrix)
    width, height = frame.size
    rules = frame.shown(np.concatenate(found.rules)) if found.rules else np.zeros((0, 4), np.float32)
    visible = (rules[:, :2] < (width, height)).all(axis=1) & (rules[:, 2:] > 0).all(axis=1)
    images = np.zeros((0, 4), np.float32) if not found.images else frame.shown(np.concatenate(found.images))
    sides = np.clip(images, 0, [width, height, width, height])
    area = ((sides[:, 2] - sides[:, 0]) * (sides[:, 3] - sides[:, 1])).sum()
    return Drawing(rules[visible], min(1.0, float(area / max(width * height, 1))), found.paths)


def _levels(page: int, found: "_Found") -> Iterator[tuple[dict[int, list[int]], NDArray[np.float32]]]:
    """The objects of the page, and of the forms in it, by type, and the matrix that leads to the page.

    Where there are too many they are counted as paths.
    """
    budget = _MOST_OBJECTS
    waiting = [("FPDFPage", page, _IDENTITY, 0)]
    while waiting:
        kind, owner, matrix, depth = waiting.pop()
        count = pdfium.function(f"{kind}_CountObjects")(owner)
        budget -= max(count, 0)
        if budget < 0:
            found.paths += max(count, 0)
        if count <= 0 or budget < 0:
            continue
        objects = pdfium.of_each(f"{kind}_GetObject", owner, count)
        types = np.fromiter(map(pdfium.function("FPDFPageObj_GetType"), objects.tolist()), np.int64, count)
        by_type = {wanted: objects[types == wanted].tolist() for wanted in (_PATH, _IMAGE, _FORM)}
        yield by_type, matrix
        if depth < _DEEPEST:
            for form in by_type[_FORM]:
                own = pdfium.matrix_of("FPDFPageObj_GetMatrix", form)
                waiting.append(("FPDFFormObj", form, _product(own, matrix), depth + 1))


class _Found:
    """Rules and images so far, as left, bottom, right, top on the page."""

    def __init__(self) -> None:
        self.rules: list[NDArray[np.float32]] = []
        self.images: list[NDArray[np.float32]] = []
        self.paths = 0
        self._segments = _MOST_SEGMENTS

    def add(self, objects: dict[int, list[int]], matrix: NDArray[np.float32]) -> None:
        if objects[_IMAGE]:
            self.images.append(_moved(pdfium.object_boxes(objects[_IMAGE]), matrix))
        if not objects[_PATH]:
            return
        painted = [(path, *_paint(path)) for path in objects[_PATH]]
        painted = [(path, fill, stroke) for path, fill, stroke in painted if fill or stroke]
        self.paths += len(painted)
        boxes = _moved(pdfium.object_boxes([path for path, _, _ in painted]), matrix)
        thin = _is_rule(boxes)
        self.rules.append(boxes[thin])
        for (path, _, stroke), is_rule in zip(painted, thin.tolist(), strict=True):
            if not is_rule:
                self._add_path(path, stroke, matrix)

    def _add_path(self, path: int, stroke: bool, matrix: NDArray[np.float32]) -> None:
        """The straight lines of a stroked path, or the thin rectangles of a filled one."""
        count = pdfium.function("FPDFPath_CountSegments")(path)
        self._segments -= max(count, 0)
        if count < 2 or (count <= 5 and not stroke) or self._segments < 0:
            return
        parts = _subpaths(path, count)
        if stroke:
            boxes = [
                [*np.minimum(one, other), *np.maximum(one, other)] for part in parts for one, other in _sides(part)
            ]
        else:
            boxes = [[*np.min(part, axis=0), *np.max(part, axis=0)] for part in parts]
        if boxes:
            own = pdfium.matrix_of("FPDFPageObj_GetMatrix", path)
            moved = _moved(np.array(boxes, np.float32), _product(own, matrix))
            self.rules.append(moved[_is_rule(moved)])


def _paint(path: int) -> tuple[bool, bool]:
    """Whether the path is filled, and whether it is stroked."""
    mode = np.zeros(2, np.int32)
    start = mode.ctypes.data
    pdfium.function("FPDFPath_GetDrawMode")(path, start, start + 4)
    return bool(mode[0]), bool(mode[1])


def _subpaths(path: int, count: int) -> list[list[tuple[float, float]]]:
    """The corners of each part of a path; one that is closed ends where it began."""
    segment_of, type_of = pdfium.function("FPDFPath_GetPathSegment"), pdfium.function("FPDFPathSegment_GetType")
    point_of, closes = pdfium.function("FPDFPathSegment_GetPoint"), pdfium.function("FPDFPathSegment_GetClose")
    point = np.zeros(2, np.float32)
    start = point.ctypes.data
    parts: list[list[tuple[float, float]]] = []
    for number in range(count):
        segment = segment_of(path, number)
        if not segment or not point_of(segment, start, start + 4):
            continue
        if type_of(segment) == _MOVE or not parts:
            parts.append([])
        parts[-1].append((float(point[0]), float(point[1])))
        if closes(segment):
            parts[-1].append(parts[-1][0])
    return [part for part in parts if len(part) > 1]


def _sides(part: list[tuple[float, float]]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return list(pairwise(part))


def _is_rule(boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    sides = np.abs(boxes[:, 2:] - boxes[:, :2])
    thickness, length = sides.min(axis=1), sides.max(axis=1)
    return np.asarray((thickness <= _THICKEST) & (length >= _SHORTEST) & (length >= 2 * thickness))


def _product(inner: NDArray[np.float32], outer: NDArray[np.float32]) -> NDArray[np.float32]:
    """The matrix that applies the inner one first."""
    a, b, c, d, e, f = inner.tolist()
    p, q, r, s, t, u = outer.tolist()
    return np.array(
        [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u], np.float32
    )


def _moved(boxes: NDArray[np.float32], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The boxes under a matrix."""
    a, b, c, d, e, f = matrix
    xs = np.stack([a * boxes[:, i] + c * boxes[:, j] + e for i in (0, 2) for j in (1, 3)])
    ys = np.stack([b * boxes[:, i] + d * boxes[:, j] + f for i in (0, 2) for j in (1, 3)])
    moved = np.stack([xs.min(axis=0), ys.min(axis=0), xs.max(axis=0), ys.max(axis=0)], axis=1)
    return np.asarray(np.nan_to_num(moved, nan=0.0, posinf=0.0, neginf=0.0), np.float32)
