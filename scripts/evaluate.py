"""Score extraction against gold, and print a table.

In: a folder with `reports/` and `gold/*.json`; `corpora` unless another is named. Out: precision, recall and F1 of each
record type, and how often the fields of matched records are right: first of the documents that rules were written with,
then of those that the manifest holds back from that. `--json` writes the figures of both.
"""

import argparse
import json
from collections.abc import Container
from pathlib import Path

from docintel.evaluate import Report, score_extractions
from docintel.extract.pipeline import extract
from docintel.parse.sandbox import parse
from docintel.schema.serial import extraction_to_dict

CORPORA = Path(__file__).resolve().parent.parent / "corpora"


def held_back(folder: Path) -> set[str]:
    """Names of the gold files that nobody wrote rules with; none where the folder has no manifest."""
    path = folder / "manifest.json"
    entries = json.loads(path.read_text("utf-8")) if path.exists() else []
    return {Path(entry["gold"]).name for entry in entries if entry.get("held_back")}


def evaluate(folder: Path, names: Container[str]) -> Report:
    """Extract the reports of a folder whose gold has one of these names, and compare them with it."""
    paths = [path for path in sorted((folder / "gold").glob("*.json")) if path.name in names]
    golds = [json.loads(path.read_text("utf-8")) for path in paths]
    return score_extractions(
        (extraction_to_dict(extract(parse(folder / "reports" / gold["doc"]))), gold) for gold in golds
    )


def evaluate_both(folder: Path) -> dict[str, Report]:
    """The report of the documents that rules were written with, and that of those held back, where there are any."""
    kept = held_back(folder)
    names = {path.name for path in (folder / "gold").glob("*.json")}
    groups = {"written with": names - kept, "held back": names & kept}
    return {group: evaluate(folder, members) for group, members in groups.items() if members}


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
    reports = evaluate_both(options.folder)
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
