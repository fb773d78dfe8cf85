import hashlib
import random
from types import SimpleNamespace

import doc2docx
import pytest

from docintel.errors import InputError, ParseError, UnsupportedFormatError
from docintel.parse.file import File
from docintel.parse.office import libreoffice
from docintel.parse.office.document import parse_converted, parse_doc
from docintel.parse.sandbox import Sandbox
from docintel.schema import Document
from tests.ole_samples import make_doc, make_word95

PARAGRAPHS = ["关于云栖县专项整治情况的通报", "一、总体情况", "今年以来，云栖县纪委监委共发现问题35个，督促整改30个。"]
WORDML = (
    '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
    '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body>'
    + "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in PARAGRAPHS)
    + "</w:body></w:wordDocument>"
).encode()


@pytest.fixture
def without_libreoffice(monkeypatch):
    monkeypatch.setenv("DOCINTEL_SOFFICE", "/nowhere/soffice")


@pytest.fixture
def with_libreoffice(monkeypatch):
    """A LibreOffice that makes one DOCX of anything; gives the list of what it was asked to convert."""
    asked = []

    def convert(data, suffix, target, **_):
        asked.append((suffix, target))
        return docx("经转换的通报", *PARAGRAPHS)

    monkeypatch.setattr(libreoffice, "find_soffice", lambda: "soffice")
    monkeypatch.setattr(libreoffice, "convert", convert)
    return asked


def docx(*paragraphs):
    from io import BytesIO

    from docx import Document as Docx

    out, document = BytesIO(), Docx()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(out)
    return out.getvalue()


def lossy(monkeypatch, *codes):
    """Make msdoc2docx report diagnostics."""
    convert = doc2docx.convert

    def reporting(source, made):
        convert(source, made)
        return SimpleNamespace(report=SimpleNamespace(diagnostics=[SimpleNamespace(code=code) for code in codes]))

    monkeypatch.setattr(doc2docx, "convert", reporting)


def test_a_word_file_keeps_its_id_and_its_name(without_libreoffice):
    data = make_doc(PARAGRAPHS)
    document = parse_doc(File(data, "通报.wps"))
    assert document.text == "\n".join(PARAGRAPHS)
    assert (document.id, document.source, document.parser) == (hashlib.sha256(data).hexdigest(), "通报.wps", "doc")
    assert (document.title, document.missing, document.warnings) == (PARAGRAPHS[0], (), ())


def test_a_file_saved_in_pieces(without_libreoffice):
    document = parse_doc(File(make_doc(PARAGRAPHS, flags=4, narrow=b"No. 35"), "通报.doc"))
    assert document.text == "\n".join([*PARAGRAPHS, "No. 35"])


def test_letters_of_no_known_code_page_are_said(without_libreoffice):
    document = parse_doc(File(make_doc([""], narrow=PARAGRAPHS[2].encode("gbk")), "通报.doc"))
    assert "乱码" in document.missing[-1]


def test_a_password_is_named():
    with pytest.raises(ParseError, match=r"^通报\.doc 有密码保护"):
        parse_doc(File(make_doc(PARAGRAPHS, flags=0x100), "通报.doc"))


def test_macros_are_said_and_not_run(without_libreoffice):
    document = parse_doc(File(make_doc(PARAGRAPHS, streams={"_VBA_PROJECT": b""}), "通报.doc"))
    assert "宏" in document.warnings[0]


def test_a_loss_is_missing_where_there_is_no_second_way(without_libreoffice, monkeypatch):
    lossy(monkeypatch, "MAIN_TEXTBOX_TABLE_MALFORMED", "UNNAMED_FONT_SLOT_REPAIRED")
    document = parse_doc(File(make_doc(PARAGRAPHS), "通报.doc"))
    assert document.missing == ("文本框未能读取。 Text boxes could not be read.",)
    assert PARAGRAPHS[2] in document.text


def test_a_loss_sends_the_file_the_second_way(with_libreoffice, monkeypatch):
    lossy(monkeypatch, "MAIN_TEXTBOX_TABLE_MALFORMED")
    document = parse_doc(File(make_doc(PARAGRAPHS), "通报.doc"))
    assert (document.text.split("\n")[0], document.missing) == ("经转换的通报", ())
    assert "LibreOffice" in document.warnings[0]


def test_the_second_way_is_not_believed_when_it_brings_less(with_libreoffice, monkeypatch):
    lossy(monkeypatch, "MAIN_TEXTBOX_TABLE_MALFORMED")
    document = parse_doc(File(make_doc([*PARAGRAPHS, PARAGRAPHS[2] * 3]), "通报.doc"))
    assert document.missing
    assert "经转换" not in document.text


