"""Hostile PDF, images, mail, RTF, OLE2, HTML and text.

In: good files to start from. Out: cases by group.
"""

import io
import random
import struct
import zlib
from collections.abc import Iterator, Sequence

import xlsxwriter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from scripts.badfiles.cases import Case, Fate

_NOTE = "某县纪委监委开展专项检查，发现问题12个，督促整改10个。"
_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font/Subtype"
    b"/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>]>>"
)


def write_objects(objects: Sequence[bytes], *, trailer: bytes = b"", lie: int = 0) -> bytes:
    """A PDF of objects numbered from 1, the first of them the catalog; `lie` shifts every offset in its table."""
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % (offset + lie))
    out.write(b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start))
    return out.getvalue()


def _stream(data: bytes, head: bytes = b"", length: int | None = None) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(data) if length is None else length, data)


def _content(text: str = _NOTE) -> bytes:
    return b"BT /F 16 Tf 60 700 Td <%s> Tj ET" % text.encode("utf-16-be").hex().encode()


def _page(parent: int = 2, contents: int = 4, resources: bytes = b"/Font<</F 3 0 R>>") -> bytes:
    return b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Resources<<%s>>/Contents %d 0 R>>" % (
        parent,
        resources,
        contents,
    )


def _one_page(content: bytes, *more: bytes, resources: bytes = b"/Font<</F 3 0 R>>", pages: bytes = b"") -> list[bytes]:
    tree = pages or b"<</Type/Pages/Count 1/Kids[5 0 R]>>"
    return [b"<</Type/Catalog/Pages 2 0 R>>", tree, _FONT, content, _page(resources=resources), *more]


def pdf_cases(*, bomb_mb: int = 800, pages: int = 5000) -> Iterator[Case]:
    """PDF."""
    good = _one_page(_stream(_content()))
    kids = b" ".join(b"%d 0 R" % (5 + i) for i in range(pages))
    many = [*good[:1], b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids), *good[2:4], *[_page()] * pages]
    yield Case("五千页.pdf", write_objects(many), Fate.READ, "too many pages")
    yield Case(
        "谎称页数.pdf",
        write_objects(_one_page(good[3], pages=good[1].replace(b"1", b"99999999", 1))),
        Fate.ANY,
        "lengths lie",
    )
    cycle = b"<</Type/Pages/Count 2/Kids[5 0 R 2 0 R]/Parent 2 0 R>>"
    yield Case("页树循环.pdf", write_objects(_one_page(good[3], pages=cycle)), Fate.ANY, "cycle")
    form = _stream(
        _content() + b" /X Do",
        b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X 6 0 R>>/Font<</F 3 0 R>>>>",
    )
    calls = _stream(_content() + b" /X Do")
    resources = b"/Font<</F 3 0 R>>/XObject<</X 6 0 R>>"
    yield Case("表单循环.pdf", write_objects(_one_page(calls, form, resources=resources)), Fate.ANY, "cycle")
    start = len(write_objects(good))
    yield Case("交叉表循环.pdf", write_objects(good, trailer=b"/Prev %d" % (start - 200)), Fate.ANY, "cycle")
    yield Case("偏移全错.pdf", write_objects(good, lie=7), Fate.READ, "lengths lie")
    for length in (0, 3, 10**9, -5):
        lying = write_objects(_one_page(_stream(_content(), length=length)))
        yield Case(f"流长{length}.pdf", lying, Fate.ANY, "lengths lie")
    squeezer = zlib.compressobj(9)
    swollen = b"".join(squeezer.compress(b" " * (1 << 20)) for _ in range(bomb_mb)) + squeezer.flush()
    yield Case(
        "流炸弹.pdf", write_objects(_one_page(_stream(swollen, b"/Filter/FlateDecode"))), Fate.ANY, "stream bomb"
    )
    pixels = _stream(
        b"\0" * 100, b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    draws = _stream(b"q 500 0 0 700 40 40 cm /X Do Q")
    yield Case(
        "巨图.pdf", write_objects(_one_page(draws, pixels, resources=b"/XObject<</X 6 0 R>>")), Fate.ANY, "image bomb"
    )
    yield Case("巨页.pdf", write_objects(good).replace(b"595 842", b"9e9 9e9"), Fate.ANY, "image bomb")
    deep = _one_page(_stream(b"[" * 200_000))
    yield Case("深数组.pdf", write_objects(deep), Fate.ANY, "deep nesting")
    yield Case("深对象.pdf", write_objects([*good, b"[" * 200_000 + b"]" * 200_000]), Fate.ANY, "deep nesting")
    yield Case("无页.pdf", write_objects([good[0], b"<</Type/Pages/Count 0/Kids[]>>"]), Fate.FAIL, "empty")
    yield Case("只有文件头.pdf", b"%PDF-1.7\n", Fate.FAIL, "truncated")
    yield Case("空白页.pdf", write_objects(_one_page(_stream(b""))), Fate.FAIL, "empty")
    yield Case("加密.pdf", _encrypted_pdf("secret"), Fate.FAIL, "encrypted")
    yield Case("限制编辑.pdf", _encrypted_pdf(""), Fate.READ, "encrypted")


def _encrypted_pdf(password: str) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption(password, ownerPassword="owner", strength=128))
    canvas.setFont("STSong-Light", 14)
    canvas.drawString(60, 700, _NOTE)
    canvas.save()
    return out.getvalue()


