"""OFD files, made here part by part, and those of ../shared."""

import io
import random
import sys
import types
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from docintel.errors import InputError, ParseError
from docintel.parse.file import File, Limits
from docintel.parse.layout.pages import Fragment, Page
from docintel.parse.ofd.content import read_content
from docintel.parse.ofd.document import ofd_members, parse_ofd
from docintel.parse.ofd.fragments import read_page
from docintel.parse.ofd.package import Package
from docintel.schema import BlockKind

SHARED = Path(__file__).parents[4] / "shared" / "fixtures" / "ofd"
NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
SENTENCE = "青岚市纪委监委对云栖县医疗领域开展专项监督检查，共发现问题35个。"


def text(words, x=20.0, y=20.0, *, size=5.0, deltas=None, more="", code="", inner=""):
    deltas = f'DeltaX="g {len(words) - 1} {size}"' if deltas is None else deltas
    return (
        f'<ofd:TextObject ID="1" Boundary="{x} {y} 170 8" Font="9" Size="{size}" {more}>{inner}'
        f'<ofd:TextCode X="0" Y="{size}" {deltas} {code}>{words}</ofd:TextCode></ofd:TextObject>'
    )


def line(x0, y0, x1, y1):
    return (
        f'<ofd:PathObject ID="2" Boundary="0 0 210 297" LineWidth="0.3">'
        f"<ofd:AbbreviatedData>M {x0} {y0} L {x1} {y1}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def page(*objects, head=""):
    layer = f'<ofd:Layer ID="3">{"".join(objects)}</ofd:Layer>'
    return f"<ofd:Page {NAMESPACE}>{head}<ofd:Content>{layer}</ofd:Content></ofd:Page>"


def ofd(*pages, common="", document="", root="", **parts):
    """The bytes of an OFD file; `parts` are further ones, `__` in a name stands for `/`, `_x` for `.xml`."""
    listed = "".join(f'<ofd:Page ID="{i}" BaseLoc="Pages/{i}.xml"/>' for i in range(len(pages)))
    at = "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
    files = {
        "OFD.xml": f"<ofd:OFD {NAMESPACE}><ofd:DocBody>{at}{root}</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": (
            f"<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
            f"</ofd:PageArea>{common}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages>{document}</ofd:Document>"
        ),
    }
    files |= {f"Doc_0/Pages/{i}.xml": content for i, content in enumerate(pages)}
    files |= {name.replace("__", "/").replace("_x", ".xml"): content for name, content in parts.items()}
    return packed(files)


def packed(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            if content is not None:
                package.writestr(name, content)
    return buffer.getvalue()


def read(data, **limits):
    return parse_ofd(File(data, "a.ofd", Limits(**limits)))


def place(data, number=1):
    package = Package(File(data, "a.ofd"))
    sheet = package.sheets[number - 1]
    return read_page(read_content(package, sheet), number)


def fragments(*objects, **options):
    return [fragment.text for fragment in place(ofd(page(*objects), **options)).page.fragments]


def furniture(document):
    return [document.text[b.start : b.end] for b in document.blocks if b.kind is BlockKind.FURNITURE]


def png(width=40, height=30):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def recogniser(monkeypatch):
    """A recogniser that finds the same words on any image; gives the sizes of those it was shown."""
    seen = []

    def recognise(image, *, number, scale):
        seen.append((image.width, image.height, scale))
        found = Fragment("扫描件上的文字", (60, 60, 200, 72), 12.0, confidence=0.9)
        return Page(number, image.width * scale, image.height * scale, (found,))

    module = types.ModuleType("docintel.parse.scan.ocr")
    module.recognise = recognise
    monkeypatch.setitem(sys.modules, "docintel.parse.scan.ocr", module)
    return seen


def test_text_stands_where_the_page_shows_it():
    (fragment,) = place(ofd(page(text("整改完成", 20, 30)))).page.fragments
    assert fragment.text == "整改完成"
    assert fragment.size == pytest.approx(5 / 25.4 * 72)
    assert fragment.box[0] == pytest.approx(20 / 25.4 * 72)
    assert fragment.box[2] == pytest.approx(40 / 25.4 * 72)
    assert 30 / 25.4 * 72 < fragment.box[1] < fragment.box[3] < 36 / 25.4 * 72


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([text("发现问题")], ["发现问题"]),
        ([text("发现问题", deltas='DeltaX="5 g 2 5"')], ["发现问题"]),
        ([text("发现问题", deltas='DeltaX="5"')], ["发现问题"]),  # the rest by the font's own step
        ([text("发现问题", deltas="")], ["发现问题"]),
        ([text("发现问题", deltas='DeltaX="g 99999999999 5"')], ["发现问题"]),
        ([text("发现问题", deltas='DeltaX="5 14 5"')], ["发现", "问题"]),  # a gap of 1.8 em
        ([text("发现问题", deltas='DeltaX="5 11 5"')], ["发现问题"]),
        ([text("通报", deltas='DeltaX="20"')], ["通报"]),  # a title spread over its line
        ([text("3 5", deltas='DeltaX="10 10"')], ["3", "5"]),  # never one number
        ([text("发现"), text("问题", 30)], ["发现问题"]),
        ([text("问题", 30), text("发现")], ["发现问题"]),
        ([text("发现"), text("问题", 45)], ["发现", "问题"]),
        ([text("发现"), text("问题", 36)], ["发现 问题"]),
        ([text("发现"), text("问题", 30, 40)], ["发现", "问题"]),
        ([text("12", deltas='DeltaX="2.6"'), text("35", 26.8, deltas='DeltaX="2.6"')], ["12 35"]),
        ([text("发现"), text("问题", 30), line(30, 10, 30, 40)], ["发现", "问题"]),  # two cells
        ([text("发现问题"), text("发现问题", 20.2)], ["发现问题"]),  # drawn twice: bold
        ([text("    发现问题", deltas='DeltaX="2.5 2.5 2.5 2.5 5 5 5"')], ["发现问题"]),
        ([text("发现问题", more='CTM="1 0 0 1 30 0"'), text("张三", 20)], ["张三", "发现问题"]),
        ([text("隐藏", more='Visible="false"'), text("可见")], ["可见"]),
        ([f"<ofd:PageBlock>{text('块中')}</ofd:PageBlock>"], ["块中"]),
    ],
)
def test_pieces_of_a_line(objects, expected):
    assert sorted(fragments(*objects), key=expected.index) == expected


