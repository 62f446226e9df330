"""The configuration as values: every key, its default and its bounds. One class a section of the file.

Durations end in `_seconds`, `_hours` or `_days`, sizes in `_bytes`. Secrets are never values here: a
`*_file` key names the file that holds one, or GATEPOST_* gives it in the environment.
"""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, model_validator

from gatepost.config.address import split

CREDENTIAL = "credential:"
"""The start of a path that names a systemd credential: `credential:relay-password`."""


def _resolved(path: Path, info: ValidationInfo) -> Path:
    """The file of a credential, once the service manager has passed the folder of credentials."""
    name = str(path).removeprefix(CREDENTIAL)
    if name == str(path):
        return path
    if not name or "/" in name or name in (".", ".."):
        raise ValueError("expected credential:NAME, the name without slashes")
    folder = (info.context or {}).get("credentials")
    return Path(folder, name) if folder else path


def _is_address(address: str) -> str:
    split(address)
    return address


NamedFile = Annotated[Path, AfterValidator(_resolved)]
Address = Annotated[str, AfterValidator(_is_address)]
Network = IPv4Network | IPv6Network
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]


class Section(BaseModel):
    """A section: frozen, and no key that it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True
    )


class ListenerTls(Enum):
    """How a listener speaks TLS."""

    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


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

    hostname: str = ""
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


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its very name."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


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
    """Age of a stored mail at which its sender gets a report instead."""
    parallel: Count = 5
    """Stored mails tried at one time."""
    round_seconds: Seconds = 5
    """How often stored mail is looked through."""


class Store(Section):
    """Where state is kept."""

    path: Path = Path("var/gatepost.db")
    """SQLite file; its folder is made when it is missing."""
    busy_seconds: Seconds = 5
    """Wait for another process's lock."""


class Site(Section):
    """The review site."""

    enabled: bool = True
    """Whether the review site is served."""
    address: Address = "127.0.0.1:8025"
    """Host and port; keep it on loopback or behind a proxy with TLS."""
    public_url: str = ""
    """The address in links to the site, like https://mail-review.example; empty: from address."""
    session_idle_minutes: Count = 60
    """Unused sessions end after this."""
    session_hours: Count = 12
    """Every session ends after this."""


class Policy(Section):
    """Which guidelines are in force and how strictly."""

    edition: str = "amazon-2018-10"
    """Edition of the guidelines: a shipped one, or a pack's folder."""
    by_account: dict[str, str] = Field(default_factory=dict)
    """Editions of seller accounts (gateway users)."""
    by_marketplace: dict[str, str] = Field(default_factory=dict)
    """Editions of marketplaces, by their MarketplaceId."""
    rules_folder: Path | None = None
    """Folder of own rules and overrides (see config/rules.d)."""
    modes: dict[str, Literal["enforce", "shadow", "off"]] = Field(default_factory=dict)
    """enforce, shadow (recorded only) or off, by rule id or category."""
    actions: dict[str, Literal["relay", "quarantine", "reject"]] = Field(default_factory=dict)
    """relay, quarantine or reject, by rule id or category."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts that mails may link to besides carriers."""
    hold_hours: Count = 24
    """The buyer's wait: a held mail is due this long after it came."""
    resubmission_hours: Count = 96
    """How long the same mail gets its first answer again."""
    judge_seconds: Seconds = 8
    """Longest time for judging one mail."""
    heavy_bytes: Count = 262_144
    """Size from which on a mail is judged in a process of its own."""


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


class Log(Section):
    """What is logged."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """debug, info, warning or error."""
    format: Literal["json", "text"] = "json"
    """json, or text for people."""


class Retention(Section):
    """How long what is kept."""

    held_days: Count = 14
    """Held mails that nobody decided on."""
    decisions_days: Count = 400
    """What was decided and why (without the mails themselves)."""
    captured_days: Count = 7
    """Mails of the capture relay."""


class Config(Section):
    """The whole configuration."""

    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Processes that share the SMTP port; one a processor core at most."""
    smtp: Smtp = Smtp()
    """The way in."""
    relay: Relay | None = None
    """The way out; without it mail is captured and shown on the site, and nothing leaves."""
    routes: tuple[Route, ...] = ()
    """Relays of their own for some sender domains."""
    delivery: Delivery = Delivery()
    """Mail that the relay can't take at once."""
    store: Store = Store()
    """Where state is kept."""
    site: Site = Site()
    """The review site."""
    policy: Policy = Policy()
    """The guidelines in force."""
    dkim: Dkim = Dkim()
    """Signing."""
    log: Log = Log()
    """The log on stdout."""
    retention: Retention = Retention()
    """How long what is kept."""

    @model_validator(mode="after")
    def _a_client_login_can_not_be_spooled(self) -> Self:
        relays = [relay for relay in (self.relay, *(route.relay for route in self.routes)) if relay]
        spooling = self.delivery.on_relay_failure is OnRelayFailure.SPOOL
        if spooling and any(relay.auth is RelayAuth.CLIENT for relay in relays):
            raise ValueError(
                "relay.auth: client keeps no password, so nothing can be retried: "
                "set delivery.on_relay_failure: defer"
            )
        return self
