"""A page of an OFD file as an image, so that it can be recognised or looked at.

In: a `Content` and the bytes of its images. Out: a `Painting`. Text is set in a font of this machine or the shipped
one; shadings become one colour, clips are not applied: good enough to see what stands where.
"""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docintel.fonts import chinese_font
from docintel.parse.ofd.content import Content, Image, Ink, Path, Text
from docintel.parse.ofd.package import PartError

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageFile import ImageFile

#: Pixels of a page, and of an image on it, at the most.
_MOST_PIXELS, _MOST_IMAGE_PIXELS = 40_000_000, 120_000_000
#: Pixels to the em, at the most: larger glyphs are only boxes.
_LARGEST_GLYPH = 1500


@dataclass(frozen=True, slots=True)
class Painting:
    """The image, RGB on white; `unpainted` says of each image that could not be shown why."""

    image: "Picture"
    unpainted: tuple[str, ...] = ()


def paint(content: Content, read: Callable[[str], bytes], scale: float) -> Painting:
    """Paint a page.

    Args:
        read: gives the bytes of a part.
        scale: pixels per point; less for a page that would be too large.
    """
    from PIL import Image as Pictures

    scale = min(scale, math.sqrt(_MOST_PIXELS / (content.width * content.height)))
    size = max(1, round(content.width * scale)), max(1, round(content.height * scale))
    painter = _Painter(Pictures.new("RGB", size, "white"), read, scale)
    for mark in content.marks:
        painter.add(mark)
    return Painting(painter.image, tuple(painter.unpainted))


