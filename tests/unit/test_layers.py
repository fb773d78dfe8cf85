"""Imports point one way: every room imports only what stands below it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "docintel"
_BASE = {"errors", "config", "files", "memory", "schema", "text", "fonts", "graphs"}
MAY_IMPORT = {
    "errors": set(),
    "config": set(),
    "files": set(),
    "fonts": {"config", "errors"},
    "graphs": set(),
    "memory": set(),
    "schema": set(),
    "text": {"errors"},
    "parse": _BASE,
    "extract": _BASE,
    "batch": _BASE | {"parse", "extract", "exports"},
    "store": _BASE,
    "index": _BASE,
    "evaluation": _BASE,
    "analytics": _BASE,
    "problems": _BASE,
    "exports": _BASE,
    "frames": _BASE,
    "query": _BASE,
    "search": _BASE | {"store", "index", "query"},
    "suggest": _BASE | {"store", "index", "query", "search", "chain"},
    "chain": _BASE | {"extract", "index"},
    "follow": _BASE | {"chain", "store", "index", "suggest"},
    "learning": _BASE | {"parse", "extract", "evaluation"},
    "correcting": _BASE | {"extract"},
    "runs": _BASE | {"store", "index", "query", "search", "suggest", "evaluation"},
    "library": _BASE
    | {
        "parse",
        "extract",
        "batch",
        "correcting",
        "store",
        "index",
        "query",
        "search",
        "suggest",
        "evaluation",
        "learning",
        "runs",
        "chain",
        "follow",
        "analytics",
        "frames",
    },
    "gold_library": _BASE | {"index", "learning", "library", "evaluation"},
    "console": {"schema"},
    "__main__": {"cli"},
    "cli": {
        "errors",
        "files",
        "memory",
        "config",
        "schema",
        "parse",
        "extract",
        "batch",
        "chain",
        "follow",
        "correcting",
        "library",
        "query",
        "gold_library",
        "learning",
        "evaluation",
        "analytics",
        "exports",
        "problems",
        "console",
        "web",
    },
    "web": _BASE
    | {"parse", "extract", "store", "index", "query", "correcting", "analytics", "library", "exports", "problems"},
}
#: The same among the rooms of `extract`; its modules of no room put them together.
MAY_IMPORT_IN_EXTRACT = {
    "language": set(),
    "checks": {"language"},
    "places": {"language"},
    "units": {"language", "places"},
    "persons": {"language", "places", "units"},
    "attribution": {"language", "places", "units", "persons"},
    "work": {"language", "places", "units"},
    "statistics": {"language", "places", "units", "attribution", "work"},
    "cases": {"language", "places", "units", "persons", "attribution"},
}


def rooms_imported(path):
    """Rooms of docintel that a module imports, and `docintel` itself where it imports the package's root."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        modules = [node.module] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for module in modules:
            parts = (module or "").split(".")
            if parts[0] == "docintel":
                yield "docintel" if len(parts) == 1 and not _names_a_room(node) else _room(parts, node)


def _names_a_room(node):
    return isinstance(node, ast.ImportFrom) and all(alias.name in MAY_IMPORT for alias in node.names)


def _room(parts, node):
    return parts[1] if len(parts) > 1 else node.names[0].name


def modules():
    return [path for path in sorted(ROOT.rglob("*.py")) if path != ROOT / "__init__.py"]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_rooms_import_only_what_stands_below_them(path):
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    assert room in MAY_IMPORT, f"{room} is a new room: say in MAY_IMPORT what it may import"
    assert set(rooms_imported(path)) <= MAY_IMPORT[room] | {room}


@pytest.mark.parametrize("path", sorted((ROOT / "extract").glob("*/*.py")), ids=lambda path: "/".join(path.parts[-2:]))
def test_rooms_of_extract_import_only_what_stands_below_them(path):
    room = path.parent.name
    assert room in MAY_IMPORT_IN_EXTRACT, f"{room} is a new room: say in MAY_IMPORT_IN_EXTRACT what it may import"
    modules = (
        node.module or "" for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
    )
    rooms = {module.split(".")[2] for module in modules if module.startswith("docintel.extract.")}
    assert rooms <= MAY_IMPORT_IN_EXTRACT[room] | {room}


def test_a_wrong_import_is_seen(tmp_path):
    path = tmp_path / "module.py"
    path.write_text("from docintel.library import Library\nimport docintel\n")
    assert set(rooms_imported(path)) == {"library", "docintel"}