def test_several_codes_in_one_object():
    second = '<ofd:TextCode X="10" Y="5" DeltaX="5">问题</ofd:TextCode><ofd:TextCode Y="15">三个</ofd:TextCode>'
    assert fragments(text("发现", deltas='DeltaX="5"').replace("</ofd:TextObject>", second + "</ofd:TextObject>")) == [
        "发现问题",
        "三个",
    ]


def test_text_drawn_twice_and_heavy_text_are_bold():
    assert [f.bold for f in place(ofd(page(text("发现"), text("发现", 20.2)))).page.fragments] == [True]
    assert [f.bold for f in place(ofd(page(text("发现", more='Weight="700"')))).page.fragments] == [True]


def test_narrowed_glyphs_leave_wider_gaps():
    assert fragments(text("文件", deltas='DeltaX="12"', size=5)) == ["文件"]
    (fragment,) = place(ofd(page(text("文件", more='HScale="0.5"')))).page.fragments
    assert fragment.box[2] - fragment.box[0] == pytest.approx(7.5 / 25.4 * 72)


def test_vertical_text_reads_top_down_and_columns_right_to_left():
    first, second = "会议听取专项整治情况汇报研究下步工作", "各单位要压实责任确保按期整改到位"
    columns = [text(words, x, 30, deltas=f'DeltaY="g {len(words) - 1} 5"') for words, x in ((second, 50), (first, 60))]
    found = place(ofd(page(*columns)))
    assert found.turns == 1
    assert read(ofd(page(*columns))).text == first + second
    box = read(ofd(page(*columns))).blocks[0].box
    assert box[3] - box[1] > box[2] - box[0]


