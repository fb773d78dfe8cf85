"""What every part of a library builds on: its folder, catalog, originals and index, and what reads documents for it."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from docintel.config import models_dir
from docintel.correcting import apply, carried
from docintel.errors import InputError, NotFoundError, StoreError
from docintel.files import printable
from docintel.index.backend import Backend, Kind, backend_of
from docintel.index.passage_index import PassageIndex
from docintel.index.passages import split_passages
from docintel.library import version
from docintel.library.mirror import mirrored
from docintel.parse import Limits, read_file
from docintel.parse.sandbox import shared as shared_sandbox
from docintel.schema import (
    Correction,
    Document,
    Extraction,
)
from docintel.store.catalog import Catalog
from docintel.store.connection import COPY_IT
from docintel.store.corrections import Standing
from docintel.store.originals import Originals

if TYPE_CHECKING:
    from docintel.extract.work.judging import Judge
    from docintel.index.encoder import Encoder
    from docintel.learning.own import OwnModel
    from docintel.suggest import Similarity


Extractor = Callable[[Document], Extraction]
_ANOTHER_FOLDER = "Name a folder that you may write to."


class Base:
    """An open folder; arguments and errors are those of `Library`."""

    def __init__(
        self,
        folder: Path | str,
        *,
        create: bool = True,
        encoder: "Encoder | None" = None,
        extractor: Extractor | None = None,
        similarity: "Similarity | None" = None,
    ) -> None:
        self.folder = Path(folder)
        _prepare(self.folder, create=create)
        #: What another process needs to open the same library.
        self.given: dict[str, Any] = {"encoder": encoder, "extractor": extractor}
        self._encoder = encoder
        self._extractor = extractor
        self._given_similarity = similarity
        self._catalog = Catalog(self.folder / "catalog.sqlite", _Corrector())
        self._originals = Originals(self.folder / "originals")
        self._models = self.folder / "models"
        self._mirror: TemporaryDirectory[str] | None = None
        self._opened: tuple[Backend, PassageIndex] | None = None
        #: Told how many passages of how many the index has taken in, where somebody waits for it.
        self.on_indexing: Callable[[int, int], None] | None = None

    @classmethod
    def open(cls, folder: Path | str, *, create: bool = True, encoder: "Encoder | None" = None) -> Self:
        """Open the library in a folder, or make one there; arguments and errors as for `Library`."""
        return cls(folder, create=create, encoder=encoder)

    def close(self) -> None:
        """Close the catalog and the index."""
        self._close_index()
        if self._mirror:
            self._mirror.cleanup()
        self._catalog.close()

    def check_writable(self) -> None:
        """See that the library can be changed; it may lie where this process may only read.

        Raises:
            InputError: it can only be read.
        """
        self._catalog.check_writable()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def extraction(self, name: str) -> Extraction:
        """What was read from a document, by its id, the start of its id, its file's name or path.

        Raises:
            NotFoundError: none, or more than one.
        """
        return self._catalog.get(self._catalog.resolve(name))

    def _extraction_of(self, document: Path | str) -> Extraction:
        """A document of the library, else of a file that is read now and not kept."""
        try:
            return self.extraction(str(document))
        except NotFoundError:
            path = Path(document)
            if not path.is_file():
                raise
        data = read_file(path)
        if self._catalog.extractor_of(known := hashlib.sha256(data).hexdigest()):
            return self._catalog.get(known)
        return self._extract(shared_sandbox().parse(data, printable(path.name)))

    def read(self, document: Document) -> Extraction:
        """The records of a document as this library reads them; nothing is kept.

        Raises:
            InputError: it is too long.
        """
        return self._extract(document)

    def is_current(self, limits: Limits, document: str) -> bool:
        """Whether reading a document again, within these limits, would give the same."""
        return self._catalog.extractor_of(document) in (self._version, self._version_within(limits))

    def holds(self, document: str) -> bool:
        """Whether some version of docintel has read the document with this id."""
        return self._catalog.extractor_of(document) is not None

    @cached_property
    def _extract(self) -> Extractor:
        if self._extractor is None:
            from docintel.extract.pipeline import extract  # costs seconds: only those who extract pay

            return partial(extract, judge=self._judge)
        return self._extractor

    @cached_property
    def _own_model(self) -> "OwnModel":
        from docintel.learning.own import OwnModel  # with scipy, for those who read only

        return OwnModel(self._models / "judging", models_dir() / "judging")

    @cached_property
    def _judge(self) -> "Judge | None":
        """What chooses issues and measures, learned from this library's corrections; None for the shipped one."""
        is_there = self._extractor is None and (self._models / "judging" / "model.json").exists()
        return self._own_model.judge() if is_there else None

    @property
    def _version(self) -> str:
        """A digest of all that decides what this library reads of a document."""
        own = self._judge
        return (
            version.extractor_version()
            if own is None
            else version.digest_of(version.extractor_version(), json.dumps(own.card))
        )

    def _version_within(self, limits: Limits) -> str:
        """The version of what was read in part: other limits may bring more."""
        return f"{self._version} {version.digest_of(repr(asdict(limits)))[:8]}"

    @cached_property
    def _similarity(self) -> "Similarity":
        from docintel.suggest import Similarity

        return self._given_similarity or Similarity()

    @cached_property
    def _index_folder(self) -> Path:
        """Where the index lies; a mirror where it can only be read, for who opens one puts locks beside its files.

        Raises:
            InputError: it cannot be read.
        """
        folder = self.folder / "index"
        if self._catalog.is_writable:
            return folder
        try:
            self._mirror = mirrored(folder)
        except OSError as exc:
            raise InputError(
                f"{exc.filename or folder} 无法读取。 {exc.filename or folder} cannot be read: {exc.strerror}.",
                hint="请由其所有者开放读取权限。 Let its owner give you the right to read it.",
            ) from exc
        return Path(self._mirror.name)

    @property
    def _index(self) -> PassageIndex:
        """The open index; another one from when the library moved to it, in whatever process.

        Raises:
            InputError: the library can only be read, and its index is on Milvus, where opening it writes.
        """
        backend = backend_of(self._index_folder)
        if backend.backend is Kind.MILVUS and not self._catalog.is_writable:
            raise InputError(
                f"资料库 {self.folder} 只读，索引在 Milvus 上，无法检索。"
                f" The library in {self.folder} cannot be written to, and one on Milvus is not searched read-only.",
                hint=COPY_IT,
            )
        if self._opened is None or self._opened[0] != backend:
            self._close_index()
            self._opened = backend, backend.open(self._index_folder, self._loaded_encoder)
        return self._opened[1]

    def _close_index(self) -> None:
        if self._opened:
            self._opened[1].close()
        self._opened = None

    @property
    def _loaded_encoder(self) -> "Encoder":
        if self._encoder is None:
            from docintel.index.encoder import load_encoder  # loaded by those who search only

            self._encoder = load_encoder()
        return self._encoder

    def _current_index(self) -> PassageIndex:
        """The index, level with the catalog unless another process is bringing it there now."""
        self._catch_up(wait=False, progress=self._indexing())
        return self._index

    def _catch_up(self, *, wait: bool = True, progress: Callable[[int], None] = lambda _: None) -> None:
        """Bring the index level with the catalog; arguments as for `PassageIndex.catch_up`."""
        index: PassageIndex | None = None
        while index is not self._index:  # the library may move to another while this one waits
            index = self._index
            index.catch_up(self._catalog, wait=wait, progress=progress)

    def _indexing(self) -> Callable[[int], None]:
        """What tells whoever waits how far the index has come."""
        done = 0

        def told(count: int) -> None:
            nonlocal done
            done += count
            if self.on_indexing:
                self.on_indexing(done, done + max(0, self._catalog.counts()["passages"] - len(self._index)))

        return told

    def original(self, name: str) -> bytes:
        """The bytes of a document's file, as they were read.

        Raises:
            NotFoundError: no document, or more than one, has this name.
            StoreError: its stored bytes are gone.
        """
        document = self._catalog.resolve(name)
        try:
            return self._originals.path(document).read_bytes()
        except OSError as exc:
            raise StoreError(
                f"原件无法读取。 The stored original of {document[:12]} cannot be read: {exc.strerror}.",
                hint="请重新入库该文件。 Ingest the file again.",
            ) from exc

    def _lost(self, document: str) -> tuple[Correction, ...]:
        return apply(self._catalog.machine(document), self._catalog.corrections(document)).lost