@dataclass
class _Painter:
    image: "Picture"
    read: Callable[[str], bytes]
    scale: float
    unpainted: list[str] = field(default_factory=list)

    def add(self, mark: Text | Path | Image) -> None:
        if isinstance(mark, Image):
            self._add_image(mark)
        elif isinstance(mark, Path):
            self._add_path(mark)
        elif mark.ink.alpha:
            self._add_text(mark)

    def _add_path(self, path: Path) -> None:
        from PIL import Image as Pictures
        from PIL import ImageChops, ImageDraw

        lines = [[(x * self.scale, y * self.scale) for x, y in subpath] for subpath in path.subpaths]
        window = self._window([point for line in lines for point in line])
        if window is None:
            return
        left, top, right, bottom = window
        moved = [[(x - left, y - top) for x, y in line] for line in lines]
        if path.fill:
            mask = Pictures.new("1", (right - left, bottom - top))
            for line in moved:  # even-odd; most outlines with holes are drawn so that the other rule agrees
                one = Pictures.new("1", mask.size)
                ImageDraw.Draw(one).polygon(line, fill=1)
                mask = ImageChops.logical_xor(mask, one)
            self._stain(mask.convert("L"), (left, top), path.fill)
        if path.stroke:
            mask = Pictures.new("L", (right - left, bottom - top))
            draw = ImageDraw.Draw(mask)
            for line in moved:
                draw.line(line, fill=255, width=max(1, round(path.stroke.width * self.scale)))
            self._stain(mask, (left, top), path.stroke)

    def _window(self, points: list[tuple[float, float]]) -> tuple[int, int, int, int] | None:
        """The pixels that points lie in, a little more, on the page; None when there are none."""
        xs, ys = zip(*points, strict=True)
        margin = 4
        left, top = max(0, math.floor(min(xs)) - margin), max(0, math.floor(min(ys)) - margin)
        right, bottom = (math.ceil(max(values)) + margin for values in (xs, ys))
        right, bottom = min(self.image.width, right), min(self.image.height, bottom)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _stain(self, mask: "Picture", at: tuple[int, int], ink: Ink) -> None:
        if ink.alpha < 1:
            mask = mask.point(lambda value: round(value * ink.alpha))
        self.image.paste(ink.colour, (at[0], at[1], at[0] + mask.width, at[1] + mask.height), mask)

    def _add_text(self, text: Text) -> None:
        a, b, c, d = (value * self.scale for value in text.matrix)
        size = round(math.hypot(c, d))
        serif = not any(word in text.font.lower() for word in ("黑", "hei", "sans", "arial", "gothic"))
        font = chinese_font(size, serif=serif) if 2 <= size <= _LARGEST_GLYPH else None
        for char, (x, y), advance in zip(text.text, text.origins, text.advances, strict=True):
            if not char.isspace():
                place = (a, b, c, d, x * self.scale, y * self.scale)
                self._add_glyph(char if font else "", place, advance, text.ink, font)

    def _add_glyph(self, char: str, place: tuple[float, ...], advance: float, ink: Ink, font: object) -> None:
        from PIL import Image as Pictures
        from PIL import ImageDraw
        from PIL.ImageFont import FreeTypeFont

        a, b, c, d, x, y = place
        corners = [(x + a * u + c * v, y + b * u + d * v) for u in (0.0, advance) for v in (-0.9, 0.15)]
        window = self._window(corners)
        if window is None:
            return
        left, top, right, bottom = window
        mask = Pictures.new("L", (right - left, bottom - top))
        draw = ImageDraw.Draw(mask)
        if not isinstance(font, FreeTypeFont):
            draw.rectangle((4, 4, mask.width - 5, mask.height - 5), outline=255)
        elif abs(b) + abs(c) < 1e-6 and a > 0 and d > 0 and abs(a - d) < 0.02 * d:
            draw.text((x - left, y - top), char, font=font, fill=255, anchor="ls")
        else:
            em = font.size
            glyph = Pictures.new("L", (round(1.5 * em), round(1.5 * em)))
            ImageDraw.Draw(glyph).text((0.2 * em, 1.1 * em), char, font=font, fill=255, anchor="ls")
            inverse = _inverse((a / em, b / em, c / em, d / em, x - left, y - top))
            if inverse is None:
                return
            shift = (*inverse[:2], inverse[2] + 0.2 * em, *inverse[3:5], inverse[5] + 1.1 * em)
            mask = glyph.transform(mask.size, Pictures.Transform.AFFINE, shift, Pictures.Resampling.BICUBIC)
        self._stain(mask, (left, top), ink)

    def _add_image(self, image: Image) -> None:
        from PIL import Image as Pictures

        x0, y0, x1, y1 = (value * self.scale for value in image.box)
        window = self._window([(x0, y0), (x1, y1)])
        if window is None or image.part is None:
            return
        try:
            picture = _open_image(self.read(image.part), max(x1 - x0, y1 - y0))
        except PartError as exc:
            self.unpainted.append(f"{image.part}: {exc}")
            return
        a, b, c, d, e, f = (value * self.scale for value in image.matrix)
        left, top, right, bottom = window
        step = (a / picture.width, b / picture.width, c / picture.height, d / picture.height, e - left, f - top)
        inverse = _inverse(step)
        if inverse is None:
            return
        size = right - left, bottom - top
        placed = picture.transform(size, Pictures.Transform.AFFINE, inverse, Pictures.Resampling.BICUBIC)
        mask = placed.getchannel("A").point(lambda value: round(value * image.alpha))
        self.image.paste(placed.convert("RGB"), (left, top), mask)


def _open_image(data: bytes, wanted: float) -> "Picture":
    """The image, RGBA, not much larger than `wanted` pixels on its longer side.

    Raises:
        PartError: Pillow doesn't read it, or it is too large.
    """
    import warnings

    from PIL import Image as Pictures

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = _decoded(Pictures.open(io.BytesIO(data)), wanted)
    except Exception as exc:  # each of Pillow's decoders has errors of its own for damaged bytes
        raise PartError(str(exc) or type(exc).__name__) from exc
    factor = int(max(picture.size) // max(wanted, 1))
    return picture.reduce(factor) if factor > 1 else picture


def _decoded(picture: "ImageFile", wanted: float) -> "Picture":
    if picture.width * picture.height > _MOST_IMAGE_PIXELS:
        raise PartError(f"{picture.width} × {picture.height} pixels are too many")
    if max(picture.size) > 2 * wanted:
        picture.draft(picture.mode, (max(1, round(wanted)), max(1, round(wanted))))
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value / 256).convert("L").convert("RGBA")
    return picture.convert("RGBA")


def _inverse(matrix: tuple[float, ...]) -> tuple[float, ...] | None:
    """The way back as Pillow wants it: x = p0 x' + p1 y' + p2, y = p3 x' + p4 y' + p5; None for a flat matrix."""
    a, b, c, d, e, f = matrix
    area = a * d - b * c
    if abs(area) < 1e-9:
        return None
    return d / area, -c / area, (c * f - d * e) / area, -b / area, a / area, (b * e - a * f) / area
