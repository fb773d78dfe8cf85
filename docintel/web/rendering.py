"""Templates to answers, and answers to errors.

In: a request, a template and what to show. Out: HTML with every value escaped, files to download, errors as a page, as
a piece of one, or as JSON, whatever was asked for.
"""

import hashlib
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel
from starlette.responses import HTMLResponse

from docintel.errors import DocintelError, InputError, NotFoundError, SetupError
from docintel.web.accounts import TooManyAttemptsError
from docintel.web.names import safe_name
from docintel.web.security import ForbiddenError, LoginNeededError, Visitor, login_path, recognise
from docintel.web.sessions import COOKIE
from docintel.web.state import state_of
from docintel.web.words import COOKIE as LANGUAGE_COOKIE
from docintel.web.words import Words, language_of

_STATUS: tuple[tuple[type[DocintelError], int], ...] = (
    (LoginNeededError, 401),
    (ForbiddenError, 403),
    (TooManyAttemptsError, 429),
    (NotFoundError, 404),
    (InputError, 400),
    (SetupError, 503),
)
_DAMAGED = 500


class Problem(BaseModel):
    """What the API answers where something is wrong."""

    error: str
    hint: str
    status: int


#: What any route of the API may answer beside what it is asked for, for its description.
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": what}
    for status, what in {
        400: "What is asked makes no sense; the hint says how to mend it.",
        401: "Nobody knows who asks: log in.",
        403: "The role does not allow it, or the token of `/api/session` is missing.",
        404: "There is no such thing.",
        413: "The body is too large.",
        422: "A value is none of those that are described.",
        503: "Something is missing on the server, or it is busy; the hint says what to do.",
    }.items()
}
_LONGEST_NAME = 120


def render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page, or a piece of one, of a template of the package."""
    visitor: Visitor = request.state.visitor
    response = HTMLResponse(render_text(request, template, **values), status_code=status)
    if visitor.fresh:
        set_session(request, response, visitor.token)
    return response


def render_text(request: Request, template: str, **values: Any) -> str:
    """The text of a page, or of a piece of one."""
    common = {
        "request": request,
        "visitor": request.state.visitor,
        "t": words_of(request),
        "nav": request.app.state.navigation,
    }
    return environment().get_template(template).render(common | values)


def words_of(request: Request) -> Words:
    """The words of the language that a browser wants."""
    return Words(language_of(request.cookies.get(LANGUAGE_COOKIE)))


def set_session(request: Request, response: Response, token: str) -> None:
    """Give a browser the token of its session."""
    state = state_of(request)
    response.set_cookie(
        COOKIE,
        state.sessions.cookie(token),
        httponly=True,
        samesite="lax",
        secure=state.settings.secure or request.url.scheme == "https",
        path="/",
    )


def is_piece(request: Request) -> bool:
    """Whether htmx asks for a piece of a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def attachment(name: str, data: bytes, media_type: str = "application/octet-stream") -> Response:
    """A file to download."""
    return Response(data, media_type=media_type, headers={"Content-Disposition": disposition(name)})


def disposition(name: str) -> str:
    """The header that names a download, whatever the name holds: no line ends, quotes or folders get through.

    Source: RFC 6266 with the encoding of RFC 8187.
    """
    safe = safe_name(name, _LONGEST_NAME, "download")
    plain = "".join(char if char.isascii() and char != "%" else "_" for char in safe)
    encoded = quote(safe.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


def show_error(request: Request, exc: DocintelError) -> Response:
    """An error of ours, as whoever asked can read it."""
    status = next((code for kind, code in _STATUS if isinstance(exc, kind)), _DAMAGED)
    if isinstance(exc, LoginNeededError) and not is_api(request):
        path = login_path(request)
        if is_piece(request):
            return Response(status_code=status, headers={"HX-Redirect": "/login"})
        return RedirectResponse(path, status_code=303)
    return error_answer(request, status, str(exc), exc.hint)


def error_answer(request: Request, status: int, error: str, hint: str = "") -> Response:
    """JSON for the API, a piece for htmx, a page for a browser."""
    if is_api(request):
        return JSONResponse({"error": error, "hint": hint, "status": status}, status_code=status)
    if not hasattr(request.state, "visitor"):
        request.state.visitor = recognise(request)
    template = "error_piece.html" if is_piece(request) else "error.html"
    return render(request, template, status, error=error, hint=hint, status_code=status)


def is_api(request: Request) -> bool:
    """Whether a request is for JSON."""
    return request.url.path.startswith("/api/")


@cache
def environment() -> Environment:
    """The templates; every value is escaped, and a name that nobody gave a value is a defect."""
    made = Environment(
        loader=PackageLoader("docintel.web"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static_path
    made.filters |= {"moment": moment, "size": size}
    return made


def moment(at: str) -> str:
    """A time of ours, ISO 8601 in UTC, as the clock on the wall of this machine shows it: `2024-05-04 09:30`."""
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}" if at else ""


def size(count: float) -> str:
    """Bytes as people read them: `1.4 MB`."""
    units = ["B", "KB", "MB", "GB"]
    while count >= 1000 and len(units) > 1:
        count /= 1024
        del units[0]
    return f"{count:.0f} {units[0]}" if units[0] == "B" or count >= 100 else f"{count:.1f} {units[0]}"


@cache
def static_path(name: str) -> str:
    """The path of a static file, which changes with its content so that browsers may keep it."""
    data = Path(str(files("docintel.web") / "static" / name)).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(data).hexdigest()[:12]}"
