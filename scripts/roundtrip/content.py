"""What the round trip writes and expects back: reports of `corpora/`, each with a ledger of its own.

In: a folder of TXT and HTML reports. Out: `Report`s, parts in reading order, whose text is the truth that every format
must give back. Ledgers, closing lines and red heads are invented by templates, the same for the same number.
"""

import random
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from docintel.parse import parse_bytes
from docintel.parse.tables import Cell
from docintel.schema import BlockKind, Document

REPORTS = Path(__file__).resolve().parents[2] / "corpora" / "reports"
LEDGER_TITLE = "附：问题整改台账"

_PLACES = ["青岚市", "云栖县", "松陵区", "白榆区", "临溪县", "望岫区", "石桥市", "沐川新区"]
_UNITS = ["财政局", "审计局", "卫生健康局", "教育局", "农业农村局", "市场监管局", "行政审批局", "住房和城乡建设局"]
_FLAWS = [
    "未按规定公开",
    "审批程序倒置",
    "台账登记不全",
    "长期挂账未清",
    "超标准列支",
    "验收走过场",
    "合同续签未招标",
    "结余资金闲置",
]
_FIELDS = [
    "食堂大宗采购",
    "设备维保合同",
    "集体资金出借",
    "公务接待经费",
    "项目变更签证",
    "药品耗材入库",
    "专项补贴发放",
]
_MEASURES = [
    "修订管理办法并公示",
    "逐笔核对后入账",
    "约谈科室负责人",
    "退还违规资金",
    "建立季度抽查机制",
    "重新组织招标",
    "纳入年度考核",
]
_STATES = ["已完成", "整改中", "持续推进", "已销号"]
_HEADER = ("序号", "问题", "整改措施", "责任单位", "完成时限")
_TALL_HEADER = [
    [("序号", 2, 1), ("问题及措施", 1, 2), ("责任落实", 1, 2)],
    [None, ("问题", 1, 1), ("整改措施", 1, 1), ("责任单位", 1, 1), ("完成时限", 1, 1)],
]
_DROPPED = frozenset({BlockKind.FURNITURE, BlockKind.BYLINE, BlockKind.CAPTION, BlockKind.TABLE, BlockKind.TITLE})
_ENDS = ("。", "！", "？", "”", "：", "；")
_LONGEST_ORGAN = 20
_ORGANS = ("局", "委员会", "纪委监委", "医院", "集团", "公司")


