"""What people say of records stands: after rebuilding, reading anew, other versions of a file and killed processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docintel.cli import app
from docintel.correcting import Request, apply
from docintel.errors import CorrectionError, NotFoundError
from docintel.library import Library
from docintel.schema import CorrectionAction, Extraction, HitKind, IngestStatus, IssueCategory, MeasureCategory
from tests.conftest import extract_marked
from tests.factories import BigramEncoder

ROOT = Path(__file__).parents[2]
REPORTS = ROOT / "corpora" / "reports"
TEXT = (
    "安宁县粮库整改报告\n药品采购权力过于集中的问题突出。采取措施成立采购小组。\n"
    "公务接待超标准的问题。采取措施公务接待事前审批。\n以上问题由纪委办督办。"
)
ISSUES = ["药品采购权力过于集中的问题突出", "公务接待超标准的问题", "以上问题由纪委办督办"]
run = CliRunner().invoke


@pytest.fixture
def path(tmp_path, library):
    path = tmp_path / "in" / "a.txt"
    path.parent.mkdir()
    path.write_text(TEXT, "utf-8")
    library.ingest(path)
    return path


def issues(library, name="a.txt"):
    return [issue.evidence.quote for issue in library.extraction(name).issues]


def consistent(library):
    """Whether what stands is what follows from what was read and what people said, index and all."""
    for corrected in library.corrected():
        document = corrected.machine.document.id
        found = library._catalog.corrections(document)
        assert apply(corrected.machine, found).extraction == corrected.current
    return library.verify() == []


def reread(library, monkeypatch, extractor=extract_marked, version="another"):
    """The library as another version of docintel opens it."""
    monkeypatch.setattr("docintel.library.version.extractor_version", lambda *_: version)
    return Library(library.folder, encoder=BigramEncoder(), extractor=extractor)


def test_what_a_person_says_shows_everywhere_at_once(library, path):
    assert library.search("纪委办督办", kind=HitKind.ISSUE)[0].quote == ISSUES[2]
    result = library.correct("a.txt", "issues", "reject", 2, by="王芳", note="不是问题")
    assert [(change.kind, change.was, change.now) for change in result.changes] == [("issues", 2, None)]
    assert issues(library) == ISSUES[:2]
    assert ISSUES[2] not in [hit.quote for hit in library.search("纪委办督办", kind=HitKind.ISSUE)]
    assert ISSUES[2] not in list(library.records("issues")["quote"])
    library.correct(
        "a.txt", "measures", "change", 1, fields={"category": "campaign", "addresses": "issues/0"}, by="李平"
    )
    measure = library.extraction("a.txt").measures[1]
    assert (measure.category, measure.addresses, measure.confidence) == (MeasureCategory.CAMPAIGN, (0,), 1.0)
    assert {ground.rule for ground in measure.grounds} == {"correction/change"}
    assert "李平" in measure.grounds[0].note
    hits = library.search("公务接待事前审批", kind=HitKind.MEASURE)
    assert hits[0].category == "campaign"
    (precedent,) = [p for s in library.suggest(ISSUES[0]) for p in s.precedents if p.measure.ordinal == 1]
    assert precedent.linked
    assert consistent(library)


def test_it_stands_when_the_index_is_made_anew(library, path):
    library.correct("a.txt", "issues", "reject", 2)
    library.rebuild()
    assert issues(library) == ISSUES[:2]
    assert consistent(library)


def test_it_stands_when_another_version_reads_the_file(library, path, monkeypatch):
    library.correct("a.txt", "issues", "reject", 2)
    library.correct("a.txt", "issues", "change", 1, fields={"category": "dining_travel"})
    library.correct(
        "a.txt", "measures", "add", quote="由纪委办督办", fields={"category": "inspection", "status": "done"}
    )

    def finds_more(document):
        read = extract_marked(document)
        more = extract_marked(document).issues[1]
        return Extraction(document=document, issues=(more, *read.issues[2:]), measures=())

    with reread(library, monkeypatch, finds_more) as newer:
        assert [report.status for report in newer.ingest(path)] == [IngestStatus.UPDATED]
        extraction = newer.extraction("a.txt")
        assert issues(newer) == [ISSUES[1]]
        assert extraction.issues[0].category is IssueCategory.DINING_TRAVEL
        assert [measure.evidence.quote for measure in extraction.measures] == ["由纪委办督办"]
        (corrected,) = newer.corrected()
        assert [issue.evidence.quote for issue in corrected.machine.issues] == ISSUES[1:]
        assert consistent(newer)
        newer.undo(1)
        assert issues(newer) == ISSUES[1:]


def test_taking_all_back_leaves_what_was_read(library, path):
    before = library.extraction("a.txt")
    library.correct("a.txt", "issues", "reject", 0)
    library.correct("a.txt", "", "review")
    assert [each.reviewed for each in library.corrected()] == [True]
    library.undo(2)
    library.undo(1, by="李平")
    assert library.extraction("a.txt") == before
    assert list(library.corrected()) == []
    assert list(library.corrections("a.txt")["state"]) == ["undone", "undone"]
    assert library.corrections()["undone_by"][0] == "李平"
    with pytest.raises(CorrectionError, match="undone before"):
        library.undo(1)
    with pytest.raises(CorrectionError, match="no correction 9"):
        library.undo(9)
    assert consistent(library)


def test_a_dry_run_tells_and_keeps_nothing(library, path):
    before, revision = library.extraction("a.txt"), library._catalog.revision()
    result = library.correct("a.txt", "issues", "reject", 0, dry_run=True)
    assert (result.dry_run, [each.id for each in result.corrections]) == (True, [0])
    assert {(change.kind, change.was, change.now) for change in result.changes} == {
        ("issues", 0, None),
        ("measures", 0, 0),  # it addresses it no more
    }
    assert len(result.after.issues) == 2
    assert (library.extraction("a.txt"), library._catalog.revision()) == (before, revision)
    assert library.corrections().empty
    assert library.correct("a.txt", "issues", "reject", 0).corrections[0].id == 1


def test_many_at_once_go_by_the_numbers_before_or_not_at_all(library, path):
    def request(action, kind, ordinal, **details):
        return "a.txt", Request(kind=kind, action=CorrectionAction(action), ordinal=ordinal, by="王芳", **details)

    with pytest.raises(CorrectionError, match="只有 3 条"):
        library.correct_all([request("reject", "issues", 0), request("reject", "issues", 3)])
    assert issues(library) == ISSUES
    (result,) = library.correct_all([request("reject", "issues", 0), request("reject", "issues", 1)])
    assert issues(library) == ISSUES[2:]
    assert len(result.corrections) == 2


def test_corrections_go_along_when_the_file_changes(library, path):
    library.correct("a.txt", "issues", "reject", 2)
    library.correct("a.txt", "issues", "change", 1, fields={"category": "dining_travel"})
    library.correct("a.txt", "measures", "accept", 0)
    path.write_text(TEXT.replace("整改报告", "整改报告（第二稿）").replace("成立采购小组", "轮岗"), "utf-8")
    (report,) = library.ingest(path)
    assert "2 corrections went along" in report.message
    assert "1 corrections lost" in report.message
    assert issues(library) == ISSUES[:2]
    assert library.extraction("a.txt").issues[1].category is IssueCategory.DINING_TRAVEL
    frame = library.corrections()
    assert list(frame["state"]) == ["carried", "carried", "lost", "stands", "stands"]
    assert list(frame["origin"][3:]) == [1, 2]
    assert consistent(library)
    path.write_text(TEXT, "utf-8")  # the first version again
    library.ingest(path)
    assert len(library.corrections("a.txt")) == 3
    assert library.extraction("a.txt").measures[0].confidence == 1.0
    library.undo(4)  # of the second version: taken back for both
    assert issues(library) == ISSUES
    assert consistent(library)


def test_corrections_go_along_to_a_document_that_is_known(library, path, tmp_path):
    library.correct("a.txt", "issues", "reject", 2)
    other = tmp_path / "in" / "b.txt"
    other.write_text(TEXT.replace("安宁县", "云溪县"), "utf-8")
    library.ingest(other)
    assert issues(library, "b.txt") == ISSUES
    path.write_text(other.read_text("utf-8"), "utf-8")
    library.ingest(path)
    assert issues(library, "b.txt") == ISSUES[:2]
    assert consistent(library)


def test_removing_a_document_removes_what_was_said_of_it(library, path):
    library.correct("a.txt", "issues", "reject", 2)
    path.write_text(f"{TEXT}\n另附一句。", "utf-8")
    library.ingest(path)
    library.undo(library.correct("a.txt", "issues", "accept", 0).corrections[0].id)
    document, going = library.removable("a.txt")
    assert (document.source, len(going)) == ("a.txt", len(library.corrections()))
    library.remove("a.txt")
    assert library.corrections().empty
    with pytest.raises(NotFoundError):
        library.corrections("a.txt")
    library.ingest(path)
    assert issues(library) == ISSUES


def test_a_correction_is_never_changed(library, path):
    library.correct("a.txt", "issues", "reject", 2)
    with pytest.raises(Exception, match="never changed"):
        library._catalog._db.execute("UPDATE corrections SET quote = 'x'")


CORRECT = """
import sys
from docintel.library import Library
from tests.conftest import extract_marked
from tests.factories import BigramEncoder

