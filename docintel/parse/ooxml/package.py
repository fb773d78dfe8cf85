"""An Office Open XML package: its parts, and how they refer to each other.

In: the bytes of a DOCX or PPTX file, also of the strict kind, a template, or one written by WPS. Out: parts as XML
trees in the namespaces of the transitional kind, and the targets of their relationships. Sizes are checked before
anything is unpacked; a document type definition is refused, so no entity is ever resolved.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

from docintel.errors import ParseError
from docintel.parse.file import File

#: Namespace of the transitional kind, by the prefix that everyone uses.
_SCHEMAS = "http://schemas.openxmlformats.org/"
W = f"{{{_SCHEMAS}wordprocessingml/2006/main}}"
A = f"{{{_SCHEMAS}drawingml/2006/main}}"
P = f"{{{_SCHEMAS}presentationml/2006/main}}"
R = f"{{{_SCHEMAS}officeDocument/2006/relationships}}"
C = f"{{{_SCHEMAS}drawingml/2006/chart}}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
#: A part of XML takes about ten times its size as a tree; none of a real document comes near this.
_LARGEST_XML = 256 << 20
#: A package may unpack to this much, whatever its own size.
_FREE = 10 << 20
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_SAVE_AGAIN = (
    "请用 Word 或 WPS 打开并另存后再试。 Open it in Word or WPS, save it again, and try that copy; it may also be"
    " incomplete: compare its size with the original's."
)


class Relation(NamedTuple):
    """Where a part points: the last word of the relationship's type, and a part's name or an outside address."""

    kind: str
    target: str
    external: bool


class Package:
    """A package that is opened for reading.

    Attributes:
        damaged: parts that were asked for and could not be read, or not whole.

    Raises:
        ParseError: it is damaged, or unpacks to more than the limits.
    """

    def __init__(self, file: File) -> None:
        self.damaged: dict[str, None] = {}
        self._file = file
        self._relations: dict[str, dict[str, Relation]] = {}
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(file.data))
            entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        except _DAMAGED as exc:
            raise self._damaged(f"its directory cannot be read: {exc}") from exc
        self._check_sizes(sum(entry.file_size for entry in entries))
        self._entries = {_part_name(entry.filename): entry for entry in entries}

    def main(self, *usual: str) -> str:
        """The name of the main part: as the package says, else the first of the usual names that it has.

        Raises:
            ParseError: there is none.
        """
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and relation.target in self._entries:
                return relation.target
        for name in usual:
            if name in self._entries:
                return name
        raise self._damaged("its main part is missing")

    def relations(self, part: str) -> dict[str, Relation]:
        """Relationships of a part by their ids, in their order; of the package itself for an empty name."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def _read_relations(self, part: str) -> dict[str, Relation]:
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for node in _elements(root):
            target = node.get("Target") or ""
            external = node.get("TargetMode") == "External"
            if not external:
                target = _part_name(posixpath.normpath(posixpath.join("/", folder, unquote(target))))
            found[node.get("Id") or ""] = Relation((node.get("Type") or "").rsplit("/", 1)[-1], target, external)
        return found

    def related(self, part: str, kind: str) -> list[str]:
        """Names of the parts that a part points to by relationships of a kind."""
        return [found.target for found in self.relations(part).values() if found.kind == kind and not found.external]

    def read(self, part: str) -> bytes | None:
        """The bytes of a part; None when it is not there or damaged."""
        entry = self._entries.get(_part_name(part))
        try:
            return self._zip.read(entry) if entry else None
        except _DAMAGED:
            self.damaged[part] = None
            return None

    def xml(self, part: str) -> etree._Element | None:
        """The root of a part; None when it is not there or damaged.

        Raises:
            ParseError: it has a document type definition, or is too large.
        """
        entry = self._entries.get(_part_name(part))
        if entry is not None and entry.file_size > _LARGEST_XML:
            raise self._too_large(f"its part {part} has {entry.file_size >> 20} MiB")
        data = self.read(part)
        root, whole = _parse(data, self._file.name) if data else (None, True)
        if not whole:
            self.damaged[part] = None
        return root

    def whole(self, part: str) -> etree._Element:
        """The root of a part that must be there.

        Raises:
            ParseError: it is missing or damaged; also for what `xml` raises.
        """
        root = self.xml(part)
        if root is None:
            raise self._damaged(f"its part {part} cannot be read")
        return root

    def _check_sizes(self, unpacked: int) -> None:
        limits = self._file.limits
        if unpacked > limits.members_mb << 20:
            raise self._too_large(f"it unpacks to {unpacked >> 20} MiB")
        if unpacked > max(_FREE, limits.ratio * len(self._file.data)):
            raise self._too_large(f"it unpacks to {unpacked // len(self._file.data)} times its size")

    def _damaged(self, reason: str) -> ParseError:
        name = self._file.name
        return ParseError(f"{name} 已损坏。 {name} is damaged: {reason}.", hint=_SAVE_AGAIN)

    def _too_large(self, reason: str) -> ParseError:
        name = self._file.name
        return ParseError(
            f"{name} 展开后过大。 {name} is too large when unpacked: {reason}.",
            hint="请确认来源可靠，或拆分文件。 Check where it comes from, or split it.",
        )


def _part_name(name: str) -> str:
    """A part's name as it is compared: no slash at its head, and case does not count."""
    return name.replace("\\", "/").lstrip("/").lower()


def _elements(root: etree._Element | None) -> Iterator[etree._Element]:
    return iter(()) if root is None else root.iterchildren(tag=etree.Element)


def _parse(data: bytes, name: str) -> tuple[etree._Element | None, bool]:
    """The tree of a part, of what can be read of it, and whether that is all."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = _DECLARATION.sub("", data.decode("utf-16", "replace")).encode("utf-8", "replace")
    if b"<!DOCTYPE" in data:
        raise ParseError(
            f"{name} 含有文档类型定义，已拒绝。 {name} holds a document type definition.",
            hint="该文件可能是恶意文件。 It may be made to do harm; open it in Word and save it again.",
        )
    data = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", data)
    for recover in (False, True):
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            recover=recover,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if root is not None:
            return root, not recover
    return None, False
