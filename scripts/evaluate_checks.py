"""How well arithmetic proof-reading finds errors: plant one in each relation of our own documents, and look for it.

In: folders of reports; `corpora/reports` unless others are named. Out: a table of relations that hold in the untouched
documents, in how many of them a wrong first digit of the checked figure was found, and the alarms that untouched
documents gave.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from docintel.extract.pipeline import extract
from docintel.parse.sandbox import parse
from docintel.schema import Check, Document

CORPORA = Path(__file__).resolve().parent.parent / "corpora" / "reports"


def with_wrong_figure(document: Document, check: Check) -> Document | None:
    """The document with another first digit in the figure that is checked; None where no digit stands in its words."""
    start, end = check.evidence.start, check.evidence.end
    written = f"{check.stated:g}"
    at = document.text.find(written, start, end)
    if at < 0:
        at = next((i for i in range(start, end) if document.text[i] in "123456789"), -1)
    if at < 0:
        return None
    other = str(int(document.text[at]) % 9 + 1)
    return replace(document, text=document.text[:at] + other + document.text[at + 1 :])


def planted(paths: Sequence[Path]) -> Iterator[tuple[Check, bool]]:
    """Every relation that holds, and whether it is reported when its figure is wrong."""
    for path in paths:
        document = parse(path)
        for check in extract(document).checks:
            changed = with_wrong_figure(document, check) if check.holds else None
            if changed is None:
                continue
            places = {(evidence.start, evidence.end) for evidence in (check.evidence, *check.against)}
            broken = [other for other in extract(changed).checks if not other.holds]
            yield check, any((other.evidence.start, other.evidence.end) in places for other in broken)


def alarms(paths: Sequence[Path]) -> list[Check]:
    """Contradictions reported of untouched documents."""
    return [check for path in paths for check in extract(parse(path)).checks if not check.holds]


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
    print(f"\n{len(paths)} untouched documents: {len(false)} contradictions")
    for check in false:
        print(f"  {check.relation}: {check.evidence.quote} | {' ; '.join(quote.quote for quote in check.against)}")


if __name__ == "__main__":
    main()
