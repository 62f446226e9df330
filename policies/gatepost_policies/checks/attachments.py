"""Files that may not, or need not, go with a mail (2020-D2; what the messaging service takes)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.language.fold import fold
from gatepost_policies.model import Attachment, Source

MAX_BYTES = 10_000_000  # what the messaging service takes

HEADING = 200  # characters of a file in which it says what it is


def find_forbidden(case: Case, params: Params) -> Iterator[Evidence]:
    """Files of a kind that is not among `endings`, that pretend to be of another kind, or are too large."""
    endings = frozenset(params.get("endings", ()))
    most = int(params.get("most_bytes", MAX_BYTES))
    for attachment in case.mail.attachments:
        fault = _fault(attachment, endings, most)
        if fault:
            yield Evidence(
                text=attachment.name or attachment.content_type, label=_label(case, attachment), note=fault
            )


def find_needless(case: Case, params: Params) -> Iterator[Evidence]:
    """Files that hold none of the `named` words in name or heading; pictures within the text are no files."""
    allowed = re.compile(
        "|".join(re.escape(fold(str(word)).text.strip()) for word in params.get("named", ()))
    )
    for attachment in case.mail.attachments:
        if attachment.inline or _is_signature(attachment):
            continue
        said = (attachment.name, *_headings(case, attachment))
        if not any(allowed.search(" ".join(fold(words).text.split())) for words in said):
            yield Evidence(text=attachment.name or attachment.content_type, label=_label(case, attachment))


def _headings(case: Case, attachment: Attachment) -> Iterator[str]:
    """What a file says first: its kind, where its name tells nothing."""
    for passage in case.mail.passages:
        if passage.path == attachment.path and passage.source in (Source.DOCUMENT, Source.PICTURE):
            yield passage.text[:HEADING]


def _fault(attachment: Attachment, endings: frozenset[str], most: int) -> str:
    if _is_signature(attachment):
        return ""
    if attachment.size_bytes > most:
        return f"larger than {most} bytes"
    ending = _ending(attachment)
    if ending not in endings:
        return f"a file of the kind {ending or attachment.content_type}"
    kind = _kind(attachment.detected_type)
    if kind and kind not in endings:
        return f"named {ending}, but really {kind}"
    return ""


def _ending(attachment: Attachment) -> str:
    name = attachment.name.rstrip(". \u00a0").lower()
    ending = name.rpartition(".")[2] if "." in name else ""
    return ending or _kind(attachment.detected_type or attachment.content_type)


_KINDS = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif",
    "image/tiff": "tif", "image/bmp": "bmp", "image/webp": "webp", "image/heic": "heic",
    "text/plain": "txt", "text/csv": "csv", "text/html": "html", "application/zip": "zip",
    "application/x-msdownload": "exe", "application/x-dosexec": "exe", "application/x-executable": "exe",
    "application/x-rar": "rar", "application/vnd.rar": "rar", "application/x-7z-compressed": "7z",
    "application/gzip": "gz", "application/ms-tnef": "dat", "application/vnd.ms-tnef": "dat",
    "text/calendar": "ics", "text/vcard": "vcf", "video/mp4": "mp4", "audio/mpeg": "mp3",
    "application/x-sh": "sh", "image/svg+xml": "svg", "message/rfc822": "eml",
}  # fmt: skip


def _kind(content_type: str) -> str:
    """The usual ending of a content type; "" for what is not in the table (Office files are zip archives)."""
    return _KINDS.get(content_type.lower(), "")


def _is_signature(attachment: Attachment) -> bool:
    return attachment.content_type.lower() in (
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
    )


def _label(case: Case, attachment: Attachment) -> str:
    for passage in case.mail.passages:
        if passage.source is Source.NAME and passage.path == attachment.path:
            return passage.label
    return "attachment"
