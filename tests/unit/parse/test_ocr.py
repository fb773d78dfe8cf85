import json
import math
import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from docintel.fonts import shipped_font
from docintel.parse.layout.geometry import rows_in_order
from docintel.parse.layout.pages import Fragment, Page, Table
from docintel.parse.scan import cache as page_cache
from docintel.parse.scan import ocr
from docintel.parse.scan.ocr import Scan, read_scan, recognise
from docintel.parse.scan.prints import extended, missed_boxes, split_at_gaps
from docintel.parse.scan.text import corrected
from docintel.parse.tables import Cell

DPI = 150
SCALE = 72 / DPI
RED = (215, 30, 40)


def font(points):
    return ImageFont.truetype(str(shipped_font()), round(points * DPI / 72))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCINTEL_CACHE", str(tmp_path))
    return tmp_path / "ocr"


def stamped(image, x, y):
    seal = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(seal)
    draw.ellipse((x - 110, y - 110, x + 110, y + 110), outline=RED, width=7)
    star = [
        (x + r * math.sin(a), y - r * math.cos(a))
        for a, r in zip(np.radians(range(0, 360, 36)), [40, 16] * 5, strict=True)
    ]
    draw.polygon(star, fill=RED)
    return ImageChops.multiply(image, seal)


@pytest.mark.model
def test_a_tilted_page_with_a_red_head_and_a_seal_over_its_signature():
    lines = ["　　经查，云栖县卫健局3个科室违规采购试剂，", "涉及金额312.50万元；松陵区已立案2件。"]
    image = Image.new("RGB", (1240, 620), "white")
    draw = ImageDraw.Draw(image)
    draw.text((300, 50), "中共云栖县委文件", font=font(30), fill=RED)
    for y, line in zip((220, 290), lines, strict=True):
        draw.text((150, y), line, font=font(16), fill="black")
    draw.text((800, 400), "云栖县纪委", font=font(16), fill="black")
    draw.text((780, 470), "2024年3月15日", font=font(16), fill="black")
    image = stamped(image, 880, 430).rotate(1.5, Image.Resampling.BICUBIC, fillcolor="white")
    scan = read_scan(image, number=3, scale=SCALE)
    assert [row.text for row in rows_in_order(scan.page)] == [
        "中共云栖县委文件",
        *[line.strip() for line in lines],
        "云栖县纪委",
        "2024年3月15日",
    ]
    assert (scan.seals, scan.page.number) == (1, 3)
    assert (scan.page.width, scan.page.height) == pytest.approx((1240 * SCALE, 620 * SCALE))
    body = next(f for f in scan.page.fragments if f.text.startswith("涉及"))
    assert body.box[0] == pytest.approx(150 * SCALE, abs=8)
    assert body.size == pytest.approx(16, abs=1.5)
    assert body.confidence > 0.9


@pytest.mark.model
def test_a_sideways_table_with_a_merged_cell_and_the_cache(cache, monkeypatch):
    image = Image.new("RGB", (1000, 420), "white")
    draw = ImageDraw.Draw(image)
    for y in (60, 140, 260, 340):
        draw.line((60, y, 940, y), fill="black", width=2)
    for x in (60, 200, 620, 940):
        draw.line((x, 60, x, 260 if x == 200 else 340), fill="black", width=2)
    cells = [
        *[(70, 80, "序号"), (210, 80, "问题"), (630, 80, "金额（万元）"), (110, 180, "1"), (630, 180, "312.50")],
        *[(210, 150, "采购药品未按规定公开"), (210, 200, "招标"), (70, 280, "合计"), (630, 280, "8")],
    ]
    for x, y, text in cells:
        draw.text((x, y), text, font=font(14), fill="black")
    image = image.rotate(90, expand=True)
    page = recognise(image, number=1, scale=SCALE)
    [table] = page.tables
    rows = [["序号", "问题", "金额（万元）"], ["1", "采购药品未按规定公开招标", "312.50"], ["合计", "8"]]
    assert [cell.text for cell in table.cells] == [text for row in rows for text in row]
    assert [(cell.row, cell.column, cell.width) for cell in table.cells][-2:] == [(2, 0, 2), (2, 2, 1)]
    assert page.width > page.height
    assert page.fragments == ()
    monkeypatch.setattr(ocr, "_scan", None)  # what is cached is not recognised again
    assert recognise(image, number=7, scale=SCALE) == replace(page, number=7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("据了解,全县共立案35件;", "据了解，全县共立案35件；"),
        ("主要问题:一是", "主要问题：一是"),
        ("(一)加强监督", "（一）加强监督"),
        ("云栖县(含直属单位)", "云栖县（含直属单位）"),
        ("共1,234人,10:30开会", "共1,234人，10:30开会"),
        ("http://a.cn:80,f(x)", "http://a.cn:80,f(x)"),
        ("云纪发〔2024〕5号", "云纪发〔2024〕5号"),
        ("云纪发[2024]5号", "云纪发[2024]5号"),
        ("金额 （万元）", "金额（万元）"),
        ("清风--云栖县", "清风——云栖县"),
    ],
)
def test_punctuation_of_chinese_type(text, expected):
    assert corrected(text) == expected


