"""Opens connections to a relay: TCP, greeting, TLS, EHLO, login, done by aiosmtplib; then a Line takes over.

TLS is as configured or not at all: a relay that does not offer STARTTLS where it is required, or whose
certificate does not hold, gets no login and no mail (RFC 3207 §4.1).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Iterator
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import aiosmtplib
from aiosmtplib import SMTPException, SMTPHeloError, SMTPResponseException

from gatepost import events
from gatepost.config.schema import Relay, RelayAuth, RelayTls
from gatepost.config.secrets import relay_password
from gatepost.errors import ConfigError, TryLater
from gatepost.model import Credentials, RelayReply
from gatepost.upstream.line import Line, Reply

T = TypeVar("T")

_LOGINS = ("plain", "login", "cram-md5")
"""One of these is tried, once: a relay that counts failures would count three for one wrong password."""


class Stage(Enum):
    """The steps of opening a connection."""

    CONNECT = "connect"
    TLS = "tls"
    HELLO = "hello"
    LOGIN = "login"


class Unreachable(Exception):
    """The relay could not be made ready; the text is for the log, not for senders.

    `personal` when it is only one client's login that the relay would not have.
    """

    def __init__(self, stage: Stage, why: str, reply: RelayReply | None = None) -> None:
        super().__init__(f"{stage.value}: {why}")
        self.stage, self.reply, self.personal = stage, reply, False


class Connector:
    """Makes ready connections to one relay."""

    def __init__(self, relay: Relay, hostname: str) -> None:
        self._relay, self._hostname = relay, hostname
        self._host = relay.host.strip("[]")  # of an IPv6 address
        self._tls = None if relay.tls is RelayTls.NONE else tls_context(relay.ca_file, verify=relay.verify)

    async def connect(self, credentials: Credentials | None = None, key: str = "") -> Line:
        """A connection on which MAIL may be said, logged in as configured or with `credentials`.

        Each stage takes at most `connect_seconds`. Raises Unreachable.
        """
        relay = self._relay
        started = asyncio.get_running_loop().time()
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=relay.port,
            local_hostname=self._hostname,
            timeout=relay.connect_seconds,
            use_tls=relay.tls is RelayTls.IMPLICIT,
            start_tls=False,  # done below, as a stage of its own
            tls_context=self._tls,
        )
        try:
            await self._open(client, credentials)
            line = _take_over(client, key)
        except BaseException as error:
            client.close()
            if isinstance(error, Unreachable):
                error.personal = error.stage is Stage.LOGIN and credentials is not None
            raise
        seconds = asyncio.get_running_loop().time() - started
        events.upstream_connected(relay.host, relay.port, tls=line.tls_version, seconds=seconds)
        return line

    async def _open(self, client: aiosmtplib.SMTP, credentials: Credentials | None) -> None:
        await self._stage(Stage.CONNECT, client.connect())
        if self._relay.tls is RelayTls.STARTTLS:
            await self._stage(Stage.TLS, self._start_tls(client))
        await self._stage(Stage.HELLO, _hello(client))
        if self._relay.auth is RelayAuth.OWN and credentials is None:
            credentials = await self._stage(Stage.LOGIN, self._own())
        if credentials is not None:
            await self._stage(Stage.LOGIN, _login(client, credentials))

    async def _stage(self, stage: Stage, work: Awaitable[T]) -> T:
        with _named(stage):
            async with asyncio.timeout(self._relay.connect_seconds):
                return await work

    async def _start_tls(self, client: aiosmtplib.SMTP) -> None:
        await _hello(client)
        await client.starttls(tls_context=self._tls, server_hostname=self._host)

    async def _own(self) -> Credentials:
        password = await asyncio.to_thread(relay_password, self._relay)
        return Credentials(self._relay.username, password)


@contextlib.contextmanager
def _named(stage: Stage) -> Iterator[None]:
    try:
        yield
    except SMTPResponseException as error:
        texts = tuple(error.message.encode("utf-8", "surrogateescape").split(b"\n"))
        reply = Reply(error.code, texts).words() if 200 <= error.code <= 599 else None
        raise Unreachable(stage, f"the relay said {error.code}", reply) from error
    except TimeoutError as error:
        raise Unreachable(stage, "the relay took too long") from error
    except (SMTPException, OSError, ValueError, ConfigError) as error:
        raise Unreachable(stage, f"{type(error).__name__}: {error}") from error


async def _hello(client: aiosmtplib.SMTP) -> None:
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except SMTPHeloError:
        await client.helo()  # RFC 5321 §3.2; raises at once where the relay hung up


async def _login(client: aiosmtplib.SMTP, credentials: Credentials) -> None:
    for name in _LOGINS:
        if name in client.server_auth_methods:
            login = getattr(client, f"auth_{name.replace('-', '')}")
            await login(credentials.username, credentials.password)
            return
    raise SMTPException("the relay offers no login that is known here")


def _take_over(client: aiosmtplib.SMTP, key: str) -> Line:
    """Hang a Line onto the client's transport: aiosmtplib's protocol keeps only one reply at a time."""
    with _named(Stage.HELLO):
        if client.transport is None:
            raise ConnectionError("the relay closed the connection")
    return Line(client.transport, dict(client.esmtp_extensions), key)


@lru_cache(maxsize=32)
def tls_context(ca_file: Path | None, *, verify: bool) -> ssl.SSLContext:
    """A client's TLS settings: 1.2 and up, certificates checked against `ca_file` or the system's.

    Raises ConfigError when `ca_file` can't be used.
    """
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file is not None else None)
    except OSError as error:
        raise ConfigError(f"relay.ca_file: {ca_file}: {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def login_at_relay(relay: Relay, username: str, password: str, *, hostname: str) -> bool:
    """Whether the relay lets this user in: its own word, asked on a connection of its own.

    Raises TryLater when it can't be asked.
    """
    try:
        line = await Connector(relay, hostname).connect(Credentials(username, password))
    except Unreachable as error:
        if error.stage is Stage.LOGIN and error.reply is not None and error.reply.code >= 500:
            return False
        events.upstream_failed(relay.host, str(error))
        raise TryLater("the relay could not be asked", error.reply) from error
    line.leave()
    return True