def image_cases(*, side: int = 60_000) -> Iterator[Case]:
    """Pictures that claim or hold more than any page; the largest has `side` by `side` dots."""
    yield Case("巨幅.png", _png(side, side, whole=True), Fate.FAIL, "image bomb")
    yield Case("谎称尺寸.png", _png(60_000, 60_000, whole=False), Fate.FAIL, "image bomb")
    yield Case("极尺寸.png", _png(2**31 - 1, 2**31 - 1, whole=False), Fate.FAIL, "image bomb")
    yield Case("零尺寸.png", _png(0, 0, whole=False), Fate.FAIL, "lengths lie")
    yield Case("空白.png", _png(800, 600, whole=True), Fate.FAIL, "empty")
    yield Case("目录循环.tiff", _tiff(next_ifd=8), Fate.ANY, "cycle")
    yield Case("巨幅.tiff", _tiff(width=0xFFFFFFF0, height=0xFFFFFFF0), Fate.FAIL, "image bomb")
    yield Case("万页.tiff", _tiff_pages(20_000), Fate.ANY, "too many pages")
    yield Case(
        "巨幅.bmp",
        b"BM" + struct.pack("<IIIIiiHHIIiiII", 1 << 30, 0, 54, 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0),
        Fate.FAIL,
        "image bomb",
    )
    yield Case("巨幅.gif", b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0) + b";", Fate.FAIL, "image bomb")
    sof = struct.pack(">HBHHB", 11, 8, 65500, 65500, 1) + b"\x01\x11\x00"
    yield Case("巨幅.jpg", b"\xff\xd8\xff\xc0" + sof + b"\xff\xd9", Fate.FAIL, "image bomb")


def _png(width: int, height: int, *, whole: bool) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    squeezer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8) if whole else b"\0"
    rows = b"".join(squeezer.compress(row) for _ in range(height if whole else 1)) + squeezer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _ifd(offset: int, next_ifd: int, width: int, height: int) -> bytes:
    """A directory of one grey picture whose one strip lies at 8 bytes before the end of nothing: its own bytes."""
    tags = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, offset),
        (278, 4, height),
        (279, 4, min(width * height, 64)),
    ]
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return struct.pack("<H", len(tags)) + body + struct.pack("<I", next_ifd)


def _tiff(*, next_ifd: int = 0, width: int = 8, height: int = 8) -> bytes:
    return b"II*\0" + struct.pack("<I", 8) + _ifd(8, next_ifd, width, height) + bytes(64)


