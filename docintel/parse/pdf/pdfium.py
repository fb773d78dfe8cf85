"""PDFium's functions, called for thousands of characters or objects in one pass.

In: handles of a page and its text as plain numbers. Out: numpy arrays. Through the checked pointers of `pypdfium2` each
call costs four times as much.
"""

import ctypes
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docintel.errors import ModelError
from docintel.fonts import shipped_font

_HANDLE, _INT, _SIZE, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t, ctypes.c_float
#: Name → result and arguments; a result of `c_size_t` is a pointer that may be 0.
_SIGNATURES: dict[str, tuple[Any, ...]] = {
    "FPDFText_GetUnicode": (ctypes.c_uint, _HANDLE, _INT),
    "FPDFText_GetLooseCharBox": (_INT, _HANDLE, _INT, _HANDLE),
    "FPDFText_GetTextObject": (_SIZE, _HANDLE, _INT),
    "FPDFText_GetMatrix": (_INT, _HANDLE, _INT, _HANDLE),
    "FPDFText_HasUnicodeMapError": (_INT, _HANDLE, _INT),
    "FPDFTextObj_GetFont": (_SIZE, _HANDLE),
    "FPDFTextObj_GetFontSize": (_INT, _HANDLE, _HANDLE),
    "FPDFTextObj_GetTextRenderMode": (_INT, _HANDLE),
    "FPDFFont_GetBaseFontName": (_SIZE, _HANDLE, _HANDLE, _SIZE),
    "FPDFFont_GetFlags": (_INT, _HANDLE),
    "FPDFPage_CountObjects": (_INT, _HANDLE),
    "FPDFPage_GetObject": (_SIZE, _HANDLE, _INT),
    "FPDFFormObj_CountObjects": (_INT, _HANDLE),
    "FPDFFormObj_GetObject": (_SIZE, _HANDLE, _INT),
    "FPDFPageObj_GetType": (_INT, _HANDLE),
    "FPDFPageObj_GetBounds": (_INT, _HANDLE, _HANDLE, _HANDLE, _HANDLE, _HANDLE),
    "FPDFPageObj_GetMatrix": (_INT, _HANDLE, _HANDLE),
    "FPDFPath_GetDrawMode": (_INT, _HANDLE, _HANDLE, _HANDLE),
    "FPDFPath_CountSegments": (_INT, _HANDLE),
    "FPDFPath_GetPathSegment": (_SIZE, _HANDLE, _INT),
    "FPDFPathSegment_GetPoint": (_INT, _HANDLE, _HANDLE, _HANDLE),
    "FPDFPathSegment_GetType": (_INT, _HANDLE),
    "FPDFPathSegment_GetClose": (_INT, _HANDLE),
}


#: Where PDFium looks for fonts of itself, on Linux; naming a folder of ours replaces the list.
_FONT_FOLDERS = (
    "/usr/share/fonts", "/usr/share/X11/fonts/Type1", "/usr/share/X11/fonts/TTF", "/usr/local/share/fonts",
)  # fmt: skip


#: PDFium keeps the address of the list of folders that it is given.
_KEPT: list[Any] = []


@cache
def library() -> Any:
    """`pypdfium2`, which knows the shipped font where nobody in this process has loaded it before.

    PDFium leaves out single characters of a font that is not in the file where it finds no other to measure them by.
    """
    if "pypdfium2" not in sys.modules and sys.platform == "linux":
        with suppress(ModelError):  # the fonts of the system have to do
            _name_fonts(shipped_font().parent)
    import pypdfium2

    return pypdfium2


def _name_fonts(folder: Path) -> None:
    import pypdfium2_raw

    folders = [name.encode() for name in (*_FONT_FOLDERS, str(folder))]
    paths = (ctypes.c_char_p * (len(folders) + 1))(*folders, None)
    _KEPT.extend((folders, paths))
    given = ctypes.cast(paths, ctypes.POINTER(ctypes.POINTER(ctypes.c_char)))
    # a second call, by which pypdfium2 begins, does nothing
    pypdfium2_raw.FPDF_InitLibraryWithConfig(pypdfium2_raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=given))


@cache
def function(name: str) -> Callable[..., int]:
    """A function of PDFium that takes handles and addresses as numbers."""
    import pypdfium2.raw as pdfium

    address = ctypes.cast(getattr(pdfium, name), ctypes.c_void_p).value
    # PYFUNCTYPE keeps the interpreter's lock: each call is far shorter than giving it away
    return ctypes.PYFUNCTYPE(*_SIGNATURES[name])(address or 0)


def handle(wrapped: Any) -> int:
    """The address behind a `pypdfium2` object."""
    return ctypes.cast(wrapped.raw, ctypes.c_void_p).value or 0


def of_each(name: str, owner: int, count: int) -> NDArray[np.uint64]:
    """What a function gives for the numbers from 0 to `count`, (count,)."""
    return np.fromiter(map(function(name), repeat(owner), range(count)), np.uint64, count)


def char_boxes(textpage: int, count: int) -> NDArray[np.float32]:
    """Left, bottom, right, top of the characters, as wide as they advance, (count, 4)."""
    boxes = np.zeros((count, 4), np.float32)
    start = boxes.ctypes.data
    call = function("FPDFText_GetLooseCharBox")
    for _ in map(call, repeat(textpage), range(count), range(start, start + 16 * count, 16)):
        pass
    return boxes[:, [0, 3, 2, 1]]


def object_boxes(objects: Sequence[int]) -> NDArray[np.float32]:
    """Left, bottom, right, top of what page objects paint, (n, 4)."""
    boxes = np.zeros((len(objects), 4), np.float32)
    start = boxes.ctypes.data
    sides = [range(start + 4 * side, start + 4 * side + 16 * len(objects), 16) for side in range(4)]
    for _ in map(function("FPDFPageObj_GetBounds"), objects, *sides):
        pass
    return boxes


def char_matrices(textpage: int, chars: Sequence[int]) -> NDArray[np.float32]:
    """a, b, c, d, e, f of the matrices under which characters are drawn, (n, 6)."""
    matrices = np.zeros((len(chars), 6), np.float32)
    start = matrices.ctypes.data
    places = range(start, start + 24 * len(chars), 24)
    for _ in map(function("FPDFText_GetMatrix"), repeat(textpage), chars, places):
        pass
    return matrices


def font_sizes(texts: Sequence[int]) -> NDArray[np.float32]:
    """Sizes of fonts that text objects name, before their matrices, (n,)."""
    sizes = np.zeros(len(texts), np.float32)
    start = sizes.ctypes.data
    for _ in map(function("FPDFTextObj_GetFontSize"), texts, range(start, start + 4 * len(texts), 4)):
        pass
    return sizes


def map_errors(textpage: int, chars: Sequence[int]) -> list[int]:
    """1 for characters that their fonts do not name, else 0."""
    return list(map(function("FPDFText_HasUnicodeMapError"), repeat(textpage), chars))


def results(name: str, objects: Sequence[int]) -> list[int]:
    """What a function of one argument gives for each object."""
    return list(map(function(name), objects))


def matrix_of(name: str, *where: int) -> NDArray[np.float32]:
    """a, b, c, d, e, f of an object or a character; the identity where there is none."""
    matrix = np.array([1, 0, 0, 1, 0, 0], np.float32)
    function(name)(*where, matrix.ctypes.data)
    return matrix
