"""What a hostile client can throw at a gateway, one coroutine an attack, and how much memory that costs it.

Each attack says what it read last: the reply that its bound is answered with. The clients are plain sockets;
what they send is made while it is sent, so that the attack itself stays small.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import random
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kit import bombs
from kit.messages import BUYER
from kit.smtp_client import Client, connected

MEBIBYTE = 1 << 20
TRUSTED, STRANGER = "127.0.0.1", "127.0.0.2"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to attack: the plain listener, and the one with STARTTLS where strangers may log in."""

    plain: int
    tls: int


Attack = Callable[[Target], Awaitable[str]]


class Memory:
    """How much memory a process and its children take, by the kernel's count."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def peak_bytes(self) -> int:
        """The most that each had resident since `forget`, in all."""
        return sum(_status(pid, "VmHWM") for pid in self._all())

    def forget(self) -> int:
        """Start the count anew; what is resident now."""
        for pid in self._all():
            with contextlib.suppress(PermissionError):  # root alone may; else the peak is since the start
                Path(f"/proc/{pid}/clear_refs").write_text("5")
        return sum(_status(pid, "VmRSS") for pid in self._all())

    def _all(self) -> list[int]:
        children = Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text().split()
        return [self._pid, *(int(child) for child in children)]


def _status(pid: int, name: str) -> int:
    with contextlib.suppress(OSError):
        found = re.search(rf"^{name}:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.M)
        return int(found[1]) * 1024 if found else 0
    return 0


async def last_word(client: Client) -> str:
    """The last whole reply before the end of the connection."""
    heard = ""
    with contextlib.suppress(EOFError, ConnectionError, TimeoutError):
        while True:
            heard = (await client.hear()).text
    return heard


async def pour(client: Client, pieces: Iterable[bytes]) -> None:
    """Send until all is sent or the other side has had enough."""
    with contextlib.suppress(ConnectionError, TimeoutError):
        for piece in pieces:
            await client.pour(piece)


async def opened(client: Client, to: str = BUYER) -> None:
    """Say all that comes before a mail."""
    await client.hear()
    await client.tell("EHLO desk.example", "MAIL FROM:<help@shop.example>", f"RCPT TO:<{to}>", "DATA")


def data(pieces: Callable[[], Iterator[bytes]], *, to: str = BUYER) -> Attack:
    """An attack by what DATA holds; the final dot is the attack's own to send."""

    async def attack(target: Target) -> str:
        async with connected(target.plain) as client:
            await opened(client, to)
            await pour(client, pieces())
            return await _reply(client)

    return attack


async def _reply(client: Client) -> str:
    try:
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(TimeoutError):
                    return (await client.hear()).text
    except (EOFError, ConnectionError):
        return "closed"


def commands(pieces: Callable[[], Iterator[bytes]], *, source: str = TRUSTED) -> Attack:
    """An attack by what stands where commands do."""

    async def attack(target: Target) -> str:
        async with connected(target.plain, source=source) as client:
            reading = asyncio.ensure_future(last_word(client))
            await pour(client, pieces())
            return await reading

    return attack


# --- what DATA holds -----------------------------------------------------------------------------


def endless_line() -> Iterator[bytes]:
    """256 MiB without a line end."""
    for _ in range(256):
        yield b"x" * MEBIBYTE


def endless_mail() -> Iterator[bytes]:
    """128 MiB of lines."""
    for _ in range(128):
        yield (b"x" * 62 + b"\r\n") * 16_384


