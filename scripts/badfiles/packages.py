"""Hostile ZIP packages and XML: bombs, entities, cycles, names that lead out, encryption.

In: a good DOCX, XLSX and OFD; a secret file and an address that nobody may reach. Out: cases by group.
"""

import io
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from scripts.badfiles.cases import Case, Fate

BOMB_MB = 300
_ZEROS = bytes(1 << 20)
_NOTE = "某县纪委监委开展专项检查，发现问题12个，督促整改10个。".encode()


@dataclass(frozen=True, slots=True)
class Bait:
    """What a hostile file points to: a file and an address whose use would show, and a folder to write to."""

    secret: Path
    address: str
    outside: Path


def zip_cases(bait: Bait, *, bomb_mb: int = BOMB_MB) -> Iterator[Case]:
    """Archives; a bomb is `bomb_mb` MiB of zeros, or many of them."""
    yield Case("平面炸弹.zip", _zip({"零.txt": bomb_mb}), Fate.FAIL, "zip bomb")
    inner = _zip({f"零{i}.txt": bomb_mb for i in range(2)})
    yield Case("嵌套炸弹.zip", _zip({f"内{i}.zip": inner for i in range(20)}), Fate.FAIL, "zip bomb")
    yield Case("重叠.zip", _overlapping(200), Fate.FAIL, "zip bomb")
    yield Case("成员过多.zip", _zip({f"{i}.json": b"{}" for i in range(6000)}), Fate.FAIL, "zip bomb")
    nested = _zip({"说明.txt": _NOTE})
    for _ in range(20):
        nested = _zip({"里.zip": nested})
    yield Case("套二十层.zip", nested, Fate.FAIL, "deep nesting")
    names = ["../../escaped.txt", f"{bait.outside}/escaped.txt", "C:\\escaped.txt", "..\\..\\escaped.txt", "con.txt"]
    names += ["a/../../../../../escaped.txt", "~/escaped.txt", "好.txt/../坏.txt", "x" * 300 + ".txt", "换\n行.txt"]
    yield Case("路径.zip", _zip({name: _NOTE + str(i).encode() for i, name in enumerate(names)}), Fate.READ, "names")
    nul = _zip({"a@b.txt": _NOTE}).replace(b"a@b.txt", b"a\0b.txt")
    yield Case("空字符名.zip", nul, Fate.ANY, "names")
    encrypted = bytearray(_zip({"密.txt": _NOTE}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(magic) + offset] |= 1
    yield Case("加密.zip", bytes(encrypted), Fate.FAIL, "encrypted")
    yield Case("空包.zip", _zip({}), Fate.FAIL, "empty")
    lying = _zip({"谎.txt": _NOTE * 50})
    size = struct.pack("<I", len(_NOTE) * 50)
    yield Case("大小不符.zip", lying.replace(size, struct.pack("<I", 0xFFFFFFF0)), Fate.ANY, "lengths lie")
    yield Case("七压缩.7z", b"7z\xbc\xaf\x27\x1c" + bytes(100), Fate.FAIL, "not supported")
    yield Case("压缩.rar", b"Rar!\x1a\x07\x01\x00" + bytes(100), Fate.FAIL, "not supported")
    yield from _tar_cases(bait)


def _tar_cases(bait: Bait) -> Iterator[Case]:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind, target in (
            ("link.txt", tarfile.SYMTYPE, str(bait.secret)),
            ("hard.txt", tarfile.LNKTYPE, str(bait.secret)),
            ("device.txt", tarfile.CHRTYPE, ""),
            ("pipe.txt", tarfile.FIFOTYPE, ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
        for name in ("../../escaped.txt", f"{bait.outside}/escaped.txt", "说明.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(_NOTE)
            archive.addfile(info, io.BytesIO(_NOTE))
    yield Case("路径.tar", out.getvalue(), Fate.READ, "names")
    info = tarfile.TarInfo("谎.txt")
    info.size = 1 << 40
    yield Case("谎称大小.tar", info.tobuf() + _NOTE, Fate.FAIL, "lengths lie")


def package_cases(good: Mapping[str, bytes], bait: Bait, *, bomb_mb: int = BOMB_MB) -> Iterator[Case]:
    """Office and OFD packages made from good ones, given by suffix, and XML by itself."""
    docx, xlsx, ofd = good[".docx"], good[".xlsx"], good[".ofd"]
    parts = {"文书.docx": (docx, "word/document.xml"), "表.xlsx": (xlsx, "xl/worksheets/sheet1.xml")}
    parts |= {"版式.ofd": (ofd, "Doc_0/Pages/Page_0/Content.xml"), "版式根.ofd": (ofd, "OFD.xml")}
    for name, (data, part) in parts.items():
        for what, change in (
            ("笑", _laughing),
            ("外部", lambda xml: _outside(xml, bait.secret.as_uri())),
            ("远程", lambda xml: _outside(xml, bait.address)),
        ):
            group = "billion laughs" if what == "笑" else "external entity"
            yield Case(f"{what}{name}", _changed(data, part, change), Fate.ANY, group)
        swollen = _changed(data, part, lambda xml: xml + b"<!--" + b" " * (bomb_mb << 20) + b"-->")
        yield Case(f"膨胀{name}", swollen, Fate.ANY, "zip bomb", name)
    yield Case("深层.docx", _changed(docx, "word/document.xml", _deep_docx), Fate.ANY, "deep nesting")
    yield Case("层层表.docx", _changed(docx, "word/document.xml", _nested_tables), Fate.ANY, "deep nesting")
    yield Case("无正文.docx", _without(docx, "word/document.xml"), Fate.FAIL, "part missing")
    yield Case("无工作表.xlsx", _without(xlsx, "xl/worksheets/sheet1.xml"), Fate.FAIL, "part missing")
    yield Case("无页.ofd", _without(ofd, "Doc_0/Pages/Page_0/Content.xml"), Fate.ANY, "part missing", "版式.ofd")
    away = _changed(
        docx,
        "word/_rels/document.xml.rels",
        lambda xml: xml.replace(
            b"</Relationships>",
            f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
            f' Target="{bait.address}" TargetMode="External"/><Relationship Id="rId98" Type="http://schemas.'
            'openxmlformats.org/officeDocument/2006/relationships/image" Target="../../../../etc/passwd"/>'
            "</Relationships>".encode(),
        ),
    )
    yield Case("外链.docx", away, Fate.ANY, "external entity")
    yield from _ofd_cases(ofd)
    laugh = _laughing(b"<svg xmlns='http://www.w3.org/2000/svg'><text>&j;</text></svg>").decode()
    outside = _outside(b"<svg xmlns='http://www.w3.org/2000/svg'><text>&x;</text></svg>", bait.secret.as_uri())
    yield Case("笑.svg", laugh.encode(), Fate.FAIL, "billion laughs")
    yield Case("外部.svg", outside, Fate.FAIL, "external entity")
    yield Case("笑.xml", laugh.replace("svg", "data").encode(), Fate.FAIL, "billion laughs")
    page = f"<html><body><p>{_NOTE.decode()}&j;</p><img src='{bait.address}'></body></html>"
    yield Case("笑.html", _laughing(page.encode(), root="html"), Fate.ANY, "billion laughs")
    page = f"<?xml version='1.0'?><html><body><p>{_NOTE.decode()}</p><p>&x;</p></body></html>"
    yield Case("外部.html", _outside(page.encode(), bait.secret.as_uri(), root="html"), Fate.ANY, "external entity")


def _ofd_cases(ofd: bytes) -> Iterator[Case]:
    template = "Doc_0/Tpls/Tpl_0/Content.xml"
    cycle = b'<ofd:Template TemplateID="2"/><ofd:Content>'
    turned = _changed(ofd, template, lambda xml: xml.replace(b"<ofd:Content>", cycle))
    yield Case("模板循环.ofd", turned, Fate.ANY, "cycle")
    climbing = _changed(ofd, "OFD.xml", lambda xml: xml.replace(b"Doc_0/Document.xml", b"../../../../../etc/passwd"))
    yield Case("越级.ofd", climbing, Fate.FAIL, "names")
    many = _changed(
        ofd,
        "Doc_0/Document.xml",
        lambda xml: xml.replace(
            b"</ofd:Pages>",
            b"".join(b'<ofd:Page ID="%d" BaseLoc="Pages/Page_0/Content.xml"/>' % (5000 + i) for i in range(5000))
            + b"</ofd:Pages>",
        ),
    )
    yield Case("五千页.ofd", many, Fate.READ, "too many pages")
    wide = _changed(
        ofd, "Doc_0/Pages/Page_0/Content.xml", lambda xml: xml.replace(b'DeltaX="g ', b'DeltaX="g 99999999')
    )
    yield Case("字距过多.ofd", wide, Fate.ANY, "lengths lie")
    huge = _changed(ofd, "Doc_0/Document.xml", lambda xml: xml.replace(b"0 0 210 297", b"0 0 1e308 NaN"))
    yield Case("巨幅.ofd", huge, Fate.ANY, "lengths lie")


def _zip(files: dict[str, bytes | int]) -> bytes:
    """A ZIP of files; a number stands for so many MiB of zeros."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w") as member:
                for _ in range(data if isinstance(data, int) else 1):
                    member.write(_ZEROS if isinstance(data, int) else data)
    return out.getvalue()


def _overlapping(entries: int) -> bytes:
    """Many entries that all unpack the same compressed bytes."""
    data = _zip({"a0000.txt": bytes(20 << 20)})
    start = data.rindex(b"PK\x01\x02")
    end = data.rindex(b"PK\x05\x06")
    entry = data[start:end]
    directory = b"".join(entry.replace(b"a0000", b"a%04d" % i) for i in range(entries))
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, entries, entries, len(directory), start, 0)
    return data[:start] + directory + tail


def _changed(package: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(zipfile.ZipInfo(name), change(data) if name == part else data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _without(package: bytes, part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
    return out.getvalue()


def _declared(xml: bytes, dtd: str, root: str) -> bytes:
    """XML with a document type before its root element, and a use of its entity in the first text there is."""
    start = xml.index(b"?>") + 2 if xml.startswith(b"<?xml") else 0
    return xml[:start] + f"<!DOCTYPE {root} [{dtd}]>".encode() + xml[start:]


def _laughing(xml: bytes, root: str = "x") -> bytes:
    names = "abcdefghij"
    entities = '<!ENTITY a "lollollollol">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names)
    )
    return _declared(_used(xml, b"&j;"), entities, root)


def _outside(xml: bytes, uri: str, root: str = "x") -> bytes:
    return _declared(_used(xml, b"&x;"), f'<!ENTITY x SYSTEM "{uri}">', root)


def _used(xml: bytes, entity: bytes) -> bytes:
    """XML that uses an entity where its text is."""
    for mark in (b"</w:t>", b"</ofd:TextCode>", b"</ofd:DocID>", b"</v>"):
        if mark in xml:
            return xml.replace(mark, entity + mark, 1)
    return xml


def _deep_docx(xml: bytes) -> bytes:
    depth = 20_000
    paragraph = b"<w:p><w:r><w:t>x</w:t></w:r></w:p>"
    nested = b"<w:sdt><w:sdtContent>" * depth + paragraph + b"</w:sdtContent></w:sdt>" * depth
    return xml.replace(b"<w:body>", b"<w:body>" + nested)


def _nested_tables(xml: bytes) -> bytes:
    depth = 60
    start = b"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p>"
    return xml.replace(b"<w:body>", b"<w:body>" + start * depth + b"<w:p/></w:tc></w:tr></w:tbl>" * depth)
