"""Annotated documents for the scripts that fit models: gold files with their sources."""

import json
from pathlib import Path

#: A gold file, and the source that it annotates.
Pair = tuple[Path, Path]


def own_documents(corpora: Path) -> tuple[list[Pair], list[Pair]]:
    """The documents of a folder with a manifest: those to fit on, and those held back."""
    pairs: tuple[list[Pair], list[Pair]] = ([], [])
    for entry in json.loads((corpora / "manifest.json").read_text("utf-8")):
        pairs[entry["held_back"]].append((corpora / entry["gold"], corpora / entry["file"]))
    return pairs


def extra_documents(given: str) -> list[Pair]:
    """Documents annotated elsewhere, given as `GOLD=SOURCES`; the sources may lie in any folder below."""
    gold, _, sources = given.partition("=")
    files = {path.name: path for path in sorted(Path(sources).rglob("*")) if path.is_file()}
    pairs = []
    for path in sorted(Path(gold).glob("*.json")):
        name = json.loads(path.read_text("utf-8"))["doc"]
        if name not in files:
            raise SystemExit(f"{path} annotates {name}, which is not below {sources}")
        pairs.append((path, files[name]))
    return pairs
