"""Document intelligence for Chinese anti-corruption reports.

For example::

    document = docintel.parse("通报.html")
    extraction = docintel.extract(document)
    with docintel.Library.open("library") as library:
        library.ingest("reports/")
        library.suggest("药品采购权力过于集中，缺乏监督")

The heavy parts (spaCy, the network that reads, pandas) are loaded by the calls that need them.
"""

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

# onnxruntime keeps an id of the machine and calls its maker unless this is set before it is imported anywhere.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from docintel.errors import DocintelError
from docintel.library import Library
from docintel.parse.sandbox import parse as _parse_file
from docintel.schema import Document, Extraction

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from spacy.language import Language

    from docintel.schema import ChainRow, Comparison

# Importing a room sets its name on this package, once. `parse` and `extract` are imported before the functions of the
# same names are defined, so that it is the functions that stay.
import_module("docintel.extract")

__version__ = "0.1.0"
__all__ = [
    "DocintelError",
    "Document",
    "Extraction",
    "Library",
    "answered",
    "extract",
    "ledger",
    "load_pipeline",
    "parse",
    "read_jsonl",
]


def parse(path: Path | str) -> Document:
    """Read a file.

    Raises:
        InputError: the file is missing, of no supported format or damaged.
    """
    return _parse_file(Path(path))


def extract(source: Document | Path | str) -> Extraction:
    """Read every record of a document or file.

    Raises:
        InputError: the file can't be read.
        ModelError: a shipped model is missing or damaged.
    """
    from docintel.extract.pipeline import extract as extract_document

    return extract_document(source if isinstance(source, Document) else parse(source))


def ledger(extraction: Extraction, as_of: "date | None" = None) -> "tuple[ChainRow, ...]":
    """The ledger of rectification: a row a problem with what answers it, then a row a measure that answers none.

    Args:
        as_of: the day on which deadlines are looked at; that of publication when None.
    """
    from docintel.chain import chain

    return chain(extraction, as_of)


def answered(feedback: Extraction, report: Extraction) -> "Comparison":
    """Compare a feedback with the report that answers it, problem by problem.

    Raises:
        ModelError: the encoder is missing or damaged.
    """
    from docintel.follow import compare

    return compare(feedback, report)


def read_jsonl(path: Path | str) -> "dict[str, pd.DataFrame]":
    """What `docintel extract --format jsonl` or `docintel export` wrote: `documents`, then a data frame a record type.

    Raises:
        InputError: there is no such file, or it is none of these.
    """
    from docintel.frames import read_jsonl as read

    return read(Path(path))


def load_pipeline() -> "Language":
    """A spaCy `Language("zh")` that finds records; see `docintel.extract.pipeline.load_pipeline`."""
    from docintel.extract.pipeline import load_pipeline as load

    return load()
