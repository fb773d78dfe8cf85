"""入库: files are sent, wait in the spool, and are read beside the page; how far each is, and what became of it."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from time import monotonic
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse

from docintel.errors import InputError, NotFoundError
from docintel.web.accounts import Role
from docintel.web.audit import Action
from docintel.web.intake.jobs import READING, REPEATABLE, Job, Kind, State
from docintel.web.names import shown_path
from docintel.web.page import Page
from docintel.web.rendering import is_piece, render, render_text
from docintel.web.security import CSRF_HEADER, UPLOAD_BYTES, Editor, Visitor, audit, recognise
from docintel.web.state import state_of

html, json = APIRouter(), APIRouter(tags=["intake"])
PAGE = Page(name="intake", path="/intake", role=Role.EDITOR, html=html, json=json)
_SHOWN = 200
_LOOK_EVERY_S, _CHECK_EVERY_S = 0.5, 10.0
_PIECE = 1 << 20  # bytes that go to the disk together
_BINARY = {"requestBody": {
    "required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
}}  # fmt: skip

_Number = Annotated[int, Path(ge=0, le=1 << 53)]
_Revision = Annotated[int, Query(ge=0, le=1 << 53)]


@html.get("/intake")
def intake_page(request: Request, visitor: Editor, show: Annotated[str, Query(pattern="^(failed)?$")] = "") -> Response:
    """Where files are dropped, and the newest jobs: one's own, or everybody's for an administrator."""
    state, whose = state_of(request), _whose(visitor)
    revision = state.jobs.revision()  # first: what changes meanwhile is told again
    if show:
        jobs = state.jobs.in_state(REPEATABLE, READING, whose)[: -_SHOWN - 1 : -1]
    else:
        jobs = state.jobs.newest(READING, whose, _SHOWN)
    counts = state.jobs.counts(READING, whose)
    watched = state.settings.watched if visitor.may(Role.ADMINISTRATOR) else None
    values: dict[str, Any] = {"jobs": jobs, "show": show, "counts": counts, "revision": revision, "shown": _SHOWN}
    return render(request, "intake/page.html", **values, watched=watched, most_bytes=UPLOAD_BYTES)


@html.get("/intake/events", response_class=EventSourceResponse)
async def follow(
    request: Request,
    visitor: Editor,
    since: _Revision = 0,
    last_event_id: Annotated[str, Header(max_length=20)] = "",
) -> AsyncIterator[ServerSentEvent]:
    """Jobs as they change, each as the piece of the page that shows it, until the page is left or the session ends."""
    state, checked = state_of(request), monotonic()
    revision = int(last_event_id) if last_event_id.isdecimal() else since
    while not state.closing.is_set():
        if monotonic() - checked > _CHECK_EVERY_S:
            checked = monotonic()
            if not (await run_in_threadpool(recognise, request, is_use=False)).may(Role.EDITOR):
                return
        revision, pieces = await run_in_threadpool(_changes, request, revision, _whose(visitor))
        for piece in pieces:
            yield ServerSentEvent(data=piece, event="piece", id=str(revision))
        await anyio.sleep(_LOOK_EVERY_S)


@html.post("/intake/jobs/{number}/repeat")
def repeat(request: Request, visitor: Editor, number: _Number) -> Response:
    """Read a file again that could not be read."""
    job = _job_of(request, visitor, number)
    state_of(request).jobs.repeat(job.id)
    audit(request, Action.CHANGE, job.name, job="repeated")
    return _answer(request, number)


@html.post("/intake/jobs/{number}/remove")
def remove(request: Request, visitor: Editor, number: _Number) -> Response:
    """Forget a job, and delete its file if it waits yet; what was read of it stays in the library."""
    job = _job_of(request, visitor, number)
    if not _remove(request, job):
        raise InputError(
            "正在读取，不能移除。 It is being read and cannot be removed.",
            hint="请等它结束。 Wait until it has ended.",
        )
    audit(request, Action.CHANGE, job.name, job="removed")
    return HTMLResponse("") if is_piece(request) else _back()


@html.post("/intake/repeat")
def repeat_all(request: Request, visitor: Editor) -> Response:
    """Read all files again that could not be read."""
    jobs = state_of(request).jobs
    failed = jobs.in_state(REPEATABLE, READING, _whose(visitor))
    for job in failed:
        jobs.repeat(job.id)
    audit(request, Action.CHANGE, job="repeated", count=len(failed))
    return _back()


@html.post("/intake/clear")
def clear(request: Request, visitor: Editor) -> Response:
    """Forget the jobs that are done; what was read stays in the library."""
    done = state_of(request).jobs.in_state((State.DONE,), READING, _whose(visitor))
    for job in done:
        _remove(request, job)
    audit(request, Action.CHANGE, job="cleared", count=len(done))
    return _back()


@json.post("/intake/files", status_code=201, max_body_size=UPLOAD_BYTES, openapi_extra=_BINARY)
async def send_file(
    request: Request, visitor: Editor, name: Annotated[str, Query(min_length=1, max_length=1000)]
) -> dict[str, Any]:
    """Send a file to be read into the library: its bytes are the body, `name` its name, with folders or without.

    The answer is the job that reads it.
    """
    if CSRF_HEADER not in request.headers:  # the token came as a field of a form, which is no file
        raise InputError("请求体须为文件内容。 The body must be the bytes of the file.", hint=f"{CSRF_HEADER}: …")
    state, shown = state_of(request), shown_path(name)
    held = await run_in_threadpool(state.jobs.held)
    try:
        with state.spool.receive(name, held) as incoming:
            waiting = bytearray()
            async for chunk in request.stream():
                waiting += chunk
                if len(waiting) >= _PIECE:
                    await run_in_threadpool(state.spool.write, incoming, bytes(waiting), held)
                    waiting.clear()
            await run_in_threadpool(state.spool.write, incoming, bytes(waiting), held)
            await run_in_threadpool(state.spool.flush, incoming)
            job = await run_in_threadpool(
                state.jobs.add, Kind.FILE, account=visitor.account, name=shown, path=incoming.path, size=incoming.size
            )
    except ClientDisconnect as exc:
        raise InputError("上传中断。 The upload broke off.", hint="请重新上传。 Send the file again.") from exc
    await run_in_threadpool(audit, request, Action.INGEST, shown, bytes=job.size, job=job.id)
    return _told(job)


@json.get("/intake/jobs")
def list_jobs(request: Request, visitor: Editor) -> list[dict[str, Any]]:
    """The newest jobs, one's own or everybody's for an administrator, newest first."""
    return [_told(job) for job in state_of(request).jobs.newest(READING, _whose(visitor), _SHOWN)]


@json.get("/intake/jobs/{number}")
def get_job(request: Request, visitor: Editor, number: _Number) -> dict[str, Any]:
    """How far a job is, and what became of the documents in its file."""
    return _told(_job_of(request, visitor, number))


def _whose(visitor: Visitor) -> str | None:
    """Whose jobs a visitor sees; None for everybody's."""
    return None if visitor.may(Role.ADMINISTRATOR) else visitor.account


