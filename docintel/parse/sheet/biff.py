"""How binary workbooks show their numbers: XLS, ET, and the little that is needed of XLSB.

In: an XLS or ET file, or a sheet's part of an XLSB package. Out: formats and errors by cell, and how far cells reach.
Source: MS-XLS 2.1.4 (records), MS-XLSB 2.1.4.
"""

import struct
from collections.abc import Callable, Iterator

from docintel.parse.sheet.shown import Shown, code_of

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


class LockedError(Exception):
    """The workbook is encrypted."""


def binary_formats(data: bytes) -> list[Shown]:
    """The sheets of an XLS or ET file in their order; none when its streams cannot be read.

    Raises:
        LockedError: it is encrypted.
    """
    from doc2docx.cfb import CompoundFile
    from doc2docx.errors import Doc2DocxError

    try:
        package = CompoundFile(data)
        paths = {entry.path.casefold(): entry.path for entry in package.entries}
        return _Book(bytes(package.open_stream(paths.get("workbook") or paths["book"]))).sheets()
    except (Doc2DocxError, IndexError, KeyError, struct.error, ValueError, OverflowError):
        return []


class _Book:
    """The records of a workbook stream: two bytes of kind, two of length, and the body."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._codes: dict[str | None, str] = {}
        self._styles: list[str] = []
        self._sheets: list[int] = []

    def sheets(self) -> list[Shown]:
        """The cells of every sheet, as far as they have a number or an error."""
        for kind, body in self._records(0):
            if kind == 0x41E:
                self._codes[str(struct.unpack_from("<H", body)[0])] = _text(body[2:])
            elif kind == 0x2F:
                raise LockedError
            elif kind == 0xE0:
                self._styles.append(str(struct.unpack_from("<H", body, 2)[0]))
            elif kind == 0x85:
                self._sheets.append(struct.unpack_from("<I", body)[0])
        formats = [code_of(number, self._codes) for number in self._styles]
        return [self._sheet(start, formats) for start in self._sheets]

    def _sheet(self, start: int, formats: list[str]) -> Shown:
        shown = Shown()
        for kind, body in self._records(start):
            read = _CELLS.get(kind)
            for row, column, style, error in read(body) if read else ():
                shown.reach(row, column)
                if error:
                    shown.errors[row, column] = error
                elif style < len(formats) and formats[style]:
                    shown.formats[row, column] = formats[style]
        return shown

    def _records(self, at: int) -> Iterator[tuple[int, bytes]]:
        """Records up to the end of the substream; charts inside it are stepped over."""
        depth = 0
        while at + 4 <= len(self._stream):
            kind, length = struct.unpack_from("<HH", self._stream, at)
            body = self._stream[at + 4 : at + 4 + length]
            at += 4 + length
            depth += (kind == 0x809) - (kind == 0x0A)
            if depth == 1 and kind != 0x809:
                yield kind, body
            elif depth <= 0:
                return


def _text(body: bytes) -> str:
    """A format's code: its length, whether it is UTF-16, and its characters; Excel 95 has one byte of length."""
    if len(body) > 3 and body[1] == 0:
        length, wide = struct.unpack_from("<HB", body)
        text, encoding = (body[3 : 3 + 2 * length], "utf-16-le") if wide & 1 else (body[3 : 3 + length], "latin-1")
        return text.decode(encoding, "replace")
    return body[1 : 1 + body[0]].decode("gbk", "replace") if body else ""


_Found = Iterator[tuple[int, int, int, str]]


def _number(body: bytes) -> _Found:
    row, column, style = struct.unpack_from("<3H", body)
    yield row, column, style, ""


def _numbers(body: bytes) -> _Found:
    row, column = struct.unpack_from("<2H", body)
    for i in range((len(body) - 6) // 6):
        yield row, column + i, struct.unpack_from("<H", body, 4 + 6 * i)[0], ""


def _formula(body: bytes) -> _Found:
    row, column, style = struct.unpack_from("<3H", body)
    failed = body[6] == 2 and body[12:14] == b"\xff\xff"
    yield row, column, style, _ERRORS.get(body[8], "#N/A") if failed else ""


def _truth(body: bytes) -> _Found:
    row, column, style, value, is_error = struct.unpack_from("<3HBB", body)
    if is_error:
        yield row, column, style, _ERRORS.get(value, "#N/A")


_CELLS: dict[int, Callable[[bytes], _Found]] = {
    0x06: _formula,
    0xBD: _numbers,
    0x203: _number,
    0x205: _truth,
    0x27E: _number,
}


def xlsb_reach(part: bytes) -> Shown:
    """How far the cells of a sheet of XLSB reach."""
    shown = Shown()
    row = at = 0
    while at + 2 <= len(part):
        kind, at = _varying(part, at, 2)
        length, at = _varying(part, at, 4)
        if kind == 0:
            row = int.from_bytes(part[at : at + 4], "little")
        elif 2 <= kind <= 11:
            shown.reach(row, int.from_bytes(part[at : at + 4], "little"))
        at += length
    return shown


def _varying(part: bytes, at: int, longest: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where it ends."""
    number = 0
    for i, byte in enumerate(part[at : at + longest]):
        number |= (byte & 0x7F) << 7 * i
        at += 1
        if byte < 0x80:
            break
    return number, at
