"""The way out: relays, routes, the spool, signing."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from gatepost.config.schema.base import Count, NamedFile, Seconds, Section, is_loopback


class RelayTls(Enum):
    """How the relay is spoken to."""

    NONE = "none"
    STARTTLS = "starttls"  # required, never opportunistic
    IMPLICIT = "implicit"


class RelayAuth(Enum):
    """Whose login the relay gets."""

    NONE = "none"
    OWN = "own"
    CLIENT = "client"


class OnRelayFailure(Enum):
    """What happens to a mail that the relay can't take now."""

    SPOOL = "spool"
    DEFER = "defer"


class Relay(Section):
    """A relay, the way out."""

    host: str
    """Name or address."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    """587 for submission, 465 for implicit TLS, 25 between servers."""
    tls: RelayTls = RelayTls.STARTTLS
    """none, starttls (required, never given up) or implicit."""
    verify: bool = True
    """Check the relay's certificate and name."""
    ca_file: NamedFile | None = None
    """PEM of the authorities to trust instead of the system's."""
    auth: RelayAuth = RelayAuth.NONE
    """none, own (username and password below) or client (each client's own login, passed on)."""
    username: str = ""
    """For auth: own."""
    password_file: NamedFile | None = None
    """File with the password for auth: own."""
    password: SecretStr | None = None
    """Only from GATEPOST_RELAY_PASSWORD, never in the file."""
    connections: Count = 20
    """Connections at one time."""
    messages_per_connection: Count = 200
    """Mails of one connection."""
    idle_seconds: Seconds = 30
    """How long an unused connection is kept."""
    connect_seconds: Seconds = 5
    """Time to connect, with TLS and login."""
    reply_seconds: Seconds = 60
    """Wait for the reply to a command."""
    data_reply_seconds: Seconds = 600
    """Wait for the reply to a whole mail (RFC 5321: 10 minutes)."""

    @model_validator(mode="after")
    def _login_is_whole_and_private(self) -> Self:
        if self.auth is RelayAuth.OWN and not self.username:
            raise ValueError("auth: own needs username, and password_file or GATEPOST_RELAY_PASSWORD")
        if self.auth is not RelayAuth.NONE and self.tls is RelayTls.NONE and not is_loopback(self.host):
            raise ValueError("a password never goes to another machine in clear: set tls")
        return self


class Route(Section):
    """A relay of its own for some sender domains."""

    sender_domains: Annotated[tuple[str, ...], Field(min_length=1)]
    """Domains of the envelope sender: example.com, or *.example.com for all below it."""
    relay: Relay
    """Their relay."""


class Delivery(Section):
    """What becomes of mail that the relay can't take at once."""

    on_relay_failure: OnRelayFailure = OnRelayFailure.SPOOL
    """spool: store and try again; defer: tell the client to come again (451)."""
    retry_seconds: Annotated[tuple[Count, ...], Field(min_length=1)] = (30, 60, 300, 900, 1800, 3600)
    """Waits before the next attempts; the last one repeats."""
    give_up_hours: Count = 24
    """How long a stored mail is tried, from its coming in or its release; then its sender gets a report."""
    parallel: Count = 5
    """Stored mails tried at one time."""
    round_seconds: Seconds = 5
    """How often stored mail is looked through."""


class DkimKey(Section):
    """A key that signs the mail of one sender domain."""

    domain: str
    """Domain of the From header."""
    selector: str
    """Selector of the published key."""
    key_file: NamedFile
    """PEM of the private key, RSA or Ed25519."""


class Dkim(Section):
    """Optional signing (RFC 6376)."""

    keys: tuple[DkimKey, ...] = ()
    """One key a sender domain; without any nothing is signed."""
