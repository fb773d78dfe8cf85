"""Watches: what is new is told once, whatever is read anew, republished or killed in between."""

import json
import os
import signal

import pytest
from typer.testing import CliRunner

from docintel.cli import app
from docintel.errors import InputError, NotFoundError, QueryError
from docintel.schema import Filters, HitKind
from tests.integration.test_processes import reopen, start
from tests.unit.store.samples import FOOTER, HEADER, notice

KILLED = """
import os, signal, sys
from docintel.library import Library
from docintel.store.catalog import Catalog
from tests.conftest import extract_marked
from tests.factories import BigramEncoder

moment = sys.argv[3]
noted = Catalog.note_found

def killed(*arguments):
    if moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    noted(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

Catalog.note_found = killed
with Library(sys.argv[1], encoder=BigramEncoder(), extractor=extract_marked) as library:
    library.ingest(sys.argv[2])
"""
TEXTS = {
    "a.txt": "甲县通报\n药品采购权力集中的问题突出。采取措施集体决策。",
    "b.txt": "乙县通报\n公务接待超标准的问题。采取措施事前审批。",
    "c.txt": "丙县通报\n某医院药品采购权力集中的问题，药品采购无人监督。",
}


@pytest.fixture
def put(tmp_path, library):
    def put(name, text=None):
        (tmp_path / name).write_text(text or TEXTS[name], encoding="utf-8")
        return library.ingest(tmp_path / name)

    return put


def new(library, name):
    return [hit.source for news in library.news(name) for hit in news.hits]


def test_only_what_comes_after_is_new_and_only_once(library, put):
    put("a.txt")
    library.watch("采购", "药品采购 权力集中")
    assert new(library, "采购") == []
    assert [report.watches for report in put("b.txt")] == [()]
    assert [report.watches for report in put("c.txt")] == [("采购",)]
    assert library.watches()[0].new == 1
    news = library.news("采购")
    assert "药品采购" in news[0].hits[0].quote
    assert new(library, "采购") == ["c.txt"], "looking is not seeing"
    library.mark_seen(news)
    assert new(library, "采购") == []
    assert library.watches()[0].new == 0


def test_a_document_that_is_read_anew_is_not_new_again(library, put, monkeypatch):
    library.watch("采购", "药品采购")
    put("a.txt")
    library.mark_seen(library.news())
    monkeypatch.setattr("docintel.library.version.extractor_version", lambda: "another")
    assert [report.watches for report in put("a.txt")] == [()]
    assert new(library, "采购") == []


def test_what_matches_only_now_is_new(library, put):
    library.watch("采购", "药品采购")
    put("b.txt")
    assert put("b.txt", "乙县通报\n药品采购的问题。")[0].watches == ("采购",)


def test_a_repost_of_what_is_known_is_no_news(library, put):
    library.watch("礼金", "礼品礼金 -评论")
    assert put("notice.txt", notice())[0].watches == ("礼金",)
    assert put("repost.txt", f"{HEADER}\n{notice()}\n{FOOTER}")[0].watches == ()
    assert new(library, "礼金") == ["notice.txt"]


def test_a_watch_keeps_to_its_conditions(library, put):
    library.watch("题", "药品采购 -无人监督", kind=HitKind.ISSUE)
    library.watch("年", "年份:2030", kind=HitKind.DOCUMENT)
    library.watch("筛", "药品采购", filters=Filters(since="2030"))
    library.watch("近义", "药品购进 权力集中")
    assert put("c.txt")[0].watches == ()
    assert put("a.txt")[0].watches == ("题",)
    assert put("d.txt", "丁县通报\n2030年1月2日\n药品采购的问题。")[0].watches == ("题", "年", "筛")
    assert {news.watch.name: len(news.hits) for news in library.news()} == {"题": 2, "年": 1, "筛": 1, "近义": 0}


def test_each_owner_has_their_own(library, put):
    library.watch("采购", "药品采购", owner="李")
    library.watch("采购", "公务接待")
    assert put("a.txt")[0].watches == (), "what somebody watches for themselves is not told to all"
    assert [watch.new for watch in library.watches("李")] == [1]
    assert [watch.new for watch in library.watches()] == [0]
    library.unwatch("采购", owner="李")
    assert library.watches("李") == []
    assert len(library.watches()) == 1
    with pytest.raises(NotFoundError):
        library.unwatch("采购", owner="李")


