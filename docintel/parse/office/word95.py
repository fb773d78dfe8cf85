"""Word 6 and 95 files, which msdoc2docx does not read: the words of the body and its tables.

In: the bytes of a DOC file. Out: lines, and what is left out; None for a file that is newer, or saved in pieces. Its
text stands in one stretch of bytes in the code page of its language, with marks for ends of paragraphs and cells.
"""

import re
import struct
from collections.abc import Iterator

from docintel.parse.structure import Line
from docintel.parse.tables import plain_cells, table_line

_FIRST, _LAST = 101, 0xC0
_COMPLEX, _ENCRYPTED = 0x0004, 0x0100
_LANGUAGE_AT, _FLAGS_AT, _TEXT_AT, _LENGTHS_AT = 0x06, 0x0A, 0x18, 0x34
#: Language of the file, of which the low byte is the language and the rest the place.
_CODE_PAGES = {0x0404: "big5hkscs", 0x0C04: "big5hkscs", 0x0411: "cp932", 0x0412: "cp949"}
_NOTES = "脚注、尾注和文本框未读取。 Footnotes, endnotes and text boxes were not read."
#: A field: its instruction, and behind \x14 its result.
_FIELD = re.compile("\x13[^\x13\x14\x15]*\x14?([^\x13\x14\x15]*)\x15")
_CONTROL = re.compile("[\x00-\x06\x08\x0e-\x1f]")
_NESTED = 8
CELLS = (
    "Word 6/95 文件，表格中有空单元格时划分可能不准。 "
    "A file of Word 6 or 95: cells of its tables may be parted wrongly where some are empty."
)


def read_word95(data: bytes) -> tuple[list[Line], list[str]] | None:
    """Lines in reading order, and what of the file is not in them."""
    stream = _word_stream(data)
    if len(stream) < _LENGTHS_AT + 28 or stream[:2] not in (b"\xdc\xa5", b"\xec\xa5"):
        return None
    version, flags = (struct.unpack_from("<H", stream, at)[0] for at in (2, _FLAGS_AT))
    if not _FIRST <= version <= _LAST or flags & (_COMPLEX | _ENCRYPTED):
        return None
    start = struct.unpack_from("<I", stream, _TEXT_AT)[0]
    length, notes, _, _, _, endnotes, boxes = struct.unpack_from("<7I", stream, _LENGTHS_AT)
    language = struct.unpack_from("<H", stream, _LANGUAGE_AT)[0]
    text = stream[start : start + length].decode(_CODE_PAGES.get(language, "gb18030"), "replace")
    return list(_lines(_without_fields(text))), [_NOTES] if notes or endnotes or boxes else []


def _word_stream(data: bytes) -> bytes:
    from doc2docx.cfb import CompoundFile
    from doc2docx.errors import Doc2DocxError

    try:
        return bytes(CompoundFile(data).open_stream("WordDocument"))
    except (Doc2DocxError, ValueError, IndexError, struct.error):
        return b""


def _without_fields(text: str) -> str:
    """The results of fields in place of the fields."""
    for _ in range(_NESTED):
        shorter = _FIELD.sub(r"\1", text)
        if shorter == text:
            break
        text = shorter
    return _CONTROL.sub("", text)


def _lines(text: str) -> Iterator[Line]:
    """A paragraph ends with a return, a cell with a bell, and a row with one more bell."""
    rows: list[list[str]] = []
    row: list[str] = []
    cell = ""
    for part in re.split("(?<=[\r\x07])", text):
        if part == "\x07" and row and not cell:
            rows.append(row)
            row = []
        elif part.endswith("\x07"):
            row.append(cell + part[:-1])
            cell = ""
        elif row:
            cell += part
        else:
            yield from _table(rows)
            rows = []
            yield Line(part)
    yield from _table([*rows, [*row, cell]])


def _table(rows: list[list[str]]) -> Iterator[Line]:
    if (line := table_line(plain_cells(rows))) is not None:
        yield line
