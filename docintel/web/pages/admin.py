"""管理: who may use the page, what was done with it, how the library is, which models it uses, backups."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path as FilePath
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from docintel.errors import InputError, NotFoundError
from docintel.exports.tables import table_csv, table_workbook
from docintel.web.accounts import Role
from docintel.web.audit import Action, Entry
from docintel.web.deeds import details, target
from docintel.web.intake.jobs import PENDING, Job, Kind
from docintel.web.intake.worker import BACKUPS
from docintel.web.models import model, models
from docintel.web.page import Page
from docintel.web.rendering import attachment, disposition, moment, render, words_of
from docintel.web.security import Administrator, Visitor, audit
from docintel.web.state import state_of

html, json = APIRouter(), APIRouter(tags=["admin"])
PAGE = Page(name="admin", path="/admin", role=Role.ADMINISTRATOR, html=html, json=json)
_ENTRIES, _MOST_EXPORTED = 100, 100_000
_UPKEEP = (Kind.VERIFY, Kind.BACKUP)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The columns of an exported log, by their keys in the words, and their widths.
_COLUMNS = (("at", 20), ("account", 14), ("address", 18), ("action", 12), ("target", 50), ("detail", 60))

_Name = Annotated[str, Form(max_length=200)]
_Password = Annotated[str, Form(max_length=2000)]
_BackupName = Annotated[str, Path(pattern=r"^docintel-[0-9]{8}-[0-9]{6}\.zip$")]


class TableFormat(StrEnum):
    """How the log is exported."""

    XLSX = "xlsx"
    CSV = "csv"


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


class AskedAudit(BaseModel):
    """What the address of the log says: words, an account, a deed, from which day to which, before which entry."""

    model_config = ConfigDict(frozen=True)

    q: Annotated[str, Field(default="", max_length=200)]
    account: Annotated[str, Field(default="", max_length=64)]
    action: Annotated[Action | None, BeforeValidator(_none_if_empty)] = None
    since: Annotated[date | None, BeforeValidator(_none_if_empty)] = None
    until: Annotated[date | None, BeforeValidator(_none_if_empty)] = None
    before: Annotated[int | None, Field(default=None, ge=0, le=1 << 53)]

    def query(self, **changes: Any) -> str:
        """The query of an address that asks for something else."""
        values = self.model_dump(mode="json") | changes
        return urlencode({name: value for name, value in values.items() if value})


@html.get("/admin")
def accounts_page(request: Request, visitor: Administrator) -> Response:
    """The accounts."""
    return _accounts(request)


@html.post("/admin/accounts")
def add_account(
    request: Request,
    visitor: Administrator,
    name: _Name,
    password: _Password,
    again: _Password,
    role: Annotated[Role, Form()],
) -> Response:
    """Make an account; the first one is an administrator, or nobody could make another."""

    def add() -> None:
        accounts = state_of(request).accounts
        _check_same(password, again)
        if role is not Role.ADMINISTRATOR and not accounts.exist():
            raise InputError(
                "第一个账号须为管理员。 The first account must be an administrator.",
                hint="否则无人能再建账号。 Else nobody could make another.",
            )
        made = accounts.add(name, role, password)
        audit(request, Action.CHANGE, made.name, made=made.role)

    return _done(request, add, name=name, role=role)


@html.post("/admin/accounts/role")
def set_role(request: Request, visitor: Administrator, name: _Name, role: Annotated[Role, Form()]) -> Response:
    """Give another account another role."""

    def change() -> None:
        _check_other(visitor, name)
        state_of(request).accounts.set_role(name, role)
        audit(request, Action.CHANGE, name, role=role)

    return _done(request, change)


@html.post("/admin/accounts/password")
def set_password(
    request: Request, visitor: Administrator, name: _Name, password: _Password, again: _Password
) -> Response:
    """Give an account another password, and end its sessions."""

    def change() -> None:
        _check_other(visitor, name)
        _check_same(password, again)
        state_of(request).accounts.set_password(name, password)
        audit(request, Action.CHANGE, name, password="changed")

    return _done(request, change)


@html.post("/admin/accounts/remove")
def remove_account(request: Request, visitor: Administrator, name: _Name) -> Response:
    """Delete another account."""

    def remove() -> None:
        _check_other(visitor, name)
        state_of(request).accounts.remove(name)
        audit(request, Action.CHANGE, name, removed=True)

    return _done(request, remove)


@html.get("/admin/audit")
def audit_page(request: Request, visitor: Administrator, asked: Annotated[AskedAudit, Query()]) -> Response:
    """Who did what, newest first."""
    entries = _entries(request, asked, _ENTRIES + 1)
    values: dict[str, Any] = {"entries": entries[:_ENTRIES], "more": len(entries) > _ENTRIES, "asked": asked}
    values |= {"target": target, "details": details}
    return render(request, "admin/audit.html", **values, actions=list(Action), formats=list(TableFormat))


@html.get("/admin/audit/export")
def export_audit(
    request: Request, visitor: Administrator, asked: Annotated[AskedAudit, Query()], how: TableFormat = TableFormat.XLSX
) -> Response:
    """The entries that are asked for, all of them, as a file."""
    entries = _entries(request, asked, _MOST_EXPORTED + 1)
    if len(entries) > _MOST_EXPORTED:
        raise InputError(
            f"超过 {_MOST_EXPORTED:,} 条。 There are more than {_MOST_EXPORTED:,} entries.",
            hint="请缩小日期范围，分次导出。 Choose fewer days and export them in parts.",
        )
    audit(request, Action.EXPORT, "audit", count=len(entries), format=how, asked=asked.query(before=None))
    words = words_of(request)
    columns = [(words(f"audit.{name}"), width) for name, width in _COLUMNS]
    rows = [
        [moment(each.at), each.account, each.address, words(f"audit_action.{each.action}"), target(each, words),
         "；".join(f"{name}{words('correct.colon')}{value}" for name, value in details(each, words))]
        for each in entries
    ]  # fmt: skip
    name = f"{words('audit.title')}-{date.today():%Y%m%d}.{how}"
    if how is TableFormat.CSV:
        return attachment(name, table_csv(columns, rows), "text/csv; charset=utf-8")
    told = {words(f"audit.{key}"): str(value) for key, value in asked.model_dump(mode="json").items() if value}
    return attachment(name, table_workbook(columns, rows, told, (words("audit.title"), words("audit.asked"))), _XLSX)


@html.get("/admin/library")
def library_page(request: Request, visitor: Administrator) -> Response:
    """How the library is; its backups."""
    with state_of(request).libraries.borrow() as library:
        info = library.info()
    return render(request, "admin/library.html", info=info, **_upkeep(request))


@html.get("/admin/library/upkeep")
def upkeep_piece(request: Request, visitor: Administrator) -> Response:
    """The last check, and the backups; a piece of the page, asked for again while something is being done."""
    return render(request, "admin/upkeep.html", **_upkeep(request))


@html.post("/admin/library/verify")
def verify(request: Request, visitor: Administrator) -> Response:
    """Check that nothing is lost or damaged, beside the page."""
    return _begin(request, Kind.VERIFY)


@html.post("/admin/library/backups")
def back_up(request: Request, visitor: Administrator) -> Response:
    """Write a backup into the library's folder, beside the page."""
    return _begin(request, Kind.BACKUP)


