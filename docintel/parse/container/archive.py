"""ZIP, TAR and compressed files to the files inside them.

In: a `File`. Out: `Member`s in the archive's order; one that cannot be had carries the reason. Sizes that headers claim
are not believed: bytes are counted as they come out. Nothing is written to disk.
"""

import bz2
import io
import lzma
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from docintel.errors import InputError, ParseError
from docintel.parse.container.zip_entries import CHUNK, Entry, decode_name, inflate, list_entries, scan_entries, unpack
from docintel.parse.file import File, Member

_RATIO_FROM = 10 << 20  # bytes: a small archive of very regular text may well unpack to thousands of times its size
_DRIVE = re.compile(r"^[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SUFFIX = re.compile(r"\.(?:gz|bz2|xz)$", re.IGNORECASE)
_TAR_SUFFIX = re.compile(r"\.t(?:gz|bz2?|xz)$", re.IGNORECASE)
_GZIP, _BZIP2 = b"\x1f\x8b", b"BZh"
_UNPACK = "请解压后分批读取。 Unpack it and read it in parts."
_AGAIN = "请重新获取该文件。 Get the file again from where it came."
#: What readers of compressed bytes raise on bytes that are damaged.
_DAMAGE = (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, tarfile.TarError)


class _LimitError(ParseError):
    """The archive as a whole breaks a limit: no further member is read."""


class _Budget:
    """Counts what comes out of one archive, and stops it where it breaks a limit."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._members = self._bytes = 0

    def open_member(self, left: int | None = None) -> None:
        """Count one more member.

        Args:
            left: members not given yet, this one included, where that is known.

        Raises:
            _LimitError: there are too many.
        """
        most = self._file.limits.members
        if self._members >= most:
            raise self._broken(f"文件超过 {most} 个", f"holds more than {most} files", left)
        self._file.progress(self._members, self._members + (left or 1))
        self._members += 1

    def read(self, path: str, chunks: Iterable[bytes], left: int | None = None) -> bytes:
        """All bytes of one member.

        Raises:
            _LimitError: the archive breaks a limit.
            InputError: the member alone does.
        """
        limits, out = self._file.limits, io.BytesIO()
        for chunk in chunks:
            self._bytes += len(chunk)
            if self._bytes > limits.members_mb << 20:
                size = f"{limits.members_mb} MiB"
                raise self._broken(f"解压后超过 {size}", f"unpacks to more than {size}", left)
            if self._bytes > max(_RATIO_FROM, limits.ratio * len(self._file.data)):
                ratio = limits.ratio
                raise self._broken(f"解压后超过自身 {ratio} 倍", f"unpacks to more than {ratio} times its size", left)
            out.write(chunk)
            if out.tell() > limits.file_mb << 20:
                name = _within(self._file, path)
                raise InputError(
                    f"{name} 超过大小上限。 {name} is larger than {limits.file_mb} MiB.",
                    hint="请用 --max-file-mb 提高上限。 Raise --max-file-mb.",
                )
        return out.getvalue()

    def _broken(self, chinese: str, english: str, left: int | None) -> _LimitError:
        rest = ("其余", "the rest") if left is None else (f"其余 {left} 个文件", f"{left} more files")
        name = self._file.name
        return _LimitError(f"{name} {chinese}，{rest[0]}未读。 {name} {english}: {rest[1]} not read.", hint=_UNPACK)


def zip_members(file: File) -> Iterator[Member]:
    """The files in a ZIP archive.

    Names are what their UTF-8 mark or field says, else UTF-8 where all of them are, else GB18030, as Chinese systems
    write them. Of an archive whose directory is lost the members are found by their own headers.

    Raises:
        ParseError: the archive is damaged or breaks a limit; the members before that have been given.
    """
    entries = list_entries(file.data)
    intact = entries is not None
    if entries is None:
        entries = scan_entries(file.data, file.limits.file_mb << 20)
    files = [entry for entry in entries if not entry.is_folder]
    budget = _Budget(file)
    for done, entry in enumerate(files):
        budget.open_member(len(files) - done)
        yield _zip_member(file, entry, budget, len(files) - done)
    if not intact:
        raise ParseError(
            f"{file.name} 不完整或已损坏，仅找到 {len(files)} 个文件。 {file.name} is truncated or damaged: "
            f"its directory is lost, {len(files)} files were found without it.",
            hint=_AGAIN,
        )


def _zip_member(file: File, entry: Entry, budget: _Budget, left: int) -> Member:
    path = clean_path(entry.name)
    if entry.is_encrypted:
        hint = "请用密码解压后再读。 Unpack it with its password."
        return _refused(file, path, "已加密，无法读取", "is encrypted", hint)
    if entry.is_special:
        return _refused(file, path, "是链接或设备", "is a link or a device, not a file")
    if entry.overlaps:
        return _refused(file, path, "与其他文件重叠", "shares its bytes with other files, as a zip bomb does")
    return _read(file, path, lambda: unpack(file.data, entry), budget, left)


def tar_members(file: File) -> Iterator[Member]:
    """The files in a plain TAR archive; names are UTF-8, else GB18030.

    Raises:
        ParseError: the archive is damaged or breaks a limit; the members before that have been given.
    """
    budget, seen, intact = _Budget(file), 0, True
    try:
        with tarfile.open(
            fileobj=io.BytesIO(file.data), mode="r:", ignore_zeros=True, encoding="utf-8", errors="surrogateescape"
        ) as archive:
            for info in archive:
                intact = intact and not file.data[seen : info.offset].strip(b"\0")
                seen = archive.offset
                if not info.isdir():
                    budget.open_member()
                    yield _tar_member(file, archive, info, budget)
                if seen <= info.offset:  # a size below zero would lead back to where we were, for ever
                    break
    except _LimitError:
        raise
    except (*_DAMAGE, IndexError, KeyError, OverflowError) as exc:  # what tarfile raises on headers that were damaged
        raise _damaged(file, str(exc)) from exc
    if not intact or file.data[seen:].strip(b"\0"):
        raise _damaged(file, "some of its headers cannot be read")


def _tar_member(file: File, archive: tarfile.TarFile, info: tarfile.TarInfo, budget: _Budget) -> Member:
    path = clean_path(decode_name(info.name.encode("utf-8", "surrogateescape")))
    if not info.isreg():
        return _refused(file, path, "是链接或设备", "is a link or a device, not a file")

    def chunks() -> Iterator[bytes]:
        opened = archive.extractfile(info)
        while opened and (chunk := opened.read(CHUNK)):
            yield chunk

    return _read(file, path, chunks, budget, None)


def compressed_members(file: File) -> Iterator[Member]:
    """The files in a compressed TAR archive; of any other gzip, bzip2 or xz file the one file it holds.

    Raises:
        ParseError: as `tar_members`.
    """
    data, damage = _decompressed(file)
    if data[257:262] == b"ustar":
        yield from tar_members(replace(file, data=data))
        if damage:
            raise _damaged(file, damage)
        return
    path = clean_path(_TAR_SUFFIX.sub(".tar", _SUFFIX.sub("", file.name.rsplit("/", 1)[-1])))
    if damage:
        yield _refused(file, path, "已损坏", f"is damaged: {damage}", _AGAIN)
    else:
        yield _read(file, path, lambda: [data], _Budget(replace(file, data=data)), None)


def _decompressed(file: File) -> tuple[bytes, str]:
    """What comes out of a compressed file, and what is wrong with it."""
    budget = _Budget(replace(file, limits=replace(file.limits, file_mb=file.limits.members_mb)))
    damage: list[str] = []

    def chunks() -> Iterator[bytes]:
        try:
            yield from _streams(file.data)
        except _DAMAGE as exc:
            damage.append(str(exc) or "it is cut off")

    return budget.read("", chunks()), "".join(damage)


def _streams(data: bytes) -> Iterator[bytes]:
    """What all streams of a compressed file hold; what follows them and is none is left out, as its programs do."""
    at = 0
    while data.startswith(_GZIP, at):
        at += yield from inflate(memoryview(data)[at:], 16 + zlib.MAX_WBITS)
    if not at:
        opener = bz2.open if data.startswith(_BZIP2) else lzma.open
        with opener(io.BytesIO(data)) as opened:
            while chunk := opened.read(CHUNK):
                yield chunk


def _read(file: File, path: str, chunks: Callable[[], Iterable[bytes]], budget: _Budget, left: int | None) -> Member:
    try:
        return Member(path, budget.read(path, chunks(), left))
    except _LimitError:
        raise
    except InputError as exc:
        return Member(path, error=exc)
    except NotImplementedError as exc:
        return _refused(file, path, "的压缩方法无法读取", f"uses a {exc} that cannot be read")
    except _DAMAGE as exc:
        return _refused(file, path, "已损坏", f"is damaged: {exc or 'it is cut off'}", _AGAIN)


def _refused(file: File, path: str, chinese: str, english: str, hint: str = _UNPACK) -> Member:
    name = _within(file, path)
    return Member(path, error=ParseError(f"{name} {chinese}。 {name} {english}.", hint=hint))


def _within(file: File, path: str) -> str:
    return f"{file.name}!/{path}"


def _damaged(file: File, reason: str) -> ParseError:
    return ParseError(
        f"{file.name} 不完整或已损坏，只读出部分文件。 {file.name} is truncated or damaged, only part of it was read: "
        f"{reason}.",
        hint=_AGAIN,
    )


def clean_path(name: str) -> str:
    """A name as a relative path with `/` between folders: no drive, no way up, no control characters."""
    parts = _DRIVE.sub("", _CONTROL.sub("", name).replace("\\", "/")).split("/")
    kept = [part for part in (part.strip() for part in parts) if part not in ("", ".", "..")]
    return "/".join(kept).encode("utf-8", "replace").decode("utf-8") or "未命名"
