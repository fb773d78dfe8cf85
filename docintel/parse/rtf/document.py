"""An RTF file to a Document.

In: an RTF file as Word, WPS, LibreOffice or WordPad write it. Out: its paragraphs, tables, notes and text boxes in
reading order, headers and footers once at the end.
"""

from docintel.parse.assemble import assemble
from docintel.parse.file import File
from docintel.parse.headlines import mark_titles
from docintel.parse.rtf.reader import RtfReader
from docintel.parse.structure import Line
from docintel.schema import BlockKind, Document
from docintel.text.normalize import clean


def parse_rtf(file: File) -> Document:
    """Read an RTF file.

    Raises:
        ParseError: it holds no text.
    """
    reader = RtfReader(file.data)
    lines = mark_titles(reader.looks)
    for text in reader.margins:
        if any(char.isalpha() for char in clean(text)):
            lines.append(Line(text, BlockKind.FURNITURE))
    return assemble(file, lines, parser="rtf", warnings=_warnings(reader), missing=_missing(reader))


def _warnings(reader: RtfReader) -> list[str]:
    said = []
    if reader.comments:
        said.append(f"未读批注 {reader.comments} 条。 {reader.comments} comments were left out.")
    if reader.hidden:
        said.append(f"未读隐藏文字 {reader.hidden} 字。 {reader.hidden} characters of hidden text were left out.")
    if reader.pictures:
        said.append(f"图片 {reader.pictures} 幅未读。 {reader.pictures} pictures were not read.")
    return said


def _missing(reader: RtfReader) -> list[str]:
    said = []
    if not reader.whole:
        said.append("文件不完整，结尾缺失。 The file is cut off: its end is missing.")
    if reader.objects:
        said.append(f"内嵌对象 {reader.objects} 个未读。 {reader.objects} embedded objects were not read.")
    return said
