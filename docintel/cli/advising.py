"""The command that says what others did: `suggest`, for a problem, a report or a list of problems."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from docintel import console as views
from docintel.cli.app import app
from docintel.cli.options import AsJson, LibraryFolder, Top, in_a_folder, open_library
from docintel.cli.screen import err, error_text, item_progress, out, print_json
from docintel.errors import InputError, QueryError
from docintel.exports import check_out, write_advice, write_plan
from docintel.parse.sandbox import parse
from docintel.problems import listed_problems, pasted
from docintel.schema import Advice

if TYPE_CHECKING:
    from docintel.library import Library


@app.command()
def suggest(
    text: Annotated[str | None, typer.Argument(help="发现的问题。 The problem found.", show_default=False)] = None,
    document: Annotated[
        str | None, typer.Option("--document", help="文件或文档编号，逐个问题给出建议。 A file or document id.")
    ] = None,
    issue: Annotated[
        int | None, typer.Option("--issue", min=0, help="只问该文档的第几个问题，从 0 起。 Only this issue.")
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="问题清单：表格的一列，或每行一个；- 为标准输入。 Problems: a column, or a line each; - is stdin.",
        ),
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", help="问题所在列：列名、列号或字母。 Its heading, number or letter.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--out", help="工作簿：可比案例与建议措施。 A workbook of cases and measures.", callback=in_a_folder
        ),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan", help="整改方案草案，.docx 或 .xlsx。 Write a draft of a rectification plan.", callback=in_a_folder
        ),
    ] = None,
    per_issue: Annotated[
        int,
        typer.Option(
            "--per-issue", min=1, max=1_000, help="方案中每个问题列几条措施。 Measures a problem in the plan."
        ),
    ] = 3,
    top: Top = 10,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """针对问题，列出其他单位采取过的措施和原文依据。 Measures that others took for a comparable problem."""
    _check(text, document, issue, from_, column)
    if output is not None:
        check_out(output, "结果.xlsx")
    problems = _listed(from_, column) if from_ else []
    count = max(top, per_issue) if plan else top
    with open_library(library) as opened:
        advised = _of_list(opened, problems, count)
        if text is not None or document is not None:
            found = opened.advise(text, document=document, issue=issue, top_k=count)
            advised += item_progress("查询 Asking", found)
    if output is not None:
        write_advice(advised, output)
        err.print(Text(f"已写入 {output}：{_count(advised)}。 Wrote {output}."))
    if plan is not None:
        write_plan(advised, plan, per_issue=per_issue)
        err.print(Text(f"已写入 {plan}：{_count(advised)}。 Wrote {plan}."))
    _show(advised, as_json=as_json, written=bool(output or plan), text=text)
    if any(advice.failure for advice in advised):
        raise typer.Exit(1)


def _listed(source: Path, column: str | None) -> list[str]:
    """The problems of a file, or of the lines that somebody pastes into the terminal."""
    if str(source) != "-":
        return listed_problems(parse(source), column)
    with TemporaryDirectory() as folder:
        data, name = pasted(sys.stdin.buffer.read(), column)
        path = Path(folder, name)
        path.write_bytes(data)
        return listed_problems(parse(path), column)


def _check(text: str | None, document: str | None, issue: int | None, from_: Path | None, column: str | None) -> None:
    """See that the options go together.

    Raises:
        InputError: there is nothing to suggest for.
        QueryError: an option lacks the one that it belongs to.
    """
    if text is None and document is None and from_ is None:
        raise InputError(
            "没有给出问题。 There is nothing to suggest for.",
            hint="请给出一个问题、一份文档（--document）或一份清单（--from）。 Give a problem, document or list.",
        )
    if issue is not None and document is None:
        raise QueryError("--issue 须与 --document 同用。 --issue goes with --document.")
    if column is not None and from_ is None:
        raise QueryError("--column 须与 --from 同用。 --column goes with --from.")


def _of_list(library: "Library", problems: Sequence[str], top: int) -> list[Advice]:
    """Ask each problem of a list; one that cannot be asked is noted and the others go on."""
    if not problems:
        return []
    advised: list[Advice] = []
    adviser = library.adviser()
    for problem in item_progress("查询 Asking", problems, len(problems)):
        try:
            advised.append(adviser.advise(problem, top_k=top))
        except QueryError as exc:
            advised.append(Advice(problem=problem, failure=str(exc)))
            err.print(Text(f"{problem[:40]}："), error_text(exc))
    return advised


def _show(advised: Sequence[Advice], *, as_json: bool, written: bool, text: str | None) -> None:
    """Print what was found, unless it was written to a file and nobody asked for JSON."""
    if as_json:
        print_json([row for advice in advised for row in _rows(advice, alone=text is not None and len(advised) == 1)])
    elif not written:
        out.print(views.advice_view(advised, asked=text is not None and len(advised) == 1))
    if as_json or written:
        for advice in _unanswered(advised):
            err.print(Text(f"{advice.problem[:40]}：{views.no_case(advice)}", style="yellow"))


def _unanswered(advised: Iterable[Advice]) -> Iterator[Advice]:
    return (advice for advice in advised if not advice.suggestions and not advice.failure)


def _rows(advice: Advice, *, alone: bool) -> Sequence[dict[str, Any]]:
    question = "" if alone else advice.problem
    return [asdict(replace(suggestion, question=question)) for suggestion in advice.suggestions]


def _count(advised: Sequence[Advice]) -> str:
    answered = sum(bool(advice.suggestions) for advice in advised)
    failed = sum(bool(advice.failure) for advice in advised)
    return f"{len(advised)} 个问题，{answered} 个有建议措施{f'，{failed} 个未能查询' if failed else ''}"
