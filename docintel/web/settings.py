"""How the page is served. In: what the operator said. Out: one frozen value that every module reads."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

#: Of names, only these mean this machine alone.
_LOCAL_NAMES = frozenset({"localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the page is served.

    Attributes:
        host: the address to listen on.
        port: the port to listen on; 0 for any that is free.
        names: further names by which browsers reach this machine; requests for other names are refused.
        secure: the page is reached by HTTPS, so that cookies travel by it only.
        session_hours: after so long everybody logs in again.
        idle_hours: after so long without a request, too.
        libraries: how many requests may use the library at one time.
        watched: a folder whose files are read by themselves; None for none.
    """

    host: str = "127.0.0.1"
    port: int = 8321
    names: tuple[str, ...] = ()
    secure: bool = False
    session_hours: float = 12
    idle_hours: float = 4
    libraries: int = 4
    watched: Path | None = None

    @property
    def is_local(self) -> bool:
        """Only programs on this machine can reach the page."""
        return is_loopback(self.host) and not self.names


def is_loopback(host: str) -> bool:
    """Whether an address or name means this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() in _LOCAL_NAMES
