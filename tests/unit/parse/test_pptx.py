import io
import random

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from docintel.errors import ParseError
from docintel.parse.file import File, Limits
from docintel.parse.ooxml.pptx import parse_pptx
from docintel.schema import BlockKind
from tests.reading import is_told, outcome


def saved(presentation):
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def slide(presentation, layout=5, title="数据"):
    made = presentation.slides.add_slide(presentation.slide_layouts[layout])
    made.shapes.title.text = title
    return made


def box(made, left, top, text):
    made.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(0.5)).text_frame.text = text


def read(presentation, **limits):
    return parse_pptx(File(saved(presentation), "a.pptx", Limits(**limits)))


def entries(document):
    return [(block.page, str(block.kind), document.text[block.start : block.end]) for block in document.blocks]


def test_titles_points_and_notes_slide_by_slide():
    presentation = Presentation()
    slide(presentation, 0, "青岚市专项整治\n工作汇报").placeholders[1].text = "2023年5月6日"
    second = slide(presentation, 1, "总体情况")
    second.placeholders[1].text = "共发现问题35个\n督促整改30个"
    second.notes_slide.notes_text_frame.text = "讲解时说明。"
    document = read(presentation)
    assert entries(document) == [
        (1, "title", "青岚市专项整治工作汇报"),
        (1, "byline", "2023年5月6日"),
        (2, "heading", "总体情况"),
        (2, "paragraph", "共发现问题35个"),
        (2, "paragraph", "督促整改30个"),
        (2, "paragraph", "讲解时说明。"),
    ]
    assert (document.pages, document.published) == (2, "2023-05-06")


def test_shapes_are_read_from_top_left_also_in_groups():
    presentation = Presentation()
    made = slide(presentation)
    box(made, 5, 3, "四，右下")
    group = made.shapes.add_group_shape()
    box(group, 5, 1.5, "二，右上")
    box(made, 1, 3.1, "三，左下")
    box(made, 1, 1.6, "一，左上")
    assert [text[0] for _, _, text in entries(read(presentation))[1:]] == list("一二三四")


def test_tables_and_charts():
    presentation = Presentation()
    made = slide(presentation)
    table = made.shapes.add_table(2, 3, Inches(1), Inches(2), Inches(6), Inches(1)).table
    table.cell(0, 0).merge(table.cell(0, 1))
    for (row, column), text in {(0, 0): "单位", (0, 2): "数", (1, 0): "云栖县", (1, 2): "3"}.items():
        table.cell(row, column).text = text
    data = CategoryChartData()
    data.categories = ["一月", "二月"]
    data.add_series("立案", (3, 0.1 + 0.2))
    made.shapes.add_chart(XL_CHART_TYPE.PIE, Inches(1), Inches(4), Inches(4), Inches(2), data)
    tables = [block.cells for block in read(presentation).blocks if block.kind is BlockKind.TABLE]
    assert tables == [(("单位", "数"), ("云栖县", "3")), (("", "立案"), ("一月", "3"), ("二月", "0.3"))]


def test_numbers_that_powerpoint_counts_are_written_out():
    presentation = Presentation()
    frame = slide(presentation, 1).placeholders[1].text_frame
    frame.text = "甲\n乙"
    for paragraph, way in zip(frame.paragraphs, ["ea1ChsPeriod", "ea1ChsPeriod"], strict=True):
        paragraph._p.get_or_add_pPr().insert_element_before(
            paragraph._p.makeelement("{http://schemas.openxmlformats.org/drawingml/2006/main}buAutoNum", {"type": way})
        )
    assert [text for _, _, text in entries(read(presentation))[1:]] == ["一、甲", "二、乙"]


def test_hidden_slides_are_read_and_told():
    presentation = Presentation()
    slide(presentation)._element.set("show", "0")
    assert "1" in read(presentation).warnings[0]


def test_slides_beyond_the_limit_are_missing():
    presentation = Presentation()
    for number in range(3):
        slide(presentation, title=f"第{number}部分")
    document = read(presentation, pages=2)
    assert (len(document.blocks), document.pages, len(document.missing)) == (2, 3, 1)


def test_a_presentation_without_text():
    presentation = Presentation()
    presentation.slides.add_slide(presentation.slide_layouts[6])
    with pytest.raises(ParseError, match=r"a\.pptx"):
        read(presentation)


def test_any_damage_gives_a_document_or_an_error():
    presentation = Presentation()
    slide(presentation, 1, "总体情况").placeholders[1].text = "共发现问题35个"
    good = saved(presentation)
    random_ = random.Random(1)
    for _ in range(40):
        data = bytearray(good[: random_.choice([len(good), random_.randrange(6, len(good))])])
        for _ in range(random_.randint(1, 30)):
            data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
        assert is_told(outcome(parse_pptx, File(bytes(data), "a.pptx")), "a.pptx")