def _job_of(request: Request, visitor: Visitor, number: int) -> Job:
    job = state_of(request).jobs.get(number, _whose(visitor))
    if job.kind not in READING:
        raise NotFoundError("没有这项任务。 There is no such job.")
    return job


def _remove(request: Request, job: Job) -> bool:
    state = state_of(request)
    if not state.jobs.remove(job.id):
        return False
    if job.kind is Kind.FILE:
        state.spool.drop(job.path)
    return True


def _changes(request: Request, revision: int, whose: str | None) -> tuple[int, list[dict[str, str]]]:
    """What has changed since a revision, with the revision it brings a page to: pieces, by the ids of elements."""
    jobs = state_of(request).jobs
    if (newest := jobs.revision()) == revision:
        return revision, []
    changed = jobs.changed_since(revision, READING, whose, _SHOWN)
    pieces = [{"id": f"job-{job.id}", "html": render_text(request, "intake/job.html", job=job)} for job in changed]
    counts = render_text(request, "intake/counts.html", counts=jobs.counts(READING, whose))
    pieces.append({"id": "counts", "html": counts})
    return (changed[-1].changed if len(changed) == _SHOWN else newest), pieces


def _answer(request: Request, number: int) -> Response:
    """The piece that shows a job, for a page that goes on; the page itself for others."""
    if not is_piece(request):
        return _back()
    return render(request, "intake/job.html", job=state_of(request).jobs.get(number))


def _back() -> Response:
    return RedirectResponse("/intake", status_code=303)


def _told(job: Job) -> dict[str, Any]:
    """A job as JSON: without the place of its file."""
    told = asdict(job) | {"outcome": [dict(each) for each in job.outcome]}
    return {name: value for name, value in told.items() if name not in ("path", "changed")}
