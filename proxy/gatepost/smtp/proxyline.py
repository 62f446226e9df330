"""The PROXY protocol header, versions 1 and 2, by which a load balancer names the client it speaks for.

Octets are read from the socket exactly to the header's end and no further: what follows may be TLS.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

_SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
_LINE_OCTETS = 107  # the longest header of version 1
_BLOCK_OCTETS = 4096  # of version 2, with its extensions


class BadProxyHeader(Exception):
    """The octets are no PROXY header."""


class Preface(asyncio.BufferedProtocol):
    """Reads the header on a connection; then reading is paused, and the connection is ready for its use."""

    def __init__(self, transport: asyncio.Transport, on_lost: Callable[[Exception | None], None]) -> None:
        self._transport, self._on_lost = transport, on_lost
        self._header, self._room = b"", bytearray()
        self.source: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        """The client's address, or None; BadProxyHeader when there is no whole and well-formed header."""

    def get_buffer(self, sizehint: int) -> bytearray:
        """Room for what the header still lacks, and not an octet more."""
        self._room = bytearray(octets_wanted(self._header))
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """Take `nbytes` octets of the header."""
        self._header += self._room[:nbytes]
        try:
            if not octets_wanted(self._header):
                self._end(source(self._header))
        except BadProxyHeader as error:
            self._fail(error)

    def eof_received(self) -> bool:
        """The peer has ended within its header."""
        self._fail(BadProxyHeader())
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is no more."""
        self._fail(BadProxyHeader())
        self._on_lost(error)

    def _end(self, address: str | None) -> None:
        self._transport.pause_reading()
        if not self.source.done():
            self.source.set_result(address)

    def _fail(self, error: BadProxyHeader) -> None:
        self._transport.pause_reading()
        if not self.source.done():
            self.source.set_exception(error)
            self.source.exception()  # seen, even if nobody waits any more


def octets_wanted(header: bytes) -> int:
    """How many more octets to read; 0 when the header is whole. Raises BadProxyHeader."""
    if len(header) < len(_SIGNATURE):
        return len(_SIGNATURE) - len(header)
    if header.startswith(_SIGNATURE):
        return _wanted_of_block(header)
    if not header.startswith(b"PROXY "):
        raise BadProxyHeader
    if header.endswith(b"\r\n"):
        return 0
    if len(header) >= _LINE_OCTETS:
        raise BadProxyHeader
    return 1 if header.endswith(b"\r") else 2


def source(header: bytes) -> str | None:
    """The client's address in a whole header; None: the proxy speaks for itself. Raises BadProxyHeader."""
    return _source_of_block(header) if header.startswith(_SIGNATURE) else _source_of_line(header)


def _wanted_of_block(header: bytes) -> int:
    if len(header) < 16:
        return 16 - len(header)
    length = int.from_bytes(header[14:16], "big")
    if length > _BLOCK_OCTETS:
        raise BadProxyHeader
    return 16 + length - len(header)


def _source_of_line(header: bytes) -> str | None:
    words = header[:-2].decode("latin-1").split(" ")
    if words[1] == "UNKNOWN":
        return None
    if len(words) != 6 or words[1] not in ("TCP4", "TCP6"):
        raise BadProxyHeader
    version = int(words[1][-1])
    try:
        addresses = [ip_address(word) for word in words[2:4]]
    except ValueError:
        raise BadProxyHeader from None
    ports_fit = all(
        word.isascii() and word.isdigit() and len(word) <= 5 and int(word) < 65536 for word in words[4:]
    )
    if not ports_fit or any(address.version != version for address in addresses):
        raise BadProxyHeader
    return str(addresses[0])


def _source_of_block(header: bytes) -> str | None:
    version_and_command, family = header[12], header[13]
    if version_and_command == 0x20:  # LOCAL: a health check
        return None
    if version_and_command != 0x21:
        raise BadProxyHeader
    addresses = header[16:]
    if family == 0x11 and len(addresses) >= 12:
        return str(IPv4Address(addresses[:4]))
    if family == 0x21 and len(addresses) >= 36:
        return str(IPv6Address(addresses[:16]))
    if family == 0x00:
        return None
    raise BadProxyHeader
