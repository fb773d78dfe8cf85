"""The application: the pages put together, errors turned into answers in one place.

In: the library's folder and the settings. Out: an ASGI application. It does not start with a route that does not say
whom it lets pass.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Scope

from docintel.errors import DocintelError, InputError, StoreError
from docintel.library import Library
from docintel.web.libraries import Libraries
from docintel.web.middleware import KnownHosts, SecureHeaders
from docintel.web.page import Page
from docintel.web.pages import admin, corrections, documents, entrance, intake, lists, search, statistics, suggest
from docintel.web.rendering import ERRORS, error_answer, show_error, words_of
from docintel.web.security import BODY_BYTES, permissions
from docintel.web.settings import Settings
from docintel.web.state import make_state

#: Every page, in the order of the navigation.
PAGES: tuple[Page, ...] = (
    search.PAGE,
    suggest.PAGE,
    lists.PAGE,
    documents.PAGE,
    corrections.PAGE,
    statistics.PAGE,
    intake.PAGE,
    admin.PAGE,
    entrance.PAGE,
)
#: FastAPI would send traces to wherever the environment says.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
_LOG = logging.getLogger("docintel.web")
_KEPT_S = 31_536_000


class _Application(FastAPI):
    """Puts the guards around everything, the answers to our own defects included."""

    def build_middleware_stack(self) -> ASGIApp:
        settings: Settings = self.state.docintel.settings
        return SecureHeaders(KnownHosts(super().build_middleware_stack(), settings=settings), secure=settings.secure)


class _Static(StaticFiles):
    """Our own files; their addresses change with their content, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = b"v=" in scope["query_string"]
        response.headers["Cache-Control"] = f"public, max-age={_KEPT_S}, immutable" if versioned else "no-cache"
        return response


def create_app(
    library_folder: Path | str,
    settings: Settings | None = None,
    *,
    pages: tuple[Page, ...] = PAGES,
    open_library: Callable[[], Library] | None = None,
) -> FastAPI:
    """The application on the library of a folder, which is made where there is none.

    Args:
        settings: on this machine alone, with the defaults, when None.
        pages: what it consists of.
        open_library: how to open the library; with the shipped encoder when None.

    Raises:
        InputError: others than this machine could reach it, and there are no accounts.
        StoreError: the library, or the database of accounts, cannot be used.
    """
    settings = settings or Settings()
    libraries = Libraries(Path(library_folder), settings.libraries, open_library)
    state = make_state(libraries, settings)
    _refuse_open_doors(settings, has_accounts=state.accounts.exist())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        libraries.close()
        state.database.close()

    app = _Application(
        title="docintel",
        version=version("docintel"),
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        telemetry=_NO_TELEMETRY,
        max_body_size=BODY_BYTES,
    )
    app.state.docintel = state
    app.state.navigation = [page for page in pages if page.path]
    for page in pages:
        app.include_router(page.html, include_in_schema=False)
        app.include_router(page.json, prefix="/api", responses=ERRORS)
    _add_error_handlers(app)
    undeclared = [getattr(route, "path", str(route)) for route, allowed in permissions(app.routes) if allowed is None]
    if undeclared:
        raise TypeError(f"These routes do not say whom they let pass: {', '.join(undeclared)}")
    app.mount("/static", _Static(directory=str(files("docintel.web") / "static")), name="static")
    return app


def _refuse_open_doors(settings: Settings, *, has_accounts: bool) -> None:
    """See that nobody but this machine's user reads a library without accounts.

    Raises:
        InputError: somebody could.
    """
    if not settings.is_local and not has_accounts:
        raise InputError(
            f"没有账号，不能在 {settings.host} 上开放。"
            f" Without accounts the page is not opened to others than this machine (here: {settings.host}).",
            hint="先建账号 Make accounts first: docintel accounts add NAME --role administrator",
        )


def _add_error_handlers(app: FastAPI) -> None:
    def on_error(request: Request, exc: Exception) -> Response:
        assert isinstance(exc, DocintelError)
        if isinstance(exc, StoreError):
            _LOG.error("%s %s", exc, exc.hint)
        return show_error(request, exc)

    def on_status(request: Request, exc: Exception) -> Response:
        assert isinstance(exc, HTTPException)
        words = words_of(request)
        texts = {400: words("error.body"), 404: words("error.not_found"), 405: words("error.method")}
        return error_answer(request, exc.status_code, texts.get(exc.status_code, str(exc.detail)))

    def on_wrong_value(request: Request, exc: Exception) -> Response:
        assert isinstance(exc, RequestValidationError)
        wrong = "；".join(f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in exc.errors())
        return error_answer(request, 422, words_of(request)("error.values"), wrong)

    def on_defect(request: Request, exc: Exception) -> Response:
        _LOG.error("%s %s", request.method, request.url.path, exc_info=exc)
        return error_answer(request, 500, words_of(request)("error.defect"), words_of(request)("error.defect_hint"))

    app.add_exception_handler(DocintelError, on_error)
    app.add_exception_handler(HTTPException, on_status)
    app.add_exception_handler(RequestValidationError, on_wrong_value)
    app.add_exception_handler(Exception, on_defect)