with Library(sys.argv[1], encoder=BigramEncoder(), extractor=extract_marked) as library:
    for number in range(int(sys.argv[3])):
        library.correct("a.txt", "issues", "change", 0, fields={"category": ("power", "rules")[number % 2]},
                               by=sys.argv[2], quote="药品采购权力过于集中的问题突出")
        rejected = library.correct("a.txt", "issues", "reject", quote="公务接待超标准的问题", by=sys.argv[2])
        library.undo(rejected.corrections[0].id, by=sys.argv[2])
        print(number, flush=True)
"""


def start(library, who, times):
    command = [sys.executable, "-c", CORRECT, str(library.folder), who, str(times)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.05, 0.21])
def test_kill_in_the_middle_leaves_one_state_or_the_other(library, path, after):
    library.correct("a.txt", "issues", "change", 0, fields={"category": "finance"})
    process = start(library, "甲", 500)
    assert process.stdout.readline()
    time.sleep(after)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert consistent(library)
    assert len(library.corrections()) > 1
    assert len(issues(library)) in (2, 3)


ADD = """
import sys
from docintel.library import Library
from tests.factories import BigramEncoder

with Library(sys.argv[1], encoder=BigramEncoder()) as library:
    for category in ("power", "rules", "finance", "assets"):
        library.correct("a.txt", "issues", "change", int(sys.argv[2]), fields={"category": category}, by=sys.argv[2])
