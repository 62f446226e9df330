"""The session of one connection: from its first octet to its last, and the mails on it."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable
from typing import cast

from gatepost import events
from gatepost.config.schema import BareLineFeeds
from gatepost.model import Answer, Message
from gatepost.model import Session as MessageSession
from gatepost.smtp import replies
from gatepost.smtp.commands import Commands, commands_of
from gatepost.smtp.data import DataReader, Flood
from gatepost.smtp.limits import read_address
from gatepost.smtp.paths import parse_mail, parse_rcpt
from gatepost.smtp.proxyline import BadProxyHeader, Preface
from gatepost.smtp.replies import Refusal, Reply, reply_to
from gatepost.smtp.terms import Entrance, Terms
from gatepost.smtp.transaction import Added, Transaction
from gatepost.smtp.wire import Gone, Late

_LINE_OCTETS = 2_048  # any command but AUTH: 512 and what SIZE, DSN and SMTPUTF8 add, with room
_EXCESS_RECIPIENTS = 1_000  # refused beyond the limit without blame: a long list is no attack
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_WEB_VERBS = frozenset(
    {"GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS", "DELETE", "PATCH", "TRACE", "PRI"}
)
_JUNK = frozenset({"NOOP", "RSET", "VRFY", "EXPN", "HELP", "HELO", "EHLO"})


class Protocol(Commands):
    """One client's connection."""

    def __init__(
        self,
        terms: Terms,
        entrance: Entrance,
        *,
        on_open: Callable[[Protocol], None],
        on_closed: Callable[[Protocol], None],
    ) -> None:
        super().__init__(terms, entrance)
        self._on_open, self._on_closed = on_open, on_closed
        self._preface: Preface | None = None
        self._is_placed = self._is_admitted = self._is_retiring = False
        self._errors = self._junk = self._messages = 0
        self._taken_bytes = 0  # of the memory for mails in flight

    # --- the connection --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or turn it away at the door."""
        self.transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        address = read_address(peer[0]) if isinstance(peer, tuple) else None
        self.is_from(address)
        refused = self.terms.connections.enter()
        if refused is not None:
            self._turn_away(refused)
            return
        self._is_placed = True
        self._on_open(self)
        if self.entrance.speaks_proxy(address):
            self._preface = Preface(self.transport, self.connection_lost)
            self.transport.set_protocol(self._preface)
        elif self.entrance.is_implicit:
            self.transport.pause_reading()  # what comes is TLS
        self.terms.sessions.start(self._serve(), name="smtp session")

    def connection_lost(self, error: Exception | None) -> None:
        """Give back what the connection held; a mail that is being handled goes on."""
        super().connection_lost(error)
        if self._is_placed:
            self._is_placed = False
            self.terms.connections.leave()
            self._on_closed(self)
        if self._is_admitted:
            self._is_admitted = False
            self.terms.connections.dismiss(self.client)

    def retire(self) -> None:
        """End the session as soon as no mail is under way."""
        self._is_retiring = True
        self._wake()

    def abort(self) -> None:
        """End the connection now."""
        if self.transport is not None:
            self.transport.abort()

    def _turn_away(self, refused: Reply) -> None:
        transport = self._wire
        if not self.entrance.is_implicit or self.is_secure:
            transport.write(refused.raw)
        transport.close()
        events.connection_refused(self.peer, refused.text)

    # --- the session -----------------------------------------------------------------------------

    async def _serve(self) -> None:
        try:
            await self._talk()
            await self.flush()
            await self.part()
        except Gone as gone:
            if gone.why:
                events.session_ended(self.peer, gone.why)
        except asyncio.CancelledError:  # a stop, and this session did not come to its end in time
            with contextlib.suppress(Gone):
                self.say_at_once(replies.SHUTTING_DOWN)
            raise
        finally:
            self._give_back()
            self.close()

    async def _talk(self) -> None:
        """The session up to its last word, which is still to be sent. Raises Gone."""
        try:
            await self._enter()
            await self._converse()
        except Gone:
            raise
        except Late:
            self.hang_up(replies.TOO_SLOW)
        except Exception as error:  # the session's owner: nothing may fall through, and nothing may leak
            events.session_failed(self.peer, error)
            self.hang_up(replies.INTERNAL_ERROR)

    async def _enter(self) -> None:
        """PROXY header, admission, implicit TLS, greeting. Raises Gone."""
        if self._preface is not None:
            await self._read_preface(self._preface)
        refused = self.terms.connections.admit(self.client, trusted=self.is_trusted)
        if refused is not None:
            self._turn_away(refused)
            raise Gone
        self._is_admitted = True
        if self.entrance.is_implicit and self.entrance.tls is not None:
            await self.secure(self.entrance.tls, from_the_start=True)
        self.say(replies.greeting(self.terms.hostname))

    async def _read_preface(self, preface: Preface) -> None:
        try:
            async with asyncio.timeout(self.terms.smtp.times.reply_seconds):
                source = await preface.source
        except (BadProxyHeader, TimeoutError):
            events.connection_refused(self.peer, "no PROXY header")
            raise Gone from None
        if source is not None:
            self.is_from(read_address(source))
        self._wire.set_protocol(self)

    async def _converse(self) -> None:
        while not self.is_over:
            try:
                line = self.take_line()
                if line is None:
                    await self._wait()
                else:
                    await self._obey(line)
                    await self.flush_some()
            except Refusal as refusal:
                self._blame(refusal.reply)

    async def _wait(self) -> None:
        if self._is_retiring and self.transaction is None:
            self.hang_up(replies.SHUTTING_DOWN)
            return
        await self.flush()
        await self.more(self.terms.smtp.times.command_seconds)

    async def _obey(self, line: bytes) -> None:
        """Do what one command line says. Raises Refusal."""
        if _CONTROL.search(line):
            raise Refusal(replies.NOT_TEXT)
        try:
            verb, _, argument = line.decode("utf-8").partition(" ")
        except UnicodeDecodeError:
            raise Refusal(replies.NOT_TEXT) from None
        verb = verb.upper()
        if len(line) > _LINE_OCTETS and verb != "AUTH":
            raise Refusal(replies.COMMAND_TOO_LONG)
        method = _COMMANDS.get(verb)
        if method is None:
            self._wonder(verb)
            return
        if verb in _JUNK:
            self._junk += 1
            if self._junk > self.terms.smtp.limits.junk_commands:
                self.hang_up(replies.TOO_MUCH_JUNK)
                return
        await getattr(self, method)(argument.strip(" "))

    def _wonder(self, verb: str) -> None:
        """An unknown command; a browser that was led here to speak SMTP gets no second try."""
        if verb in _WEB_VERBS or (verb.endswith(":") and len(verb) > 1):
            self.hang_up(replies.NOT_A_WEB_SERVER)
            return
        raise Refusal(replies.UNKNOWN_COMMAND)

    def _blame(self, reply: Reply) -> None:
        """Say a refusal; too many of them end the session. What is only put off counts as chatter."""
        self.say(reply)
        events.command_refused(self.peer, reply.text)
        if reply.code >= 500:
            self._errors += 1
            if self._errors >= self.terms.smtp.limits.errors:
                self.hang_up(replies.TOO_MANY_ERRORS)
        else:
            self._junk += 1
            if self._junk > self.terms.smtp.limits.junk_commands:
                self.hang_up(replies.TOO_MUCH_JUNK)

    # --- mail ------------------------------------------------------------------------------------

    async def smtp_MAIL(self, argument: str) -> None:
        """RFC 5321 §4.1.1.2."""
        self.check_may_send()
        if self.transaction is not None:
            raise Refusal(replies.NESTED_MAIL)
        if self._is_retiring or self._messages >= self.terms.smtp.limits.messages_per_connection:
            self.hang_up(replies.SHUTTING_DOWN if self._is_retiring else replies.TOO_MANY_MESSAGES)
            return
        sender = parse_mail(argument, extended=self.is_extended)
        if sender.size_bytes > self.terms.smtp.limits.message_bytes:
            raise Refusal(replies.TOO_BIG)
        trouble = self.terms.ready()
        if trouble is not None:
            raise Refusal(replies.DISK_FULL if trouble == "disk" else replies.NOT_READY)
        if not self.terms.in_flight.has_room(sender.size_bytes):
            raise Refusal(replies.BUSY)
        self.transaction = Transaction(sender)
        self.say(replies.SENDER_OK)

    async def smtp_RCPT(self, argument: str) -> None:
        """RFC 5321 §4.1.1.3."""
        transaction = self._begun()
        recipient = parse_rcpt(argument, smtputf8=transaction.sender.smtputf8, extended=self.is_extended)
        if self.terms.takes is not None and not self.terms.takes(recipient.address):
            raise Refusal(replies.NOT_HERE)
        if transaction.add(recipient, self.terms.smtp.limits.recipients) is Added.TAKEN:
            self.say(replies.RECIPIENT_OK)
        elif transaction.excess > _EXCESS_RECIPIENTS:
            self.hang_up(replies.TOO_MANY_ERRORS)
        else:
            self.say(replies.TOO_MANY_RECIPIENTS)

    async def smtp_DATA(self, argument: str) -> None:
        """RFC 5321 §4.1.1.4. One Message, one answer."""
        transaction = self._begun()
        if argument:
            raise Refusal(replies.NO_ARGUMENT)
        if not transaction.recipients:
            raise Refusal(replies.RCPT_FIRST)
        if self.terms.tasks.full or not self.terms.in_flight.has_room(1):
            raise Refusal(replies.BUSY)
        self.say(replies.GO_AHEAD)
        await self.flush()
        try:
            reader = await self._receive()
        except Flood:
            self.hang_up(replies.TOO_BIG)
            return
        self.transaction = None
        self._messages += 1
        if reader.problem is not None:
            events.data_refused(self.peer, reader.received_bytes, reader.problem.text)
        self.say(reader.problem or await self._answer(transaction, reader.content()))
        self._give_back()
        self._errors = self._junk = 0

    def _begun(self) -> Transaction:
        if not self.helo:
            raise Refusal(replies.HELO_FIRST)
        if self.transaction is None:
            raise Refusal(replies.MAIL_FIRST)
        return self.transaction

    async def _receive(self) -> DataReader:
        """Read one mail to its end. Raises Flood, Late or Gone."""
        smtp, start = self.terms.smtp, self.loop.time()
        reader = DataReader(
            most_bytes=smtp.limits.message_bytes,
            most_line_bytes=smtp.limits.line_bytes,
            mend_line_feeds=smtp.bare_line_feeds is BareLineFeeds.MEND,
        )
        while True:
            chunk = self.take_all()
            if not chunk:
                await self.more(self._seconds_left(start, reader.received_bytes))
                continue
            rest = reader.feed(chunk)
            if not self._take(reader.kept_bytes - self._taken_bytes):
                reader.drop(replies.BUSY)
            if reader.problem is not None:
                self._give_back()  # at once: of many big mails some are to get through
            if rest is not None:
                self.put_back(rest)
                return reader

    def _seconds_left(self, start: float, received_bytes: int) -> float:
        """A mail has `command_seconds`, more for every octet that came, and `data_seconds` at most."""
        times = self.terms.smtp.times
        earned = times.command_seconds + received_bytes / times.data_bytes_per_second
        return max(0.0, start + min(earned, times.data_seconds) - self.loop.time())

    async def _answer(self, transaction: Transaction, raw: bytes) -> Reply:
        """Have the mail handled, by a task that neither the client's leaving nor our end cancels."""
        terms = self.terms
        message = Message(
            terms.new_id(), terms.clock.now(), self._who(transaction), transaction.envelope(), raw
        )

        async def handle() -> Answer:
            return await terms.handle(message)

        octets, self._taken_bytes = self._taken_bytes, 0
        task = terms.tasks.start(handle(), name=f"message {message.id}")
        task.add_done_callback(lambda _: terms.in_flight.give_back(octets))
        try:
            async with asyncio.timeout(terms.smtp.times.data_seconds):
                return reply_to(await asyncio.shield(task))
        except asyncio.CancelledError:
            if not task.cancelled():
                raise  # it is this session that is ended
        except Exception as error:  # `handle` must not raise; whatever it was, the client hears no 250
            events.message_undecided(message.id, error)
        return replies.undecided(message.id)

    def _who(self, transaction: Transaction) -> MessageSession:
        """What a Received line tells, with the protocol's name by RFC 3848 and RFC 6531 §4.3."""
        name = "SMTP"
        if self.is_extended:
            name = "UTF8SMTP" if transaction.sender.smtputf8 else "ESMTP"
            name += ("S" if self.is_secure else "") + ("A" if self.account else "")
        return MessageSession(self.peer, self.helo, name, self.account, self.credentials)

    def _take(self, octets: int) -> bool:
        if not self.terms.in_flight.take(octets):
            return False
        self._taken_bytes += octets
        return True

    def _give_back(self) -> None:
        self.terms.in_flight.give_back(self._taken_bytes)
        self._taken_bytes = 0


_COMMANDS = commands_of(Protocol)
