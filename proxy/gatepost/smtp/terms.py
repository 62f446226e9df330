"""What holds for every connection: the terms of the house, and those of the listener it came in by."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gatepost.config.schema import Listener, ListenerTls, Network, Smtp
from gatepost.errors import ConfigError
from gatepost.model import Answer, Message, MessageId
from gatepost.ports import Clock
from gatepost.smtp.limits import Address, Connections, InFlight
from gatepost.smtp.login import Guard
from gatepost.tasks import Tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What all connections of one event loop share."""

    smtp: Smtp
    hostname: str
    handle: Callable[[Message], Awaitable[Answer]]
    guard: Guard
    ready: Callable[[], str | None]
    clock: Clock
    new_id: Callable[[], MessageId]
    tasks: Tasks  # what goes on when the client leaves
    sessions: Tasks  # what ends with the connection
    connections: Connections
    in_flight: InFlight
    keep_credentials: bool
    takes: Callable[[str], bool] | None = None  # whom mail is taken for; None: for anybody

    def trusts(self, address: Address | None) -> bool:
        """Whether a client may send without AUTH."""
        return is_within(address, self.smtp.trusted_networks)


class Entrance:
    """A listener's terms; its certificate can be read anew while connections go on."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.tls = self.read_tls()

    @property
    def is_implicit(self) -> bool:
        """Whether TLS begins at once."""
        return self.listener.tls is ListenerTls.IMPLICIT

    def speaks_proxy(self, address: Address | None) -> bool:
        """Whether the peer begins with a PROXY header."""
        return is_within(address, self.listener.proxy_protocol_from)

    def read_tls(self) -> ssl.SSLContext | None:
        """The certificate as it is now, ready for use; None without TLS. Raises ConfigError."""
        return None if self.listener.tls is ListenerTls.NONE else _server_tls(self.listener)


def is_within(address: Address | None, networks: tuple[Network, ...]) -> bool:
    """Whether `address` lies in one of `networks`."""
    return address is not None and any(address in network for network in networks)


def _server_tls(listener: Listener) -> ssl.SSLContext:
    """TLS 1.2 and later with Python's choice of ciphers: forward secrecy, no SHA-1, no compression."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    assert listener.certificate is not None  # noqa: S101 - the schema asks for both
    try:
        # A key with a passphrase can't be used: nobody is there to type it in.
        context.load_cert_chain(listener.certificate, listener.key, password=lambda: b"")
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"listener {listener.address}: the certificate can't be used: {error}") from error
    return context
