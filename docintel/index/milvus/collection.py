"""One collection on a Milvus server or in a file of milvus-lite, as the index needs it.

Takes rows, ids and vectors; gives ids, rows and scores. Each kind of passage is a partition. What goes wrong is a
`StoreError` that says what to do.
"""

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from docintel.config import milvus_certificate, milvus_token
from docintel.errors import SetupError, StaleIndexError, StoreError
from docintel.index.backend import Backend
from docintel.index.milvus.ledger import EMPTY
from docintel.index.passage_index import INDEXED_KINDS, REBUILD
from docintel.index.segments import Ids
from docintel.schema import HitKind

#: Hits of one search at most, and ids of one condition: the server's limit, and what it reads in milliseconds.
MOST, MOST_IDS = 16_384, 16_384
#: Terms that a row can list; a longer passage is looked at by its sparse vector.
MOST_TERMS = 4096
_CONNECT_S, _CALL_S, _LOAD_S = 10.0, 120.0, 3600.0
_ROWS = 500  # in one message: about 3 MB, of the 64 MB that a server takes
_STAMP_ID = 0  # of the row that tells which commit came last; ids of passages begin at 1
#: Recall@10 of .99 among a million of such vectors, at 1.8 kB a row.
_GRAPH = {"M": 32, "efConstruction": 200}
_LEAST_EF = 128
#: Their complaints are raised as well; milvus-lite's server logs each call that it does not know.
_LOGGERS = ("pymilvus", "milvus_lite", "grpc._server")
_BUSY = "另一进程正在使用。 Another process has it open."


