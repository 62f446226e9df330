"""The `Received` line that this gateway adds, and the count of those that others added (RFC 5321 §4.4)."""

from __future__ import annotations

import re
from email.utils import format_datetime
from functools import lru_cache
from ipaddress import ip_address

from gatepost.model import Message
from gatepost.upstream import head

_UNFIT = re.compile(r"[^A-Za-z0-9.:_\[\]-]+")
ENDLESS = 1_000_000
"""More hops than any configuration allows."""
MOST_PASSES = 2
"""A mail that a person sends on passes twice; three times is a loop."""
_HELO_LENGTH = 60  # the name goes onto the first line, which stays below 78 octets


def received_line(message: Message, hostname: str) -> bytes:
    """The `Received` field for `message`, folded at 78 octets, ending in CRLF; ASCII only."""
    session = message.session
    helo = _UNFIT.sub("", session.helo)[:_HELO_LENGTH] or "unknown"
    source = f"\r\n ({literal})" if (literal := address_literal(session.peer)) else ""
    protocol = _UNFIT.sub("", protocol_word(session.protocol, utf8=message.envelope.smtputf8))
    id = _UNFIT.sub("", message.id)
    when = format_datetime(message.received_at)
    by = f"by {hostname}\r\n with {protocol} id {id};"
    return f"Received: from {helo}{source}\r\n {by}\r\n {when}\r\n".encode("ascii")


@lru_cache(maxsize=1_024)
def address_literal(peer: str) -> str:
    """The client's address as a literal (RFC 5321 §4.1.3); "" when `peer` is no IP address."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return ""
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"


def protocol_word(protocol: str, *, utf8: bool) -> str:
    """The word behind `with` (RFC 3848), in its form for internationalised mail (RFC 6531 §4.3)."""
    if utf8 and protocol.startswith("ESMTP"):
        return "UTF8SMTP" + protocol.removeprefix("ESMTP")
    return protocol or "SMTP"


def received_count(raw: bytes) -> int:
    """How many `Received` fields the header of `raw` has: the hops it took (RFC 5321 §6.3)."""
    return head.count(head.block(raw), b"received")


def hops(raw: bytes, hostname: str) -> int:
    """As `received_count`; ENDLESS where the mail has passed `hostname`'s gateway more often than it may.

    A loop of two machines would else turn fifty times, each time with another id.
    """
    return ENDLESS if passes(raw, hostname) > MOST_PASSES else received_count(raw)


def passes(raw: bytes, hostname: str) -> int:
    """How many of the `Received` fields of `raw` are those of the gateway called `hostname`."""
    block, name = head.block(raw), hostname.encode("ascii", "replace")
    if name not in block:
        return 0
    own = re.compile(rb"\sby " + re.escape(name) + rb"\s+with [A-Z0-9]+ id [0-9a-z]{18};")
    fields = (one for one in head.fields(block) if one[:9].lower() == b"received:")
    return sum(own.search(one) is not None for one in fields)
