"""The stories of an RTF file: body, notes, text boxes, headers and footers.

In: the bytes. Out: `Look`s of the body in reading order, a note behind the paragraph that refers to it; the lines of
headers and footers; counts of what was left out. RTF writes the numbers of lists out, and repeats in each paragraph
what its style says.
"""

import copy
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from docintel.parse.docx.styles import names_contents, names_heading, names_title
from docintel.parse.headlines import Look, heading
from docintel.parse.ooxml.symbols import symbol
from docintel.parse.rtf.codes import CodePages, Token
from docintel.parse.rtf.rows import CellShape, Row, table_cells
from docintel.parse.rtf.words import (
    BREAKS,
    CHARACTERS,
    MARGINS,
    PROPERTIES,
    SKIPPED,
    STARRED,
    STORIES,
    TABLES,
    Font,
    Piece,
    State,
    StyleEntry,
)
from docintel.parse.structure import Line
from docintel.parse.tables import table_line
from docintel.schema import BlockKind

#: Groups in groups; no program writes nearly as many.
_DEEPEST = 5000
#: A number that ends in Chinese punctuation has no space behind it.
_NUMBER_TAB = re.compile(r"\A([^\t\n]{1,12}[、）])\t")


@dataclass(slots=True)
class _Story:
    """A text that is being read.

    Attributes:
        after: what follows the paragraph or table that is being read: its notes and text boxes.
    """

    looks: list[Look] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    after: list[Look] = field(default_factory=list)
    cell: list[Look] = field(default_factory=list)
    row: list[list[Look]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


class RtfReader:
    """Reads one file.

    Attributes:
        looks: the body.
        margins: texts of headers and footers, each once, in order.
        whole: every group was closed.
    """

    def __init__(self, data: bytes) -> None:
        self.margins: dict[str, None] = {}
        self.hidden = self.pictures = self.objects = self.comments = 0
        self.whole = True
        self._pages = CodePages(data)
        self._state = State()
        self._stack: list[tuple[State, _Story]] = []
        self._story = _Story()
        self._fonts: dict[int, Font] = {}
        self._colors: list[tuple[int, int, int]] = [(0, 0, 0)]
        self._styles: dict[int, StyleEntry] = {}
        self._default_font = -1
        self._bytes = bytearray()
        self._raw = False
        self._skip = 0
        self._left = 0
        self._shapes: list[CellShape] = []
        self._merge = {"under": False, "beside": False}
        for token in self._pages.tokens(data):
            if not self._take(token):
                break
        self.whole = not self._stack
        while self._stack:
            self._close()
        self._end_text()
        self._end_paragraph()
        self._end_table()
        self.looks = self._story.looks

    def _take(self, token: Token) -> bool:
        """Read one token; False behind the last brace, where nothing is part of the document."""
        if token.text:
            self._take_bytes(token)
            return True
        self._end_text()
        self._skip = 0
        if token.brace == b"{":
            self._open()
            return len(self._stack) < _DEEPEST
        elif token.brace:
            self._close()
            return bool(self._stack)
        elif self._state.kind in TABLES:
            self._take_table_word(token)
        else:
            self._take_word(token.word, token.number)
        return True

    def _open(self) -> None:
        self._stack.append((self._state, self._story))
        self._state = copy.copy(self._state)
        self._state.starred = False
        if self._state.kind == "upr":  # the same text twice: for old readers, and in Unicode
            self._state.kind, self._state.skipped = "", True

    def _close(self) -> None:
        if not self._stack:
            return
        state, story = self._stack.pop()
        if story is not self._story:
            self._end_story(story)
        self._state, self._story = state, story

    def _end_story(self, outer: _Story) -> None:
        self._end_paragraph()
        self._end_table()
        looks = self._story.looks
        text = "\n".join(look.line.text for look in looks).strip()
        if self._state.kind in MARGINS:
            self.margins[text] = None
        elif self._state.kind == "footnote":
            outer.after += [Look(Line(text, BlockKind.PARAGRAPH))] if text else []
        else:
            outer.after += looks

    def _take_bytes(self, token: Token) -> None:
        text = token.text if token.hexadecimal else token.text.replace(b"\r", b"").replace(b"\n", b"")
        if self._skip:
            cut = min(self._skip, len(text))
            self._skip -= cut
            text = text[cut:]
        if self._state.skipped or not text:
            return
        raw = not token.hexadecimal
        if raw != self._raw and any(byte > 0x7F for byte in text) and any(byte > 0x7F for byte in self._bytes):
            # the second byte of a character may stand unescaped: only bytes that were raw from the start are UTF-8
            raw = False
        self._raw = raw if not self._bytes else self._raw and raw
        self._bytes += text

    def _end_text(self) -> None:
        """Decode the bytes that have come together."""
        if not self._bytes:
            return
        data, self._bytes = bytes(self._bytes), bytearray()
        state = self._state
        font = self._fonts.get(state.font if state.font is not None else self._default_font, Font())
        if font.charset == 2 and state.kind not in TABLES:
            self._show("".join(symbol(byte, font.name) for byte in data))
            return
        text = self._pages.decode(data, font.charset, raw=self._raw)
        if state.kind in TABLES:
            self._take_table_text(text)
        else:
            self._show(text)

    def _show(self, text: str) -> None:
        state = self._state
        if state.skipped or state.deleted:
            return
        if state.hidden:
            self.hidden += len(text.strip())
            return
        color = self._colors[state.color] if 0 <= state.color < len(self._colors) else (0, 0, 0)
        red = color[0] >= 0xB0 and color[1] <= 0x50 and color[2] <= 0x50
        self._story.pieces.append(Piece(text, state.bold, state.size, red))

    def _take_word(self, word: str, number: int | None) -> None:
        state = self._state
        if word == "*":
            state.starred = True
        elif word in TABLES or word in STORIES or word in SKIPPED or state.starred or word in ("upr", "ud"):
            self._enter(word)
        elif state.skipped:
            return
        elif word in CHARACTERS:
            self._show(CHARACTERS[word])
        elif word == "u":
            self._show(_unicode(number or 0))
            self._skip = state.fallback
        elif word in BREAKS:
            self._end_paragraph()
        elif action := _ACTIONS.get(word):
            action(self, number)
        elif word in PROPERTIES:
            PROPERTIES[word](state, number)

    def _enter(self, word: str) -> None:
        """Begin a group of a kind: one that is passed over, a table of fonts or styles, or a story of its own."""
        state = self._state
        starred, state.starred = state.starred, False
        if word == "ud":
            state.skipped = False
        elif state.skipped:
            return
        elif word in TABLES or word == "upr":
            state.kind = word
        elif word in SKIPPED or (starred and word not in STARRED | STORIES):
            state.skipped = True
            self.pictures += word == "pict"
            self.objects += word == "objdata"
            self.comments += word == "annotation"
        elif word in STORIES:
            self._story = _Story()
            self._state = State(kind=word, fallback=state.fallback, font=state.font)

    def _take_table_word(self, token: Token) -> None:
        word, number = token.word, token.number or 0
        state = self._state
        if word == "*":
            return
        if word == "f" and state.kind == "fonttbl":
            state.font = number
            self._fonts[number] = Font()
        elif word == "fcharset" and state.font in self._fonts:
            self._fonts[state.font].charset = number
        elif word in ("panose", "falt", "fname", "cs", "ts", "ds", "latentstyles"):
            state.skipped = True
        elif word == "s" and state.kind == "stylesheet":
            state.style = number
            self._styles[number] = StyleEntry()
        elif word == "outlinelevel" and state.style in self._styles:
            self._styles[state.style].outline = number
        elif word in ("red", "green", "blue") and state.kind == "colortbl":
            at = ("red", "green", "blue").index(word)
            color = self._colors[-1]
            self._colors[-1] = (*color[:at], number, *color[at + 1 :])  # type: ignore[assignment]
        elif word == "u":
            self._take_table_text(_unicode(number))
            self._skip = state.fallback

    def _take_table_text(self, text: str) -> None:
        state = self._state
        if state.kind == "colortbl":
            self._colors += [(0, 0, 0)] * text.count(";")
        elif state.kind == "fonttbl" and state.font in self._fonts:
            self._fonts[state.font].name += text.replace(";", "").strip()
        elif state.kind == "stylesheet":
            self._styles.setdefault(state.style, StyleEntry()).name += text.replace(";", "").strip()

    def _end_paragraph(self) -> None:
        story, state = self._story, self._state
        pieces, story.pieces = story.pieces, []
        text = _NUMBER_TAB.sub(r"\1", _whole("".join(piece.text for piece in pieces)))
        if not state.in_table:
            self._end_table()
        if text.strip():
            (story.cell if state.in_table else story.looks).append(self._look(text, pieces))
        if not state.in_table:
            self._put_after()

    def _put_after(self) -> None:
        self._story.looks += self._story.after
        self._story.after = []

    def _look(self, text: str, pieces: list[Piece]) -> Look:
        state = self._state
        shown = [piece for piece in pieces if piece.text.strip()]
        sizes: Counter[float] = Counter()
        for piece in shown:
            sizes[piece.size] += len(piece.text.strip())
        style = self._styles.get(state.style, StyleEntry())
        outline = min(state.outline, style.outline, names_heading(style.name, 9))
        line = heading(text, outline + 1 if 0 <= outline < 9 else 0)
        if names_contents(style.name):
            line = Line(text, BlockKind.FURNITURE)
        if all(piece.bold for piece in shown):
            line = Line(line.text, line.kind, bold=True, level=line.level)
        red = all(piece.red for piece in shown)
        return Look(line, max(sizes, key=lambda size: sizes[size]), state.centred, red, names_title(style.name))

    def _begin_row(self, _: int | None) -> None:
        self._shapes, self._left = [], 0
        self._merge = {"under": False, "beside": False}

    def _set_left(self, number: int | None) -> None:
        self._left = number or 0

    def _go_on(self, direction: str) -> None:
        self._merge[direction] = True

    def _end_shape(self, number: int | None) -> None:
        self._shapes.append(CellShape(number or 0, **self._merge))
        self._merge = {"under": False, "beside": False}

    def _end_cell(self, _: int | None) -> None:
        self._state.in_table = True
        self._end_paragraph()
        self._story.row.append(self._story.cell)
        self._story.cell = []

    def _end_row(self, _: int | None) -> None:
        story = self._story
        if story.pieces or story.cell:
            self._end_cell(None)
        if story.row:
            story.rows.append(Row(self._left, list(self._shapes), story.row))
            story.row = []

    def _end_table(self) -> None:
        """Put the table that has been read among the paragraphs; one that only lays out is read as text."""
        story = self._story
        if story.cell or story.row:
            self._end_row(None)
        if not story.rows:
            return
        rows, story.rows = story.rows, []
        insides = [inside for row in rows for inside in row.cells]
        if sum(bool(inside) for inside in insides) < 2 or all(len(row.cells) == 1 for row in rows):
            story.looks += [look for inside in insides for look in inside]
        elif line := table_line(table_cells(rows)):
            story.looks.append(Look(line))
        self._put_after()

    def _reset_characters(self, _: int | None) -> None:
        state = self._state
        state.bold = state.hidden = state.deleted = False
        state.size, state.color, state.font = 12.0, 0, None

    def _reset_paragraph(self, _: int | None) -> None:
        state = self._state
        state.centred = state.in_table = False
        state.outline, state.style = 9, 0

    def _set_default_font(self, number: int | None) -> None:
        self._default_font = number or 0


_ACTIONS: dict[str, Callable[[RtfReader, int | None], None]] = {
    "trowd": RtfReader._begin_row,
    "trleft": RtfReader._set_left,
    "clvmrg": lambda reader, _: reader._go_on("under"),
    "clmrg": lambda reader, _: reader._go_on("beside"),
    "cellx": RtfReader._end_shape,
    "cell": RtfReader._end_cell,
    "row": RtfReader._end_row,
    "plain": RtfReader._reset_characters,
    "pard": RtfReader._reset_paragraph,
    "deff": RtfReader._set_default_font,
}


def _unicode(number: int) -> str:
    """A UTF-16 unit as RTF writes it, with a sign."""
    code = number & 0xFFFF
    return symbol(code) if 0xF020 <= code <= 0xF0FF else chr(code)


def _whole(text: str) -> str:
    """Text whose characters beyond the first plane came in two halves."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
