"""Which index a library has, and how to open it: the one in its folder, or one on a Milvus server.

In: a library's index folder, or an address as a person types it. Out: an open index. `backend.json` in the folder
remembers the choice; without it the index is the embedded one. Passwords are never in it: see `docintel.config`.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from filelock import FileLock

from docintel.errors import InputError, StoreError
from docintel.files import write_whole
from docintel.index.embedded import EmbeddedIndex, delete_files
from docintel.index.passage_index import BACKEND_FILE, PassageIndex

if TYPE_CHECKING:
    from docintel.index.encoder import Encoder

#: Schemes of an address, and those that pymilvus knows.
_SCHEMES = {"milvus": "http", "milvuss": "https", "http": "http", "https": "https", "tcp": "http"}
_PORT = 19530
_FORMS = (
    "embedded、文件 路径.db、milvus://主机[:端口][/数据库]，或带 TLS 的 milvuss://… embedded, FILE.db, or one of these."
)


class Kind(StrEnum):
    """Where an index lies."""

    EMBEDDED = "embedded"
    MILVUS = "milvus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Which index a library has.

    Attributes:
        backend: what keeps it.
        uri: of Milvus: `http://HOST:PORT`, `https://…`, or a path that ends in `.db`, relative to the index folder
            where it lies in there.
        database: on the server; its default one when empty.
        collection: of this library alone.
    """

    backend: Kind = Kind.EMBEDDED
    uri: str = ""
    database: str = ""
    collection: str = ""

    @property
    def told(self) -> str:
        """For people: the kind, and where it lies."""
        return f"{self.backend} {self.uri}{self.database and '/' + self.database}".strip()

    @property
    def is_file(self) -> bool:
        """Whether it is a file of milvus-lite."""
        return self.uri.endswith(".db")

    def is_at(self, other: "Backend") -> bool:
        """Whether both are in one place, whatever their collections."""
        return (self.backend, self.uri, self.database) == (other.backend, other.uri, other.database)

    def renewed(self) -> "Backend":
        """The same place, and a collection that nobody has."""
        if self.backend is Kind.EMBEDDED:
            return self
        return _milvus(self.uri, self.database)

    def open(self, folder: Path, encoder: "Encoder", lock: FileLock | None = None) -> PassageIndex:
        """The index itself.

        Args:
            folder: the library's index folder.
            encoder: makes the vectors.
            lock: of the folder, where the caller holds it.

        Raises:
            StaleIndexError: another encoder, or another version of docintel, made it.
            StoreError: it is damaged.
            SetupError: what it needs is not installed.
        """
        if self.backend is Kind.EMBEDDED:
            return EmbeddedIndex(folder, encoder, lock)
        from docintel.index.milvus import MilvusIndex  # the package is an extra

        return MilvusIndex(folder, self, encoder, lock)

    def delete(self, folder: Path) -> None:
        """Delete the index, whatever state it is in; the caller holds the folder's lock.

        Raises:
            StoreError: its server can't be reached.
        """
        if self.backend is Kind.EMBEDDED:
            delete_files(folder)
            return
        from docintel.index.milvus import delete_collection

        delete_collection(folder, self)

    def write(self, folder: Path) -> None:
        """Make it the library's: from now on every process that looks opens this one."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.backend is Kind.EMBEDDED:
            (folder / BACKEND_FILE).unlink(missing_ok=True)
        else:
            write_whole(folder / BACKEND_FILE, json.dumps(asdict(self), indent=1).encode())


def backend_of(folder: Path) -> Backend:
    """Which index the library has whose index folder this is.

    Raises:
        StoreError: the file that says so can't be read.
    """
    path = folder / BACKEND_FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Backend(**told | {"backend": Kind(told["backend"])})
    except FileNotFoundError:
        return Backend()
    except (OSError, ValueError, TypeError, KeyError) as exc:
        raise StoreError(
            f"{path} 无法读取。 {path} does not say where the index is: {exc}.",
            hint="迁回本地索引 Run: docintel library migrate --to embedded",
        ) from exc


def backend_at(address: str, folder: Path) -> Backend:
    """The index that a person asks for.

    Args:
        address: `embedded`, a path that ends in `.db`, or `milvus://HOST[:PORT][/DATABASE]`.
        folder: the library's index folder.

    Raises:
        InputError: it is no such address, or has a password in it.
    """
    if address == Kind.EMBEDDED:
        return Backend()
    if "://" not in address:
        return _file(address, folder)
    try:
        parts = urlsplit(address)
        scheme, host, port = _SCHEMES[parts.scheme.lower()], parts.hostname or "", parts.port or _PORT
    except (KeyError, ValueError) as exc:
        raise InputError(f"{address} 不是索引地址。 {address!r} names no index.", hint=_FORMS) from exc
    if parts.username or parts.password or parts.query:
        raise InputError(
            "地址中不能有密码：地址会存入资料库。 An address with a password would be stored in the library.",
            hint="请把令牌放进环境变量 Put it into the environment: DOCINTEL_MILVUS_TOKEN=user:password",
        )
    if not host:
        raise InputError(f"{address} 没有主机名。 {address!r} names no host.", hint=_FORMS)
    named = f"[{host}]" if ":" in host else host
    return _milvus(f"{scheme}://{named}:{port}", parts.path.strip("/"))


def _file(address: str, folder: Path) -> Backend:
    if not address.endswith(".db"):
        raise InputError(f"{address} 不是索引地址。 {address!r} names no index.", hint=_FORMS)
    path, inside = Path(address).absolute(), folder.absolute()
    return _milvus(os.fspath(path.relative_to(inside) if path.is_relative_to(inside) else path), "")


def _milvus(uri: str, database: str) -> Backend:
    """A place on Milvus, with a collection that nobody has: two libraries never share one."""
    name = f"docintel_{secrets.token_hex(8)}"
    return Backend(backend=Kind.MILVUS, uri=uri, database=database, collection=name)
