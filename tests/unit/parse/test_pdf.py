import io
import random

import pdfplumber
import pytest
from PIL import Image
from reportlab.lib import pdfencrypt
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from docintel.errors import InputError, ParseError
from docintel.parse.file import File, Limits
from docintel.parse.layout.pages import Fragment, Page
from docintel.parse.pdf.document import parse_pdf, read_pdf
from docintel.parse.scan import ocr
from docintel.schema import BlockKind, ReadStatus

SONG = "STSong-Light"
LINES = [
    "青岚市纪委监委紧盯医疗卫生领域突出问题",
    "开展专项监督检查，今年以来共发现",
    "问题线索35件，立案12件，处分9人。",
]
A4 = (595, 842)
WITHOUT_OCR = Limits(ocr=False)

pdfmetrics.registerFont(UnicodeCIDFont(SONG))
pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf", asciiReadable=False))  # comes with reportlab


def pdf(*draw, **options):
    """A PDF with a page for each function that draws one."""
    out = io.BytesIO()
    canvas = Canvas(out, **{"pagesize": A4} | options)
    for one in draw:
        canvas.setFont(SONG, 14)
        one(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def write(canvas, x=100, y=700):
    for i, line in enumerate(LINES):
        canvas.drawString(x, y - 24 * i, line)


def table(canvas, xs=(100, 200, 300, 400), ys=(500, 540, 580, 620)):
    canvas.grid(xs, ys)
    for row, y in enumerate(reversed(ys[:-1])):
        for column, x in enumerate(xs[:-1]):
            canvas.drawString(x + 5, y + 15, f"格{row}{column}")


def scan(canvas):
    white = Image.new("RGB", (60, 84), "white")
    canvas.drawImage(ImageReader(white), 0, 0, *A4)


def only_page(*draw, **options):
    (page,) = read_pdf(File(pdf(*draw, **options), "a.pdf", WITHOUT_OCR)).pages
    return page


def texts(page):
    return [fragment.text for fragment in page.fragments]


def cells(page):
    (found,) = page.tables
    return {(cell.row, cell.column): (cell.text, cell.height, cell.width) for cell in found.cells}


@pytest.fixture
def recognised(monkeypatch):
    """Numbers of the pages that were given to the recogniser, which reads a line on each."""
    numbers = []

    def read_scan(image, *, number, scale):
        numbers.append(number)
        assert (round(image.width * scale), round(image.height * scale)) == A4
        line = Fragment("识别出的一行文字。", (100, 100, 226, 114), 14, confidence=0.9)
        return ocr.Scan(Page(number, *A4, (line,)), seals=number == 3)

    monkeypatch.setattr(ocr, "read_scan", read_scan)
    return numbers


def test_lines_with_place_and_size():
    page = only_page(write)
    assert texts(page) == LINES
    first = page.fragments[0]
    assert first.box == pytest.approx((100, 130, 366, 145), abs=1.5)
    assert (page.number, page.width, page.height, first.size) == (1, 595, 842, 14)


def test_pages_of_blocks():
    document = parse_pdf(File(pdf(write, write), "a.pdf"))
    assert (document.parser, document.pages, document.status) == ("pdf", 2, ReadStatus.FULL)
    assert {block.page for block in document.blocks} == {1, 2}


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_page_that_is_shown_turned(quarters):
    """As Word exports a landscape page: the content stands sideways and `/Rotate` brings it upright."""
    across = (842, 595) if quarters % 2 else A4

    def draw(canvas):
        canvas.setPageRotation(90 * quarters)
        dx, dy = {1: (595, 0), 2: A4, 3: (0, 842)}[quarters]
        canvas.translate(dx, dy)
        canvas.rotate(90 * quarters)
        write(canvas, 100, 400)

    page = only_page(draw, pagesize=across)
    assert texts(page) == LINES
    assert (page.width, page.height) == across
    assert page.fragments[0].box[:2] == pytest.approx((100, across[1] - 412), abs=2)


def test_content_that_stands_sideways_is_read_and_its_boxes_are_those_of_the_page():
    def draw(canvas):
        canvas.translate(300, 300)
        canvas.rotate(90)
        write(canvas, 0, 0)

    file = File(pdf(draw), "a.pdf")
    assert texts(read_pdf(file).pages[0]) == LINES
    x0, _, x1, y1 = parse_pdf(file).blocks[-1].box
    assert 300 < x0 < x1 < 360
    assert y1 == pytest.approx(542, abs=2)


def test_text_from_top_to_bottom():
    def draw(canvas):
        for i, line in enumerate(LINES):
            for k, char in enumerate(line):
                canvas.drawString(400 - 24 * i, 700 - 16 * k, char)

    assert sorted(texts(only_page(draw))) == sorted(LINES)


def test_text_outside_the_page_is_left_out():
    def draw(canvas):
        write(canvas)
        canvas.drawString(100, 20, "页外")

    page = only_page(draw, cropBox=(90, 500, 500, 750))
    assert texts(page) == LINES
    assert page.fragments[0].box[:2] == pytest.approx((10, 38), abs=1.5)


def test_text_drawn_twice_is_read_once():
    assert texts(only_page(lambda canvas: (write(canvas), write(canvas, 100.4)))) == LINES


def test_lines_that_begin_at_the_edge_of_the_page_are_not_taken_for_one_drawn_twice():
    def draw(canvas):
        for i in range(3):
            canvas.drawString(-3, 700 - 24 * i, "的专项治理")

    assert texts(only_page(draw)) == ["的专项治理"] * 3


def test_watermark_is_left_out():
    def draw(canvas):
        write(canvas)
        canvas.translate(200, 300)
        canvas.rotate(45)
        canvas.drawString(0, 0, "内部资料")

    assert texts(only_page(draw)) == LINES


def test_columns_are_apart():
    def draw(canvas):
        canvas.drawString(100, 700, "甲乙丙丁")
        canvas.drawString(200, 700, "戊己庚辛")

    assert texts(only_page(draw)) == ["甲乙丙丁", "戊己庚辛"]


def test_letters_set_apart_are_one_word():
    def draw(canvas):
        text = canvas.beginText(100, 700)
        text.setCharSpace(12)
        text.textLine("关于印发通知")
        canvas.drawText(text)

    assert texts(only_page(draw)) == ["关于印发通知"]


@pytest.mark.parametrize(
    "line", ["王　某负责", "Annual report of 2023, part 2", "一、总体情况 二、问题", "infor-", "2022-2023年", "第1条"]
)
def test_spaces_and_hyphens_as_typed(line):
    def draw(canvas):
        canvas.drawString(100, 700, line)
        canvas.drawString(100, 680, "mation 下一行")

    assert texts(only_page(draw))[0] == line.replace("　", " ")


def test_table_with_its_cells():
    page = only_page(lambda canvas: (write(canvas), table(canvas)))
    assert cells(page) == {(row, column): (f"格{row}{column}", 1, 1) for row in range(3) for column in range(3)}
    assert page.tables[0].box == pytest.approx((100, 222, 400, 342), abs=1)
    assert texts(page) == LINES


def test_merged_cells_and_wrapped_lines():
    def draw(canvas):
        for x0, y0, x1, y1 in [
            *((100, y, 400, y) for y in (500, 620)),
            *((200, y, 400, y) for y in (540, 580)),
            *((x, 500, x, 620) for x in (100, 200, 400)),
            (300, 500, 300, 580),
        ]:
            canvas.line(x0, y0, x1, y1)
        for x, y, text in [
            *((105, 560, "纵向"), (105, 545, "合并"), (205, 595, "横向合并")),
            *((205, 555, "甲"), (305, 555, "乙"), (205, 520, "annual"), (205, 505, "report"), (305, 515, "丁")),
        ]:
            canvas.drawString(x, y, text)

    assert cells(only_page(draw)) == {
        (0, 0): ("纵向合并", 3, 1),
        (0, 1): ("横向合并", 1, 2),
        (1, 1): ("甲", 1, 1),
        (1, 2): ("乙", 1, 1),
        (2, 1): ("annual report", 1, 1),
        (2, 2): ("丁", 1, 1),
    }


OPEN_TABLE = [
    ("县区", "发现问题（个）", "完成整改（个）"),
    ("云栖县", "38", "31"),
    ("松陵区教育局及所属单位", "112", "96"),
]


def three_lines(canvas):
    for y in (620, 592, 536):
        canvas.line(90, y, 500, y)
    for row, y in zip(OPEN_TABLE, (600, 572, 544), strict=True):
        for x, text in zip((95, 270, 390), row, strict=True):
            canvas.drawString(x, y, text)


def test_table_without_upright_rules():
    (found,) = only_page(three_lines).tables
    assert [cell.text for cell in found.cells] == [text for row in OPEN_TABLE for text in row]


def test_pdfplumber_keeps_no_page_and_no_file(monkeypatch):
    opened, held = [], []
    plumb = pdfplumber.open
    monkeypatch.setattr(pdfplumber, "open", lambda stream: opened.append(plumb(stream)) or opened[-1])
    data = pdf(three_lines, three_lines, three_lines)

    def count(*_):
        held.append(sum(hasattr(page, "_objects") for page in opened[0].pages))

    assert all(page.tables for page in read_pdf(File(data, "a.pdf", progress=count)).pages)
    assert held == [0, 0, 0]
    assert [plumber.stream.closed for plumber in opened] == [True]


def test_words_set_off_by_the_edges_of_a_picture_frame_make_no_table():
    def framed(canvas):
        for y in (620, 592, 500):
            canvas.line(90, y, 500, y)
        write(canvas, 110, 570)

    assert only_page(framed).tables == ()


def test_quotation_marks_written_last_stand_where_they_are_seen():
    def quoted(canvas):
        canvas.drawString(100, 700, "个别基层单位")
        canvas.drawString(198, 700, "一把手")
        canvas.drawString(254, 700, "一人说了算")
        canvas.drawString(184, 700, "“")
        canvas.drawString(240, 700, "”")

    assert texts(only_page(quoted)) == ["个别基层单位“一把手”一人说了算"]


def test_rules_may_be_thin_rectangles_and_a_table_open_at_its_sides():
    def draw(canvas):
        for y in (500, 540, 580):
            canvas.rect(100, y, 300, 0.6, stroke=0, fill=1)
        canvas.rect(200, 500, 0.6, 80, stroke=0, fill=1)
        for x, y, text in [(105, 555, "甲"), (205, 555, "乙"), (105, 515, "丙"), (205, 515, "丁")]:
            canvas.drawString(x, y, text)

    assert [cell.text for cell in only_page(draw).tables[0].cells] == ["甲", "乙", "丙", "丁"]


def test_lines_that_make_no_table():
    def draw(canvas):
        canvas.rect(40, 40, 515, 770)  # the frame of the page
        canvas.line(60, 740, 535, 740)  # the red line under the head
        canvas.line(100, 650, 300, 650)  # an underline
        canvas.rect(90, 240, 300, 60)  # a box around text
        write(canvas)
        canvas.drawString(100, 270, "框内文字")

    page = only_page(draw)
    assert page.tables == ()
    assert texts(page) == [*LINES, "框内文字"]


def test_rule_between_the_columns_of_a_page_makes_no_table():
    def draw(canvas):
        canvas.line(60, 720, 535, 720)
        canvas.line(297, 720, 297, 300)
        for i in range(12):
            canvas.drawString(62, 700 - 20 * i, "左栏文字" * 4)
            canvas.drawString(302, 700 - 20 * i, "右栏文字" * 4)

    assert only_page(draw).tables == ()


def test_form_field_is_read():
    def draw(canvas):
        write(canvas)
        canvas.acroForm.textfield(name="a", x=100, y=590, value="Zhang San", width=200, height=20)

    assert texts(only_page(draw)) == [*LINES, "Zhang San"]


def test_text_behind_a_scan_is_read_once(recognised):
    def draw(canvas):
        scan(canvas)
        text = canvas.beginText(100, 700)
        text.setTextRenderMode(3)
        for line in LINES:
            text.textLine(line)
        canvas.drawText(text)

    document = parse_pdf(File(pdf(draw), "a.pdf"))
    assert (recognised, document.warnings, document.missing) == ([], (), ())
    assert "立案12件" in document.text


def test_scans_and_garbage_are_recognised_page_by_page(recognised):
    def garbage(canvas):
        canvas.setFont("Vera", 14)
        for i in range(5):
            canvas.drawString(100, 700 - 20 * i, "Report of the county commission")

    def app(canvas):
        scan(canvas)
        canvas.drawString(20, 20, "某扫描软件创建")

    data = pdf(write, scan, app, garbage, write).replace(b"/ToUnicode", b"/ToNothing")
    reading = read_pdf(File(data, "a.pdf"))
    assert recognised == [2, 3, 4]
    assert next(warning for warning in reading.warnings if "印章" in warning).startswith("第 3 页")
    sure = {page.number: {fragment.confidence for fragment in page.fragments} for page in reading.pages}
    assert sure == {1: {1}, 2: {0.9}, 3: {0.9}, 4: {0.9}, 5: {1}}
    assert reading.missing == []


def test_what_limits_leave_out_is_named(recognised):
    data = pdf(write, scan, scan, scan, write, write)
    for limits, missing in [
        (Limits(ocr=False), "第 2–4 页没有可用文字"),
        (Limits(ocr_pages=1), "第 3–4 页未识别"),
        (Limits(pages=4), "后 2 页未读"),
    ]:
        document = parse_pdf(File(data, "a.pdf", limits))
        (sentence,) = document.missing
        assert missing in sentence
        assert document.status is ReadStatus.PARTIAL
    assert recognised == [2, 2, 3, 4]


def test_progress_is_told_page_by_page():
    told = []
    read_pdf(File(pdf(write, write), "a.pdf", progress=lambda done, total: told.append((done, total))))
    assert told == [(1, 2), (2, 2)]


def test_bold_says_nothing_where_everything_is_bold():
    def draw(canvas, lines):
        text = canvas.beginText(100, 700)
        for line, mode in lines:
            text.setTextRenderMode(mode)
            text.textLine(line)
        canvas.drawText(text)

    assert [f.bold for f in only_page(lambda c: draw(c, [(LINES[1], 2), (LINES[0], 0)])).fragments] == [True, False]
    assert [f.bold for f in only_page(lambda c: draw(c, [(LINES[0], 2), (LINES[1], 0)])).fragments] == [False, False]


def test_encrypted_files():
    def locked(password):
        return pdf(write, encrypt=pdfencrypt.StandardEncryption(password, ownerPassword="owner", strength=128))

    assert "立案12件" in parse_pdf(File(locked(""), "a.pdf")).text
    with pytest.raises(ParseError, match=r"a\.pdf 已加密。 a\.pdf is encrypted"):
        parse_pdf(File(locked("secret"), "a.pdf"))


def test_empty_page_has_no_text_and_no_image():
    with pytest.raises(ParseError, match=r"a\.pdf 没有文字"):
        parse_pdf(File(pdf(lambda canvas: None), "a.pdf"))


def test_damaged_files_give_what_can_be_read_or_an_error():
    whole = pdf(write, lambda canvas: (write(canvas), table(canvas)), write, pageCompression=0)
    chance = random.Random(1)
    for i in range(150):
        data = bytearray(whole)
        if i % 2:
            del data[chance.randrange(64, len(data)) :]
        else:
            for _ in range(chance.randrange(1, 40)):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        assert is_read_or_refused(bytes(data))


def is_read_or_refused(data):
    """Whether there is a Document with text, or an error that names the file and says what to do."""
    try:
        return bool(parse_pdf(File(data, "a.pdf", WITHOUT_OCR)).text)
    except InputError as exc:
        return str(exc).startswith("a.pdf ") and bool(exc.hint)


def test_table_is_a_block_of_cells():
    document = parse_pdf(File(pdf(lambda canvas: (write(canvas), table(canvas))), "a.pdf"))
    (block,) = [block for block in document.blocks if block.kind is BlockKind.TABLE]
    assert block.cells[0] == ("格00", "格01", "格02")
    assert block.page == 1