class Collection:
    """An open collection; it need not exist yet.

    Raises:
        SetupError: pymilvus, or milvus-lite for a file, is not installed.
        StoreError: the server can't be reached or refuses, or another process has the file open.
    """

    def __init__(self, folder: Path, backend: Backend) -> None:
        pymilvus = _pymilvus(backend)
        self._backend, self._name = backend, backend.collection
        self._types = pymilvus.DataType
        self._file = folder / backend.uri if backend.is_file else None
        options: dict[str, Any] = {"grpc_options": {"grpc.enable_http_proxy": 0}}
        if certificate := milvus_certificate():
            options["server_pem_path"] = certificate
        with self._errors(), ExitStack() as undone:
            if self._file:
                _take(self._file)
                undone.callback(_let_go, self._file)
            self._client = pymilvus.MilvusClient(
                uri=str(self._file or backend.uri),
                token="" if self._file else milvus_token(),
                db_name=backend.database,
                timeout=_CONNECT_S,
                dedicated=True,
                **options,
            )
            undone.callback(self._client.close)
            #: It indexes no arrays, and makes segments of what was written when it is told to.
            self._is_lite = "lite" in self._client.get_server_version(timeout=_CONNECT_S)
            undone.pop_all()

    def close(self) -> None:
        """Close the connection, and a file for other processes."""
        self._client.close()
        if self._file:
            _let_go(self._file)

    # The collection as a whole

    def exists(self) -> bool:
        """Whether it is there."""
        with self._errors():
            return bool(self._client.has_collection(self._name, timeout=_CALL_S))

    def create(self, dim: int) -> None:
        """Make it, empty; what was there under this name is gone."""
        types = self._types
        with self._errors():
            self.drop()
            schema = self._client.create_schema(
                auto_id=False, enable_dynamic_field=False, description="docintel: passages of one library"
            )
            schema.add_field("id", types.INT64, is_primary=True)
            schema.add_field("kind", types.VARCHAR, max_length=16)
            schema.add_field("key", types.INT64)
            schema.add_field("terms", types.ARRAY, element_type=types.INT64, max_capacity=MOST_TERMS)
            schema.add_field("sparse", types.SPARSE_FLOAT_VECTOR)
            schema.add_field("dense", types.FLOAT_VECTOR, dim=dim)
            indexes = self._client.prepare_index_params()
            indexes.add_index("dense", index_type="HNSW", metric_type="COSINE", params=_GRAPH)
            indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
            if not self._is_lite:
                indexes.add_index("terms", index_type="INVERTED")
            self._client.create_collection(self._name, schema=schema, consistency_level="Strong", timeout=_CALL_S)
            for kind in INDEXED_KINDS:
                self._client.create_partition(self._name, str(kind), timeout=_CALL_S)
            self._client.create_index(self._name, indexes, timeout=_LOAD_S)
            self._client.load_collection(self._name, timeout=_LOAD_S)

    def load(self) -> None:
        """Make it ready to be searched.

        Raises:
            StaleIndexError: it is not there.
        """
        if not self.exists():
            raise StaleIndexError(
                f"{self._backend.told} 上没有本资料库的集合 {self._name}。 The collection of this library is gone.",
                hint=REBUILD,
            )
        with self._errors():
            self._client.load_collection(self._name, timeout=_LOAD_S)

    def drop(self) -> None:
        """Delete it where it is there."""
        if self.exists():
            with self._errors():
                self._client.drop_collection(self._name, timeout=_CALL_S)

    def stamp(self) -> int | None:
        """Which commit came last; None before the first."""
        rows = self.fetch([_STAMP_ID], ["key"])
        return int(rows[0]["key"]) if rows else None

    def put_stamp(self, stamp: int, dim: int) -> None:
        """Tell which commit came last."""
        row = {"id": _STAMP_ID, "kind": "", "key": stamp, "terms": [], "sparse": {EMPTY: 1.0}, "dense": [1.0] * dim}
        with self._errors():
            self._client.upsert(self._name, [row], timeout=_CALL_S)

    # Rows

    def write(self, kind: HitKind, rows: Sequence[Mapping[str, Any]], *, again: bool) -> None:
        """Add rows.

        Args:
            again: they may be there, from a commit that was cut short.
        """
        add = self._client.upsert if again else self._client.insert
        with self._errors():
            for at in range(0, len(rows), _ROWS):
                add(self._name, list(rows[at : at + _ROWS]), partition_name=str(kind), timeout=_CALL_S)

    def settle(self) -> None:
        """Let milvus-lite index what was written; a server does so by itself."""
        if self._is_lite:
            with self._errors():
                self._client.flush(self._name, timeout=_CALL_S)

    def delete(self, ids: Sequence[int]) -> None:
        """Delete rows; what is not there is no error."""
        with self._errors():
            for at in range(0, len(ids), MOST_IDS):
                self._client.delete(self._name, ids=list(ids[at : at + MOST_IDS]), timeout=_CALL_S)

    def fetch(self, ids: Sequence[int], fields: Sequence[str]) -> list[dict[str, Any]]:
        """Fields of those of some rows that are there, and their ids; in any order."""
        found: list[dict[str, Any]] = []
        with self._errors():
            for at in range(0, len(ids), _ROWS):
                condition = f"id in {[int(id_) for id_ in ids[at : at + _ROWS]]}"
                found += self._client.query(
                    self._name, filter=condition, output_fields=["id", *fields], timeout=_CALL_S
                )
        return found

    def ids(self, kind: HitKind, condition: str) -> Ids:
        """Of the rows of a kind that meet a condition, ascending."""
        found: list[int] = []
        with self._errors():
            pages = self._client.query_iterator(
                self._name,
                filter=condition,
                output_fields=["id"],
                partition_names=[str(kind)],
                batch_size=MOST,
                timeout=_CALL_S,
            )
            while page := pages.next():
                found += [row["id"] for row in page]
            pages.close()
        return np.unique(np.array(found, dtype=np.int64))

    def count(self, kind: HitKind, newest: int, leaving: Sequence[int]) -> int:
        """How many rows of a kind there are up to an id, without those that are leaving."""
        condition = f"id > {_STAMP_ID} and id <= {newest}" + (f" and id not in {list(leaving)}" if leaving else "")
        with self._errors():
            rows = self._client.query(
                self._name,
                filter=condition,
                output_fields=["count(*)"],
                partition_names=[str(kind)],
                timeout=_CALL_S,
            )
        return int(rows[0]["count(*)"])

    def search(
        self, field: str, vector: Any, *, kind: HitKind, top_k: int, among: Sequence[int] | Ids | None = None
    ) -> list[tuple[int, float]]:
        """Ids and inner products (of `sparse`) or cosines (of `dense`), best first.

        Args:
            among: only these ids, `MOST_IDS` at most; None for all.
        """
        limit = min(top_k, MOST)
        params = {"ef": max(_LEAST_EF, 2 * limit)} if field == "dense" else {}
        with self._errors():
            found = self._client.search(
                self._name,
                data=[vector],
                anns_field=field,
                filter="" if among is None else f"id in {[int(id_) for id_ in among]}",
                limit=limit,
                partition_names=[str(kind)],
                search_params={"metric_type": "COSINE" if field == "dense" else "IP", "params": params},
                timeout=_CALL_S,
            )
        return [(int(hit["id"]), float(hit["distance"])) for hit in found[0]]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """What pymilvus and gRPC have to say, as errors of ours."""
        import grpc
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except (MilvusException, grpc.RpcError) as exc:
            raise self._told(exc) from exc

    def _told(self, exc: Exception) -> StoreError:
        where, reason = self._backend.told, " ".join(str(exc).split())
        told = reason.lower()
        if "unauthenticated" in told or "auth check" in told:
            return StoreError(
                f"{where} 拒绝登录。 The Milvus server refuses the token: {reason}",
                hint="请设置 Set the environment variable DOCINTEL_MILVUS_TOKEN=user:password",
            )
        if any(word in told for word in ("fail connecting", "unavailable", "deadline", "timeout")):
            return StoreError(
                f"无法连接 {where}。 The Milvus server can't be reached: {reason}",
                hint="请确认服务器在运行、地址正确；或迁回本地索引： Is it running? Or return: "
                "docintel library migrate --to embedded",
            )
        return StoreError(f"{where} 报告错误。 Milvus says: {reason}", hint="见 docs/scale.md。 See docs/scale.md.")


