"""What was followed across documents, as workbooks: feedback against report (对照表), and problems that came back.

In: comparisons and recurrences. Out: XLSX files, every cell a quote or a label.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docintel.exports.forms import (
    FORMATS,
    MISSING,
    UNDER_WAY,
    WELL,
    Column,
    Row,
    add_colours,
    line_of,
    lines_of,
    offer_labels,
    write_form,
)
from docintel.exports.sheets import add_formats, check_out, new_workbook
from docintel.files import whole
from docintel.schema import Answer, Comparison, IssueCategory, Metric, Recurrence, Status, chinese_name
from docintel.schema.serial import comparison_to_rows, recurrence_to_rows

COMPARED, RECURRING = "反馈整改对照表", "屡查屡犯问题表"
_COLOURS = {
    Answer.ANSWERED: WELL,
    Answer.PARTLY: UNDER_WAY,
    Answer.NEVER: MISSING,
    Answer.UNASKED: ("#EDEDED", "#595959"),
}


def _all(row: Row, key: str) -> list[Any]:
    """What all counterparts of a row have."""
    return [each for counterpart in row["counterparts"] for each in counterpart[key]]


def _measures(row: Row) -> str:
    lines = [f"{line_of(each)}（{chinese_name(Status(each['status']))}）" for each in _all(row, "measures")]
    return "\n".join(f"{n}. {line}" for n, line in enumerate(lines, start=1))


def _figures(row: Row) -> str:
    return "\n".join(f"{chinese_name(Metric(each['metric']))}：{line_of(each)}" for each in _all(row, "statistics"))


def _places(row: Row) -> str:
    """Where both sides stand in their texts: page, first and last character."""
    told = [("反馈", row["issue"])] if row["issue"] else []
    told += [("报告", each) for each in row["counterparts"]]
    return "\n".join(
        f"{name} {'第' + str(quote['page']) + '页 ' if quote['page'] else ''}{quote['start']}–{quote['end']}"
        + (f" 把握 {quote['probability']:.0%}" if row["issue"] and "probability" in quote else "")
        for name, quote in told
    )


def _commitments(row: Row) -> str:
    return "\n".join(
        f"{n}. {line_of(each['evidence'])}（{each['source']['published']}，{chinese_name(Status(each['status']))}）"
        for n, each in enumerate(row["commitments"], start=1)
    )


_COLUMNS = (
    Column("反馈问题", 36, "strong", lambda row: line_of(row["issue"])),
    Column("所属方面", 18, "text", lambda row: line_of(row["section"])),
    Column("回应情况", 12, "middle", lambda row: chinese_name(Answer(row["answer"]))),
    Column("报告中的对应内容", 36, "text", lambda row: lines_of(row["counterparts"])),
    Column("整改措施", 48, "text", _measures),
    Column("数据", 32, "text", _figures),
    Column("报告所述状态", 14, "middle", lambda row: lines_of(c["told"] for c in row["counterparts"] if c["told"])),
    Column("复核意见", 16, "text", lambda row: ""),
    Column("位置", 22, "small", _places),
)
_FINDINGS = (
    Column("单位", 26, "strong", lambda row: row["unit"]),
    Column("问题类别", 14, "middle", lambda row: chinese_name(IssueCategory(row["category"]))),
    Column("次数", 6, "middle", lambda row: f"{row['time']}/{row['times']}"),
    Column("发现日期", 12, "middle", lambda row: row["published"] or ""),
    Column("发现的问题", 40, "text", lambda row: line_of(row["issue"])),
    Column("此后的整改措施和要求", 52, "text", _commitments),
    Column("把握", 8, "middle", lambda row: f"{row['confidence']:.0%}"),
    Column("来源", 34, "small", lambda row: "\n".join(filter(None, (row["title"], row["source"])))),
)


def write_comparison(comparison: Comparison, out: Path) -> None:
    """Write a comparison as a workbook; it appears under its name only when it is whole.

    Raises:
        InputError: `out` is a folder, or its name that of another kind of file.
    """
    check_out(out, "对照表.xlsx")
    rows = comparison_to_rows(comparison)
    sides = " 对照 ".join(each.title or each.source for each in (comparison.feedback, comparison.report))
    counts = "，".join(f"{chinese_name(kind)} {comparison.count(kind)} 项" for kind in Answer)
    with whole(out) as path, new_workbook(path) as workbook:
        formats = add_formats(workbook, FORMATS) | add_colours(workbook, _COLOURS)
        sheet = workbook.add_worksheet(COMPARED)
        write_form(sheet, rows, _COLUMNS, formats, f"{sides}：{counts}。{''.join(comparison.warnings)}")
        place = [column.heading for column in _COLUMNS].index("回应情况") + 1
        offer_labels(sheet, (place, len(rows)), _COLOURS, Answer, formats)


def write_recurrences(found: Sequence[Recurrence], out: Path) -> None:
    """Write problems that came back as a workbook, a row a finding; it appears under its name only when it is whole.

    Raises:
        InputError: `out` is a folder, or its name that of another kind of file.
    """
    check_out(out, "屡查屡犯.xlsx")
    rows = [row for each in found for row in recurrence_to_rows(each)]
    told = f"共 {len(found)} 个问题，涉及 {len({each.unit for each in found})} 个单位，{len(rows)} 次发现。"
    with whole(out) as path, new_workbook(path) as workbook:
        formats = add_formats(workbook, FORMATS)
        write_form(workbook.add_worksheet(RECURRING), rows, _FINDINGS, formats, told)
