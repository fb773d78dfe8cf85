"""Corrections from a file: what is none is told with its line, never a traceback, and nothing is kept."""

import json

import pytest
from typer.testing import CliRunner

from docintel.cli import app
from docintel.schema import CorrectionAction

TEXT = "药品采购权力过于集中的问题突出。采取措施成立采购小组。"
FINE = {"document": "a.txt", "record": "issues/0", "action": "accept", "by": "王芳"}


@pytest.fixture
def correct(tmp_path, library):
    path = tmp_path / "in" / "a.txt"
    path.parent.mkdir()
    path.write_text(TEXT, "utf-8")
    library.ingest(path)

    def run(*options):
        done = CliRunner().invoke(app, ["correct", *map(str, options), "--library", str(library.folder)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


@pytest.mark.parametrize(
    "line",
    [
        {"record": None, "kind": 5},
        {"fields": ["x"], "action": "change"},
        {"quote": 5},
        {"quote": "药品", "start": "x"},
        {"occurrence": "2"},
        {"occurrence": True},
        {"by": 7},
        {"note": 5},
        {"by": "王\x00芳"},
        {"action": ["accept"]},
        {"document": {"id": 1}},
        {"record": "issues/" + "9" * 5000},
    ],
    ids=str,
)
def test_a_line_that_says_something_else_is_told_by_its_number(correct, library, tmp_path, line):
    lines = tmp_path / "订正.jsonl"
    lines.write_text("\n".join(["", json.dumps(FINE), json.dumps(FINE | line)]), "utf-8")
    done = correct("--from", lines)
    assert done.exit_code == 2
    assert "line 3" in done.output.replace("\n", " ")
    assert library.corrections().empty


@pytest.mark.parametrize("text", ['[{"a":', "[" * 100_000, "[1, 2]", "5", '{"a":' * 100_000, '["x"]', "null"])
def test_a_file_that_is_no_json_of_objects_is_told(correct, tmp_path, text):
    lines = tmp_path / "订正.jsonl"
    lines.write_text(text, "utf-8")
    done = correct("--from", lines)
    assert done.exit_code == 2
    assert "JSON" in done.output


def test_words_may_hold_ends_of_lines_that_json_does_not_know(correct, library, tmp_path):
    lines = tmp_path / "订正.jsonl"
    note = "先看\u2028再定\x85"
    lines.write_text(json.dumps(FINE | {"note": note}, ensure_ascii=False) + "\n", "utf-8")
    assert correct("--from", lines).exit_code == 0
    assert list(library.corrections()["note"]) == [note]


@pytest.mark.parametrize("number", [0, -1, 999, 10**24, -(10**24)])
def test_a_correction_that_is_not_there_cannot_be_taken_back(correct, library, number):
    library.correct("a.txt", "issues", CorrectionAction.ACCEPT, 0, by="王芳")
    assert correct("--undo", number).exit_code == 2
    assert list(library.corrections()["state"]) == ["stands"]
