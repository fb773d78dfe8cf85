"""What stands around every route: the name a request is sent to, and the headers of its answer.

In: requests. Out: answers, with headers that let a browser load and run nothing but our own files.
"""

import ipaddress
import socket
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from docintel.web.settings import Settings, is_loopback

#: No inline script or style, nothing from elsewhere, no page of others around ours.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_A_YEAR_S = 31_536_000


class SecureHeaders:
    """Adds the headers to every answer; what stands in the library is kept by no cache."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": f"max-age={_A_YEAR_S}"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class KnownHosts:
    """Refuses requests that were sent to a name which is not ours.

    A page elsewhere can make its own name lead to this machine and then read what we answer (DNS rebinding); the
    browser still sends that name.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._is_known = known_hosts(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not self._is_known(Headers(scope=scope).get("host", "")):
            refusal = PlainTextResponse(
                "未知的主机名；请用 --name 告知。 Unknown host name; start with --name to allow it.\n", status_code=421
            )
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def known_hosts(settings: Settings) -> Callable[[str], bool]:
    """A test of the header `Host`: a name or address by which this page is meant."""
    names = {"localhost", settings.host.lower(), *(name.lower() for name in settings.names)}
    if not is_loopback(settings.host):
        names |= {socket.gethostname().lower(), socket.getfqdn().lower()}

    def is_known(header: str) -> bool:
        host = _without_port(header.strip().lower())
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return host in names
        # An address can't be rebound to: it is what it is.
        return address.is_loopback if settings.is_local else True

    return is_known


def _without_port(header: str) -> str:
    """The name or address of `name:port`, `[::1]:port`, `name`."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]
