"""The parts of a mail and their words, whatever its headers claim.

In: the bytes of a message. Out: its parts, sorted into bodies and attachments; headers and bodies as text. Charsets are
believed only where the bytes can't tell: mails that declare GB2312 hold GB18030, and some headers hold raw GBK.
"""

import re
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from docintel.errors import ParseError
from docintel.parse.file import File
from docintel.text.encodings import decode

#: Charsets whose bytes pass for something else.
_BELIEVED = frozenset(
    [
        "big5",
        "big5-hkscs",
        "hz-gb-2312",
        "hz",
        "iso-2022-cn",
        "iso-2022-jp",
        "iso-2022-kr",
        "utf-7",
        "euc-kr",
        "shift_jis",
    ]
)
_CODECS = {"big5": "big5hkscs", "big5-hkscs": "big5hkscs", "hz-gb-2312": "hz", "iso-2022-cn": "hz"}
_DEEPEST = 60
_LANGUAGE = re.compile(r"^[\w.-]*'[\w-]*'")


@dataclass(slots=True)
class Parts:
    """What a message holds.

    Attributes:
        bodies: pieces of the text in order, each as plain text, HTML, or both.
        too_deep: there are parts within more parts than are opened.
    """

    bodies: list[tuple[Message | None, Message | None]] = field(default_factory=list)
    attachments: list[Message] = field(default_factory=list)
    too_deep: bool = False


def read_message(file: File) -> Message:
    """The message in a file.

    Raises:
        ParseError: it is nested too deep, or defeats the parser.
    """
    data = file.data.lstrip(b"\xef\xbb\xbf\r\n \t")
    try:
        message = BytesParser(policy=compat32).parsebytes(data)
        for part in message.walk():
            _decode_raw_headers(part)
    except Exception as exc:  # the email package raises anything on bytes that others made
        raise ParseError(
            f"{file.name} 邮件已损坏。 {file.name} is a damaged mail: {type(exc).__name__}: {exc}",
            hint="请从邮件程序重新导出。 Export it from your mail program again.",
        ) from exc
    return message


def _decode_raw_headers(part: Message) -> None:
    """Put text in place of raw bytes, which the parser keeps as surrogates, and would show as question marks."""
    for name, value in list(part.raw_items()):
        raw = str(value).encode("utf-8", "surrogateescape")
        if any("\udc80" <= char <= "\udcff" for char in str(value)):
            part.replace_header(name, decode(raw).text)


def sort_parts(message: Message) -> Parts:
    """Sort the parts of a message into bodies and attachments."""
    parts = Parts()
    _sort(message, parts, 0)
    return parts


def _sort(part: Message, parts: Parts, depth: int) -> None:
    kind, inner = part.get_content_type(), children(part)
    if kind == "message/rfc822" or not part.is_multipart():
        if depth and (kind not in ("text/plain", "text/html") or _is_attached(part)):
            parts.attachments.append(part)
        elif kind.startswith("text/") or not depth:
            parts.bodies.append((None, part) if kind == "text/html" else (part, None))
    elif depth >= _DEEPEST:
        parts.too_deep = True
    elif kind == "multipart/alternative":
        choices = Parts()
        for child in inner:
            _sort(child, choices, depth + 1)
        plain = [one for one, _ in choices.bodies if one is not None]
        html = [other for _, other in choices.bodies if other is not None]
        if plain or html:
            parts.bodies.append((plain[0] if plain else None, html[0] if html else None))
        parts.bodies += [(one, None) for one in plain[1:]] if not html else []
        parts.attachments += choices.attachments
        parts.too_deep |= choices.too_deep
    else:
        for child in inner:
            _sort(child, parts, depth + 1)


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(file_name(part))


def saved_page(message: Message) -> Message | None:
    """The page of a message that is a saved page (MHTML), not a mail; None for a mail."""
    if any(message[name] is not None for name in ("To", "Received", "Return-Path", "Delivered-To")):
        return None
    parts = [part for part in message.walk() if not part.is_multipart()]
    located = any(part["Content-Location"] is not None for part in message.walk())
    if not located or (message.get_content_type() not in ("multipart/related", "text/html") and message["From"]):
        return None
    return next((part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")), None)


def children(part: Message) -> list[Message]:
    """The parts of a part; none for a leaf."""
    inner = part.get_payload()
    return [child for child in inner if isinstance(child, Message)] if isinstance(inner, list) else []


def payload(part: Message) -> bytes:
    """The bytes of a part; of an attached mail its source."""
    if part.is_multipart():
        return b"".join(child.as_bytes() for child in children(part)[:1])
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def body_text(part: Message) -> str:
    """The text of a part."""
    data = payload(part)
    charset = str(part.get_param("charset") or "").strip("\"' ").lower()
    if charset in _BELIEVED:
        try:
            return data.decode(_CODECS.get(charset, charset))
        except (UnicodeError, LookupError):
            pass
    return decode(data).text


def header(message: Message, name: str) -> str:
    """A header's text; empty when there is none."""
    return _decoded(message[name])


def mail_date(message: Message) -> str:
    """When it was sent, `2023-05-06 10:00` by the sender's clock; empty when unknown."""
    try:
        return parsedate_to_datetime(header(message, "Date")).strftime("%Y-%m-%d %H:%M")
    except (TypeError, ValueError, IndexError, OverflowError):
        return ""


def file_name(part: Message) -> str:
    """The name that a part gives itself; empty for none."""
    for name, holder in (("filename", "content-disposition"), ("name", "content-type")):
        try:
            value = part.get_param(name, header=holder)
        except (ValueError, TypeError, IndexError, KeyError):  # mangled RFC 2231 continuations
            value = None
        if isinstance(value, tuple):  # RFC 2231: charset, language, text
            return _by_charset(value[2].encode("latin-1", "replace") if value[2] else b"", value[0])
        if value:
            text = _decoded(value).strip()
            if _LANGUAGE.match(text) and "%" in text:
                return decode(unquote_to_bytes(_LANGUAGE.sub("", text))).text
            return text
    return ""


def _by_charset(data: bytes, charset: str | None) -> str:
    if (charset or "").lower() in _BELIEVED:
        try:
            return data.decode(_CODECS.get(str(charset).lower(), str(charset)))
        except (UnicodeError, LookupError):
            pass
    return decode(data).text


def _decoded(value: object) -> str:
    """A header's words."""
    text = "" if value is None else str(value)
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(
        piece if isinstance(piece, str) else _by_charset(piece, charset) if charset else piece.decode("latin-1")
        for piece, charset in pieces
    )
