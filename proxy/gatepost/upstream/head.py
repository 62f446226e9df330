"""Looks into a mail's header block, and only there: linear, on bytes, nothing is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import getaddresses

_ADDRESS_BYTES = 4_096  # of a From field, as much as is looked at


def block(raw: bytes) -> bytes:
    """The header block of `raw` with the line end of its last line, without the empty line."""
    if raw.startswith(b"\r\n"):
        return b""
    end = raw.find(b"\r\n\r\n")
    return raw if end < 0 else raw[: end + 2]


def count(head: bytes, name: bytes) -> int:
    """How many fields of the header block `head` are called `name` (given in lower case)."""
    lowered = head.lower()
    return lowered.count(b"\r\n" + name + b":") + lowered.startswith(name + b":")


def fields(head: bytes) -> Iterator[bytes]:
    """The fields of a header block, each with its folded lines and line ends."""
    start = 0
    while start < len(head):
        end = start
        while True:
            found = head.find(b"\r\n", end)
            end = len(head) if found < 0 else found + 2
            if head[end : end + 1] not in (b" ", b"\t"):
                break
        yield head[start:end]
        start = end


def from_domain(raw: bytes) -> str:
    """The domain of the first address in the first From field, in lower case; "" when there is none."""
    for one in fields(block(raw)):
        if one[:5].lower() == b"from:":
            text = one[5:_ADDRESS_BYTES].decode("utf-8", "replace").replace("\r\n", "")
            return next((domain_of(address) for _, address in getaddresses([text]) if address), "")
    return ""


def domain_of(address: str) -> str:
    """The domain of an address in lower case, without a trailing dot, in its ASCII form where it has one."""
    domain = address.rpartition("@")[2].rstrip(".").lower() if "@" in address else ""
    try:
        return domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        return domain
