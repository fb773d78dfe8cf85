"""What a library has to say to a list of problems, as a workbook.

In: advice. Out: an XLSX file with three sheets: a line
a problem, the comparable cases, and the measures with their sources.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from docintel.exports.plan import basis
from docintel.exports.sheets import LINE_HEIGHT, add_formats, check_out, lay_out, lines_in, new_workbook, write_cell
from docintel.files import whole
from docintel.schema import Advice, Hit, MeasureCategory, Precedent, Status, Suggestion, chinese_name

_FORMATS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bottom": 1, "bg_color": "#DDE7F0", "text_wrap": True},
    "text": {"text_wrap": True},
    "number": {"num_format": "0%"},
    "whole": {"num_format": "0"},
}
_MOST_LINES = 8


class _Column(NamedTuple):
    heading: str
    width: int
    look: str
    cell: Callable[[Any], Any]


class _Case(NamedTuple):
    number: int
    problem: str
    hit: Hit


class _Measure(NamedTuple):
    number: int
    problem: str
    rank: int
    suggestion: Suggestion
    precedent: Precedent


class _Problem(NamedTuple):
    number: int
    problem: str
    advice: Advice


def write_advice(advised: Sequence[Advice], out: Path) -> None:
    """Write the workbook; it appears under its name only when it is whole.

    Raises:
        InputError: `out` is a folder, or its name that of another kind of file.
    """
    check_out(out, "结果.xlsx")
    problems = [_Problem(number, each.problem, each) for number, each in enumerate(advised, start=1)]
    cases = [_Case(each.number, each.problem, hit) for each in problems for hit in each.advice.cases]
    measures = [
        _Measure(each.number, each.problem, rank, suggestion, precedent)
        for each in problems
        for rank, suggestion in enumerate(each.advice.suggestions, start=1)
        for precedent in suggestion.precedents
    ]
    with whole(out) as path, new_workbook(path) as workbook:
        formats = add_formats(workbook, _FORMATS)
        _write(workbook.add_worksheet("汇总"), problems, _PROBLEMS, formats)
        _write(workbook.add_worksheet("可比案例"), cases, _CASES, formats)
        _write(workbook.add_worksheet("建议措施"), measures, _MEASURES, formats)


def _best(row: _Problem) -> str:
    return "\n".join(each.text for each in row.advice.suggestions[:3])


def _remark(row: _Problem) -> str:
    if row.advice.failure:
        return f"未能查询：{row.advice.failure}"
    if row.advice.suggestions:
        return ""
    nearest = row.advice.nearest
    told = f"最接近的是“{nearest.quote}”（{nearest.score:.0%}，{nearest.source}）" if nearest else "资料库为空"
    return f"有可比案例，但没有可以照办的措施；{told}" if row.advice.cases else f"无可比案例；{told}"


def _place(hit: Hit) -> str:
    return f"第{hit.page}页" if hit.page else f"第{hit.start + 1}–{hit.end}字"


def _effects(row: _Measure) -> str:
    return "\n".join(f"{chinese_name(each.verdict)}：{each.quote.quote}" for each in row.precedent.effects)


_NUMBERED = (
    _Column("序号", 6, "whole", lambda row: row.number),
    _Column("问题", 36, "text", lambda row: row.problem),
)
_PROBLEMS = (
    *_NUMBERED,
    _Column("可比案例", 9, "whole", lambda row: len(row.advice.cases)),
    _Column("建议措施", 9, "whole", lambda row: len(row.advice.suggestions)),
    _Column("首选措施", 60, "text", _best),
    _Column("说明", 50, "text", _remark),
)
_CASES = (
    *_NUMBERED,
    _Column("可比问题（原文）", 46, "text", lambda row: row.hit.quote),
    _Column("相似度", 8, "number", lambda row: row.hit.score),
    _Column("标题", 36, "text", lambda row: row.hit.title),
    _Column("发布机构", 20, "text", lambda row: row.hit.publisher),
    _Column("发布日期", 11, "text", lambda row: row.hit.published),
    _Column("地区", 16, "text", lambda row: row.hit.region),
    _Column("来源文件", 28, "text", lambda row: row.hit.source),
    _Column("位置", 12, "text", lambda row: _place(row.hit)),
)
_MEASURES = (
    *_NUMBERED,
    _Column("排序", 6, "whole", lambda row: row.rank),
    _Column("措施类别", 14, "text", lambda row: chinese_name(MeasureCategory(row.suggestion.category))),
    _Column("措施（原文）", 46, "text", lambda row: row.precedent.measure.quote),
    _Column("状态", 10, "text", lambda row: chinese_name(Status(row.precedent.measure.status))),
    _Column("采用文档数", 8, "whole", lambda row: row.suggestion.support),
    _Column("针对的问题", 36, "text", lambda row: row.precedent.issue),
    _Column("相似度", 8, "number", lambda row: row.precedent.similarity),
    _Column("采取单位", 22, "text", lambda row: "、".join(row.precedent.units)),
    _Column("成效（原文）", 30, "text", _effects),
    _Column("发布日期", 11, "text", lambda row: row.precedent.measure.published),
    _Column("来源文件", 28, "text", lambda row: row.precedent.measure.source),
    _Column("依据", 50, "text", lambda row: basis(row.precedent)),
)


def _write(sheet: Any, rows: Sequence[Any], columns: Sequence[_Column], formats: Mapping[str, Any]) -> None:
    for x, column in enumerate(columns):
        sheet.write_string(0, x, column.heading, formats["head"])
        sheet.set_column(x, x, column.width)
    for y, row in enumerate(rows, start=1):
        cells = [column.cell(row) for column in columns]
        lines = max(lines_in(cell, column.width) for cell, column in zip(cells, columns, strict=True))
        sheet.set_row(y, LINE_HEIGHT * min(_MOST_LINES, lines))
        for x, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            write_cell(sheet, (y, x), cell, formats["text"], formats[column.look])
    lay_out(sheet, (1, 2), (max(1, len(rows)), len(columns) - 1))
