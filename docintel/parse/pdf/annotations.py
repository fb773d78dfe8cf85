"""What is written on a PDF page with a viewer: form fields and text boxes, which a reader sees, and comments.

In: a page of PDFium. Out: the page with fields and text boxes made part of its content; whether there are comments.
"""

from collections.abc import Iterator
from typing import Any

#: Annotations looked at on one page.
_MOST = 5000
_NOTE, _TEXT_BOX, _STAMP, _FIELD = 1, 3, 13, 20
_MARKS = (9, 10, 11, 12)
#: Contents of two bytes are the end of an empty string.
_EMPTY = 2


def flatten_fields(page: Any) -> bool:
    """Make form fields and text boxes part of the page; True when there were any: then it has to be opened again."""
    import pypdfium2.raw as pdfium

    if not any(kind in (_TEXT_BOX, _STAMP, _FIELD) for kind, _ in _annotations(page)):
        return False
    return bool(pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS)


def notes_on(page: Any) -> bool:
    """Whether somebody has commented on the page."""
    return any(kind == _NOTE or (kind in _MARKS and has_words) for kind, has_words in _annotations(page))


def _annotations(page: Any) -> Iterator[tuple[int, bool]]:
    """The kind of each annotation, and whether it has words of its own."""
    import pypdfium2.raw as pdfium

    for i in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page, i)
        if annotation:
            words = pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", None, 0)
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            pdfium.FPDFPage_CloseAnnot(annotation)
            yield kind, words > _EMPTY
