"""A notice as a mail: bytes that no subject or address can break out of. Pure."""

from __future__ import annotations

import quopri
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

from gatepost.model import Answer, AnswerKind, Entry, Envelope, MessageId, MessageState, Recipient, Session

LONGEST_SUBJECT = 120
NOTICE, BOUNCE = "notice:", "bounce:"
"""How the fingerprints of our own mails begin: they are never told of."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One notice: what it is about, to whom, its words."""

    key: str  # the same for the same notice: it goes out at most once
    to: str
    subject: str
    text: str
    reply: bool = True  # to a mail of the recipient's (RFC 3834), else of our own accord
    about: str = ""  # the Message-ID of that mail, so that a helpdesk finds its ticket
    headers: tuple[tuple[str, str], ...] = field(default=())


def compose(letter: Letter, *, sender: str, hostname: str, id: MessageId, at: datetime) -> bytes:
    """The mail as bytes with CRLF, 7-bit whatever it says."""
    auto = "auto-replied" if letter.reply else "auto-generated"  # RFC 3834 §5
    lines = [
        f"From: Gatepost <{_atom(sender)}>",
        f"To: <{_atom(letter.to)}>",
        f"Subject: {_encoded(letter.subject)}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{id}.notice@{_atom(hostname)}>",
        f"Auto-Submitted: {auto}",
        "X-Auto-Response-Suppress: All",  # the word that Exchange listens to
        "Precedence: list" if not letter.reply else "Precedence: auto_reply",
    ]
    if about := _message_id(letter.about):
        lines += [f"In-Reply-To: {about}", f"References: {about}"]
    lines += [
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
    ]
    body = "\n".join(letter.text.splitlines()) + "\n"
    encoded = quopri.encodestring(body.encode("utf-8", "replace")).decode("ascii")
    return ("\r\n".join(lines) + "\r\n" + encoded.replace("\n", "\r\n")).encode("ascii", "replace")


def entry_of(letter: Letter, raw: bytes, *, id: MessageId, at: datetime, hostname: str) -> Entry:
    """The journal's entry of a notice: it waits in the spool and goes to the relay as it is, unjudged.

    From the null sender, so that nothing ever comes back for it (RFC 5321 §4.5.5).
    """
    return Entry(
        id=id,
        received_at=at,
        state=MessageState.SPOOLED,
        session=Session(peer="127.0.0.1", helo=hostname, protocol="ESMTP"),
        envelope=Envelope("", (Recipient(letter.to),)),
        subject=f"Notice ({letter.key.partition(':')[0]})",
        sender="",
        size_bytes=len(raw),
        fingerprint=NOTICE + letter.key,
        buyers=(),
        action="pass",
        next_attempt_at=at,
        answer=Answer(AnswerKind.STORED, id),
        has_raw=True,
    )


def is_own(entry: Entry) -> bool:
    """Whether this is a report or a notice of ours."""
    return entry.fingerprint.startswith((NOTICE, BOUNCE))


def _atom(text: str) -> str:
    return "".join(char for char in text if char.isprintable() and char.isascii() and char not in "<> ")


def _encoded(subject: str) -> str:
    words = " ".join("".join(char if char.isprintable() else " " for char in subject).split())
    if len(words) > LONGEST_SUBJECT:
        words = words[: LONGEST_SUBJECT - 1] + "…"
    if words.isascii():
        return words
    return Header(words, "utf-8", maxlinelen=70, header_name="Subject").encode(linesep="\r\n")


def _message_id(text: str) -> str:
    """A Message-ID that is one (RFC 5322 §3.6.4, without comments); else ""."""
    id = text.strip()
    plain = id.isascii() and id.isprintable() and " " not in id and len(id) < 250
    return id if plain and id.startswith("<") and id.endswith(">") and id.count("<") == 1 else ""
