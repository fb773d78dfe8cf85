"""Advice as files: the draft of a plan, and the workbook of a list; what a clerk finds in them."""

import zipfile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from docintel.errors import InputError, QueryError
from docintel.exports import write_advice, write_plan
from docintel.schema import Advice, Hit, HitKind, Precedent, Suggestion


def hit(quote, **over):
    values = {"kind": HitKind.MEASURE, "score": 0.5, "text": quote, "quote": quote, "title": "整改通报",
              "source": "乙.txt", "document": "d", "start": 9, "end": 14, "publisher": "乙县医院",
              "published": "2024-05-01", "category": "rules", "status": "done"}  # fmt: skip
    return Hit(**values | over)


def suggestion(text, category="rules", **over):
    measure = hit(text, category=category, **over)
    precedent = Precedent(issue="账实不符", similarity=0.7, linked=True, measure=measure, units=("乙县医院",))
    return Suggestion(text=text, category=category, status="done", score=0.5, support=2, precedents=(precedent,))


ADVICE = [
    Advice(
        problem="=HYPERLINK(0)账实不符",
        cases=(hit("二级库账实不符", kind=HitKind.ISSUE),),
        suggestions=(
            suggestion("=建立盘点制度"),
            suggestion("修订领用办法"),
            suggestion("上线\x0b追溯系统", "digital", page=3),
            suggestion("每月盘点", "inspection"),
        ),
        owners=("设备科", "财务科"),
        deadline="6月底前",
    ),
    Advice(problem="从未见过的问题", nearest=hit("账实不符", kind=HitKind.ISSUE, score=0.11)),
    Advice(problem="——", failure="问题为空。"),
]
PLAN = [
    ["序号", "问题", "措施", "责任单位", "时限", "依据"],
    [
        "1",
        "=HYPERLINK(0)账实不符",
        "1. =建立盘点制度\n2. 上线追溯系统\n3. 每月盘点",
        "设备科\n财务科",
        "6月底前",
        "1. 针对：账实不符。《整改通报》（乙县医院，2024年5月1日） 乙.txt 第10–14字\n"
        "2. 针对：账实不符。《整改通报》（乙县医院，2024年5月1日） 乙.txt 第3页\n"
        "3. 针对：账实不符。《整改通报》（乙县医院，2024年5月1日） 乙.txt 第10–14字",
    ],
    ["2", "从未见过的问题", "无可比案例", "", "", ""],
    ["3", "——", "问题为空。", "", "", ""],
]


def test_a_plan_for_word(tmp_path):
    write_plan(ADVICE, tmp_path / "整改方案.docx")
    document = docx.Document(str(tmp_path / "整改方案.docx"))
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == PLAN
    section = document.sections[0]
    assert section.orientation is WD_ORIENT.LANDSCAPE
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (29.7, 21.0)
    assert sum(column.width.cm for column in table.columns) <= 26
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert "草稿" in document.paragraphs[-1].text
    typefaces = {
        run._element.rPr.rFonts.get(qn("w:eastAsia")) for p in table.rows[1].cells[1].paragraphs for run in p.runs
    }
    assert typefaces == {"仿宋"}


def test_a_plan_as_a_sheet_runs_nothing(tmp_path):
    write_plan(ADVICE, tmp_path / "方案.XLSX")
    rows = CalamineWorkbook.from_path(str(tmp_path / "方案.XLSX")).get_sheet_by_index(0).to_python()
    assert rows[2] == PLAN[0]
    assert [str(int(rows[3][0])), *rows[3][1:]] == PLAN[1]
    with zipfile.ZipFile(tmp_path / "方案.XLSX") as workbook:
        assert "<f>" not in workbook.read("xl/worksheets/sheet1.xml").decode()


def test_measures_of_a_plan_are_of_many_kinds_as_far_as_there_are(tmp_path):
    write_plan(ADVICE[:1], tmp_path / "a.docx", per_issue=4)
    table = docx.Document(str(tmp_path / "a.docx")).tables[0]
    assert table.rows[1].cells[2].text.split("\n")[1] == "2. 修订领用办法"
    write_plan(ADVICE[:1], tmp_path / "a.docx", per_issue=1)
    assert docx.Document(str(tmp_path / "a.docx")).tables[0].rows[1].cells[2].text == "=建立盘点制度"


def test_a_plan_needs_a_file_of_a_known_kind(tmp_path):
    with pytest.raises(QueryError, match="docx"):
        write_plan(ADVICE, tmp_path / "方案.pdf")
    with pytest.raises(InputError):
        write_plan(ADVICE, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_workbook_of_a_list(tmp_path):
    write_advice(ADVICE, tmp_path / "结果.xlsx")
    workbook = CalamineWorkbook.from_path(str(tmp_path / "结果.xlsx"))
    sheets = {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}
    assert list(sheets) == ["汇总", "可比案例", "建议措施"]
    assert [row[1:4] for row in sheets["汇总"][1:]] == [
        ["=HYPERLINK(0)账实不符", 1, 4], ["从未见过的问题", 0, 0], ["——", 0, 0]]  # fmt: skip
    assert sheets["汇总"][2][5] == "无可比案例；最接近的是“账实不符”（11%，乙.txt）"
    assert sheets["汇总"][3][5] == "未能查询：问题为空。"
    assert sheets["可比案例"][1][2] == "二级库账实不符"
    measures = [dict(zip(sheets["建议措施"][0], row, strict=True)) for row in sheets["建议措施"][1:]]
    assert [row["措施（原文）"] for row in measures][:2] == ["=建立盘点制度", "修订领用办法"]
    told = {"措施类别": "建章立制", "状态": "已完成", "采用文档数": 2, "针对的问题": "账实不符", "相似度": 0.7}
    assert measures[0] == measures[0] | told | {"采取单位": "乙县医院", "来源文件": "乙.txt"}
    with zipfile.ZipFile(tmp_path / "结果.xlsx") as file:
        assert not any("<f>" in file.read(name).decode() for name in file.namelist() if "sheets/sheet" in name)


def test_the_workbook_needs_a_file_name(tmp_path):
    with pytest.raises(InputError):
        write_advice(ADVICE, tmp_path)
