"""Queries and judgements: what people ask, and how well passages and measures answer it.

In: a folder with `queries.jsonl` and `judgements.jsonl`, one JSON object a line. Out: both, checked.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from docintel.errors import InputError, NotFoundError
from docintel.files import write_whole
from docintel.schema import Filters, HitKind

QUERIES, JUDGEMENTS = "queries.jsonl", "judgements.jsonl"
#: 3 exactly what is asked, 2 useful, 1 of the same field, 0 of no use.
GRADES = (0, 1, 2, 3)
#: The least grade that counts as an answer where answers are counted and not weighed.
USEFUL = 2
_FORM = "格式见 corpora/queries/README.md。 The form of both files is told there."


class Task(StrEnum):
    """What a query asks for: passages to read, or measures against a problem."""

    SEARCH = "search"
    SUGGEST = "suggest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question to a library.

    Attributes:
        query: what the user types.
        style: figures are told apart by it: `exact` shares words with the documents, `paraphrase` has others.
        note: what the asker wants, for the judge.
        kind: what a search looks for; a suggestion looks for measures.
        filters: of a search.
        document: name of the file that the query comes from, which is not to answer it.
        answerable: False where nothing comparable is there, and the right answer is none.
    """

    id: str
    task: Task
    query: str
    style: str = ""
    note: str = ""
    kind: HitKind = HitKind.PASSAGE
    filters: Filters = field(default_factory=Filters)
    document: str | None = None
    answerable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How well some words of a document answer a query.

    Attributes:
        query: id of the query.
        document: name of the file.
        quote: words of it; white space does not count.
        grade: one of `GRADES`.
    """

    query: str
    document: str
    quote: str
    grade: int


def load_queries(folder: Path) -> list[Query]:
    """The queries of a folder, in the order of the file.

    Raises:
        NotFoundError: there are none.
        InputError: a line is no query, or an id is there twice.
    """
    path = folder / QUERIES
    if not path.is_file():
        raise NotFoundError(f"{folder} 中没有 {QUERIES}。 There is no {QUERIES} in {folder}.", hint=_FORM)
    queries = [query for _, query in _read(path, _query)]
    ids = [query.id for query in queries]
    if twice := next((id_ for id_ in ids if ids.count(id_) > 1), None):
        raise InputError(f"{path}：{twice} 重复。 The id {twice} is there twice.", hint=_FORM)
    if not queries:
        raise NotFoundError(f"{path} 中没有查询。 There is no query in {path}.", hint=_FORM)
    return queries


def load_judgements(folder: Path, queries: Sequence[Query]) -> list[Judgement]:
    """The judgements of a folder, in the order of the file; none where nobody has judged yet.

    Raises:
        InputError: a line is no judgement, is of no query, or judges words anew.
    """
    path = folder / JUDGEMENTS
    if not path.is_file():
        return []
    judgements = list(_read(path, _judgement))
    for place, what in _wrong([judgement for _, judgement in judgements], queries):
        raise _fault(path, judgements[place][0], what)
    return [judgement for _, judgement in judgements]


def save_judgements(folder: Path, judgements: Sequence[Judgement], queries: Sequence[Query]) -> None:
    """Write judgements, by query, document and words.

    Raises:
        InputError: one could not be read again; nothing is written.
    """
    path = folder / JUDGEMENTS
    ordered = sorted(judgements, key=lambda each: (each.query, each.document, each.quote))
    for place, what in _wrong(ordered, queries):
        raise _fault(path, place + 1, what)
    rows = ({field.name: getattr(each, field.name) for field in fields(Judgement)} for each in ordered)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_whole(path, text.encode())


def _wrong(judgements: Sequence[Judgement], queries: Sequence[Query]) -> Iterator[tuple[int, str]]:
    """Judgements that do not fit the queries or each other, by place, and why."""
    known = {query.id: query for query in queries}
    seen: set[tuple[str, str, str]] = set()
    for place, each in enumerate(judgements):
        key = (each.query, each.document, squeeze(each.quote))
        if each.query not in known:
            yield place, f"没有查询 {each.query}。 There is no query {each.query}."
        elif key in seen:
            yield place, f"{each.query} 重复评定 {each.quote!r}。 These words are judged before."
        elif not known[each.query].answerable and each.grade >= USEFUL:
            yield place, f"{each.query} 标为无答案，却有答案。 It has an answer and is marked not answerable."
        seen.add(key)


def squeeze(text: str) -> str:
    """The text without white space: the form in which quotes are compared."""
    return "".join(text.split())


_Read = TypeVar("_Read")


def _read(path: Path, make: Callable[[Mapping[str, Any]], _Read]) -> Iterator[tuple[int, _Read]]:
    """What the lines of a file say, each with its number; empty lines say nothing."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield number, make(dict(json.loads(line)))
        except (KeyError, TypeError, ValueError) as exc:
            raise _fault(path, number, f"无法读取 cannot be read: {exc}") from exc


def _query(data: Mapping[str, Any]) -> Query:
    values = dict(data)
    values["task"] = Task(values["task"])
    values["filters"] = Filters(**values.get("filters", {}))
    values["kind"] = HitKind.MEASURE if values["task"] is Task.SUGGEST else HitKind(values.get("kind", HitKind.PASSAGE))
    query = Query(**values)
    if query.kind is HitKind.DOCUMENT:
        raise ValueError("documents are not judged, their passages are")
    if not query.id or not query.query.strip():
        raise ValueError("id and query must not be empty")
    return query


def _judgement(data: Mapping[str, Any]) -> Judgement:
    judgement = Judgement(**data)
    if type(judgement.grade) is not int or judgement.grade not in GRADES:
        raise ValueError(f"grade {judgement.grade!r} is none of {GRADES}")
    if not squeeze(judgement.quote):
        raise ValueError("the quote is empty")
    return judgement


def _fault(path: Path, number: int, what: str) -> InputError:
    return InputError(f"{path} 第 {number} 行：{what} (line {number})", hint=_FORM)
