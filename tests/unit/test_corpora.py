"""The sample reports fit their gold, and the check that says so can fail."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def check():
    spec = importlib.util.spec_from_file_location("check_corpora", ROOT / "scripts" / "check_corpora.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("folder", [".", "features", "varied"])
def test_sample_reports_fit_their_gold(check, folder):
    assert check.faults(check.CORPORA / folder) == []


@pytest.mark.parametrize(
    ("text", "whole", "expected"),
    [
        ("2023", False, True),
        ("2023-02", False, True),
        ("2023-02-28", True, True),
        ("2023-02-30", False, False),
        ("2023-13", False, False),
        ("2023", True, False),
        ("今年", False, False),
    ],
)
def test_is_date(check, text, whole, expected):
    assert check.is_date(text, whole) is expected


def test_changed_gold_is_a_fault(check, tmp_path):
    shutil.copytree(check.CORPORA, tmp_path / "corpora")
    path = next((tmp_path / "corpora" / "gold").glob("meeting_*.json"))
    gold = json.loads(path.read_text("utf-8"))
    gold["issues"].append({"quote": "没有写过的话", "category": "gifts", "modality": "maybe"})
    gold["measures"][0]["addresses"] = [len(gold["issues"])]
    path.write_text(json.dumps(gold), "utf-8")
    found = "\n".join(check.faults(tmp_path / "corpora"))
    assert "'没有写过的话' is not in the source" in found
    assert "'maybe' is not in the vocabulary" in found
    assert f"addresses issue {len(gold['issues'])} of" in found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"query": "s01", "document": "speech_01_caigouquan.txt", "quote": "没有写过的话", "grade": 2}, "is not in"),
        ({"query": "s01", "document": "没有.txt", "quote": "巡察", "grade": 2}, "is not in 没有.txt"),
        ({"query": "s01", "document": "speech_01_caigouquan.txt", "quote": "采购", "grade": 5}, "grade 5"),
        ({"query": "s99", "document": "speech_01_caigouquan.txt", "quote": "采购", "grade": 2}, "s99"),
    ],
)
def test_changed_judgements_are_a_fault(check, tmp_path, line, said):
    (tmp_path / "reports").symlink_to(check.CORPORA / "reports")
    shutil.copytree(check.CORPORA / "queries", tmp_path / "queries")
    with (tmp_path / "queries" / "judgements.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    assert said in "\n".join(check.query_faults(tmp_path))


def test_a_query_from_no_document_is_a_fault(check, tmp_path):
    (tmp_path / "queries").mkdir()
    line = {"id": "s01", "task": "search", "query": "巡察", "document": "没有.txt"}
    (tmp_path / "queries" / "queries.jsonl").write_text(json.dumps(line), "utf-8")
    assert list(check.query_faults(tmp_path)) == ["query s01: there is no document 没有.txt"]
