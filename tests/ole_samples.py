"""Old office files made by hand: an OLE2 package, a Word 97 file and an Excel 97 workbook."""

import struct

_SECTOR, _FREE, _END, _FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SMALLEST = 4096  # shorter streams would go into the mini stream


def make_ole(streams):
    """An OLE2 package of a few streams, given by name."""
    bodies = [data.ljust(max(_SMALLEST, -(-len(data) // _SECTOR) * _SECTOR), b"\0") for data in streams.values()]
    directory = -(-(len(streams) + 1) // 4)
    fat = 1
    while fat * _SECTOR // 4 < fat + directory + sum(map(len, bodies)) // _SECTOR:
        fat += 1
    chain = [_FAT] * fat + [*range(fat + 1, fat + directory), _END]
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, data) in enumerate(zip(streams, bodies, strict=True), 1):
        start, count = len(chain), len(data) // _SECTOR
        chain += [*range(start + 1, start + count), _END]
        entries.append(_entry(name, 2, start, len(data), right=number + 1 if number < len(streams) else _FREE))
    chain += [_FREE] * (fat * _SECTOR // 4 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, fat, fat, 0, _SMALLEST, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(fat), *[_FREE] * (109 - fat))
    listed = b"".join(entries).ljust(directory * _SECTOR, b"\0")
    return header + struct.pack(f"<{len(chain)}I", *chain) + listed + b"".join(bodies)


def _entry(name, kind, start, size, *, child=_FREE, right=_FREE):
    encoded = (name + "\0").encode("utf-16-le")
    links = struct.pack("<HBB3I", len(encoded), kind, 1, _FREE, right, child)
    return encoded.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def make_doc(paragraphs, *, flags=0, streams=None, narrow=None):
    """A Word 97 file of plain paragraphs.

    Args:
        flags: added to those of its header.
        streams: further streams of the package.
        narrow: bytes of a last paragraph that is saved as a piece of its own, one byte a character.
    """
    text = "".join(paragraph + "\r" for paragraph in paragraphs)
    fib = struct.pack("<HHHHHHHIBB", 0xA5EC, 0xC1, 0, 0x804, 0, 0x200 | flags, 0xBF, 0, 0, 0) + bytes(12)
    fib = fib[:32].ljust(32, b"\0") + struct.pack("<H14H", 14, *[0] * 14)
    counts = [0] * 22
    body = text.encode("utf-16-le")
    start = 0x800
    last = b"" if narrow is None else narrow + b"\r"
    counts[0], counts[3] = start + len(body + last), len(text) + len(last)
    fib += struct.pack("<H22I", 22, *counts)
    ends, places = [0, len(text)], [start]
    if last:
        ends.append(len(text) + len(last))
        places.append((start + len(body)) * 2 | 0x40000000)
    pieces = struct.pack(f"<{len(ends)}I", *ends) + b"".join(struct.pack("<HIH", 0, place, 0) for place in places)
    clx = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    tables = [0] * (2 * 93)
    tables[66], tables[67] = 16, len(clx)
    fib += struct.pack("<H186I", 93, *tables)
    return make_ole(
        {"WordDocument": fib.ljust(start, b"\0") + body + last, "1Table": bytes(16) + clx} | (streams or {})
    )


def make_word95(text, *, flags=0, notes=0):
    """A Word 95 file of Chinese text, with the marks that end its paragraphs and cells."""
    body = text.encode("gbk")
    fib = struct.pack("<6H", 0xA5DC, 104, 0, 0x804, 0, flags).ljust(0x18, b"\0") + struct.pack("<I", 0x300)
    fib = fib.ljust(0x34, b"\0") + struct.pack("<2I", len(body), notes)
    return make_ole({"WordDocument": fib.ljust(0x300, b"\0") + body})


def make_xls(rows, *, formats=(), merged=(), name="台账"):
    """An Excel 97 workbook of one sheet.

    Args:
        rows: of texts, numbers, `(number, index of format)`, and `#DIV/0!` for a formula that fails; None for no cell.
        formats: number formats.
        merged: first row, last row, first column, last column of each merged cell.
    """
    sheet = _record(0x809, struct.pack("<4H2I", 0x600, 0x10, 0, 0, 0, 0))
    sheet += b"".join(
        _cell(y, x, value) for y, row in enumerate(rows) for x, value in enumerate(row) if value is not None
    )
    ranges = b"".join(struct.pack("<4H", *corners) for corners in merged)
    sheet += _record(0xE5, struct.pack("<H", len(merged)) + ranges) + _record(0x0A, b"")
    styles = b"".join(_record(0x41E, struct.pack("<H", 164 + i) + _wide(code)) for i, code in enumerate(formats))
    styles += b"".join(_record(0xE0, struct.pack("<2H", 0, 164 + i) + bytes(16)) for i in range(len(formats)))
    styles += _record(0xE0, bytes(20))
    begin = _record(0x809, struct.pack("<4H2I", 0x600, 5, 0, 0, 0, 0)) + styles
    title = name.encode("utf-16-le")
    start = len(begin) + 4 + 8 + len(title) + 4
    bound = struct.pack("<IHBB", start, 0, len(title) // 2, 1) + title
    return make_ole({"Workbook": begin + _record(0x85, bound) + _record(0x0A, b"") + sheet})


def _cell(y, x, value):
    plain = 0xFF  # no such style: General
    if value == "#DIV/0!":
        return _record(0x205, struct.pack("<3HBB", y, x, plain, 7, 1))
    if isinstance(value, str):
        return _record(0x204, struct.pack("<3H", y, x, plain) + _wide(value))
    number, style = value if isinstance(value, tuple) else (value, plain)
    return _record(0x203, struct.pack("<3Hd", y, x, style, number))


def _wide(text):
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _record(kind, body):
    return struct.pack("<2H", kind, len(body)) + body
