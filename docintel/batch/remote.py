"""Files at addresses such as `s3://bucket/reports/`, through fsspec.

In: an address of a file, a folder or a pattern. Out: the files there with their sizes, and their bytes. Keys and
endpoints are those that fsspec's driver for the protocol finds in the environment.
"""

import re
from typing import Any

from docintel.errors import InputError, NotFoundError, SetupError
from docintel.parse.file import Limits
from docintel.parse.intake import named_as_report

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_PATTERN = re.compile(r"[*?\[]")
#: Packages that bring the drivers of the protocols most asked for.
_DRIVERS = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "oss": "ossfs"}


def is_remote(name: str) -> bool:
    """Whether a name is an address and no path."""
    return _ADDRESS.match(name) is not None


def list_remote(address: str) -> list[tuple[str, int]]:
    """The files at an address, each by its own address, with its size in bytes; what folders hold as for local ones.

    Raises:
        SetupError: fsspec, or its driver for the protocol, is not installed.
        InputError: the place can't be reached.
    """
    fs, path = _open(address)
    try:
        if _PATTERN.search(path):
            found = {name: info for name, info in fs.glob(path, detail=True).items() if info["type"] == "file"}
        elif fs.isdir(path):
            found = fs.find(path, detail=True)
        else:
            size = fs.info(path).get("size") if fs.exists(path) else 0
            return [(address, size or 0)]
    except Exception as exc:  # every driver has errors of its own
        raise _unreachable(address, exc) from exc
    named = {str(fs.unstrip_protocol(name)): info.get("size") or 0 for name, info in found.items()}
    return sorted((name, size) for name, size in named.items() if named_as_report(name.rsplit("/", 1)[-1]))


def read_remote(address: str, limits: Limits) -> bytes:
    """The bytes of the file at an address.

    Raises:
        NotFoundError: there is none.
        InputError: it can't be reached, or is larger than the limit.
    """
    fs, path = _open(address)
    most = limits.file_mb << 20
    try:
        with fs.open(path, "rb") as file:
            data: bytes = file.read(most + 1)
    except FileNotFoundError as exc:
        raise NotFoundError(
            f"没有文件 {address}。 There is no file {address}.", hint="请检查地址。 Check the address."
        ) from exc
    except Exception as exc:
        raise _unreachable(address, exc) from exc
    if len(data) > most:
        raise InputError(
            f"{address} 超过大小上限。 {address} is larger than {limits.file_mb} MiB.",
            hint="请拆分文件，或提高上限。 Split it, or raise the limit: --limit file_mb=N.",
        )
    return data


def _open(address: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it."""
    protocol = address.split("://", 1)[0].lower()
    try:
        from fsspec.core import url_to_fs

        fs, path = url_to_fs(address)
    except ImportError as exc:
        driver = _DRIVERS.get(protocol, "fsspec")
        raise SetupError(
            f"未安装 {protocol}:// 的驱动。 No driver for {protocol}:// is installed: {exc}",
            hint=f"请安装 Run: pip install {driver}",
        ) from exc
    except Exception as exc:  # an unknown protocol is a ValueError, wrong keys are whatever the driver says
        raise _unreachable(address, exc) from exc
    return fs, path


def _unreachable(address: str, exc: Exception) -> InputError:
    return InputError(
        f"无法访问 {address}。 {address} cannot be reached: {exc}",
        hint="请检查地址、网络和访问密钥。 Check the address, the network and your keys.",
    )
