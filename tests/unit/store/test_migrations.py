"""An old catalog becomes a new one, and loses nothing."""

import json
import sqlite3

import pytest

from docintel.schema import Block, BlockKind, Document
from docintel.store.catalog import Catalog
from docintel.store.migrations import MIGRATIONS, m001_create_tables
from tests.unit.store.samples import HEADER, notice

BLOCK = {
    "kind": "paragraph",
    "level": 0,
    "numbering": "",
    "page": 2,
    "box": [0, 1, 2, 3],
    "confidence": 1.0,
    "cells": [],
}


@pytest.fixture
def old(tmp_path):
    """A catalog as version 1 wrote it, with a notice and its repost."""
    path = tmp_path / "old.sqlite"
    db = sqlite3.connect(path)
    m001_create_tables(db)
    for id_, text in (("a" * 64, notice()), ("b" * 64, HEADER + notice())):
        blocks = json.dumps([BLOCK | {"start": 0, "end": len(text)}])
        row = (
            id_,
            "旧.txt",
            "标题",
            "other",
            "某网",
            "2023-05-04",
            None,
            None,
            text,
            blocks,
            "[]",
            "text",
            "1",
            "2023",
        )
        db.execute(f"INSERT INTO documents VALUES ({', '.join('?' * len(row))})", row)
        db.execute("INSERT INTO files VALUES (?, ?)", (f"/in/{id_[0]}.txt", id_))
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()
    return path


def tables(path):
    db = sqlite3.connect(path)
    found = db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    version = db.execute("PRAGMA user_version").fetchone()
    db.close()
    return found, version


def test_an_upgraded_catalog_equals_a_new_one(old, tmp_path):
    for path in (old, tmp_path / "new.sqlite"):
        Catalog(path).close()
    assert tables(old) == tables(tmp_path / "new.sqlite")
    assert tables(old)[1] == (len(MIGRATIONS),)


def test_documents_of_version_1_are_read_with_what_it_did_not_know(old):
    with Catalog(old) as catalog:
        assert catalog.get("a" * 64).document == Document(
            id="a" * 64,
            source="旧.txt",
            text=notice(),
            blocks=(Block(kind=BlockKind.PARAGRAPH, start=0, end=len(notice()), page=2, box=(0, 1, 2, 3)),),
            title="标题",
            publisher="某网",
            published="2023-05-04",
            parser="text",
        )
        assert [(row["status"], row["sources"]) for row in catalog.documents()] == [("full", 1)] * 2


def test_works_of_version_1_are_found_when_asked_for(old):
    with Catalog(old) as catalog:
        assert catalog.works() == []
        assert catalog.regroup() == 2
        assert [len(work["documents"]) for work in catalog.works()] == [2]
        assert catalog.regroup() == 0
