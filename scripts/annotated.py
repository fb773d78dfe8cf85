"""Annotated documents for the scripts that fit models: gold files with their sources."""

import json
from pathlib import Path

from docintel.errors import DocintelError
from docintel.learning.gold import Pair, pairs


def own_documents(corpora: Path) -> tuple[list[Pair], list[Pair]]:
    """The documents of a folder with a manifest: those to fit on, and those held back."""
    found: tuple[list[Pair], list[Pair]] = ([], [])
    for entry in json.loads((corpora / "manifest.json").read_text("utf-8")):
        found[entry["held_back"]].append((corpora / entry["gold"], corpora / entry["file"]))
    return found


def extra_documents(given: str) -> list[Pair]:
    """Documents annotated elsewhere, given as `GOLD=SOURCES`; the sources may lie in any folder below."""
    gold, _, sources = given.partition("=")
    try:
        return pairs(Path(gold), Path(sources))
    except DocintelError as exc:
        raise SystemExit(str(exc)) from exc
