"""Pages drawn with their blocks: what stands where in the images."""

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from docintel import fonts
from docintel.errors import InputError, NotFoundError
from docintel.parse.draw import COLOURS, draw_page, draw_pages
from docintel.parse.file import File, Limits
from docintel.parse.sandbox import Sandbox
from docintel.schema import Block, BlockKind, Document
from tests.unit.parse.test_ofd import SENTENCE, line, ofd, page, png, read, scanned, text

HEAD = 54


def document(*blocks, source="a.ofd", pages=1):
    words = "\n".join("甲" * 5 for _ in blocks)
    placed = [replace(block, start=6 * i, end=6 * i + 5) for i, block in enumerate(blocks)]
    return Document(id="0", source=source, text=words, blocks=tuple(placed), pages=pages)


def block(kind, *, page=1, box=(60, 60, 200, 80), **more):
    return Block(kind=kind, start=0, end=1, page=page, box=box, **more)


def drawn(data, doc, folder):
    return [
        Image.open(io.BytesIO(path.read_bytes())) for path in draw_pages(File(data, doc.source), doc, folder, dpi=72)
    ]


def count(image, colour):
    return sum(pixel == colour for pixel in image.get_flattened_data())


def test_each_page_is_a_file(tmp_path):
    data = ofd(*[page(text(SENTENCE))] * 2)
    paths = draw_pages(File(data, "a.ofd"), read(data), tmp_path / "new")
    assert [path.name for path in paths] == ["page-001.png", "page-002.png"]
    assert Image.open(io.BytesIO(paths[0].read_bytes())).size == (910, 1286 + HEAD)


def test_progress_is_told_page_by_page_up_to_the_limit(tmp_path):
    told = []
    file = File(ofd(*[page()] * 3), "a.ofd", Limits(pages=2), lambda done, total: told.append((done, total)))
    assert len(draw_pages(file, document(pages=3), tmp_path, dpi=36)) == 2
    assert told == [(1, 2), (2, 2)]


def test_blocks_are_outlined_where_they_stand(tmp_path):
    doc = document(block(BlockKind.TITLE), block(BlockKind.TABLE, box=(60, 200, 300, 400)))
    (image,) = drawn(ofd(page()), doc, tmp_path)
    assert image.getpixel((130, HEAD + 58)) == COLOURS[BlockKind.TITLE]
    assert image.getpixel((302, HEAD + 300)) == COLOURS[BlockKind.TABLE]
    red, green, blue = image.getpixel((180, HEAD + 300))
    assert (red, green, blue) != (255, 255, 255)
    assert green > red


def test_doubtful_blocks_are_dashed(tmp_path):
    sure, unsure = (document(block(BlockKind.PARAGRAPH, confidence=c)) for c in (0.9, 0.5))
    images = [drawn(ofd(page()), doc, tmp_path)[0].crop((56, HEAD + 81, 206, HEAD + 84)) for doc in (sure, unsure)]
    plain, dashed = (count(image, COLOURS[BlockKind.PARAGRAPH]) for image in images)
    assert 0 < dashed < 0.7 * plain


def test_page_shows_text_lines_and_images(tmp_path):
    blank = drawn(ofd(page()), document(), tmp_path)[0]
    for data in (
        ofd(page(text(SENTENCE))),
        ofd(page(text(SENTENCE, more='CTM="0.7 0.7 -0.7 0.7 0 0"'))),
        ofd(page(line(20, 20, 120, 20))),
        scanned(page('<ofd:ImageObject ResourceID="4" Boundary="20 20 80 60" CTM="80 0 0 60 0 0"/>')),
    ):
        assert drawn(data, document(), tmp_path)[0].tobytes() != blank.tobytes()


def test_page_that_cannot_be_read_is_blank_and_keeps_its_number(tmp_path):
    data = ofd(page(), page(text(SENTENCE)), **{"Doc_0/Pages/0.xml": "<broken"})
    first, second = drawn(data, document(block(BlockKind.PARAGRAPH, page=2), pages=2), tmp_path)
    assert count(first, COLOURS[BlockKind.PARAGRAPH]) == 0
    assert count(second, COLOURS[BlockKind.PARAGRAPH]) > 0


