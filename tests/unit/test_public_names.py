"""The public names are few, sorted, documented in both READMEs, and cheap to import."""

import subprocess
import sys
from pathlib import Path

import pytest

import docintel
from docintel import errors

ROOT = Path(__file__).resolve().parents[2]


def test_all_is_sorted_and_complete():
    public = {name for name, value in vars(docintel).items() if not name.startswith("_") and callable(value)}
    public -= {"Path", "import_module"}
    assert docintel.__all__ == sorted(docintel.__all__)
    assert public == set(docintel.__all__)


@pytest.mark.parametrize("name", docintel.__all__)
def test_every_public_name_has_a_docstring(name):
    assert getattr(docintel, name).__doc__


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_readmes_name_what_is_public_and_every_command(readme):
    from docintel.cli import app

    text = (ROOT / readme).read_text("utf-8")
    names = [f"docintel.{name}" for name in ("parse", "extract", "load_pipeline", "Library")]
    commands = [f"docintel {command.callback.__name__}" for command in app.registered_commands]
    assert [name for name in [*names, *commands] if name not in text] == []


def test_every_error_is_drawn_in_the_tree():
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    assert all(cls.__name__ in errors.__doc__ for cls in classes)


def test_importing_docintel_loads_no_heavy_library():
    code = "import sys, docintel; print(*sorted({'spacy', 'torch', 'transformers', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


@pytest.mark.model
def test_functions_stay_functions_when_their_rooms_are_used(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("全院发现问题38个。", "utf-8")
    for _ in range(2):
        assert docintel.parse(path).text == "全院发现问题38个。"
        assert docintel.extract(path).statistics[0].value == 38
