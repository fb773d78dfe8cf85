"""Check the sample reports against their gold, and print how many records they hold.

In: a folder with `reports/`, `gold/*.json` and `manifest.json`, and `queries/` where answers to some were judged;
`corpora`, `corpora/features` and `corpora/varied` unless another is named. Out: a table of documents, characters and
records by type of document, or the list of faults and exit status 1.

`--write-manifest` first brings the manifest up to date: an entry for every pair, with type and sha256 as they are now.
The sector and the difficulties of an entry are written by hand and kept, and so are its wave and whether it is held
back from those who write rules, for models that need records nobody tuned for and for honest figures.
"""

import argparse
import hashlib
import html
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from docintel.errors import InputError
from docintel.evaluation.judged import Judgement, load_judgements, load_queries
from docintel.parse.sandbox import parse
from docintel.schema import (
    DocType,
    IssueCategory,
    MeasureCategory,
    Metric,
    Modality,
    ReferenceKind,
    Relation,
    Status,
    UnitKind,
)

CORPORA = Path(__file__).resolve().parent.parent / "corpora"
FOLDERS = (CORPORA, CORPORA / "features", CORPORA / "varied")
FEWEST_OF_A_TYPE = 3
#: Documents come in waves: rules were written with the first, later ones tell how they do on what is new.
LATEST_WAVE = 3

#: The fields of each record type, as the annotation guide has them.
SHAPE = {
    "statistics": "quote value unit_of_measure subject action metric approximate unit period",
    "units": "name canonical kind",
    "persons": "name position unit",
    "cases": "persons violations sanctions amounts quote",
    "issues": "quote category modality",
    "measures": "quote category status units addresses",
    "references": "quote kind canonical",
    "checks": "quote relation against stated holds",
}
#: The closed vocabulary of a field.
LABELS: dict[tuple[str, str], type[StrEnum]] = {
    ("statistics", "metric"): Metric,
    ("units", "kind"): UnitKind,
    ("issues", "category"): IssueCategory,
    ("issues", "modality"): Modality,
    ("measures", "category"): MeasureCategory,
    ("measures", "status"): Status,
    ("references", "kind"): ReferenceKind,
    ("checks", "relation"): Relation,
}
#: Fields whose words must stand in the source.
VERBATIM = {
    "statistics": ("quote", "subject", "action"),
    "units": ("name",),
    "persons": ("name", "position"),
    "cases": ("quote", "persons", "violations", "sanctions"),
    "issues": ("quote",),
    "measures": ("quote",),
    "references": ("quote",),
    "checks": ("quote", "against"),
}
#: What makes two records of one type the same record.
IDENTITY = {
    "statistics": ("quote", "value", "metric"),
    "units": ("canonical",),
    "persons": ("name",),
    "cases": ("quote", "persons"),
    "issues": ("quote",),
    "measures": ("quote",),
    "references": ("quote",),
    "checks": ("quote", "relation", "against"),
}


def squeeze(text: str) -> str:
    """The text without white space: the form in which quotes are compared."""
    return re.sub(r"\s+", "", text)


def article(path: Path) -> str:
    """What a parser reads from a source, squeezed; `开除党籍和公职` is written out, for it is two sanctions."""
    return squeeze(parse(path).text).replace("开除党籍和公职", "开除党籍和公职、开除公职")


def page(path: Path) -> str:
    """The article and, for HTML, what stands around it: title, by-line and the names in them."""
    around = re.sub(r"<[^>]+>", "", path.read_text("utf-8")) if path.suffix == ".html" else ""
    return article(path) + squeeze(html.unescape(around))


