"""更正: what people say of records: change, confirm, reject, add, review; and the list of all, to undo."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import FormData

from docintel.errors import NotFoundError, QueryError
from docintel.library import Library
from docintel.schema import RECORD_TYPES, CorrectionAction, CorrectionResult, Extraction
from docintel.web.accounts import Role
from docintel.web.audit import Action
from docintel.web.forms import CORRECTABLE, PREFIX, changed_fields, differences, form_fields, said
from docintel.web.marking import anchor
from docintel.web.page import Page
from docintel.web.rendering import render, words_of
from docintel.web.security import Editor, audit
from docintel.web.state import state_of

html, json = APIRouter(), APIRouter(tags=["corrections"])
PAGE = Page(name="corrections", path="/corrections", role=Role.EDITOR, html=html, json=json)
_PAGE_SIZE = 50
_STATES = ("stands", "undone", "carried", "lost")

_DocumentId = Annotated[str, Path(pattern="^[0-9a-f]{8,64}$")]
_Number = Annotated[int, Path(ge=0, le=1_000_000)]


class Added(BaseModel):
    """What the address of the form for another record says: the words, where they stand, of which type it is."""

    model_config = ConfigDict(frozen=True)

    kind: str = "issues"
    quote: Annotated[str, Field(default="", max_length=2000)]
    start: Annotated[int | None, Field(default=None, ge=0)]


class AskedCorrections(BaseModel):
    """What the address of the list says: a state, words of the quote, file, note or person, a page."""

    model_config = ConfigDict(frozen=True)

    state: Annotated[str, Field(default="", max_length=20)]
    q: Annotated[str, Field(default="", max_length=200)]
    page: Annotated[int, Field(default=1, ge=1, le=100_000)]

    def query(self, page: int) -> str:
        """The query of the address of another page."""
        return urlencode({"state": self.state, "q": self.q, "page": page})


class Correcting(BaseModel):
    """What is said of a record: as `docintel correct` takes it."""

    kind: str = ""
    action: CorrectionAction
    ordinal: Annotated[int | None, Field(default=None, ge=0)]
    quote: Annotated[str | None, Field(default=None, max_length=4000)]
    start: Annotated[int | None, Field(default=None, ge=0)]
    fields: dict[str, Any] = {}
    note: Annotated[str, Field(default="", max_length=500)]
    dry_run: bool = False


async def _sent_form(request: Request) -> FormData:
    return await request.form()


_Sent = Annotated[FormData, Depends(_sent_form)]


@html.get("/documents/{document}/records/{kind}/{number}/correct")
def correct_page(request: Request, visitor: Editor, document: _DocumentId, kind: str, number: _Number) -> Response:
    """The form that corrects a record; a piece of the page for htmx, a page without."""
    with state_of(request).libraries.borrow() as library:
        extraction = library.extraction(document)
    _check_number(extraction, kind, number)
    # Checks follow from the statistics: they are confirmed or rejected, and have no fields to set.
    fields = form_fields(extraction, kind, number, words_of(request)) if kind in CORRECTABLE else []
    quote = extraction.records(kind)[number].evidence.quote
    values: dict[str, Any] = {"kind": kind, "ordinal": number, "quote": quote, "fields": fields, "start": None}
    return render(request, "corrections/form.html", document=extraction.document, **values)


@html.get("/documents/{document}/add")
def add_page(request: Request, visitor: Editor, document: _DocumentId, asked: Annotated[Added, Query()]) -> Response:
    """The form that adds a record, about words that were selected or are given."""
    with state_of(request).libraries.borrow() as library:
        extraction = library.extraction(document)
    _check_kind(asked.kind)
    fields = form_fields(extraction, asked.kind, None, words_of(request), asked.quote)
    values: dict[str, Any] = {
        "kind": asked.kind,
        "ordinal": None,
        "quote": asked.quote,
        "start": asked.start,
        "fields": fields,
    }
    return render(request, "corrections/form.html", document=extraction.document, kinds=CORRECTABLE, **values)


@html.post("/documents/{document}/corrections")
def correct(request: Request, visitor: Editor, document: _DocumentId, sent: _Sent) -> Response:
    """Show what a correction would change; once that was seen, or where it changes nothing but the mark, make it."""
    confirmed = bool(sent.get("confirmed"))
    with state_of(request).libraries.borrow() as library:
        asked = _read_form(request, library.extraction(document), sent)
        result = _correct(request, library, document, asked, dry_run=not confirmed)
    if confirmed:
        return RedirectResponse(_place(result, asked), status_code=303)
    kept = [(name, str(value)) for name, value in sent.multi_items() if name != "csrf"]
    action = f"/documents/{result.document}/corrections"
    return _preview(request, [result], action, kept, back=f"/documents/{result.document}")


@html.get("/corrections")
def list_page(request: Request, visitor: Editor, asked: Annotated[AskedCorrections, Query()]) -> Response:
    """All corrections, newest first."""
    with state_of(request).libraries.borrow() as library:
        rows = _listed(library, asked)
    first, words = _PAGE_SIZE * (asked.page - 1), words_of(request)
    return render(
        request,
        "corrections/list.html",
        asked=asked,
        rows=[row | {"told": list(said(row, words))} for row in rows[first : first + _PAGE_SIZE]],
        count=len(rows),
        pages=max(1, -(-len(rows) // _PAGE_SIZE)),
        states=_STATES,
    )


@html.get("/corrections/{number}/undo")
def undo_page(request: Request, visitor: Editor, number: _Number) -> Response:
    """What taking a correction back would change."""
    with state_of(request).libraries.borrow() as library:
        results = library.undo(number, by=visitor.account or None, dry_run=True)
    return _preview(request, results, f"/corrections/{number}/undo", [], back="/corrections")


@html.post("/corrections/{number}/undo")
def undo(request: Request, visitor: Editor, number: _Number) -> Response:
    """Take a correction back."""
    _undo(request, number)
    return RedirectResponse("/corrections", status_code=303)


@json.get("/corrections")
def get_corrections(request: Request, visitor: Editor, asked: Annotated[AskedCorrections, Query()]) -> dict[str, Any]:
    """A page of fifty corrections, newest first."""
    with state_of(request).libraries.borrow() as library:
        rows = _listed(library, asked)
    first = _PAGE_SIZE * (asked.page - 1)
    return {"total": len(rows), "page": asked.page, "corrections": rows[first : first + _PAGE_SIZE]}


@json.post("/documents/{document}/corrections")
def post_correction(request: Request, visitor: Editor, document: _DocumentId, asked: Correcting) -> dict[str, Any]:
    """Correct a record of a document, or tell which rows would change."""
    with state_of(request).libraries.borrow() as library:
        return _told(_correct(request, library, document, asked, dry_run=asked.dry_run))


@json.post("/corrections/{number}/undo")
def post_undo(request: Request, visitor: Editor, number: _Number) -> list[dict[str, Any]]:
    """Take a correction back, wherever it was carried to."""
    return [_told(result) for result in _undo(request, number)]


def review_of(library: Library, document: str) -> dict[str, Any] | None:
    """The correction by which a person found the records of a document complete; None where none stands."""
    frame = library.corrections(document)
    rows = frame[(frame["action"] == CorrectionAction.REVIEW) & (frame["state"] == "stands")].to_dict("records")
    return {str(name): value for name, value in rows[-1].items()} if rows else None


def _correct(
    request: Request, library: Library, document: str, asked: Correcting, *, dry_run: bool
) -> CorrectionResult:
    result = library.correct(
        document,
        asked.kind,
        asked.action,
        asked.ordinal,
        by=request.state.visitor.account or None,
        dry_run=dry_run,
        quote=asked.quote,
        start=asked.start,
        fields=asked.fields,
        note=asked.note,
    )
    if not dry_run:
        record = f"{asked.kind}/{asked.ordinal}" if asked.ordinal is not None else asked.kind
        audit(request, Action.CHANGE, result.document, correction=asked.action, record=record, fields=asked.fields)
    return result


def _undo(request: Request, number: int) -> Sequence[CorrectionResult]:
    with state_of(request).libraries.borrow() as library:
        results = library.undo(number, by=request.state.visitor.account or None)
    for result in results:
        audit(request, Action.CHANGE, result.document, correction="undo", number=number)
    return results


def _read_form(request: Request, extraction: Extraction, sent: FormData) -> Correcting:
    """What a form says, of its fields only what the person changed."""
    plain = {
        name: str(value)
        for name, value in sent.items()
        if name in ("kind", "action", "ordinal", "quote", "start", "note") and value
    }
    asked = _checked(plain)
    if asked.action not in (CorrectionAction.CHANGE, CorrectionAction.ADD):
        return asked
    _check_kind(asked.kind)
    if asked.action is CorrectionAction.CHANGE:
        _check_number(extraction, asked.kind, asked.ordinal)
    fields = {name: [str(each) for each in sent.getlist(name)] for name in sent if name.startswith(PREFIX)}
    ordinal = asked.ordinal if asked.action is CorrectionAction.CHANGE else None
    changed = changed_fields(extraction, asked.kind, ordinal, fields, words_of(request))
    return asked.model_copy(update={"fields": changed, **_words_of_added(asked, fields)})


def _words_of_added(asked: Correcting, fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The words of a record that is added, as the person left them in the form; elsewhere they are searched anew."""
    said = next((fields[name] for name in (f"{PREFIX}quote", f"{PREFIX}name") if name in fields), None)
    if asked.action is not CorrectionAction.ADD or not said:
        return {}
    words = said[0].strip()
    return {"quote": words, "start": asked.start if words == asked.quote else None}


