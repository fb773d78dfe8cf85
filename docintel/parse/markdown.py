"""A Markdown file to a Document.

In: a Markdown file in any encoding. Out: its headings, paragraphs, list items and tables, the marks of emphasis and
links removed; what stands in a code fence stays as it is written. Title and date of front matter are believed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from docintel.parse.assemble import Declared, assemble
from docintel.parse.file import File
from docintel.parse.headlines import Look, heading, mark_titles
from docintel.parse.plain import refuse_garbage, warnings
from docintel.parse.structure import Line
from docintel.parse.tables import Cell, table_line
from docintel.schema import BlockKind, Document
from docintel.text.encodings import decode

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\r?\n(.*?)\r?\n\1[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(\w+)[ \t]*[:=][ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE)
#: Emphasis that the standard doesn't see beside Chinese punctuation: `**“回头看”**工作`.
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|__|~~)(?=\S)(.{1,300}?)(?<=\S)\1")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SENTENCE_END = tuple("。！？；：.!?;:")


def parse_markdown(file: File) -> Document:
    """Read a Markdown file.

    Raises:
        UnsupportedFormatError: the bytes are no text.
        ParseError: there is no visible character in it.
    """
    decoded = decode(file.data)
    refuse_garbage(decoded, file.name)
    front = _FRONT.match(decoded.text)
    fields = {name.lower(): value for name, value in _FIELD.findall(front.group(2))} if front else {}
    text = decoded.text[front.end() :] if front else decoded.text
    lines = mark_titles([Look(line) for line in _lines(text)], declared=fields.get("title", ""))
    declared = Declared(
        title=fields.get("title", ""),
        published=fields.get("date", ""),
        publisher=fields.get("source", ""),
    )
    return assemble(file, lines, parser="markdown", declared=declared, warnings=warnings(decoded))


def _lines(text: str) -> Iterator[Line]:
    from markdown_it import MarkdownIt

    # Chinese paragraphs are indented: four spaces are no code in them
    reader = MarkdownIt("commonmark", {"maxNesting": 20}).enable(["table", "strikethrough"]).disable("code")
    tokens = reader.parse(text)
    numbers: list[int | None] = []
    pending = ""
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.type == "table_open":
            end = next(k for k in range(i, len(tokens)) if tokens[k].type == "table_close")
            if line := table_line(_cells(tokens[i:end])):
                yield line
            i = end
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            numbers.append(int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            numbers.pop()
        elif token.type == "list_item_open":
            number = numbers[-1]
            pending = "• " if number is None else f"{number}{token.markup} "
            numbers[-1] = None if number is None else number + 1
        else:
            for line in _block(tokens, i):
                kind = BlockKind.LIST_ITEM if pending == "• " and line.kind is None else line.kind
                yield replace(line, text=pending + line.text, kind=kind)
                pending = ""
        i += 1


def _block(tokens: list["Token"], i: int) -> Iterator[Line]:
    """The lines of a token that holds text."""
    token = tokens[i]
    if token.type == "inline":
        level = int(tokens[i - 1].tag[1]) if tokens[i - 1].type == "heading_open" else 0
        text = _shown(token)
        bold = _all_strong(token)
        if level:
            yield heading(text, level)
        else:
            yield from (Line(part, bold=bold) for part in text.split("\n"))
    elif token.type in ("fence", "code_block"):
        yield from (Line(text, BlockKind.PARAGRAPH) for text in token.content.splitlines())
    elif token.type == "html_block":
        from docintel.parse.html import shown_lines

        yield from shown_lines(token.content)


def _cells(tokens: Iterable["Token"]) -> Iterator[Cell]:
    row, column = -1, 0
    for token in tokens:
        if token.type == "tr_open":
            row, column = row + 1, 0
        elif token.type == "inline":
            yield Cell(row, column, _shown(token))
            column += 1


def _shown(token: "Token") -> str:
    """The words of a paragraph, a line for each that ends a sentence or is broken; others are joined."""
    text = ""
    for child in token.children or ():
        if child.type == "softbreak":
            text += "\n" if text.endswith(_SENTENCE_END) else " " if text[-1:].isascii() else ""
        elif child.type == "hardbreak" or (child.type == "html_inline" and _BREAK.match(child.content)):
            text += "\n"
        elif child.type in ("text", "code_inline", "text_special", "image"):
            text += child.content
    return _EMPHASIS.sub(r"\2", text)


def _all_strong(token: "Token") -> bool:
    """Whether a paragraph is one piece of strong text."""
    children = [child for child in token.children or () if child.content or child.nesting]
    types = [child.type for child in children]
    return types[:1] == ["strong_open"] and types[-1:] == ["strong_close"] and types.count("strong_open") == 1
