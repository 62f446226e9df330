"""The commands of a session that carry no mail: hello, TLS, login and the small ones."""

from __future__ import annotations

import asyncio

from gatepost import events
from gatepost.model import Credentials
from gatepost.smtp import replies
from gatepost.smtp.limits import Address, counted_as
from gatepost.smtp.login import MECHANISMS, decode, split_plain
from gatepost.smtp.replies import Refusal, Reply
from gatepost.smtp.terms import Entrance, Terms
from gatepost.smtp.transaction import Transaction
from gatepost.smtp.wire import Wire

_NAME_OCTETS = 255


class Commands(Wire):
    """Who speaks, and what they may do. Each command is a method `smtp_NAME`; a Refusal ends it."""

    def __init__(self, terms: Terms, entrance: Entrance) -> None:
        super().__init__(terms)
        self.entrance = entrance
        self.peer, self.client, self.is_trusted = "", "", False
        self.helo, self.is_extended = "", False
        self.account, self.credentials = "", None  # type: str, Credentials | None
        self.transaction: Transaction | None = None
        self.is_over = False
        self._failures = 0

    def is_from(self, address: Address | None) -> None:
        """Note who the client is: the peer itself, or whom a PROXY header names."""
        self.peer, self.client = str(address or "unknown"), counted_as(address)
        self.is_trusted = self.terms.trusts(address)

    def hang_up(self, reply: Reply) -> None:
        """Say a last word; the connection is closed once it is out."""
        if reply.is_error:
            events.session_ended(self.peer, reply.text)
        self.say(reply)
        self.is_over = True

    @property
    def may_log_in(self) -> bool:
        """Whether AUTH is offered now: never in clear, unless the listener says so, nor to mail servers."""
        if self.terms.takes is not None:
            return False
        return self.is_secure or self.entrance.listener.auth_without_tls

    @property
    def may_start_tls(self) -> bool:
        """Whether STARTTLS is offered now."""
        return self.entrance.tls is not None and not self.is_secure

    def check_may_send(self) -> None:
        """Raise Refusal unless the client has said hello and is trusted or logged in: no open relay."""
        if not self.helo:
            raise Refusal(replies.HELO_FIRST)
        if self.is_trusted or self.account:
            return
        if self.may_log_in:
            raise Refusal(replies.NEEDS_AUTH)
        raise Refusal(replies.NEEDS_TLS if self.may_start_tls else replies.RELAY_DENIED)

    # --- hello -----------------------------------------------------------------------------------

    async def smtp_HELO(self, argument: str) -> None:
        """RFC 5321 §4.1.1.1."""
        self._hello(argument, extended=False)
        self.say(replies.hello(self.terms.hostname))

    async def smtp_EHLO(self, argument: str) -> None:
        """RFC 5321 §4.1.1.1."""
        self._hello(argument, extended=True)
        self.say(replies.hello(self.terms.hostname, self._keywords()))

    def _hello(self, name: str, *, extended: bool) -> None:
        if not name or " " in name or not name.isprintable() or len(name.encode()) > _NAME_OCTETS:
            raise Refusal(replies.NAME_MISSING)
        self.helo, self.is_extended, self.transaction = name, extended, None

    def _keywords(self) -> list[str]:
        words = [f"SIZE {self.terms.smtp.limits.message_bytes}", "8BITMIME", "SMTPUTF8", "PIPELINING"]
        words += ["ENHANCEDSTATUSCODES", "DSN"]
        if self.may_start_tls:
            words.append("STARTTLS")
        if self.may_log_in:
            words.append(f"AUTH {' '.join(MECHANISMS)}")
        return [*words, "HELP"]

    async def smtp_STARTTLS(self, argument: str) -> None:
        """RFC 3207; all that was said before in clear is forgotten, but not who the PROXY header named."""
        _check_empty(argument)
        tls = self.entrance.tls
        if tls is None or self.is_secure:
            raise Refusal(replies.ALREADY_SECURE if self.is_secure else replies.NO_TLS_HERE)
        self.say(replies.START_TLS)
        await self.flush()
        if injected := await self.secure(tls):
            events.session_injected(self.peer, injected)
        self.helo, self.is_extended, self.transaction = "", False, None
        self.account, self.credentials = "", None

    # --- login -----------------------------------------------------------------------------------

    async def smtp_AUTH(self, argument: str) -> None:
        """RFC 4954; a failure is answered late, and the last one allowed ends the connection."""
        self._check_auth_fits()
        mechanism, _, initial = argument.partition(" ")
        match mechanism.upper():
            case "PLAIN":
                username, password = split_plain(decode(initial or await self._ask(replies.ASK_BLANK)))
            case "LOGIN":
                username = decode(initial or await self._ask(replies.ASK_USERNAME))
                password = decode(await self._ask(replies.ASK_PASSWORD))
            case _:
                raise Refusal(replies.UNKNOWN_MECHANISM if mechanism else replies.AUTH_SYNTAX)
        verdict = await self.terms.guard.check(username, password, client=self.client)
        if verdict.is_error:
            await self._slow_down(verdict)
            return
        self.account = username
        if self.terms.keep_credentials:
            self.credentials = Credentials(username, password)
        self.say(verdict)

    def _check_auth_fits(self) -> None:
        if not self.is_extended:
            raise Refusal(replies.EHLO_FIRST)
        if self.account:
            raise Refusal(replies.ALREADY_IN)
        if self.transaction is not None:
            raise Refusal(replies.NOT_DURING_MAIL)
        if not self.may_log_in:
            raise Refusal(replies.AUTH_NEEDS_TLS)

    async def _ask(self, challenge: Reply) -> str:
        """The client's answer to a challenge."""
        self.say(challenge)
        await self.flush()
        while (line := self.take_line()) is None:
            await self.more(self.terms.smtp.times.command_seconds)
        try:
            return line.decode("ascii")
        except UnicodeDecodeError:
            raise Refusal(replies.AUTH_SYNTAX) from None

    async def _slow_down(self, verdict: Reply) -> None:
        """Answer a failure late, and the last one allowed with the end of the session."""
        self._failures += 1
        guard = self.terms.guard
        await asyncio.sleep(guard.delay_seconds(self._failures))
        if not guard.is_enough(self._failures):
            raise Refusal(verdict)
        self.say(verdict)
        self.hang_up(replies.LOGIN_LIMIT)

    # --- the small ones --------------------------------------------------------------------------

    async def smtp_RSET(self, argument: str) -> None:
        """Forget the mail that was begun."""
        _check_empty(argument)
        self.transaction = None
        self.say(replies.FLUSHED)

    async def smtp_NOOP(self, argument: str) -> None:
        """Nothing."""
        self.say(replies.OK)

    async def smtp_QUIT(self, argument: str) -> None:
        """Good bye."""
        _check_empty(argument)
        self.hang_up(replies.BYE)

    async def smtp_VRFY(self, argument: str) -> None:
        """Says nothing of any address (RFC 5321 §7.3)."""
        if not argument:
            raise Refusal(replies.VRFY_WHAT)
        self.say(replies.CAN_NOT_VERIFY)

    async def smtp_EXPN(self, argument: str) -> None:
        """Not here (RFC 5321 §7.3)."""
        raise Refusal(replies.NO_EXPN)

    async def smtp_XCLIENT(self, argument: str) -> None:
        """Nobody may claim to be somebody else this way."""
        raise Refusal(replies.NOT_PERMITTED)

    async def smtp_XFORWARD(self, argument: str) -> None:
        """Nor this way."""
        raise Refusal(replies.NOT_PERMITTED)

    async def smtp_HELP(self, argument: str) -> None:
        """The commands there are."""
        self.say(replies.HELP)


def commands_of(kind: type[Commands]) -> dict[str, str]:
    """Every command by its name, with the name of its method."""
    return {name[5:]: name for name in dir(kind) if name.startswith("smtp_")}


def _check_empty(argument: str) -> None:
    if argument:
        raise Refusal(replies.NO_ARGUMENT)