def test_text_on_its_side_is_not_mixed_into_lines():
    spine = text("档案号在书脊上", 190, 15, deltas='DeltaY="g 6 5"')
    document = read(ofd(page(text(SENTENCE, 20, 20), text(SENTENCE, 20, 30), spine)))
    assert document.text.replace("\n", "") == SENTENCE * 2 + "档案号在书脊上"


def test_page_on_its_side_is_read_upright():
    document = read(ofd(page(text(SENTENCE, 0, 0, more='CTM="0 1 -1 0 150 20"'))))
    assert document.text == SENTENCE
    assert document.blocks[0].box[3] - document.blocks[0].box[1] > 300


def test_templates_and_groups_are_part_of_the_page():
    common = '<ofd:TemplatePage ID="7" BaseLoc="Tpl.xml"/><ofd:PublicRes>Res.xml</ofd:PublicRes>'
    unit = (
        f"<ofd:CompositeGraphicUnit ID='5'><ofd:Content>{text('组合中的文字')}</ofd:Content></ofd:CompositeGraphicUnit>"
    )
    resources = f"<ofd:Res {NAMESPACE}><ofd:CompositeGraphicUnits>{unit}</ofd:CompositeGraphicUnits></ofd:Res>"
    group = '<ofd:CompositeObject ID="6" ResourceID="5" Boundary="0 100 200 20"/>'
    content = page(text(SENTENCE), group, head='<ofd:Template TemplateID="7"/>')
    data = ofd(content, common=common, Doc_0__Tpl_x=page(text("模板文字", 20, 60)), Doc_0__Res_x=resources)
    assert [f.text for f in place(data).page.fragments] == [SENTENCE, "模板文字", "组合中的文字"]


def test_cyclic_templates_and_groups_end():
    common = '<ofd:TemplatePage ID="7" BaseLoc="Tpl.xml"/><ofd:PublicRes>Res.xml</ofd:PublicRes>'
    unit = (
        '<ofd:CompositeGraphicUnit ID="5"><ofd:Content><ofd:CompositeObject ResourceID="5"/></ofd:Content>'
        "</ofd:CompositeGraphicUnit>"
    )
    resources = f"<ofd:Res {NAMESPACE}><ofd:CompositeGraphicUnits>{unit}</ofd:CompositeGraphicUnits></ofd:Res>"
    template = page(
        text("模板文字", 20, 60), '<ofd:CompositeObject ResourceID="5"/>', head='<ofd:Template TemplateID="7"/>'
    )
    content = page(text(SENTENCE), head='<ofd:Template TemplateID="7"/>')
    document = read(ofd(content, common=common, Doc_0__Tpl_x=template, Doc_0__Res_x=resources))
    assert document.text.replace("\n", "") == SENTENCE + "模板文字"


def test_groups_that_multiply_are_refused():
    units = "".join(
        f'<ofd:CompositeGraphicUnit ID="{i}"><ofd:Content>'
        + f'<ofd:CompositeObject ResourceID="{i + 1}"/>' * 10
        + "</ofd:Content></ofd:CompositeGraphicUnit>"
        for i in range(12)
    )
    resources = f"<ofd:Res {NAMESPACE}><ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits></ofd:Res>"
    bomb = page('<ofd:CompositeObject ResourceID="0"/>')
    data = ofd(bomb, page(text(SENTENCE)), common="<ofd:PublicRes>Res.xml</ofd:PublicRes>", Doc_0__Res_x=resources)
    document = read(data)
    assert document.text == SENTENCE
    assert "第 1 页无法读取" in document.missing[0]


@pytest.mark.parametrize(
    "old_new",
    [
        ("http://www.ofdspec.org/2016", "http://www.ofdspec.org"),
        ("http://www.ofdspec.org/2016", ""),
        ("Pages/0.xml", "/Doc_0/Pages/0.xml"),
        ("Pages/0.xml", "Doc_0/Pages/0.xml"),  # from the root, though it stands in Doc_0
        ("Pages/0.xml", "pages\\0.XML"),
        ("Pages/0.xml", "./Pages/../Pages/0.xml"),
        (' xmlns:ofd="http://www.ofdspec.org/2016"', ""),
        ("ofd:", ""),
    ],
)
def test_odd_namespaces_and_paths(old_new):
    files = zipfile.ZipFile(io.BytesIO(ofd(page(text(SENTENCE)))))
    data = packed({name: files.read(name).decode().replace(*old_new) for name in files.namelist()})
    assert read(data).text == SENTENCE