"""


@pytest.mark.slow
def test_two_people_correct_one_document_at_once(library, path):
    for ordinal in (0, 1):
        library.correct("a.txt", "issues", "change", ordinal, fields={"category": "other"})
    processes = [
        subprocess.Popen([sys.executable, "-c", ADD, str(library.folder), str(ordinal)], cwd=ROOT) for ordinal in (0, 1)
    ]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    assert [issue.category for issue in library.extraction("a.txt").issues[:2]] == [IssueCategory.ASSETS] * 2
    assert len(library.corrections()) >= 8
    assert consistent(library)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corrected")
    done = run(app, ["ingest", "--library", str(folder), str(REPORTS / "meeting_01_haocaikucun.txt")])
    assert done.exit_code == 0, done.output
    return folder


def docintel(folder, *command, code=0):
    done = run(app, list(command), env={"DOCINTEL_LIBRARY": str(folder), "DOCINTEL_USER": "王芳", "COLUMNS": "160"})
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.output


def shown(folder, kind):
    (document,) = json.loads(docintel(folder, "show", "meeting_01_haocaikucun.txt", "--json"))
    return document[kind]


@pytest.mark.model
@pytest.mark.slow
def test_the_command_line_corrects_rebuilds_explains_and_takes_back(folder, monkeypatch):
    name = "meeting_01_haocaikucun.txt"
    before = shown(folder, "measures")
    asked = ["correct", name, "measures/2", "--set", "类别=警示教育", "--set", "status=required", "--note", "核对"]
    (dry,) = json.loads(docintel(folder, *asked, "--dry-run", "--json"))
    assert [(c["kind"], c["was"], c["now"]) for c in dry["changes"]] == [("measures", 2, 2)]
    assert shown(folder, "measures") == before
    assert "--undo 1" in docintel(folder, *asked)
    docintel(folder, "correct", name, "statistics/2", "--reject")
    docintel(folder, "library", "rebuild")
    monkeypatch.setattr("docintel.library.version.extractor_version", lambda *_: "another")
    assert "更新 1" in docintel(folder, "ingest", str(REPORTS / name))
    measure = shown(folder, "measures")[2]
    assert (measure["category"], measure["status"], measure["confidence"]) == ("education", "required", 1)
    assert "发现账实不符34条" not in [row["quote"] for row in json.loads(docintel(folder, "statistics", "--json"))]
    assert "✎ 2" in docintel(folder, "show", name, "--kind", "measures")
    (explained,) = json.loads(docintel(folder, "explain", name, "--record", "measures/2", "--json"))
    told = {ground["field"]: ground for ground in explained["grounds"]}
    assert told["category"]["description"] == "由人更改"
    assert "王芳" in told["category"]["note"]
    assert told[""]["rule"].startswith("measure/")
    listed = json.loads(docintel(folder, "correct", name, "--list", "--json"))
    assert [(row["id"], row["by"], row["state"]) for row in listed] == [(1, "王芳", "stands"), (2, "王芳", "stands")]
    docintel(folder, "correct", "--undo", "2")
    docintel(folder, "correct", "--undo", "1")
    assert shown(folder, "measures") == before
    assert "Correction 1 was undone" in docintel(folder, "correct", "--undo", "1", code=2).replace("\n", " ")


@pytest.mark.model
@pytest.mark.slow
def test_the_command_line_takes_many_from_a_file_and_what_it_listed(folder, tmp_path):
    name, lines = "meeting_01_haocaikucun.txt", tmp_path / "订正.jsonl"
    before = shown(folder, "issues")
    rows = [
        {"document": name, "record": "issues/0", "action": "reject", "by": "李平"},
        {"document": name, "record": "问题/1", "fields": {"category": "rules"}},
        {"document": name, "kind": "issues", "action": "add", "quote": "无人认领", "fields": {}},
    ]
    lines.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    told = docintel(folder, "correct", "--from", str(lines), code=2)
    assert "第 3 行" in told
    assert shown(folder, "issues") == before
    lines.write_text("\n".join(json.dumps(row) for row in rows[:2]), "utf-8")
    docintel(folder, "correct", "--from", str(lines))
    after = shown(folder, "issues")
    assert (len(after), after[0]["category"]) == (len(before) - 1, "rules")
    listed = json.loads(docintel(folder, "correct", "--list", "--json"))
    for row in listed[-2:]:
        docintel(folder, "correct", "--undo", str(row["id"]))
    lines.write_text("\n".join(json.dumps(row) for row in listed[-2:]), "utf-8")  # to another library, say
    docintel(folder, "correct", "--from", str(lines))
    assert shown(folder, "issues") == after
    assert docintel(folder, "correct", name, "--reviewed")
    lines.write_text("{", "utf-8")
    assert "第 1 行" in docintel(folder, "correct", "--from", str(lines), code=2)


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["correct"],
        ["correct", "meeting_01_haocaikucun.txt"],
        ["correct", "meeting_01_haocaikucun.txt", "measures/999", "--reject"],
        ["correct", "meeting_01_haocaikucun.txt", "poems/1", "--reject"],
        ["correct", "meeting_01_haocaikucun.txt", "measures/1", "--set", "category"],
        ["correct", "meeting_01_haocaikucun.txt", "measures/1", "--set", "category=training"],
        ["correct", "meeting_01_haocaikucun.txt", "measures/1", "--accept", "--reject"],
        ["correct", "meeting_01_haocaikucun.txt", "measures/1", "--reviewed"],
        ["correct", "meeting_01_haocaikucun.txt", "--add", "measures", "--quote", "文中没有", "--set", "status=done"],
        ["correct", "nothing.txt", "measures/1", "--reject"],
        ["correct", "--undo", "999"],
        ["correct", "--from", "nowhere.jsonl"],
    ],
)
def test_wrong_use_is_told_and_exits_with_2(folder, command):
    told = docintel(folder, *command, code=2)
    assert "Traceback" not in told
    assert told.strip()
