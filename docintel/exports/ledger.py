"""The ledger of rectification (整改台账) as a workbook that a clerk goes on with.

In: rows of the chain in their JSON form. Out: an XLSX file: the problems with all that is known of them and room for
who signs them off, and on a second sheet the measures that answer none.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from docintel.exports.forms import (
    FORMATS,
    MISSING,
    UNDER_WAY,
    WELL,
    WRONG,
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
from docintel.schema import EffectKind, IssueCategory, MeasureCategory, Modality, Progress, Verdict, chinese_name

TITLE, OTHERS = "整改台账", "其他措施"
#: Characters of a quote that is told in full in another column.
_LONGEST_BASIS = 10
_COLOURS = {
    Progress.DONE: WELL,
    Progress.ONGOING: UNDER_WAY,
    Progress.OPEN: MISSING,
    Progress.OVERDUE: WRONG,
}


def _owners(row: Row) -> str:
    return "\n".join(owner["name"] for owner in row["owners"])


def _deadline(row: Row) -> str:
    """The words, and below them the day they come to, where they name no year."""
    words, due = line_of(row["deadline"]), (row["deadline"] or {}).get("due")
    return f"{words}\n（{due}）" if due and not re.search(r"(?:19|20)\d\d|[〇零]", words) else words


def _progress(row: Row) -> str:
    return chinese_name(Progress(row["progress"])) if row["progress"] else ""


def _effects(row: Row) -> str:
    """What is told of the outcome, beside the state that has a column of its own: 见效：次均检查费下降412元."""
    told = [effect for effect in row["effects"] if effect["kind"] != EffectKind.TOLD]
    return "\n".join(f"{chinese_name(Verdict(each['verdict']))}：{line_of(each)}" for each in told)


def _bases(row: Row) -> Iterator[tuple[str, Row]]:
    """What a row goes by: its quotes by what they say."""
    for name, key in (("问题", "issue"), ("原因", "cause")):
        if row[key]:
            yield name, row[key]
    yield from (("表现", quote) for quote in row["details"])
    yield from (("措施", quote) for quote in row["measures"])
    named = [owner["evidence"] for owner in row["owners"] if owner["evidence"]]
    yield from (("责任", quote) for quote in named)
    for name, key in (("时限", "deadline"), ("状态", "told")):
        if row[key]:
            yield name, row[key]


def _places(row: Row) -> str:
    """The file, then the bases a line a kind: page, first and last character, and the words or how they begin."""
    lines: dict[str, list[str]] = {}
    for name, quote in _bases(row):
        page = f"第{quote['page']}页" if quote["page"] else ""
        words = line_of(quote) if len(quote["quote"]) <= _LONGEST_BASIS else f"{line_of(quote)[:_LONGEST_BASIS]}…"
        lines.setdefault(name, []).append(f"{page}{quote['start']}–{quote['end']}“{words}”")
    return "\n".join([row["source"], *(f"{name}：{'、'.join(places)}" for name, places in lines.items())])


def _source(row: Row) -> str:
    return "\n".join(part for part in (row["title"], row["source"], row["published"]) if part)


_ISSUES = (
    Column("问题", 30, "strong", lambda row: line_of(row["issue"])),
    Column("具体表现", 24, "text", lambda row: lines_of(row["details"])),
    Column("所属方面", 14, "text", lambda row: line_of(row["section"])),
    Column("问题类别", 12, "middle", lambda row: chinese_name(IssueCategory(row["category"]))),
    Column("问题性质", 9, "middle", lambda row: chinese_name(Modality(row["modality"]))),
    Column("原因", 16, "text", lambda row: line_of(row["cause"])),
    Column("整改措施", 48, "text", lambda row: lines_of(row["measures"])),
    Column("责任单位", 16, "text", _owners),
    Column("整改时限", 14, "middle", _deadline),
    Column("状态", 9, "middle", _progress),
    Column("成效", 26, "text", _effects),
    Column("销号日期", 11, "day", lambda row: ""),
    Column("销号人", 8, "middle", lambda row: ""),
    Column("依据", 44, "small", _places),
    Column("来源文件", 24, "small", _source),
)
_MEASURES = (
    Column("措施", 60, "strong", lambda row: lines_of(row["measures"])),
    Column("措施类别", 16, "middle", lambda row: chinese_name(MeasureCategory(row["measures"][0]["category"]))),
    Column("责任单位", 30, "text", _owners),
    Column("时限", 16, "middle", _deadline),
    Column("状态", 10, "middle", _progress),
    Column("依据", 34, "small", _places),
    Column("来源文件", 30, "small", _source),
)
#: Columns that are left out where no row has a word for them.
_SPARED = frozenset({"具体表现", "所属方面", "成效"})


def write_ledger(rows: Sequence[Row], out: Path, as_of: date | None = None) -> None:
    """Write the workbook; it appears under its name only when it is whole.

    Args:
        rows: as `chain_row_to_dict` gives them; those without an issue go to the second sheet.
        as_of: the day on which deadlines were looked at; that of publication when None.

    Raises:
        InputError: `out` is a folder, or its name that of another kind of file.
    """
    check_out(out, "台账.xlsx")
    problems = [row for row in rows if row["issue"]]
    others = [row for row in rows if not row["issue"]]
    with whole(out) as path, new_workbook(path) as workbook:
        formats = add_formats(workbook, FORMATS) | add_colours(workbook, _COLOURS)
        columns = [c for c in _ISSUES if c.heading not in _SPARED or any(c.cell(row) for row in problems)]
        sheet = workbook.add_worksheet(TITLE)
        write_form(sheet, problems, columns, formats, _summary(problems, as_of))
        state = [column.heading for column in columns].index("状态") + 1
        offer_labels(sheet, (state, len(problems)), _COLOURS, Progress, formats)
        told = f"共 {len(others)} 项：文中采取或部署、未与上表具体问题对应的措施。"
        write_form(workbook.add_worksheet(OTHERS), others, _MEASURES, formats, told)


def _summary(rows: Sequence[Row], as_of: date | None) -> str:
    counts = Counter(row["progress"] for row in rows)
    parts = [f"{chinese_name(state)} {counts[state]} 项" for state in Progress if counts[state]]
    parts += [f"未载明 {counts[None]} 项"] if counts[None] else []
    day = as_of.isoformat() if as_of else "各文件发布之日"
    return f"共 {len(rows)} 项{'：' if parts else '。'}{'，'.join(parts)}{'。' if parts else ''}逾期与否以{day}为准。"