def test_several_documents_are_read_in_turn():
    other = f"<ofd:Document {NAMESPACE}><ofd:Pages><ofd:Page ID='1' BaseLoc='p.xml'/></ofd:Pages></ofd:Document>"
    root = "</ofd:DocBody><ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot>"
    content = page(text("白榆区整改完成率为九成以上。"))
    document = read(ofd(page(text(SENTENCE)), root=root, Doc_1__Document_x=other, Doc_1__p_x=content))
    assert document.pages == 2
    assert [block.page for block in document.blocks] == [1, 2]
    assert any("2 个文档" in warning for warning in document.warnings)


def test_signed_file_says_so():
    root = "<ofd:Signatures>Doc_0/Signatures.xml</ofd:Signatures>"
    listed = f"<ofd:Signatures {NAMESPACE}><ofd:Signature ID='1' BaseLoc='x'/></ofd:Signatures>"
    document = read(ofd(page(text(SENTENCE)), root=root, Doc_0__Signatures_x=listed))
    assert any("电子签名" in warning for warning in document.warnings)
    assert document.missing == ()


def annotated(kind, *objects, remark=""):
    appearance = f'<ofd:Appearance Boundary="10 10 100 100">{"".join(objects)}</ofd:Appearance>'
    annotation = f'<ofd:Annot ID="4" Type="{kind}">{remark}{appearance}</ofd:Annot>'
    entry = "<ofd:Page PageID='0'><ofd:FileLoc>A.xml</ofd:FileLoc></ofd:Page>"
    listed = f"<ofd:Annotations {NAMESPACE}>{entry}</ofd:Annotations>"
    return ofd(
        page(text(SENTENCE)),
        page(text("白榆区整改完成率为九成以上。")),
        document="<ofd:Annotations>Annots.xml</ofd:Annotations>",
        Doc_0__Annots_x=listed,
        Doc_0__A_x=f"<ofd:PageAnnot {NAMESPACE}>{annotation}</ofd:PageAnnot>",
    )


def test_watermark_annotation_is_furniture():
    document = read(annotated("Watermark", text("内部资料", 0, 0)))
    assert furniture(document) == ["内部资料"]
    assert document.main_text.startswith(SENTENCE)


def test_other_annotations_follow_their_page():
    document = read(annotated("Stamp", text("同意按此方案办理。", 0, 80), remark="<ofd:Remark>请复核</ofd:Remark>"))
    assert document.text.startswith(SENTENCE)
    assert document.text.endswith("同意按此方案办理。\n请复核")
    assert furniture(document) == ["请复核"]


@pytest.mark.parametrize(
    "mark",
    [
        text("内部资料", 60, 100, more='CTM="0.7 -0.7 0.7 0.7 0 0"'),
        text("内部资料", 60, 100, size=20, more='Alpha="60"'),
        text("内部资料", 60, 100, size=20, inner='<ofd:FillColor Value="220 220 220"/>'),
        "".join(text("内部资料", 60, y, more='Alpha="60"') for y in (100, 150, 200)),
    ],
)
def test_watermarks_in_the_page_are_furniture_once(mark):
    document = read(ofd(page(text(SENTENCE), mark), page(text("白榆区整改完成率为九成以上。"), mark)))
    assert furniture(document) == ["内部资料"]


def test_small_pale_text_and_hidden_text_layers_stay():
    pale = text("数据截至七月底。", 20, 60, inner='<ofd:FillColor Value="190 190 190"/>')
    hidden = text("扫描件的文字层。", 20, 90, more='Alpha="0"')
    document = read(ofd(page(text(SENTENCE), pale, hidden)))
    assert "数据截至七月底。" in document.main_text
    assert "扫描件的文字层。" in document.main_text


