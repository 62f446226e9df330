"""The port `Upstream` over a pool of connections to one relay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from secrets import token_bytes

from gatepost import events
from gatepost.config import schema
from gatepost.errors import InDoubt, Refused, TryLater
from gatepost.model import Accepted, Credentials, Message
from gatepost.ports import Clock, Upstream
from gatepost.upstream.connect import Connector, Unreachable
from gatepost.upstream.dialogue import Times, transact
from gatepost.upstream.letter import check_line_ends, compose
from gatepost.upstream.line import Broken, Line
from gatepost.upstream.pool import Lease, Pool, PoolStatus
from gatepost.upstream.sign import Signer
from gatepost.upstream.trace import received_line

OnData = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RelayStatus:
    """What is known of a relay, for metrics and the operator."""

    host: str
    port: int
    pool: PoolStatus
    accepted: int
    refused: int
    failed: int  # tried later or in doubt
    last_failure: str = ""
    last_failed_at: datetime | None = None


class Relay(Upstream):
    """One relay. Many messages at a time, each over a connection of its own."""

    def __init__(
        self, settings: schema.Relay, hostname: str, clock: Clock, signer: Signer | None = None
    ) -> None:
        self._settings, self._hostname, self._clock, self._signer = settings, hostname, clock, signer
        self._connector = Connector(settings, hostname)
        self._pool = Pool(settings)
        self._times = Times(settings.reply_seconds, settings.data_reply_seconds)
        self._pepper = token_bytes(16)
        self._accepted = self._refused = self._failed = 0
        self._last_failure = ""
        self._last_failed_at: datetime | None = None

    async def relay(self, message: Message, *, on_data: OnData, partial: bool = False) -> Accepted:
        """Give `message` to the relay; see the port.

        A connection from the pool that fails before the relay's 354 is replaced once. Raises Refused,
        TryLater, InDoubt, and whatever `on_data` raises: then the relay has nothing.
        """
        try:
            accepted = await self._relay(message, on_data, partial)
        except Refused as refused:
            self._refused += 1
            events.upstream_refused(
                message.id, self._settings.host, refused.reply.code, refused.reply.enhanced
            )
            raise
        except TryLater as later:
            self._note_failure(later)
            events.upstream_failed(self._settings.host, self._last_failure, id=message.id)
            raise
        except InDoubt as doubt:
            self._note_failure(doubt)
            events.upstream_in_doubt(message.id, self._settings.host, str(doubt))
            raise
        self._accepted += 1
        return accepted

    async def close(self) -> None:
        """Say goodbye to the relay; no further message is taken."""
        await self._pool.close()

    def status(self) -> RelayStatus:
        """What is known now."""
        return RelayStatus(
            host=self._settings.host,
            port=self._settings.port,
            pool=self._pool.status,
            accepted=self._accepted,
            refused=self._refused,
            failed=self._failed,
            last_failure=self._last_failure,
            last_failed_at=self._last_failed_at,
        )

    async def _relay(self, message: Message, on_data: OnData, partial: bool) -> Accepted:
        check_line_ends(message.raw)
        prefix = received_line(message, self._hostname)
        if self._signer is not None:
            prefix += await self._signer.sign(message.raw)
        credentials = self._credentials(message)
        key = self._key(credentials)

        async def transaction(line: Line) -> Accepted:
            letter = compose(message, prefix, line.offers)
            return await transact(line, letter, self._times, on_data=on_data, partial=partial)

        try:
            async with self._pool.lease(key, lambda: self._connector.connect(credentials, key)) as lease:
                return await _offer(lease, transaction)
        except Unreachable as error:
            if error.personal and error.reply is not None and error.reply.code >= 500:
                raise Refused(error.reply) from error
            raise TryLater("the relay could not be reached", error.reply) from error
        except Broken as error:
            raise TryLater("the relay broke off", error.reply) from error

    def _credentials(self, message: Message) -> Credentials | None:
        """The client's own login where the relay is to get it; the gateway's own is the connector's."""
        return message.session.credentials if self._settings.auth is schema.RelayAuth.CLIENT else None

    def _key(self, credentials: Credentials | None) -> str:
        """What a login's connections are kept under: nothing from which the password could be read."""
        if credentials is None:
            return ""
        login = f"{credentials.username}\0{credentials.password}".encode("utf-8", "surrogatepass")
        return blake2b(login, key=self._pepper).hexdigest()

    def _note_failure(self, error: TryLater | InDoubt) -> None:
        self._failed += 1
        reply = error.reply if isinstance(error, TryLater) else None
        self._last_failure = str(error.__cause__ or error) + (f" ({reply.code})" if reply else "")
        self._last_failed_at = self._clock.now()


async def _offer(lease: Lease, transaction: Callable[[Line], Awaitable[Accepted]]) -> Accepted:
    line = lease.line
    try:
        return await transaction(line)
    except Broken:
        if not line.kept:
            raise
    return await transaction(await lease.renew())  # it was stale, and the relay can't have taken anything
