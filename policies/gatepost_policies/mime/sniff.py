"""Says what a file is by its first bytes, whatever the mail declares."""

from __future__ import annotations

import re
from typing import Final

_SIGNS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-elf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"{\\rtf", "application/rtf"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"BEGIN:VCARD", "text/vcard"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
)
_OFFICE: Final = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
# A mail begins with header fields; one of these is among the first, and they stand in no letter.
_FIELDS: Final = re.compile(rb"(?:[!-9;-~]{1,80}:[^\n]{0,998}\n(?:[ \t][^\n]{0,998}\n){0,50}){2,60}")
_OF_A_MAIL: Final = re.compile(
    rb"^(?:received|return-path|delivered-to|message-id|mime-version|dkim-signature|content-type):",
    re.I | re.M,
)
_REACH: Final = 4096  # bytes looked at beyond the first few


def sniff(content: bytes) -> str:
    """The media type that the first bytes of `content` show, or "" when they show none."""
    for sign, kind in _SIGNS:
        if content.startswith(sign):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _zip_kind(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        return "image/avif" if content[8:12] == b"avif" else "image/heic"
    kind = _markup_kind(content[:_REACH].lstrip(b"\xef\xbb\xbf \t\r\n").lower())
    return kind or ("message/rfc822" if _is_mail(content[: 4 * _REACH]) else "")


def _is_mail(head: bytes) -> bool:
    fields = _FIELDS.match(head)
    return fields is not None and _OF_A_MAIL.search(fields.group()) is not None


def _zip_kind(content: bytes) -> str:
    head = content[:_REACH]
    mark = b"mimetype"
    if head[30 : 30 + len(mark)] == mark:
        declared = head[38:].split(b"PK", 1)[0][:100]
        return declared.decode("ascii", "replace") if declared.isascii() else "application/zip"
    tail = content[-_REACH:]
    return next((kind for sign, kind in _OFFICE if sign in head or sign in tail), "application/zip")


def _markup_kind(head: bytes) -> str:
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "text/html"
    if head.startswith(b"<svg") or (head.startswith(b"<?xml") and b"<svg" in head):
        return "image/svg+xml"
    return "application/xml" if head.startswith(b"<?xml") else ""