@html.get("/admin/library/backups/{name}")
def download_backup(request: Request, visitor: Administrator, name: _BackupName) -> Response:
    """A backup, to download: it holds everything, the hashes of passwords too."""
    path = _backup(request, name)
    audit(request, Action.DOWNLOAD, name, backup=path.stat().st_size)
    return FileResponse(path, media_type="application/zip", headers={"Content-Disposition": disposition(name)})


@html.post("/admin/library/backups/{name}/remove")
def remove_backup(request: Request, visitor: Administrator, name: _BackupName) -> Response:
    """Delete a backup."""
    _backup(request, name).unlink(missing_ok=True)
    audit(request, Action.CHANGE, name, backup="removed")
    return RedirectResponse("/admin/library", status_code=303)


@html.get("/admin/models")
def models_page(request: Request, visitor: Administrator) -> Response:
    """The models in use, with the digests of their files."""
    return render(request, "admin/models.html", models=list(models(state_of(request).libraries.folder)))


@html.get("/admin/models/{name}")
def model_page(request: Request, visitor: Administrator, name: Annotated[str, Path(max_length=100)]) -> Response:
    """The card of a model."""
    return render(request, "admin/model.html", model=model(state_of(request).libraries.folder, name))


@json.get("/admin/accounts")
def list_accounts(request: Request, visitor: Administrator) -> list[dict[str, Any]]:
    """The accounts, without anything of their passwords."""
    return [asdict(each) for each in state_of(request).accounts.list()]


