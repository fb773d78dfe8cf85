"""Gold records as an extraction, so that a library can be filled with what is there instead of what was read.

In: a gold file's JSON and its document. Out: an extraction; its quotes are found in the document. And its issues as
queries that its measures answer.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from docintel.errors import InputError
from docintel.evaluation.judged import GRADES, Judgement, Query, Task, squeeze
from docintel.schema import DocType, Document, Extraction, HitKind
from docintel.schema.serial import record_from_dict

#: Gold has no places for the words inside a check, and nothing here asks for checks.
_KINDS = {
    "statistics": "quote",
    "units": "name",
    "persons": "name",
    "cases": "quote",
    "issues": "quote",
    "measures": "quote",
    "references": "quote",
}


def gold_extraction(gold: Mapping[str, Any], document: Document) -> Extraction:
    """The records of a gold file, found in its document; a unit or person that only the page names is left out.

    Raises:
        InputError: the document does not say what gold quotes.
    """
    found = {}
    for kind, words in _KINDS.items():
        placed = ((record, places(document.text, record[words])) for record in gold.get(kind, ()))
        found[kind] = tuple(
            record_from_dict(kind, record | {"start": spans[0][0], "end": spans[0][1]}, document)
            for record, spans in placed
            if _said(kind, record[words], spans, document)
        )
    return Extraction(document=document, doc_type=DocType(gold["doc_type"]), **found)  # type: ignore[arg-type]


def _said(kind: str, words: str, spans: list[tuple[int, int]], document: Document) -> bool:
    if not spans and _KINDS[kind] == "quote":
        raise InputError(
            f"{document.source} 中没有“{words}”。 {document.source} does not say {words!r}.",
            hint="标注与文档不一致，请核对。 The gold is not of this document: check both.",
        )
    return bool(spans)


def places(text: str, quote: str) -> list[tuple[int, int]]:
    """Every `start, end` at which a text says a quote; white space may differ."""
    solid = [place for place, char in enumerate(text) if not char.isspace()]
    letters, wanted = squeeze(text), squeeze(quote)
    found, at = [], letters.find(wanted)
    while wanted and at >= 0:
        found.append((solid[at], solid[at + len(wanted) - 1] + 1))
        at = letters.find(wanted, at + 1)
    return found


def issues_asked(golds: Iterable[Mapping[str, Any]]) -> tuple[list[Query], list[Judgement]]:
    """Each issue that measures address as a query for measures, and these as what answers it."""
    queries, judgements = [], []
    for gold in golds:
        for number, issue in enumerate(gold["issues"]):
            tied = dict.fromkeys(each["quote"] for each in gold["measures"] if number in each["addresses"])
            if not tied:
                continue
            name = f"{gold['doc']}/{number}"
            queries.append(Query(id=name, task=Task.SEARCH, query=issue["quote"], kind=HitKind.MEASURE))
            judgements += [
                Judgement(query=name, document=gold["doc"], quote=quote, grade=max(GRADES)) for quote in tied
            ]
    return queries, judgements
