"""Tables on disk: numbers stay numbers, formulas stay text, files are whole."""

import io
import json
import zipfile

import pandas as pd
import pytest

from docintel.errors import InputError
from docintel.exports import Format, neutral, write, write_jsonl
from tests.factories import make_extraction, make_statistic


@pytest.fixture
def extraction():
    extraction = make_extraction("=HYPERLINK(0)发现问题38个。", issues=["=HYPERLINK(0)发现问题"])
    return make_extraction(
        extraction.document,
        issues=["=HYPERLINK(0)发现问题"],
        statistics=(make_statistic(extraction.document, "发现问题38个", value=38.0),),
    )


def test_jsonl_is_one_line_a_document(extraction):
    out = io.StringIO()
    write_jsonl([extraction, extraction], out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["statistics"][0]["value"] for line in lines] == [38, 38]


def test_csv_opens_in_excel_and_runs_no_formula(extraction, tmp_path):
    paths = write([extraction], tmp_path / "out", Format.CSV)
    assert (tmp_path / "out" / "issues.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert len(paths) == 9
    issues = pd.read_csv(tmp_path / "out" / "issues.csv")
    assert issues["quote"][0] == "'=HYPERLINK(0)发现问题"
    assert pd.read_csv(tmp_path / "out" / "statistics.csv")["value"][0] == 38


def test_parquet_keeps_the_words(extraction, tmp_path):
    write([extraction], tmp_path / "out", Format.PARQUET)
    assert pd.read_parquet(tmp_path / "out" / "issues.parquet")["quote"][0] == "=HYPERLINK(0)发现问题"


def test_workbook_has_a_sheet_a_type_and_no_formula(extraction, tmp_path):
    (path,) = write([extraction], tmp_path / "out.xlsx", Format.XLSX)
    with zipfile.ZipFile(path) as workbook:
        sheets = [workbook.read(name).decode() for name in workbook.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 9
    assert not any("<f>" in sheet for sheet in sheets)
    assert any("<v>38</v>" in sheet for sheet in sheets)


def test_a_failed_write_leaves_what_was_there(extraction, tmp_path):
    path = tmp_path / "out.xlsx"
    path.write_text("before")

    def broken():
        yield extraction
        raise KeyError

    with pytest.raises(KeyError):
        write(broken(), path, Format.XLSX)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_folder_and_file_are_not_mixed_up(extraction, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="into a folder"):
        write([extraction], tmp_path / "file", Format.CSV)
    with pytest.raises(InputError, match="is a folder"):
        write([extraction], tmp_path, Format.XLSX)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_formulas_are_neutral(text):
    assert neutral(text) == "'" + text
    assert neutral(-1) == -1
