"""检索: one box for words or a paragraph; hits with facets, permanent addresses, export, saved searches."""

from contextlib import suppress
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from docintel.errors import NotFoundError
from docintel.exports.hits import hits_csv, hits_workbook
from docintel.index.marking import marked, wanted
from docintel.query import SYNTAX
from docintel.schema import HitKind
from docintel.web.audit import Action
from docintel.web.finding import Asked, Found, asked_of, find
from docintel.web.marking import anchor
from docintel.web.page import Page
from docintel.web.rendering import attachment, render
from docintel.web.security import Reader, audit
from docintel.web.state import state_of
from docintel.web.words import CHINESE, Words

html, json = APIRouter(), APIRouter(tags=["search"])
PAGE = Page(name="search", path="/search", html=html, json=json)
_NEWEST_DOCUMENTS = 6
_NAME_LENGTH = 24


class TableFormat(StrEnum):
    """How a result set is written."""

    XLSX = "xlsx"
    CSV = "csv"


@html.get("/search")
def search_page(request: Request, visitor: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The box, and what it found."""
    values: dict[str, Any] = {"asked": asked, "kinds": list(HitKind), "syntax": SYNTAX}
    if not asked.has_question:
        saved = state_of(request).searches.list(visitor.account)
        with state_of(request).libraries.borrow() as library:
            count, newest = library.browse(order="added", limit=_NEWEST_DOCUMENTS)
            new = {each.name: each.new for each in library.watches(visitor.account)}
        return render(request, "search/start.html", **values, saved=saved, new=new, count=count, newest=newest)
    found = _find(request, asked)
    return render(request, "search/results.html", **values, found=found, marked=marked, address=address)


@html.get("/search/export")
def export(request: Request, visitor: Reader, asked: Annotated[Asked, Query()], how: TableFormat) -> Response:
    """The whole result set as a file."""
    with state_of(request).libraries.borrow() as library:
        found = find(library, asked)
    audit(request, Action.EXPORT, asked.q, format=how, hits=len(found.hits), query=asked.query())
    name = f"检索结果-{asked.q[:_NAME_LENGTH]}-{date.today():%Y%m%d}.{how}"
    if how is TableFormat.CSV:
        return attachment(name, hits_csv(found.hits), "text/csv; charset=utf-8")
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return attachment(name, hits_workbook(found.hits, _asked_in_words(asked)), spreadsheet)


@html.post("/search/saved")
def save(
    request: Request,
    visitor: Reader,
    name: Annotated[str, Form(max_length=200)],
    query: Annotated[str, Form(max_length=20_000)],
) -> Response:
    """Save the search of an address for the account, and watch for what is new to it."""
    kept = state_of(request).searches.save(visitor.account, name, query)
    if asked := asked_of(_one_line(query)):
        with state_of(request).libraries.borrow() as library:
            library.watch(kept, asked.q, kind=asked.kind, filters=asked.filters, owner=visitor.account)
    audit(request, Action.CHANGE, name, saved_search=query)
    return RedirectResponse(f"/search?{_one_line(query)}", status_code=303)


@html.post("/search/saved/{number}/remove")
def remove_saved(request: Request, visitor: Reader, number: int) -> Response:
    """Delete a saved search of the account, with its watch."""
    removed = state_of(request).searches.remove(visitor.account, number)
    with state_of(request).libraries.borrow() as library, suppress(NotFoundError):  # saved before there were watches
        library.unwatch(removed.name, owner=visitor.account)
    audit(request, Action.CHANGE, str(number), saved_search="removed")
    return RedirectResponse("/search", status_code=303)


@html.get("/search/saved/{number}/new")
def new_hits(request: Request, visitor: Reader, number: int) -> Response:
    """What came since a saved search of the account was looked at last, a hit a document."""
    saved = state_of(request).searches.get(visitor.account, number)
    with state_of(request).libraries.borrow() as library:
        (news,) = library.news(saved.name, owner=visitor.account)
        query = library.understood(news.watch.query)
    words = wanted(query.text)
    return render(request, "search/new.html", saved=saved, hits=news.hits, marked=marked, marks=words, address=address)


@html.post("/search/saved/{number}/seen")
def mark_seen(request: Request, visitor: Reader, number: int) -> Response:
    """Note that the account has seen what is new to a saved search."""
    saved = state_of(request).searches.get(visitor.account, number)
    with state_of(request).libraries.borrow() as library:
        library.mark_seen(library.news(saved.name, owner=visitor.account))
    return RedirectResponse("/search", status_code=303)


@json.get("/search")
def search(request: Request, visitor: Reader, asked: Annotated[Asked, Query()]) -> dict[str, Any]:
    """Hits by words and meaning, a page of them, best first unless sorted otherwise; and what all of them share."""
    found = _find(request, asked)
    return {
        "total": len(found.hits),
        "page": asked.page,
        "pages": found.pages,
        "by_words": found.exact,
        "notes": found.query.notes,
        "hits": [asdict(hit) for hit in found.shown],
        "facets": {name: {each.value: each.count for each in values} for name, values in found.facets.items()},
    }


@json.get("/searches")
def saved_searches(request: Request, visitor: Reader) -> list[dict[str, Any]]:
    """The saved searches of the account, newest first, each with how many documents are new to it."""
    with state_of(request).libraries.borrow() as library:
        new = {each.name: each.new for each in library.watches(visitor.account)}
    return [asdict(each) | {"new": new.get(each.name, 0)} for each in state_of(request).searches.list(visitor.account)]


def address(hit: Any) -> str:
    """Where a hit stands: its document, at the record or the passage."""
    page = f"/documents/{hit.document}"
    if hit.kind in (HitKind.PASSAGE, HitKind.DOCUMENT):
        return f"{page}?start={hit.start}&end={hit.end}#passage"
    return f"{page}#{anchor(f'{hit.kind}s/{hit.ordinal}')}"


def _find(request: Request, asked: Asked) -> Found:
    with state_of(request).libraries.borrow() as library:
        found = find(library, asked)
    audit(request, Action.SEARCH, asked.q, kind=asked.kind, hits=len(found.hits), **asked.active())
    return found


def _asked_in_words(asked: Asked) -> dict[str, str]:
    """What was asked, for the second sheet of the workbook."""
    words = Words(CHINESE)
    said = {words("search.query"): asked.q, words("search.kind"): words(f"kind.{asked.kind}")}
    for name, value in asked.active().items():
        shown = words.doc_type(value) if name == "type" else words.category(value) if name == "category" else value
        said[words(f"filter.{name}")] = shown
    return said | {words("search.exported"): date.today().isoformat()}


def _one_line(query: str) -> str:
    return "".join(query.split())
