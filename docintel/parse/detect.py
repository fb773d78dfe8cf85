"""What kind of file some bytes are, by their content and never by a suffix.

In: bytes. Out: a format name; `html` and `text` are the ones that have a parser today.
"""

import re

_MAGIC = [
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"II*\x00", "TIFF image"),
    (b"MM\x00*", "TIFF image"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE2 (DOC, WPS, XLS, ET)"),
    (b"{\\rtf", "RTF"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"\x1f\x8b", "gzip archive"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"\x7fELF", "program"),
    (b"MZ\x90\x00", "program"),
]
#: A part that only this kind of ZIP package has; names of parts stand uncompressed in the bytes.
_PACKAGES = [
    (b"OFD.xml", "OFD"),
    (b"word/document", "DOCX"),
    (b"xl/workbook", "XLSX"),
    (b"ppt/presentation", "PPTX"),
    (b"application/vnd.oasis.opendocument", "OpenDocument"),
    (b"application/epub+zip", "EPUB"),
]
_HEAD = 4096
_HTML = re.compile(
    rb"\s*<(?:!doctype\s+html|html|head|body|meta|title|base|link|script|style|div|p|table|article|section|span|h[1-6]|"
    rb"center|font|br|ul|ol|a|img)\b",
    re.IGNORECASE,
)
_JSON = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{"])')
_HTML_ROOT = re.compile(rb"<(?:html|body)\b", re.IGNORECASE)
_PREAMBLE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--(?:[^-]|-(?!->))*-->\s*)*")


def detect(data: bytes) -> str:
    """The format of `data`: `html`, `text`, or a name for a person to read such as `PDF`.

    Bytes of no known kind are `text`: whether they are any is for its parser to say.
    """
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if b"%PDF-" in data[:1024]:
        return "PDF"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((name for part, name in _PACKAGES if part in data), "ZIP archive")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP image"
    if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0":
        return "BMP image"
    return _markup(data[:_HEAD].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b""))


def _markup(head: bytes) -> str:
    if head.startswith(b"MIME-Version:") and b"multipart/related" in head:
        return "MHTML"
    if _JSON.match(head):
        return "JSON"
    preamble = _PREAMBLE.match(head)
    if _HTML.match(head, preamble.end() if preamble else 0):
        return "html"
    if head.lstrip().startswith(b"<?xml"):
        return "html" if _HTML_ROOT.search(head) else "XML"
    return "html" if _HTML_ROOT.search(head) and b"<" in head.lstrip()[:1] else "text"
