"""The outline language of OFD, `M 0 0 L 10 0 B … C`, to points.

In: the text of an AbbreviatedData element. Out: subpaths, each a run of points joined by straight lines; curves and
arcs are cut into short ones.
"""

import math
from itertools import pairwise

from docintel.parse.ofd.package import numbers

Point = tuple[float, float]
Subpath = tuple[Point, ...]

#: Operator → how many numbers follow it.
_OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_PIECES = 10
_MOST_WORDS = 400_000


def read_path(data: str) -> tuple[Subpath, ...]:
    """The subpaths of an outline; a closed one ends where it began. What follows a broken operator is left out."""
    words = data.split(maxsplit=_MOST_WORDS)[:_MOST_WORDS]
    paths: list[list[Point]] = []
    i = 0
    while i < len(words):
        operator = words[i]
        count = _OPERANDS.get(operator)
        found = numbers(" ".join(words[i + 1 : i + 1 + count]), count) if count is not None else None
        if count is None or found is None:
            break
        i += 1 + count
        if operator in "SM":
            paths.append([(found[0], found[1])])
        elif paths and operator == "C":
            paths.append([paths[-1][0]])
            paths[-2].append(paths[-1][0])
        elif paths:
            paths[-1] += _segment(operator, paths[-1][-1], found)
    return tuple(tuple(path) for path in paths if len(path) > 1)


def _segment(operator: str, start: Point, values: tuple[float, ...]) -> list[Point]:
    if operator == "L":
        return [(values[0], values[1])]
    if operator == "A":
        return _arc(start, values)
    return _curve([start, *zip(values[::2], values[1::2], strict=True)])


def _curve(points: list[Point]) -> list[Point]:
    """A Bézier curve of any degree by repeated halving of the way between its points."""
    found = []
    for piece in range(1, _PIECES + 1):
        t = piece / _PIECES
        row = points
        while len(row) > 1:
            row = [(a + (c - a) * t, b + (d - b) * t) for (a, b), (c, d) in pairwise(row)]
        found.append(row[0])
    return found


def _arc(start: Point, values: tuple[float, ...]) -> list[Point]:
    """An elliptic arc given by its end.

    Source: SVG 1.1, appendix F.6.5, conversion from endpoint to center parameterization.
    """
    rx, ry, angle, large, sweep, x, y = values
    end = (x, y)
    rx, ry = abs(rx), abs(ry)
    if rx < 1e-6 or ry < 1e-6 or start == end:
        return [end]
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    half_x, half_y = (start[0] - x) / 2, (start[1] - y) / 2
    px, py = cos * half_x + sin * half_y, cos * half_y - sin * half_x
    grow = math.sqrt(max(1.0, (px / rx) ** 2 + (py / ry) ** 2))
    rx, ry = rx * grow, ry * grow
    below = (rx * py) ** 2 + (ry * px) ** 2
    root = math.sqrt(max(0.0, (rx * ry) ** 2 / below - 1)) * (1 if (large != 0) != (sweep != 0) else -1)
    cx, cy = root * rx * py / ry, -root * ry * px / rx
    first = math.atan2((py - cy) / ry, (px - cx) / rx)
    turn = math.atan2((-py - cy) / ry, (-px - cx) / rx) - first
    if sweep and turn < 0:
        turn += 2 * math.pi
    elif not sweep and turn > 0:
        turn -= 2 * math.pi
    mid_x, mid_y = (start[0] + x) / 2, (start[1] + y) / 2
    found = []
    for piece in range(1, 2 * _PIECES + 1):
        at = first + turn * piece / (2 * _PIECES)
        u, v = cx + rx * math.cos(at), cy + ry * math.sin(at)
        found.append((cos * u - sin * v + mid_x, sin * u + cos * v + mid_y))
    return found
