"""The ledger as a workbook: what a clerk finds in it, and that it runs nothing."""

import zipfile
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from docintel.chain import chain
from docintel.errors import InputError
from docintel.exports import write_ledger
from docintel.schema.serial import chain_row_to_dict
from tests.factories import make_extraction

TEXT = (
    "=HYPERLINK(0)印章管理混乱。由于无人登记，借用无据可查。\n整改措施：建立登记簿，专人保管。\n责任单位：办公室\n"
    "整改时限：5月底前\n另行开展警示教育。"
)
HEADING = "序号 问题 问题类别 问题性质 原因 整改措施 责任单位 整改时限 状态 销号日期 销号人 依据 来源文件"


@pytest.fixture
def rows():
    extraction = make_extraction(
        TEXT, issues=["=HYPERLINK(0)印章管理混乱"], measures=[("建立登记簿", (0,)), ("专人保管", (0,)), "开展警示教育"]
    )
    return [chain_row_to_dict(row, extraction.document) for row in chain(extraction, date(2024, 4, 1))]


def sheets_of(path):
    workbook = CalamineWorkbook.from_path(str(path))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def xml_of(path):
    """What the sheets are written in."""
    with zipfile.ZipFile(path) as workbook:
        return [workbook.read(name).decode() for name in workbook.namelist() if "worksheets/sheet" in name]


def test_a_clerk_finds_every_column(rows, tmp_path):
    write_ledger(rows, tmp_path / "台账.xlsx", date(2024, 4, 1))
    sheets = sheets_of(tmp_path / "台账.xlsx")
    title, summary, heading, row = sheets["整改台账"]
    assert title[0] == "整改台账"
    assert summary[0] == "共 1 项：未载明 1 项。逾期与否以2024-04-01为准。"
    found = dict(zip(heading, row, strict=True))
    assert list(found) == HEADING.split()
    assert found["整改措施"] == "1. 建立登记簿\n2. 专人保管"
    assert (found["责任单位"], found["整改时限"], found["状态"]) == ("办公室", "5月底前\n（2024-05-31）", "")
    assert (found["销号日期"], found["销号人"]) == ("", "")
    assert found["来源文件"] == "报告.txt"
    assert "问题：0–19“=HYPERLINK…”" in found["依据"]
    assert sheets["其他措施"][3][1] == "开展警示教育"


def test_no_text_runs_as_a_formula(rows, tmp_path):
    write_ledger(rows, tmp_path / "台账.xlsx")
    assert not any("<f>" in sheet for sheet in xml_of(tmp_path / "台账.xlsx"))
    assert "=HYPERLINK(0)印章管理混乱" in [row[1] for row in sheets_of(tmp_path / "台账.xlsx")["整改台账"]]


def test_heading_stays_in_sight_and_filters(rows, tmp_path):
    write_ledger(rows, tmp_path / "台账.xlsx")
    sheet = xml_of(tmp_path / "台账.xlsx")[0]
    assert 'topLeftCell="C4"' in sheet
    assert '<autoFilter ref="A3:M4"' in sheet


def test_an_empty_ledger_is_one(tmp_path):
    write_ledger([], tmp_path / "台账.xlsx")
    assert sheets_of(tmp_path / "台账.xlsx")["整改台账"][1][0].startswith("共 0 项。")


def test_a_folder_is_no_workbook(rows, tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        write_ledger(rows, tmp_path)
