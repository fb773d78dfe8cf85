"""LibreOffice as a converter: old office files to formats that docintel reads itself.

In: the bytes of a file, its suffix and the suffix wanted. Out: the bytes of the converted file. Each run has a profile
of its own that is thrown away, runs no macro, follows no link, and is ended with all it started when its time is up.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

_PLACES = ("/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program", "/opt/libreoffice/program")
_PLACES_ELSEWHERE = ("/Applications/LibreOffice.app/Contents/MacOS", "C:/Program Files/LibreOffice/program")
#: Exit codes by which LibreOffice asks to be started again: it has just set up its profile.
_START_AGAIN = (79, 81)
_OUTPUT_MB = 512
_MEMORY_MB = 4096
#: Becomes LibreOffice after it has bound itself: to die with us, to write no core and no endless file, to take no more
#: memory than a parser may. A program of its own, since code between fork and exec is unsafe beside threads.
_LAUNCHER = f"""
import ctypes, os, resource, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
for name, most in (("CORE", 0), ("FSIZE", {_OUTPUT_MB << 21}), ("AS", {_MEMORY_MB << 20})):
    kind = getattr(resource, "RLIMIT_" + name)
    hard = resource.getrlimit(kind)[1]
    try:
        resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))
    except (OSError, ValueError):
        pass
os.execv(sys.argv[1], sys.argv[1:])
"""
#: Path, property and value of each setting of the profile.
_SETTINGS = [
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "2"),
    ("Office.Calc/Content/Update", "Link", "2"),
    ("Inet/Settings", "ooInetProxyType", "1"),
    ("Inet/Settings", "ooInetHTTPProxyName", "localhost"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "localhost"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
]
_ITEM = '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">{}</oor:items>'
)
_one_at_a_time = threading.Lock()


class ConversionError(Exception):
    """LibreOffice gave no file; says why."""


def find_soffice() -> Path | None:
    """The program: the one named by `DOCINTEL_SOFFICE`, else on the PATH, else in its usual places; else None."""
    if named := os.environ.get("DOCINTEL_SOFFICE"):
        return _program(Path(named)) if os.access(named, os.X_OK) else None
    usual = os.pathsep.join((*_PLACES, *_PLACES_ELSEWHERE)) if os.name == "posix" else _PLACES_ELSEWHERE[-1]
    found = shutil.which("soffice") or shutil.which("libreoffice") or shutil.which("soffice", path=usual)
    return _program(Path(found)) if found else None


def convert(data: bytes, suffix: str, target: str, *, timeout_s: float) -> bytes:
    """The file in another format.

    Args:
        suffix: of the file, such as `.doc`; LibreOffice looks at the content first.
        target: suffix of the format wanted, without a dot, such as `docx`.

    Raises:
        ConversionError: it is not installed, took longer than `timeout_s`, or could not read the file.
    """
    program = find_soffice()
    if program is None:
        raise ConversionError("LibreOffice is not installed")
    with _one_at_a_time, tempfile.TemporaryDirectory(prefix="office-", ignore_cleanup_errors=True) as folder:
        source = Path(folder, f"in{suffix}")
        source.write_bytes(data)
        return _run(program, source, target, time.monotonic() + timeout_s)


def _program(found: Path) -> Path:
    """The binary behind the start script, so that it is our own child and dies with us."""
    binary = found.resolve().with_name("soffice.bin")
    return binary if os.access(binary, os.X_OK) else found


def _run(program: Path, source: Path, target: str, deadline: float) -> bytes:
    folder = source.parent
    _write_profile(folder / "profile")
    out = folder / "out"
    command = [
        str(program),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--invisible", "--norestore", "--nolockcheck", "--nodefault", "--nologo"),
        *("--convert-to", target, "--outdir", str(out), str(source)),
    ]
    code, said = _attend(command, folder, deadline)
    if code in _START_AGAIN:
        code, said = _attend(command, folder, deadline)
    made = next(out.glob(f"in.{target}"), None) if out.is_dir() else None
    if made is None:
        raise ConversionError(f"LibreOffice could not convert it (exit code {code}): {said}")
    if (size := made.stat().st_size) > _OUTPUT_MB << 20:
        raise ConversionError(f"LibreOffice made {size >> 20} MiB of it; the limit is {_OUTPUT_MB} MiB")
    return made.read_bytes()


def _attend(command: list[str], folder: Path, deadline: float) -> tuple[int, str]:
    """Run to the end or to the deadline; the exit code and the last words."""
    with Path(folder, "words").open("w+b") as words:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command] if os.name == "posix" else command,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise ConversionError("LibreOffice was given up: it took too long") from None
        finally:
            _end(process)
        words.seek(0)
        return process.returncode, " ".join(words.read(4096).decode("utf-8", "replace").split())[-200:] or "no word"


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill what is left of it and of what it started."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _write_profile(profile: Path) -> None:
    (profile / "user").mkdir(parents=True)
    items = "".join(_ITEM.format(*setting) for setting in _SETTINGS)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE.format(items), encoding="utf-8")


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {"HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
