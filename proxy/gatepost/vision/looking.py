"""One file of any kind -> what it says, by its content, never by its name. Runs in the child process only."""

from __future__ import annotations

from typing import Final

from gatepost.vision import packed, rtf
from gatepost.vision.seen import NOTHING, Limits, Seen
from gatepost_policies.facts import read_text
from gatepost_policies.mime import sniff

_PICTURES: Final = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff"}
)
_UNREADABLE: Final = {
    "application/x-ole-storage": "an Office file of the old kind can't be read",
    "application/vnd.rar": "a RAR archive can't be read",
    "application/x-7z-compressed": "a 7z archive can't be read",
    "application/gzip": "a gzip archive can't be read",
    "application/x-bzip2": "a bzip2 archive can't be read",
    "application/x-xz": "an xz archive can't be read",
    "application/ms-tnef": "winmail.dat can't be read; send plain text or HTML",
    "image/heic": "a HEIC picture can't be read",
    "image/avif": "an AVIF picture can't be read",
}


def look(name: str, content: bytes, limits: Limits = Limits(), depth: int = 0) -> Seen:  # noqa: B008 - frozen
    """What the file says. Never raises; what can't be read says why."""
    kind = sniff(content)
    if kind in _PICTURES:
        from gatepost.vision import pictures

        return pictures.look(content, limits)
    if kind == "application/pdf":
        from gatepost.vision import pdf

        return pdf.read(content, limits)
    if kind == "application/rtf":
        return rtf.read(content)
    if "openxmlformats" in kind or "opendocument" in kind:
        return packed.read_office(content, limits, lambda inner, data, deep: look(inner, data, limits, deep))
    if kind == "application/zip":
        return packed.read_archive(
            content, limits, lambda inner, data, deep: look(inner, data, limits, deep), depth
        )
    if kind in _UNREADABLE:
        return Seen(unread=_UNREADABLE[kind])
    return _as_text(name, content, kind)


def _as_text(name: str, content: bytes, kind: str) -> Seen:
    """A text file, by its own words; anything else says nothing that can be told here."""
    if kind in ("text/html", "image/svg+xml"):
        reading = read_text(content.decode("utf-8", "replace"), html=True, name=name)
        words = "\n".join(passage.text for passage in reading.mail.passages)
        links = tuple(link.url for link in reading.mail.links if link.span is None or link.shown != link.url)
        return Seen(words=words, links=links)
    if b"\0" in content[:4096]:
        return NOTHING
    try:
        return Seen(words=content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Seen(words=content.decode("cp1252", "replace"))