@json.get("/admin/audit")
def list_audit(request: Request, visitor: Administrator, asked: Annotated[AskedAudit, Query()]) -> list[dict[str, Any]]:
    """A hundred entries of the audit log, newest first; `before` goes on from the last of them."""
    return [asdict(each) for each in _entries(request, asked, _ENTRIES)]


@json.get("/admin/library")
def library_info(request: Request, visitor: Administrator) -> dict[str, Any]:
    """How much is in the library, as `docintel library info --json`."""
    with state_of(request).libraries.borrow() as library:
        return library.info()


@json.get("/admin/models")
def list_models(request: Request, visitor: Administrator) -> list[dict[str, Any]]:
    """The models in use, with the digests of their files."""
    return [asdict(each) for each in models(state_of(request).libraries.folder)]


def _accounts(request: Request, status: int = 200, error: str = "", name: str = "", role: str = "") -> Response:
    state = state_of(request)
    listed = state.accounts.list()
    role = role or str(Role.READER if listed else Role.ADMINISTRATOR)
    values: dict[str, Any] = {"accounts": listed, "roles": list(Role), "last": state.audit.last_log_ins()}
    return render(request, "admin/accounts.html", status, **values, error=error, name=name, role=role)


def _done(request: Request, change: Callable[[], None], **typed: str) -> Response:
    """Make a change to the accounts; what was wrong with it is told on their page, where it can be put right."""
    try:
        change()
    except InputError as exc:
        return _accounts(request, 400, f"{exc} {exc.hint}".strip(), **typed)
    return RedirectResponse("/admin", status_code=303)


def _check_other(visitor: Visitor, name: str) -> None:
    if visitor.account and name.strip().casefold() == visitor.account.casefold():
        raise InputError(
            "不能在这里更改自己的账号。 Nobody changes their own account here.",
            hint="密码请在“账号”页修改；角色请由另一位管理员更改。"
            " Change your password on your own page; another administrator can change your role.",
        )


def _check_same(password: str, again: str) -> None:
    if password != again:
        raise InputError("两次输入的密码不同。 The passwords differ.")


def _entries(request: Request, asked: AskedAudit, limit: int) -> list[Entry]:
    return state_of(request).audit.entries(
        words=asked.q.strip(),
        account=asked.account.strip() or None,
        action=asked.action,
        times=(
            _begins(asked.since) if asked.since else "",
            _begins(asked.until + timedelta(days=1)) if asked.until else "",
        ),
        before=asked.before,
        limit=limit,
    )


def _begins(day: date) -> str:
    """When a day begins on this machine, in UTC as the log writes it."""
    return datetime.combine(day, time()).astimezone().astimezone(UTC).isoformat(timespec="milliseconds")


def _begin(request: Request, kind: Kind) -> Response:
    """Put a job into the queue, unless one like it is there."""
    jobs = state_of(request).jobs
    if not jobs.in_state(PENDING, (kind,)):
        jobs.add(kind, account=request.state.visitor.account, name=str(kind))
        audit(request, Action.CHANGE, str(kind), job="begun")
    return RedirectResponse("/admin/library", status_code=303)


def _upkeep(request: Request) -> dict[str, Any]:
    """The newest check and backup that were asked for, and the backups that are there, newest first."""
    jobs = state_of(request).jobs
    newest: dict[str, Job | None] = {str(kind): next(iter(jobs.newest((kind,), limit=1)), None) for kind in _UPKEEP}
    busy = any(job is not None and job.state in PENDING for job in newest.values())
    backups = [
        {"name": path.name, "size": path.stat().st_size, "at": _modified(path)}
        for path in sorted(_backups(request), reverse=True)
    ]
    return {"newest": newest, "busy": busy, "backups": backups}


def _modified(path: FilePath) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")


def _backups(request: Request) -> Iterator[FilePath]:
    return (state_of(request).libraries.folder / BACKUPS).glob("docintel-*.zip")


def _backup(request: Request, name: str) -> FilePath:
    """The file of a backup; only of one that is there, so that no name leads elsewhere."""
    found = next((path for path in _backups(request) if path.name == name and not path.is_symlink()), None)
    if found is None:
        raise NotFoundError(f"没有备份 {name}。 There is no backup {name}.")
    return found
