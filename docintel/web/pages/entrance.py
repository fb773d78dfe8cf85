"""Logging in and out, one's own password, the language: what stands before and beside the pages."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from docintel.errors import InputError
from docintel.web.accounts import TooManyAttemptsError
from docintel.web.audit import Action
from docintel.web.page import Page
from docintel.web.rendering import render, set_session
from docintel.web.security import Anyone, Reader, Visitor, audit, safe_path
from docintel.web.sessions import COOKIE
from docintel.web.state import state_of
from docintel.web.words import COOKIE as LANGUAGE_COOKIE
from docintel.web.words import language_of

html, json = APIRouter(), APIRouter(tags=["session"])
PAGE = Page(name="entrance", html=html, json=json)
_A_YEAR_S = 31_536_000
_Name = Annotated[str, Form(max_length=200)]
_Password = Annotated[str, Form(max_length=2000)]
_Next = Annotated[str, Form(alias="next", max_length=20_000)]


@html.get("/")
def first_page(visitor: Anyone) -> Response:
    """The search."""
    return RedirectResponse("/search", status_code=303)


@html.get("/login")
def login_page(
    request: Request, visitor: Anyone, next_: Annotated[str, Query(alias="next", max_length=20_000)] = "/"
) -> Response:
    """The form; who has logged in goes on."""
    if visitor.role:
        return RedirectResponse(safe_path(next_), status_code=303)
    return _form(request, next_)


@html.post("/login")
def log_in(
    request: Request,
    visitor: Anyone,
    name: _Name,
    password: _Password,
    next_: _Next = "/",
) -> Response:
    """Begin a session under a new token, so that one known before stands for nobody."""
    try:
        token = _begin(request, visitor.address, visitor.token, name, password)
    except TooManyAttemptsError as exc:
        return _form(request, next_, 429, error=f"{exc} {exc.hint}")
    if token is None:
        return _form(request, next_, 401, wrong=True)
    response = RedirectResponse(safe_path(next_), status_code=303)
    set_session(request, response, token)
    return response


@html.post("/logout")
def log_out(request: Request, visitor: Anyone) -> Response:
    """End the session, here and on the server."""
    if visitor.account:
        audit(request, Action.LOG_OUT)
    state_of(request).sessions.end(visitor.token)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE)
    return response


@html.get("/account")
def account_page(request: Request, visitor: Reader) -> Response:
    """Who has logged in, and the form for another password."""
    return render(request, "entrance/account.html", error="", done=False)


@html.post("/account/password")
def change_password(request: Request, visitor: Reader, old: _Password, new: _Password, again: _Password) -> Response:
    """Give one's account another password; its other sessions end."""
    state = state_of(request)
    try:
        _check_passwords(request, visitor, old, new, again)
        state.accounts.set_password(visitor.account, new)
    except InputError as exc:
        return render(request, "entrance/account.html", 400, error=f"{exc} {exc.hint}".strip(), done=False)
    audit(request, Action.CHANGE, visitor.account, password="changed")
    response = render(request, "entrance/account.html", error="", done=True)
    set_session(request, response, state.sessions.begin(visitor.account))
    return response


@html.post("/language")
def set_language(request: Request, visitor: Anyone, lang: _Name, next_: _Next = "/") -> Response:
    """Show the page in another language from now on."""
    response = RedirectResponse(safe_path(next_), status_code=303)
    response.set_cookie(
        LANGUAGE_COOKIE, language_of(lang), max_age=_A_YEAR_S, httponly=True, samesite="lax",
        secure=state_of(request).settings.secure,
    )  # fmt: skip
    return response


@json.get("/session")
def session(request: Request, response: Response, visitor: Anyone) -> dict[str, Any]:
    """Who is asking, and the token that requests which change something must carry in `X-CSRF-Token`."""
    if visitor.fresh:
        set_session(request, response, visitor.token)  # the token is worth nothing without the cookie
    return {"account": visitor.account, "role": visitor.role, "csrf": visitor.csrf}


@json.get("/openapi.json", include_in_schema=False)
def openapi(request: Request, visitor: Reader) -> dict[str, Any]:
    """The description of the API."""
    described: dict[str, Any] = request.app.openapi()
    return described


def _check_passwords(request: Request, visitor: Visitor, old: str, new: str, again: str) -> None:
    """See that whoever changes a password knows the old one, and has written the new one as meant.

    Raises:
        InputError: it is not so.
    """
    if new != again:
        raise InputError("两次输入的新密码不同。 The new passwords differ.")
    if not visitor.account or state_of(request).accounts.log_in(visitor.account, old, visitor.address) is None:
        raise InputError("当前密码不正确。 The present password is wrong.")


def _begin(request: Request, address: str, before: str, name: str, password: str) -> str | None:
    """The token of a new session; None where name and password do not match."""
    state = state_of(request)
    account = state.accounts.log_in(name, password, address)
    if account is None:
        state.audit.note(Action.LOG_IN_FAILED, account=name[:64], address=address)
        return None
    state.sessions.end(before)
    state.audit.note(Action.LOG_IN, account=account.name, address=address)
    return state.sessions.begin(account.name)


def _form(request: Request, next_: str, status: int = 200, *, wrong: bool = False, error: str = "") -> Response:
    exist = state_of(request).accounts.exist()
    return render(
        request, "entrance/login.html", status, next=safe_path(next_), wrong=wrong, error=error, no_accounts=not exist
    )  # fmt: skip
