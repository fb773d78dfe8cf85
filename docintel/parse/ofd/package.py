"""The parts of an OFD file and how they hang together.

In: the bytes of an OFD file. Out: a `Package`: its pages in order over all its documents, their parts as XML, their
resources, annotations and attachments. `ofdkit` opens the ZIP, finds parts whatever their paths look like, mends XML
without proper namespaces and refuses document types; names are compared without namespaces throughout.
"""

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from docintel.errors import ParseError
from docintel.parse.file import File

#: More markup than this in a part is no page: an element costs a hundred bytes of memory.
_MOST_TAGS = 3_000_000
#: Parts may unpack to this much beyond `Limits.ratio`, as members of archives may.
_FREE_BYTES = 10 << 20
_ENCRYPTIONS = frozenset({"encryptions.xml", "encryption.xml", "decryptseed.dat"})
_DAMAGED = "请重新获取完整的文件。 Get the file again, complete."


class PartError(Exception):
    """A part of the package cannot be read; the message says why, in English."""


@dataclass(frozen=True, slots=True)
class Font:
    """A font that text objects name."""

    name: str
    bold: bool


@dataclass(frozen=True, slots=True)
class Resources:
    """What objects on pages refer to, by id.

    Attributes:
        media: parts with images.
        units: groups of objects that are drawn in many places.
        pens: drawing parameters.
    """

    fonts: dict[str, Font] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    units: dict[str, Element] = field(default_factory=dict)
    pens: dict[str, Element] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Body:
    """One document of the file; most files have one.

    Attributes:
        part: its Document.xml.
        title: as its properties name it.
        area: x, y, width, height of its pages in millimetres, None when it says nothing.
        templates: id → part, and whether it lies above the page's own content.
        annotations: id of a page → part.
    """

    part: str
    title: str
    area: tuple[float, ...] | None
    templates: dict[str, tuple[str, bool]]
    resources: Resources
    annotations: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: `number` from 1 over the whole file; `part` is None when the file lacks it."""

    number: int
    part: str | None
    location: str
    id: str
    body: Body


class Package:
    """An open OFD file.

    Attributes:
        sheets: its pages.
        missing: what it names and does not hold, as sentences.
        signatures: how many electronic signatures it carries.

    Raises:
        ParseError: it is damaged, encrypted, or no OFD file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._left = _FREE_BYTES + file.limits.ratio * len(file.data)
        self._zip = _open(file)
        self.sheets: list[Sheet] = []
        self.bodies: list[Body] = []
        self.missing: list[str] = []
        self.signatures = 0
        self._attachments: list[str] = []
        self._shared: dict[str, Element] = {}
        self._refuse_encrypted()
        try:
            self._read_root()
        except PartError as exc:
            raise ParseError(f"{file.name} 已损坏。 {file.name} is damaged: {exc}", hint=_DAMAGED) from exc

    def xml(self, part: str) -> Element:
        """The root element of a part.

        Raises:
            PartError: it is damaged, or larger than it may be.
        """
        data = self.bytes(part)
        if data.count(b"<") > _MOST_TAGS:
            raise PartError(f"{part} has more than {_MOST_TAGS} tags")
        from ofdkit._xml import parse_xml

        try:
            root: Element = parse_xml(data, part)
        except Exception as exc:  # ofdkit's own errors, and what codecs raise for the encodings that files declare
            raise PartError(str(exc)) from exc
        return root

    def shared_xml(self, part: str) -> Element:
        """As `xml`, for a part that many pages use: it is read once."""
        if part not in self._shared:
            self._shared[part] = self.xml(part)
        return self._shared[part]

    def bytes(self, part: str) -> bytes:
        """The bytes of a part. Errors as `xml`."""
        try:
            data: bytes = self._zip.read(part)
        except Exception as exc:  # every codec of zipfile has errors of its own, and ofdkit passes some on
            raise PartError(str(exc) or f"{part} cannot be unpacked") from exc
        self._left -= len(data)
        if self._left < 0:
            raise PartError(f"its parts unpack to more than {self._file.limits.ratio} times the file's size")
        return data

    def resolve(self, base: str, location: str | None) -> str | None:
        """The part at a location written in `base`: absolute, relative to it, or relative to the root."""
        found: str | None = self._zip.resolve(base, location)
        return found

    def resources(self, base: str, locations: Iterable[str], start: Resources) -> Resources:
        """The resources of `start` and those that parts declare; a part that can't be read is left out."""
        found = Resources(dict(start.fonts), dict(start.media), dict(start.units), dict(start.pens))
        for location in locations:
            if part := self.resolve(base, location):
                try:
                    self._add_resources(found, part, self.xml(part))
                except PartError as exc:
                    self.missing.append(f"资源 {location} 无法读取。 Resources {location} cannot be read: {exc}.")
        return found

    def attachments(self) -> Iterator[tuple[str, str, str | None]]:
        """Name, location as written, and part (None when it is lacking) of each file that is attached.

        Raises:
            PartError: the list cannot be read.
        """
        for listed in self._attachments:
            for entry in children(self.xml(listed), "Attachment"):
                location = text_of(entry, "FileLoc")
                name = entry.get("Name") or entry.get("ID") or location
                suffix = posixpath.splitext(location.replace("\\", "/"))[1] or f".{entry.get('Format') or 'dat'}"
                name = name if posixpath.splitext(name)[1] else name + suffix
                yield name, location, self.resolve(listed, location)

    def _refuse_encrypted(self) -> None:
        names = {posixpath.basename(name).lower() for name in self._zip.names}
        locked = any(info.flag_bits & 1 for info in self._zip._zip.infolist())
        if names & _ENCRYPTIONS or locked:
            name = self._file.name
            raise ParseError(
                f"{name} 已加密。 {name} is encrypted.",
                hint="请用原软件解密后另存。 Decrypt it with the program that made it, and save it again.",
            )

    def _read_root(self) -> None:
        entry = self._zip.find("OFD.xml")
        if entry is None:
            raise PartError("OFD.xml is missing")
        for body in children(self.xml(entry), "DocBody"):
            location = text_of(body, "DocRoot")
            try:
                self._read_body(self._required(entry, location), text_of(child(body, "DocInfo"), "Title"))
            except PartError as exc:
                self.missing.append(f"文档 {location} 无法读取。 Document {location} cannot be read: {exc}.")
            self._count_signatures(entry, text_of(body, "Signatures"))
        if not self.bodies:
            raise PartError(self.missing[0] if self.missing else "OFD.xml names no document")

    def _required(self, base: str, location: str) -> str:
        part = self.resolve(base, location)
        if part is None:
            raise PartError("it is not in the file")
        return part

    def _read_body(self, part: str, title: str) -> None:
        root = self.xml(part)
        common = child(root, "CommonData")
        declared = [e.text or "" for name in ("PublicRes", "DocumentRes") for e in children(common, name)]
        body = Body(
            part,
            title,
            numbers(text_of(child(common, "PageArea"), "PhysicalBox"), 4),
            self._templates(part, common),
            self.resources(part, declared, Resources()),
            self._annotations(part, text_of(root, "Annotations")),
        )
        self.bodies.append(body)
        for page in children(child(root, "Pages"), "Page"):
            location = page.get("BaseLoc") or ""
            number, found = len(self.sheets) + 1, self.resolve(part, location)
            self.sheets.append(Sheet(number, found, location, (page.get("ID") or "").strip(), body))
        if listed := self.resolve(part, text_of(root, "Attachments")):
            self._attachments.append(listed)

    def _templates(self, base: str, common: Element | None) -> dict[str, tuple[str, bool]]:
        found = {}
        for template in children(common, "TemplatePage"):
            location = template.get("BaseLoc") or ""
            if part := self.resolve(base, location):
                found[(template.get("ID") or "").strip()] = part, template.get("ZOrder") == "Foreground"
            else:
                self.missing.append(f"缺少模板页 {location}。 Template page {location} is not in the file.")
        return found

    def _annotations(self, base: str, location: str) -> dict[str, str]:
        listed = self.resolve(base, location)
        if listed is None:
            if location:
                self.missing.append(f"缺少批注 {location}。 Annotations {location} are not in the file.")
            return {}
        try:
            entries = children(self.xml(listed), "Page")
            places = [((page.get("PageID") or "").strip(), text_of(page, "FileLoc")) for page in entries]
        except PartError as exc:
            self.missing.append(f"批注无法读取。 The annotations cannot be read: {exc}.")
            return {}
        found = {id_: self.resolve(listed, at) or self.resolve(base, at) for id_, at in places}
        for id_, at in places:
            if found[id_] is None:
                self.missing.append(f"缺少批注 {at}。 Annotations {at} are not in the file.")
        return {id_: part for id_, part in found.items() if part}

    def _count_signatures(self, entry: str, location: str) -> None:
        if part := self.resolve(entry, location):
            try:
                self.signatures += sum(1 for _ in children(self.xml(part), "Signature"))
            except PartError:  # a list that can't be read says there is one signature at least
                self.signatures += 1

    def _add_resources(self, found: Resources, part: str, root: Element) -> None:
        folder = posixpath.join(posixpath.dirname(part), (root.get("BaseLoc") or "").replace("\\", "/"))
        for font in children(child(root, "Fonts"), "Font"):
            name = f"{font.get('FontName') or ''} {font.get('FamilyName') or ''}".strip()
            found.fonts[font.get("ID") or ""] = Font(name, font.get("Bold") == "true" or _names_bold(name))
        for medium in children(child(root, "MultiMedias"), "MultiMedia"):
            location = text_of(medium, "MediaFile")
            if image := self.resolve(posixpath.join(folder, "."), location) or self.resolve(part, location):
                found.media[medium.get("ID") or ""] = image
        for unit in children(child(root, "CompositeGraphicUnits"), "CompositeGraphicUnit"):
            found.units[unit.get("ID") or ""] = unit
        for pen in children(child(root, "DrawParams"), "DrawParam"):
            found.pens[pen.get("ID") or ""] = pen


