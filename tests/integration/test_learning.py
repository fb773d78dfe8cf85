"""Learning from corrections: a clerk puts a library right, and the library reads better what it has not seen."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from docintel.cli import app
from docintel.config import models_dir
from docintel.errors import InputError
from docintel.evaluation.extraction import Score
from docintel.extract.work import work as reading
from docintel.extract.work.context import Weights, shared_weights
from docintel.extract.work.judging import Judge, shared_judge
from docintel.learning.adapting import adapt, joined
from docintel.learning.annotated import of_file
from docintel.learning.gold import load
from docintel.learning.heads import Heads, write
from docintel.learning.trial import QUESTIONS, Outcome, adapted, lessons_of
from docintel.library import Library
from docintel.library.version import extractor_version
from tests.clerk import review
from tests.factories import BigramEncoder, make_document

pytestmark = [pytest.mark.model, pytest.mark.slow]
CORPORA = Path(__file__).resolve().parents[2] / "corpora"
CACHES = (shared_judge, shared_weights, extractor_version)
run = CliRunner().invoke


def learning():
    """Gold and source of the documents that serve to learn from, the shortest first."""
    entries = [entry for entry in json.loads((CORPORA / "manifest.json").read_text("utf-8")) if not entry["held_back"]]
    paths = [(CORPORA / entry["gold"], CORPORA / entry["file"]) for entry in entries]
    return sorted(paths, key=lambda pair: pair[1].stat().st_size)


SEEN, CORRECTED = learning()[14:20], learning()[:14]


@pytest.fixture(scope="module")
def weak_models(tmp_path_factory):
    """Models of which the judge knows six documents only, and the network none: it has no say."""
    folder, shipped = tmp_path_factory.mktemp("models"), Judge(models_dir() / "judging")
    for path in models_dir().iterdir():
        if path.name not in ("judging", "reader"):
            (folder / path.name).symlink_to(path)
    shutil.copytree(models_dir() / "reader", folder / "reader")
    with np.load(folder / "reader" / "head.npz") as stored:
        silent = {name: stored[name] * (name in ("roles", "codes", "bias")) for name in stored}
    np.savez(folder / "reader" / "head.npz", **silent)
    blank = Heads.of(shipped)
    for head in ("kind", *(question for question in QUESTIONS if "." in question)):
        blank.weights[head], blank.biases[head] = np.zeros_like(blank.weights[head]), blank.biases[head] * 0 - 2
    vocabulary = (models_dir() / "judging" / "vocabulary.json").read_bytes()
    card = {"title": "weak", "version": "1", "thresholds": shipped.thresholds, "documents": len(SEEN)}
    write(folder / "judging", blank, vocabulary, card)
    judge, documents, known = Judge(folder / "judging"), [of_file(source, gold) for gold, source in SEEN], []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "shared_weights", lambda: Weights(folder / "reader" / "head.npz"))
        for question in QUESTIONS:
            shift = adapt(joined(list(lessons_of(question, documents, judge).values())), 0.0)
            known.append(Outcome(question, len(documents), Score(), Score(), 1.0, shift))
    write(folder / "judging", adapted(judge, known), vocabulary, card)
    return folder


@pytest.fixture(scope="module")
def folder(weak_models, tmp_path_factory):
    """A library that a clerk has put right, read by the weak judge."""
    place = tmp_path_factory.mktemp("library")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCINTEL_MODELS", str(weak_models))
        patch.setenv("DOCINTEL_LIBRARY", str(place))
        patch.setattr("docintel.index.encoder.load_encoder", lambda *_: BigramEncoder())
        for known in CACHES:
            known.cache_clear()
        with Library(place, encoder=BigramEncoder()) as library:
            library.ingest([source for _, source in CORRECTED])
            for gold, source in CORRECTED[:3]:
                review(library, source.name, load(gold))
            with pytest.raises(InputError, match="还差 7 份"):
                library.train()
            for gold, source in CORRECTED[3:]:
                review(library, source.name, load(gold))
        yield place
    for known in CACHES:
        known.cache_clear()


def answer(*command):
    done = run(app, [*command, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def read_by_machine(folder):
    with Library(folder, encoder=BigramEncoder()) as library:
        return {each.current.document.source: each.machine for each in library.corrected()}


def standing(folder):
    with Library(folder, encoder=BigramEncoder()) as library:
        return {
            each.current.document.source: (each.current.issues, each.current.measures) for each in library.corrected()
        }


def test_what_a_clerk_puts_right_makes_reading_better(folder):
    before, truth = read_by_machine(folder), standing(folder)
    (tried,) = answer("train", "--from-corrections", "--dry-run")
    assert not tried["switched"]
    assert not (folder / "models" / "judging" / "model.json").exists()

    (trained,) = answer("train", "--from-corrections")
    assert trained["switched"]
    assert trained["documents"] == trained["reviewed"] == len(CORRECTED)
    figures = {each["question"]: each for each in trained["figures"]}
    for question in ("issues", "measures"):
        assert figures[question]["adopted"]
        assert figures[question]["after"]["f1"] > figures[question]["before"]["f1"] + 0.02
    # a hundred labels or so a question: of one alone two more are right or wrong by chance
    labels = [each for question, each in figures.items() if "." in question]
    gains = [each["after"]["f1"] - each["before"]["f1"] if each["adopted"] else 0.0 for each in labels]
    assert sum(gains) / len(gains) > 0.02
    assert {name for name, each in figures.items() if each["adopted"]} == {
        name for name, each in figures.items() if each["after"]["f1"] > each["before"]["f1"]
    }

    (info,) = answer("library", "info")
    assert (info["model"], info["outdated"]) == ("own", len(CORRECTED))
    assert {report["status"] for report in answer("library", "reread")} == {"updated"}
    assert {report["status"] for report in answer("library", "reread")} == {"unchanged"}
    assert answer("library", "info")[0]["outdated"] == 0
    after = read_by_machine(folder)
    assert sum(before[name].issues != after[name].issues for name in after) > len(CORRECTED) / 2
    assert standing(folder) == truth  # what people said stands, whoever reads
    scores = {row["records"]: row for row in answer("evaluate", "extraction")}
    assert scores["issues"]["f1"] > 0.5
    assert scores["issues"]["fields"]["category"]["asked"] == scores["issues"]["hits"]

    done = run(app, ["train", "--reset", "--reread"])
    assert done.exit_code == 0, done.output
    assert answer("library", "info")[0]["model"] == "shipped"
    assert {name: each.issues for name, each in read_by_machine(folder).items()} == {
        name: each.issues for name, each in before.items()
    }


def test_a_model_of_its_own_serves_with_its_parent_only_and_says_when_it_is_damaged(folder, monkeypatch):
    with Library(folder, encoder=BigramEncoder()) as library:
        library.train(force=True)
        text = "该局采购权力集中，未经集体研究。"
        assert library.pipeline()(text)._.extraction.issues == library.read(make_document(text)).issues
        own = folder / "models" / "judging"
        card = json.loads((own / "model.json").read_text("utf-8"))
        assert [path.name for path in own.glob("weights*")] == [card["weights"]]
        assert library.verify() == []
    with monkeypatch.context() as patch:  # docintel ships another model
        patch.setenv("DOCINTEL_MODELS", str(Path(__file__).resolve().parents[2] / "models"))
        with Library(folder, encoder=BigramEncoder()) as library:
            assert library.info()["model"] == "stale"
    (own / card["weights"]).write_bytes(b"PK torn")
    with Library(folder, encoder=BigramEncoder()) as library:
        assert any("train --reset" in problem for problem in library.verify())
        assert library.untrain()
        assert not library.untrain()
        assert library.verify() == []


def test_gold_files_are_scored_type_by_type(folder, tmp_path):
    gold, source = CORRECTED[0]
    marked = {"doc": source.name, "issues": load(gold)["issues"]}
    (tmp_path / "a.json").write_text(json.dumps(marked, ensure_ascii=False), "utf-8")
    (row,) = answer("evaluate", "extraction", str(tmp_path), "--documents", str(source.parent))
    assert row["records"] == "issues"
    assert row["gold"] == len(marked["issues"])
    (tmp_path / "b.json").write_text('{"doc": "missing.txt", "issues": []}', "utf-8")
    done = run(app, ["evaluate", "extraction", str(tmp_path), "--documents", str(source.parent)])
    assert done.exit_code == 2
    assert "missing.txt" in done.output
