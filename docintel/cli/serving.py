"""Commands of the page: `serve`, and `accounts …` for who may use it.

In: words of the command line. Out: a server that runs until it is stopped; accounts in the library's folder.
"""

import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from docintel.cli.app import app
from docintel.cli.options import AsJson, LibraryFolder
from docintel.cli.screen import answer, err, out
from docintel.config import default_library, user_name
from docintel.errors import InputError

if TYPE_CHECKING:
    from docintel.web.accounts import Accounts, Role
    from docintel.web.settings import Settings

accounts_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="网页账号：新建、清单、密码、角色、删除。 Who may use the page of `docintel serve`.",
)
app.add_typer(accounts_app, name="accounts")
_Name = Annotated[str, typer.Argument(help="账号名。 Name of the account.", show_default=False)]
_RoleOption = Annotated[
    str,
    typer.Option(
        "--role",
        help="角色：reader 查阅，editor 编辑，administrator 管理。 What the account may do:"
        " reader, editor or administrator.",
    ),
]
#: A browser sends the next request over the same connection: closing it sooner may cut that request off.
_KEPT_OPEN_S = 75
_FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读取密码。 Read the password from standard input.")
]


@app.command()
def serve(
    library: LibraryFolder = None,
    host: Annotated[
        str,
        typer.Option(
            "--host", help="监听地址；默认只有本机能访问。 Address to listen on; by default this machine only."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="端口。 Port; 0 takes any that is free.")
    ] = 8321,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--name",
            help="浏览器访问本机所用的其他名称，可重复。 A further name by which browsers reach this machine.",
            show_default=False,
        ),
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate", help="HTTPS 证书（PEM）。 Certificate for HTTPS, PEM.", exists=True, dir_okay=False
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="证书的私钥。 Private key of the certificate.", exists=True, dir_okay=False),
    ] = None,
    watch: Annotated[
        Path | None,
        typer.Option(
            "--watch",
            help="监视文件夹：其中新增或改动的文件自动入库。 Folder whose new and changed files are read in.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
) -> None:
    """打开网页界面，在浏览器中使用资料库。 Serve the library as pages for the browser."""
    import uvicorn

    from docintel.memory import share_heaps
    from docintel.web.app import create_app
    from docintel.web.intake.keeper import Keeper
    from docintel.web.intake.watched import check_watched
    from docintel.web.settings import Settings

    _check_certificate(certificate, key)
    folder = library or default_library()
    watched = check_watched(watch, folder) if watch else None
    share_heaps()
    settings = Settings(host=host, port=port, names=tuple(names or ()), secure=certificate is not None, watched=watched)
    application = create_app(folder, settings)
    listening = _listen(host, port)
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,  # it would write what people search for to the screen; the audit log has it
        server_header=False,
        proxy_headers=False,  # else whoever sends a request says where it comes from
        ssl_certfile=certificate,
        ssl_keyfile=key,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=_KEPT_OPEN_S,
    )
    _announce(settings, listening, folder, open_to_all=not application.state.docintel.accounts.exist())
    threading.Thread(target=application.state.docintel.libraries.warm, daemon=True).start()
    server, closing = uvicorn.Server(config), application.state.docintel.closing
    server.handle_exit = _before(server.handle_exit, closing.set)  # type: ignore[method-assign]
    with Keeper(folder, watched):
        server.run(sockets=[listening])


@accounts_app.command("add")
def accounts_add(
    name: _Name, role: _RoleOption = "reader", from_input: _FromInput = False, library: LibraryFolder = None
) -> None:
    """新建账号；密码从键盘输入。 Make an account; the password is asked for."""
    from docintel.web.accounts import check_name

    known = _role(role)
    check_name(name)
    with _accounts(library) as (accounts, note):
        account = accounts.add(name, known, _password(from_input=from_input))
        note(target=account.name, made=account.role)
    out.print(f"已建账号 {account.name}（{account.role}）。 Account {account.name} was made.")


@accounts_app.command("list")
def accounts_list(library: LibraryFolder = None, as_json: AsJson = False) -> None:
    """列出账号。 List the accounts."""
    from docintel.console.words import table

    with _accounts(library) as (accounts, _):
        rows = [{"name": each.name, "role": str(each.role), "created": each.created} for each in accounts.list()]
    columns: list[tuple[str, dict[str, Any]]] = [("账号", {}), ("角色", {}), ("建立时间", {})]
    title = f"账号 Accounts（{len(rows)}）"
    answer(rows, as_json, lambda: table(title, columns, [list(row.values()) for row in rows]))


