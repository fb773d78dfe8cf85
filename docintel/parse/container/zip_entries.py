"""The entries of a ZIP archive: by its directory, or where that is lost by the header before each file.

In: bytes. Out: entries with their names as text, and their bytes piece by piece. `zipfile` reads the directory; the
files are read here, since it knows neither Chinese names nor entries that share their bytes.
"""

import bz2
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

CHUNK = 1 << 16
_LOCAL = struct.Struct("<4s5H3L2H")
_SIGNATURE = b"PK\x03\x04"
_NEXT = (_SIGNATURE, b"PK\x07\x08", b"PK\x01\x02")
_ENCRYPTED, _DESCRIPTOR, _UTF8, _HIDDEN = 0x1, 0x8, 0x800, 0x2000
_AES = 99
_UNKNOWN = 0xFFFFFFFF  # a size that stands in the ZIP64 field
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_MOST_DICTIONARY = 1 << 28  # bytes: what a header may make the LZMA reader claim
_SPECIAL = frozenset({stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK})
#: What reading a directory that is damaged may raise.
_DAMAGE = (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, struct.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file in a ZIP archive.

    Attributes:
        name: as written, decoded.
        start: of its header.
        data: start of its bytes; -1 where its header is damaged.
        packed: number of its bytes in the archive.
        crc: None where it is not known.
        mode: its kind as Unix keeps it; 0 where unknown.
        overlaps: some of its bytes are another entry's too.
    """

    name: str
    start: int
    data: int
    packed: int
    method: int
    flags: int
    crc: int | None = None
    mode: int = 0
    overlaps: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it stands for a folder."""
        return self.name.endswith(("/", "\\")) or stat.S_ISDIR(self.mode)

    @property
    def is_special(self) -> bool:
        """Whether it is a link or a device."""
        return stat.S_IFMT(self.mode) in _SPECIAL

    @property
    def is_encrypted(self) -> bool:
        """Whether it needs a password."""
        return bool(self.flags & (_ENCRYPTED | _HIDDEN)) or self.method == _AES


def list_entries(data: bytes) -> list[Entry] | None:
    """The entries that the directory lists, in its order; None where it is lost or leads nowhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except _DAMAGE:
        return None
    raw = [_raw_name(info) for info in infos]
    names = _decoded([(name, info.flag_bits, info.extra) for name, info in zip(raw, infos, strict=True)])
    entries = [_listed(data, info, name) for info, name in zip(infos, names, strict=True)]
    if entries and all(entry.data < 0 for entry in entries):
        return None
    return _with_overlaps(entries)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")


def _listed(data: bytes, info: zipfile.ZipInfo, name: str) -> Entry:
    header = _local_header(data, info.header_offset)
    return Entry(
        name=name,
        start=info.header_offset,
        data=header.data if header else -1,
        packed=info.compress_size,
        method=info.compress_type,
        flags=info.flag_bits,
        crc=info.CRC,
        mode=info.external_attr >> 16,
    )


def _with_overlaps(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, those marked that reach into the next one: so a small archive would unpack to petabytes."""
    found = list(entries)
    order = sorted((i for i, entry in enumerate(found) if entry.data >= 0), key=lambda i: (found[i].start, i))
    for i, following in pairwise(order):
        if found[i].data + found[i].packed > found[following].start:
            found[i] = replace(found[i], overlaps=True)
    return found


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands before the bytes of a file."""

    name: bytes
    extra: bytes
    data: int
    packed: int
    method: int
    flags: int
    crc: int


def _local_header(data: bytes, start: int) -> _Header | None:
    if start < 0 or start + _LOCAL.size > len(data):
        return None
    found = _LOCAL.unpack_from(data, start)
    signature, _, flags, method, _, _, crc, packed, _, name_length, extra_length = found
    name_at = start + _LOCAL.size
    extra_at = name_at + name_length
    if signature != _SIGNATURE or extra_at + extra_length > len(data):
        return None
    extra = data[extra_at : extra_at + extra_length]
    if packed == _UNKNOWN and len(sizes := _extra_field(extra, _ZIP64)) >= 16:
        packed = int.from_bytes(sizes[8:16], "little")
    return _Header(data[name_at:extra_at], extra, extra_at + extra_length, packed, method, flags, crc)


def scan_entries(data: bytes, most: int) -> list[Entry]:
    """The entries whose headers are found in the bytes, in order, for an archive without directory.

    Args:
        most: bytes up to which a file of unknown size is unpacked to find its end.
    """
    found: list[tuple[int, _Header]] = []
    at = data.find(_SIGNATURE)
    while at >= 0:
        header = _local_header(data, at)
        end = at + len(_SIGNATURE)
        if header:
            if header.flags & _DESCRIPTOR and not header.packed:
                header = replace(header, packed=_find_end(data, header, most) - header.data, crc=-1)
            found.append((at, header))
            end = header.data + header.packed
        at = data.find(_SIGNATURE, end)
    names = _decoded([(header.name, header.flags, header.extra) for _, header in found])
    return [
        Entry(
            name=name,
            start=start,
            data=header.data,
            packed=header.packed,
            method=header.method,
            flags=header.flags,
            crc=None if header.crc < 0 else header.crc,
        )
        for name, (start, header) in zip(names, found, strict=True)
    ]


def _find_end(data: bytes, header: _Header, most: int) -> int:
    """Where the bytes of a file end that was written before its size was known."""
    if header.method == zipfile.ZIP_DEFLATED and not header.flags & _ENCRYPTED:
        try:
            return header.data + _drain(inflate(memoryview(data)[header.data :], -zlib.MAX_WBITS), most)
        except (zlib.error, EOFError):
            pass
    ends = [end for mark in _NEXT if (end := data.find(mark, header.data)) >= 0]
    return min(ends, default=len(data))


def _drain(chunks: Generator[bytes, None, int], most: int) -> int:
    """The value that a generator returns at its end, if it gives no more than `most` bytes."""
    count = 0
    while count <= most:
        try:
            count += len(next(chunks))
        except StopIteration as stop:
            return int(stop.value)
    raise EOFError("too large to find its end")


# Names


def _decoded(names: Sequence[tuple[bytes, int, bytes]]) -> list[str]:
    """Names from their bytes, flags and extra fields.

    Names that say nothing of their encoding share one: a name in GBK may be valid UTF-8 by chance, most of them hardly.
    """
    told = [_told(*name) for name in names]
    return [known if known is not None else name for known, name in zip(told, _guessed(names, told), strict=True)]


def _guessed(names: Sequence[tuple[bytes, int, bytes]], told: Sequence[str | None]) -> list[str]:
    silent = [name for (name, _, _), known in zip(names, told, strict=True) if known is None and not name.isascii()]
    utf8 = 2 * sum(_strictly(name, "utf-8") is not None for name in silent) >= len(silent)
    return [decode_name(name, ("utf-8", "gb18030") if utf8 else ("gb18030", "utf-8")) for name, _, _ in names]


def _told(name: bytes, flags: int, extra: bytes) -> str | None:
    """The name by its Unicode field, if that was made for this name, or by its UTF-8 mark."""
    field = _extra_field(extra, _UNICODE_PATH)
    made_for = int.from_bytes(field[1:5], "little") if field[:1] == b"\1" else None
    found = _strictly(field[5:], "utf-8") if made_for == zlib.crc32(name) else None
    return found or (_strictly(name, "utf-8") if flags & _UTF8 else None)


def decode_name(name: bytes, encodings: Sequence[str] = ("utf-8", "gb18030")) -> str:
    """The name in the first encoding in which all its bytes make sense; else in code page 437, in which any do."""
    found = (_strictly(name, encoding) for encoding in (*encodings, "cp437"))
    return next((text for text in found if text is not None), "")


def _strictly(name: bytes, encoding: str) -> str | None:
    try:
        return name.decode(encoding)
    except UnicodeDecodeError:
        return None


def _extra_field(extra: bytes, kind: int) -> bytes:
    """The contents of one extra field; empty where there is none."""
    at = 0
    while at + 4 <= len(extra):
        found, length = struct.unpack_from("<2H", extra, at)
        if found == kind:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return b""


# Bytes


def unpack(data: bytes, entry: Entry) -> Iterator[bytes]:
    """The bytes of a file, piece by piece.

    Raises:
        ValueError, EOFError, zlib.error, OSError, lzma.LZMAError: they are damaged.
        NotImplementedError: they are compressed in a way that is not known here.
    """
    if entry.method not in _METHODS:
        raise NotImplementedError(f"compression method {entry.method}")
    if entry.data < 0:
        raise ValueError("its header is damaged")
    raw = memoryview(data)[entry.data : entry.data + entry.packed]
    if len(raw) < entry.packed:
        raise EOFError("it is cut off")
    crc = 0
    for chunk in _METHODS[entry.method](raw):
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if entry.crc is not None and crc != entry.crc:
        raise ValueError("its checksum is wrong")


def inflate(raw: memoryview, window: int) -> Generator[bytes, None, int]:
    """The bytes of one deflated stream, piece by piece; returns where it ends.

    Raises:
        zlib.error: it is damaged.
        EOFError: it is cut off.
    """
    stream, at = zlib.decompressobj(window), 0
    while not stream.eof:
        piece = stream.unconsumed_tail
        if not piece:
            piece = bytes(raw[at : at + CHUNK])
            at += len(piece)
        if not piece:
            raise EOFError("it is cut off")
        yield stream.decompress(piece, 16 * CHUNK)
    return at - len(stream.unused_data)


def _stored(raw: memoryview) -> Iterator[bytes]:
    return (bytes(raw[at : at + CHUNK]) for at in range(0, len(raw), CHUNK))


def _deflated(raw: memoryview) -> Iterator[bytes]:
    return inflate(raw, -zlib.MAX_WBITS)


def _bzipped(raw: memoryview) -> Iterator[bytes]:
    return _pumped(bz2.BZ2Decompressor(), raw)


def _lzma(raw: memoryview) -> Iterator[bytes]:
    """ZIP puts its own header before an LZMA stream: two bytes of version, two of length, then the properties."""
    if len(raw) < 9:
        raise EOFError("it is cut off")
    code, dictionary = struct.unpack_from("<BL", raw, 4)
    if code >= 9 * 5 * 5 or dictionary > _MOST_DICTIONARY:
        raise ValueError("its LZMA header makes no sense")
    spec = {
        "id": lzma.FILTER_LZMA1,
        "lc": code % 9,
        "lp": code // 9 % 5,
        "pb": code // 45,
        "dict_size": max(4096, dictionary),
    }
    return _pumped(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[spec]), raw[9:])


def _pumped(stream: bz2.BZ2Decompressor | lzma.LZMADecompressor, raw: memoryview) -> Iterator[bytes]:
    """What comes out of a stream up to the end of its input; LZMA need not mark its own, the checksum tells."""
    at = 0
    while not stream.eof and (at < len(raw) or not stream.needs_input):
        piece = bytes(raw[at : at + CHUNK]) if stream.needs_input else b""
        at += len(piece)
        yield stream.decompress(piece, 16 * CHUNK)


_METHODS: dict[int, Callable[[memoryview], Iterator[bytes]]] = {
    zipfile.ZIP_STORED: _stored,
    zipfile.ZIP_DEFLATED: _deflated,
    zipfile.ZIP_BZIP2: _bzipped,
    zipfile.ZIP_LZMA: _lzma,
}