class Role(StrEnum):
    """What a part of a report is; writers set each in a manner of its own."""

    HEAD = "head"
    NUMBER = "number"
    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LEDGER_TITLE = "ledger_title"
    TABLE = "table"
    SIGNER = "signer"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Part:
    """A line, a paragraph, or the place of the ledger; `level` of a heading, from 1."""

    role: Role
    text: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """A table of `height` rows and `width` columns; `header` rows of it name the columns."""

    cells: tuple[Cell, ...]
    height: int
    width: int
    header: int = 1

    @property
    def shown(self) -> list[list[str]]:
        """Rows of texts, a merged cell once, at its first place."""
        rows = [["" for _ in range(self.width)] for _ in range(self.height)]
        for cell in self.cells:
            rows[cell.row][cell.column] = cell.text
        return rows

    @property
    def filled(self) -> tuple[tuple[str, ...], ...]:
        """Rows of texts, a merged cell wherever it reaches: what `Block.cells` must be."""
        rows = [["" for _ in range(self.width)] for _ in range(self.height)]
        for cell in self.cells:
            for y in range(cell.row, cell.row + cell.height):
                for x in range(cell.column, cell.column + cell.width):
                    rows[y][x] = cell.text
        return tuple(map(tuple, rows))

    @property
    def merged(self) -> bool:
        """Whether any cell reaches over more than one place."""
        return any(cell.height > 1 or cell.width > 1 for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Report:
    """One report of the round trip; `index` from 0 varies how writers set it."""

    name: str
    index: int
    parts: tuple[Part, ...]
    ledger: Ledger

    @property
    def title(self) -> str:
        """The title; the one of its parts that is one."""
        return next(part.text for part in self.parts if part.role is Role.TITLE)

    @property
    def headings(self) -> list[str]:
        """Texts of the headings, in order."""
        return [part.text for part in self.parts if part.role is Role.HEADING]

    @property
    def closing(self) -> list[str]:
        """Signer and date."""
        return [part.text for part in self.parts if part.role in (Role.SIGNER, Role.DATE)]

    @property
    def text(self) -> str:
        """All that the report shows, without white space."""
        ledger = "".join(map("".join, self.ledger.shown))
        return squeeze("".join(ledger if part.role is Role.TABLE else part.text for part in self.parts))

    @property
    def words(self) -> list[str]:
        """Every line and cell as it stands in the report, white space included."""
        ledger = [cell.text for cell in self.ledger.cells]
        return [part.text for part in self.parts if part.text] + ledger

    def without_head(self) -> "Report":
        """The report as a page of a web site or a mail shows it: no red head above the title."""
        parts = (part for part in self.parts if part.role not in (Role.HEAD, Role.NUMBER))
        return replace(self, parts=tuple(parts))

    def only_ledger(self) -> "Report":
        """The ledger and a title over it, as in a workbook."""
        return replace(self, parts=(Part(Role.TITLE, f"{self.title}整改台账"), Part(Role.TABLE)))

    def unmerged(self) -> "Report":
        """The report with a ledger for formats that merge no cells: the same words, each in one place."""
        cells = tuple(replace(cell, height=1, width=1) for cell in self.ledger.cells)
        return replace(self, ledger=replace(self.ledger, cells=cells))


def squeeze(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


def load_reports(count: int, folder: Path = REPORTS) -> list[Report]:
    """The first `count` reports of a folder, by name."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".txt", ".html"))[:count]
    return [make_report(index, path) for index, path in enumerate(paths)]


def make_report(index: int, path: Path) -> Report:
    """The report in a file, with its invented parts."""
    document = parse_bytes(path.read_bytes(), path.name)
    rng = random.Random(index)
    place, unit = rng.choice(_PLACES), rng.choice(_UNITS)
    year, month, day = rng.randint(2021, 2025), rng.randint(1, 12), rng.randint(1, 28)
    head = [
        Part(Role.HEAD, f"{place}纪律检查委员会文件"),
        Part(Role.NUMBER, f"{place[0]}纪发〔{year}〕{rng.randint(1, 60)}号"),
    ]
    closing = [Part(Role.SIGNER, place + unit), Part(Role.DATE, f"{year}年{month}月{day}日")]
    table = [Part(Role.LEDGER_TITLE, LEDGER_TITLE), Part(Role.TABLE)]
    ends = [*closing, *table] if index % 3 == 1 else [*table, *closing]
    parts = [Part(Role.TITLE, document.title), *_body(document), *ends]
    return Report(path.stem, index, tuple([*head, *parts] if index % 4 == 1 else parts), make_ledger(rng, index))


def _body(document: Document) -> list[Part]:
    parts = []
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind in _DROPPED or text == document.title or _is_aside(text):
            continue
        heading = block.kind is BlockKind.HEADING
        parts.append(Part(Role.HEADING, text, block.level) if heading else Part(Role.PARAGRAPH, text))
    while not parts[-1].text.endswith(_ENDS):  # who signed, who took notes
        parts.pop()
    return parts


def _is_aside(text: str) -> bool:
    """Whether a line names an author, a signer or receivers, or is a subtitle: what only looks like content."""
    return text.startswith(("□", "—", "抄送")) or (len(text) <= _LONGEST_ORGAN and text.endswith(_ORGANS))


def make_ledger(rng: random.Random, index: int) -> Ledger:
    """A ledger of five to eight rows: plain, units merged down, a total merged across, or a header of two rows."""
    header = [[(text, 1, 1) for text in _HEADER]] if index % 4 < 3 else _TALL_HEADER
    cells = []
    for y, row in enumerate(header):
        column = 0
        for entry in row:
            if entry is not None:
                cells.append(Cell(y, column, entry[0], entry[1], entry[2]))
            column += entry[2] if entry else 1
    top, rows = len(header), rng.randint(4, 6)
    down = 2 if index % 4 in (1, 3) else 1
    for i in range(rows):
        cells += [
            Cell(top + i, 0, str(i + 1)),
            Cell(top + i, 1, rng.choice(_FIELDS) + rng.choice(_FLAWS)),
            Cell(top + i, 2, rng.choice(_MEASURES)),
            Cell(top + i, 4, f"{rng.randint(2021, 2025)}年{rng.randint(1, 12)}月"),
        ]
        if i % down == 0:
            cells.append(Cell(top + i, 3, rng.choice(_PLACES) + rng.choice(_UNITS), min(down, rows - i)))
    height = top + rows
    if index % 4 == 2:
        cells += [
            Cell(height, 0, "合计", 1, 2),
            Cell(height, 2, f"涉及{rows}项", 1, 2),
            Cell(height, 4, rng.choice(_STATES)),
        ]
        height += 1
    return Ledger(tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))), height, len(_HEADER), top)
