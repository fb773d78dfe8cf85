"""Plain text to a Document.

In: a TXT file in any encoding, often a web page saved as text with its furniture. Out: a Document that keeps
every line; what is no content is marked, not cut.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from docintel.errors import UnsupportedFormatError
from docintel.parse.assemble import assemble
from docintel.parse.file import File
from docintel.parse.structure import Line
from docintel.parse.tables import plain_cells, table_line
from docintel.schema import Document
from docintel.text.encodings import Decoded, decode
from docintel.text.outline import numbering

#: More control characters or lost bytes than this share, and the bytes are no text.
_MOST_GARBAGE = 0.05
_GARBAGE = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\ufffd]")
_SAMPLE = 8192
#: Lines with tabs are a table from so many rows on, when such a share of their cells is written.
_FEWEST_ROWS, _WRITTEN = 2, 0.6
#: A text is wrapped when so many lines end within so many characters of a width that fits a printed page.
_NARROWEST, _WIDEST, _RAGGED, _FEWEST, _MOSTLY = 20, 60, 3, 8, 0.6


def parse_text(file: File) -> Document:
    """Read a text file.

    Raises:
        UnsupportedFormatError: the bytes are no text.
        ParseError: there is no visible character in it.
    """
    decoded = decode(file.data)
    refuse_garbage(decoded, file.name)
    lines = list(_lines(decoded.text.splitlines()))
    return assemble(file, lines, parser="text", warnings=warnings(decoded))


def _lines(raw: list[str]) -> Iterator[Line]:
    """The lines; those that are rows of a table, with tabs between cells as a sheet is pasted into a text, as one."""
    for tabs, group in groupby(raw, lambda line: line.count("\t")):
        rows = list(group)
        cells = [row.split("\t") for row in rows]
        table = table_line(plain_cells(cells)) if tabs and _is_table(cells) else None
        if table:
            yield table
        else:
            yield from map(Line, unwrap(rows))


def _is_table(rows: list[list[str]]) -> bool:
    """Whether lines that are cut at tabs are rows: a paragraph that a tab indents is none."""
    written = [sum(bool(cell.strip()) for cell in row) for row in rows]
    return len(rows) >= _FEWEST_ROWS and max(written) > 1 and sum(written) >= _WRITTEN * sum(map(len, rows))


def unwrap(lines: list[str]) -> list[str]:
    """Join the lines of a text that was wrapped at a fixed width, where a paragraph goes on over many lines.

    Such a text shows by most of its lines being as long as the longest; any other comes back as it is. A new paragraph
    begins at an indent, an outline number, or behind a line that is short or ends a sentence.
    """
    shown = [line.strip() for line in lines if line.strip()]
    width = max(map(len, shown), default=0)
    full = sum(len(line) >= width - _RAGGED for line in shown)
    if not (_NARROWEST <= width <= _WIDEST and len(shown) >= _FEWEST and full >= _MOSTLY * len(shown)):
        return lines
    joined: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and line[:1].strip() and numbering(line) is None:
            joined[-1] += line.rstrip()
        else:
            joined.append(line.rstrip())
        goes_on = len(line.strip()) >= width - _RAGGED and not line.rstrip().endswith(tuple("。！？：!?:"))
    return joined


def refuse_garbage(decoded: Decoded, source: str) -> None:
    """Refuse text that is mostly control characters or invalid bytes.

    Raises:
        UnsupportedFormatError: always then; the message names the file.
    """
    text = decoded.text[:_SAMPLE]
    bad = len(_GARBAGE.findall(text))
    if bad > _MOST_GARBAGE * len(text):
        raise UnsupportedFormatError(
            f"{source} 不是文本。 {source} is no text: {bad} of its first {len(text)} characters are control characters"
            " or invalid.",
            hint="请确认文件完整，或另存为常见格式。 Check that it is complete, or save it in a usual format.",
        )


def warnings(decoded: Decoded) -> tuple[str, ...]:
    """What a reader should know about how the bytes were decoded."""
    if decoded.intact:
        return ()
    lost = decoded.text.count("\ufffd")
    return (
        f"{lost} 处不是有效的 {decoded.encoding} 字符，以 � 代替。"
        f" {lost} characters were no valid {decoded.encoding} and are shown as U+FFFD.",
    )
