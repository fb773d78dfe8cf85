"""Images of pages to what a recogniser reads best: dark ink on white, upright, red seals out of the way.

In: a PIL image, or grey pixels. Out: grey pixels (`(height, width)` uint8, 255 is white), masks of ink (bool), and
boxes and angles in pixels of them.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Grey = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
#: x0, y0, x1, y1 in pixels.
PixelBox = tuple[int, int, int, int]

#: More pixels than this are scaled down: an A3 page at 300 dpi still fits.
_MOST_PIXELS = 18_000_000
#: Ink is red when its red is so far above its green and blue, of 255.
_REDNESS = 45
#: A page with less red than this share of its pixels has none: a scanner's colour noise.
_RED_SHARE = 2e-4
#: Ink and paper are so far apart on a page that is not faint; on an empty one, so close.
_CONTRAST, _NOTHING = 140, 16
#: Round seals of units measure 42 mm, oval ones 45 × 30 mm, those of persons and companies less; in points.
_SEAL_SIDE = (40.0, 190.0)
#: Share of a seal's rim that must bear ink; a square frame, as of 国, meets the ellipse in about half.
_RIM = 0.68


@dataclass(frozen=True, slots=True)
class Sheet:
    """The inks of a page apart.

    Attributes:
        black: all ink but red.
        red: red ink outside seals, as black; None where there is none.
        seals: where seals are.
    """

    black: Grey
    red: Grey | None = None
    seals: list[PixelBox] = field(default_factory=list)


def rgb(image: Image.Image) -> npt.NDArray[np.uint8]:
    """The pixels, `(height, width, 3)`: transparent ones white, 8 bits a channel, huge images made smaller."""
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    pixels = image.width * image.height
    if pixels > _MOST_PIXELS:
        ratio = (_MOST_PIXELS / pixels) ** 0.5
        size = max(1, round(image.width * ratio)), max(1, round(image.height * ratio))
        image = image.convert("L" if image.mode == "1" else image.mode if image.mode in ("L", "RGB") else "RGB")
        image = image.resize(size, Image.Resampling.BOX)
    return np.asarray(image.convert("RGB"))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Darkest to lightest as 0 to 255: such images fill any part of their range."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    low, high = float(values.min()), float(values.max())
    span = max(high - low, 1.0)
    return Image.fromarray(((values - low) * (255 / span)).clip(0, 255).astype(np.uint8))


def separate(pixels: npt.NDArray[np.uint8], scale: float) -> Sheet:
    """Take the red ink off a page; `scale` is points per pixel.

    In the red channel red ink is as light as paper and black ink under it stays black, so text reads on under a seal.
    """
    pixels = _stretched(pixels)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    other = np.maximum(green, blue)
    redness = np.where(red > other, red - other, 0).astype(np.uint8)
    reddish = redness > _REDNESS
    black = np.minimum(red, _grey(pixels)) if reddish.mean() < _RED_SHARE else _whitened(red, reddish)
    if reddish.mean() < _RED_SHARE:
        return Sheet(black)
    seals = _seals(reddish, scale)
    for x0, y0, x1, y1 in seals:
        redness[y0:y1, x0:x1] = 0
    strength = int(np.percentile(redness[reddish], 90)) if redness[reddish].any() else 0
    if strength <= _REDNESS or (redness > _REDNESS).mean() < _RED_SHARE / 4:
        return Sheet(black, None, seals)
    dark = np.minimum(redness.astype(np.float32) * (235 / strength), 255)
    return Sheet(black, (255 - dark).astype(np.uint8), seals)


def _stretched(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """A faint page with its ink as dark, and its paper as light, as on others."""
    sample = pixels[::4, ::4].min(axis=2)
    dark, light = float(np.percentile(sample, 0.5)), float(np.percentile(sample, 90))
    if light - dark > _CONTRAST or light - dark < _NOTHING:
        return pixels
    table = ((np.arange(256) - dark) * (255 / (light - dark))).clip(0, 255).astype(np.uint8)
    return np.asarray(table[pixels], dtype=np.uint8)


def _grey(pixels: npt.NDArray[np.uint8]) -> Grey:
    import cv2

    grey: Any = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(grey, dtype=np.uint8)


def _whitened(red: Grey, reddish: Mask) -> Grey:
    """The red channel with red ink, which is a little darker than paper there, as light as paper.

    Edges of black strokes under a seal are dark red: they are lightened in proportion, not erased.
    """
    ink = float(np.percentile(red[reddish], 60))
    gain = 255 / max(ink, 128.0)
    light = np.minimum(red.astype(np.float32) * gain, 255).astype(np.uint8)
    return np.asarray(np.where(reddish, light, red), dtype=np.uint8)


def _seals(reddish: Mask, scale: float) -> list[PixelBox]:
    """Boxes of round and oval red figures with a rim."""
    import cv2

    step = max(1, round(1.0 / scale))  # about a pixel a point is enough
    small = reddish[::step, ::step].astype(np.uint8) if step == 1 else _pooled(reddish, step)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    found: list[PixelBox] = []
    for label, (x, y, width, height, _area) in enumerate(stats.tolist()):
        sides = (width * step * scale, height * step * scale)
        fits = all(_SEAL_SIDE[0] <= side <= _SEAL_SIDE[1] for side in sides) and 0.55 < width / height < 1.8
        if label and fits and _rim_share(labels[y : y + height, x : x + width] == label) >= _RIM:
            margin = 3
            x0, y0 = max(0, x - margin) * step, max(0, y - margin) * step
            found.append((x0, y0, (x + width + margin) * step, (y + height + margin) * step))
    return found


def _pooled(mask: Mask, step: int) -> npt.NDArray[np.uint8]:
    """Whether any pixel of each square is set."""
    height, width = (side // step * step for side in mask.shape)
    squares = mask[:height, :width].reshape(height // step, step, width // step, step)
    return np.asarray(squares.any(axis=(1, 3)), dtype=np.uint8)


def _rim_share(figure: Mask) -> float:
    """Share of directions from the middle in which the figure bears ink on the ellipse of its box."""
    height, width = figure.shape
    y, x = np.nonzero(figure)
    across, down = (x - (width - 1) / 2) / (width / 2), (y - (height - 1) / 2) / (height / 2)
    radius = np.hypot(across, down)
    angle = np.degrees(np.arctan2(down, across))[(radius > 0.88) & (radius < 1.06)]
    return len(np.unique((angle // 5).astype(int))) / 72


def find_ink(grey: Grey) -> Mask:
    """Where ink is, on paper of uneven brightness."""
    import cv2

    smooth = cv2.GaussianBlur(grey, (3, 3), 0)  # a median would eat the thin strokes of Song type
    block = max(31, min(grey.shape) // 24 | 1)
    ink = cv2.adaptiveThreshold(smooth, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, 18)
    return np.asarray(ink, dtype=bool)


def letter_height(ink: Mask) -> float:
    """The height of most characters, in pixels; 0 when there are none."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    width, height = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    limit = max(ink.shape) / 6
    letters = np.sort(height[(height >= 6) & (width >= 3) & (height < limit) & (width < limit) & (width < 4 * height)])
    if not len(letters):
        return 0.0
    reached = np.cumsum(letters)
    return float(letters[np.searchsorted(reached, 0.6 * reached[-1])])


def turn(grey: Grey, quarters: int) -> Grey:
    """Turn by quarters of a circle, anticlockwise."""
    return np.ascontiguousarray(np.rot90(grey, quarters))


def tilt_matrix(shape: tuple[int, ...], degrees: float) -> npt.NDArray[np.float64]:
    """The `(2, 3)` matrix that turns a page about its middle, so that a line which falls by `degrees` becomes level."""
    import cv2

    matrix: Any = cv2.getRotationMatrix2D((shape[1] / 2, shape[0] / 2), degrees, 1.0)
    return np.asarray(matrix, dtype=np.float64)


def straighten(grey: Grey, matrix: npt.NDArray[np.float64]) -> Grey:
    """The page turned by a matrix of `tilt_matrix`, of the same size; what comes in at the corners is white."""
    import cv2

    size = (grey.shape[1], grey.shape[0])
    turned: Any = cv2.warpAffine(
        grey, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=255
    )
    return np.asarray(turned, dtype=np.uint8)
