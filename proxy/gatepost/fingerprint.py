"""What tells a resubmitted mail from another one.

Mail software sends again after any failure, often with a new Date and new part boundaries, but under the
same Message-ID and with the same words. So the fingerprint covers the account, the envelope, Message-ID,
Subject and the body without its boundaries. A mail without Message-ID is known only by all of its bytes.
A mail that has passed a gateway like this one since is no resubmission: it came back, and a loop that were
answered as its own first turn would swallow the mail.
"""

from __future__ import annotations

import hashlib
import re

from gatepost.model import Message

_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
_SUBJECT = re.compile(rb"^subject:[ \t]*([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(rb'boundary="?([^";\s]{1,200})', re.IGNORECASE)
_PASSED = re.compile(rb"\sby [!-~]+\s+with [A-Z0-9]+ id [0-9a-z]{18};")
MAX_BOUNDARIES = 50
PIECE_BYTES = 2_040
"""From 2,048 bytes on hashlib lets go of the interpreter lock; getting it back costs more than hashing."""


def fingerprint(message: Message, *, to_buyer: bool) -> str:
    """A digest equal for resubmissions and only for them; "" when the mail can't be told from another.

    Mail to a buyer always has one. Other mail has one when it carries a Message-ID: two mails without
    may well be two reports that happen to be alike.
    """
    head, _, body = message.raw.partition(b"\r\n\r\n")
    found = _MESSAGE_ID.search(head)
    message_id = found.group(1).strip() if found else b""
    if not message_id and not to_buyer:
        return ""
    digest = hashlib.blake2b(digest_size=20)
    envelope = message.envelope
    for word in (message.session.account, envelope.mail_from, *sorted(envelope.rcpt_tos)):
        digest.update(word.encode("utf-8", "surrogateescape") + b"\0")
    if not message_id:
        _feed(digest, message.raw)
        return digest.hexdigest()
    subject = _SUBJECT.search(head)
    digest.update(message_id + b"\0" + (subject.group(1).strip() if subject else b"") + b"\0")
    if passed := len(_PASSED.findall(head)):
        digest.update(b"%d" % passed)
    _feed(digest, _without_boundaries(head, body))
    return digest.hexdigest()


def _feed(digest: hashlib.blake2b, octets: bytes) -> None:
    for start in range(0, len(octets), PIECE_BYTES):
        digest.update(octets[start : start + PIECE_BYTES])


def _without_boundaries(head: bytes, body: bytes) -> bytes:
    for count, found in enumerate(_BOUNDARY.finditer(head + b"\r\n" + body)):
        if count == MAX_BOUNDARIES:
            break
        body = body.replace(found.group(1), b"")
    return body
