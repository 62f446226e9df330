"""What a scripted SMTP server does at a step of a session in place of the usual reply."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol


class Step(Enum):
    """The points of a session at which a script can act in place of the usual reply."""

    GREETING = "greeting"
    EHLO = "EHLO"
    HELO = "HELO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "body"  # once the first octets of the mail are there
    DOT = "dot"
    RSET = "RSET"
    NOOP = "NOOP"
    QUIT = "QUIT"


class Peer(Protocol):
    """The connection, as behaviours see it."""

    gone: asyncio.Event  # the other side has left
    transport: asyncio.Transport

    def say(self, octets: bytes) -> None:
        """Write, unless the connection is gone."""

    async def writable(self) -> None:
        """Wait until the other side has read enough."""

    def close(self) -> None:
        """End the session."""


class Behaviour(Protocol):
    """What happens at a step. Returns the bytes said, by whose first digit the sink goes on."""

    async def act(self, peer: Peer, usual: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Say:
    """Says `text` (lines by CRLF, the last CRLF is added) in place of the usual reply."""

    text: str

    async def act(self, peer: Peer, usual: bytes) -> bytes:
        peer.say(said := self.text.encode() + b"\r\n")
        return said


@dataclass(frozen=True, slots=True)
class Raw:
    """Writes `octets` as they are; with `usual_first` after the usual reply, in the same write."""

    octets: bytes
    usual_first: bool = False

    async def act(self, peer: Peer, usual: bytes) -> bytes:
        peer.say(said := (usual if self.usual_first else b"") + self.octets)
        return said


@dataclass(frozen=True, slots=True)
class Close:
    """Closes the connection, after saying `last` if given; `takes`: at the dot, the mail is recorded."""

    last: str = ""
    takes: bool = False
    reset: bool = False  # RST in place of FIN

    async def act(self, peer: Peer, usual: bytes) -> bytes:
        if self.last:
            peer.say(self.last.encode() + b"\r\n")
        if self.reset:
            peer.transport.abort()
        peer.close()
        return b""


@dataclass(frozen=True, slots=True)
class Silence:
    """Never answers; the connection stays until the other side ends it or the sink stops."""

    takes: bool = False
    stop_reading: bool = False

    async def act(self, peer: Peer, usual: bytes) -> bytes:
        if self.stop_reading:
            peer.transport.pause_reading()
        await peer.gone.wait()
        return b""


@dataclass(frozen=True, slots=True)
class Hold:
    """Gives the usual reply once `until` is set; `reached` is set when the step is there."""

    until: asyncio.Event
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def act(self, peer: Peer, usual: bytes) -> bytes:
        self.reached.set()
        await self.until.wait()
        peer.say(usual)
        return usual


@dataclass(frozen=True, slots=True)
class Delay:
    """Gives the usual reply after some seconds."""

    seconds: float

    async def act(self, peer: Peer, usual: bytes) -> bytes:
        await asyncio.sleep(self.seconds)
        peer.say(usual)
        return usual


@dataclass(frozen=True, slots=True)
class Drip:
    """Gives the usual reply one octet at a time."""

    seconds: float
    text: str = ""

    async def act(self, peer: Peer, usual: bytes) -> bytes:
        said = self.text.encode() + b"\r\n" if self.text else usual
        for at in range(len(said)):
            if peer.gone.is_set():
                return b""
            peer.say(said[at : at + 1])
            await asyncio.sleep(self.seconds)
        return said


@dataclass(frozen=True, slots=True)
class Flood:
    """Writes `chunk` for ever, or until the other side leaves."""

    chunk: bytes = b"250-and more\r\n" * 64

    async def act(self, peer: Peer, usual: bytes) -> bytes:
        while not peer.gone.is_set():
            peer.say(self.chunk)
            await peer.writable()
            await asyncio.sleep(0)
        return b""


def takes(behaviour: Behaviour | None) -> bool:
    """Whether the mail is the sink's when `behaviour` acts at the dot."""
    match behaviour:
        case None | Hold() | Delay() | Drip(text=""):
            return True
        case Say(text) | Drip(text=text):
            return text.startswith("2")
        case Raw(octets, usual_first):
            return usual_first or octets.startswith(b"2")
        case Close(takes=taken) | Silence(takes=taken):
            return taken
        case _:
            return False