def _tiff_pages(pages: int) -> bytes:
    size = len(_ifd(8, 0, 8, 8))
    return (
        b"II*\0"
        + struct.pack("<I", 8)
        + b"".join(_ifd(8, 8 + (i + 1) * size if i < pages - 1 else 0, 8, 8) for i in range(pages))
    )


def mail_cases() -> Iterator[Case]:
    """Mail."""
    head = "From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\n"
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(1000))
    yield Case("套一千层.eml", (head + nested + "Content-Type: text/plain\n\nx\n").encode(), Fate.ANY, "deep nesting")
    letters = f"{head}Content-Type: message/rfc822\n\n" * 500 + f"{head}\n{_NOTE}\n"
    yield Case("信中信.eml", letters.encode(), Fate.ANY, "deep nesting")
    parts = "".join(
        f"--b\nContent-Type: text/plain; name={i}.json\nContent-Disposition: attachment\n\nx\n" for i in range(6000)
    )
    yield Case(
        "六千附件.eml",
        (f"{head}Content-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n").encode(),
        Fate.ANY,
        "zip bomb",
    )
    yield Case("长信头.eml", f"{head}X-Long: {'a' * (8 << 20)}\n\n{_NOTE}\n".encode(), Fate.ANY, "long line")
    broken = "Content-Type: text/plain; charset=nonsense\nContent-Transfer-Encoding: base64\n\n@@@@!!!!\n"
    yield Case("编码不明.eml", (head + broken).encode(), Fate.ANY, "garbage")
    part = 'Content-Type: text/plain\nContent-Disposition: attachment; filename="../../escaped.txt"'
    escape = f"{head}Content-Type: multipart/mixed; boundary=b\n\n--b\n{part}\n\n{_NOTE}\n--b--\n"
    yield Case("附件路径.eml", escape.encode(), Fate.READ, "names")


