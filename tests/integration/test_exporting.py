"""From files and libraries to tables, through the command line."""

import json

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from docintel import read_jsonl
from docintel.cli import app

run = CliRunner().invoke
REPORTS = {
    "甲.txt": "安宁县医院整改报告\n药品采购权力过于集中的问题突出。采取措施成立药品采购小组,药品采购集体决策。",
    "乙.txt": "云溪市卫健委通报\n=HYPERLINK(0)的问题。采取措施实行药品采购轮岗,监督药品采购全过程。",
}


@pytest.fixture
def folder(library, tmp_path):
    for name, text in REPORTS.items():
        (tmp_path / name).write_text(text, "utf-8")
        library.ingest(tmp_path / name)
    return library.folder


def export(folder, *command, code=0):
    done = run(app, ["export", *map(str, command)], env={"DOCINTEL_LIBRARY": str(folder), "COLUMNS": "200"})
    assert done.exit_code == code, done.output
    return done.output


def test_a_library_becomes_a_workbook(folder, tmp_path):
    assert "已导出 2 份文档" in export(folder, "--out", tmp_path / "全部.xlsx")
    workbook = CalamineWorkbook.from_path(str(tmp_path / "全部.xlsx"))
    (head, *rows) = workbook.get_sheet_by_name("文档").to_python()
    paths = [dict(zip(head, row, strict=True))["文件路径"] for row in rows]
    assert sorted(paths) == sorted(str(tmp_path / name) for name in REPORTS)


def test_the_name_or_the_option_tells_the_format(folder, tmp_path):
    (told,) = json.loads(export(folder, "--out", tmp_path / "表", "--format", "csv", "--names", "zh", "--json"))
    assert told["documents"] == 2
    assert sorted(told["files"]) == sorted(str(path) for path in (tmp_path / "表").iterdir())
    assert "'=HYPERLINK(0)的问题" in set(pd.read_csv(tmp_path / "表" / "问题.csv")["问题"])
    export(folder, "--out", tmp_path / "全部.jsonl")
    assert len(read_jsonl(tmp_path / "全部.jsonl")["issues"]) == 2
    export(folder, "--out", tmp_path / "问题.parquet", "--table", "issues")
    assert "=HYPERLINK(0)的问题" in set(pd.read_parquet(tmp_path / "问题.parquet")["quote"])
    assert "看不出" in export(folder, "--out", tmp_path / "表格", code=2)
    assert "no table" in export(folder, "--out", tmp_path / "b.csv", "--table", "nonsense", code=2)


def test_documents_are_chosen_and_nothing_is_written_when_there_is_none(folder, tmp_path):
    assert "一份不剩" in export(folder, "--out", tmp_path / "a.xlsx", "--region", "不存在", code=2)
    assert not (tmp_path / "a.xlsx").exists()
    assert "已导出 2 份" in export(folder, "--out", tmp_path / "a.xlsx", "--type", "other")


def test_a_file_that_cannot_be_written_is_said(folder, tmp_path):
    (tmp_path / "file").write_text("")
    assert "There is no folder" in export(folder, "--out", tmp_path / "file" / "a.xlsx", code=2)


@pytest.mark.model
@pytest.mark.slow
def test_extract_links_its_files_and_names_columns_as_asked(tmp_path):
    (tmp_path / "通报.txt").write_text("2023年，青岚市纪委监委共立案45件，处分40人。", "utf-8")
    out = tmp_path / "表"
    for names, file, column in (("zh", "统计数据.csv", "指标"), ("en", "statistics.csv", "metric")):
        command = ["extract", str(tmp_path / "通报.txt"), "--out", str(out), "--format", "csv", "--names", names]
        assert run(app, command).exit_code == 0
        assert set(pd.read_csv(out / file)[column]) & {"立案", "cases_filed"}
    documents = pd.read_csv(out / "documents.csv")
    assert documents["path"].tolist() == [str(tmp_path / "通报.txt")]
