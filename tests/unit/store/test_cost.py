"""To store a document looks at no table as a whole, however many there are."""

import re

from docintel.index.passages import split_passages
from docintel.store.catalog import Catalog
from tests.factories import make_extraction

TABLES = (
    "documents", "records", "passages", "files", "spans", "passage_categories", "document_names", "document_figures",
    "sketches", "bands", "twins",
)  # fmt: skip


def put(catalog, number):
    text = f"第{number}号通报\n某县医院药品采购权力集中的问题{number}。采取措施成立采购小组{number}。"
    extraction = make_extraction(text, issues=[f"药品采购权力集中的问题{number}"], measures=[f"成立采购小组{number}"])
    catalog.put(extraction, split_passages(extraction), path=f"/{number}.txt", extractor="1")


def test_no_statement_of_an_ingestion_scans_a_table(tmp_path):
    statements = []
    with Catalog(tmp_path / "catalog.sqlite") as catalog:
        for number in range(3):
            put(catalog, number)
        catalog._db.set_trace_callback(statements.append)
        put(catalog, 3)
        catalog.add_path(catalog.document_at("/3.txt"), "/copy.txt")
        catalog.forget_members("/a.zip", set())
        catalog._db.set_trace_callback(None)
        plans = {}
        for statement in dict.fromkeys(statements):
            if re.match(r"\s*(INSERT|DELETE|SELECT|UPDATE|WITH)", statement):
                rows = catalog._db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
                plans[statement] = [row["detail"] for row in rows]
    scanned = {
        statement: detail
        for statement, details in plans.items()
        for detail in details
        if re.fullmatch(rf"SCAN ({'|'.join(TABLES)}|[dfrlo])( .*)?", detail)
    }
    assert len(plans) > 10
    assert scanned == {}


def test_a_file_that_is_no_container_costs_no_transaction(tmp_path):
    statements = []
    with Catalog(tmp_path / "catalog.sqlite") as catalog:
        put(catalog, 1)
        catalog._db.set_trace_callback(statements.append)
        assert catalog.forget_members("/1.txt", set()) == []
        catalog._db.set_trace_callback(None)
    assert statements
    assert not any(statement.startswith("BEGIN") for statement in statements)
