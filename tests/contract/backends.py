"""Indexes of both kinds, for tests that hold for whatever keeps one."""

import importlib.util

import pytest

from docintel.index.backend import backend_at, backend_of

needs_milvus = pytest.mark.skipif(
    not (importlib.util.find_spec("pymilvus") and importlib.util.find_spec("milvus_lite")),
    reason="pymilvus and milvus-lite are not installed: pip install 'docintel[milvus]'",
)
BACKENDS = ["embedded", pytest.param("milvus", marks=needs_milvus)]


def open_index(backend, folder, encoder):
    """An index of a kind in a library's index folder; the one that is there where it was opened before."""
    if backend == "milvus" and not (folder / "backend.json").exists():
        backend_at(str(folder / "index.db"), folder).write(folder)
    return backend_of(folder).open(folder, encoder)


def clear(folder):
    """Delete the index of a library; the next to open it starts from nothing."""
    backend = backend_of(folder)
    backend.renewed().write(folder)
    backend.delete(folder)
