"""A whole SMTP session without a socket: segments in as they are cut, replies and mails out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gatepost.config.schema import Smtp
from gatepost.model import Answer, AnswerKind, Message
from gatepost.smtp.limits import Connections, InFlight
from gatepost.smtp.login import Guard
from gatepost.smtp.protocol import Protocol
from gatepost.smtp.terms import Entrance, Terms
from gatepost.tasks import Tasks
from kit.intake import smtp_config
from kit.ports import Counter, StillClock

SECONDS = 10
_STRANGER = "203.0.113.9"


class Recorder(asyncio.Transport):
    """The server's end of a connection: keeps what is written."""

    def __init__(self, peer: str) -> None:
        super().__init__({"peername": (peer, 40_000)})
        self.written, self.ended = bytearray(), asyncio.Event()
        self._reads, self._closing = True, False

    def write(self, data: Any) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def write_eof(self) -> None:
        """The last word is said: the other side goes."""
        self.ended.set()

    def pause_reading(self) -> None:
        self._reads = False

    def resume_reading(self) -> None:
        self._reads = True

    def is_reading(self) -> bool:
        return self._reads

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """There is only one."""

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True

    def abort(self) -> None:
        self._closing = True


@dataclass(frozen=True, slots=True)
class Session:
    """What came of one: the mails that were taken, and everything that was said."""

    messages: list[Message] = field(repr=False)
    said: bytes

    @property
    def codes(self) -> list[int]:
        """The code of each whole reply."""
        return [int(line[:3]) for line in self.said.split(b"\r\n")[:-1] if line[3:4] != b"-"]


async def converse(
    segments: Sequence[bytes], *, config: Smtp | None = None, trusted: bool = True, ends: bool = True
) -> Session:
    """Say `segments`, one turn of the loop apart, to a session of its own; `ends` with the end of input."""
    messages: list[Message] = []
    failures: list[BaseException] = []

    async def handle(message: Message) -> Answer:
        messages.append(message)
        return Answer(AnswerKind.HELD, message.id)

    async def nobody(username: str, password: str) -> bool:
        return False

    config = config or _CONFIG
    tasks = Tasks(lambda _, error: failures.append(error))
    sessions = Tasks(lambda _, error: failures.append(error))
    terms = Terms(
        smtp=config,
        hostname="gate.example",
        handle=handle,
        guard=Guard(nobody, config.auth, seconds=SECONDS),
        ready=lambda: None,
        clock=StillClock(),
        new_id=Counter(),
        tasks=tasks,
        sessions=sessions,
        connections=Connections(config.limits),
        in_flight=InFlight(config.limits.in_flight_bytes),
        keep_credentials=False,
    )
    transport = Recorder("127.0.0.1" if trusted else _STRANGER)
    protocol = Protocol(
        terms, Entrance(config.listeners[0]), on_open=lambda _: None, on_closed=lambda _: None
    )
    protocol.connection_made(transport)
    for segment in segments:
        await asyncio.sleep(0)
        if transport.ended.is_set():
            break
        protocol.data_received(segment)
    if ends:
        protocol.eof_received()
    async with asyncio.timeout(SECONDS):
        while len(sessions) and not (transport.is_closing() or transport.ended.is_set()):
            await asyncio.sleep(0)
    protocol.connection_lost(None)
    await sessions.drain(SECONDS)
    await tasks.drain(SECONDS)
    if failures:
        raise failures[0]
    return Session(messages, bytes(transport.written))


_CONFIG = smtp_config(limits={"message_bytes": 20_000, "line_bytes": 2_000})
