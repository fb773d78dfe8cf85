"""Score extraction against gold, and print a table.

In: a folder with `reports/` and `gold/*.json`; `corpora` unless another is named. Out: precision, recall and F1 of each
record type, and how often the fields of matched records are right. `--json` writes the figures.
"""

import argparse
import json
from pathlib import Path

from docintel.evaluate import Report, score_extractions
from docintel.extract.pipeline import extract
from docintel.parse.sandbox import parse
from docintel.schema.serial import extraction_to_dict

CORPORA = Path(__file__).resolve().parent.parent / "corpora"


def evaluate(folder: Path) -> Report:
    """Extract every report of a folder and compare it with its gold."""
    golds = [json.loads(path.read_text("utf-8")) for path in sorted((folder / "gold").glob("*.json"))]
    return score_extractions(
        (extraction_to_dict(extract(parse(folder / "reports" / gold["doc"]))), gold) for gold in golds
    )


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
    report = evaluate(options.folder)
    print("| records | gold | precision | recall | F1 | right fields of matched records |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for kind, score in report.records.items():
        fields = [f"{n.split('.')[1]} {report.accuracy(n):.2f}" for n in report.fields if n.startswith(f"{kind}.")]
        row = f"| {kind} | {score.gold} | {score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f} |"
        print(f"{row} {', '.join(fields)} |")
    if options.json:
        options.json.write_text(json.dumps(figures(report), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
