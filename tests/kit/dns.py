"""A DNS server on loopback that answers TXT questions with what the test says, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from kit.arrivals import RECORD


class NameServer(asyncio.DatagramProtocol):
    """Gives `record` for names that end in one of `zones`; says nothing at all while `silent`."""

    def __init__(self, zones: tuple[str, ...], record: bytes) -> None:
        self.zones, self.record = zones, record
        self.silent = self.broken = False
        self.asked: list[str] = []
        self.address = ""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        host, port = transport.get_extra_info("sockname")
        self.address = f"{host}:{port}"

    def datagram_received(self, data: bytes, addr: Any) -> None:
        question = dns.message.from_wire(data)
        name = question.question[0].name.to_text()
        self.asked.append(name)
        if self.silent:
            return
        answer = dns.message.make_response(question)
        if self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name.rstrip(".").endswith(self.zones):
            pieces = [self.record[at : at + 200] for at in range(0, len(self.record), 200)]
            text = " ".join(f'"{piece.decode()}"' for piece in pieces)
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", text))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def name_server(*zones: str, record: bytes = RECORD) -> AsyncIterator[NameServer]:
    """A name server for these zones on a free port."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: NameServer(zones, record), local_addr=("127.0.0.1", 0)
    )
    try:
        yield server
    finally:
        transport.close()
