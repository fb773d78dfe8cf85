"""Pool what several systems answer to queries, for people to judge; and take in what they judged.

In: a folder of queries and judgements, and a folder with `gold/*.json` and `reports/`. Out: JSON lines, one for each
answer that is not judged yet, in no order that tells which system showed it:

    {"item": "3f2a…", "query": "m01", "task": "suggest", "asked": …, "note": …, "document": …, "quote": …,
     "context": …, "answers": [issues that a measure is reported for]}

Judges add lines `{"item": "3f2a…", "grade": 0–3}` to files of their own. `--add GRADES…` takes these in: where several
judged one item, the median (the lower of the two in the middle), and prints how far they agree.
"""

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from statistics import median_low
from typing import Any

from docintel.evaluation.judged import (
    GRADES,
    QUERIES,
    Judgement,
    Query,
    Task,
    load_judgements,
    load_queries,
    save_judgements,
    squeeze,
)
from docintel.evaluation.metrics import weighted_kappa
from docintel.evaluation.retrieval import Graded, Pool, located, span_of
from docintel.gold_library import gold_library
from docintel.learning.gold import pairs
from docintel.library import Library
from docintel.schema import Hit, HitKind
from docintel.text.normalize import fold
from docintel.text.sentences import split_sentences

CORPORA = Path(__file__).resolve().parent.parent / "corpora"
_DEPTH = 12  # answers of a system that are judged: those that figures of ten read, and what is about to join them
_SEED = 20240630


def main() -> int:
    """Write the pool, or take in grades."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="folder with gold and reports")
    parser.add_argument("--queries", type=Path, help=f"folder with {QUERIES}; default: `queries` of the corpora")
    parser.add_argument("--task", choices=list(Task), help="only these queries")
    parser.add_argument("--out", type=Path, required=True, help="the pool: written, or with --add read")
    parser.add_argument("--add", type=Path, nargs="+", metavar="GRADES", help="take in what was judged of the pool")
    options = parser.parse_args()
    folder = options.queries or options.corpora / "queries"
    queries = [query for query in load_queries(folder) if options.task in (None, query.task)]
    if options.add:
        return take_in(folder, options.out, options.add)
    judgements = load_judgements(folder, load_queries(folder))
    with gold_library(pairs(options.corpora / "gold", options.corpora / "reports")) as library:
        items = pooled(library, queries, judgements)
    options.out.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), "utf-8")
    print(f"{len(items)} answers to {len({item['query'] for item in items})} queries to judge")
    return 0


def pooled(library: Library, queries: Sequence[Query], judgements: Iterable[Judgement]) -> list[dict[str, Any]]:
    """What is to be judged, query by query, shuffled within each."""
    judged, lost = located(judgements, lambda name: (id_(library, name), library.extraction(name).document.text))
    if lost:
        raise SystemExit(f"{len(lost)} judgements are of words that are not in their documents, as {lost[0]}")
    new: dict[str, list[Hit]] = {query.id: [] for query in queries}
    pools = {query.id: Pool(judged.get(query.id, [])) for query in queries}
    for _, query, hits in library.runs(queries, top_k=_DEPTH, progress=lambda query: print(query.id, file=sys.stderr)):
        for hit in hits:
            if not pools[query.id].knows(span_of(hit)):
                new[query.id].append(hit)
                judged.setdefault(query.id, []).append(Graded((span_of(hit),), 0))
                pools[query.id] = Pool(judged[query.id])
    rng = random.Random(_SEED)
    for hits in new.values():
        hits.sort(key=lambda hit: (hit.document, hit.start))
        rng.shuffle(hits)
    return [item_of(library, query, hit) for query in queries for hit in new[query.id]]


def id_(library: Library, name: str) -> str:
    """The id of the document with a file name."""
    return library.extraction(name).document.id


def item_of(library: Library, query: Query, hit: Hit) -> dict[str, Any]:
    """An answer as its judge sees it."""
    item = {
        "item": name_of(query.id, hit.source, hit.quote),
        "query": query.id,
        "task": str(query.task),
        "asked": query.query,
        "note": query.note,
        "document": hit.source,
        "title": hit.title,
        "quote": hit.quote,
    }
    if hit.kind is HitKind.MEASURE:
        extraction = library.extraction(hit.document)
        addressed = extraction.measures[hit.ordinal].addresses
        item["context"] = " ".join(sentences(extraction.document.text, hit.start, hit.end))
        item["answers"] = [extraction.issues[number].evidence.quote for number in addressed]
    return item


def name_of(query: str, document: str, quote: str) -> str:
    """The name of an item: the same whenever it is pooled."""
    return sha256(f"{query}\n{document}\n{squeeze(quote)}".encode()).hexdigest()[:12]


def sentences(text: str, start: int, end: int) -> Iterator[str]:
    """The sentences that a span touches."""
    for low, high in split_sentences(fold(text)):
        if low < end and high > start:
            yield text[low:high]


def take_in(folder: Path, pool: Path, files: Sequence[Path]) -> int:
    """Add judged items of a pool to the judgements; 1 where a line is no grade of an item."""
    items = {item["item"]: item for item in lines(pool)}
    by_judge = {file: dict(grades(file, items)) for file in files}
    for one, other in combinations(files, 2):
        both = sorted(by_judge[one].keys() & by_judge[other].keys())
        if both:
            a, b = ([by_judge[file][name] for name in both] for file in (one, other))
            exact = sum(x == y for x, y in zip(a, b, strict=True)) / len(both)
            kappa = weighted_kappa(a, b, len(GRADES))
            print(f"{one.name}, {other.name}: {len(both)} items, {exact:.0%} alike, weighted kappa {kappa:.2f}")
    given: defaultdict[str, list[int]] = defaultdict(list)
    for judged in by_judge.values():
        for name, grade in judged.items():
            given[name].append(grade)
    new = [
        Judgement(
            query=items[name]["query"],
            document=items[name]["document"],
            quote=items[name]["quote"],
            grade=median_low(of),
        )
        for name, of in given.items()
    ]
    known = load_judgements(folder, queries := load_queries(folder))
    by_name = {name_of(each.query, each.document, each.quote): each for each in known + new}
    save_judgements(folder, list(by_name.values()), queries)
    print(f"{len(new)} judged, {len(items) - len(new)} of the pool left")
    return 0


def grades(path: Path, items: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Items with their grades, as a judge wrote them."""
    for number, line in enumerate(lines(path), start=1):
        name, grade = line.get("item"), line.get("grade")
        if name not in items or type(grade) is not int or grade not in GRADES:
            raise SystemExit(f"{path}, line {number}: {line} is no grade of an item of the pool")
        yield name, grade


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main())
