"""Round seals on a page without colour, by their rim.

In: the ink of a page. Out: rings; what of the rim looks like rules is no table, and letters along it are no prose.
"""

from typing import NamedTuple

import numpy as np

from docintel.parse.scan.raster import Mask, PixelBox

#: Of official seals, in points: 30 to 50 mm across.
_RADII = (40, 74)
#: So much of the rim is inked, within this many points; and what of its inside may be.
_RIM, _NEAR = 0.8, 1.5
#: How many votes a circle needs, at one pixel a point.
_VOTES = 40
#: The legend runs between these shares of the radius; its letters are at most so wide, as a share of it too.
_LEGEND, _LETTER = (0.5, 1.02), 0.45


class Ring(NamedTuple):
    """The rim of a seal, in pixels."""

    x: float
    y: float
    radius: float


def find_rings(ink: Mask, scale: float) -> list[Ring]:
    """Circles of the size of seals whose rim is inked; `scale` is points per pixel."""
    import cv2

    height, width = (max(1, round(side * scale)) for side in ink.shape)
    small = cv2.resize(ink.astype(np.uint8) * 255, (width, height), interpolation=cv2.INTER_AREA)
    found = cv2.HoughCircles(
        small, cv2.HOUGH_GRADIENT, 1, 2 * _RADII[0], param1=120, param2=_VOTES, minRadius=_RADII[0], maxRadius=_RADII[1]
    )
    circles = [] if found is None else np.asarray(found).reshape(-1, 3).tolist()
    rings = (Ring(x / scale, y / scale, radius / scale) for x, y, radius in circles)
    return [ring for ring in rings if _inked(ink, ring, _NEAR / scale) >= _RIM]


def _inked(ink: Mask, ring: Ring, near: float) -> float:
    """The share of the rim that has ink near it."""
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    hit = np.zeros(len(angles), bool)
    for radius in np.arange(ring.radius - near, ring.radius + near + 1):
        xs = np.clip((ring.x + radius * np.cos(angles)).astype(int), 0, ink.shape[1] - 1)
        ys = np.clip((ring.y + radius * np.sin(angles)).astype(int), 0, ink.shape[0] - 1)
        hit |= ink[ys, xs]
    return float(hit.mean())


def without_rims(rules: Mask, rings: list[Ring], scale: float) -> Mask:
    """The rules, without what is a stretch of a rim."""
    import cv2

    rims = np.zeros(rules.shape, np.uint8)
    for ring in rings:
        centre = round(ring.x), round(ring.y)
        cv2.circle(rims, centre, round(ring.radius), 1, thickness=max(1, round(4 * _NEAR / scale)))
    return np.asarray(rules & ~rims.astype(bool))


def is_legend(box: PixelBox, rings: list[Ring]) -> bool:
    """Whether a small print stands on a rim, as the letters of a seal's legend do."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    for ring in rings:
        away = float(np.hypot(x - ring.x, y - ring.y)) / ring.radius
        if _LEGEND[0] < away < _LEGEND[1] and max(box[2] - box[0], box[3] - box[1]) < _LETTER * ring.radius:
            return True
    return False
