"""The way in: listeners, bounds on clients, deadlines, logins."""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Self

from pydantic import Field, model_validator

from gatepost.config.schema.base import Address, Count, HostName, NamedFile, Network, Seconds, Section


class ListenerTls(Enum):
    """How a listener speaks TLS."""

    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


class BareLineFeeds(Enum):
    """What happens to a mail whose lines end with LF alone."""

    MEND = "mend"
    REFUSE = "refuse"


class Listener(Section):
    """One address that mail software connects to."""

    address: Address = "127.0.0.1:2525"
    """Host and port; port 0 lets the system choose."""
    tls: ListenerTls = ListenerTls.NONE
    """none, starttls (offered) or implicit (from the first octet)."""
    certificate: NamedFile | None = None
    """PEM chain; read again on reload."""
    key: NamedFile | None = None
    """PEM key of the certificate."""
    auth_without_tls: bool = False
    """Let clients log in on an unprotected connection; only for a network that you trust."""
    proxy_protocol_from: tuple[Network, ...] = ()
    """Networks of load balancers whose PROXY header is believed."""

    @model_validator(mode="after")
    def _tls_needs_a_certificate(self) -> Self:
        if self.tls is not ListenerTls.NONE and (self.certificate is None or self.key is None):
            raise ValueError(f"tls: {self.tls.value} needs certificate and key")
        return self


class SmtpLimits(Section):
    """Bounds on what a client may ask for; beyond each there is a reply, never a crash."""

    message_bytes: Count = 26_214_400
    """Size of a mail; announced as SIZE."""
    line_bytes: Count = 102_400
    """Length of a line of a mail."""
    recipients: Annotated[int, Field(ge=100)] = 100
    """Recipients of a mail (RFC 5321 asks for at least 100)."""
    connections: Count = 500
    """Connections at one time."""
    connections_per_address: Count = 50
    """Connections at one time from one address."""
    connections_per_minute: Count = 300
    """New connections a minute from one address."""
    messages_per_connection: Count = 1_000
    """Mails of one connection."""
    errors: Count = 20
    """Faulty commands until the connection is closed."""
    junk_commands: Count = 100
    """Commands without a mail until the connection is closed."""
    in_flight_bytes: Count = 268_435_456
    """All mails being taken or sent at one time; beyond it clients are told to come again."""
    received_headers: Count = 50
    """Received lines from which on a mail is taken for a loop."""
    free_disk_bytes: Annotated[int, Field(ge=0)] = 67_108_864
    """Free space below which no mail is taken."""


class SmtpTimes(Section):
    """Deadlines of the SMTP session."""

    command_seconds: Seconds = 300
    """Wait for the next command."""
    data_seconds: Seconds = 600
    """Time for a whole mail to come in."""
    data_bytes_per_second: Count = 500
    """Slowest pace of a mail that comes in."""
    reply_seconds: Seconds = 10
    """Latest answer to a mail; what is not settled by then is stored or deferred."""
    write_seconds: Seconds = 60
    """Time for a client to take a reply."""
    drain_seconds: Seconds = 25
    """Time for mails in flight when the gateway stops."""


class AuthLimits(Section):
    """Brakes on guessing passwords."""

    failures_per_connection: Count = 4
    """Wrong passwords until the connection is closed."""
    failures_per_address: Count = 20
    """Wrong passwords from one address within the window."""
    failures_per_account: Count = 20
    """Wrong passwords for one account within the window."""
    window_seconds: Seconds = 900
    """The window over which wrong passwords are counted."""
    delay_seconds: Annotated[float, Field(ge=0)] = 1
    """Wait before a wrong password is answered."""


class Smtp(Section):
    """The way in."""

    hostname: HostName = ""
    """The name in the greeting and in Received lines; empty: this machine's."""
    listeners: Annotated[tuple[Listener, ...], Field(min_length=1)] = (Listener(),)
    """The addresses that mail software connects to."""
    trusted_networks: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    """Networks that may send without a login."""
    bare_line_feeds: BareLineFeeds = BareLineFeeds.MEND
    """Lines of a mail that end with LF alone: mend (to CRLF, before anything reads it) or refuse."""
    limits: SmtpLimits = SmtpLimits()
    """Bounds on clients."""
    times: SmtpTimes = SmtpTimes()
    """Deadlines of a session."""
    auth: AuthLimits = AuthLimits()
    """Brakes on guessing passwords."""