class _Corrector:
    """How corrections apply, for the catalog, which knows nothing of it."""

    def stand(self, extraction: Extraction, corrections: Sequence[Correction]) -> Standing:
        """What stands of an extraction, with the passages that follow from it."""
        corrected = apply(extraction, corrections)
        by = {place: tuple(each.id for each in made) for place, made in corrected.by.items()}
        return Standing(corrected.extraction, split_passages(corrected.extraction), by, corrected.lost)

    def carry(self, correction: Correction, document: Document) -> Correction | None:
        """A correction of an earlier version of a file, for this one."""
        return carried(correction, document)


def _prepare(folder: Path, *, create: bool) -> None:
    """See that there is a library in the folder, or that one can be made."""
    if os.path.lexists(folder / "catalog.sqlite"):
        return
    if (folder / "originals").is_dir():
        raise StoreError(
            f"{folder} 的目录文件 catalog.sqlite 丢失。 The catalog of {folder} is missing; its originals are there.",
            hint="请从备份恢复，或换一个文件夹重新入库。 Restore it from a backup, or ingest into another folder.",
        )
    if not create:
        raise NotFoundError(
            f"{folder} 处没有资料库。 There is no library in {folder}.",
            hint=f"先入库 Run: docintel ingest PATHS --library {folder}",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise InputError(
            f"无法在 {folder} 建立资料库。 No library can be made in {folder}: {exc.strerror}.", hint=_ANOTHER_FOLDER
        ) from exc
    if not os.access(folder, os.W_OK):
        raise InputError(
            f"{folder} 只读，无法建立资料库。 No library can be made in {folder}: it is read-only.",
            hint=_ANOTHER_FOLDER,
        )
