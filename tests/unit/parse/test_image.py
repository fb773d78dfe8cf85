import io
import random
from contextlib import suppress

import pytest
from PIL import Image

from docintel.errors import InputError, ParseError, UnsupportedFormatError
from docintel.parse.file import File, Limits
from docintel.parse.layout.pages import Fragment, Page
from docintel.parse.scan import image as room
from docintel.parse.scan.image import parse_image
from docintel.parse.scan.ocr import Scan

TEXT = "云栖县纪委监委紧盯医疗卫生领域突出问题，共发现问题35个。"


@pytest.fixture(autouse=True)
def scale_seen(monkeypatch):
    """Stands in for the recogniser: text on every page that isn't white, sure by its grey; notes the scales."""
    seen = []

    def read_scan(image, *, number, scale):
        seen.append(scale)
        grey = image.convert("L").getpixel((0, 0))
        size = image.width * scale, image.height * scale
        line = Fragment(f"第{number}页{TEXT}", (90.0, 90.0, 400.0, 106.0), 16.0, confidence=grey / 200)
        return Scan(Page(number, *size, () if grey == 255 else (line,)), seals=int(grey == 198))

    monkeypatch.setattr(room, "read_scan", read_scan)
    return seen


def data(greys=(200,), size=(60, 80), form="TIFF", **options):
    pages = [Image.new("RGB", size, (grey,) * 3) for grey in greys]
    more = {"save_all": True, "append_images": pages[1:]} if len(pages) > 1 else {}
    stream = io.BytesIO()
    pages[0].save(stream, form, **more, **options)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF"])
def test_every_format(form):
    document = parse_image(File(data(form=form), "a.img"))
    assert TEXT in document.text
    assert (document.parser, document.pages, document.missing) == ("image", 1, ())
    assert document.blocks[0].page == 1


def test_pages_progress_and_warnings():
    steps = []
    file = File(data([200, 100, 198]), "a.tif", progress=lambda done, total: steps.append((done, total)))
    document = parse_image(file)
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert document.pages == 3
    low, seal = document.warnings
    assert low.startswith("第 2 页识别可信度低")
    assert seal.startswith("第 3 页有印章")


@pytest.mark.parametrize("limit", [{"pages": 2}, {"ocr_pages": 2}])
def test_pages_over_the_limit_are_named(limit):
    document = parse_image(File(data([200] * 5), "a.tif", Limits(**limit)))
    assert document.pages == 2
    assert document.missing == ("后 3 页超过页数上限，未识别。 The last 3 pages are over the limit.",)


def test_only_the_first_frame_of_an_animation():
    document = parse_image(File(data([200, 190], form="GIF"), "a.gif"))
    assert document.pages == 1
    assert "第一帧" in document.missing[0]


@pytest.mark.parametrize(
    ("size", "dpi", "scale"),
    [
        ((1654, 2339), 200, 0.36),
        ((1654, 2339), None, 595 / 1654),
        ((4000, 3000), 72, 842 / 4000),
        ((90, 120), 96, 595 / 90),
    ],
)
def test_resolution_is_that_stated_if_it_makes_a_page(scale_seen, size, dpi, scale):
    parse_image(File(data(size=size, form="PNG", **({"dpi": (dpi, dpi)} if dpi else {})), "a.png"))
    assert scale_seen == [pytest.approx(scale, rel=0.001)]


def test_a_photo_is_turned_as_its_camera_says(scale_seen):
    exif = Image.Exif()
    exif[0x0112] = 6
    parse_image(File(data(size=(80, 60), form="JPEG", exif=exif), "a.jpg"))
    assert scale_seen == [595 / 60]


@pytest.mark.parametrize(
    ("content", "limits", "error", "reason"),
    [
        (data([255]), Limits(), ParseError, "没有识别出文字"),
        (data(), Limits(ocr=False), UnsupportedFormatError, "文字识别已关闭"),
        (data(form="PNG")[:60], Limits(), ParseError, "损坏"),
        (b"\x89PNG\r\n\x1a\nabc", Limits(), ParseError, "损坏"),
        (data(size=(40_000, 4_000), form="GIF"), Limits(), ParseError, "过大"),
        (data(size=(60_000, 10_000), form="GIF"), Limits(), ParseError, "过大"),
    ],
)
def test_errors_say_why(content, limits, error, reason):
    with pytest.raises(error, match=f"^a.img.*{reason}") as caught:
        parse_image(File(content, "a.img", limits))
    assert caught.value.hint


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF"])
def test_damaged_bytes_give_a_document_or_an_input_error(form):
    whole = data([200, 190] if form == "TIFF" else [200], form=form)
    chance = random.Random(form)
    for _ in range(60):
        broken = bytearray(whole[: chance.randrange(8, len(whole) + 1)])
        for _ in range(chance.randrange(4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        with suppress(InputError):
            parse_image(File(bytes(broken), "a.img"))
