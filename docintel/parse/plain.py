"""Plain text to a Document.

In: a TXT file in any encoding, often a web page saved as text with its furniture. Out: a Document that keeps
every line; what is no content is marked, not cut.
"""

import re

from docintel.errors import UnsupportedFormatError
from docintel.parse.assemble import assemble
from docintel.parse.file import File
from docintel.parse.structure import Line
from docintel.schema import Document
from docintel.text.encodings import Decoded, decode
from docintel.text.outline import numbering

#: More control characters or lost bytes than this share, and the bytes are no text.
_MOST_GARBAGE = 0.05
_GARBAGE = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\ufffd]")
_SAMPLE = 8192
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
    lines = map(Line, unwrap(decoded.text.splitlines()))
    return assemble(file, lines, parser="text", warnings=warnings(decoded))


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
            f"{source} is no text: {bad} of its first {len(text)} characters are control characters or invalid.",
            hint="Give a TXT or HTML file.",
        )


def warnings(decoded: Decoded) -> tuple[str, ...]:
    """What a reader should know about how the bytes were decoded."""
    if decoded.intact:
        return ()
    lost = decoded.text.count("\ufffd")
    return (f"{lost} characters were no valid {decoded.encoding} and are shown as U+FFFD",)
