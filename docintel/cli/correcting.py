"""The command by which people correct the records of a document of the library: `correct`."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from docintel import console as views
from docintel.cli.app import app
from docintel.cli.options import AsJson, LibraryFolder, open_library
from docintel.cli.screen import answer, out, print_json, rows_of
from docintel.config import user_name
from docintel.correcting import Request
from docintel.errors import CorrectionError, NotFoundError
from docintel.schema import RECORD_NAMES, CorrectionAction, CorrectionResult
from docintel.schema.serial import correction_to_dict

_Kind = TypeVar("_Kind")

_ID = re.compile(r"(?P<kind>[^\s/:#]+)(?:\s?[/:#]\s?(?P<ordinal>\d{1,9}))?")
_KINDS = {name: kind for kind, name in RECORD_NAMES.items()}
#: Fields of a listed correction that say where words stand or follow from others: found anew.
_FOUND_ANEW = frozenset({"start", "end", "page", "confidence", "mentions", "violations", "sanctions"})
_FORM = (
    '每行一个 JSON 对象，或一个数组。 A JSON object a line, or an array, such as {"document": "通报.html",'
    ' "record": "measures/3", "action": "change", "fields": {"category": "education"}}'
)
_WAYS = "--set、--accept、--reject、--add、--reviewed、--list、--undo、--from"


@app.command()
def correct(
    document: Annotated[
        str | None, typer.Argument(help="文档编号、文件名或路径。 Id, name or path.", show_default=False)
    ] = None,
    record: Annotated[
        str | None,
        typer.Argument(
            help="记录编号，如 measures/3，见 docintel show。 A record as show numbers it.", show_default=False
        ),
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="字段=值，可重复，名称和取值中英文均可。 Field=value; may be repeated.", show_default=False
        ),
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="确认记录无误。 The record is right.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="剔除记录。 The record is none.")] = False,
    add: Annotated[
        str | None,
        typer.Option(
            "--add", help="补充一类记录，配 --quote 和 --set。 Add a record of this type.", show_default=False
        ),
    ] = None,
    quote: Annotated[
        str | None,
        typer.Option("--quote", help="补充记录的原文；或按原文指明记录。 Its words, verbatim.", show_default=False),
    ] = None,
    start: Annotated[
        int | None,
        typer.Option("--at", min=0, help="原文有多处时，取距此字符位置最近的。 Of several places the nearest to this."),
    ] = None,
    occurrence: Annotated[
        int | None, typer.Option("--occurrence", min=1, help="原文有多处时，取第几处。 Of several places which.")
    ] = None,
    reviewed: Annotated[
        bool,
        typer.Option("--reviewed", help="全文已审，记录齐全无误。 All was read, the records are complete and right."),
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="列出订正。 List the corrections.")] = False,
    undo: Annotated[
        int | None, typer.Option("--undo", help="撤销此编号的订正。 Take a correction back.", show_default=False)
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="逐行 JSON，一次多条，全成或全不成。 Many, a JSON object a line.", show_default=False
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", help="何人，默认 DOCINTEL_USER 或系统账户。 Who; else DOCINTEL_USER or the account."),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="理由。 Why.", show_default=False)] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只看哪些行会变，不保存。 Show which rows would change, keep nothing.")
    ] = False,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """订正记录：更改、补充、剔除、确认；重新入库后依然有效。 Correct records; kept when files are read anew."""
    ways = [bool(sets) or bool(add), accept, reject, reviewed, listed, undo is not None, source is not None]
    if sum(ways) != 1:
        raise CorrectionError(
            "请写明一种做法。 Say one thing to do."
            if not any(ways)
            else "只能选一种做法。 Only one thing can be done.",
            hint=f"其一 One of: {_WAYS}",
        )
    if add and record:
        raise CorrectionError(
            "补充记录不写编号。 A record that is added has no number yet.", hint="--add measures --quote “原文”"
        )
    if document is None and not (listed or undo is not None or source):
        raise CorrectionError("没有写明文档。 No document is named.", hint="docintel correct DOC measures/3 --set …")
    with open_library(library) as opened:
        if listed:
            rows = rows_of(opened.corrections(document), None)
            answer(rows, as_json, lambda: views.corrections_table(rows))
            return
        if undo is not None:
            results = opened.undo(undo, by=by, dry_run=dry_run)
        elif source:
            requests = list(_requests(source, document, by, note))
            results = opened.correct_all(requests, dry_run=dry_run)
        else:
            kind, ordinal = _record(add or record, reviewed)
            action = _action(accept, reject, bool(add), reviewed)
            details = {"quote": quote, "start": start, "occurrence": occurrence, "note": note, "fields": _fields(sets)}
            results = [opened.correct(document or "", kind, action, ordinal, by=by, dry_run=dry_run, **details)]
    _tell(results, as_json, undone=undo is not None)


def _tell(results: Sequence[CorrectionResult], as_json: bool, *, undone: bool) -> None:
    if as_json:
        print_json([_result(result) for result in results])
    else:
        out.print(views.results_view(results, undone=undone))


def _result(result: CorrectionResult) -> dict[str, Any]:
    return {
        "document": result.document,
        "source": result.source,
        "dry_run": result.dry_run,
        "corrections": [correction_to_dict(each) for each in result.corrections],
        "changes": [
            {"kind": c.kind, "was": c.was, "now": c.now, "before": c.before, "after": c.after} for c in result.changes
        ],
        "lost": [correction_to_dict(each) for each in result.lost],
    }


def _action(accept: bool, reject: bool, add: bool, reviewed: bool) -> CorrectionAction:
    if add:
        return CorrectionAction.ADD
    if reviewed:
        return CorrectionAction.REVIEW
    return CorrectionAction.ACCEPT if accept else CorrectionAction.REJECT if reject else CorrectionAction.CHANGE


def _record(given: str | None, reviewed: bool = False) -> tuple[str, int | None]:
    """Record type and number of `measures/3`; of `measures` alone the type, for a record that its quote tells."""
    if reviewed and not given:
        return "", None
    match = _ID.fullmatch((given or "").strip())
    if not match or reviewed:
        raise CorrectionError(
            "没有写明哪条记录。 No record is named."
            if not given
            else f"{given!r} 不是记录编号。 {given!r} is no id of a record.",
            hint="编号如 measures/3，见 docintel show；--reviewed 不带编号。 Write measures/3; none for --reviewed.",
        )
    ordinal = match["ordinal"]
    return _KINDS.get(match["kind"], match["kind"]), int(ordinal) if ordinal else None


def _fields(sets: Sequence[str] | None) -> dict[str, str]:
    fields = {}
    for each in sets or ():
        name, is_set, value = each.partition("=")
        if not is_set or not name.strip():
            raise CorrectionError(
                f"{each!r} 不是 字段=值。 {each!r} is no field=value.", hint="--set category=education"
            )
        fields[name.strip()] = value.strip()
    return fields


def _requests(source: Path, document: str | None, by: str | None, note: str) -> Iterator[tuple[str, Request]]:
    """The requests of a file, a JSON object a line, such as `correct --list --json` gives; undone ones are left out."""
    for where, data in _objects(source):
        if not isinstance(data, Mapping):
            raise CorrectionError(f"{where}不是 JSON 对象。 It is no JSON object.", hint=_FORM)
        if data.get("undone"):
            continue
        try:
            name, request = _request(data, document, by, note)
        except CorrectionError as exc:
            raise CorrectionError(f"{where}{exc}", hint=exc.hint) from exc
        yield name, replace(request, where=where)


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:  # a JSON of endless brackets is none either
        raise CorrectionError(f"{where}不是 JSON。 It is no JSON: {exc}", hint=_FORM) from exc


def _objects(source: Path) -> Iterator[tuple[str, Any]]:
    """What the lines of a file say, or the members of the array that it holds; each with where it stands."""
    try:
        text = source.read_text("utf-8-sig")
    except FileNotFoundError as exc:
        raise NotFoundError(f"没有文件 {source}。 There is no file {source}.") from exc
    except UnicodeDecodeError as exc:
        raise CorrectionError(f"{source} 不是 UTF-8 文本。 {source} is no UTF-8 text.") from exc
    if text.lstrip().startswith("["):
        for number, data in enumerate(_json(text, f"{source}: "), 1):
            yield f"{source} 第 {number} 项 item {number}: ", data
        return
    for number, line in enumerate(text.split("\n"), 1):  # other ends of lines may stand in the words of a JSON
        if line.strip():
            where = f"{source} 第 {number} 行 line {number}: "
            yield where, _json(line, where)


def _given(data: Mapping[str, Any], name: str, kind: type[_Kind]) -> _Kind | None:
    """A value of a request; None where it has none.

    Raises:
        CorrectionError: it is of another kind.
    """
    value = data.get(name)
    if value is None or (isinstance(value, kind) and not isinstance(value, bool)):
        return value
    told = {str: "文字 a text", int: "整数 a whole number"}.get(kind, "JSON 对象 a JSON object")
    raise CorrectionError(f"{name} 应为{told}。 {name} is {json.dumps(value, ensure_ascii=False)[:40]}.", hint=_FORM)


def _request(data: Mapping[str, Any], document: str | None, by: str | None, note: str) -> tuple[str, Request]:
    sets = _given(data, "fields", dict) or {}
    fields = {name: value for name, value in sets.items() if name not in _FOUND_ANEW}
    given = _given(data, "action", str) or ("change" if fields else None)
    if given not in tuple(CorrectionAction):
        raise CorrectionError(
            f"没有 {given!r} 这种做法。 {given!r} is no action.", hint=f"action: {', '.join(CorrectionAction)}"
        )
    action = CorrectionAction(given)
    is_review = action is CorrectionAction.REVIEW
    kind, ordinal = ("", None) if is_review else _record(_given(data, "record", str) or _given(data, "kind", str))
    name = document or _given(data, "document", str) or _given(data, "source", str)
    if not name:
        raise CorrectionError("没有写明文档。 No document is named.", hint='"document": "通报.html"')
    quote = _given(data, "quote", str) or None
    start, occurrence = _given(data, "start", int), _given(data, "occurrence", int)
    return name, Request(
        kind=kind,
        action=action,
        ordinal=ordinal,
        quote=quote,
        start=start if quote else None,
        occurrence=occurrence,
        fields={} if is_review or action in (CorrectionAction.ACCEPT, CorrectionAction.REJECT) else fields,
        by=by or _given(data, "by", str) or user_name(),
        note=note or _given(data, "note", str) or "",
    )