def is_date(text: str, whole: bool = False) -> bool:
    """Whether `text` is `YYYY-MM-DD`, or, where not `whole`, `YYYY-MM` or `YYYY` too."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d" if whole else r"\d{4}(-\d\d){0,2}", text):
        return False
    try:
        date.fromisoformat(text + "-01" * (2 - text.count("-")))
    except ValueError:
        return False
    return True


def record_faults(kind: str, record: dict[str, Any], text: str) -> Iterator[str]:
    """What is wrong with one record by itself; its words must stand in `text`."""
    if set(record) != set(SHAPE[kind].split()):
        yield f"fields are {', '.join(record)}"
        return
    for field in VERBATIM[kind]:
        value = record[field] or []
        for words in [value] if isinstance(value, str) else value:
            if squeeze(words) not in text:
                yield f"{field} {words!r} is not in the source"
    for (of, field), labels in LABELS.items():
        if of == kind and record[field] not in list(labels):
            yield f"{field} {record[field]!r} is not in the vocabulary"
    period = record.get("period")
    if period and not (period.count("/") <= 1 and all(map(is_date, period.split("/")))):
        yield f"period {period!r} is no period"


def link_faults(gold: dict[str, Any]) -> Iterator[str]:
    """Records that point to records that are not there."""
    units = {unit["canonical"] for unit in gold["units"]}
    persons = {person["name"] for person in gold["persons"]}
    for measure in gold["measures"]:
        for index in measure["addresses"]:
            if not 0 <= index < len(gold["issues"]):
                yield f"measure {measure['quote']!r} addresses issue {index} of {len(gold['issues'])}"
        for unit in set(measure["units"]) - units:
            yield f"measure {measure['quote']!r} names {unit!r}, which is not among the units"
    for case in gold["cases"]:
        for person in set(case["persons"]) - persons:
            yield f"case {case['quote']!r} names {person!r}, who is not among the persons"


def repeated(kind: str, records: list[dict[str, Any]], text: str) -> Iterator[str]:
    """Records entered more often than their words stand in the source."""
    counts = Counter(json.dumps([r[field] for field in IDENTITY[kind]], ensure_ascii=False) for r in records)
    for key, count in counts.items():
        words = json.loads(key)[0]
        if count > (text.count(squeeze(words)) if kind in ("issues", "measures", "references") else 1):
            yield f"{kind}: {words!r} is entered {count} times"


def gold_faults(gold: dict[str, Any], path: Path) -> Iterator[str]:
    """What is wrong with the gold of the document at `path`."""
    text, around = article(path), page(path)
    if gold["doc_type"] not in list(DocType):
        yield f"doc_type {gold['doc_type']!r} is not in the vocabulary"
    if gold["published"] is not None and not is_date(gold["published"], whole=True):
        yield f"published {gold['published']!r} is no date"
    for field in ("title", "publisher"):
        if squeeze(gold[field] or "") not in around:
            yield f"{field} {gold[field]!r} is not in the source"
    for kind in SHAPE:
        for record in gold[kind]:
            where = around if kind == "units" else text
            yield from (f"{kind}: {fault}" for fault in record_faults(kind, record, where))
        yield from repeated(kind, gold[kind], text)
    yield from link_faults(gold)


def load(folder: Path) -> dict[str, dict[str, Any]]:
    """The gold of a folder by the name of its file, in order of name."""
    return {path.name: json.loads(path.read_text("utf-8")) for path in sorted((folder / "gold").glob("*.json"))}


def manifest_of(folder: Path) -> list[dict[str, Any]]:
    """The manifest as it should be: one entry for every gold file, what is written by hand taken from the old one."""
    path = folder / "manifest.json"
    old = {entry["file"]: entry for entry in json.loads(path.read_text("utf-8"))} if path.exists() else {}
    return [
        {
            "file": f"reports/{gold['doc']}",
            "gold": f"gold/{name}",
            "doc_type": gold["doc_type"],
            "sector": old.get(f"reports/{gold['doc']}", {}).get("sector", ""),
            "difficulties": old.get(f"reports/{gold['doc']}", {}).get("difficulties", ""),
            "held_back": old.get(f"reports/{gold['doc']}", {}).get("held_back", False),
            "wave": old.get(f"reports/{gold['doc']}", {}).get("wave", LATEST_WAVE),
            "sha256": hashlib.sha256((folder / "reports" / gold["doc"]).read_bytes()).hexdigest(),
        }
        for name, gold in load(folder).items()
    ]


def folder_faults(folder: Path) -> Iterator[str]:
    """Sources without gold, types with too few documents, and a manifest that does not tell what is there."""
    golds = load(folder).values()
    sources = {path.name for path in (folder / "reports").iterdir()}
    for name in sorted(sources ^ {gold["doc"] for gold in golds}):
        yield f"{name}: source and gold are not a pair"
    counts = Counter(gold["doc_type"] for gold in golds)
    for doc_type in DocType if folder == CORPORA else ():
        if counts[doc_type] < FEWEST_OF_A_TYPE:
            yield f"{doc_type}: {counts[doc_type]} documents, at least {FEWEST_OF_A_TYPE} are wanted"
    path = folder / "manifest.json"
    if not path.exists() or json.loads(path.read_text("utf-8")) != manifest_of(folder):
        yield "manifest.json is out of date; run with --write-manifest"
    for entry in manifest_of(folder):
        if not entry["sector"] or not entry["difficulties"]:
            yield f"{entry['file']}: the manifest lacks its sector or difficulties"


def query_faults(folder: Path) -> Iterator[str]:
    """What is wrong with the queries and judgements of a folder; nothing where it has none."""
    if not (folder / "queries").is_dir():
        return
    try:
        queries = load_queries(folder / "queries")
        judgements = load_judgements(folder / "queries", queries)
    except InputError as exc:
        yield str(exc)
        return
    of_document: defaultdict[str, list[Judgement]] = defaultdict(list)
    for judgement in judgements:
        of_document[judgement.document].append(judgement)
    for query in queries:
        if query.document and not (folder / "reports" / query.document).is_file():
            yield f"query {query.id}: there is no document {query.document}"
    for name, judged in of_document.items():
        path = folder / "reports" / name
        text = squeeze(parse(path).text) if path.is_file() else ""
        for judgement in judged:
            if squeeze(judgement.quote) not in text:
                yield f"judgement of {judgement.query}: {judgement.quote!r} is not in {name}"


def paraphrase_faults(path: Path, golds: dict[str, dict[str, Any]]) -> Iterator[str]:
    """What is wrong with the paraphrases of the records of some documents."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for query, count in Counter(line["query"] for line in lines).items():
        if count > 1 or not query.strip():
            yield f"paraphrase {query!r} stands {count} times"
    for line in lines:
        records = golds.get(line["document"], {}).get(f"{line['kind']}s", [])
        if line["quote"] not in {record["quote"] for record in records}:
            yield f"{line['document']} has no {line['kind']} {line['quote']!r}"
        if line["query"] == line["quote"]:
            yield f"{line['quote']!r} is no paraphrase of itself"


