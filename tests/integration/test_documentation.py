"""The documentation is built without a warning, and loads nothing from elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

WHY = "a development dependency: pip install -e .[dev]"
for name in ("sphinx", "myst_parser", "furo"):
    pytest.importorskip(name, reason=WHY)

ROOT = Path(__file__).resolve().parents[2]
_LOADED = re.compile(
    r"""<(?:script|img|iframe)[^>]+src=["']?(https?:|//)|<link[^>]+href=["']?(https?:|//)|@import|url\(https?:"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "-q", "docs", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def words_of(path):
    return re.sub(r"<[^>]+>", "", path.read_text("utf-8"))


def test_every_public_name_is_in_the_reference(site):
    import docintel

    page = words_of(site / "reference" / "python.html")
    methods = [name for name, value in vars(docintel.Library).items() if callable(value) and not name.startswith("_")]
    for base in docintel.Library.__mro__[1:-1]:
        methods += [name for name, value in vars(base).items() if callable(value) and not name.startswith("_")]
    assert [name for name in docintel.__all__ if name not in page + words_of(site / "reference" / "records.html")] == []
    assert [name for name in methods if f"{name}(" not in page] == []


def test_every_table_and_column_is_explained(site):
    from docintel.schema.tables import TABLES, columns_of, listed_columns

    page = words_of(site / "tables.html")
    columns = [*listed_columns(), *(column for table in TABLES for column in columns_of(table))]
    assert "<!-- columns" not in page
    for column in columns:
        assert {column.name, column.chinese} <= set(page.split()), column


def test_frames_of_topics_are_told_as_they_are(site):
    import tomllib

    promised = tomllib.loads((ROOT / "tests" / "columns.toml").read_text("utf-8"))
    page = words_of(site / "tables.html")
    for table in ("topics", "issue_topics"):
        assert ", ".join(f"{name} {dtype}" for name, dtype in promised[table].items()) in page


def test_notebooks_are_pages_with_their_outputs(site):
    for path in (ROOT / "docs" / "notebooks").glob("*.ipynb"):
        page = (site / "notebooks" / f"{path.stem}.html").read_text("utf-8")
        assert "data:image/png;base64," in page
        assert "<table" in page


def test_nothing_is_loaded_from_elsewhere(site):
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        assert not _LOADED.search(path.read_text("utf-8")), path
