"""Extraction keeps the quality it has: floors on our own corpora and, where they are there, on the shared documents."""

import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text("utf-8"))

pytestmark = [pytest.mark.model, pytest.mark.slow]


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def gold_digest():
    digest = hashlib.sha256()
    for path in sorted((ROOT / "corpora" / "gold").glob("*.json")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def test_floors_were_set_on_this_gold():
    assert FLOORS["gold_sha256"] == gold_digest(), "the gold changed: measure anew and set the floors with a reason"


def test_own_corpora():
    evaluate = script("evaluate")
    reports = {group: evaluate.figures(report) for group, report in evaluate.evaluate_all(ROOT / "corpora").items()}
    below = {
        (group, name): reports[group][name]
        for group, floors in FLOORS["corpora"].items()
        for name, floor in floors.items()
        if reports[group][name] < floor
    }
    assert below == {}


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared documents are not beside this checkout")
def test_shared_documents(tmp_path):
    out = tmp_path / "pred.jsonl"
    sources = [SHARED / "seeds", SHARED / "corpus" / "ccdi"]
    subprocess.run(
        [sys.executable, "-m", "docintel", "extract", *map(str, sources), "--out", str(out)], check=True, cwd=ROOT
    )
    floors = [f"--floor={name}={value}" for name, value in FLOORS["shared"].items()]
    command = [sys.executable, str(SHARED / "eval" / "score.py"), str(out), str(SHARED / "gold"), *floors]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert all(_quotes_are_slices(line) for line in out.read_text("utf-8").splitlines())


def _quotes_are_slices(line):
    from docintel import parse

    data = json.loads(line)
    folder = SHARED / "seeds" if data["doc"].endswith(".txt") else SHARED / "corpus" / "ccdi"
    text = parse(folder / data["doc"]).text
    records = [record for kind in ("statistics", "cases", "issues", "measures") for record in data[kind]]
    return all(text[record["start"] : record["end"]] == record["quote"] for record in records)


def test_every_rule_is_described():
    from docintel.extract.explain import describe, rules_of
    from docintel.extract.pipeline import extract
    from docintel.parse.sandbox import parse

    reports = sorted((ROOT / "corpora" / "reports").iterdir())
    rules = {rule for path in reports for rule in rules_of(extract(parse(path)))}
    assert len(rules) > 100
    assert sorted(rule for rule in rules if describe(rule) == rule) == []


def test_planted_contradictions_are_found_and_nothing_else():
    checks = script("evaluate_checks")
    reports = sorted((ROOT / "corpora" / "reports").iterdir())
    outcomes = [is_found for _, is_found in checks.planted(reports)]
    assert len(outcomes) >= 20
    assert sum(outcomes) / len(outcomes) >= FLOORS["planted"]
    assert checks.alarms(reports) == []