def faults(folder: Path) -> list[str]:
    """Everything that is wrong with a folder of reports, empty when nothing is."""
    found = [*folder_faults(folder), *query_faults(folder)]
    if folder == CORPORA / "features":
        golds = {gold["doc"]: gold for gold in load(folder).values()}
        found += paraphrase_faults(CORPORA / "paraphrases" / "pairs.jsonl", golds)
    for gold in load(folder).values():
        path = folder / "reports" / gold["doc"]
        if path.exists():
            found += [f"{gold['doc']}: {fault}" for fault in gold_faults(gold, path)]
    return found


def table(folder: Path) -> str:
    """Documents, characters and records by type of document, as Markdown."""
    columns = ["documents", "characters", *SHAPE]
    rows = {str(doc_type): Counter[str]() for doc_type in DocType} | {"total": Counter[str]()}
    for gold in load(folder).values():
        counts = Counter({kind: len(gold[kind]) for kind in SHAPE})
        counts |= Counter(documents=1, characters=len(parse(folder / "reports" / gold["doc"]).text))
        rows[gold["doc_type"]] += counts
        rows["total"] += counts
    lines = [["doc_type", *columns], ["---", *["---:"] * len(columns)]]
    lines += [[name, *(str(counts[column]) for column in columns)] for name, counts in rows.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> int:
    """Run the check; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description="Check sample reports against their gold and count their records.")
    parser.add_argument("folder", type=Path, nargs="?", help="default: corpora and the folders in it")
    parser.add_argument("--write-manifest", action="store_true", help="bring manifest.json up to date first")
    options = parser.parse_args()
    folders = [options.folder] if options.folder else FOLDERS
    found = []
    for folder in folders:
        if options.write_manifest:
            text = json.dumps(manifest_of(folder), ensure_ascii=False, indent=1)
            (folder / "manifest.json").write_text(text + "\n", "utf-8")
        found += faults(folder)
    print("\n".join(found) if found else "\n\n".join(map(table, folders)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
