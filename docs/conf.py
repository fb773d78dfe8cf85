"""The documentation as a site: python -m sphinx -W docs build/site. It needs no network, nor do its readers.

Notebooks become pages with their stored outputs, nothing is executed; the columns of all tables are written where
`tables.md` asks for them; links to files of the repository outside docs/ become plain words.
"""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from docutils.nodes import document
from myst_parser.parsers.sphinx_ import MystParser
from sphinx.application import Sphinx

from docintel.schema import chinese_name
from docintel.schema.tables import Column, columns_of, listed_columns

project = "docintel"
language = "zh_CN"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown", ".ipynb": "notebook"}
root_doc = "index"
html_theme = "furo"
html_title = "docintel"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False

default_role = "code"  # docstrings put names between single backticks
autoclass_content = "class"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "show-inheritance": False}
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
python_maximum_signature_line_length = 100
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_inline"]

_COLUMNS = re.compile(r"<!-- columns of (\w+) -->")
_OUTSIDE = re.compile(r"\[([^]]+)\]\(\.\./[^)]*\)")


class NotebookParser(MystParser):
    """Reads a notebook as the Markdown it amounts to."""

    supported = ("notebook",)

    def parse(self, inputstring: str, document: document) -> None:
        """Fill a document with the cells and stored outputs of a notebook."""
        super().parse(notebook_page(json.loads(inputstring)), document)


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_source_parser(NotebookParser)
    app.connect("source-read", _fill)
    app.add_css_file("site.css")


html_static_path = ["static"]


def _fill(app: Sphinx, name: str, source: list[str]) -> None:
    """Fill in the tables of columns, and take links out of the site off."""
    filled = _COLUMNS.sub(lambda match: _table_of(match[1]), source[0])
    source[0] = filled if "/" in name else _OUTSIDE.sub(r"\1", filled)


def notebook_page(notebook: Mapping[str, Any]) -> str:
    """A notebook as Markdown: its prose, its code, and what that gave when it was stored."""
    parts: list[str] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
        else:
            parts += [_fenced("python", source), *map(_output, cell["outputs"])]
    return "\n\n".join(part for part in parts if part)


def _output(output: Mapping[str, Any]) -> str:
    data: Mapping[str, Any] = output.get("data", {})
    if "image/png" in data:
        return f'<img alt="" src="data:image/png;base64,{"".join(data["image/png"]).strip()}">'
    if "text/html" in data:
        return '<div class="frame">\n' + re.sub(r"\n\s*\n", "\n", "".join(data["text/html"])) + "\n</div>"
    told = "".join(data.get("text/plain", output.get("text", "")))
    return _fenced("text", told) if told else ""


def _fenced(kind: str, text: str) -> str:
    return f"```{kind}\n{text.rstrip()}\n```"


def _table_of(name: str) -> str:
    columns = listed_columns() if name == "listing" else columns_of(name)
    return "\n".join(["| column | 列名 | dtype | 含义 meaning |", "| --- | --- | --- | --- |", *map(_row, columns)])


def _row(column: Column) -> str:
    labels = "；".join(f"`{label}` {chinese_name(label)}" for label in column.vocabulary or ())
    told = [column.meaning.chinese, column.meaning.english, *([labels] if labels else [])]
    cells = (f"`{column.name}`", column.chinese, f"`{column.dtype}`", "<br>".join(map(_cell, told)))
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return html.escape(text, quote=False).replace("|", "\\|")