def test_the_second_way_failing_costs_nothing(with_libreoffice, monkeypatch):
    def fail(*_, **__):
        raise libreoffice.ConversionError("no")

    lossy(monkeypatch, "OLE_OBJECT_OMITTED")
    monkeypatch.setattr(libreoffice, "convert", fail)
    document = parse_doc(File(make_doc(PARAGRAPHS), "通报.doc"))
    assert PARAGRAPHS[2] in document.text
    assert "嵌入的对象" in document.missing[0]


def test_nothing_lost_nothing_asked(with_libreoffice):
    parse_doc(File(make_doc(PARAGRAPHS), "通报.doc"))
    assert with_libreoffice == []


OLDER = make_doc(PARAGRAPHS).replace(b"\xec\xa5\xc1\x00", b"\xec\xa5\x68\x00")[:600]


def test_a_damaged_file_names_libreoffice_as_the_way(without_libreoffice):
    with pytest.raises(ParseError, match=r"^通报\.doc 已损坏") as raised:
        parse_doc(File(OLDER, "通报.doc"))
    assert "apt-get install libreoffice-writer-nogui" in raised.value.hint


def test_a_damaged_file_goes_the_second_way(with_libreoffice):
    assert parse_doc(File(OLDER, "通报.doc")).title == "经转换的通报"
    assert with_libreoffice == [(".doc", "docx")]


WORD95 = "云栖县通报\r发现问题35个，见\x13REF a\x14下表\x15。\r单位\x07问题\x07\x07松陵区\x07采购\r招标\x07\x07完毕。\r"


def test_word_95_is_read_in_its_code_page(without_libreoffice):
    document = parse_doc(File(make_word95(WORD95), "通报.doc"))
    assert document.text == "云栖县通报\n发现问题35个，见下表。\n单位\t问题\n松陵区\t采购 招标\n完毕。"
    assert (document.parser, document.missing) == ("doc", ())
    assert parse_doc(File(make_word95(WORD95, notes=9), "通报.doc")).missing


def test_word_95_saved_in_pieces_needs_libreoffice(without_libreoffice):
    with pytest.raises(ParseError, match=r"^通报\.doc"):
        parse_doc(File(make_word95(WORD95, flags=4), "通报.doc"))


def test_word_95_by_libreoffice_unless_it_garbles_the_words(with_libreoffice, monkeypatch):
    assert parse_doc(File(make_word95(WORD95), "通报.doc")).title == "经转换的通报"
    monkeypatch.setattr(libreoffice, "convert", lambda *_, **__: docx("¹ØÓÚÔÆÆÜÏØµÄÍ¨±¨"))
    assert parse_doc(File(make_word95(WORD95), "通报.doc")).title == "云栖县通报"


CONVERTED = [
    (WORDML, "wordml", ".xml"),
    (b"\x01\xfe\x32\x00" + bytes(100), "works", ".wps"),
]


@pytest.mark.parametrize(("data", "kind", "suffix"), CONVERTED)
def test_other_formats_go_by_libreoffice(with_libreoffice, data, kind, suffix):
    document = parse_converted(File(data, "a.dat"))
    assert (document.parser, document.id, with_libreoffice) == (
        kind,
        hashlib.sha256(data).hexdigest(),
        [(suffix, "docx")],
    )


def test_other_formats_without_libreoffice_name_the_package(without_libreoffice):
    with pytest.raises(UnsupportedFormatError, match=r"^通报\.xml 是 Word 2003 XML") as raised:
        parse_converted(File(WORDML, "通报.xml"))
    assert "scripts/setup --office" in raised.value.hint


def test_slides_need_a_package_of_their_own(with_libreoffice, monkeypatch):
    def refuse(*_, **__):
        raise libreoffice.ConversionError("Error: no export filter for in.pptx found, aborting.")

    monkeypatch.setattr(libreoffice, "convert", refuse)
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "PowerPoint Document".encode("utf-16-le")
    with pytest.raises(UnsupportedFormatError) as raised:
        parse_converted(File(data, "a.ppt"))
    assert "libreoffice-impress-nogui" in raised.value.hint


def test_a_damaged_word_file_is_read_or_refused(without_libreoffice):
    data, rng = make_doc(PARAGRAPHS), random.Random(3)
    for i in range(40):
        copy = bytearray(data[: rng.randrange(8, len(data))] if i % 3 == 0 else data)
        for _ in range(rng.choice([1, 5, 40])):
            copy[rng.randrange(8, len(copy))] = rng.randrange(256)
        outcome = read_or_error(bytes(copy))
        assert isinstance(outcome, Document) or (str(outcome).startswith("a.doc") and outcome.hint)


def read_or_error(data):
    try:
        return parse_doc(File(data, "a.doc"))
    except InputError as exc:
        return exc


@pytest.mark.slow
@pytest.mark.skipif(libreoffice.find_soffice() is None, reason="LibreOffice is not installed")
def test_libreoffice_works_inside_the_sandbox():
    with Sandbox() as sandbox:
        document = sandbox.parse(WORDML, "通报.xml")
    assert (document.parser, document.text) == ("wordml", "\n".join(PARAGRAPHS))
