"""One mail transaction over an open connection: MAIL, RCPT, DATA, the mail, the dot.

Until the relay has said 354 and `on_data` has returned, not an octet of the mail is written; until the
last piece is, the relay can't have taken it. After that only the relay's own answer tells.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gatepost.errors import InDoubt, Refused, TryLater
from gatepost.model import Accepted, RefusedRecipient, RelayReply
from gatepost.upstream.letter import Letter
from gatepost.upstream.line import Broken, Line, Reply

SLOWEST_BYTES_PER_SECOND = 10_000
"""A relay that takes a mail more slowly than this is given up."""

_DATA = b"DATA\r\n"
_RSET = b"RSET\r\n"
_TIDY_SECONDS = 5.0  # to get a connection back in order; a refusal waits for it


@dataclass(frozen=True, slots=True)
class Times:
    """Deadlines in seconds: of each reply, and of the reply to the dot (RFC 5321 §4.5.3.2)."""

    reply: float
    data_reply: float


async def transact(
    line: Line, letter: Letter, times: Times, *, on_data: Callable[[], Awaitable[None]], partial: bool
) -> Accepted:
    """Send `letter` over `line`, which is usable again or closed when it ends.

    Raises Refused and TryLater when the relay said so, InDoubt when the dot may have gone out unanswered,
    Broken when the connection failed before the relay's 354: another connection may be tried then.
    """
    dialogue = _Dialogue(line, letter, times, partial)
    try:
        refused = await dialogue.offer()
        await on_data()
        return Accepted((await dialogue.deliver()).words(), tuple(refused))
    finally:
        if line.in_mail:  # left in the midst of it, by whatever: no one else may go on from here
            line.abort()


class _Dialogue:
    def __init__(self, line: Line, letter: Letter, times: Times, partial: bool) -> None:
        self._line, self._letter, self._times, self._partial = line, letter, times, partial
        # DATA goes along unless a refused recipient could leave others for whom the mail must not go out
        # either: a 354 can only be taken back by closing the connection.
        self._data_along = line.pipelining and (partial or len(letter.rcpts) == 1)
        self._owed = 0

    async def offer(self) -> list[RefusedRecipient]:
        """Give the envelope up to the relay's 354; returns the recipients that it would not take."""
        line, letter = self._line, self._letter
        if line.pipelining:
            commands = (letter.mail, *letter.rcpts, *((_DATA,) if self._data_along else ()))
            line.send(b"".join(commands), len(commands))
            self._owed = len(commands)
        line.in_mail = True
        reply = await self._answer(letter.mail)
        if reply.kind != 2:
            await self._tidy()
            raise _refusal(reply.words())
        refused = [
            RefusedRecipient(recipient, reply.words())
            for recipient, command in zip(letter.recipients, letter.rcpts, strict=True)
            if (reply := await self._answer(command)).kind != 2
        ]
        if refused and (len(refused) == len(letter.rcpts) or not self._partial):
            await self._tidy()
            raise _refusal_of(refused, partial=self._partial)
        reply = await self._answer(_DATA, go_ahead=True)
        if reply.kind != 3:
            await self._tidy()
            raise _refusal(reply.words())
        return refused

    async def _answer(self, command: bytes, *, go_ahead: bool = False) -> Reply:
        """The reply to `command`, which is sent first unless it went along before."""
        line = self._line
        if self._owed:
            self._owed -= 1
        else:
            line.send(command, 1)
        reply = await line.reply(self._times.reply)
        if reply.code == 421:  # RFC 5321 §3.8: the relay closes; on a kept connection only a time-out
            line.abort()
            raise Broken("the relay said 421", reply.words())
        if reply.kind in (4, 5) or (reply.code == 354 if go_ahead else reply.kind == 2):
            return reply
        line.abort()
        raise Broken(f"the relay said {reply.code} to {command[:4].decode()}")

    async def _tidy(self) -> None:
        """End a transaction without a mail, so that the next may begin; or end the connection."""
        line = self._line
        try:
            async with asyncio.timeout(_TIDY_SECONDS):
                last = None
                while self._owed:
                    self._owed -= 1
                    last = await line.reply(_TIDY_SECONDS)
                if last is not None and last.kind == 3:
                    raise Broken("the relay waits for a mail to nobody")
                line.send(_RSET, 1)
                if (await line.reply(_TIDY_SECONDS)).kind == 2:
                    line.in_mail = False
        except (Broken, TimeoutError):
            line.abort()

    async def deliver(self) -> Reply:
        """Write the mail and the dot; returns the relay's 2xx."""
        line = self._line
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._times.reply + self._letter.size_bytes / SLOWEST_BYTES_PER_SECOND
        *pieces, last = self._letter.pieces()
        try:
            for piece in pieces:
                line.send(piece, 0)
                await line.drain(deadline - loop.time())
            line.send(last, 1)
        except Broken as broken:
            raise _cut_short(line) from broken
        try:
            reply = await line.reply(self._times.data_reply + len(last) / SLOWEST_BYTES_PER_SECOND)
        except Broken as broken:
            raise InDoubt(str(broken)) from broken
        return self._outcome(reply)

    def _outcome(self, reply: Reply) -> Reply:
        """What the reply to the dot says; one that others contradict in the same breath says nothing."""
        line = self._line
        kinds = {reply.kind} | {other.kind for other in line.surplus if other.code != 421}
        if len(kinds) > 1 or reply.kind == 3:
            line.abort()
            raise InDoubt("the relay gave contradictory answers to the mail")
        line.in_mail = False
        line.messages += 1
        if reply.kind != 2:
            if reply.code == 421:
                line.abort()
            raise _refusal(reply.words())
        return reply


def _cut_short(line: Line) -> Refused | TryLater:
    """The outcome when the connection failed before the dot was written: the relay does not have the mail."""
    early = line.surplus[0].words() if line.surplus else None
    if early is not None and early.code >= 500:
        return Refused(early)
    return TryLater("the relay broke off in the midst of the mail", early)


def _refusal(reply: RelayReply, recipients: tuple[RefusedRecipient, ...] = ()) -> Refused | TryLater:
    if reply.code >= 500:
        return Refused(reply, recipients)
    return TryLater("the relay can't take the mail now", reply)


def _refusal_of(refused: list[RefusedRecipient], *, partial: bool) -> Refused | TryLater:
    """What refused recipients come to: for a sender who waits the first definite no, else a no to all."""
    first = min(refused, key=lambda one: (one.reply.code >= 500) is partial)
    return _refusal(first.reply, tuple(refused) if first.reply.code >= 500 else ())
