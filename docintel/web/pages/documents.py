"""文档: the list of documents; each with its text and records, its pages, the documents like it, its file."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from docintel.schema import DocType, Extraction, Filters
from docintel.schema.serial import extraction_to_dict
from docintel.store.browsing import ORDERS
from docintel.web.accounts import Role
from docintel.web.audit import Action
from docintel.web.finding import Word
from docintel.web.marking import MARKED, Mark, marked_blocks
from docintel.web.page import Page
from docintel.web.pages.corrections import review_of
from docintel.web.pages.search import address
from docintel.web.rendering import attachment, render, words_of
from docintel.web.security import Reader, audit
from docintel.web.state import state_of
from docintel.web.summaries import summaries

html, json = APIRouter(), APIRouter(tags=["documents"])
PAGE = Page(name="documents", path="/documents", html=html, json=json)
_PAGE_SIZE = 50
_SIMILAR = 8
_PAGES_SHOWN = 20

#: The start of a document's id, enough of it to mean one; never a name or a path.
DocumentId = Annotated[str, Path(pattern="^[0-9a-f]{8,64}$")]
Order = StrEnum("Order", {name.upper(): name for name in ORDERS})  # type: ignore[misc]


class Listed(BaseModel):
    """What the address of a list of documents says."""

    model_config = ConfigDict(frozen=True)

    q: Annotated[str, Field(default="", max_length=200)]
    type: Word
    region: Word
    category: Word
    since: Word
    until: Word
    order: Order = Order("newest")
    page: Annotated[int, Field(default=1, ge=1, le=1_000_000)]

    def query(self, page: int) -> str:
        """The query of the address of another page."""
        values = self.model_dump(mode="json", exclude_defaults=True) | {"page": page}
        return urlencode({name: value for name, value in values.items() if value is not None})


class Shown(BaseModel):
    """What the address of a document says: a passage to be marked, or that its pages are wanted, and from which on."""

    model_config = ConfigDict(frozen=True)

    start: Annotated[int, Field(default=0, ge=0)]
    end: Annotated[int, Field(default=0, ge=0)]
    pages: bool = False
    page: Annotated[int, Field(default=1, ge=1)]

    def passage(self) -> list[Mark]:
        """The mark of the passage; none when there is none."""
        return [Mark(self.start, self.end, "passage", "passage", first=True)] if self.end > self.start else []


@html.get("/documents")
def list_page(request: Request, visitor: Reader, asked: Annotated[Listed, Query()]) -> Response:
    """Every document, or those with some words in their names."""
    count, rows = _list(request, asked)
    pages = max(1, -(-count // _PAGE_SIZE))
    values: dict[str, Any] = {"asked": asked, "rows": rows, "count": count, "pages": pages}
    return render(request, "documents/list.html", **values, orders=list(Order), doc_types=list(DocType))


@html.get("/documents/{document}")
def document_page(
    request: Request,
    visitor: Reader,
    document: DocumentId,
    asked: Annotated[Shown, Query()],
) -> Response:
    """A document: its text with every record in its place, or its pages as they look."""
    with state_of(request).libraries.borrow() as library:
        extraction = library.extraction(document)
        sources = library.sources(document)
        review = review_of(library, extraction.document.id)
    audit(request, Action.VIEW, extraction.document.id, source=extraction.document.source)
    has_pages = _has_pages(extraction)
    shown = _pages(extraction, asked.page) if asked.pages and has_pages else None
    return render(
        request,
        "documents/document.html",
        extraction=extraction,
        document=extraction.document,
        blocks=[] if shown else list(marked_blocks(extraction, asked.passage())),
        records=summaries(extraction, words_of(request)),
        marked_kinds=MARKED,
        sources=sources,
        review=review,
        may_correct=visitor.may(Role.EDITOR),
        has_pages=has_pages,
        shown_pages=shown,
        page=asked.page,
        pages_shown=_PAGES_SHOWN,
    )


@html.get("/documents/{document}/similar")
def similar_piece(request: Request, visitor: Reader, document: DocumentId) -> Response:
    """The documents most like it; a piece of the page, for it takes a moment."""
    with state_of(request).libraries.borrow() as library:
        hits = library.similar(library.extraction(document).document.id, top_k=_SIMILAR)
    return render(request, "documents/similar.html", hits=hits, address=address)


@html.get("/documents/{document}/records/{kind}/{number}")
def explain_piece(request: Request, visitor: Reader, document: DocumentId, kind: str, number: int) -> Response:
    """Why a record is as it is; a piece of the page."""
    explanation = _explain(request, document, f"{kind}/{number}")
    return render(request, "documents/explanation.html", explanation=explanation, kind=kind)


@html.get("/documents/{document}/pages/{number}.png")
def page_image(
    request: Request, visitor: Reader, document: DocumentId, number: Annotated[int, Path(ge=1, le=100_000)]
) -> Response:
    """How a page looks."""
    with state_of(request).libraries.borrow() as library:
        image = library.page(document, number)
    return Response(image.png, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


@html.get("/documents/{document}/original")
def original(request: Request, visitor: Reader, document: DocumentId) -> Response:
    """The file as it was read, to download: never shown by the browser, whatever is in it."""
    with state_of(request).libraries.borrow() as library:
        found = library.extraction(document).document
        data = library.original(found.id)
    audit(request, Action.DOWNLOAD, found.id, source=found.source)
    return attachment(found.source, data)


@json.get("/documents")
def list_documents(request: Request, visitor: Reader, asked: Annotated[Listed, Query()]) -> dict[str, Any]:
    """How many documents there are, and a page of fifty of them."""
    count, rows = _list(request, asked)
    return {"total": count, "page": asked.page, "documents": rows}


@json.get("/documents/{document}")
def get_document(request: Request, visitor: Reader, document: DocumentId) -> dict[str, Any]:
    """A document with its text and all records, as `docintel show --json`."""
    with state_of(request).libraries.borrow() as library:
        extraction = library.extraction(document)
    audit(request, Action.VIEW, extraction.document.id, source=extraction.document.source)
    return extraction_to_dict(extraction) | {"id": extraction.document.id, "text": extraction.document.text}


@json.get("/documents/{document}/sources")
def get_sources(request: Request, visitor: Reader, document: DocumentId) -> list[dict[str, Any]]:
    """The documents that are sources of the same work, itself included, the leading one first."""
    with state_of(request).libraries.borrow() as library:
        return library.sources(document)


@json.get("/documents/{document}/similar")
def get_similar(request: Request, visitor: Reader, document: DocumentId) -> list[dict[str, Any]]:
    """The documents most like it, best first."""
    with state_of(request).libraries.borrow() as library:
        return [asdict(hit) for hit in library.similar(library.extraction(document).document.id, top_k=_SIMILAR)]


@json.get("/documents/{document}/records/{kind}/{number}")
def explain_record(
    request: Request, visitor: Reader, document: DocumentId, kind: str, number: Annotated[int, Path(ge=0)]
) -> dict[str, Any]:
    """Which rules and models made a record, from which words."""
    return _explain(request, document, f"{kind}/{number}")


def _list(request: Request, asked: Listed) -> tuple[int, list[dict[str, Any]]]:
    filters = Filters(
        doc_type=asked.type, region=asked.region, category=asked.category, since=asked.since, until=asked.until
    )
    with state_of(request).libraries.borrow() as library:
        return library.browse(
            asked.q, filters, order=asked.order, offset=_PAGE_SIZE * (asked.page - 1), limit=_PAGE_SIZE
        )


def _explain(request: Request, document: str, record: str) -> dict[str, Any]:
    state = state_of(request)
    return state.explanations.explain(state.libraries, document, record)


def _has_pages(extraction: Extraction) -> bool:
    """Whether the pages can be drawn: formats with pages tell where on them a block stands."""
    return bool(extraction.document.pages) and any(block.box for block in extraction.document.blocks)


def _pages(extraction: Extraction, first: int) -> list[int]:
    """Numbers of the pages shown together."""
    last = extraction.document.pages or 0
    return list(range(min(first, last), min(last, first + _PAGES_SHOWN - 1) + 1))
