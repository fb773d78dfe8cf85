"""RTF tokens, code pages, and what its groups mean.

In: the bytes of an RTF file. Out: tokens one after another; characters of a run of bytes in the code page of its font.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_WORD = rb"\\(?:([a-zA-Z]{1,32})(-?\d{1,10})? ?|'([0-9a-fA-F]{2})|(.))|([{}])|"
_SINGLE = re.compile(_WORD + rb"([^\\{}]+)", re.DOTALL)
#: In old files a Chinese character may stand as two raw bytes, and the second of them may be `\`, `{` or `}`.
_DOUBLE = re.compile(_WORD + rb"([^\\{}\x80-\xff]+|(?:[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x80-\xff]){1,500})", re.DOTALL)
_ANSI_PAGE = re.compile(rb"\\ansicpg(\d{1,5})")
_HIGH = re.compile(rb"[\x80-\xff]")
_DOUBLE_BYTES = frozenset({"gb18030", "cp932", "cp949", "big5hkscs"})
_CODE_PAGES = {
    932: "cp932", 936: "gb18030", 949: "cp949", 950: "big5hkscs", 54936: "gb18030", 65001: "utf-8", 1361: "johab",
    10000: "mac_roman", 10008: "gb18030",
}  # fmt: skip
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5hkscs", 161: "cp1253", 162: "cp1254",
    163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437",
}  # fmt: skip
#: Runs of bytes that can only be GB2312: pairs, both high, the first of a row that has characters.
_PAIRS = re.compile(rb"(?:[\xa1-\xa9\xb0-\xf7][\xa1-\xfe])+")


class Token(NamedTuple):
    """A control word with its number, a brace, or bytes of text; `end` is where the next token begins."""

    word: str = ""
    number: int | None = None
    brace: bytes = b""
    text: bytes = b""
    hexadecimal: bool = False


class CodePages:
    """How the bytes of one file are read.

    Attributes:
        page: codec of the file's own code page.
    """

    def __init__(self, data: bytes) -> None:
        declared = _ANSI_PAGE.search(data[:4096])
        number = int(declared.group(1)) if declared else 1252
        self.page = _CODE_PAGES.get(number) or _known(f"cp{number}")
        self._raw_utf8 = _HIGH.search(data) is not None and _is_utf8(data)

    def tokens(self, data: bytes) -> Iterator[Token]:
        """The tokens of the file; binary data is left out."""
        doubles = not self._raw_utf8 and (self.page in _DOUBLE_BYTES or b"\\fcharset134" in data)
        pattern = _DOUBLE if doubles else _SINGLE
        place = 0
        while match := pattern.match(data, place):
            place = match.end()
            word, number, code, sign, brace, text = match.groups()
            if word == b"bin":
                place += min(max(int(number or 0), 0), len(data))
            elif word:
                yield Token(word.decode("ascii"), int(number) if number else None)
            elif code:
                yield Token(text=bytes([int(code, 16)]), hexadecimal=True)
            elif sign:
                yield Token(sign.decode("latin-1"))
            elif brace:
                yield Token(brace=brace)
            else:
                yield Token(text=text)

    def decode(self, data: bytes, charset: int | None, *, raw: bool) -> str:
        """Characters of a run of bytes that is set in a font of a charset; `raw` for bytes that were not escaped."""
        if raw and self._raw_utf8 and _is_utf8(data):
            return data.decode("utf-8")
        codec = _CHARSETS.get(charset or 0)
        if codec is None:
            codec = self.page
            # A western font: its code page is 1252 for quotes and dashes, but Chinese programs set anything in one.
            if charset == 0 or codec == "cp1252":
                codec = "gb18030" if _is_gb(data) and codec in ("gb18030", "cp1252") else "cp1252"
        try:
            return data.decode(codec)
        except (UnicodeDecodeError, LookupError):
            return data.decode(self.page if self.page in _DOUBLE_BYTES else "cp1252", "replace")


def _known(codec: str) -> str:
    try:
        b"".decode(codec)
    except LookupError:
        return "cp1252"
    return codec


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_gb(data: bytes) -> bool:
    """Whether every run of high bytes is made of pairs that are Chinese characters."""
    rest = _PAIRS.sub(b"", data)
    return len(rest) < len(data) and _HIGH.search(rest) is None
