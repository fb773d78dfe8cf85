"""Fixtures for every test: an encoder without a model, and a library that reads plain text."""

import os

import pytest
from hypothesis import settings

from docintel.library import Library
from docintel.parse.pdf import pdfium
from docintel.schema import Extraction
from docintel.suggest import Similarity
from tests.factories import BigramEncoder, make_issue, make_measure

# A width that pytest-xdist sets would stand for what a test asks for: rich reads it once.
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)

pdfium.library()  # with its fonts, before a test imports pdfplumber, which loads it without

settings.register_profile("here", deadline=None)  # a busy machine is no failure
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_addoption(parser):
    parser.addoption("--browser", action="store_true", help="run the tests with a browser too (tests/browser)")


def extract_marked(document):
    """A reader for tests: a sentence with 问题 is an issue, one with 措施 a measure for the issue before it."""
    issues, measures = [], []
    for sentence in document.text.replace("\n", "。").split("。"):
        if "问题" in sentence:
            issues.append(make_issue(document, sentence))
        elif "措施" in sentence:
            measures.append(make_measure(document, sentence, addresses=(len(issues) - 1,) if issues else ()))
    return Extraction(document=document, issues=tuple(issues), measures=tuple(measures))


@pytest.fixture
def encoder():
    return BigramEncoder()


@pytest.fixture
def library(tmp_path, encoder):
    similarity = Similarity(unrelated=0.4, same=0.9)  # of BigramEncoder's cosines
    with Library(tmp_path / "library", encoder=encoder, extractor=extract_marked, similarity=similarity) as opened:
        yield opened
