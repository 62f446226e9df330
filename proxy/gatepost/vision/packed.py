"""Office files (zip archives of XML) and plain archives -> what is in them, within limits.

Sizes are counted while unpacking: what an archive says of itself is not believed.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError, XMLParser

from gatepost.vision.seen import Allowance, Seen, joined

_BLOCK: Final = 1 << 16
_XML: Final = (".xml", ".rels")
_MEDIA: Final = re.compile(r"\.(png|jpe?g|gif|webp|bmp|tiff?|pdf|svg)$", re.IGNORECASE)
_PARAGRAPHS: Final = frozenset({"p", "h", "row", "tr", "br", "tab", "si", "line-break", "list-item"})
_BODY: Final = re.compile(
    r"(document|sheet\d*|sharedStrings|slide\d*|content|header\d*|footer\d*|comments\d*|notesSlide\d*|footnotes|endnotes)\.xml$"
)

_OTHER_MEDIA: Final = re.compile(r"\.(emf|wmf|emz|wmz|svm|wdp|jxr)$", re.IGNORECASE)
_MANIFEST: Final = "META-INF/manifest.xml"  # of an OpenDocument
_NOT_SHOWN: Final = re.compile(r"(?:^|/)(?:docprops|thumbnails|_xmlsignatures)/", re.IGNORECASE)

Look = Callable[[str, bytes], Seen]


def read_office(content: bytes, allowance: Allowance, look: Look) -> Seen:
    """What an Office file says: its text, its links, its pictures."""
    return _read(content, allowance, lambda name, data: _office_part(name, data, look))


def read_archive(content: bytes, allowance: Allowance, look: Look) -> Seen:
    """What the files in a zip archive say."""
    return _read(content, allowance, look)


def _read(content: bytes, allowance: Allowance, part: Look) -> Seen:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return joined(_parts(archive, allowance, part))
    except (
        zipfile.BadZipFile,
        OSError,
        RuntimeError,
        ValueError,
        NotImplementedError,
        EOFError,
        zlib.error,
    ) as error:
        encrypted = "encrypted" in str(error) or "password" in str(error)
        return Seen(unread="the archive is encrypted" if encrypted else "the archive is broken")


def _parts(archive: zipfile.ZipFile, allowance: Allowance, part: Look) -> Iterator[Seen]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    allowance.open(len(entries))
    entries.sort(key=lambda entry: entry.filename != _MANIFEST)  # it says whether the others can be read
    for entry in entries:
        yield part(entry.filename, _unpacked(archive, entry, allowance))


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowance: Allowance) -> bytes:
    data = bytearray()
    with archive.open(entry) as stream:
        while block := stream.read(_BLOCK):
            allowance.unpack(len(block))
            data += block
    return bytes(data)


def _office_part(name: str, data: bytes, look: Look) -> Seen:
    lower = name.lower()
    if name == _MANIFEST and b"encryption-data" in data:
        return Seen(unread="the document is encrypted")
    if lower.endswith(_XML):
        return _xml_part(name, data)
    if _NOT_SHOWN.search(lower):
        return Seen()
    if _MEDIA.search(lower) or "/embeddings/" in f"/{lower}":
        return look(name, data)
    if _OTHER_MEDIA.search(lower):
        return Seen(unread="a drawing in the document can't be read")
    if lower.endswith(".bin") and "vbaproject" in lower:
        return Seen(unread="the document holds macros")
    return Seen()


def _xml_part(name: str, data: bytes) -> Seen:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data[:100]:
        return Seen(unread="the document is not the XML that Office writes")
    try:
        parser = XMLParser()  # noqa: S314 - no document type comes so far, and expat bounds its work
        parser.feed(data)
        root = parser.close()
    except ParseError:
        return Seen(unread="the document's XML is broken")
    links = tuple(_links(root))
    return Seen(words=_text(root) if _BODY.search(name) else "", links=links)


def _text(root: Element) -> str:
    """The words of an XML part, a line a paragraph."""
    lines: list[str] = [""]
    stack: list[tuple[Element, bool]] = [(root, False)]
    while stack:
        element, done = stack.pop()
        if done:
            if _name(element) in _PARAGRAPHS:
                lines.append("")
            lines[-1] += element.tail or ""
            continue
        lines[-1] += element.text or ""
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))
    return "\n".join(line.strip() for line in lines if line.strip())


def _links(root: Element) -> Iterator[str]:
    """Addresses in relationships and in attributes that lead somewhere."""
    for element in root.iter():
        if _name(element) == "Relationship" and element.get("TargetMode") == "External":
            if (element.get("Type") or "").endswith("/hyperlink"):
                yield element.get("Target") or ""
            continue
        for key, value in element.items():
            if key.endswith("}href") and "://" in value and not _is_schema(value):
                yield value


def _is_schema(value: str) -> bool:
    return value.startswith(("http://schemas.", "http://www.w3.org/", "http://purl.org/"))


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