@accounts_app.command("remove")
def accounts_remove(name: _Name, library: LibraryFolder = None) -> None:
    """删除账号，结束其会话；审计日志保留。 Delete an account and end its sessions; the audit log stays."""
    with _accounts(library) as (accounts, note):
        accounts.remove(name)
        note(target=name, removed=True)
    out.print(f"已删除账号 {name}。 Account {name} was deleted.")


@accounts_app.command("password")
def accounts_password(name: _Name, from_input: _FromInput = False, library: LibraryFolder = None) -> None:
    """修改密码，结束该账号的会话。 Give an account another password and end its sessions."""
    with _accounts(library) as (accounts, note):
        accounts.get(name)
        accounts.set_password(name, _password(from_input=from_input))
        note(target=name, password="changed")
    out.print(f"已修改 {name} 的密码。 The password of {name} was changed.")


@accounts_app.command("role")
def accounts_role(
    name: _Name, role: Annotated[str, typer.Argument(help="角色。 Role.")], library: LibraryFolder = None
) -> None:
    """更改角色。 Give an account another role."""
    with _accounts(library) as (accounts, note):
        accounts.set_role(name, _role(role))
        note(target=name, role=role)
    out.print(f"{name} 的角色已改为 {role}。 {name} is now {role}.")


@contextmanager
def _accounts(library: Path | None) -> Iterator[tuple["Accounts", Callable[..., None]]]:
    """The accounts of a library, and what writes a change to them into its audit log.

    The library is made where there is none: accounts come before the first document.
    """
    from docintel.library import Library
    from docintel.web.accounts import Accounts
    from docintel.web.audit import Action, Audit
    from docintel.web.database import Database

    folder = library or default_library()
    Library(folder).close()
    with Database(folder) as database:
        note = partial(Audit(database).note, Action.CHANGE, account="", address=f"docintel accounts, {user_name()}")
        yield Accounts(database), note


def _role(name: str) -> "Role":
    from docintel.web.accounts import Role

    if name not in set(Role):
        raise InputError(f"没有角色 {name}。 {name!r} is no role; these are: {', '.join(Role)}.")
    return Role(name)


def _password(*, from_input: bool) -> str:
    """A password from the keyboard, twice and unseen, or the first line of standard input."""
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputError(
            "没有终端可输入密码。 There is no terminal to ask for the password.",
            hint="请用 --password-stdin。 Use --password-stdin.",
        )
    given: str = typer.prompt("密码 Password", hide_input=True, confirmation_prompt="再输一次 Again", err=True)
    return given


def _check_certificate(certificate: Path | None, key: Path | None) -> None:
    """See that HTTPS can be spoken with these.

    Raises:
        InputError: one is missing, or they are no pair.
    """
    if (certificate is None) != (key is None):
        raise InputError("证书和私钥要一起给出。 HTTPS needs both --certificate and --key.")
    if certificate is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
        except (OSError, ValueError) as exc:
            raise InputError(
                f"证书或私钥不可用。 The certificate and key cannot be used: {exc}.",
                hint="两者须为 PEM 格式，且相互匹配。 Both must be PEM files and belong together.",
            ) from exc


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens, so that a port which is taken shows before anything else happens.

    Raises:
        InputError: the address or port can't be used.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as exc:
        raise InputError(
            f"无法在 {host}:{port} 监听。 Cannot listen on {host}:{port}: {exc.strerror or exc}.",
            hint="请换一个端口 Choose another port: docintel serve --port 8322",
        ) from exc
    return listening


def _before(called: Callable[..., None], first: Callable[[], None]) -> Callable[..., None]:
    """A function that does something else first: answers that never end must, before a server can."""

    def both(*values: Any) -> None:
        first()
        called(*values)

    return both


def _announce(settings: "Settings", listening: socket.socket, folder: Path, *, open_to_all: bool) -> None:
    host = settings.host if ":" not in settings.host.strip("[]") else f"[{settings.host.strip('[]')}]"
    address = f"{'https' if settings.secure else 'http'}://{host}:{listening.getsockname()[1]}/"
    out.print(f"网页界面 Open in a browser: {address}\n资料库 Library: {folder}\n按 Ctrl+C 停止。 Ctrl+C stops it.")
    if open_to_all:
        err.print(
            "尚无账号：本机上的任何人都是管理员。建账号："
            " There are no accounts: whoever uses this machine is the administrator. To make one:"
            "\ndocintel accounts add NAME --role administrator",
            style="yellow",
        )
    if not settings.is_local and not settings.secure:
        err.print(
            "未用 HTTPS：密码和内容在网络上明文传输。请用 --certificate 和 --key。"
            " Without HTTPS passwords and texts cross the network readable: use --certificate and --key.",
            style="yellow",
        )
