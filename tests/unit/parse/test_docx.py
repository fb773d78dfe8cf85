import io
import random
import re
import zipfile

import pytest

from docintel.errors import ParseError
from docintel.parse.docx.document import parse_docx
from docintel.parse.file import File, Limits
from docintel.parse.layout.pages import Fragment, Page
from docintel.parse.ooxml import pictures
from docintel.parse.scan import ocr
from docintel.schema import BlockKind
from tests.reading import is_told, lines, outcome

_STRICT = re.compile(r"schemas\.openxmlformats\.org/(\w+)/2006/")
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": OFFICE,
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    }.items()
)
STYLES = """
<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="32"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/>
  <w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="2"><w:name w:val="标题 2"/></w:style>
<w:style w:type="paragraph" w:styleId="own"><w:name w:val="本单位二级"/><w:basedOn w:val="2"/></w:style>
<w:style w:type="paragraph" w:styleId="title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="toc"><w:name w:val="toc 1"/></w:style>
<w:style w:type="character" w:styleId="secret"><w:name w:val="暗"/><w:rPr><w:vanish/></w:rPr></w:style>"""


def level(i, way, text, more=""):
    return f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{way}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    + level(0, "chineseCounting", "%1、", '<w:pStyle w:val="1"/>')
    + level(1, "chineseCounting", "（%2）")
    + level(2, "decimal", "%1.%3.", "<w:isLgl/>")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
    + level(0, "chineseCountingThousand", "第%1条")
    + level(1, "bullet", "\uf06c")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
    '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
)


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def par(inner, properties=""):
    inner = inner if inner.startswith("<") or not inner else run(inner)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def styled(text, style):
    return par(text, f'<w:pStyle w:val="{style}"/>')


def numbered(text, number, depth):
    return par(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def mark(kind):
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def code(text):
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def table(*rows):
    cells = lambda row: "".join(f"<w:tc><w:tcPr>{more}</w:tcPr>{inner}</w:tc>" for inner, more in row)  # noqa: E731
    return f"<w:tbl>{''.join(f'<w:tr>{cells(row)}</w:tr>' for row in rows)}</w:tbl>"


def package(body, *, main="word/document.xml", head="", strict=False, related=(), **parts):
    """A package with styles, numbering and whatever else is given as (kind, name, text)."""
    related = [("styles", "styles.xml", STYLES), ("numbering", "numbering.xml", NUMBERING), *related]
    links = "".join(
        f'<Relationship Id="r{i}" Type="{OFFICE}/{kind}" Target="{name}"/>' for i, (kind, name, _) in enumerate(related)
    )
    root = f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="/{main}"/>'
    files = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f"<Relationships>{root}</Relationships>",
        main: f"{head}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        f"word/_rels/{main.rpartition('/')[2]}.rels": f"<Relationships>{links}</Relationships>",
        **{f"word/{name}": t if isinstance(t, bytes) else f"<w:x {NAMESPACES}>{t}</w:x>" for _, name, t in related},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, _STRICT.sub(r"purl.oclc.org/ooxml/\1/", text) if strict and name == main else text)
    return out.getvalue()


def read(body, **options):
    return parse_docx(File(package(body, **options), "a.docx"))


def kinds(document):
    return [str(block.kind) for block in document.blocks]


TEXT = "青岚市纪委监委开展专项检查，共发现问题35个，督促整改30个。"


def test_numbers_that_word_counts_are_written_out():
    body = "".join(
        [
            *[styled("总体情况", "1"), numbered("县", 1, 1), numbered("乡", 1, 1), numbered("村", 1, 2)],
            *[styled("下步工作", "1"), numbered("重来", 1, 1), numbered("续", 3, 1), numbered("无", 0, 0)],
            *[numbered("总则。", 2, 0), numbered("附则。", 2, 0), numbered("要点。", 2, 1)],
        ]
    )
    assert lines(read(body)) == [
        *["一、总体情况", "（一）县", "（二）乡", "1.1. 村", "二、下步工作", "（一）重来", "（五）续", "无"],
        *["第一条 总则。", "第二条 附则。", "• 要点。"],
    ]


