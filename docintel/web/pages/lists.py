"""整改建议 for a list: problems that are pasted or sent as a table, each answered; all as a workbook or a plan."""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from docintel.errors import InputError, QueryError
from docintel.exports.advice import write_advice
from docintel.exports.plan import PlanFormat, plan_file, plan_row
from docintel.parse.sandbox import shared as shared_sandbox
from docintel.problems import listed_problems, pasted
from docintel.schema import Advice, Document
from docintel.web.audit import Action
from docintel.web.finding import LONGEST_QUERY
from docintel.web.page import Page
from docintel.web.pages.suggest import MEDIA_TYPES, SUGGESTIONS
from docintel.web.rendering import attachment, is_piece, render
from docintel.web.security import UPLOAD_BYTES, Reader, audit
from docintel.web.state import state_of

html, json = APIRouter(), APIRouter(tags=["suggest"])
PAGE = Page(name="lists", html=html, json=json)
#: Problems of one list: more are asked from the command line, where nobody waits for a page.
_MOST = 200
_AT_ONCE = 8  # problems between which others may use the library
_PER_PROBLEM = 3  # measures of each in a plan
_LIST = "/suggest/list"

_Id = Annotated[str, Query(alias="list", pattern="^[0-9a-f]{64}$")]
_Column = Annotated[str, Form(max_length=200)]
_Problem = Annotated[str, Field(min_length=1, max_length=LONGEST_QUERY)]


class ListFormat(StrEnum):
    """How the answers to a list are written: a workbook of cases and measures, or a plan."""

    WORKBOOK = "workbook"
    DOCX = "docx"
    XLSX = "xlsx"


class Problems(BaseModel):
    """A list of problems, as the API is given it."""

    problems: Annotated[list[_Problem], Field(min_length=1, max_length=_MOST)]


@html.get(_LIST)
def list_page(request: Request, visitor: Reader, number: _Id) -> Response:
    """The problems of a list; the advice on each is fetched as it comes into view."""
    state = state_of(request)
    problems = state.lists.get(visitor.account, number)
    count = state.plans.count(visitor.account)
    return render(request, "suggest/list.html", problems=problems, number=number, formats=list(ListFormat), count=count)


@html.post(_LIST)
def paste(
    request: Request, visitor: Reader, text: Annotated[str, Form(max_length=200_000)], column: _Column = ""
) -> Response:
    """Take a list that was pasted: a line each, or some columns of a table as spreadsheets copy them."""
    if not text.strip():
        raise InputError(
            "没有问题。 No problem is listed.", hint="请粘贴清单，一行一个问题。 Paste a problem in each line."
        )
    file = pasted(text.encode("utf-8", "replace"), column or None)
    return _take(request, shared_sandbox().parse(*file), column)


@html.post(f"{_LIST}/file", max_body_size=UPLOAD_BYTES)
def drop(request: Request, visitor: Reader, file: Annotated[UploadFile, File()], column: _Column = "") -> Response:
    """Take a list from a file: a table with a column of problems, or a text with a line each. It is not kept."""
    return _take(request, shared_sandbox().parse(file.file.read(), file.filename or "清单"), column)


@html.get(f"{_LIST}/export")
def export(request: Request, visitor: Reader, number: _Id, how: ListFormat) -> Response:
    """The answers to all problems of a list as a file."""
    advised = _advise(request, state_of(request).lists.get(visitor.account, number))
    audit(request, Action.EXPORT, "list", problems=len(advised), format=how)
    if how is ListFormat.WORKBOOK:
        name, data, kind = "问题清单-案例与措施", _workbook(advised), PlanFormat.XLSX
    else:
        kind = PlanFormat(how)
        name, data = "整改方案", plan_file([plan_row(each, _PER_PROBLEM) for each in advised], kind)
    return attachment(f"{name}-{date.today():%Y%m%d}.{kind}", data, MEDIA_TYPES[kind])


@json.post(_LIST)
def answer_list(request: Request, visitor: Reader, asked: Problems) -> list[dict[str, Any]]:
    """Comparable cases and what was done there, for each problem of a list in its order; `failure` says why not."""
    advised = _advise(request, asked.problems)
    audit(request, Action.SEARCH, "list", problems=len(advised))
    return [asdict(each) for each in advised]


def _take(request: Request, document: Document, column: str) -> Response:
    """Keep the problems of a list for a while, and go to them."""
    try:
        problems = tuple(listed_problems(document, column.strip() or None))
    except QueryError as exc:
        raise InputError(
            str(exc),
            hint="表格请在“问题所在列”里写列名、字母或列号；其他清单一行一个问题。"
            " Of a table name the column of problems; any other list has a line each.",
        ) from exc
    if len(problems) > _MOST:
        raise InputError(
            f"清单有 {len(problems)} 个问题，一次最多 {_MOST} 个。"
            f" The list has {len(problems)} problems; at most {_MOST} are taken at once.",
            hint="请分几次，或用命令行 Send it in parts, or run: docintel suggest --from 清单.xlsx --out 结果.xlsx",
        )
    if long := [each for each in problems if len(each) > LONGEST_QUERY]:
        raise InputError(
            f"有 {len(long)} 个问题超过 {LONGEST_QUERY} 字：{long[0][:20]}…"
            f" {len(long)} problems are longer than {LONGEST_QUERY} characters.",
            hint="这可能不是问题清单；整份报告请拖到“整改建议”页的报告框。 For a whole report use the box for reports.",
        )
    account, number = request.state.visitor.account, hashlib.sha256("\n".join(problems).encode()).hexdigest()
    state_of(request).lists.keep(account, number, problems)
    audit(request, Action.SEARCH, "list", problems=len(problems))
    path = f"{_LIST}?list={number}"
    return Response(headers={"HX-Redirect": path}) if is_piece(request) else RedirectResponse(path, status_code=303)


def _advise(request: Request, problems: Sequence[str]) -> list[Advice]:
    """What there is to say to each problem; one that cannot be asked says why, and the others go on."""
    advised: list[Advice] = []
    for first in range(0, len(problems), _AT_ONCE):
        with state_of(request).libraries.borrow() as library:
            adviser = library.adviser()
            for problem in problems[first : first + _AT_ONCE]:
                try:
                    advised.append(adviser.advise(problem, top_k=SUGGESTIONS))
                except QueryError as exc:
                    advised.append(Advice(problem=problem, failure=str(exc)))
    return advised


def _workbook(advised: Sequence[Advice]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "结果.xlsx")
        write_advice(advised, path)
        return path.read_bytes()