def _checked(plain: Mapping[str, str]) -> Correcting:
    try:
        return Correcting.model_validate(plain)
    except ValueError as exc:
        raise QueryError(
            "更正的内容有误。 This correction makes no sense.", hint="请刷新页面后重试。 Reload the page and try again."
        ) from exc


def _check_number(extraction: Extraction, kind: str, number: int | None) -> None:
    if kind not in RECORD_TYPES or number is None or number >= len(extraction.records(kind)):
        raise NotFoundError("没有这条记录。 There is no such record.", hint="请刷新页面。 Reload the page.")


def _check_kind(kind: str) -> None:
    if kind not in CORRECTABLE:
        raise QueryError(
            f"没有可更正的 {kind!r} 类记录。 {kind!r} is no type of records that can be corrected.",
            hint="核对由数据推算得出，请更正所涉数据。 Checks follow from the statistics: correct those.",
        )


def _preview(
    request: Request,
    results: Sequence[CorrectionResult],
    action: str,
    kept: Sequence[tuple[str, str]],
    back: str,
) -> Response:
    words = words_of(request)
    changes = [
        {"kind": each.kind, "change": each, "quote": _quote(each.after or each.before or {}),
         "fields": list(differences(each, words))}
        for result in results
        for each in result.changes
    ]  # fmt: skip
    values: dict[str, Any] = {"results": results, "changes": changes, "action": action, "kept": kept, "back": back}
    return render(request, "corrections/preview.html", **values)


