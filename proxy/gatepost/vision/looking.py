"""One file of any kind -> what it says, by its content, never by its name. Runs in the child process only."""

from __future__ import annotations

import hashlib
from typing import Final

from gatepost.vision import packed, rtf
from gatepost.vision.seen import NOTHING, Allowance, Limits, Seen, TooMuchError, joined, unread
from gatepost_policies.facts import read_file, read_text, unseen
from gatepost_policies.mime import sniff
from gatepost_policies.model import LinkKind, Mail

_PICTURES: Final = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff"}
)
_UNREADABLE: Final = {
    "application/vnd.rar": "a RAR archive can't be read",
    "application/x-7z-compressed": "a 7z archive can't be read",
    "application/gzip": "a gzip archive can't be read",
    "application/x-bzip2": "a bzip2 archive can't be read",
    "application/x-xz": "an xz archive can't be read",
    "application/x-msdownload": "a program can't be read",
    "application/x-elf": "a program can't be read",
    "image/heic": "a HEIC picture can't be read",
    "image/avif": "an AVIF picture can't be read",
}
_OLE: Final = "application/x-ole-storage"
_LOCKED_OFFICE: Final = "EncryptedPackage".encode("utf-16-le")  # the stream of an encrypted Office file
_SPELLED_OUT: Final = frozenset({LinkKind.DOCUMENT, LinkKind.BARE, LinkKind.CALENDAR, LinkKind.VCARD})
_REACH: Final = 4_096  # bytes looked at for what no text holds


def look(name: str, content: bytes, limits: Limits = Limits()) -> Seen:  # noqa: B008 - frozen
    """What the file says. Never raises; what can't be read says why."""
    return Looking(limits).look(name, content, 0)


class Looking:
    """One file and all the files in it: what is in it twice is looked at once, the limits are for all."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._allowance = limits, Allowance(limits)
        self._known: dict[bytes, Seen] = {}

    def look(self, name: str, content: bytes, depth: int) -> Seen:
        """What a file says that lies `depth` files deep."""
        if not content:
            return NOTHING
        digest = hashlib.sha256(content).digest()
        known = self._known.get(digest)
        if known is None:
            try:
                known = self._look(name, content, depth)
            except TooMuchError as error:
                known = Seen(unread=str(error))
            self._known[digest] = known
        return known

    def _look(self, name: str, content: bytes, depth: int) -> Seen:
        kind = sniff(content)
        if kind in _PICTURES:
            from gatepost.vision import pictures

            self._allowance.show()
            return pictures.look(content, self._limits)
        if kind in _UNREADABLE:
            return Seen(unread=_UNREADABLE[kind])
        if kind == _OLE:
            return Seen(unread=_why_old(content))
        if depth > self._limits.depth:
            raise TooMuchError("files within files within files are not read")
        return self._document(name, content, kind, depth)

    def _document(self, name: str, content: bytes, kind: str, depth: int) -> Seen:
        def within(inner: str, data: bytes) -> Seen:
            return self.look(inner, data, depth + 1)

        if kind == "application/pdf":
            from gatepost.vision import pdf

            return pdf.read(content, self._allowance, within)
        if kind == "application/rtf":
            return rtf.read(content, within)
        if "openxmlformats" in kind or "opendocument" in kind:
            return packed.read_office(content, self._allowance, within)
        if kind.startswith("application/") and content.startswith(b"PK\x03\x04"):
            return packed.read_archive(content, self._allowance, within)
        return self._text(name, content, depth)

    def _text(self, name: str, content: bytes, depth: int) -> Seen:
        """A text, a page or a mail, by its own words and the files in it."""
        mail = read_file(name, content).mail
        if mail.attachments and not mail.passages:  # of no kind that is known
            if b"\0" in content[:_REACH]:
                return Seen(unread="a file of this kind can't be read")
            mail = read_text(_decoded(content), name=name).mail
        files = unseen(mail)
        self._allowance.open(len(files))
        return joined([_said(mail), *(self.look(file.name, file.content, depth + 1) for file in files)])


def _said(mail: Mail) -> Seen:
    """The words of a mail or page, and where it leads without writing that out."""
    links = (
        link.url
        for link in mail.links
        if link.span is None or (link.kind not in _SPELLED_OUT and link.shown != link.url)
    )
    why = next(
        (defect.partition(": ")[2] for defect in mail.defects if defect.startswith("unread-file:")), ""
    )
    if "too-deep" in mail.defects:
        why = why or "mails within mails within mails are not read"
    seen = Seen(
        "\n\n".join(passage.text for passage in mail.passages if passage.text.strip()), links=tuple(links)
    )
    return unread(seen, why) if why else seen


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _why_old(content: bytes) -> str:
    if _LOCKED_OFFICE in content:
        return "the document is encrypted"
    return "an Office file of the old kind can't be read"
