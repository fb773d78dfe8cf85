"""The notebooks of docs/ run to their end, over a library made of the sample reports, and are stored with outputs."""

import sys
from pathlib import Path

import pytest

WHY = "a development dependency: pip install -e .[dev]"
nbformat = pytest.importorskip("nbformat", reason=WHY)
pytest.importorskip("nbclient", reason=WHY)
pytest.importorskip("ipykernel", reason=WHY)
pytest.importorskip("duckdb", reason=WHY)

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def library_folder(tmp_path_factory):
    """One library for all of them: what the first has read the others find."""
    return tmp_path_factory.mktemp("notebooks") / "library"


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run(path, library_folder, monkeypatch):
    monkeypatch.setenv("DOCINTEL_LIBRARY", str(library_folder))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from notebooks import execute

    executed = execute(path)
    sys.modules.pop("notebooks")
    stored = nbformat.read(path, as_version=4)
    for new, old in zip(executed.cells, stored.cells, strict=True):
        kinds = [
            [(each.output_type, *sorted(each.get("data", {}))) for each in cell.get("outputs", ())]
            for cell in (new, old)
        ]
        assert kinds[0] == kinds[1], f"run scripts/notebooks.py again: {old.source}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_small_and_name_no_path_of_a_machine(path):
    text = path.read_text("utf-8")
    assert len(text) < 200_000
    here = f"/{ROOT.parts[1]}/"
    assert not any(name in text for name in ("/home/", "/tmp/", "/root/", here, "\\\\Users"))
    cells = nbformat.reads(text, as_version=4).cells
    assert all(
        cell.outputs or not cell.source.strip() or cell.execution_count for cell in cells if cell.cell_type == "code"
    )


def test_there_are_three():
    assert len(NOTEBOOKS) == 3
