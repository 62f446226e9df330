"""The report to a sender whose stored mail was not delivered: a delivery status notification (RFC 3464)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from gatepost.model import Message, RelayReply

HEADER_BYTES = 32_768
"""At most this much of the returned header block is enclosed."""
LINE_BYTES = 998
"""RFC 5322 §2.1.1; what is longer is cut."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that did not get the mail, and the relay's last word on it."""

    address: str
    reply: RelayReply


def compose_bounce(message: Message, failures: tuple[Failure, ...], *, hostname: str, at: datetime) -> bytes:
    """The report as bytes with CRLF: text for people, delivery-status for programs, the mail's headers.

    Only the headers are returned: the buyer's data stays where it is.
    """
    head = message.raw.partition(b"\r\n\r\n")[0][:HEADER_BYTES]
    parts = [
        ("text/plain; charset=utf-8", "8bit", _words(message, failures, hostname)),
        ("message/delivery-status", "7bit", _status(message, failures, hostname, at)),
    ]
    if head:  # of a mail that was held and rejected nothing is kept
        parts.append(("text/rfc822-headers; charset=utf-8", "8bit", head.decode("utf-8", "replace")))
    boundary = f"=_{message.id}"
    lines = [
        f"From: Mail delivery <postmaster@{hostname}>",
        f"To: <{_plain(message.envelope.mail_from)}>",
        "Subject: Undelivered mail returned to sender",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{message.id}.bounce@{hostname}>",
        "Auto-Submitted: auto-replied",  # RFC 3834: nobody answers a report
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        "Content-Transfer-Encoding: 8bit",
        "",
    ]
    for kind, encoding, text in parts:
        lines += [f"--{boundary}", f"Content-Type: {kind}"]
        lines += [f"Content-Transfer-Encoding: {encoding}", "", text]
    lines += [f"--{boundary}--", ""]
    text = "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return b"".join(_line(line) for line in text.split("\n")[:-1])


def _plain(address: str) -> str:
    """An address that can't break out of its line."""
    return "".join(char for char in address if char.isprintable())


def _line(text: str) -> bytes:
    """One line of the report, cut where a character ends."""
    octets = text.encode("utf-8", "replace")[:LINE_BYTES]
    return octets.decode("utf-8", "ignore").encode() + b"\r\n"


def _typed(address: str) -> str:
    """An address with its type: ASCII in this kind of report, whatever it holds (RFC 6533 §3)."""
    plain = _plain(address)
    if plain.isascii():
        return f"rfc822; {plain}"
    return "utf-8; " + "".join(
        sign if sign.isascii() and sign not in "\\+=" else f"\\x{{{ord(sign):X}}}" for sign in plain
    )


def _ascii(text: str) -> str:
    return "".join(sign if sign.isascii() and sign.isprintable() else "?" for sign in text)


def _words(message: Message, failures: tuple[Failure, ...], hostname: str) -> str:
    lines = [
        f"This is the mail gateway at {hostname}.",
        "",
        "A mail that you sent could not be delivered. It was accepted and stored, and it was not delivered",
        "to the recipients below. Nothing more will be tried.",
        "",
    ]
    for failure in failures:
        lines += [
            f"  {_plain(failure.address)}",
            f"    {failure.reply.code} {failure.reply.enhanced} {failure.reply.text}".rstrip(),
        ]
    lines += ["", f"The gateway's id of your mail is {message.id}.", ""]
    return "\n".join(lines)


def _status(message: Message, failures: tuple[Failure, ...], hostname: str, at: datetime) -> str:
    fields = [f"Reporting-MTA: dns; {hostname}"]
    if message.envelope.envid:
        fields.append(f"Original-Envelope-Id: {_plain(message.envelope.envid)}")
    fields += [f"Arrival-Date: {format_datetime(message.received_at)}", ""]
    originals = {each.address: each.orcpt for each in message.envelope.recipients}
    for failure in failures:
        enhanced = failure.reply.enhanced or f"{failure.reply.code // 100}.0.0"
        if originals.get(failure.address):
            fields.append(f"Original-Recipient: {_ascii(originals[failure.address])}")
        fields += [
            f"Final-Recipient: {_typed(failure.address)}",
            "Action: failed",
            f"Status: 5{enhanced[1:]}",  # RFC 3464 §2.3.4: a failure is permanent by now
            f"Diagnostic-Code: smtp; {failure.reply.code} {enhanced} {_ascii(failure.reply.text)}",
            f"Last-Attempt-Date: {format_datetime(at)}",
            "",
        ]
    return "\n".join(fields)
