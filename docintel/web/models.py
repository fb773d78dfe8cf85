"""The models in use: the shipped ones and those that a library has learned, with the digests of their files.

In: the library's folder. Out: each model with its card.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from docintel.config import models_dir
from docintel.errors import NotFoundError

_CARD = "README.md"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A file of a model."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model.

    Attributes:
        name: of its folder; with `own-` before it for one that the library has learned.
        title: what its card calls it.
        own: it was learned from the library's corrections, and is used in place of the shipped one.
        card: source, licence, figures, in Markdown; empty where it has none.
    """

    name: str
    title: str
    own: bool
    files: tuple[ModelFile, ...]
    card: str


def models(library: Path) -> Iterator[Model]:
    """The models of an installation and of a library, by name."""
    for parent, own in ((models_dir(), False), (library / "models", True)):
        for folder in sorted(parent.iterdir()) if parent.is_dir() else ():
            paths = [each for each in sorted(folder.iterdir()) if each.is_file()] if folder.is_dir() else []
            if not paths or folder.name.startswith("."):
                continue
            card = next((each.read_text(encoding="utf-8") for each in paths if each.name == _CARD), "")
            files = (ModelFile(name=p.name, size=p.stat().st_size, sha256=_digest_of(p)) for p in paths)
            title = card.partition("\n")[0].lstrip("# ") or folder.name
            name = f"own-{folder.name}" if own else folder.name
            yield Model(name=name, title=title, own=own, files=tuple(files), card=card)


def model(library: Path, name: str) -> Model:
    """A model by its name.

    Raises:
        NotFoundError: there is none.
    """
    for each in models(library):
        if each.name == name:
            return each
    raise NotFoundError(f"没有模型 {name}。 There is no model {name!r}.")


def _digest_of(path: Path) -> str:
    found = path.stat()
    return _digest(path, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=256)
def _digest(path: Path, size: int, modified: int) -> str:
    """sha256 of a file, read again only when it has changed."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