def test_ruled_table():
    rows = [["单位", "问题数", "整改数"], ["云栖县", "35", "30"], ["松陵区", "12", "12"]]
    cells = [text(word, 22 + 40 * x, 51 + 10 * y) for y, row in enumerate(rows) for x, word in enumerate(row)]
    rules = [line(20, 50 + 10 * y, 140, 50 + 10 * y) for y in range(4)]
    rules += [line(20 + 40 * x, 50, 20 + 40 * x, 80) for x in range(4)]
    document = read(ofd(page(text(SENTENCE), *cells, *rules)))
    (table,) = [block for block in document.blocks if block.kind is BlockKind.TABLE]
    assert table.cells == tuple(map(tuple, rows))
    assert document.text.count("松陵区") == 1


IMAGE = '<ofd:ImageObject ID="8" ResourceID="4" Boundary="10 10 190 277" CTM="190 0 0 277 0 0"/>'
MEDIA = (
    f"<ofd:Res {NAMESPACE}><ofd:MultiMedias><ofd:MultiMedia ID='4'><ofd:MediaFile>a.png</ofd:MediaFile>"
    "</ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
)


def scanned(*pages, image=None):
    parts = {"Doc_0/a.png": image if image is not None else png(), "Doc_0__Res_x": MEDIA}
    return ofd(*pages, common="<ofd:DocumentRes>Res.xml</ofd:DocumentRes>", **parts)


def test_page_of_images_is_recognised(recogniser):
    document = read(scanned(page(IMAGE), page(text(SENTENCE))))
    assert "扫描件上的文字" in document.text
    assert document.blocks[0].page == 1
    assert document.confidence < 1
    width, height, scale = recogniser[0]
    assert (round(width * scale), round(height * scale)) == (595, 842)
    assert len(recogniser) == 1


@pytest.mark.parametrize("limits", [{"ocr": False}, {"ocr_pages": 0}])
def test_images_that_may_not_be_recognised_are_missing(recogniser, limits):
    document = read(scanned(page(IMAGE), page(text(SENTENCE))), **limits)
    assert document.text == SENTENCE
    assert document.missing[0].startswith("第 1 页的图像")
    assert recogniser == []


def test_scan_with_its_text_is_not_recognised_again(recogniser):
    assert read(scanned(page(IMAGE, text(SENTENCE, more='Alpha="0"')))).text == SENTENCE
    assert recogniser == []


@pytest.mark.parametrize("image", [b"", b"no image", png()[:60]])
def test_damaged_image_is_missing(recogniser, image):
    document = read(scanned(page(IMAGE), page(text(SENTENCE)), image=image))
    assert "a.png" in document.missing[0]


def test_characters_drawn_as_outlines_are_recognised(recogniser):
    glyph = "M 0 0 L 5 0 L 5 1 L 3 1 L 3 5 L 2 5 L 2 1 L 0 1 C"
    outlines = "".join(
        f'<ofd:PathObject Boundary="{20 + 8 * i} 10 6 6" Stroke="false" Fill="true">'
        f"<ofd:AbbreviatedData>{glyph}</ofd:AbbreviatedData></ofd:PathObject>"
        for i in range(6)
    )
    assert "扫描件上的文字" in read(ofd(page(outlines, text(SENTENCE, 20, 60)))).text


def attached(**parts):
    entries = "".join(
        f'<ofd:Attachment ID="{i}" Name="{name}"><ofd:FileLoc>{at}</ofd:FileLoc></ofd:Attachment>'
        for i, (name, at) in enumerate(
            [("台账", "Res/a.txt"), ("../台账.txt", "Res/a.txt"), ("缺失", "Res/b.txt"), ("台账", "Res/a.txt")]
        )
    )
    return ofd(
        page(text(SENTENCE)),
        document="<ofd:Attachments>At.xml</ofd:Attachments>",
        Doc_0__At_x=f"<ofd:Attachments {NAMESPACE}>{entries}</ofd:Attachments>",
        **{"Doc_0/Res/a.txt": "甲"},
        **parts,
    )