def _quote(record: Mapping[str, Any]) -> str:
    return str(record.get("quote") or record.get("name") or "")


def _place(result: CorrectionResult, asked: Correcting) -> str:
    """The page of the document, at the record where it is still there."""
    page = f"/documents/{result.document}"
    at = next((each.now for each in result.changes if each.kind == asked.kind and each.now is not None), asked.ordinal)
    is_there = at is not None and asked.kind in CORRECTABLE and at < len(result.after.records(asked.kind))
    return f"{page}#{anchor(f'{asked.kind}/{at}')}" if is_there else page


def _told(result: CorrectionResult) -> dict[str, Any]:
    return {
        "document": result.document,
        "dry_run": result.dry_run,
        "corrections": [each.id for each in result.corrections],
        "changes": [asdict(each) for each in result.changes],
    }


def _listed(library: Library, asked: AskedCorrections) -> list[dict[str, Any]]:
    """Corrections that have the state and the words asked for, newest first, missing values as None."""
    frame = library.corrections().astype(object)
    rows = [
        {str(name): value for name, value in row.items()}
        for row in frame.where(frame.notna(), None).iloc[::-1].to_dict("records")
    ]
    return [
        row
        for row in rows
        if (not asked.state or row["state"] == asked.state)
        and all(word in f"{row['quote']} {row['source']} {row['note']} {row['by']}" for word in asked.q.split())
    ]