def test_a_box_is_cut_at_a_wide_gap_only():
    ink = np.zeros((40, 400), dtype=bool)
    for x in (10, 45, 80, 240, 275):
        ink[5:35, x : x + 30] = True
    assert split_at_gaps(ink, (0, 0, 400, 40)) == [(0, 0, 174, 40), (174, 0, 400, 40)]
    assert split_at_gaps(ink, (0, 0, 120, 40)) == [(0, 0, 120, 40)]


def test_a_box_reaches_over_the_end_of_its_line_but_no_speck():
    ink = np.zeros((60, 400), dtype=bool)
    ink[15:45, 100:200] = ink[35:44, 210:219] = True  # a last 。 outside the box
    ink[30:32, 80:82] = True
    x0, _, x1, _ = extended(ink, (95, 10, 205, 50))
    assert x0 == 95
    assert 219 <= x1 <= 230


def test_a_short_line_that_the_detector_missed():
    ink = np.zeros((300, 400), dtype=bool)
    ink[100:103, 50:80] = ink[112:120, 86:92] = True  # 一、
    ink[200:202, 50:390] = True  # a rule
    ink[250, 50] = True
    [box] = missed_boxes(ink, [(10, 10, 390, 52)], [])
    assert (box[0] < 50, box[2] > 92, box[1] < 100, box[3] > 120) == (True, True, True, True)


SCAN = Scan(
    Page(
        1,
        595.0,
        842.0,
        (Fragment("通报", (1.0, 2.0, 3.0, 4.0), 16.0, confidence=0.9),),
        (Table((Cell(0, 0, "合计", width=2),), (1.0, 2.0, 3.0, 4.0), 0.8),),
    ),
    seals=1,
)


def test_the_cache_gives_back_what_was_stored(cache):
    page_cache.store("a" * 64, SCAN)
    assert page_cache.load("a" * 64) == SCAN
    assert cache.stat().st_mode & 0o777 == 0o700
    assert page_cache.load("b" * 64) is None


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'{"page":{}}', b"\xff\xfe"])
def test_a_damaged_entry_counts_as_none(cache, data):
    page_cache.store("a" * 64, SCAN)
    (cache / f"{'a' * 64}.json").write_bytes(data)
    assert page_cache.load("a" * 64) is None


def test_a_cache_that_cannot_be_written_is_no_error(cache):
    cache.write_text("a file where the folder should be")
    page_cache.store("a" * 64, SCAN)
    assert page_cache.load("a" * 64) is None


def test_the_oldest_entries_give_way(cache, monkeypatch):
    monkeypatch.setattr(page_cache, "_MOST_ENTRIES", 10)
    monkeypatch.setattr(page_cache, "_BETWEEN_CHECKS", 1)
    monkeypatch.setattr(page_cache, "_drop_oldest", lambda folder: None)
    for i in range(12):
        page_cache.store(f"{i:064}", SCAN)
        os.utime(cache / f"{i:064}.json", (i, i))
    monkeypatch.undo()
    monkeypatch.setattr(page_cache, "_MOST_ENTRIES", 10)
    page_cache._drop_oldest(cache)
    assert sorted(int(path.stem) for path in cache.iterdir()) == list(range(3, 12))


def test_the_key_depends_on_pixels_and_scale():
    pixels = np.zeros((2, 3, 3), np.uint8)
    keys = {page_cache.key(p, s) for p in (pixels, pixels + 1, pixels.reshape(3, 2, 3)) for s in (0.3, 0.4)}
    assert len(keys) == 6
    assert json.loads(json.dumps(list(keys))) == list(keys)
