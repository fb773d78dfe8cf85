"""Reports as OFD, the fixed layout of GB/T 33190.

In: a report. Out: bytes of a package with pages of text lines, a ledger ruled by paths, a running head in a template
page, and page numbers. Coordinates are millimetres from the top left corner.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from scripts.roundtrip.content import Ledger, Part, Report, Role

_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LEFT, _TOP, _RIGHT, _BOTTOM = 28.0, 37.0, 184.0, 262.0
_PT = 25.4 / 72
_COLUMNS = (14.0, 46.0, 40.0, 34.0, 22.0)
_CELL_PT, _PAD = 11.0, 1.5
_NO_START = frozenset("，。、；：？！”’）》〉」』】〕％")
_BODY, _HEADING = 3, 4


@dataclass
class _Page:
    """Objects of a page as XML, and where the next line goes."""

    y: float = _TOP
    objects: list[str] = field(default_factory=list)


class _Typesetter:
    """Sets lines and rules onto pages; ids count over the whole document."""

    def __init__(self) -> None:
        self.pages = [_Page()]
        self._id = 100

    def put_text(self, text: str, x: float, y: float, size_pt: float, font: int) -> None:
        """One line of print: `y` is its upper edge."""
        size = size_pt * _PT
        widths = [_width(char, size) for char in text]
        boundary = f"{x:.3f} {y:.3f} {sum(widths) + 0.5:.3f} {size * 1.2:.3f}"
        deltas = f' DeltaX="{_runs(widths[:-1])}"' if len(text) > 1 else ""
        self.pages[-1].objects.append(
            f'<ofd:TextObject ID="{self._next()}" Boundary="{boundary}" Font="{font}" Size="{size:.4f}">'
            f'<ofd:TextCode X="0" Y="{size * 0.95:.4f}"{deltas}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
        )

    def put_rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A straight line; boundaries have some room around it."""
        box = f"{x0 - 0.2:.3f} {y0 - 0.2:.3f} {x1 - x0 + 0.4:.3f} {y1 - y0 + 0.4:.3f}"
        data = f"M 0.2 0.2 L {x1 - x0 + 0.2:.3f} {y1 - y0 + 0.2:.3f}"
        self.pages[-1].objects.append(
            f'<ofd:PathObject ID="{self._next()}" Boundary="{box}" LineWidth="0.3">'
            f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def room(self, height: float) -> float:
        """The upper edge of a strip that fits; a new page where the last one is full."""
        if self.pages[-1].y + height > _BOTTOM:
            self.pages.append(_Page())
        y = self.pages[-1].y
        self.pages[-1].y += height
        return y

    def _next(self) -> int:
        self._id += 1
        return self._id


def write_ofd(report: Report) -> bytes:
    """The report as an OFD package."""
    setter = _Typesetter()
    for part in report.parts:
        if part.role is Role.TABLE:
            _set_table(setter, report.ledger)
        else:
            _set_part(setter, part, 16.0 if report.index % 2 else 12.0)
    return _package(setter.pages, f"整改情况通报 第{report.index + 1}期")


def _set_part(setter: _Typesetter, part: Part, body_pt: float) -> None:
    size = {Role.HEAD: 30.0, Role.TITLE: 20.0}.get(part.role, body_pt)
    font = _HEADING if part.role in (Role.HEAD, Role.TITLE, Role.HEADING, Role.LEDGER_TITLE) else _BODY
    indented = part.role in (Role.PARAGRAPH, Role.HEADING, Role.LEDGER_TITLE)
    char = size * _PT
    for number, line in enumerate(_wrap(part.text, char, _RIGHT - _LEFT, 2 * char if indented else 0)):
        width = sum(_width(each, char) for each in line)
        x = _LEFT + (2 * char if indented and number == 0 else 0)
        if part.role in (Role.HEAD, Role.NUMBER, Role.TITLE):
            x = (_LEFT + _RIGHT - width) / 2
        elif part.role in (Role.SIGNER, Role.DATE):
            x = _RIGHT - width - 2 * char
        setter.put_text(line, x, setter.room(1.75 * char), size, font)


def _set_table(setter: _Typesetter, ledger: Ledger) -> None:
    char = _CELL_PT * _PT
    edges = [_LEFT + sum(_COLUMNS[:i]) for i in range(len(_COLUMNS) + 1)]
    lines = {
        (cell.row, cell.column): list(
            _wrap(cell.text, char, edges[cell.column + cell.width] - edges[cell.column] - 2 * _PAD)
        )
        for cell in ledger.cells
    }
    heights = [
        max(len(lines[c.row, c.column]) for c in ledger.cells if c.row == row and c.height == 1) * 1.4 * char + 2 * _PAD
        for row in range(ledger.height)
    ]
    top = setter.room(sum(heights) + 4)
    tops = [top + sum(heights[:i]) for i in range(ledger.height + 1)]
    for cell in ledger.cells:
        x0, x1 = edges[cell.column], edges[cell.column + cell.width]
        y0, y1 = tops[cell.row], tops[cell.row + cell.height]
        for rule in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
            setter.put_rule(*rule)
        for number, line in enumerate(lines[cell.row, cell.column]):
            setter.put_text(line, x0 + _PAD, y0 + _PAD + number * 1.4 * char, _CELL_PT, _BODY)


def _wrap(text: str, char: float, width: float, indent: float = 0) -> Iterator[str]:
    """Lines that fit; no closing mark begins one."""
    line, used = "", indent
    for each in text:
        step = _width(each, char)
        if line and used + step > width and each not in _NO_START:
            yield line
            line, used = "", 0.0
        line += each
        used += step
    yield line


def _width(char: str, size: float) -> float:
    return size / 2 if char.isascii() else size


def _runs(widths: list[float]) -> str:
    """Advances as OFD writes them: `g 3 5.6 2.8` is 5.6 three times, then 2.8."""
    out: list[str] = []
    start = 0
    while start < len(widths):
        end = start
        while end < len(widths) and widths[end] == widths[start]:
            end += 1
        count = end - start
        out.append(f"g {count} {widths[start]:.4f}" if count > 1 else f"{widths[start]:.4f}")
        start = end
    return " ".join(out)


def _package(pages: list[_Page], head: str) -> bytes:
    numbers = range(len(pages))
    root = (
        f'{_XML}<ofd:OFD {_NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID>'
        "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    page_list = "".join(f'<ofd:Page ID="{10 + n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in numbers)
    document = (
        f"{_XML}<ofd:Document {_NS}><ofd:CommonData><ofd:MaxUnitID>99999</ofd:MaxUnitID>"
        "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        '<ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/>'
        f"</ofd:CommonData><ofd:Pages>{page_list}</ofd:Pages></ofd:Document>"
    )
    resources = (
        f'{_XML}<ofd:Res {_NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="{_BODY}" FontName="仿宋_GB2312" '
        f'FamilyName="仿宋_GB2312"/><ofd:Font ID="{_HEADING}" FontName="黑体" FamilyName="黑体"/></ofd:Fonts></ofd:Res>'
    )
    template = _Typesetter()
    template.put_text(head, _LEFT, 15, 9, _BODY)
    template.put_rule(_LEFT, 20, _RIGHT, 20)
    parts = {"OFD.xml": root, "Doc_0/Document.xml": document, "Doc_0/PublicRes.xml": resources}
    parts["Doc_0/Tpls/Tpl_0/Content.xml"] = _content(template.pages[0].objects, template=False)
    for number, page in enumerate(pages):
        foot = _Typesetter()
        foot.put_text(f"— {number + 1} —", 165, 270, 14, _BODY)
        objects = [*page.objects, *(each.replace('ID="1', 'ID="9') for each in foot.pages[0].objects)]
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = _content(objects, template=True)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return out.getvalue()


def _content(objects: list[str], *, template: bool) -> str:
    use = '<ofd:Template TemplateID="2" ZOrder="Background"/>' if template else ""
    area = "" if template else "<ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:Area>"
    layer = f'<ofd:Content><ofd:Layer ID="5" Type="Body">{"".join(objects)}</ofd:Layer></ofd:Content>'
    return f"{_XML}<ofd:Page {_NS}>{area}{use}{layer}</ofd:Page>"
