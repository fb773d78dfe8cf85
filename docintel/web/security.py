"""Who may do what: every route says which role it needs, and is refused to everybody else.

A route says so by the type of its `visitor` parameter: `Anyone`, `Reader`, `Editor` or `Administrator`. An application
with a route that does not say so does not start. Whoever changes something must show that the request comes from a page
of ours (CSRF). A route that takes files says how large they may be: `@html.post(…, max_body_size=UPLOAD_BYTES)`.

Where there are no accounts and only this machine can reach the page, whoever uses the machine is the administrator.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from docintel.errors import DocintelError
from docintel.parse.file import DEFAULT_LIMITS
from docintel.web.accounts import Role
from docintel.web.audit import Action
from docintel.web.sessions import COOKIE
from docintel.web.settings import is_loopback
from docintel.web.state import state_of

CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM = "application/x-www-form-urlencoded"
#: The largest body of a request, and of one that uploads files: what `Limits.file_mb` allows a file.
BODY_BYTES, UPLOAD_BYTES = 1 << 20, DEFAULT_LIMITS.file_mb << 20


class LoginNeededError(DocintelError):
    """Nobody knows who asks."""


class ForbiddenError(DocintelError):
    """Whoever asks may not do this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who sent a request.

    Attributes:
        account: name of the account; empty for nobody, and for whoever uses this machine where there are no accounts.
        role: what the visitor may do; None for nobody.
        token: of the browser's session.
        csrf: what forms must carry.
        address: where the request came from.
        fresh: the browser does not hold the token yet.
        local: there are no accounts, and this machine's user is the administrator.
    """

    account: str
    role: Role | None
    token: str
    csrf: str
    address: str
    fresh: bool = False
    local: bool = False

    def may(self, role: Role) -> bool:
        """Whether the visitor may do what a role may."""
        return self.role is not None and self.role.covers(role)


class Allowed:
    """Lets a request pass to a route when its sender has the role.

    Args:
        role: the least that is needed; None lets everybody pass.
    """

    def __init__(self, role: Role | None) -> None:
        self.role = role

    async def __call__(self, request: Request) -> Visitor:
        """The sender.

        Raises:
            LoginNeededError: nobody knows who it is.
            ForbiddenError: the role does not suffice, or the request was not sent by one of our pages.
        """
        visitor = await run_in_threadpool(recognise, request)
        request.state.visitor = visitor
        if self.role and not visitor.role:
            raise LoginNeededError(
                "请先登录。 Please log in.", hint="会话已结束或尚未登录。 The session has ended, or there was none."
            )
        if request.method not in _SAFE_METHODS:
            await _check_csrf(request, visitor)
        if self.role and not visitor.may(self.role):
            raise ForbiddenError(
                "您的角色无权进行此操作。 Your role does not allow this.",
                hint="请联系管理员。 Ask the administrator.",
            )
        return visitor


Anyone: TypeAlias = Annotated[Visitor, Depends(Allowed(None))]
Reader: TypeAlias = Annotated[Visitor, Depends(Allowed(Role.READER))]
Editor: TypeAlias = Annotated[Visitor, Depends(Allowed(Role.EDITOR))]
Administrator: TypeAlias = Annotated[Visitor, Depends(Allowed(Role.ADMINISTRATOR))]


def recognise(request: Request, *, is_use: bool = True) -> Visitor:
    """Who sent a request, by its cookie.

    Args:
        is_use: the request is new; else it is one that goes on, which keeps no session alive.
    """
    state = state_of(request)
    known = state.sessions.token(request.cookies.get(COOKIE))
    token = known or state.sessions.new_token()
    address = request.client.host if request.client else ""
    who: dict[str, Any] = {
        "token": token,
        "csrf": state.sessions.csrf(token),
        "address": address,
        "fresh": known is None,
    }
    if account := state.sessions.account(token, is_use=is_use) if known else None:
        return Visitor(account=account.name, role=account.role, **who)
    if state.settings.is_local and is_loopback(address) and not state.accounts.exist():
        return Visitor(account="", role=Role.ADMINISTRATOR, local=True, **who)
    return Visitor(account="", role=None, **who)


async def _check_csrf(request: Request, visitor: Visitor) -> None:
    """See that a page of ours sent this: only it knows the token, by header or as a field of a plain form."""
    given = request.headers.get(CSRF_HEADER)
    if given is None and request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM:
        given = str((await request.form()).get(CSRF_FIELD, ""))
    if visitor.fresh or not hmac.compare_digest((given or "").encode(), visitor.csrf.encode()):
        raise ForbiddenError(
            "页面已过期，或请求不是由本系统页面发出。 This page has expired, or the request did not come from it.",
            hint="请刷新页面后重试。 Reload the page and try again.",
        )


def audit(request: Request, action: Action, target: str = "", **detail: Any) -> None:
    """Write down what the sender of a request does."""
    visitor: Visitor = request.state.visitor
    state_of(request).audit.note(action, account=visitor.account, address=visitor.address, target=target, **detail)


def permissions(routes: Iterable[BaseRoute]) -> Iterator[tuple[BaseRoute, Allowed | None]]:
    """Each route, those of included routers too, and what it asks of a visitor; None where it says nothing."""
    for route in routes:
        if included := getattr(route, "original_router", None):
            yield from permissions(included.routes)
        else:
            calls = (each.call for each in route.dependant.dependencies) if isinstance(route, APIRoute) else ()
            yield route, next((call for call in calls if isinstance(call, Allowed)), None)


def safe_path(path: str) -> str:
    """A path of this page to go on to; the first page for anything that could lead elsewhere."""
    parts = urlsplit(path)
    leads_here = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if leads_here and path.isprintable() else "/"


def login_path(request: Request) -> str:
    """Where to log in, to come back to what was asked for."""
    if request.method not in _SAFE_METHODS:
        return "/login"
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/login?next={quote(request.url.path + query, safe='')}"
