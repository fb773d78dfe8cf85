"""Views of what was followed across documents: feedback against report, and problems that came back.

In: comparisons and recurrences. Out: rich renderables.
"""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from docintel.console.words import RIGHT, SHORT, WRAP, hanging, label, table
from docintel.schema import Answer, Comparison, Counterpart, Recurrence, Source, Status

_STYLES = {Answer.ANSWERED: "green", Answer.PARTLY: "yellow", Answer.NEVER: "bold red", Answer.UNASKED: "dim"}
_ENGLISH = {
    Answer.ANSWERED: "answered",
    Answer.PARTLY: "in part",
    Answer.NEVER: "never answered",
    Answer.UNASKED: "not asked for",
}


def comparison_view(comparison: Comparison) -> RenderableType:
    """What it comes to, and a line a problem with the answers to it."""
    head = Text()
    for kind in Answer:
        head.append(f"{label(kind, Answer)} {comparison.count(kind)} 项  ", style=_STYLES[kind])
    head.append("、".join(f"{_ENGLISH[kind]} {comparison.count(kind)}" for kind in Answer), style="dim")
    sides = [f"{each.title or each.source}（{each.published or '日期不明'}）" for each in _sides(comparison)]
    warnings = [Text(f"注意 {warning}", style="yellow") for warning in comparison.warnings]
    if not comparison.rows:
        return Group(*warnings, Text("没有抽取到反馈的问题。 No problems were found in the feedback.", style="yellow"))
    return Group(Text(f"反馈 {sides[0]}"), Text(f"报告 {sides[1]}"), *warnings, head, "", _rows(comparison))


def _sides(comparison: Comparison) -> tuple[Source, Source]:
    return comparison.feedback, comparison.report


def _rows(comparison: Comparison) -> Table:
    columns = [("#", RIGHT), ("反馈问题", WRAP), ("回应", SHORT), ("报告中的回应", WRAP)]
    out = table("反馈整改对照 Feedback and report", columns, ())
    for n, row in enumerate(comparison.rows, start=1):
        issue = Text(row.issue.quote if row.issue else "")
        told = Group(*(line for each in row.counterparts for line in _lines(each, row.answer)))
        style = _STYLES[row.answer] if row.answer in (Answer.NEVER, Answer.UNASKED) else ""
        out.add_row(str(n), issue, Text(label(row.answer, Answer), style=_STYLES[row.answer]), told, style=style)
    return out


def _lines(counterpart: Counterpart, answer: Answer) -> list[RenderableType]:
    """The problem as the report puts it, how far it is and how sure the match, then the measures."""
    known = [counterpart.told.quote] if counterpart.told else []
    known += [f"{counterpart.probability:.0%}"] if answer is not Answer.UNASKED else []
    beside = f"（{'，'.join(known)}）" if known else ""
    measures = (hanging("–", Text(each.evidence.quote), style="") for each in counterpart.measures)
    return [Text(f"{counterpart.evidence.quote}{beside}"), *measures]


def recurrences_view(found: Sequence[Recurrence]) -> RenderableType:
    """Problems that came back, each with its findings and what was promised in between."""
    if not found:
        return Group(
            Text("没有发现同一单位同类问题反复出现。", style="yellow"),
            Text("No unit was found to have one kind of problem again.", style="yellow"),
        )
    units = len({each.unit for each in found})
    head = Text(f"屡查屡犯 {len(found)} 个问题，涉及 {units} 个单位。", style="bold")
    head.append(f" {len(found)} problems came back, in {units} units.", style="dim")
    return Group(head, *(part for each in found for part in ("", _recurrence(each))))


def _recurrence(found: Recurrence) -> RenderableType:
    head = Text(f"{found.unit} · {label(found.category)} · {len(found.findings)} 次", style="bold")
    head.append(f" · 把握 {found.confidence:.0%}", style="dim")
    lines: list[RenderableType] = [head]
    for finding in found.findings:
        where = Text(f"{finding.source.title or finding.source.source} · {finding.source.source}", style="dim")
        told: list[RenderableType] = [Text(f"“{finding.evidence.quote}”"), where]
        for each in finding.commitments:
            promised = f"{each.source.published} {label(each.status, Status)}：“{each.evidence.quote}”"
            told.append(hanging("→", Text(promised), style="green"))
        lines.append(hanging(finding.source.published or "", *told, style="red"))
    return Group(*lines)
