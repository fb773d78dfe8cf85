"""How well arithmetic proof-reading finds errors: plant one in each relation of our own documents, and look for it.

In: folders of reports; `corpora/reports` unless others are named. Out: a table of relations that hold in the untouched
documents, in how many of them it was found that the checked figure was made smaller by one of its first two digits, and
the alarms that untouched documents gave.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from docintel.extract.pipeline import extract
from docintel.parse.sandbox import parse
from docintel.schema import Check, Document, Relation

CORPORA = Path(__file__).resolve().parent.parent / "corpora" / "reports"


def with_wrong_figure(document: Document, check: Check) -> Document | None:
    """The document with the figure that is checked made smaller by one of its first two digits.

    None where no such digit stands in its words, or where a whole would still be no less than its part.
    """
    start, end = check.evidence.start, check.evidence.end
    numbers = re.finditer(r"\d+(?:,\d{3})*(?:\.\d+)?", document.text[start:end])
    written = next((number for number in numbers if _is_stated(number[0], check.stated)), None)
    at = next((i for i in range(2) if written and written[0][i : i + 1] > "10"[i]), None)
    if written is None or at is None or not written[0][at].isdigit():
        return None
    digit = written.start() + start + at
    lowered = written[0][:at] + str(int(written[0][at]) - 1) + written[0][at + 1 :]
    smaller = check.stated * float(lowered.replace(",", "")) / float(written[0].replace(",", ""))
    if check.relation is Relation.AT_MOST and smaller >= check.computed:
        return None
    return replace(document, text=document.text[:digit] + lowered[at] + document.text[digit + 1 :])


def _is_stated(written: str, stated: float) -> bool:
    number = float(written.replace(",", ""))
    return any(abs(number * scale - stated) < 1e-6 * stated for scale in (1, 10_000, 100_000_000))


def planted(paths: Sequence[Path]) -> Iterator[tuple[Check, bool]]:
    """Every relation that holds, and whether it is reported when its figure is wrong."""
    for path in paths:
        document = parse(path)
        for check in extract(document).checks:
            changed = with_wrong_figure(document, check) if check.holds else None
            if changed is None:
                continue
            broken = [other.evidence for other in extract(changed).checks if not other.holds]
            places = (check.evidence, *check.against)
            yield check, any(one.start < other.end and other.start < one.end for one in broken for other in places)


def alarms(paths: Sequence[Path]) -> list[Check]:
    """Contradictions reported of untouched documents, but for those that annotators saw as well."""
    return [
        check
        for path in paths
        for check in extract(parse(path)).checks
        if not check.holds and check.evidence.quote not in _seen_by_annotators(path)
    ]


def _seen_by_annotators(path: Path) -> set[str]:
    gold = path.parent.parent / "gold" / f"{path.stem}.json"
    checks = json.loads(gold.read_text("utf-8"))["checks"] if gold.exists() else []
    return {check["quote"] for check in checks if not check["holds"]}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Plant errors in figures and look for them.")
    parser.add_argument("folders", type=Path, nargs="*", default=[CORPORA], help="default: corpora/reports")
    options = parser.parse_args()
    paths = [path for folder in options.folders for path in sorted(folder.iterdir()) if path.is_file()]
    all_planted, found = Counter[str](), Counter[str]()
    for check, is_found in planted(paths):
        all_planted[check.relation] += 1
        found[check.relation] += is_found
    print("| relation | planted | found |\n| --- | ---: | ---: |")
    for relation, number in sorted(all_planted.items()):
        print(f"| {relation} | {number} | {found[relation]} |")
    print(f"| all | {all_planted.total()} | {found.total()} |")
    false = alarms(paths)
    print(f"\n{len(paths)} untouched documents: {len(false)} false contradictions")
    for check in false:
        print(f"  {check.relation}: {check.evidence.quote} | {' ; '.join(quote.quote for quote in check.against)}")


if __name__ == "__main__":
    main()
