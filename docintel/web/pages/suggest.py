"""整改建议: what others did about a problem, with the proof; the measures chosen become a draft of a plan."""

from dataclasses import asdict, replace
from datetime import date
from itertools import zip_longest
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from docintel.errors import InputError, NotFoundError
from docintel.exports.plan import EDITED_NOTE, PlanFormat, basis, plan_file
from docintel.library import Library
from docintel.parse.sandbox import shared as shared_sandbox
from docintel.schema import Advice, Extraction, MeasureCategory, Suggestion
from docintel.web.audit import Action
from docintel.web.finding import LONGEST_QUERY
from docintel.web.page import Page
from docintel.web.pages.search import address
from docintel.web.plans import PlannedMeasure, PlannedRow
from docintel.web.rendering import attachment, is_piece, render
from docintel.web.security import UPLOAD_BYTES, Reader, audit
from docintel.web.state import state_of

html, json = APIRouter(), APIRouter(tags=["suggest"])
PAGE = Page(name="suggest", path="/suggest", html=html, json=json)
SUGGESTIONS = 12
_PLAN = "/suggest/plan"
MEDIA_TYPES = {
    PlanFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    PlanFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_Id = Annotated[str, Field(default="", pattern="^([0-9a-f]{8,64})?$")]
_Text = Annotated[str, Field(max_length=4000)]


class AskedAdvice(BaseModel):
    """What the address says: a problem in words, or a document of the library, or a report that was dropped.

    `issue` is the number of one of its problems, from 0.
    """

    model_config = ConfigDict(frozen=True)

    q: Annotated[str, Field(default="", max_length=LONGEST_QUERY)]
    document: _Id
    report: _Id
    issue: Annotated[int | None, Field(default=None, ge=0, le=1_000_000)]

    @property
    def has_problem(self) -> bool:
        """Whether it asks about one problem."""
        return bool(self.q.strip()) or self.issue is not None

    @property
    def base(self) -> str:
        """The query of the document that is asked about."""
        return f"document={self.document}" if self.document else f"report={self.report}"


class Picked(BaseModel):
    """A measure that is put into the draft, as its form says it."""

    problem: _Text
    document: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    ordinal: Annotated[int, Field(ge=0)]
    quote: _Text
    basis: _Text = ""
    owners: _Text = ""
    deadline: _Text = ""


class Edited(BaseModel):
    """A line as its form says it: texts, bases and quotes in the same order, the quote of one's own measure empty."""

    problem: _Text
    text: Annotated[list[_Text], Field(default=[], max_length=100)]
    basis: Annotated[list[_Text], Field(default=[], max_length=100)]
    quote: Annotated[list[_Text], Field(default=[], max_length=100)]
    owners: _Text = ""
    deadline: _Text = ""


@html.get("/suggest")
def suggest_page(request: Request, visitor: Reader, asked: Annotated[AskedAdvice, Query()]) -> Response:
    """The box; the problems of a document; the advice on one problem."""
    values: dict[str, Any] = {"asked": asked, "advice": None, "problems": [], "extraction": None}
    with state_of(request).libraries.borrow() as library:
        if asked.document or asked.report:
            extraction = _asked_document(request, library, asked)
            values |= {"extraction": extraction, "problems": _problems(extraction)}
        if asked.has_problem:
            values["advice"] = _advise(request, library, asked)
    return render(request, "suggest/page.html", **values, **_shared(request))


@html.get("/suggest/advice")
def advice_piece(request: Request, visitor: Reader, asked: Annotated[AskedAdvice, Query()]) -> Response:
    """The advice on one problem; a piece of the page, for each takes a moment."""
    with state_of(request).libraries.borrow() as library:
        advice = _advise(request, library, asked)
    return render(request, "suggest/advice.html", advice=advice, **_shared(request))


@html.post("/suggest/report", max_body_size=UPLOAD_BYTES)
def drop_report(request: Request, visitor: Reader, file: Annotated[UploadFile, File()]) -> Response:
    """Read a report that was dropped; it is not put into the library."""
    document = shared_sandbox().parse(file.file.read(), file.filename or "report")
    state = state_of(request)
    with state.libraries.borrow() as library:
        try:
            extraction = library.extraction(document.id)
            path = f"/suggest?document={extraction.document.id}"
        except NotFoundError:
            state.reports.keep(visitor.account, document.id, library.read(document))
            path = f"/suggest?report={document.id}"
    audit(request, Action.SEARCH, document.id, dropped=file.filename)
    return Response(headers={"HX-Redirect": path}) if is_piece(request) else RedirectResponse(path, status_code=303)


@html.get(_PLAN)
def plan_page(request: Request, visitor: Reader) -> Response:
    """The draft of the account, to be edited."""
    return render(request, "suggest/plan.html", rows=state_of(request).plans.rows(visitor.account))


@html.post(_PLAN)
def pick(request: Request, visitor: Reader, form: Annotated[Picked, Form()]) -> Response:
    """Put a measure of a document into the draft, in the document's words."""
    with state_of(request).libraries.borrow() as library:
        measures = library.extraction(form.document).measures
    if form.ordinal >= len(measures) or measures[form.ordinal].evidence.quote != form.quote:
        raise InputError(
            "这份文档的记录已有变动。 The records of this document have changed.",
            hint="请刷新页面后重选。 Reload the page and choose again.",
        )
    page = f"/documents/{form.document}#r-measures-{form.ordinal}"
    measure = PlannedMeasure(text=form.quote, quote=form.quote, basis=form.basis, address=page)
    plans = state_of(request).plans
    plans.pick(visitor.account, form.problem, measure, form.owners, form.deadline)
    audit(request, Action.CHANGE, form.document, plan=form.problem)
    if is_piece(request):
        return render(request, "suggest/picked.html", count=plans.count(visitor.account))
    return RedirectResponse(_PLAN, status_code=303)


@html.post(f"{_PLAN}/rows")
def add_row(request: Request, visitor: Reader, problem: Annotated[_Text, Form()]) -> Response:
    """Add a problem without measures."""
    state_of(request).plans.add(visitor.account, problem)
    audit(request, Action.CHANGE, problem, plan="added")
    return _back()


@html.post(f"{_PLAN}/rows/{{number}}")
def save_row(request: Request, visitor: Reader, number: int, form: Annotated[Edited, Form()]) -> Response:
    """Write a line as it was edited; measures keep their documents' words beside them."""
    plans = state_of(request).plans
    row = next((row for row in plans.rows(visitor.account) if row.id == number), PlannedRow(problem=form.problem))
    known = {each.quote: each for each in row.measures if each.quote}
    told = zip_longest(form.text, form.basis[: len(form.text)], form.quote[: len(form.text)], fillvalue="")
    edited = [
        replace(known.get(quote, PlannedMeasure(text="")), text=" ".join(text.split()), basis=" ".join(basis_.split()))
        for text, basis_, quote in told
    ]
    # What was chosen on another page since this form was opened stays.
    chosen = [each for quote, each in known.items() if quote not in form.quote]
    row = PlannedRow(
        id=number, problem=form.problem, measures=(*edited, *chosen), owners=form.owners, deadline=form.deadline
    )
    plans.save(visitor.account, row)
    audit(request, Action.CHANGE, form.problem, plan="edited")
    return _back(f"#row-{number}")


@html.post(f"{_PLAN}/rows/{{number}}/move")
def move_row(request: Request, visitor: Reader, number: int, by: Annotated[int, Form(ge=-1, le=1)]) -> Response:
    """Move a line up or down."""
    state_of(request).plans.move(visitor.account, number, by)
    return _back(f"#row-{number}")


@html.post(f"{_PLAN}/rows/{{number}}/remove")
def remove_row(request: Request, visitor: Reader, number: int) -> Response:
    """Take a line out."""
    state_of(request).plans.remove(visitor.account, number)
    audit(request, Action.CHANGE, str(number), plan="removed")
    return _back()


@html.post(f"{_PLAN}/clear")
def clear(request: Request, visitor: Reader) -> Response:
    """Begin another plan."""
    state_of(request).plans.clear(visitor.account)
    audit(request, Action.CHANGE, plan="cleared")
    return _back()


@html.get(f"{_PLAN}/export")
def export(request: Request, visitor: Reader, how: PlanFormat) -> Response:
    """The draft as a file."""
    rows = state_of(request).plans.rows(visitor.account)
    if not rows:
        raise InputError("方案还是空的。 The plan is empty.", hint="请先选入措施。 Choose some measures first.")
    audit(request, Action.EXPORT, plan=len(rows), format=how)
    data = plan_file([row.exported() for row in rows], how, EDITED_NOTE)
    return attachment(f"整改方案-{date.today():%Y%m%d}.{how}", data, MEDIA_TYPES[how])


@json.get("/suggest")
def get_advice(request: Request, visitor: Reader, asked: Annotated[AskedAdvice, Query()]) -> dict[str, Any]:
    """Comparable cases and what was done there, for a problem in words or one of a document."""
    with state_of(request).libraries.borrow() as library:
        return asdict(_advise(request, library, asked))


@json.get("/plan")
def get_plan(request: Request, visitor: Reader) -> list[dict[str, Any]]:
    """The draft of the account."""
    return [asdict(row) for row in state_of(request).plans.rows(visitor.account)]


def _back(anchor: str = "") -> Response:
    return RedirectResponse(f"{_PLAN}{anchor}", status_code=303)


def _asked_document(request: Request, library: Library, asked: AskedAdvice) -> Extraction:
    if asked.document:
        return library.extraction(asked.document)
    return state_of(request).reports.get(request.state.visitor.account, asked.report)


def _advise(request: Request, library: Library, asked: AskedAdvice) -> Advice:
    """The advice on the problem asked about; one that nobody asks is an error of the library's own."""
    if asked.issue is None or not (asked.document or asked.report):
        (advice,) = library.advise(asked.q, top_k=SUGGESTIONS)
    else:
        extraction = _asked_document(request, library, asked)
        (advice,) = library.adviser().advise_on(extraction, issue=asked.issue, top_k=SUGGESTIONS)
    audit(request, Action.SEARCH, advice.problem, suggestions=len(advice.suggestions), cases=len(advice.cases))
    return advice


def _problems(extraction: Extraction) -> list[tuple[int, str]]:
    """The problems of a document by their numbers, the same words once."""
    first: dict[str, int] = {}
    for number, issue in enumerate(extraction.issues):
        first.setdefault(issue.evidence.quote, number)
    return [(number, quote) for quote, number in first.items()]


def _shared(request: Request) -> dict[str, Any]:
    """What the template of advice needs."""
    rows = state_of(request).plans.rows(request.state.visitor.account)
    picked = {(row.problem, measure.quote) for row in rows for measure in row.measures}
    return {"address": address, "basis": basis, "by_category": _by_category, "picked": picked, "count": len(rows)}


def _by_category(suggestions: tuple[Suggestion, ...]) -> list[tuple[MeasureCategory, list[Suggestion]]]:
    """Suggestions by kind, in the order of the first of each."""
    groups: dict[str, list[Suggestion]] = {}
    for each in suggestions:
        groups.setdefault(each.category, []).append(each)
    return [(MeasureCategory(category), members) for category, members in groups.items()]
