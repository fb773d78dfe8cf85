"""Annotated documents for the scripts that fit models: gold files with their sources."""

import json
from pathlib import Path

from docintel.errors import DocintelError
from docintel.learning.gold import Pair, pairs


def own_documents(corpora: Path) -> tuple[list[Pair], list[Pair]]:
    """The documents of a folder with a manifest and of its `features/`: those to fit on, and those held back."""
    found: tuple[list[Pair], list[Pair]] = ([], [])
    for manifest in (corpora / "manifest.json", corpora / "features" / "manifest.json"):
        for entry in json.loads(manifest.read_text("utf-8")) if manifest.exists() else ():
            found[entry["held_back"]].append((manifest.parent / entry["gold"], manifest.parent / entry["file"]))
    return found


def extra_documents(given: str) -> list[Pair]:
    """Documents annotated elsewhere, given as `GOLD=SOURCES`; the sources may lie in any folder below."""
    gold, _, sources = given.partition("=")
    try:
        return pairs(Path(gold), Path(sources))
    except DocintelError as exc:
        raise SystemExit(str(exc)) from exc
