"""Answers are pooled, judged and scored, from the command line, over annotated documents and over a user's library."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docintel.cli import app

pytestmark = [pytest.mark.model, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ["meeting_01_haocaikucun.txt", "news_01_yiancugai-zhongliu.txt", "speech_01_caigouquan.txt"]
QUERIES = [
    {"id": "m1", "task": "suggest", "style": "exact", "query": "二级库账实不符，无人盘点"},
    {"id": "m2", "task": "suggest", "style": "paraphrase", "query": "今天的足球比赛踢得很精彩", "answerable": False},
    {"id": "s1", "task": "search", "style": "exact", "query": "二级库 盘点"},
]
run = CliRunner().invoke


@pytest.fixture(scope="module")
def pooling():
    spec = importlib.util.spec_from_file_location("pool_queries", ROOT / "scripts" / "pool_queries.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def corpora(tmp_path_factory):
    """A small folder of documents with gold, and queries that nobody has judged."""
    folder = tmp_path_factory.mktemp("corpora")
    for name in ("reports", "gold", "queries"):
        (folder / name).mkdir()
    for path in sorted((ROOT / "corpora" / "gold").glob("*.json")):
        name = json.loads(path.read_text("utf-8"))["doc"]
        if name in DOCUMENTS:
            shutil.copy(path, folder / "gold")
            shutil.copy(ROOT / "corpora" / "reports" / name, folder / "reports")
    lines = [json.dumps(query, ensure_ascii=False) for query in QUERIES]
    (folder / "queries" / "queries.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.fixture(autouse=True)
def kept(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("DOCINTEL_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


def pool(pooling, monkeypatch, corpora, out, *more):
    monkeypatch.setattr("sys.argv", ["pool", "--corpora", str(corpora), "--out", str(out), *map(str, more)])
    assert pooling.main() == 0
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def evaluated(*command):
    done = run(app, ["evaluate", *map(str, command), "--json"])
    assert done.exit_code == 0, done.output
    return {(row["style"], row["system"], row["metric"], row["against"]): row for row in json.loads(done.stdout)}


def test_pool_judge_and_score(pooling, monkeypatch, corpora, tmp_path, capsys):
    none = run(app, ["evaluate", "suggest", "--queries", str(corpora / "queries")])
    assert none.exit_code == 2
    assert "pool_queries.py" in none.output

    items = pool(pooling, monkeypatch, corpora, tmp_path / "pool.jsonl")
    asked = [item for item in items if item["query"] == "m1"]
    assert asked
    assert all(item["quote"] in item["context"] and "system" not in item for item in asked)
    assert len({item["item"] for item in items}) == len(items)

    def grade(item):
        return 3 if item["query"] != "m2" and ("盘点" in item["quote"]) else 0

    judges = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    judges[0].write_text("\n".join(json.dumps({"item": i["item"], "grade": grade(i)}) for i in items), "utf-8")
    judges[1].write_text(json.dumps({"item": asked[0]["item"], "grade": grade(asked[0])}), "utf-8")
    pool(pooling, monkeypatch, corpora, tmp_path / "pool.jsonl", "--add", *judges)
    assert "1 items, 100% alike" in capsys.readouterr().out
    assert pool(pooling, monkeypatch, corpora, tmp_path / "again.jsonl") == []  # all is judged

    rows = evaluated("suggest", "--queries", corpora / "queries")
    assert rows["all", "product", "judged@10", ""]["value"] == 1.0
    assert 0 < rows["all", "product", "ndcg@10", ""]["value"] <= 1.0
    assert rows["all", "product", "silent", ""]["value"] == 1.0
    assert rows["all", "encoder", "silent", ""]["value"] == 0.0
    assert [key for key in rows if key[1] == "product" and key[2] == "ndcg@10" and key[3]]
    shown = run(app, ["evaluate", "search", "--queries", str(corpora / "queries")], env={"COLUMNS": "80"})
    assert shown.exit_code == 0, shown.output
    assert "docintel" in shown.output
    assert "…" not in shown.output


def test_a_grade_of_nothing_is_refused(pooling, monkeypatch, corpora, tmp_path):
    (tmp_path / "pool.jsonl").write_text("", "utf-8")
    (tmp_path / "judge.jsonl").write_text('{"item": "0", "grade": 3}', "utf-8")
    with pytest.raises(SystemExit, match="line 1"):
        pool(pooling, monkeypatch, corpora, tmp_path / "pool.jsonl", "--add", tmp_path / "judge.jsonl")


def test_over_a_users_library(corpora, tmp_path):
    folder = tmp_path / "library"
    reports = [str(corpora / "reports" / name) for name in DOCUMENTS[:1]]
    assert run(app, ["ingest", "--library", str(folder), *reports]).exit_code == 0
    queries = tmp_path / "queries"
    queries.mkdir()
    (queries / "queries.jsonl").write_text(json.dumps(QUERIES[2]), "utf-8")
    judgement = {"query": "s1", "document": DOCUMENTS[0], "quote": "设备科科长段文澜通报了盘点情况", "grade": 3}
    lost = {"query": "s1", "document": "没有.txt", "quote": "盘点", "grade": 3}
    (queries / "judgements.jsonl").write_text(f"{json.dumps(judgement)}\n{json.dumps(lost)}", "utf-8")
    rows = evaluated("search", "--queries", queries, "--library", folder)
    assert rows["all", "product", "recall@10", ""]["value"] == 1.0
    told = run(app, ["evaluate", "search", "--queries", str(queries), "--library", str(folder)])
    assert "1 条评定" in told.output


def test_answers_to_the_issues_of_gold(corpora):
    rows = evaluated("answers", corpora / "gold")
    assert rows["all", "product", "mrr", ""]["value"] > 0.3
    assert rows["all", "product", "mrr", ""]["queries"] > 5