def _pymilvus(backend: Backend) -> Any:
    """The package.

    Raises:
        SetupError: it is not installed.
    """
    # it reads a `.env` of whatever folder it is started in, and thereby anyone's settings
    os.environ.setdefault("PYTHON_DOTENV_DISABLED", "1")
    try:
        import pymilvus

        if backend.is_file:
            import milvus_lite  # noqa: F401
    except ModuleNotFoundError as exc:
        raise SetupError(
            f"索引在 Milvus 上，但未安装 {exc.name}。 The index is kept by Milvus, and {exc.name} is not installed.",
            hint="pip install 'docintel[milvus]'",
        ) from exc
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return pymilvus


# A file of milvus-lite is open in one process at a time, which may have several collections open.

_open_files: Counter[Path] = Counter()
_mutex = threading.Lock()


def _take(path: Path) -> None:
    """Open a file for this process, once another has let go of it.

    Raises:
        StoreError: it does not, or the file can't be made.
    """
    from milvus_lite.server_manager import server_manager_instance

    with _mutex:
        deadline = time.monotonic() + _CONNECT_S
        path.parent.mkdir(parents=True, exist_ok=True)
        while not _open_files[path] and server_manager_instance.start_and_get_uri(str(path)) is None:
            if time.monotonic() > deadline:
                raise StoreError(
                    f"{path} 无法打开。 {path} can't be opened: {_BUSY}",
                    hint="多个进程请改用服务器。 For several processes, run a server: "
                    f"milvus-lite server --host 127.0.0.1 --data-dir {path}",
                )
            time.sleep(0.2)
        _open_files[path] += 1


def _let_go(path: Path) -> None:
    """Close a file, unless something else of this process has it open."""
    from milvus_lite.server_manager import server_manager_instance

    with _mutex:
        _open_files[path] -= 1
        if not _open_files[path]:
            server_manager_instance.release_server(str(path))
