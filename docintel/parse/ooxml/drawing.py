"""Charts and diagrams of Office files to lines.

In: the part of a chart, or the data of a diagram (SmartArt). Out: a chart's title and a table of its figures; a
diagram's words, a shape a line.
"""

from lxml import etree

from docintel.parse.ooxml.package import A, C
from docintel.parse.structure import Line
from docintel.parse.tables import Cell, table_line
from docintel.schema import BlockKind

_POINT = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}pt"


def chart_lines(root: etree._Element | None, page: int | None = None) -> list[Line]:
    """A chart as its title and a table: a row for each category, a column for each series."""
    if root is None:
        return []
    lines = []
    title = root.find(f"{C}chart/{C}title")
    if title is not None and (words := _words(title)):
        lines.append(Line(words, BlockKind.CAPTION, page=page))
    cells: list[Cell] = []
    for column, series in enumerate(root.iter(f"{C}ser"), start=1):
        categories = _points(series, "cat", "xVal")
        if column == 1 or not cells:
            cells += [Cell(row + 1, 0, text) for row, text in categories.items()]
        name = series.find(f"{C}tx")
        cells.append(Cell(0, column, _words(name) if name is not None else ""))
        cells += [Cell(row + 1, column, text) for row, text in _points(series, "val", "yVal").items()]
    if table := table_line(cells, page=page):
        lines.append(table)
    return lines


def diagram_lines(root: etree._Element | None, page: int | None = None) -> list[Line]:
    """The words of a diagram's shapes, in the order of its outline."""
    if root is None:
        return []
    texts = ("\n".join(_words(p) for p in point.iter(f"{A}p")) for point in root.iter(_POINT))
    return [Line(text, page=page) for text in texts if text.strip()]


def _words(node: etree._Element) -> str:
    return "".join(part.text or "" for part in node.iter(f"{A}t", f"{C}v")).strip()


def _points(series: etree._Element, *names: str) -> dict[int, str]:
    """The texts of a series' points by their places."""
    found: dict[int, str] = {}
    for name in names:
        for node in series.findall(f"{C}{name}"):
            for point in node.iter(f"{C}pt"):
                index = point.get("idx") or ""
                if len(index) < 9 and index.isascii() and index.isdigit():
                    found.setdefault(int(index), _plain(point.findtext(f"{C}v") or ""))
    return found


def _plain(value: str) -> str:
    """A figure without the noise of its binary form: `0.30000000000000004` → `0.3`."""
    try:
        return f"{float(value):.10g}" if "." in value else value
    except ValueError:
        return value