def _open(file: File) -> Any:
    from ofdkit.package import Package as Parts

    try:
        return Parts(file.data)
    except Exception as exc:  # ofdkit's own errors, and others that zipfile raises for damaged directories
        raise ParseError(
            f"{file.name} 不是完整的 OFD 文件。 {file.name} is damaged or cut off: {exc}", hint=_DAMAGED
        ) from exc


def _names_bold(name: str) -> bool:
    return any(word in name.lower() for word in ("bold", "black", "heavy", "粗"))


def local(element: Element) -> str:
    """The element's name without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element | None, name: str) -> Iterator[Element]:
    """The elements of this name in `element`; none in None."""
    return (inner for inner in (() if element is None else element) if local(inner) == name)


def child(element: Element | None, name: str) -> Element | None:
    """The first of `children`."""
    return next(children(element, name), None)


def text_of(element: Element | None, name: str) -> str:
    """The text of the first child of this name, stripped; empty when there is none."""
    found = child(element, name)
    return (found.text or "").strip() if found is not None else ""


def numbers(value: str | None, count: int) -> tuple[float, ...] | None:
    """The first `count` numbers in a text such as `0 0 210 297`; None unless there are so many, all of sane size."""
    try:
        found = tuple(float(word) for word in (value or "").replace(",", " ").split()[:count])
    except ValueError:
        return None
    return found if len(found) == count and all(-1e7 < number < 1e7 for number in found) else None
