"""The way in: listeners in our own event loop, each connection a `Protocol`, each mail a `Message`."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

from gatepost import events
from gatepost.config import address
from gatepost.config.schema import Smtp
from gatepost.model import Answer, Message, MessageId
from gatepost.ports import Clock
from gatepost.smtp.limits import Connections, InFlight
from gatepost.smtp.login import Guard, Login
from gatepost.smtp.protocol import Protocol
from gatepost.smtp.terms import Entrance, Terms
from gatepost.tasks import Tasks

_BACKLOG = 1_024
_REMEMBERED_SECONDS = 60.0


class Intake:
    """Takes mail over SMTP and hands each one to `handle`, once."""

    def __init__(
        self,
        *,
        config: Smtp,
        hostname: str,
        handle: Callable[[Message], Awaitable[Answer]],
        login: Login,
        ready: Callable[[], str | None],
        clock: Clock,
        new_id: Callable[[], MessageId],
        tasks: Tasks,
        keep_credentials: bool = False,
        share_port: bool = False,
        takes: Callable[[str], bool] | None = None,
    ) -> None:
        """`ready` says why no mail can be taken now: "disk", anything else, or None.

        `keep_credentials` puts each client's login into its messages, for a relay that wants it;
        `share_port` lets several processes listen at one address; `takes` says for whom mail is taken, and
        then nobody logs in.
        Raises ConfigError when a certificate can't be used.
        """
        self._share_port = share_port
        self._entrances = [Entrance(listener) for listener in config.listeners]
        self._terms = Terms(
            smtp=config,
            hostname=hostname,
            handle=handle,
            guard=Guard(
                login,
                config.auth,
                seconds=config.times.reply_seconds,
                # The relay asks again with every mail; of our own users one may have been locked out by now.
                remembered_seconds=_REMEMBERED_SECONDS if keep_credentials else 0.0,
            ),
            ready=ready,
            clock=clock,
            new_id=new_id,
            tasks=tasks,
            sessions=Tasks(events.task_failed, limit=config.limits.connections + 1),
            connections=Connections(config.limits),
            in_flight=InFlight(config.limits.in_flight_bytes),
            keep_credentials=keep_credentials,
            takes=takes,
        )
        self._servers: list[asyncio.Server] = []
        self._open: set[Protocol] = set()

    async def start(self, sockets: Sequence[socket.socket] | None = None) -> None:
        """Listen. `sockets` are already listening and belong to the first listeners, in order.

        Raises OSError when an address can't be had; then nothing listens.
        """
        loop, sockets = asyncio.get_running_loop(), sockets or ()
        try:
            for index, entrance in enumerate(self._entrances):
                given = sockets[index] if index < len(sockets) else None
                self._servers.append(await self._listen(loop, entrance, given))
        except BaseException:
            self._stop_listening()
            raise

    def addresses(self) -> list[tuple[str, int]]:
        """Where the listeners are, in the order of the configuration."""
        names = [sock.getsockname() for server in self._servers for sock in server.sockets]
        return [(name[0], name[1]) for name in names if isinstance(name, tuple)]

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return self._terms.connections.open

    @property
    def in_flight_bytes(self) -> int:
        """How much memory mails take between their first octet and their answer."""
        return self._terms.in_flight.taken_bytes

    def reload_tls(self) -> None:
        """Read all certificates anew for connections to come. Raises ConfigError; then the old ones stay."""
        fresh = [entrance.read_tls() for entrance in self._entrances]
        for entrance, tls in zip(self._entrances, fresh, strict=True):
            entrance.tls = tls

    async def drain(self, seconds: float) -> None:
        """Take no more connections, let mails end with their answer, say 421 to the others, close all.

        What is still open after `seconds` is cut off; a mail that is being handled goes on in `tasks`.
        """
        self._stop_listening()
        for connection in list(self._open):
            connection.retire()
        await self._terms.sessions.drain(seconds)
        for connection in list(self._open):
            connection.abort()

    async def _listen(
        self, loop: asyncio.AbstractEventLoop, entrance: Entrance, given: socket.socket | None
    ) -> asyncio.Server:
        def connect() -> Protocol:
            return Protocol(self._terms, entrance, on_open=self._open.add, on_closed=self._open.discard)

        if given is not None:
            return await loop.create_server(connect, sock=given, backlog=_BACKLOG)
        host, port = address.split(entrance.listener.address)
        share = self._share_port
        return await loop.create_server(connect, host or None, port, reuse_port=share, backlog=_BACKLOG)

    def _stop_listening(self) -> None:
        for server in self._servers:
            server.close()
