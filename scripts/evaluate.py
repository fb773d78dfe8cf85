"""Score extraction against gold, and print a table.

In: a folder with `reports/` and `gold/*.json`; `corpora` unless another is named. Out: precision, recall and F1 of each
record type, and how often the fields of matched records are right, for each group of documents (`GROUPS`). `--json`
writes the figures.
"""

import argparse
import json
from collections.abc import Container
from pathlib import Path

from docintel.evaluation.extraction import Report, score_extractions
from docintel.extract.pipeline import extract
from docintel.parse.sandbox import parse
from docintel.schema.serial import extraction_to_dict

CORPORA = Path(__file__).resolve().parent.parent / "corpora"


#: By wave and by whether they are held back, what documents served for: rules were written with those of the first wave
#: and mended by the later ones, models learn from all that are not held back.
GROUPS = {
    (1, False): "rules",
    (2, False): "learning",
    (3, False): "learning",
    (4, False): "learning",
    (5, False): "learning",
    (1, True): "held back 1",
    (2, True): "held back 2",
    (4, True): "held back 3",
}


def groups(folder: Path) -> dict[str, set[str]]:
    """Names of the gold files of each group; all as one group where there is no manifest."""
    path = folder / "manifest.json"
    if not path.exists():
        return {"all": {path.name for path in (folder / "gold").glob("*.json")}}
    found: dict[str, set[str]] = {group: set() for group in GROUPS.values()}
    for entry in json.loads(path.read_text("utf-8")):
        found[GROUPS[entry["wave"], entry["held_back"]]].add(Path(entry["gold"]).name)
    return found


def evaluate(folder: Path, names: Container[str]) -> Report:
    """Extract the reports of a folder whose gold has one of these names, and compare them with it."""
    paths = [path for path in sorted((folder / "gold").glob("*.json")) if path.name in names]
    golds = [json.loads(path.read_text("utf-8")) for path in paths]
    return score_extractions(
        (extraction_to_dict(extract(parse(folder / "reports" / gold["doc"]))), gold) for gold in golds
    )


def evaluate_all(folder: Path) -> dict[str, Report]:
    """The report of each group of documents."""
    return {group: evaluate(folder, names) for group, names in groups(folder).items() if names}


def figures(report: Report) -> dict[str, float]:
    """F1 by record type and accuracy by field, to three decimals."""
    out = {kind: round(score.f1, 3) for kind, score in report.records.items()}
    return out | {name: round(report.accuracy(name), 3) for name in sorted(report.fields)}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Score extraction against gold.")
    parser.add_argument("folder", type=Path, nargs="?", default=CORPORA, help="default: corpora")
    parser.add_argument("--json", type=Path, help="write F1 and accuracies to this file")
    options = parser.parse_args()
    reports = evaluate_all(options.folder)
    print("| records | documents | gold | precision | recall | F1 | right fields of matched records |")
    print("| --- | --- | ---: | ---: | ---: | ---: | --- |")
    for group, report in reports.items():
        for kind, score in report.records.items():
            fields = [f"{n.split('.')[1]} {report.accuracy(n):.2f}" for n in report.fields if n.startswith(f"{kind}.")]
            row = f"| {kind} | {group} | {score.gold} | {score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f} |"
            print(f"{row} {', '.join(fields)} |")
    if options.json:
        written = {group: figures(report) for group, report in reports.items()}
        options.json.write_text(json.dumps(written, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
