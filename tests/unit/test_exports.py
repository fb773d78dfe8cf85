"""Tables on disk: numbers stay numbers, formulas stay text, files are whole."""

import gc
import io
import json
import resource
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date

import pandas as pd
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from docintel.errors import InputError, QueryError
from docintel.exports import Format, Names, neutral, write, write_jsonl
from docintel.exports.cells import heading
from docintel.exports.workbook import link_of
from docintel.schema import (
    RECORD_NAMES,
    Case,
    Check,
    DocType,
    Extraction,
    Metric,
    Person,
    Reference,
    ReferenceKind,
    Relation,
)
from docintel.schema.tables import TABLES, Sourced, columns_of
from tests.factories import (
    evidence,
    make_document,
    make_extraction,
    make_issue,
    make_measure,
    make_statistic,
    make_unit,
)


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
    assert len(paths) == 10  # a file a table, and the data dictionary
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
    assert len(sheets) == 11  # a sheet a table, the overview and the data dictionary
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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # xlsxwriter leaves files open
@pytest.mark.parametrize("how", [Format.XLSX, Format.CSV, Format.PARQUET, Format.JSONL])
def test_a_full_disk_is_an_error_and_leaves_what_was_there(how, tmp_path, monkeypatch):
    (scratch := tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    out = tmp_path / f"out.{how}"
    out.write_text("before")
    tables = () if how is Format.JSONL else ("issues",)
    many = [replace(full_extraction(), issues=full_extraction().issues * 500)] * 20
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write(many, out, how, tables=tables)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        gc.collect()
    assert out.read_text() == "before"
    assert sorted(tmp_path.iterdir()) == [out, scratch]
    assert list(scratch.iterdir()) == []


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


def sheets_of(path):
    """The sheets of a workbook: name, and rows of cells as they are read."""
    workbook = CalamineWorkbook.from_path(str(path))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def full_extraction():
    """A document of 2023 with a record of each type, one of them a contradiction."""
    document = make_document(
        "## 通报\n张某收受礼金1.5万元被警告。某局发现问题38个，整改31个。管理混乱，已建章立制。依据审计法第二条。",
        published="2023-05-18",
        source="通报.pdf",
        pages=3,
    )
    first = make_statistic(document, "发现问题38个", value=38.0)
    second = make_statistic(document, "整改31个", value=31.0, metric=Metric.ISSUES_RECTIFIED, approximate=True)
    return Extraction(
        document=document,
        doc_type=DocType.CASE_NOTICE,
        region="吉林省辽源市",
        statistics=(first, second),
        units=(make_unit(document, "某局"),),
        persons=(Person(evidence=evidence(document, "张某"), anonymised=True),),
        cases=(Case(evidence=evidence(document, "张某收受礼金"), persons=("张某",), amounts=(15000.0, 0.5)),),
        issues=(make_issue(document, "管理混乱"),),
        measures=(make_measure(document, "建章立制", addresses=(0,), confidence=0.5),),
        references=(
            Reference(
                evidence=evidence(document, "审计法第二条"),
                kind=ReferenceKind.LAW,
                canonical="审计法第2条",
                law="审计法",
            ),
        ),
        checks=(
            Check(
                evidence=first.evidence,
                relation=Relation.AT_MOST,
                statistics=(0, 1),
                against=(second.evidence,),
                stated=38,
                computed=31,
                holds=False,
            ),
        ),
    )


def test_workbook_is_chinese_with_links_days_and_a_dictionary(tmp_path):
    found = Sourced(full_extraction(), "/reports/通 报.pdf")
    (path,) = write([found], tmp_path / "out.xlsx", Format.XLSX)
    sheets = sheets_of(path)
    assert list(sheets) == ["概览", *(RECORD_NAMES[table] for table in TABLES), "数据字典"]
    (row, _) = (dict(zip(sheets["统计数据"][0], row, strict=True)) for row in sheets["统计数据"][1:])
    assert (row["指标"], row["数值"], row["约数"], row["地区"]) == ("发现问题", 38, "", "吉林省辽源市")
    assert row["发布日期"] == date(2023, 5, 18)
    assert sheets["数据核对"][1][sheets["数据核对"][0].index("结论")] == "矛盾"
    assert sheets["案件"][1][sheets["案件"][0].index("金额（元）")] == "15000；0.5"
    assert sheets["概览"][3:5] == [["文档", 1], ["统计数据", 2]]
    with zipfile.ZipFile(path) as workbook:
        links = workbook.read("xl/worksheets/_rels/sheet3.xml.rels").decode()
        sheet = workbook.read("xl/worksheets/sheet3.xml").decode()
    assert 'Target="FILE:///reports/%E9%80%9A%20%E6%8A%A5.pdf"' in links
    assert "<autoFilter" in sheet
    assert 'state="frozen"' in sheet


def test_links_go_to_the_page_of_a_pdf_and_to_the_archive_of_a_member():
    assert link_of({"path": "/a/b.pdf", "page": 3}) == "FILE:///a/b.pdf#page=3"
    assert link_of({"path": "/a/b.docx", "page": 3}) == "FILE:///a/b.docx"
    assert link_of({"path": "/a/线索.zip!/c.pdf", "page": 3}) == "FILE:///a/%E7%BA%BF%E7%B4%A2.zip"
    assert link_of({"path": None}) is None
    assert link_of({"path": "/" + "长" * 300}) is None


def test_names_are_english_on_demand(tmp_path):
    (path,) = write([full_extraction()], tmp_path / "out.xlsx", Format.XLSX, names=Names.ENGLISH)
    sheets = sheets_of(path)
    assert list(sheets) == ["overview", *TABLES, "dictionary"]
    assert sheets["statistics"][1][0] == "issues_found"
    assert sheets["checks"][1][sheets["checks"][0].index("holds")] == "broken"


def test_csv_is_chinese_on_demand(tmp_path):
    write([full_extraction()], tmp_path, Format.CSV, names=Names.CHINESE)
    issues = pd.read_csv(tmp_path / "问题.csv")
    assert (issues["类别"][0], issues["性质"][0], issues["文种"][0]) == (
        "权力集中与一把手监督",
        "已发现",
        "典型案例通报",
    )
    dictionary = pd.read_csv(tmp_path / "数据字典.csv")
    assert set(dictionary["表"]) == {RECORD_NAMES[table] for table in TABLES}
    assert not dictionary[["英文列名", "中文列名", "类型", "含义", "英文含义"]].isna().any(axis=None)


@pytest.mark.parametrize("names", Names)
def test_no_table_has_two_columns_of_one_name(names):
    for table in TABLES:
        headings = [heading(column, names) for column in columns_of(table)]
        assert len(headings) == len(set(headings)), table


def test_parquet_has_lists_days_and_meanings(tmp_path):
    write([full_extraction()], tmp_path, Format.PARQUET)
    cases = pq.read_table(tmp_path / "cases.parquet")
    assert cases["amounts"].to_pylist() == [[15000, 0.5]]
    assert cases["published"].to_pylist() == [date(2023, 5, 18)]
    assert cases.schema.field("amounts").metadata[b"meaning_en"]
    assert pq.read_table(tmp_path / "measures.parquet")["addresses"].to_pylist() == [[0]]


def test_empty_tables_have_their_columns_too(tmp_path):
    write([], tmp_path / "p", Format.PARQUET)
    write([full_extraction()], tmp_path / "q", Format.PARQUET)
    for table in TABLES:
        empty, full = (pq.read_schema(tmp_path / folder / f"{table}.parquet") for folder in "pq")
        assert empty.equals(full)


def test_duckdb_joins_the_tables(tmp_path):
    duckdb = pytest.importorskip("duckdb", reason="duckdb is a development dependency: pip install -e .[dev]")
    write([full_extraction()], tmp_path, Format.PARQUET)
    answered = duckdb.sql(
        f"""SELECT i.quote, m.quote FROM '{tmp_path}/measures.parquet' m, unnest(m.addresses) AS a(issue)
        JOIN '{tmp_path}/issues.parquet' i ON i.document = m.document AND i.ordinal = a.issue"""
    ).fetchall()
    assert answered == [("管理混乱", "建章立制")]


def test_one_table_goes_to_one_file(tmp_path):
    assert write([full_extraction()], tmp_path / "a.csv", Format.CSV, tables=["issues"]) == [tmp_path / "a.csv"]
    assert pd.read_csv(tmp_path / "a.csv")["quote"].tolist() == ["管理混乱"]
    (path,) = write([full_extraction()], tmp_path / "a.xlsx", Format.XLSX, tables=["issues"])
    assert list(sheets_of(path)) == ["概览", "问题", "数据字典"]
    with pytest.raises(QueryError, match="no table"):
        write([], tmp_path / "b.csv", Format.CSV, tables=["nonsense"])
    with pytest.raises(QueryError, match="always holds everything"):
        write([], tmp_path / "b.jsonl", Format.JSONL, names=Names.CHINESE)


def test_a_full_sheet_goes_on_in_another(tmp_path, monkeypatch):
    monkeypatch.setattr("docintel.exports.workbook._MOST_ROWS", 2)
    monkeypatch.setattr("docintel.exports.workbook._MOST_LINKS", 1)
    many = [Sourced(full_extraction(), "/a.txt")] * 5
    (path,) = write(many, tmp_path / "out.xlsx", Format.XLSX, tables=["issues"])
    sheets = sheets_of(path)
    assert [len(rows) for name, rows in sheets.items() if name.startswith("问题")] == [3, 3, 2]
    assert list(sheets)[2:4] == ["问题 (2)", "问题 (3)"]
    with zipfile.ZipFile(path) as workbook:
        assert workbook.read("xl/worksheets/_rels/sheet2.xml.rels").decode().count("FILE:") == 1


@pytest.mark.parametrize("how", [Format.XLSX, Format.CSV, Format.PARQUET])
def test_memory_does_not_grow_with_the_rows(how, tmp_path, monkeypatch):
    monkeypatch.setattr("docintel.exports.folder._GROUP", 100)
    extraction = full_extraction()
    many = replace(extraction, issues=extraction.issues * 200)

    def peak(count):
        tracemalloc.start()
        write((many for _ in range(count)), tmp_path / f"{how}{count}", how, tables=["issues"])
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    write([many], tmp_path / "warm", how)
    few, more = peak(4), peak(16)
    assert more < 1.3 * few
