"""Annotated documents for the scripts that fit models: gold files with their sources."""

import json
from pathlib import Path

from docintel.errors import DocintelError
from docintel.learning.gold import Pair, pairs

#: The folders of `corpora/` that hold later documents, written without a look at the program.
NEWER = ("features", "varied")


def own_documents(corpora: Path) -> tuple[list[Pair], list[Pair]]:
    """The documents of a folder with a manifest and of the newer ones in it: those to fit on, and those held back."""
    found: tuple[list[Pair], list[Pair]] = ([], [])
    for folder in (corpora, *(corpora / name for name in NEWER)):
        manifest = folder / "manifest.json"
        for entry in json.loads(manifest.read_text("utf-8")) if manifest.exists() else ():
            found[entry["held_back"]].append((folder / entry["gold"], folder / entry["file"]))
    return found


def is_newer(corpora: Path, path: Path) -> bool:
    """Whether a file lies in one of the newer folders."""
    return any(corpora / name in path.parents for name in NEWER)


def extra_documents(given: str) -> list[Pair]:
    """Documents annotated elsewhere, given as `GOLD=SOURCES`; the sources may lie in any folder below."""
    gold, _, sources = given.partition("=")
    try:
        return pairs(Path(gold), Path(sources))
    except DocintelError as exc:
        raise SystemExit(str(exc)) from exc
