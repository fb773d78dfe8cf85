import io
import random
import sys
import zipfile
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter

from docintel.errors import InputError, ParseError
from docintel.parse.file import DEFAULT_LIMITS, File
from docintel.parse.sheet.biff import xlsb_reach
from docintel.parse.sheet.values import show
from docintel.parse.sheet.workbook import parse_csv, parse_sheet
from docintel.schema import Document
from tests.ole_samples import make_ole, make_xls

HEAD = ["序号", "问题", "责任单位"]
ROWS = [[1, "采购不规范", "松陵区医院"], [2, "公示不及时", "白榆区医院"]]


def workbook(*sheets, hidden=()):
    """An XLSX of sheets, each a name and a function that writes it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name, write in sheets:
        sheet = book.add_worksheet(name)
        write(sheet, book)
        if name in hidden:
            sheet.hide()
    book.close()
    return out.getvalue()


def table(*rows, top=0, left=0):
    def write(sheet, _):
        for y, row in enumerate(rows, top):
            for x, value in enumerate(row, left):
                sheet.write(y, x, value)

    return write


def read(data, name="台账.xlsx", **limits):
    return parse_sheet(File(data, name, replace(DEFAULT_LIMITS, **limits)))


def shape(document):
    return [(str(block.kind), document.text[block.start : block.end]) for block in document.blocks]


def write_ledger(sheet, _):
    sheet.write(1, 1, "附件2")
    sheet.merge_range(2, 1, 2, 5, "2023年云栖县问题整改台账")
    sheet.merge_range(3, 1, 3, 3, "填报单位（盖章）：云栖县卫健局")
    sheet.merge_range(3, 4, 3, 5, "2023年5月")
    sheet.merge_range(4, 1, 5, 1, "序号")
    sheet.merge_range(4, 2, 5, 2, "问题")
    sheet.merge_range(4, 3, 4, 5, "整改情况")
    for x, text in enumerate(["措施", "完成时间", "责任人"], 3):
        sheet.write(5, x, text)
    sheet.merge_range(6, 2, 7, 2, "采购不规范")
    for y, row in enumerate([["修订制度", "5月", "张小三"], ["开展培训", "6月", "李小四"]], 6):
        sheet.write(y, 1, y - 5)
        for x, text in enumerate(row, 3):
            sheet.write(y, x, text)
    sheet.write(8, 1, "填表人：王小五")
    sheet.write(8, 4, "审核人：赵小六")
    sheet.write(9, 1, "注：数据截至5月底。")


def test_a_ledger_parts_into_title_particulars_table_and_notes():
    document = read(workbook(("Sheet1", write_ledger)))
    table_text = (
        "序号\t问题\t整改情况\t\t\n\t\t措施\t完成时间\t责任人\n"
        "1\t采购不规范\t修订制度\t5月\t张小三\n2\t\t开展培训\t6月\t李小四"
    )
    assert shape(document) == [
        ("paragraph", "附件2"),
        ("title", "2023年云栖县问题整改台账"),
        ("paragraph", "填报单位（盖章）：云栖县卫健局"),
        ("paragraph", "2023年5月"),
        ("table", table_text),
        ("paragraph", "填表人：王小五"),
        ("paragraph", "审核人：赵小六"),
        ("paragraph", "注：数据截至5月底。"),
    ]
    assert {block.page for block in document.blocks} == {1}
    (block,) = (block for block in document.blocks if block.cells)
    assert block.cells[0] == ("序号", "问题", "整改情况", "整改情况", "整改情况")
    assert block.cells[1] == ("序号", "问题", "措施", "完成时间", "责任人")
    assert block.cells[3] == ("2", "采购不规范", "开展培训", "6月", "李小四")
    start, end = document.cell_span(block, 2, 4)
    assert document.text[start:end] == "张小三"


def test_every_sheet_stands_under_its_name():
    document = read(workbook(("一季度", table(HEAD, *ROWS)), ("空表", table()), ("二季度", table(HEAD, *ROWS))))
    assert [(b.kind, b.level, b.page) for b in document.blocks] == [
        ("heading", 1, 1),
        ("table", 0, 1),
        ("heading", 1, 3),
        ("table", 0, 3),
    ]
    assert (document.title, document.pages) == ("一季度", 3)


def test_a_lone_sheet_without_a_name_of_its_own_has_no_heading():
    assert [kind for kind, _ in shape(read(workbook(("Sheet1", table(HEAD, *ROWS)))))] == ["table"]


def test_rows_apart_by_an_empty_one_are_tables_apart():
    first, second = table(HEAD, *ROWS, top=3, left=2), table(["区", "时间"], ["松陵区", "2023年5月"], top=8, left=2)
    document = read(workbook(("Sheet1", lambda *a: (first(*a), second(*a)))))
    assert shape(document) == [
        ("table", "序号\t问题\t责任单位\n1\t采购不规范\t松陵区医院\n2\t公示不及时\t白榆区医院"),
        ("table", "区\t时间\n松陵区\t2023年5月"),
    ]


TABLES = [
    [["", "2023年1月", "2023年2月"], ["松陵区", 1, 2]],  # a header of months is no line of particulars
    [["姓名：", "张小三"], ["职务：", "科长"]],  # a form
    [["单位", "数量", "备注"], ["合计", 3]],  # a short last row
    [["单位", "数量"], ["松陵区", 3], ["白榆区"]],  # a gap in the last row
]


@pytest.mark.parametrize("rows", TABLES)
def test_these_are_whole_tables(rows):
    assert [kind for kind, _ in shape(read(workbook(("Sheet1", table(*rows)))))] == ["table"]


def test_a_hidden_sheet_is_read_and_said():
    document = read(workbook(("甲", table(HEAD, *ROWS)), ("乙", table(HEAD, *ROWS)), hidden=["乙"]))
    assert document.text.count("序号") == 2
    assert "“乙”在原文件中隐藏" in document.warnings[0]


def write_formats(sheet, book):
    shown = [(0.856, "0.0%"), (date(2023, 5, 1), 57), (date(2023, 5, 6), "yyyy-mm-dd"), (12, "000000"), (3.0, "")]
    for x, (value, code) in enumerate(shown):
        sheet.write(0, x, f"列{x}")
        write = sheet.write_datetime if isinstance(value, date) else sheet.write
        write(1, x, value, book.add_format({"num_format": code}) if code else None)
    sheet.write(0, 5, "列5")
    sheet.write_formula(1, 5, "=1/0", None, "#DIV/0!")


def test_numbers_are_read_as_the_sheet_shows_them():
    document = read(workbook(("Sheet1", write_formats)))
    assert document.blocks[0].cells[1] == ("85.6%", "2023年5月", "2023-05-06", "000012", "3", "#DIV/0!")


def test_xls_keeps_formats_errors_and_merged_cells():
    rows = [["云栖县台账"], ["序号", "完成率", "备注"], [1, (0.856, 0), "#DIV/0!"]]
    document = read(make_xls(rows, formats=["0.0%"], merged=[(0, 0, 0, 2)]), "台账.et")
    assert shape(document) == [
        ("heading", "台账"),
        ("title", "云栖县台账"),
        ("table", "序号\t完成率\t备注\n1\t85.6%\t#DIV/0!"),
    ]


SHOWN = [
    (0.1 + 0.2, "", "0.3"),
    (1e-7, "", "0.0000001"),
    (1.0, "General", "1"),
    (3, "@", "3"),
    (1234567.5, "#,##0.00", "1,234,567.50"),
    (12.5, '0.00"万元"', "12.50万元"),
    (12, '0"件"', "12件"),
    (1234.5, "[$¥-804]#,##0.00", "¥1,234.50"),
    (-3, "#,##0_ ;[Red]\\-#,##0\\ ", "-3"),
    (-3.5, "0.0_);(0.0)", "(3.5)"),
    (0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
    (5.0, "#.##", "5"),
    (1.0, "0%", "100%"),
    (0.5, "# ?/?", "0.5"),
    (15000000, "0.00,,", "15000000"),
    (0.000012, "0.00E+00", "0.000012"),
    (45052, 'yyyy"年"m"月"', "2023年5月"),
    (datetime(2023, 5, 6, 8, 30), "yyyy-mm-dd hh:mm", "2023-05-06 08:30"),
    (time(8, 30), "", "08:30"),
    (timedelta(hours=30), "", "30:00:00"),
    (True, "", "TRUE"),
]


@pytest.mark.parametrize(("value", "code", "text"), SHOWN)
def test_a_value_in_its_format(value, code, text):
    assert show(value, code) == text


def test_what_a_limit_leaves_is_counted(monkeypatch):
    monkeypatch.setattr(sys.modules["docintel.parse.sheet.workbook"], "_MOST_CELLS", 6)
    document = read(workbook(("Sheet1", table(HEAD, *ROWS, *ROWS))))
    assert document.text.count("\n") == 1
    assert "有 3 行未读取" in document.missing[0]


def test_a_sheet_that_reaches_too_far_is_not_read():
    far = table(["x"], top=1_048_575, left=16_383)
    document = read(workbook(("甲", table(HEAD, *ROWS)), ("乙", lambda *a: (table(["x"])(*a), far(*a)))))
    assert "“乙”范围过大" in document.missing[0]
    assert "采购不规范" in document.text


def test_reach_of_a_binary_part():
    row, cell = b"\x00\x04" + (9).to_bytes(4, "little"), b"\x05\x08" + (4).to_bytes(4, "little") + bytes(4)
    shown = xlsb_reach(row + cell)
    assert (shown.height, shown.width) == (10, 5)


def test_an_empty_workbook_is_refused():
    with pytest.raises(ParseError, match=r"台账\.xlsx 没有内容"):
        read(workbook(("Sheet1", table())))


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    out = io.BytesIO(workbook(("Sheet1", table(HEAD, *ROWS))))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/a.bin", bytes(30 << 20))
    with pytest.raises(ParseError, match="展开后过大"):
        read(out.getvalue(), ratio=10)


def test_a_password_is_named():
    locked = bytes.fromhex("0908100000060500000000000000000000000000") + bytes.fromhex("2f0006000000112233440a000000")
    with pytest.raises(ParseError, match="密码"):
        parse_sheet(File(make_ole({"Workbook": locked}), "a.xls"))


def damaged(data, seed):
    """Copies of a file, cut short or with flipped bytes."""
    rng = random.Random(seed)
    for i in range(60):
        copy = bytearray(data)
        if i % 3 == 0:
            yield bytes(copy[: rng.randrange(8, len(copy))])
            continue
        for _ in range(rng.choice([1, 5, 40])):
            copy[rng.randrange(8, len(copy))] = rng.randrange(256)
        yield bytes(copy)


def read_or_error(data):
    try:
        return read(data, "a.xls")
    except InputError as exc:
        return exc


@pytest.mark.parametrize(
    "data",
    [workbook(("甲", write_ledger)), make_xls([HEAD, [1, (0.5, 0), "#DIV/0!"]], formats=["0%"], merged=[(0, 0, 0, 1)])],
    ids=["xlsx", "xls"],
)
def test_a_damaged_workbook_is_read_or_refused(data):
    for copy in damaged(data, 1):
        outcome = read_or_error(copy)
        assert isinstance(outcome, Document) or (str(outcome).startswith("a.xls") and outcome.hint)


CSV = '云栖县问题台账\n序号,问题,责任单位\n1,"采购,不规范",松陵区\n2,公示不及时,白榆区\n'


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_any_encoding(encoding):
    document = parse_csv(File(CSV.encode(encoding), "a.csv"))
    assert shape(document) == [
        ("title", "云栖县问题台账"),
        ("table", "序号\t问题\t责任单位\n1\t采购,不规范\t松陵区\n2\t公示不及时\t白榆区"),
    ]
    assert document.parser == "csv"


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_csv_with_any_delimiter(mark):
    text = "\n".join(mark.join(row) for row in [["序号", "问题"], ["1", "采购、招标"], ["2", "公示"]])
    document = parse_csv(File(text.encode(), "a.csv"))
    assert document.blocks[0].cells == (("序号", "问题"), ("1", "采购、招标"), ("2", "公示"))


def test_csv_without_text_is_refused():
    with pytest.raises(InputError, match=r"a\.csv"):
        parse_csv(File(b" ,\n, \n", "a.csv"))
