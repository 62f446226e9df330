"""A scripted SMTP server on loopback that records what it takes, and misbehaves as told, step by step.

    async with Sink() as sink:                      # takes everything; sink.port, sink.received
        sink.script[Step.DOT] = Say("451 4.3.0 not now")
        sink.script[Step.MAIL] = [Close(), Say("452 4.3.1 full")]    # in turn, then as usual again

`received` is appended to, and `on_received` called, before the 2xx to the dot is written.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Self, cast

from gatepost.tasks import Tasks
from kit.loopback import free_port
from kit.smtp_script import Behaviour, Close, Delay, Drip, Flood, Hold, Raw, Say, Silence, Step, takes

__all__ = [
    "EXTENSIONS",
    "Behaviour",
    "Close",
    "Delay",
    "Drip",
    "Flood",
    "Hold",
    "Raw",
    "Received",
    "Say",
    "Silence",
    "Sink",
    "Step",
]

EXTENSIONS = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 52428800", "DSN", "ENHANCEDSTATUSCODES")


@dataclass(frozen=True, slots=True)
class Received:
    """One mail that the sink took: the envelope as it came and the bytes without dot-stuffing."""

    mail_from: str
    mail_parameters: tuple[str, ...]
    rcpt_tos: tuple[str, ...]
    rcpt_parameters: tuple[tuple[str, ...], ...]
    raw: bytes = field(repr=False)
    tls: bool
    login: str
    helo: str
    connection: int  # 1 for the first that came


class Talk(asyncio.Protocol):
    """One connection to the sink."""

    def __init__(self, sink: Sink, number: int) -> None:
        self.sink, self.number = sink, number
        self.transport = cast(asyncio.Transport, None)
        self.gone, self._can_write, self._arrived = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._can_write.set()
        self._buffer = bytearray()
        self.tls, self.login, self.helo = False, "", ""
        self._ended = False
        self._body, self._usual = b"", b""
        self._forget()

    def _forget(self) -> None:
        self._from: tuple[str, tuple[str, ...]] | None = None
        self._to: list[tuple[str, tuple[str, ...]]] = []

    # --- asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.tls = transport.get_extra_info("sslcontext") is not None
        self.sink.open.add(self)
        self.sink.tasks.start(self._serve(), f"sink-{self.number}")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self.sink.octets += data if self.sink.keep_octets else b""
        self._arrived.set()

    def eof_received(self) -> bool:
        self._leave()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        self.sink.open.discard(self)

    def pause_writing(self) -> None:
        self._can_write.clear()

    def resume_writing(self) -> None:
        self._can_write.set()

    def _leave(self) -> None:
        self.gone.set()
        self._arrived.set()
        self._can_write.set()

    # --- what behaviours use

    def say(self, octets: bytes) -> None:
        """Write now, unless the connection is gone."""
        octets, self._usual = self._usual + octets, b""
        if octets and not self.transport.is_closing():
            self.transport.write(octets)

    async def writable(self) -> None:
        """Wait until the other side has read enough."""
        await self._can_write.wait()

    def close(self) -> None:
        """End the session."""
        self.say(b"")
        self._ended = True
        self.transport.close()

    def _take(self) -> None:
        mail_from, mail_parameters = self._from or ("", ())
        received = Received(
            mail_from=mail_from,
            mail_parameters=mail_parameters,
            rcpt_tos=tuple(address for address, _ in self._to),
            rcpt_parameters=tuple(parameters for _, parameters in self._to),
            raw=self._body,
            tls=self.tls,
            login=self.login,
            helo=self.helo,
            connection=self.number,
        )
        if self.sink.keep_mail:
            self.sink.received.append(received)
        self.sink.count += 1
        if self.sink.on_received is not None:
            self.sink.on_received(received)

    # --- the session

    async def _serve(self) -> None:
        with contextlib.suppress(EOFError):
            if (await self._answer(Step.GREETING, b"220 sink.test ESMTP\r\n"))[:1] != b"2":
                self.close()
            while not self._ended:
                await self._command(await self._line())
        self.transport.close()

    async def _more(self) -> None:
        if self.gone.is_set():
            raise EOFError
        self.say(b"")
        self._arrived.clear()
        await self._arrived.wait()

    async def _line(self) -> str:
        while (end := self._buffer.find(b"\r\n")) < 0:
            await self._more()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        self.sink.commands.append(line)
        return line.decode("utf-8", "surrogateescape")

    async def _answer(self, step: Step, usual: bytes, behaviour: Behaviour | None = None) -> bytes:
        behaviour = behaviour or self.sink.behaviour(step)
        if behaviour is not None:
            self.say(b"")
            return await behaviour.act(self, usual)
        self._usual += usual  # written once no command waits: one write for pipelined ones
        return usual

    async def _command(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        steps: dict[str, Callable[[str], Awaitable[None]]] = {"AUTH": self._auth}
        steps |= {step.value: partial(self._simple, step) for step in (Step.RSET, Step.NOOP, Step.QUIT)}
        steps |= {step.value: partial(self._hello, step) for step in (Step.EHLO, Step.HELO)}
        if self.sink.tls is not None and not self.tls:
            steps["STARTTLS"] = self._start_tls
        if self._from is None:
            steps["MAIL"] = self._mail
        else:
            steps["RCPT"] = self._rcpt
        if self._to or self.sink.lenient:
            steps["DATA"] = self._data
        await steps.get(verb, self._unfit)(rest)

    async def _unfit(self, _: str) -> None:
        self.say(b"503 5.5.1 Bad command or sequence\r\n")

    async def _simple(self, step: Step, _: str) -> None:
        if step is Step.RSET:
            self._forget()
        await self._answer(step, b"221 2.0.0 Bye\r\n" if step is Step.QUIT else b"250 2.0.0 Ok\r\n")
        if step is Step.QUIT:
            self.close()

    async def _hello(self, step: Step, name: str) -> None:
        self._forget()
        self.helo = name
        lines = ["sink.test", *self.sink.offered(self.tls)] if step is Step.EHLO else ["sink.test"]
        texts = [*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"]
        await self._answer(step, "".join(f"{text}\r\n" for text in texts).encode())

    async def _start_tls(self, _: str) -> None:
        if (await self._answer(Step.STARTTLS, b"220 2.0.0 Go\r\n"))[:3] != b"220":
            return
        self.say(b"")
        self._buffer.clear()
        loop = asyncio.get_running_loop()
        try:
            transport = await loop.start_tls(self.transport, self, self._context(), server_side=True)
        except OSError:
            self.sink.failed_handshakes += 1
            raise EOFError from None
        if transport is None:  # the other side left during the handshake
            raise EOFError
        self.transport = transport
        self.tls, self.helo, self.login = True, "", ""
        self._forget()

    def _context(self) -> ssl.SSLContext:
        assert self.sink.tls is not None
        return self.sink.tls

    async def _auth(self, rest: str) -> None:
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            if not initial:
                self.say(b"334 \r\n")
                initial = await self._line()
            words = base64.b64decode(initial).decode().split("\0")[1:]
        else:
            words = [base64.b64decode(initial).decode()] if initial else []
            for prompt in (b"VXNlcm5hbWU6", b"UGFzc3dvcmQ6")[len(words) :]:
                self.say(b"334 " + prompt + b"\r\n")
                words.append(base64.b64decode(await self._line()).decode())
        right = self.sink.login is not None and tuple(words) == self.sink.login
        usual = b"235 2.7.0 Welcome\r\n" if right else b"535 5.7.8 No\r\n"
        if (await self._answer(Step.AUTH, usual))[:1] == b"2":
            self.login = words[0]

    async def _mail(self, rest: str) -> None:
        usual = b"250 2.1.0 Ok\r\n"
        if self.sink.login is not None and not self.login:
            usual = b"530 5.7.0 Authentication required\r\n"
        if (await self._answer(Step.MAIL, usual))[:1] == b"2":
            self._from = _path(rest)

    async def _rcpt(self, rest: str) -> None:
        address, parameters = _path(rest)
        refusal = self.sink.refused.get(address)
        if (await self._answer(Step.RCPT, b"250 2.1.5 Ok\r\n", Say(refusal) if refusal else None))[
            :1
        ] == b"2":
            self._to.append((address, parameters))

    async def _data(self, _: str) -> None:
        if (await self._answer(Step.DATA, b"354 Go ahead\r\n"))[:1] != b"3":
            return
        while not self._buffer:
            await self._more()
        if (behaviour := self.sink.behaviour(Step.BODY)) is not None:
            await behaviour.act(self, b"")
        if self._ended:
            return
        self._body = await self._until_dot()
        behaviour = self.sink.behaviour(Step.DOT)
        if takes(behaviour):
            self._take()
        usual = b"250 2.0.0 Taken\r\n"
        if behaviour is None:
            self.say(usual)
        else:
            await behaviour.act(self, usual)
        self._forget()

    async def _until_dot(self) -> bytes:
        seen = 0
        while True:
            if self._buffer.startswith(b".\r\n"):
                end = 0
                break
            if (found := self._buffer.find(b"\r\n.\r\n", max(0, seen - 4))) >= 0:
                end = found + 2
                break
            seen = len(self._buffer)
            await self._more()
        body = bytes(self._buffer[:end])
        del self._buffer[: end + 3]
        if self.sink.keep_octets:
            self.sink.stuffed.append(body)
        return body.removeprefix(b".").replace(b"\r\n.", b"\r\n")


def _path(rest: str) -> tuple[str, tuple[str, ...]]:
    path, _, parameters = rest.partition(":")[2].strip().partition(">")
    return path.removeprefix("<"), tuple(parameters.split())


class Sink:
    """The server. Everything may be changed while it runs; `script` acts from the next step on."""

    def __init__(
        self,
        *,
        extensions: tuple[str, ...] = EXTENSIONS,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        login: tuple[str, str] | None = None,
    ) -> None:
        self.extensions, self.tls, self.implicit, self.login = extensions, tls, implicit, login
        self.extensions_in_tls: tuple[str, ...] | None = None  # None: the same as in clear
        self.script: dict[Step, Behaviour | list[Behaviour]] = {}
        self.refused: dict[str, str] = {}  # recipient -> "550 5.1.1 Unknown"
        self.on_received: Callable[[Received], None] | None = None
        self.received: list[Received] = []
        self.commands: list[bytes] = []  # every line outside mail, in the order of arrival
        self.logins = "AUTH PLAIN LOGIN"  # the keyword, where `login` is set
        self.lenient = False  # DATA is not refused for want of recipients
        self.keep_mail, self.keep_octets = True, False
        self.octets = bytearray()  # all that came, decrypted, when keep_octets is on
        self.stuffed: list[bytes] = []  # mails as they came over the wire, when keep_octets is on
        self.count = self.connections = self.failed_handshakes = self.port = 0
        self.open: set[Talk] = set()
        self.failures: list[BaseException] = []
        self.tasks = Tasks(lambda _, error: self.failures.append(error))
        self._server: asyncio.Server | None = None

    def behaviour(self, step: Step) -> Behaviour | None:
        """What the script wants at `step` now."""
        planned = self.script.get(step)
        if isinstance(planned, list):
            return planned.pop(0) if planned else None
        return planned

    def offered(self, tls: bool) -> tuple[str, ...]:
        """The EHLO keywords."""
        words = self.extensions
        if tls and self.extensions_in_tls is not None:
            words = self.extensions_in_tls
        if self.tls is not None and not tls and not self.implicit:
            words = (*words, "STARTTLS")
        return (*words, self.logins) if self.login is not None else words

    async def start(self) -> None:
        """Listen: on any free port the first time, on the same one after `stop`."""
        self.port = self.port or free_port()

        def talk() -> Talk:
            self.connections += 1
            return Talk(self, self.connections)

        loop = asyncio.get_running_loop()
        context = self.tls if self.implicit else None
        self._server = await loop.create_server(talk, "127.0.0.1", self.port, ssl=context, backlog=512)

    def drop(self) -> None:
        """End all connections as a restarted server would, without a word."""
        for talk in list(self.open):
            talk.transport.abort()

    async def stop(self) -> None:
        """Stop listening and end all connections."""
        if self._server is not None:
            self._server.close()
            self.drop()
            await self._server.wait_closed()
            self._server = None
        await self.tasks.drain(0.5)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        if self.failures:
            raise self.failures[0]
