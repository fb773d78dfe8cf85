"""What the words of RTF mean: groups, characters, and properties of characters and paragraphs.

In: control words. Out: the state that a group hands down to the groups in it.
"""

from collections.abc import Callable
from dataclasses import dataclass

#: Headers and footers.
MARGINS = frozenset(["header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"])
#: Groups whose words are no text of the document.
SKIPPED = frozenset([
    "fldinst", "nonshppict", "shprslt", "objdata", "objclass", "objname", "themedata", "colorschememapping",
    "datastore", "xe", "tc", "tcn", "rxe", "txe", "private", "panose", "falt", "fname", "filetbl", "template",
    "sp", "nonesttables", "mmathPict", "bkmkstart", "bkmkend", "info", "pict", "annotation", "ftnsep",
    "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "listtable", "listoverridetable", "rsidtbl",
    "generator", "xmlnstbl", "wgrffmtfilter", "latentstyles", "atnid", "atnauthor", "atnref", "atntime",
    "atndate", "atnicn", "atnparent", "pgptbl", "userprops", "docvar", "nesttableprops", "pntxta", "pntxtb",
    "revtbl", "keycode", "blipuid", "picprop", "ffname", "ffdeftext", "fchars", "lchars",
])  # fmt: skip
#: Starred groups that hold text, though readers may pass over them.
STARRED = frozenset(["shpinst", "shptxt", "shpgrp", "do", "dptxbxtext", "ud", "shppict", "moMath", "moMathPara"])
#: Groups that are a text of their own.
STORIES = frozenset(["footnote", "shptxt", "dptxbxtext"]) | MARGINS
TABLES = frozenset(["fonttbl", "colortbl", "stylesheet"])
CHARACTERS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "page": "\n", "column": "\n", "softline": "\n", "emdash": "—",
    "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "emspace": " ", "enspace": " ",
    "qmspace": " ", "~": " ", "_": "-", "\\": "\\", "{": "{", "}": "}", "nestcell": " ", "nestrow": "\n",
}  # fmt: skip
BREAKS = frozenset(["par", "sect", "\n", "\r"])


@dataclass(slots=True)
class State:
    """What a group hands down to the groups in it."""

    kind: str = ""
    skipped: bool = False
    starred: bool = False
    fallback: int = 1
    font: int | None = None
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    size: float = 12.0
    color: int = 0
    centred: bool = False
    outline: int = 9
    style: int = 0
    in_table: bool = False


@dataclass(slots=True)
class Piece:
    """Characters that are set alike."""

    text: str
    bold: bool
    size: float
    red: bool


@dataclass(slots=True)
class Font:
    """A font of the file's table."""

    charset: int | None = None
    name: str = ""


@dataclass(slots=True)
class StyleEntry:
    """A style of the file's table; `outline` from 0, 9 for body text."""

    name: str = ""
    outline: int = 9


def _setter(name: str, off: bool = False) -> Callable[[State, int | None], None]:
    """Set a property that is on or off, as `b` and `b0` do."""
    return lambda state, number: setattr(state, name, not off and number != 0)


def _number_setter(name: str, divisor: int = 1) -> Callable[[State, int | None], None]:
    def put(state: State, number: int | None) -> None:
        if number is not None:
            setattr(state, name, number / divisor if divisor > 1 else number)

    return put


PROPERTIES: dict[str, Callable[[State, int | None], None]] = {
    "b": _setter("bold"),
    "v": _setter("hidden"),
    "deleted": _setter("deleted"),
    "qc": _setter("centred"),
    **dict.fromkeys(["ql", "qj", "qr", "qd"], _setter("centred", off=True)),
    "intbl": _setter("in_table"),
    "outlinelevel": _number_setter("outline"),
    "s": _number_setter("style"),
    "fs": _number_setter("size", 2),
    "cf": _number_setter("color"),
    "uc": _number_setter("fallback"),
    "f": _number_setter("font"),
}
