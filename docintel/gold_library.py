"""A library filled with what people annotated, to measure search and suggestion apart from extraction.

In: gold files and the documents they are of. Out: an open library. It is kept in the cache folder, since to encode its
passages takes minutes, and made anew when gold, documents, or what reads and cuts them change.
"""

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock

from docintel.config import cache_dir
from docintel.errors import InputError
from docintel.evaluation.gold import gold_extraction
from docintel.files import write_whole
from docintel.index.encoder import Encoder, load_encoder
from docintel.index.remembering import RememberingEncoder
from docintel.learning.gold import Pair, load
from docintel.library import Library
from docintel.schema import Document, Extraction, FileReport, IngestStatus

_KEPT = 3  # libraries of other gold, other documents and former code
_DONE = "complete"
#: The code that decides which passages there are.
_DECISIVE = ("schema", "text", "parse", "store", "index", "evaluation/gold.py", "evaluation/judged.py")


def gold_library(
    pairs: Sequence[Pair],
    *,
    encoder: str | None = None,
    folder: Path | None = None,
    progress: Callable[[FileReport], None] = lambda _: None,
) -> Library:
    """A library of documents with their gold records.

    Args:
        pairs: gold files, each with its document.
        encoder: name or folder of another than the shipped one.
        folder: where such libraries are kept; in the cache folder when None.
        progress: called with each document that is taken in; with none where the library is there already.

    Raises:
        InputError: a gold file is none, or not of its document, or a document could not be read.
    """
    kept = folder or cache_dir() / "evaluation"
    loaded = RememberingEncoder(load_encoder(encoder), kept / "vectors.sqlite")
    golds = {path.name: load(gold) for gold, path in pairs}
    place = kept / _digest(pairs, loaded)
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(kept / "write.lock"):
        library = Library(place, encoder=loaded, extractor=_reader(golds))
        try:
            if not (place / _DONE).exists():
                _complain(library.ingest([path for _, path in pairs], progress=progress))
            write_whole(place / _DONE, b"")  # the newest mark is of the library that was used last
        except BaseException:
            library.close()
            raise
        _forget(kept, place)
    return library


def _reader(golds: Mapping[str, Mapping[str, Any]]) -> Callable[[Document], Extraction]:
    return lambda document: gold_extraction(golds[document.source], document)


def _complain(reports: Sequence[FileReport]) -> None:
    failed = [report for report in reports if report.status is IngestStatus.FAILED]
    if failed:
        raise InputError(
            f"{len(failed)} 份标注文档读取失败。 {len(failed)} annotated documents could not be taken in,"
            f" the first is {failed[0].path}: {failed[0].message}"
        )


def _digest(pairs: Sequence[Pair], encoder: Encoder) -> str:
    root = Path(__file__).parent
    code = [path for name in _DECISIVE for path in ([root / name] if name.endswith(".py") else _python(root / name))]
    digest = hashlib.sha256(encoder.name.encode())
    for path in (*(each for pair in pairs for each in pair), *code):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _python(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _forget(kept: Path, current: Path) -> None:
    """Delete the libraries that were used longest ago; one that another process is making has no mark yet."""
    marks = sorted(kept.glob(f"*/{_DONE}"), key=lambda mark: -mark.stat().st_mtime)
    for mark in marks[_KEPT:]:
        if mark.parent != current:
            shutil.rmtree(mark.parent, ignore_errors=True)
