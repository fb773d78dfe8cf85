"""Messages between a sandbox and its worker.

A frame is eight bytes of length, as many bytes of JSON, and behind it the bytes that go with the message.
"""

import json
import struct
from typing import IO, Any

_HEADER = struct.Struct("<Q")


def write_frame(out: IO[bytes], message: dict[str, Any], payload: bytes = b"") -> None:
    """Send one message, and the bytes that go with it."""
    head = json.dumps(message | {"size": len(payload)}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    out.write(_HEADER.pack(len(head)) + head)
    out.write(payload)
    out.flush()


def read_frame(source: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next message and its bytes; None at the end, also in the middle of a frame."""
    head = source.read(_HEADER.size)
    if len(head) < _HEADER.size:
        return None
    (length,) = _HEADER.unpack(head)
    text = source.read(length)
    if len(text) < length:
        return None
    message: dict[str, Any] = json.loads(text.decode("utf-8", "surrogatepass"))
    payload = source.read(message["size"])
    return (message, payload) if len(payload) == message["size"] else None
