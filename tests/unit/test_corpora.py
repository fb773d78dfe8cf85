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


def test_sample_reports_fit_their_gold(check):
    assert check.faults(check.CORPORA) == []


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
