"""Octets in, octets out: one connection with bounded buffers and a deadline on every wait.

The base class reads line by line through a StreamReader, keeps one timer for a whole command and cancels
the running command when the client closes its half. Here input is a plain buffer: a pipelined batch of
commands is worked off without going back to the event loop, and its replies leave in one write.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import cast

from aiosmtpd.smtp import SMTP

from gatepost.smtp import replies
from gatepost.smtp.replies import Refusal, Reply
from gatepost.smtp.terms import Terms

COMMAND_OCTETS = 12_288  # the longest line of all: AUTH's (RFC 4954 §4.3)
_HIGH_WATER = 65_536
_REPLIES_AT_ONCE = 200
_SKIPPED_OCTETS = 1_048_576
_LINGER_SECONDS = 2.0


class Gone(Exception):
    """The client has left, or is not worth another word: then `why` says what it did."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


class Late(Exception):
    """The client let a deadline pass."""


class Wire(SMTP):
    """The transport's side of a connection. The session's side awaits `more` and `flush`."""

    def __init__(self, terms: Terms) -> None:
        # The base's constructor is left out on purpose: it inspects every member for each connection and
        # clears a table that all connections share.
        self.terms = terms
        self.loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport | None = None
        self._input, self._output = bytearray(), list[bytes]()
        self._skipped = 0  # octets of an endless command line, thrown away
        self._waiter: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._lost = self.loop.create_future()
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = float("inf")
        self._is_late = self._has_ended = self._is_deaf = self.is_secure = False

    # --- called by the transport -----------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Take what the client sent; past the high-water mark it has to wait."""
        if self._is_deaf:
            return
        self._input += data
        if len(self._input) >= _HIGH_WATER:
            self._wire.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        """The client sends nothing more; in clear, and unless all is said, it can still be answered."""
        self._has_ended = True
        self._wake()
        return not (self.is_secure or self._is_deaf)

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is no more."""
        self._has_ended = True
        if not self._lost.done():
            self._lost.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
        self.resume_writing()
        self._wake()

    def pause_writing(self) -> None:
        """The client reads too slowly."""
        if self._writable is None:
            self._writable = self.loop.create_future()

    def resume_writing(self) -> None:
        """The client has caught up."""
        waiting, self._writable = self._writable, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    # --- called by the session -------------------------------------------------------------------

    @property
    def is_lost(self) -> bool:
        """Whether nothing can be said any more."""
        return self._lost.done()

    @property
    def _wire(self) -> asyncio.Transport:
        if self.transport is None:
            raise Gone
        return self.transport

    def take_line(self) -> bytes | None:
        """The next command line without its CRLF; None when more input is needed. Raises Refusal.

        A line that ends with a bare LF keeps it, so that whoever reads it can tell.
        """
        end = self._input.find(b"\r\n")
        after = end + 2
        if end < 0:
            end = after = self._input.find(b"\n") + 1
        if not after:
            self._skip_endless_line()
            return None
        line = bytes(self._input[:end])
        del self._input[:after]
        if self._skipped or len(line) > COMMAND_OCTETS - 2:
            self._skipped = 0
            raise Refusal(replies.COMMAND_TOO_LONG)
        return line

    def take_all(self) -> bytes:
        """All input there is."""
        octets = bytes(self._input)
        self._input.clear()
        return octets

    def put_back(self, octets: bytes) -> None:
        """Return what was read too far, ahead of anything that has come since."""
        self._input[:0] = octets

    async def more(self, seconds: float) -> None:
        """Wait until something happens: input, or a call of `_wake`. Raises Late, or Gone at the end."""
        if self._has_ended:
            raise Gone
        transport = self._wire
        if not transport.is_reading():
            transport.resume_reading()
        self._arm(seconds)
        self._waiter = self.loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter, self._deadline = None, float("inf")
        if self._is_late:
            self._is_late = False
            raise Late

    def say(self, reply: Reply) -> None:
        """Queue a reply; `flush` sends it."""
        self._output.append(reply.raw)

    def say_at_once(self, reply: Reply) -> None:
        """Send a reply without waiting for anything, unless the last word was said."""
        if not (self._is_deaf or self.is_lost):
            self._wire.write(reply.raw)

    async def flush(self) -> None:
        """Send what was said, in one write. Raises Gone when the client has left or reads too slowly."""
        if self.is_lost:  # for uvloop a write to a connection that is no more is a programming error
            raise Gone
        if self._output:
            octets = b"".join(self._output)
            self._output.clear()
            self._wire.write(octets)
        if self._writable is not None:
            try:
                async with asyncio.timeout(self.terms.smtp.times.write_seconds):
                    await self._writable
            except TimeoutError:
                self._wire.abort()
                raise Gone("it does not read its replies") from None
        if self.is_lost:
            raise Gone

    async def flush_some(self) -> None:
        """Send what was said when a pipelining client has let a lot of it gather."""
        if len(self._output) >= _REPLIES_AT_ONCE:
            await self.flush()
            await asyncio.sleep(0)  # others want their turn, too

    async def secure(self, context: ssl.SSLContext, *, from_the_start: bool = False) -> int:
        """Begin TLS. What the client sent before in clear is thrown away (RFC 3207 §4.2). Raises Gone.

        Returns how many octets those were; on a connection that is TLS `from_the_start` there are none.
        """
        clear = self._wire
        clear.pause_reading()  # until TLS reads
        early = self.take_all()
        if self._has_ended:
            raise Gone
        handshake = self.loop.start_tls(
            clear,
            self,
            context,
            server_side=True,
            ssl_handshake_timeout=self.terms.smtp.times.write_seconds,
            ssl_shutdown_timeout=_LINGER_SECONDS,
        )
        try:
            wrapped, _ = await asyncio.gather(handshake, _hand_over(clear, early if from_the_start else b""))
        except OSError:  # a failed handshake, a reset, or asyncio's own time-out
            wrapped = None
        if wrapped is None:  # the loop does not tell us of the end of a connection during the handshake
            clear.abort()
            self.connection_lost(None)
            raise Gone("the TLS handshake failed")
        self.transport, self.is_secure = wrapped, True
        return 0 if from_the_start else len(early)

    def close(self) -> None:
        """Close the connection; what can't be written in a moment is dropped."""
        transport = self.transport
        if transport is None or self.is_lost:
            return
        unsent = transport.get_write_buffer_size()  # asked now: a closed one of TLS may know no longer
        transport.close()
        if unsent:
            self.loop.call_later(_LINGER_SECONDS, transport.abort)

    async def part(self) -> None:
        """End the connection so that the client can still read the last reply; bounded in time."""
        transport = self._wire
        self._is_deaf = True  # unread input would make the kernel reset the connection and drop our words
        self._input.clear()
        if not transport.is_reading():
            transport.resume_reading()
        if self.is_secure or self._has_ended:
            return
        with contextlib.suppress(OSError):  # the client was quicker
            transport.write_eof()
            await asyncio.wait((self._lost,), timeout=_LINGER_SECONDS)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _skip_endless_line(self) -> None:
        if len(self._input) < COMMAND_OCTETS:
            return
        self._skipped += len(self._input)
        self._input = bytearray(b"\r" if self._input.endswith(b"\r") else b"")
        if self._skipped > _SKIPPED_OCTETS:
            raise Gone("a command line without end")

    def _arm(self, seconds: float) -> None:
        """Set the deadline. One timer serves many waits: it is only looked at when it fires."""
        self._deadline = self.loop.time() + seconds
        if self._timer is None or self._timer.when() > self._deadline:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self.loop.call_at(self._deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self.loop.time() >= self._deadline:
            self._is_late = True
            self._wake()
        elif self._deadline < float("inf"):
            self._timer = self.loop.call_at(self._deadline, self._tick)


async def _hand_over(transport: asyncio.Transport, octets: bytes) -> None:
    """Give what came before `start_tls` to the protocol of TLS, once that is in place.

    uvloop begins to read after `connection_made`, even when that has paused it, so that the first octets of
    a handshake may come too early.
    """
    await asyncio.sleep(0)  # start_tls has set its protocol; that is told of its connection first
    while octets:
        protocol = cast(asyncio.BufferedProtocol, transport.get_protocol())
        room = memoryview(protocol.get_buffer(len(octets)))[: len(octets)]
        room[:] = octets[: len(room)]
        octets = octets[len(room) :]
        protocol.buffer_updated(len(room))