def test_attachments_are_members():
    first, second, third, again = ofd_members(File(attached(), "a.ofd"))
    assert (first.path, first.data.decode()) == ("台账.txt", "甲")
    assert "/" not in second.path
    assert (third.path, third.data) == ("缺失.txt", b"")
    assert "缺失" in str(third.error)
    assert again == first
    assert list(ofd_members(File(ofd(page(text(SENTENCE))), "a.ofd"))) == []


def test_too_many_attachments():
    with pytest.raises(ParseError, match=r"a\.ofd"):
        list(ofd_members(File(attached(), "a.ofd", Limits(members=2))))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "damaged"),
        (ofd(page(text(SENTENCE)))[:-40], "damaged"),
        (ofd(page(text(SENTENCE)), **{"OFD.xml": None}), "OFD.xml is missing"),
        (ofd(page(text(SENTENCE)), **{"OFD.xml": "<OFD/>"}), "names no document"),
        (ofd(page(text(SENTENCE)), **{"OFD.xml": "<OFD"}), "invalid XML"),
        (ofd(page(text(SENTENCE)), **{"Doc_0/Document.xml": None}), "not in the file"),
        (ofd(page(text(SENTENCE)), **{"Encryptions.xml": "<a/>"}), "encrypted"),
        (ofd(page(text(SENTENCE)), **{"OFD.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><OFD>&b;</OFD>"}), "DTD"),
        (ofd(page()), "no text"),
        (ofd(), "no text"),
    ],
)
def test_files_that_cannot_be_read(data, words):
    with pytest.raises(ParseError, match=words) as caught:
        read(data)
    assert str(caught.value).startswith("a.ofd")
    assert caught.value.hint


@pytest.mark.parametrize(
    "content",
    [
        None,
        "<ofd:Page",
        "<!DOCTYPE a><a/>",
        "<?xml version='1.0' encoding='hex'?><a/>",
        "<a>" + " " * (70 << 20) + "</a>",
    ],
)
def test_a_page_that_cannot_be_read_costs_itself_only(content):
    document = read(ofd(page(text(SENTENCE)), page(text("甲")), **{"Doc_0/Pages/1.xml": content}))
    assert (document.text, document.pages) == (SENTENCE, 2)
    assert "第 2 页无法读取" in document.missing[0]


def test_pages_past_the_limit_are_missing():
    document = read(ofd(*[page(text(SENTENCE))] * 3), pages=1)
    assert document.pages == 3
    assert document.missing[0].startswith("第 2–3 页")


def test_glyphs_without_text_are_missing():
    document = read(ofd(page(text(SENTENCE), text("¤¤\ue123", 20, 60))))
    assert "3 个字符" in document.missing[0]


def test_progress_is_told_page_by_page():
    told = []
    parse_ofd(File(ofd(*[page(text(SENTENCE))] * 2), "a.ofd", progress=lambda *pages: told.append(pages)))
    assert told == [(1, 2), (2, 2)]


def test_damaged_bytes_give_a_document_or_an_input_error():
    whole, source = attached(), random.Random(3)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(source.choice([1, 4, 30])):
            data[source.randrange(len(data))] = source.randrange(256)
        for work in (parse_ofd, lambda file: list(ofd_members(file))):
            try:
                work(File(bytes(data), "a.ofd"))
            except InputError as exc:
                assert str(exc).startswith("a.ofd")  # noqa: PT017


def written(path):
    """Every character in text codes of pages and templates, by a scan of the raw XML."""
    found = Counter()
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.endswith("Content.xml"):
                for element in ElementTree.fromstring(package.read(name)).iter():
                    if element.tag.endswith("TextCode"):
                        found.update("".join((element.text or "").split()))
    return found


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the OFD samples of ../shared")
def test_every_character_of_real_files_is_read_once():
    paths = sorted(SHARED.glob("*.ofd"))
    assert len(paths) >= 11
    for path in paths:
        package = Package(File(path.read_bytes(), path.name))
        found = Counter()
        for sheet in package.sheets:
            text_of_page = read_page(read_content(package, sheet), sheet.number)
            for fragment in (*text_of_page.page.fragments, *text_of_page.watermarks, *text_of_page.asides):
                found.update("".join(fragment.text.split()))
        assert found == written(path), path.name
        assert not package.missing
