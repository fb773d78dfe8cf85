"""Whether an index on Milvus finds what the embedded one finds: the overlap of their first ten hits.

    python scripts/compare_indexes.py                                       # against a file of milvus-lite
    python scripts/compare_indexes.py --to milvus://host:19530              # against a server
    python scripts/compare_indexes.py --queries FOLDER --documents FOLDER   # other queries and annotated documents

The library is the one that `docintel evaluate search` asks: the documents with their gold records. A copy of it moves
to Milvus; then both answer each query: as users ask (search, with filters and thesaurus), by words alone, by meaning
alone, and queries for suggestions as such too. An overlap is the share of the embedded index's first ten that are among
the other's. The last line is the least mean overlap, and the exit code is 1 where that is below `--least`.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

from docintel.evaluation.judged import Query, Task, load_queries
from docintel.gold_library import gold_library
from docintel.learning.gold import pairs
from docintel.library import Library

ROOT = Path(__file__).resolve().parents[1]
TOP = 10


def ways(library: Library) -> dict[str, Callable[[Query], Sequence[Hashable]]]:
    """How a library is asked; each gives what it finds first, best first."""
    index = library._current_index()

    def shown(query: Query) -> Sequence[Hashable]:
        hits = library.search(query.query, kind=query.kind, filters=query.filters, top_k=TOP)
        return [(hit.document, hit.start, hit.end) for hit in hits]

    def words(query: Query) -> Sequence[Hashable]:
        return [id_ for id_, _ in index.search_lexical(query.query, kind=query.kind, top_k=TOP)]

    def meaning(query: Query) -> Sequence[Hashable]:
        vector = index.encoder.encode_queries([query.query])[0]
        return [id_ for id_, _ in index.search_vectors(vector, kind=query.kind, top_k=TOP)]

    def suggested(query: Query) -> Sequence[Hashable]:
        return [each.text for each in library.suggest(query.query, top_k=TOP)]

    return {"search": shown, "words": words, "meaning": meaning, "suggest": suggested}


def overlap(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """The share of one list that is in the other; two empty lists agree."""
    return len(set(one) & set(other)) / len(set(one)) if one else float(not other)


def compare(here: Library, there: Library, queries: Sequence[Query]) -> dict[str, dict[str, float]]:
    """By way of asking: queries, mean overlap, the least, how many have all in the same order, and ms a query."""
    found: dict[str, list[tuple[float, bool, float, float]]] = defaultdict(list)
    for query in queries:
        for way, ask in ways(here).items():
            if way == "suggest" and query.task is not Task.SUGGEST:
                continue
            started = time.perf_counter()
            one = ask(query)
            between = time.perf_counter()
            other = ways(there)[way](query)
            ended = time.perf_counter()
            found[way].append((overlap(one, other), list(one) == list(other), between - started, ended - between))
    return {
        way: {
            "queries": len(each),
            "overlap": round(statistics.fmean(row[0] for row in each), 4),
            "least": round(min(row[0] for row in each), 2),
            "same_order": sum(row[1] for row in each),
            "embedded_ms": round(1000 * statistics.median(row[2] for row in each), 1),
            "milvus_ms": round(1000 * statistics.median(row[3] for row in each), 1),
        }
        for way, each in found.items()
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Compare the embedded index with one on Milvus.")
    parser.add_argument("--queries", type=Path, default=ROOT / "corpora" / "queries", help="default: corpora/queries")
    parser.add_argument("--gold", type=Path, default=ROOT / "corpora" / "gold", help="default: corpora/gold")
    parser.add_argument("--documents", type=Path, default=ROOT / "corpora" / "reports", help="default: corpora/reports")
    parser.add_argument("--to", default="", help="address of a Milvus server; default: a file of milvus-lite")
    parser.add_argument("--least", type=float, default=0.95, help="mean overlap that is asked for; default: 0.95")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    queries = load_queries(options.queries)
    with gold_library(pairs(options.gold, options.documents)) as here, tempfile.TemporaryDirectory() as folder:
        shutil.copytree(here.folder, Path(folder, "library"))
        with Library(Path(folder, "library"), encoder=here.given["encoder"]) as there:
            moved = there.migrate(options.to or str(Path(folder, "milvus.db")))
            try:
                rows = compare(here, there, queries)
            finally:
                there.migrate("embedded")  # leaves nothing on a server
    if options.json:
        print(json.dumps({"passages": moved["passages"], **rows}, ensure_ascii=False))
    else:
        print(f"{moved['passages']} passages, {len(queries)} queries, first {TOP} hits\n")
        print(f"| {'asked':8} | queries | mean overlap | least | same order | embedded ms | Milvus ms |")
        print("| :--- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for way, row in rows.items():
            print(f"| {way:8} | {' | '.join(str(value) for value in row.values())} |")
    least = min(row["overlap"] for row in rows.values())
    print(f"\nLeast mean overlap: {least}", file=sys.stderr)
    sys.exit(least < options.least)


if __name__ == "__main__":
    main()
