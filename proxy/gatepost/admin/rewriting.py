"""A mail with another text: the same headers, the new words, its layout where it has one, its files.

A mail with HTML stays one with both: the plain text, and the HTML with the pictures that it shows. What only
belonged to the old body goes: its structure, and a signature that no longer fits (RFC 6376). What is made
here is judged like any mail before it goes out.
"""

from __future__ import annotations

import base64
import hashlib
import quopri
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.charset import QP, Charset
from email.header import Header

from gatepost.admin.carrying import carried, laid_out_plainly
from gatepost.admin.mailview import safe_name
from gatepost_policies.mime import Leaf, decode_text, read_headers, split
from gatepost_policies.model import Attachment, Mail, Source

MAX_TEXT = MAX_HTML = 200_000  # characters
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
    html: str = ""  # "": it goes out as plain text alone
    keeps_files: bool = True


def draft_of(raw: bytes, mail: Mail) -> Draft:
    """A mail as it can be changed: its plain text, else what its HTML says; and that HTML."""
    texts = [passage.text for passage in mail.passages if passage.source is Source.PLAIN and passage.text]
    texts = texts or [passage.text for passage in mail.passages if passage.source is Source.HTML]
    return Draft(mail.subject, "\n\n".join(texts)[:MAX_TEXT], _layout_of(raw, mail))


def _layout_of(raw: bytes, mail: Mail) -> str:
    """The mail's HTML; "" where it has none, several, or more than can be changed here."""
    paths = [passage.path for passage in mail.passages if passage.source is Source.HTML]
    pages = [leaf for leaf in split(raw).leaves if leaf.path in paths and not leaf.embedded]
    if len(pages) != 1 or len(paths) != 1:
        return ""
    source, _ = decode_text(pages[0].content, pages[0].parameter("charset"))
    return source if len(source) <= MAX_HTML else ""


def followed(old: Draft, new: Draft) -> tuple[Draft, bool]:
    """`new` with the old layout saying its text; False where it had to be laid out plainly."""
    if not old.html:
        return replace(new, html=""), True
    page = carried(old.html, old.text, new.text)
    html = page if page is not None else laid_out_plainly(new.text)
    return replace(new, html=html), page is not None


def rewrite(raw: bytes, draft: Draft, mail: Mail) -> bytes:
    """The mail in `raw`, which was read as `mail`, with what the draft says; its files if it keeps them."""
    head = _kept_headers(raw) + _subject(draft.subject) + b"MIME-Version: 1.0\r\n"
    seed = hashlib.sha256(raw + f"{draft.text}\0{draft.html}".encode("utf-8", "replace")).hexdigest()
    leaves = {leaf.path: leaf for leaf in split(raw).leaves}
    pictures, files = [], []
    for file in mail.attachments if draft.keeps_files else ():
        leaf = leaves.get(file.path)
        if leaf is not None and leaf.content_id and f"cid:{leaf.content_id}" in draft.html:
            pictures.append(_file_part(file, leaf))
        elif leaf is None or not _was_shown(leaf, mail):
            files.append(_file_part(file))
    body = _text_part("plain", draft.text)
    if draft.html:
        page = _text_part("html", draft.html)
        page = _together("related", [page, *pictures], seed) if pictures else page
        body = _together("alternative", [body, page], seed)
    return head + (_together("mixed", [body, *files], seed) if files else body)


def _was_shown(leaf: Leaf, mail: Mail) -> bool:
    """Whether the old layout showed it in its place: without that layout it is no file of the mail."""
    return bool(leaf.content_id) and any(
        image.src.lower() == f"cid:{leaf.content_id}".lower() for image in mail.images
    )


def _together(kind: str, parts: Sequence[bytes], seed: str) -> bytes:
    """A multipart of these parts, under a boundary that no text can guess: it is made of all of it."""
    boundary = f"=_{kind[:3]}_{seed[:32]}"
    joined = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'
    return head.encode() + joined + f"--{boundary}--\r\n".encode()


def _kept_headers(raw: bytes) -> bytes:
    block = raw[: read_headers(raw).body_at].replace(b"\r\n", b"\n")
    fields = [found[0] for found in _FIELD.finditer(block) if not _REPLACED.match(found[0])]
    return b"".join(fields).replace(b"\n", b"\r\n")


def _subject(subject: str) -> bytes:
    plain = "".join(char if char.isprintable() else " " for char in subject)[:MAX_SUBJECT].strip()
    charset = "us-ascii" if plain.isascii() else _SUBJECTS
    encoded = Header(plain, charset, maxlinelen=76, header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {encoded}\r\n".encode("ascii", "replace")


def _text_part(kind: str, text: str) -> bytes:
    lines = "\n".join(text[:MAX_TEXT].splitlines()) + "\n"
    packed = quopri.encodestring(lines.encode("utf-8", "replace")).replace(b"\r\n", b"\n")
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + packed.replace(b"\n", b"\r\n")


def _file_part(file: Attachment, shown: Leaf | None = None) -> bytes:
    """A file of the mail; `shown` by its HTML under the Content-ID that it had."""
    kind = file.content_type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.content_type) else ""
    id = "".join(sign for sign in shown.content_id if sign.isprintable()) if shown else ""
    head = (
        f"Content-Type: {kind or 'application/octet-stream'}\r\n"
        f'Content-Disposition: {"inline" if shown else "attachment"}; filename="{safe_name(file.name)}"\r\n'
        + (f"Content-ID: <{id}>\r\n" if id else "")
        + "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    packed = base64.encodebytes(file.content).replace(b"\n", b"\r\n")
    return head.encode("ascii", "replace") + packed
