"""An open SMTP connection: commands out, replies in, strictly in step (RFC 5321 §4.2, RFC 2920).

Every command says how many replies it will have. A reply that nobody awaits, one that is none, or one
without end ends the connection: whatever came after it could be taken for the answer to something else.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from gatepost.model import RelayReply

MAX_LINE_BYTES = 2_048
"""Of one line of a reply; the RFC's limit is 512 (RFC 5321 §4.5.3.1.5)."""

MAX_REPLY_BYTES = 16_384
"""Of a whole reply."""

MAX_WORDS = 400
"""Characters of a reply's text that are passed on."""

_GOODBYE_SECONDS = 1.0
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


class Broken(Exception):
    """The connection is of no use any more; `reply` is what the relay said last, if that was it."""

    def __init__(self, why: str, reply: RelayReply | None = None) -> None:
        super().__init__(why)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: its code and the texts of its lines."""

    code: int
    texts: tuple[bytes, ...]

    @property
    def kind(self) -> int:
        """The first digit: 2, 3, 4 or 5."""
        return self.code // 100

    def words(self) -> RelayReply:
        """The reply as it may be passed on: printable ASCII, at most MAX_WORDS, enhanced code apart."""
        enhanced, words = "", []
        for text in self.texts:
            word = _UNPRINTABLE.sub("?", text.decode("ascii", "replace")).strip()
            if found := _ENHANCED.match(word):
                enhanced = enhanced or found.group()
                word = word[found.end() :].lstrip()
            words.append(word)
        if not enhanced.startswith(str(self.kind)):
            enhanced = ""
        return RelayReply(self.code, enhanced, " ".join(filter(None, words))[:MAX_WORDS].rstrip())


class ReplyReader:
    """Splits octets into replies."""

    def __init__(self) -> None:
        self._rest = b""
        self._code, self._texts, self._size = 0, list[bytes](), 0

    @property
    def midway(self) -> bool:
        """Whether part of a reply is there."""
        return bool(self._rest or self._texts)

    def feed(self, octets: bytes) -> list[Reply]:
        """The replies that `octets` complete. Raises Broken at what is no reply, or too long for one."""
        *lines, self._rest = (self._rest + octets).split(b"\n")
        replies = [reply for line in lines if (reply := self._line(line.removesuffix(b"\r"))) is not None]
        if len(self._rest) > MAX_LINE_BYTES:
            raise Broken("the relay's reply line has no end")
        return replies

    def _line(self, line: bytes) -> Reply | None:
        code, separator, text = line[:3], line[3:4], line[4:]
        if not (len(code) == 3 and code.isdigit() and b"200" <= code <= b"599" and separator in b" -"):
            raise Broken("the relay's reply is none")
        if self._texts and int(code) != self._code:
            raise Broken("the relay's reply changes its code")
        self._size += len(line)
        if len(line) > MAX_LINE_BYTES or self._size > MAX_REPLY_BYTES:
            raise Broken("the relay's reply is too long")
        self._code = int(code)
        self._texts.append(text)
        if separator == b"-":
            return None
        reply = Reply(self._code, tuple(self._texts))
        self._texts, self._size = [], 0
        return reply


class Line(asyncio.Protocol):
    """One connection to the relay, after EHLO, TLS and login; one user at a time."""

    def __init__(self, transport: asyncio.BaseTransport, offers: Mapping[str, str], key: str = "") -> None:
        self.offers, self.key = offers, key
        self.pipelining = "pipelining" in offers
        self.messages = 0
        self.kept = False  # it served before and came from the pool
        self.in_mail = False  # between MAIL and the end of its transaction
        self.surplus: list[Reply] = []  # what nobody asked for, before the connection was given up
        self._loop = asyncio.get_running_loop()
        self.opened_at = self.idle_since = self._loop.time()
        self._transport = cast(asyncio.Transport, transport)
        self._reader, self._replies, self._awaited = ReplyReader(), deque[Reply](), 0
        self._why, self._paused, self._leaving = "", False, False
        self._waiter: asyncio.Future[None] | None = None
        self._goodbye: asyncio.TimerHandle | None = None
        self.gone = asyncio.Event()
        transport.set_protocol(self)
        if transport.is_closing():
            self._break("the relay closed the connection")

    @property
    def usable(self) -> bool:
        """Whether another mail can start here: in step, nothing owed, not closing."""
        owed = self._awaited or self._replies or self._reader.midway or self.in_mail
        return not (self._why or self._leaving or owed or self._transport.is_closing())

    @property
    def tls_version(self) -> str:
        """The TLS version in use; "" in clear."""
        tls = self._transport.get_extra_info("ssl_object")
        return str(tls.version()) if tls is not None else ""

    # --- the user's side

    def send(self, octets: bytes | memoryview, replies: int) -> None:
        """Write `octets`, for which the relay will owe `replies`. Raises Broken: nothing was written."""
        if self._why or self._transport.is_closing():
            raise Broken(self._why or "the connection is closed")
        if not self._awaited and (self._replies or self._reader.midway):
            self._break("the relay replied before it was asked")
            raise Broken(self._why)
        self._awaited += replies
        self._transport.write(octets)

    async def reply(self, seconds: float) -> Reply:
        """The next reply, whole within `seconds`. Raises Broken; the connection is closed then."""
        if not self._replies:
            await self._wait(seconds, lambda: bool(self._replies))
        return self._replies.popleft()

    async def drain(self, seconds: float) -> None:
        """Wait until the relay has taken most of what was written. Raises Broken."""
        if self._paused:
            await self._wait(seconds, lambda: not self._paused)
        elif self._why:
            raise Broken(self._why)

    def abort(self) -> None:
        """Drop the connection without a word."""
        self._break("the connection was dropped")

    def leave(self) -> None:
        """Say QUIT and go, without waiting; `gone` is set within a second."""
        if not self.usable:
            return self.abort()
        self._leaving = True
        self._transport.write(b"QUIT\r\n")
        self._goodbye = self._loop.call_later(_GOODBYE_SECONDS, self._transport.abort)

    async def _wait(self, seconds: float, done: Callable[[], bool]) -> None:
        late = self._loop.call_later(seconds, self._break, f"the relay took longer than {seconds:g} s")
        try:
            while not done():
                if self._why:
                    raise Broken(self._why)
                self._waiter = self._loop.create_future()
                await self._waiter
        finally:
            late.cancel()
            self._waiter = None

    # --- asyncio's side

    def data_received(self, data: bytes) -> None:
        """Take in replies; anything out of step ends the connection."""
        if self._leaving:  # the answer to QUIT; not from within: asyncio's TLS reads on in here
            self._loop.call_soon(self._transport.close)
        if self._leaving or self._why:
            return
        try:
            replies = self._reader.feed(data)
        except Broken as broken:
            self._break(str(broken))
            return
        owed, surplus = replies[: self._awaited], replies[self._awaited :]
        self._awaited -= len(owed)
        self._replies.extend(owed)
        if surplus:
            self.surplus = surplus
            self._break(f"the relay said {surplus[0].code} unasked")
        self._wake()

    def eof_received(self) -> bool:
        """The relay closes: so do we."""
        self._break("the relay closed the connection")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        self._break(f"the connection was lost: {exc}" if exc else "the relay closed the connection")
        if self._goodbye is not None:
            self._goodbye.cancel()
        self.gone.set()

    def pause_writing(self) -> None:
        """The relay takes nothing for now."""
        self._paused = True

    def resume_writing(self) -> None:
        """The relay takes more."""
        self._paused = False
        self._wake()

    def _break(self, why: str) -> None:
        self._why = self._why or why
        self._transport.abort()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
