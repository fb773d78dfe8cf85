import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from docintel.parse.scan.grid import cut_at_rules, find_grids, find_rules
from docintel.parse.scan.raster import find_ink, letter_height, rgb, separate, straighten, tilt_matrix

SCALE = 72 / 150
RED = (215, 30, 40)


def blank(size=(900, 600)):
    image = Image.new("RGB", size, "white")
    return image, ImageDraw.Draw(image)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16", "I", "F"])
def test_every_mode_gives_three_channels_on_white(mode):
    grey = Image.fromarray(np.tile(np.array([[0, 255]], np.uint8).repeat(8, 1), (8, 1)))
    image = grey.convert("I").convert(mode) if mode == "I;16" else grey.convert(mode)
    pixels = rgb(image)
    assert pixels.shape == (8, 16, 3)
    assert pixels[0, 0].max() < 40
    assert pixels[0, -1].min() > 215


def test_transparent_pixels_are_white():
    assert rgb(Image.new("RGBA", (4, 4), (0, 0, 0, 0))).min() == 255


def test_black_under_a_seal_stays_and_the_seal_goes():
    image, draw = blank()
    draw.ellipse((300, 200, 520, 420), outline=RED, width=6)
    draw.line((250, 300, 600, 300), fill="black", width=8)
    sheet = separate(np.asarray(image), SCALE)
    assert sheet.black[300, 305] < 40
    assert sheet.black[200:290, 300:520].min() > 200
    assert sheet.red is None
    [(x0, y0, x1, y1)] = sheet.seals
    assert x0 <= 300 < 520 <= x1
    assert y0 <= 200 < 420 <= y1


def test_other_red_ink_is_kept_apart():
    image, draw = blank()
    for x in range(100, 700, 120):  # five figures like the characters of a red head
        draw.line((x, 100, x + 80, 100), fill=RED, width=12)
        draw.line((x + 40, 60, x + 40, 160), fill=RED, width=12)
    sheet = separate(np.asarray(image), SCALE)
    assert sheet.seals == []
    assert sheet.red is not None
    assert sheet.red[100, 150] < 60
    assert sheet.black[100, 150] > 200


def test_faint_ink_is_made_dark():
    image, draw = blank()
    draw.rectangle((0, 0, 900, 600), fill=(200, 200, 200))
    draw.rectangle((100, 100, 300, 300), fill=(150, 150, 150))
    black = separate(np.asarray(image), SCALE).black
    assert black[200, 200] < 30 < 220 < black[500, 500]


def test_letter_height_is_that_of_most_figures():
    image, draw = blank()
    for row in range(60, 500, 60):
        for x in range(50, 850, 40):
            draw.rectangle((x, row, x + 25, row + 29), outline="black", width=3)
    draw.rectangle((300, 10, 340, 50), fill="black")
    assert letter_height(find_ink(np.asarray(image.convert("L")))) == pytest.approx(30, abs=3)


def test_a_tilted_line_becomes_level():
    image, draw = blank()
    draw.line((100, 280, 800, 280 + 700 * np.tan(np.radians(2))), fill="black", width=4)
    grey = np.asarray(image.convert("L"))
    rows = np.nonzero(straighten(grey, tilt_matrix(grey.shape, 2.0)) < 100)[0]
    assert np.ptp(rows) <= 6


def grids(image):
    ink = find_ink(np.asarray(image.convert("L")))
    return find_grids(*find_rules(ink, SCALE), SCALE)


def table(draw, *, open_sides=False):
    for y in (100, 160, 220, 280):
        draw.line((100, y, 700, y), fill="black", width=2)
    for x in (300, 500) if open_sides else (100, 300, 500, 700):
        draw.line((x, 160 if x == 300 else 100, x, 280), fill="black", width=2)


@pytest.mark.parametrize("open_sides", [False, True])
def test_cells_with_their_spans(open_sides):
    image, draw = blank()
    table(draw, open_sides=open_sides)
    [grid] = grids(image)
    spans = [(cell.row, cell.column, cell.height, cell.width) for cell in grid.cells]
    assert spans == [(0, 0, 1, 2), (0, 2, 1, 1)] + [(row, column, 1, 1) for row in (1, 2) for column in range(3)]
    assert cut_at_rules(grid, (120, 180, 460, 210), 10)[0] == (120, 180, pytest.approx(300, abs=2), 210)


def test_a_table_on_a_noisy_scan():
    image, draw = blank()
    table(draw)
    noise = np.random.default_rng(1).normal(0, 12, (600, 900))
    blurred = np.asarray(image.convert("L").filter(ImageFilter.GaussianBlur(0.7)), dtype=float)
    [grid] = grids(Image.fromarray((blurred * 0.9 + noise).clip(0, 255).astype(np.uint8)))
    assert len(grid.cells) == 8


def test_frames_and_lines_are_no_table():
    image, draw = blank()
    draw.rectangle((50, 50, 850, 550), outline="black", width=3)
    draw.line((50, 120, 850, 120), fill="black", width=3)
    draw.line((100, 300, 800, 300), fill="black", width=2)
    assert grids(image) == []
