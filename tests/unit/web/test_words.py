"""The words of the page: each in both languages, each in use, and none anywhere else."""

import re
from pathlib import Path
from string import Formatter

import pytest

from docintel.schema import HitKind, IssueCategory, Metric
from docintel.web.rendering import environment
from docintel.web.words import CHINESE, ENGLISH, LANGUAGES, Words, catalogue, language_of

WEB = Path(__file__).resolve().parents[3] / "docintel" / "web"
SOURCES = {path: path.read_text("utf-8") for path in (*WEB.rglob("*.html"), *WEB.rglob("*.py"))}
#: Keys that are put together: `"nav." ~ page.name`, `f"kind.{asked.kind}"`.
_GROUP = re.compile(r"""["']([a-z_]+\.[a-z_]*)(?:["'] ~|\{)""")
_KEY = re.compile(r"""["']([a-z_]+\.[a-z_0-9]+)["']""")


@pytest.mark.parametrize("key", catalogue())
def test_each_text_is_there_in_both_languages_with_the_same_gaps(key):
    texts = catalogue()[key]
    assert set(texts) == set(LANGUAGES)
    assert all(text.strip() for text in texts.values())
    gaps = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts.values()]
    assert gaps[0] == gaps[1]


def test_each_key_that_is_used_is_there_and_the_other_way_round():
    text = "\n".join(SOURCES.values())
    groups = {key.split(".")[0] for key in catalogue()}
    used = {
        key for key in _KEY.findall(text) if key.split(".")[0] in groups and not key.endswith((".html", ".css", ".js"))
    }
    started = {key for key in _GROUP.findall(text) if key.split(".")[0] in groups}
    files = {"search.html", "documents.html"}
    assert used - files - started <= set(catalogue()), "these are used and nowhere written"
    unused = {key for key in catalogue() if key not in used and not key.startswith(tuple(started))}
    assert unused == set(), "these are written and nowhere used"


@pytest.mark.parametrize("path", [path for path in SOURCES if path.suffix == ".html"], ids=lambda path: path.name)
def test_templates_hold_no_words_of_their_own(path):
    source = re.sub(r"{% block layout %}\w+{% endblock %}|{% macro turned.*", "", SOURCES[path])
    text = "".join(value if kind == "data" else " " for _, kind, value in environment().lex(source))
    assert not re.findall("[\u4e00-\u9fff]+", text)
    assert not re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]*>|&\w+;|XLSX|CSV", "", text))


@pytest.mark.parametrize("path", [path for path in SOURCES if path.suffix == ".html"], ids=lambda path: path.name)
def test_templates_keep_to_the_policy(path):
    text = SOURCES[path]
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style|\|\s*safe|https?://", text)
    assert not re.search(r"<script(?![^>]*src=)", text)


def test_labels_have_names():
    chinese, english = Words(CHINESE), Words(ENGLISH)
    assert chinese.label(Metric.ISSUES_FOUND) == "发现问题"
    assert english.label(Metric.ISSUES_FOUND) == "issues found"
    assert chinese.category("rules", HitKind.ISSUE) == chinese.label(IssueCategory.RULES)
    assert "／" in chinese.category("rules"), "a passage's category may be an issue's or a measure's"
    assert chinese.category("<b>") == "<b>"


def test_the_language_is_chinese_unless_asked_otherwise():
    assert [language_of(cookie) for cookie in (None, "zh", "en", "fr", "../x")] == ["zh", "zh", "en", "zh", "zh"]