def text_cases(rng: random.Random, *, long_mb: int = 20) -> Iterator[Case]:
    """HTML, RTF, OLE2, plain text and what is none; the longest lines have `long_mb` MiB."""
    yield Case(
        "一万层.html", ("<html><body>" + "<div>" * 10_000 + f"<p>{_NOTE}</p>").encode(), Fate.READ, "deep nesting"
    )
    yield Case(
        "深表.html", ("<html><body><p>" + _NOTE + "</p>" + "<table><tr><td>" * 5_000).encode(), Fate.ANY, "deep nesting"
    )
    yield Case(
        "宽表.html",
        f"<html><body><table><tr><td colspan=99999 rowspan=99999>{_NOTE}<td>x<tr><td>y</table>".encode(),
        Fate.READ,
        "lengths lie",
    )
    yield Case("十万括号.rtf", b"{\\rtf1 " + b"{" * 100_000 + b"x" + b"}" * 100_001, Fate.ANY, "deep nesting")
    yield Case("只开不合.rtf", b"{\\rtf1 " + b"{\\b " * 100_000, Fate.ANY, "deep nesting")
    yield Case("谎长.rtf", b"{\\rtf1\\ansi x\\bin2147483647 abc}", Fate.ANY, "lengths lie")
    yield Case(
        "深引用.md", b"# x\n\n# y\n\n" + b">" * 20_000 + b" x\n" + b"- " * 5_000 + b"x\n", Fate.ANY, "deep nesting"
    )
    yield Case("深.txt", b'{"a":' * 100_000, Fate.FAIL, "deep nesting")
    yield Case(
        "加密.docx",
        ole2({"EncryptedPackage": rng.randbytes(5000), "EncryptionInfo": b"\x04\0\x04\0" + bytes(100)}),
        Fate.FAIL,
        "encrypted",
    )
    yield Case(
        "假文档.doc", ole2({"WordDocument": rng.randbytes(8000), "1Table": rng.randbytes(8000)}), Fate.FAIL, "garbage"
    )
    yield Case("假表格.xls", ole2({"Workbook": rng.randbytes(8000)}), Fate.FAIL, "garbage")
    yield Case("扇区循环.doc", ole2({"WordDocument": bytes(8000)}, cycle=True), Fate.FAIL, "cycle")
    yield Case("乱字节.txt", rng.randbytes(50_000), Fate.FAIL, "garbage")
    yield Case("程序.exe", b"MZ\x90\0" + rng.randbytes(5000), Fate.FAIL, "not supported")
    yield Case("库.db", b"SQLite format 3\0" + bytes(1000), Fate.FAIL, "not supported")
    good = bytearray((_NOTE * 200).encode("gb18030"))
    for _ in range(len(good) // 50):
        good[rng.randrange(len(good))] = rng.randrange(0x80, 0xFF)
    yield Case("夹杂乱码.txt", bytes(good), Fate.ANY, "garbage")
    yield Case("长行.txt", (_NOTE * (long_mb * 12_000)).encode(), Fate.ANY, "long line")
    yield Case("长词.txt", b"a" * (long_mb << 20), Fate.ANY, "long line")
    yield Case("全空白.txt", b" \n\t\r\n" * 1000, Fate.FAIL, "empty")
    for suffix in (".pdf", ".docx", ".txt", ".html", ".xlsx", ".ofd", ".png", ".zip", ".eml", ".rtf", ".doc", ".md"):
        yield Case(f"空{suffix}", b"", Fate.FAIL, "empty")
    yield Case("二十万行.xlsx", _sheet(200_000, ()), Fate.ANY, "too many rows")
    yield Case("末行有字.xlsx", _sheet(5, ((1_048_575, 2),)), Fate.READ, "lengths lie")
    yield Case("末格有字.xlsx", _sheet(5, ((1_048_575, 16_383),)), Fate.ANY, "lengths lie")


def _sheet(rows: int, corners: Sequence[tuple[int, int]]) -> bytes:
    """A sheet of full rows from the top, and single words far below."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(rows):
            sheet.write_row(row, 0, (row, "整改", "已完成"))
        for row, column in corners:
            sheet.write_string(row, column, "末")
    return out.getvalue()


def ole2(streams: dict[str, bytes], *, cycle: bool = False) -> bytes:
    """A compound file of 512-byte sectors; every stream is 4,096 bytes or more, so there are no small sectors."""
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    sectors: list[bytes] = []
    fat: list[int] = []
    starts = {}
    for name, data in padded.items():
        pieces = [data[i : i + 512].ljust(512, b"\0") for i in range(0, len(data), 512)]
        starts[name] = len(sectors)
        fat += [len(sectors) + i + 1 for i in range(len(pieces) - 1)] + [starts[name] if cycle else 0xFFFFFFFE]
        sectors += pieces
    names = ["Root Entry", *padded]
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack(
            "<HBBIII",
            2 * len(name) + 2,
            5 if i == 0 else 2,
            1,
            0xFFFFFFFF,
            _next(i, len(names)),
            1 if i == 0 else 0xFFFFFFFF,
        )
        + bytes(36)
        + struct.pack("<IQ", starts.get(name, 0xFFFFFFFE), len(padded.get(name, b"")))
        for i, name in enumerate(names)
    )
    directory = len(sectors)
    for i in range(0, len(entries), 512):
        sectors.append(entries[i : i + 512].ljust(512, b"\0"))
        fat.append(len(sectors) if i + 512 < len(entries) else 0xFFFFFFFE)
    fat.append(0xFFFFFFFD)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")[:512]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack(
        "<I", len(sectors)
    )
    return head.ljust(512, b"\xff") + b"".join(sectors) + table


def _next(index: int, count: int) -> int:
    """Entries of the root hang in one chain of right siblings."""
    return index + 1 if 0 < index < count - 1 else 0xFFFFFFFF
