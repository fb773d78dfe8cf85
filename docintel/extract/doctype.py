"""Tell what kind of text a document is: first from its title, then from how it opens and is laid out."""

import re
from functools import cache

from docintel.extract.language import lexicon
from docintel.schema import DocType, Document
from docintel.text.normalize import fold

_OPENING = 400


@cache
def _rules() -> tuple[tuple[DocType, dict[str, re.Pattern[str]], int], ...]:
    return tuple(
        (
            DocType(row["doc_type"]),
            {part: re.compile(row[part], re.MULTILINE) for part in ("title", "opening", "body") if part in row},
            row.get("lines", 1),
        )
        for row in lexicon.load("doctype")["rule"]
    )


def classify(document: Document) -> DocType:
    """The document's type; `news` when nothing says otherwise, `other` for a document without text."""
    body = fold(document.main_text)
    if not body:
        return DocType.OTHER
    parts = {"title": fold(document.title), "opening": body[:_OPENING], "body": body}
    for doc_type, patterns, lines in _rules():
        if all(sum(1 for _ in pattern.finditer(parts[part])) >= lines for part, pattern in patterns.items()):
            return doc_type
    return DocType.NEWS
