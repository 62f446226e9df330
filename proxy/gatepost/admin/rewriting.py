"""A mail with another text: the same headers, the new words as plain text, its files as they were.

What only belonged to the old body goes: its HTML, its structure, and a signature that no longer fits
(RFC 6376). What is made here is judged like any mail before it goes out.
"""

from __future__ import annotations

import base64
import hashlib
import quopri
import re
from dataclasses import dataclass
from email.charset import QP, Charset
from email.header import Header

from gatepost.admin.mailview import safe_name
from gatepost_policies.mime import read_headers
from gatepost_policies.model import Attachment, Mail, Source

MAX_TEXT = 200_000  # characters
MAX_SUBJECT = 998
_REPLACED = re.compile(rb"(?i)(?:content-[!-9;-~]*|mime-version|subject|dkim-signature)[ \t]*:")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*")
_SUBJECTS = Charset("utf-8")
_SUBJECTS.header_encoding = QP


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reviewer can change of a mail."""

    subject: str
    text: str
    keeps_files: bool = True


def draft_of(mail: Mail) -> Draft:
    """The text of a mail as it can be changed: its plain text, else what its HTML says."""
    texts = [passage.text for passage in mail.passages if passage.source is Source.PLAIN and passage.text]
    texts = texts or [passage.text for passage in mail.passages if passage.source is Source.HTML]
    return Draft(mail.subject, "\n\n".join(texts)[:MAX_TEXT])


def rewrite(raw: bytes, draft: Draft, files: tuple[Attachment, ...] = ()) -> bytes:
    """The mail in `raw` with the draft's subject and text, and with `files` where it keeps them."""
    kept = files if draft.keeps_files else ()
    head = _kept_headers(raw) + _subject(draft.subject) + b"MIME-Version: 1.0\r\n"
    text = _text_part(draft.text)
    if not kept:
        return head + text
    boundary = _boundary(raw, draft)
    parts = [text, *(_file_part(file) for file in kept)]
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts)
    return b'%sContent-Type: multipart/mixed; boundary="%s"\r\n\r\n%s--%s--\r\n' % (
        head,
        boundary,
        body,
        boundary,
    )


def _kept_headers(raw: bytes) -> bytes:
    block = raw[: read_headers(raw).body_at].replace(b"\r\n", b"\n")
    fields = [found[0] for found in _FIELD.finditer(block) if not _REPLACED.match(found[0])]
    return b"".join(fields).replace(b"\n", b"\r\n")


def _subject(subject: str) -> bytes:
    plain = "".join(char if char.isprintable() else " " for char in subject)[:MAX_SUBJECT].strip()
    charset = "us-ascii" if plain.isascii() else _SUBJECTS
    encoded = Header(plain, charset, maxlinelen=76, header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {encoded}\r\n".encode("ascii", "replace")


def _text_part(text: str) -> bytes:
    lines = "\n".join(text[:MAX_TEXT].splitlines()) + "\n"
    packed = quopri.encodestring(lines.encode("utf-8", "replace")).replace(b"\r\n", b"\n")
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head + packed.replace(b"\n", b"\r\n")


def _file_part(file: Attachment) -> bytes:
    kind = file.content_type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.content_type) else ""
    head = (
        f"Content-Type: {kind or 'application/octet-stream'}\r\n"
        f'Content-Disposition: attachment; filename="{safe_name(file.name)}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    packed = base64.encodebytes(file.content).replace(b"\n", b"\r\n")
    return head.encode("ascii", "replace") + packed


def _boundary(raw: bytes, draft: Draft) -> bytes:
    """One that the text can't guess: what it is made of comes after the text."""
    digest = hashlib.sha256(raw + draft.text.encode("utf-8", "replace")).hexdigest()
    return f"=_{digest[:32]}".encode()
