"""What goes out for one message: the commands of its envelope and its octets. Pure, no I/O.

What the relay can't take as it is (8-bit mail, international addresses, its size) is refused here: a
gateway that rewrites a mail sends another one than it judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gatepost.errors import Refused
from gatepost.model import Envelope, Message, Recipient, RelayReply
from gatepost.upstream import head

CHUNK_BYTES = 262_144
"""As much of a mail as is written at once; a larger one waits in between until the relay has taken it."""

_UNSAFE_PATH = re.compile(r"[\x00-\x20\x7f<>\ud800-\udfff]")
_UNSAFE_PARAMETER = re.compile(r"[^\x21-\x7e]")

_UNSAFE = RelayReply(553, "5.1.3", "An address holds what SMTP can't carry")
_UNSAFE_DSN = RelayReply(501, "5.5.4", "A parameter holds what SMTP can't carry")
_BARE = RelayReply(554, "5.6.0", "The mail holds a bare CR or LF")
_NO_8BIT = RelayReply(554, "5.6.3", "The relay takes no 8-bit mail: send it quoted-printable or base64")
_NO_UTF8 = RelayReply(553, "5.6.7", "The relay takes no international addresses or headers")


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready for one relay."""

    mail: bytes
    rcpts: tuple[bytes, ...]
    recipients: tuple[str, ...]
    size_bytes: int
    prefix: bytes = field(repr=False)
    raw: bytes = field(repr=False)

    def pieces(self) -> Iterator[bytes | memoryview]:
        """What follows the 354, in pieces of about CHUNK_BYTES; the last ends in the final dot.

        Lines that start with a dot get another (RFC 5321 §4.5.2); nothing else differs from the mail.
        """
        body = self.raw
        if b"\r\n." in body:
            body = body.replace(b"\r\n.", b"\r\n..")
        first = self.prefix + b"." if body.startswith(b".") else self.prefix
        end = b".\r\n" if body.endswith(b"\r\n") or not body else b"\r\n.\r\n"
        if len(body) <= CHUNK_BYTES:
            yield b"".join((first, body, end))
            return
        yield first
        view = memoryview(body)
        last = (len(body) - 1) // CHUNK_BYTES * CHUNK_BYTES
        for start in range(0, last, CHUNK_BYTES):
            yield view[start : start + CHUNK_BYTES]
        yield bytes(view[last:]) + end


def compose(message: Message, prefix: bytes, offers: Mapping[str, str]) -> Letter:
    """The letter for `message`, below the header lines `prefix`, to a relay with these EHLO keywords.

    Raises Refused when the relay can't take the mail as it is, or the envelope is unsafe to write.
    """
    envelope, raw = message.envelope, message.raw
    size = len(prefix) + len(raw) + (0 if raw.endswith(b"\r\n") or not raw else 2)
    parameters = [*_size(size, offers), *_body(envelope, raw, offers), *_utf8(envelope, raw, offers)]
    if dsn := "dsn" in offers:
        parameters += _parameters(RET=envelope.ret, ENVID=envelope.envid)
    return Letter(
        mail=_command("MAIL FROM", envelope.mail_from, parameters),
        rcpts=tuple(_rcpt(recipient, dsn=dsn) for recipient in envelope.recipients),
        recipients=envelope.rcpt_tos,
        size_bytes=size,
        prefix=prefix,
        raw=raw,
    )


def check_line_ends(raw: bytes) -> None:
    """Raise Refused at a CR or LF that stands alone: next to a dot it could end the mail for some relays."""
    pairs = raw.count(b"\r\n")
    if raw.count(b"\n") != pairs or raw.count(b"\r") != pairs:
        raise Refused(_BARE)


def _rcpt(recipient: Recipient, *, dsn: bool) -> bytes:
    if not recipient.address:
        raise Refused(_UNSAFE)
    parameters = _parameters(NOTIFY=recipient.notify, ORCPT=recipient.orcpt) if dsn else []
    return _command("RCPT TO", recipient.address, parameters)


def _command(verb: str, address: str, parameters: list[str]) -> bytes:
    if _UNSAFE_PATH.search(address):
        raise Refused(_UNSAFE)
    return (" ".join((f"{verb}:<{address}>", *parameters)) + "\r\n").encode()


def _parameters(**values: str) -> list[str]:
    if any(_UNSAFE_PARAMETER.search(value) for value in values.values()):
        raise Refused(_UNSAFE_DSN)
    return [f"{name}={value}" for name, value in values.items() if value]


def _size(size: int, offers: Mapping[str, str]) -> list[str]:
    """SIZE (RFC 1870); a limit of 0, or none that is a number, is none."""
    if "size" not in offers:
        return []
    limit = offers["size"].strip()
    if limit.isascii() and limit.isdigit() and 0 < int(limit) < size:
        words = f"The mail has {size} octets; the relay takes {int(limit)}"
        raise Refused(RelayReply(552, "5.3.4", words))
    return [f"SIZE={size}"]


def _body(envelope: Envelope, raw: bytes, offers: Mapping[str, str]) -> list[str]:
    """BODY (RFC 6152), by what the mail is rather than by what the client said."""
    is_8bit = not raw.isascii()
    if "8bitmime" not in offers:
        if is_8bit:
            raise Refused(_NO_8BIT)
        return []
    if is_8bit:
        return ["BODY=8BITMIME"]
    return [f"BODY={envelope.body}"] if envelope.body in ("7BIT", "8BITMIME") else []


def _utf8(envelope: Envelope, raw: bytes, offers: Mapping[str, str]) -> list[str]:
    """SMTPUTF8 (RFC 6531): needed by addresses, or by headers of a client that said so."""
    if "smtputf8" in offers:
        needed = envelope.smtputf8 or not _ascii_addresses(envelope)
        return ["SMTPUTF8"] if needed else []
    if not _ascii_addresses(envelope) or (envelope.smtputf8 and not head.block(raw).isascii()):
        raise Refused(_NO_UTF8)
    return []


def _ascii_addresses(envelope: Envelope) -> bool:
    return envelope.mail_from.isascii() and all(address.isascii() for address in envelope.rcpt_tos)