def test_a_removed_document_is_no_news(library, put):
    library.watch("采购", "药品采购")
    put("a.txt")
    library.remove("a.txt")
    assert library.watches()[0].new == 0
    assert new(library, "采购") == []


def test_what_makes_no_sense_is_refused(library):
    for name in ("", "  ", "长" * 61):
        with pytest.raises(InputError):
            library.watch(name, "药品采购")
    for query in ("", "-红包", "年份:x", "类型:小说 x"):
        with pytest.raises(QueryError):
            library.watch("名", query)
    with pytest.raises(NotFoundError):
        library.news("没有")
    assert library.watches() == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_between_ingestion_and_report_loses_no_news(tmp_path, moment):
    (tmp_path / "c.txt").write_text(TEXTS["c.txt"], encoding="utf-8")
    with reopen(tmp_path / "library") as library:
        library.watch("采购", "药品采购")
    process = start(KILLED, tmp_path / "library", tmp_path / "c.txt", moment)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    with reopen(tmp_path / "library") as library:
        assert new(library, "采购") == ["c.txt"]
        assert library.ingest(tmp_path / "c.txt")[0].watches == ()
        assert new(library, "采购") == ["c.txt"]
        assert library.verify() == []


@pytest.mark.model
@pytest.mark.slow
def test_the_commands(tmp_path):
    environment = os.environ | {"DOCINTEL_LIBRARY": str(tmp_path / "library")}

    def run(*command):
        return CliRunner().invoke(app, command, env=environment)

    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert run("ingest", str(tmp_path / "b.txt")).exit_code == 0
    assert run("watch", "add", "采购", "药品采购 -接待").exit_code == 0
    assert run("watch", "add", "采购", "年份:x").exit_code == 2
    told = run("ingest", str(tmp_path / "a.txt"), str(tmp_path / "c.txt")).stdout
    assert "2 条新命中：采购（2）" in told
    (watch,) = json.loads(run("watch", "list", "--json").stdout)
    assert (watch["name"], watch["query"], watch["new"]) == ("采购", "药品采购 -接待", 2)
    assert len(json.loads(run("watch", "new", "--keep", "--json").stdout)) == 2
    shown = run("watch", "new").stdout
    assert "采购　2 条新命中" in shown
    assert "没有新命中" in run("watch", "new").stdout
    assert run("watch", "remove", "采购").exit_code == 0
    assert run("watch", "remove", "采购").exit_code == 2

    assert run("library", "thesaurus", "add", "药品采购", "购药").exit_code == 0
    (row,) = json.loads(run("library", "thesaurus", "show", "购药", "--json").stdout)
    assert row == {"word": "购药", "finds": ["药品采购"], "own": ["药品采购"]}
    found = json.loads(run("search", "购药 -接待", "--why", "--facets", "--sort", "date", "--json").stdout)
    assert ["购药", "药品采购"] in found["hits"][0]["why"]["related"]
    assert set(found["facets"]) == {"doc_type", "category", "region", "unit", "year"}
    view = run("search", "购药 -接待", "--why", "--facets").stdout
    assert "近义 related 购药→药品采购" in view
    assert "文种" in view
    pasted = run("search", "单位:甲县。药品采购")
    assert "没有当作条件" in pasted.stderr
    assert run("library", "thesaurus", "remove", "购药", "药品采购").exit_code == 0
    assert run("library", "thesaurus", "remove", "购药", "药品采购").exit_code == 2


@pytest.mark.model
@pytest.mark.slow
def test_pasted_problems(tmp_path):
    environment = os.environ | {"DOCINTEL_LIBRARY": str(tmp_path / "library")}
    (tmp_path / "a.txt").write_text(TEXTS["a.txt"], encoding="utf-8")
    assert CliRunner().invoke(app, ["ingest", str(tmp_path / "a.txt")], env=environment).exit_code == 0
    pasted = "1. 药品采购权力集中\n2. 公务接待超标准\n".encode()
    command = ["suggest", "--from", "-", "--out", str(tmp_path / "out.xlsx")]
    done = CliRunner().invoke(app, command, env=environment, input=pasted)
    assert "2个问题" in "".join(done.stderr.split())
    assert (tmp_path / "out.xlsx").exists()