def test_headings_by_style_also_inherited_and_long_ones_are_paragraphs():
    document = read(styled("情况", "1") + styled("做法", "own") + styled(TEXT, "2") + par(TEXT))
    assert [(str(b.kind), b.level) for b in document.blocks[:3]] == [("heading", 1), ("heading", 2), ("paragraph", 0)]


def test_title_by_style_of_several_lines():
    document = read(styled("关于开展专项", "title") + styled("整治的通知", "title") + par(TEXT))
    assert (document.title, document.text.split("\n")[0]) == ("关于开展专项整治的通知",) * 2


def test_title_by_type_below_a_red_head():
    centre = '<w:jc w:val="center"/>'
    head = par(run("青岚市纪律检查委员会文件", '<w:sz w:val="72"/><w:color w:val="FF0000"/>'), centre)
    title = [par(run(text, '<w:sz w:val="44"/>'), centre) for text in ("关于白榆区", "问题的通报")]
    document = read(head + par("青纪发〔2023〕5号", centre) + "".join(title) + par(TEXT))
    assert document.title == "关于白榆区问题的通报"
    assert kinds(document) == ["byline", "byline", "title", "paragraph"]


def test_changes_count_as_accepted():
    body = par(
        run("发现") + f"<w:ins>{run('35')}</w:ins><w:del><w:r><w:delText>30</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('移走')}</w:moveFrom>" + run("个，")
    ).replace("<w:pPr></w:pPr>", "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>")
    assert read(body + par("已整改。")).text == "发现35个，已整改。"


def test_fields_show_their_result():
    simple = f'<w:fldSimple w:instr="DATE">{run("5月6日")}</w:fldSimple>'
    nested = mark("begin") + code("IF ") + mark("begin") + code("PAGE") + mark("separate") + run("7") + mark("end")
    nested += mark("separate") + run("结果") + mark("end")
    circled = mark("begin") + code(r"EQ \o\ac(○,3)") + mark("end")
    assert read(par(simple + nested + circled + run("。"))).text == "5月6日结果③。"


def test_a_field_without_end_hides_nothing():
    assert read(par(mark("begin") + code("REF x") + run("甲")) + par("乙，丙。")).text == "甲\n乙，丙。"


def test_table_of_contents_is_furniture():
    contents = par(mark("begin") + code('TOC \\o "1-3"') + mark("separate") + run("一、情况 1"))
    document = read(contents + par(run("二、做法 2") + mark("end")) + styled("附 3", "toc") + par(TEXT))
    assert kinds(document) == ["furniture"] * 3 + ["paragraph"]


def test_text_box_once_and_notes_behind_their_paragraph():
    box = f"<w:txbxContent>{par('框内文字。')}</w:txbxContent>"
    both = f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx>{box}</wps:txbx></mc:Choice>'
    both += f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    notes = "".join(f'<w:footnote w:id="{i}">{par(t)}</w:footnote>' for i, t in enumerate(["见附件。", "孤立的注。"]))
    body = par(run("正文。") + both + '<w:r><w:footnoteReference w:id="0"/></w:r>') + par("下文。")
    document = read(body, related=[("footnotes", "footnotes.xml", notes)])
    assert lines(document) == ["正文。", "框内文字。", "见附件。", "下文。", "孤立的注。"]


def test_hidden_text_comments_and_objects_are_told():
    body = par(run("暗", "<w:vanish/>") + run("影", '<w:rStyle w:val="secret"/>') + run("明文。"))
    body += par('<w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>')
    document = read(body, related=[("comments", "comments.xml", "<w:comment/><w:comment/>")])
    assert document.text == "明文。"
    assert [word in "".join(document.warnings) for word in ("2 comments", "2 characters")] == [True, True]
    assert "1 embedded" in document.missing[0]


def test_breaks_symbols_ruby_and_controls():
    body = par(
        '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:noBreakHyphen/><w:br/>'
        "<w:t>丙</w:t><w:ruby><w:rt><w:r><w:t>zhi</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>治</w:t></w:r></w:rubyBase>"
        f"</w:ruby></w:r><w:sdt><w:sdtContent>{run('控件。')}</w:sdtContent></w:sdt><w:hyperlink>{run('链。')}</w:hyperlink>"
    )
    assert read(body).text == "☑甲 乙-\n丙治控件。链。"


