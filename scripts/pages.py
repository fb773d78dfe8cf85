#!/usr/bin/env python
"""Annotations of public web pages, kept without the pages' words.

The pages are not ours to give away, the annotations are: `corpora/pages/gold` has for each page the gold of the
annotation guide, in which words of the page stand as their length and a hash, keyed by the page itself. Whoever has the
pages gets the words back, and nobody else: not even names, of which lists could be tried.

    python scripts/pages.py unpack PAGES OUT               # gold and pages to learn from: OUT/gold, OUT/reports
    python scripts/pages.py unpack PAGES OUT --held-back   # those that nobody learns from or writes rules by
    python scripts/pages.py pack GOLD PAGES                # bring corpora/pages/gold up to date with gold in words
"""

import argparse
import json
import re
import shutil
import sys
from collections.abc import Callable
from hashlib import blake2s, sha256
from pathlib import Path
from typing import Any

from check_corpora import VERBATIM, squeeze

from docintel.parse.sandbox import parse

PACKED = Path(__file__).resolve().parent.parent / "corpora" / "pages"
#: Words of a page: how many characters, white space not counted, and a keyed BLAKE2s of them in UTF-8.
_MARK = re.compile(r"#(\d+):([0-9a-f]{8})")


class Words:
    """The words of a page by their marks.

    Args:
        page: the bytes of its file.
        text: what the parser reads from it.
    """

    def __init__(self, page: bytes, text: str) -> None:
        self._key = sha256(b"words of " + page).digest()
        self._text = squeeze(text)
        self._found: dict[int, dict[str, str]] = {}
        self.lost = 0

    def _hash(self, words: str) -> str:
        return blake2s(words.encode(), key=self._key, digest_size=4).hexdigest()

    def mark(self, words: str) -> str:
        """The mark of words that stand in the page; others are kept as they are."""
        plain = squeeze(words)
        return f"#{len(plain)}:{self._hash(plain)}" if plain in self._text else words

    def of(self, mark: str) -> str:
        """The words behind a mark; the mark where the page lacks them."""
        if not (parts := _MARK.fullmatch(mark)):
            return mark
        length = int(parts[1])
        if length not in self._found:
            windows = (self._text[at : at + length] for at in range(len(self._text) - length + 1))
            self._found[length] = {self._hash(window): window for window in windows}
        words = self._found[length].get(parts[2])
        self.lost += words is None
        return words or mark


def translated(gold: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The gold with the words of the page changed."""

    def changed(value: Any) -> Any:
        return [change(each) for each in value] if isinstance(value, list) else change(value) if value else value

    records = {
        kind: [record | {field: changed(record[field]) for field in fields} for record in gold[kind]]
        for kind, fields in VERBATIM.items()
        if kind in gold
    }
    return gold | records


def find(folder: Path, name: str) -> Path:
    """The page with this name in a folder or one below."""
    found = next(folder.rglob(name), None)
    if found is None:
        sys.exit(f"{folder} lacks {name}")
    return found


def pack(golds: Path, pages: Path) -> None:
    """Write gold without words; what the manifest says of a page is kept, a new one is there to learn from."""
    manifest = PACKED / "manifest.json"
    known = {entry["file"]: entry for entry in json.loads(manifest.read_text("utf-8"))} if manifest.exists() else {}
    (PACKED / "gold").mkdir(parents=True, exist_ok=True)
    for path in sorted(golds.glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        page = find(pages, gold["doc"])
        packed = translated(gold, Words(page.read_bytes(), parse(page).text).mark) | {"title": None}
        lines = [f'"{key}": {_listed(value) if key in VERBATIM else _compact(value)}' for key, value in packed.items()]
        (PACKED / "gold" / path.name).write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
        entry = {"file": gold["doc"], "gold": f"gold/{path.name}", "held_back": False}
        known[gold["doc"]] = known.get(gold["doc"], entry) | {"sha256": sha256(page.read_bytes()).hexdigest()}
    manifest.write_text(json.dumps([known[name] for name in sorted(known)], indent=1) + "\n", "utf-8")


def unpack(pages: Path, out: Path, *, held_back: bool) -> None:
    """Write gold in words beside the pages; says of which page words were not found."""
    for folder in ("gold", "reports"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for entry in json.loads((PACKED / "manifest.json").read_text("utf-8")):
        if entry["held_back"] is not held_back:
            continue
        page = find(pages, entry["file"])
        if sha256(page.read_bytes()).hexdigest() != entry["sha256"]:
            sys.exit(f"{page} is another version than the one that was annotated")
        document = parse(page)
        words = Words(page.read_bytes(), document.text)
        gold = translated(json.loads((PACKED / entry["gold"]).read_text("utf-8")), words.of)
        text = json.dumps(gold | {"title": document.title}, ensure_ascii=False, indent=1)
        (out / entry["gold"]).write_text(text + "\n", "utf-8")
        shutil.copy(page, out / "reports")
        if words.lost:
            print(f"{entry['file']}: {words.lost} words are not in what the parser reads", file=sys.stderr)


def _listed(records: list[dict[str, Any]]) -> str:
    """A record a line."""
    return "[" + ",\n ".join(map(_compact, records)) + "]"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    packing = commands.add_parser("pack", help="gold in words to corpora/pages")
    packing.add_argument("gold", type=Path)
    packing.add_argument("pages", type=Path)
    unpacking = commands.add_parser("unpack", help="corpora/pages to gold in words")
    unpacking.add_argument("pages", type=Path)
    unpacking.add_argument("out", type=Path)
    unpacking.add_argument("--held-back", action="store_true")
    given = parser.parse_args()
    if given.command == "pack":
        pack(given.gold, given.pages)
    else:
        unpack(given.pages, given.out, held_back=given.held_back)


if __name__ == "__main__":
    main()
