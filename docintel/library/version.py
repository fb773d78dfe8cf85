"""Which version of docintel read a document: a digest of all that decides what is read."""

import hashlib
from functools import cache
from pathlib import Path

from docintel.config import models_dir

#: Of the shipped models what decides what is read.
_DECISIVE_MODELS = (
    "gazetteer/places.tsv",
    "confidence/weights.json",
    "doctype/model.json",
    "judging/model.json",
    "judging/vocabulary.json",
    "judging/weights.npz",
    "reader/model.json",
)


@cache
def extractor_version() -> str:
    """A digest of all that decides what is read from a document: what another version read is read anew.

    That is the code with its word lists, the table of places, the network that reads and the models that judge.
    """
    root = Path(__file__).parents[1]
    files = [
        path
        for room in ("schema", "text", "parse", "extract")
        for path in sorted((root / room).rglob("*"))
        if path.suffix in (".py", ".toml")
    ]
    models = (models_dir() / name for name in _DECISIVE_MODELS)
    digest = hashlib.sha256()
    for path in (*files, root / "index" / "passages.py", *models):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def digest_of(*texts: str) -> str:
    """A short digest of some texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