def test_table_with_spans_nested_table_and_counted_rows():
    wide, first, rest = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    inner = table([(par("内一"), ""), (par("内二"), "")])
    number = numbered("", 1, 2)
    document = read(
        table(
            [(par("序号"), ""), (par("单位"), wide)],
            [(number, ""), (par("云栖县"), first), (par("3"), "")],
            [(number, ""), (par(""), rest), (par("4") + inner, "")],
        )
        + par(TEXT)
    )
    (block,) = [block for block in document.blocks if block.kind is BlockKind.TABLE]
    assert block.cells == (
        ("序号", "单位", "单位"),
        ("1.1.", "云栖县", "3"),
        ("1.2.", "云栖县", "4 内一 内二"),
    )


def test_a_table_of_one_cell_is_layout():
    assert kinds(read(table([(par("一格之内，就是正文。") + par(TEXT), "")]))) == ["paragraph", "paragraph"]


def test_headers_once_at_the_end():
    related = [
        (kind, f"{kind}{i}.xml", par(text)) for kind, i, text in [("header", 1, "内部资料"), ("header", 2, "内部资料")]
    ]
    document = read(par(TEXT), related=[*related, ("footer", "footer3.xml", par("— 1 —"))])
    assert (lines(document), kinds(document)) == ([TEXT, "内部资料"], ["paragraph", "furniture"])


@pytest.mark.parametrize(
    "options", [{"strict": True}, {"main": "word/document2.xml"}, {"head": "<?xml version='1.0'?>"}]
)
def test_other_writers(options):
    body = styled("总体情况", "1") + par(TEXT)
    assert lines(read(body, **options)) == ["一、总体情况", TEXT]


def test_scan_inside_a_document_is_recognised(monkeypatch):
    from PIL import Image

    image = io.BytesIO()
    Image.new("RGB", (800, 1000), "white").save(image, "PNG")
    seen = []

    def recognise(picture, *, number, scale):
        seen.append((picture.size, number))
        return Page(number, 595, 744, (Fragment(TEXT, (60, 60, 500, 76), 16, confidence=0.9),))

    monkeypatch.setattr(ocr, "recognise", recognise)
    body = par('<w:r><w:drawing><a:blip r:embed="r2"/></w:drawing></w:r>')
    related = [("image", "media/image1.png", image.getvalue())]
    document = read(body, related=related)
    assert (document.text, seen, document.blocks[0].page) == (TEXT, [((800, 1000), 1)], None)
    assert document.confidence == pytest.approx(0.9)
    said = read(body + par(TEXT) * 3, related=related).warnings
    assert "1 pictures" in said[0]
    refused = File(package(body + par("封面。"), related=related), "a.docx", Limits(ocr=False))
    assert "OCR is off" in parse_docx(refused).missing[0]


def test_damage_and_bombs_are_told():
    good = package(par(TEXT))
    with pytest.raises(ParseError, match=r"a\.docx .*damaged"):
        parse_docx(File(good[: len(good) // 2], "a.docx"))
    with pytest.raises(ParseError, match="too large"):
        parse_docx(File(package(par("字" * 8_000_000)), "a.docx", Limits(ratio=20)))
    with pytest.raises(ParseError, match="type definition"):
        read(par(TEXT), head='<!DOCTYPE x [<!ENTITY e "eee">]>')


def test_any_damage_gives_a_document_or_an_error():
    good = bytearray(package(styled("总体情况", "1") + table([(par("甲"), ""), (par("乙"), "")]) + par(TEXT)))
    random_ = random.Random(1)
    for _ in range(60):
        data = bytearray(good)
        for _ in range(random_.randint(1, 4)):
            data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
        cut = random_.choice([len(data), random_.randrange(len(data))])
        assert is_told(outcome(parse_docx, File(bytes(data[:cut]), "a.docx")), "a.docx")


def test_pictures_that_are_none():
    assert pictures.read_pictures(File(b"x", "a.docx"), [b"EMF"], []).warnings == [
        "图片 1 幅未读。 1 pictures were not read."
    ]
