#!/usr/bin/env python
"""How well the measures that answer an issue are found: mean reciprocal rank by words, by meaning and by both.

In: a folder of gold JSON and the folders its documents lie in. Out: one line a way of ranking; both are fused by
scores, as search does, and by ranks. Each issue of the gold is a query, the measures of all documents are ranked, and
the right ones are those whose `addresses` name the issue.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docintel.evaluate import reciprocal_rank
from docintel.index.encoder import load_encoder
from docintel.index.passage_index import PassageIndex
from docintel.index.passages import split_passages
from docintel.index.vectors import Vectors
from docintel.parse.sandbox import parse
from docintel.schema import (
    Document,
    Evidence,
    Extraction,
    HitKind,
    Issue,
    IssueCategory,
    Measure,
    MeasureCategory,
    Modality,
    Status,
)
from docintel.search import fuse, rank
from docintel.store.catalog import Catalog

_POOL = 1000  # measures ranked: a right one further down counts nothing
_VERSION = "gold"

Ranker = Callable[[str], list[tuple[int, float]]]


def main() -> None:
    """Read the arguments, fill a library in a temporary folder, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, help="folder of gold JSON")
    parser.add_argument("documents", type=Path, nargs="+", help="folders in which the gold's documents are looked for")
    parser.add_argument("--encoder", help="folder or name of another encoder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Catalog(Path(folder) / "catalog.sqlite") as catalog:
        for path in sorted(options.gold.glob("*.json")):
            gold = json.loads(path.read_text(encoding="utf-8"))
            extraction = gold_extraction(gold, find(gold["doc"], options.documents))
            catalog.put(extraction, split_passages(extraction), path=gold["doc"], extractor=_VERSION)
        index = PassageIndex(Path(folder) / "index", load_encoder(options.encoder))
        index.catch_up(catalog)
        report(catalog, index)


def report(catalog: Catalog, index: PassageIndex) -> None:
    """Print the mean reciprocal rank of each way of ranking."""
    kind = HitKind.MEASURE

    def encoded(query: str) -> Vectors:
        return index.encoder.encode_queries([query])[0]

    def by_words(query: str) -> list[tuple[int, float]]:
        return index.search_lexical(query, kind=kind, top_k=_POOL)

    def by_meaning(query: str) -> list[tuple[int, float]]:
        return index.search_vectors(encoded(query), kind=kind, top_k=_POOL)

    rankers: dict[str, Ranker] = {
        "words": by_words,
        "meaning": by_meaning,
        "both by scores": lambda query: rank(index, query, encoded(query), kind=kind),
        "both by ranks": lambda query: fuse([by_rank(by_words(query)), by_rank(by_meaning(query))]),
    }
    queries = judged(catalog)
    print(f"{len(queries)} issues with measures, {len(index.ids(kind))} measures")
    for name, ranker in rankers.items():
        found = [reciprocal_rank([id_ for id_, _ in ranker(issue)], right) for issue, right in queries]
        print(f"{name:14} MRR {sum(found) / len(found):.3f}")


def by_rank(ranking: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Reciprocal ranks instead of scores.

    Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, SIGIR 2009; 60 is theirs.
    """
    return [(id_, 1 / (60 + place)) for place, (id_, _) in enumerate(ranking, start=1)]


def judged(catalog: Catalog) -> list[tuple[str, set[int]]]:
    """Each issue that has measures, with the passage ids of these."""
    out = []
    for row in catalog.documents():
        extraction = catalog.get(row["id"])
        passages = catalog.passages_of(row["id"], HitKind.MEASURE)
        for number, issue in enumerate(extraction.issues):
            tied = [n for n, measure in enumerate(extraction.measures) if number in measure.addresses]
            right = {passage.id for passage in passages if passage.ordinal in tied}
            if right:
                out.append((issue.evidence.quote, right))
    return out


def find(name: str, folders: list[Path]) -> Document:
    """Parse the document of this name."""
    for folder in folders:
        for path in folder.rglob(name):
            return parse(path)
    raise SystemExit(f"{name} is in none of {', '.join(map(str, folders))}")


def gold_extraction(gold: dict[str, Any], document: Document) -> Extraction:
    """The issues and measures of a gold file, found in its document."""
    issues = tuple(
        Issue(
            evidence=locate(document, item["quote"]),
            category=IssueCategory(item["category"]),
            modality=Modality(item["modality"]),
        )
        for item in gold["issues"]
    )
    measures = tuple(
        Measure(
            evidence=locate(document, item["quote"]),
            category=MeasureCategory(item["category"]),
            status=Status(item["status"]),
            addresses=tuple(item["addresses"]),
        )
        for item in gold["measures"]
    )
    return Extraction(document=document, issues=issues, measures=measures)


def locate(document: Document, quote: str) -> Evidence:
    """Where a quote stands; white space may differ."""
    places = [place for place, char in enumerate(document.text) if not char.isspace()]
    wanted = "".join(quote.split())
    start = "".join(document.text[place] for place in places).find(wanted)
    if start < 0:
        raise SystemExit(f"{document.source} does not say {quote!r}")
    return document.evidence(places[start], places[start + len(wanted) - 1] + 1)


if __name__ == "__main__":
    main()