def test_blocks_off_the_page_or_without_a_place_do_no_harm(tmp_path):
    boxes = [(-50, -50, 9000, 9000), (700, 900, 800, 950), (10, 10, 10, 10), None]
    assert len(drawn(ofd(page()), document(*[block(BlockKind.PARAGRAPH, box=box) for box in boxes]), tmp_path)) == 1


def test_without_a_font_of_the_system_the_shipped_one_draws(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "_SANS", ("no such font.ttf",))
    monkeypatch.setattr(fonts, "_SERIF", ())
    fonts._file.cache_clear()
    fonts.chinese_font.cache_clear()
    try:
        assert Path(fonts.chinese_font(12).path) == fonts.shipped_font()
        assert fonts.chinese_font(40).getmask("整").getbbox() != fonts.chinese_font(40).getmask("一").getbbox()
        assert len(drawn(ofd(page(text(SENTENCE))), document(block(BlockKind.TABLE)), tmp_path)) == 1
    finally:
        fonts._file.cache_clear()
        fonts.chinese_font.cache_clear()


def test_pdf_pages(tmp_path):
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    buffer = io.BytesIO()
    pdf = canvas.Canvas(buffer, pagesize=(300, 400))
    pdf.showPage()
    pdf.save()
    (image,) = drawn(buffer.getvalue(), document(block(BlockKind.TITLE), source="a.pdf"), tmp_path)
    assert image.size == (300, 400 + HEAD)
    assert image.getpixel((130, HEAD + 58)) == COLOURS[BlockKind.TITLE]


def test_each_frame_of_an_image_is_a_page(tmp_path):
    buffer = io.BytesIO()
    frames = [Image.new("L", (600, 800), 255), Image.new("L", (800, 600), 255)]
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:], dpi=(100, 100))
    doc = document(block(BlockKind.TITLE), block(BlockKind.TABLE, page=2), source="a.tif", pages=2)
    first, second = drawn(buffer.getvalue(), doc, tmp_path)
    assert (first.size, second.size) == ((432, 576 + HEAD), (576, 432 + HEAD))
    assert first.getpixel((130, HEAD + 58)) == COLOURS[BlockKind.TITLE]
    assert second.getpixel((130, HEAD + 58)) == COLOURS[BlockKind.TABLE]


@pytest.mark.parametrize("data", [b"<html><body><p>x", "某县通报".encode()])
def test_formats_without_pages(data, tmp_path):
    with pytest.raises(InputError, match=r"没有页面") as caught:
        draw_pages(File(data, "a.txt"), document(source="a.txt"), tmp_path)
    assert "tree" in caught.value.hint


def test_drawing_needs_no_recogniser(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "docintel.parse.scan.ocr", None)
    assert len(drawn(scanned(page(text(SENTENCE)), image=png()), document(), tmp_path)) == 1


def test_one_page_is_drawn_as_it_is(tmp_path):
    file = File(ofd(page(), page(text(SENTENCE)), page()), "a.ofd")
    path = tmp_path / "page.png"
    width, height = draw_page(file, 2, path, dpi=72)
    image = Image.open(io.BytesIO(path.read_bytes()))
    assert image.size == pytest.approx((width, height), abs=2), "no legend above it"
    assert any(count(image.convert("RGB"), (shade,) * 3) for shade in range(60)), "its own page, not a blank neighbour"


@pytest.mark.parametrize("number", [-1, 0, 4])
def test_a_page_that_is_not_there_is_an_error(tmp_path, number):
    with pytest.raises(NotFoundError):
        draw_page(File(ofd(*[page()] * 3), "a.ofd"), number, tmp_path / "page.png")


def test_the_sandbox_gives_a_page_of_a_pdf(tmp_path):
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(300, 200))
    for words in ("one", "two"):
        canvas.drawString(50, 100, words)
        canvas.showPage()
    canvas.save()
    with Sandbox() as sandbox:
        pages = [sandbox.page(out.getvalue(), "a.pdf", number) for number in (1, 2)]
        with pytest.raises(NotFoundError):
            sandbox.page(out.getvalue(), "a.pdf", 3)
        with pytest.raises(InputError, match="没有页面"):
            sandbox.page(b"words", "a.txt", 1)
    assert [(round(each.width), round(each.height)) for each in pages] == [(300, 200)] * 2
    assert pages[0].png != pages[1].png
    assert Image.open(io.BytesIO(pages[0].png)).width == pytest.approx(300 * 110 / 72, abs=1)