def short_lines() -> Iterator[bytes]:
    """As many empty lines as fit: twelve million."""
    yield b"Subject: Order 112-1234567-1234567\r\n\r\n"
    for _ in range(24):
        yield b"\r\n" * (MEBIBYTE // 2)
    yield b"\r\n.\r\n"


def stuffed_dots() -> Iterator[bytes]:
    """Six million lines of one stuffed dot."""
    yield b"\r\n"
    for _ in range(24):
        yield b"..\r\n" * (MEBIBYTE // 4)
    yield b".\r\n"


def line_feeds() -> Iterator[bytes]:
    """Bare line feeds, each of which would be mended to two octets."""
    for _ in range(24):
        yield b"\n" * MEBIBYTE
    yield b"\r\n.\r\n"


def with_nul() -> Iterator[bytes]:
    """A NUL in a mail."""
    yield b"Subject: x\r\n\r\na\0b\r\n.\r\n"


def with_bare_cr() -> Iterator[bytes]:
    """A bare CR in a mail."""
    yield b"Subject: x\r\n\r\na\r.\rb\r\n.\r\n"


# --- where commands stand ------------------------------------------------------------------------


def endless_command() -> Iterator[bytes]:
    """64 MiB of one command line."""
    for _ in range(64):
        yield b"NOOP " + b"x" * MEBIBYTE


def garbage() -> Iterator[bytes]:
    """Pipelined noise with line ends in it."""
    chance = random.Random(7)
    for _ in range(50):
        yield chance.randbytes(20_000).replace(b"QUIT", b"") + b"\r\n" * 40


def noops() -> Iterator[bytes]:
    """A million small commands."""
    for _ in range(100):
        yield b"NOOP\r\n" * 10_000


def many_recipients() -> Iterator[bytes]:
    """Ten thousand RCPT."""
    yield b"EHLO a\r\nMAIL FROM:<a@shop.example>\r\n"
    for start in range(0, 10_000, 500):
        yield b"".join(b"RCPT TO:<r%d@example.org>\r\n" % number for number in range(start, start + 500))


def bare_line_feeds() -> Iterator[bytes]:
    """A session whose commands end with bare line feeds."""
    yield b"EHLO a\nMAIL FROM:<a@shop.example>\nRCPT TO:<b@example.org>\nDATA\nx\n.\n" * 30 + b"\r\n" * 30


def forged_line() -> Iterator[bytes]:
    """A PROXY header, version 1, of a stranger that says it is the trusted client."""
    yield b"PROXY TCP4 127.0.0.1 127.0.0.1 4000 25\r\nEHLO a\r\nMAIL FROM:<a@shop.example>\r\nQUIT\r\n"


def forged_block() -> Iterator[bytes]:
    """The same in version 2."""
    block = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c" + bytes((127, 0, 0, 1, 127, 0, 0, 1, 16, 0, 0, 25))
    yield block + b"\r\nEHLO a\r\nMAIL FROM:<a@shop.example>\r\nQUIT\r\n"


async def guesses(target: Target) -> str:
    """Passwords guessed by a stranger, on connection after connection."""
    heard = ""
    for number in range(8):
        async with connected(target.tls, source=STRANGER) as client:
            await client.hear()
            await client.ask("EHLO a")
            for attempt in range(3):
                token = base64.b64encode(f"\0admin\0guess{number}-{attempt}".encode()).decode()
                heard = (await client.ask(f"AUTH PLAIN {token}")).text
    return heard


async def injected(target: Target) -> str:
    """Commands behind STARTTLS in the same segment, then no handshake but noise."""
    async with connected(target.tls, source=STRANGER) as client:
        await client.hear()
        await client.ask("EHLO a")
        client.send(b"STARTTLS\r\nMAIL FROM:<a@shop.example>\r\nRCPT TO:<b@example.org>\r\n")
        heard = (await client.hear()).text
        await pour(client, [b"\x16\x03\x01 noise" * 1_000])
        return heard if await client.is_closed() else "still open"


# --- many at once --------------------------------------------------------------------------------


async def flood_of_connections(target: Target) -> str:
    """A thousand connections that say nothing."""
    heard = ""
    async with contextlib.AsyncExitStack() as stack:
        for number in range(1_000):
            source = f"127.0.1.{number % 250 + 1}"
            client = await stack.enter_async_context(connected(target.plain, source=source))
            heard = (await client.hear()).text
    return heard


async def flood_from_one(target: Target) -> str:
    """More connections of one address than it may have."""
    heard = ""
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(60):
            client = await stack.enter_async_context(connected(target.plain))
            heard = (await client.hear()).text
    return heard


async def who_never_read(target: Target) -> str:
    """Forty clients that ask for a lot and read none of it."""
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(40):
            client = await stack.enter_async_context(connected(target.plain))
            client.stop_reading()
            with contextlib.suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(0.2):
                    await client.pour(b"EHLO a\r\n" * 20_000)
    return ""


async def who_say_little(target: Target) -> str:
    """Forty clients that begin a mail and stop in the middle of it."""

    async def one() -> str:
        async with connected(target.plain) as client:
            await opened(client)
            client.send(b"Subject: x\r\n\r\nit goes")
            return await last_word(client)

    return (await asyncio.gather(*(one() for _ in range(40))))[0]


async def big_mails_at_once(target: Target) -> str:
    """Thirty mails of 20 MiB each, all begun before any is ended."""
    ready = asyncio.Barrier(30)

    async def one() -> str:
        async with connected(target.plain) as client:
            await opened(client, "friend@example.org")
            for _ in range(20):
                await pour(client, [(b"x" * 62 + b"\r\n") * 16_384])
            await ready.wait()
            await pour(client, [b".\r\n"])
            return await _reply(client)

    heard = await asyncio.gather(*(one() for _ in range(30)))
    return min(heard, key=lambda text: text[:3] == "250")


def bomb(make: Callable[[], bytes]) -> Attack:
    """A mail to a buyer that is small on the wire and large for whoever opens it."""

    async def attack(target: Target) -> str:
        async with connected(target.plain) as client:
            await opened(client)
            await pour(client, [re.sub(rb"(?m)^\.", b"..", make()), b"\r\n.\r\n"])
            return await _reply(client)

    return attack


# --- all of them ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """An attack, the reply that ends it (as a pattern), and the event that tells of it."""

    name: str
    attack: Attack
    reply: str
    event: str


def _refused_mails() -> Iterator[Case]:
    yield Case("endless line", data(endless_line), "552 5.3.4|closed", "session.ended")
    yield Case("endless mail", data(endless_mail), "552 5.3.4|closed", "session.ended")
    yield Case("line feeds", data(line_feeds), "552 5.3.4", "data.refused")
    yield Case("NUL", data(with_nul), "550 5.6.0", "data.refused")
    yield Case("bare CR", data(with_bare_cr), "550 5.6.11", "data.refused")
    yield Case("twelve million lines", data(short_lines), "(250|550)", "message.done")
    yield Case("six million dots", data(stuffed_dots), "(250|550)", "message.done")


def _sessions() -> Iterator[Case]:
    yield Case("endless command", commands(endless_command), "220|500", "session.ended")
    yield Case("garbage", commands(garbage), "421 4.7.0 Too many errors", "command.refused")
    yield Case("a million NOOP", commands(noops), "421 4.7.0", "session.ended")
    yield Case("ten thousand RCPT", commands(many_recipients), "421 4.7.0", "session.ended")
    yield Case("bare line feeds", commands(bare_line_feeds), "421 4.7.0", "command.refused")
    for name, forged in (("1", forged_line), ("2", forged_block)):
        yield Case(f"forged PROXY {name}", commands(forged, source=STRANGER), "221", "command.refused")
    yield Case("guessed passwords", guesses, "454 4.7.0 Too many failed logins", "login.refused")
    yield Case("commands behind STARTTLS", injected, "220 2.0.0", "session.ended")
    yield Case("sixty from one", flood_from_one, "421 4.7.0 Too many connections from", "connection.refused")
    yield Case("a thousand connections", flood_of_connections, "421 4.7.0", "connection.refused")
    yield Case("who never read", who_never_read, "", "session.ended")
    yield Case("who say little", who_say_little, "421 4.4.2", "session.ended")
    yield Case("600 MiB of mail at once", big_mails_at_once, "451 4.3.2", "data.refused")


def _bombs() -> Iterator[Case]:
    for deep in (bombs.nested, bombs.many_parts):
        yield Case(deep.__name__, bomb(deep), "554 5.6.0", "message.overnested")
    for files in (bombs.zip_bomb, bombs.gzip_bomb, bombs.svg_bomb):
        yield Case(files.__name__, bomb(files), "550.5.7.1", "message.done")
    for odd in (bombs.image_bomb, bombs.many_headers, bombs.long_header, bombs.encoded_words):
        yield Case(odd.__name__, bomb(odd), "250 2.0.0 Held|550", "message.done")
    for odd in (bombs.empty_base64, bombs.deep_html, bombs.big_html, bombs.rfc2231):
        yield Case(odd.__name__, bomb(odd), "250 2.0.0 Held|550", "message.done")
    for label in bombs.CHARSETS:
        yield Case(label, bomb(bombs.charset(label)), "250 2.0.0 Held|550", "message.done")


CASES = (*_refused_mails(), *_sessions(), *_bombs())
