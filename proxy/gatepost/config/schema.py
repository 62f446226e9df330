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

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


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


class Listener(Section):
    """One address that mail software connects to."""

    address: Address = "127.0.0.1:2525"
    tls: ListenerTls = ListenerTls.NONE
    certificate: NamedFile | None = None
    key: NamedFile | None = None
    auth_without_tls: bool = False
    proxy_protocol_from: tuple[Network, ...] = ()

    @model_validator(mode="after")
    def _tls_needs_a_certificate(self) -> Self:
        if self.tls is not ListenerTls.NONE and (self.certificate is None or self.key is None):
            raise ValueError(f"tls: {self.tls.value} needs certificate and key")
        return self


class SmtpLimits(Section):
    """Bounds on what a client may ask for; beyond each there is a reply, never a crash."""

    message_bytes: Count = 26_214_400
    line_bytes: Count = 102_400
    recipients: Annotated[int, Field(ge=100)] = 100
    connections: Count = 500
    connections_per_address: Count = 50
    connections_per_minute: Count = 300
    messages_per_connection: Count = 1_000
    errors: Count = 20
    junk_commands: Count = 100
    in_flight_bytes: Count = 268_435_456
    received_headers: Count = 50
    free_disk_bytes: Annotated[int, Field(ge=0)] = 67_108_864


class SmtpTimes(Section):
    """Deadlines of the SMTP session."""

    command_seconds: Seconds = 300
    data_seconds: Seconds = 600
    data_bytes_per_second: Count = 500
    reply_seconds: Seconds = 10
    write_seconds: Seconds = 60
    drain_seconds: Seconds = 25


class AuthLimits(Section):
    """Brakes on guessing passwords."""

    failures_per_connection: Count = 4
    failures_per_address: Count = 20
    failures_per_account: Count = 20
    window_seconds: Seconds = 900
    delay_seconds: Annotated[float, Field(ge=0)] = 1


class Smtp(Section):
    """The way in."""

    hostname: str = ""
    listeners: Annotated[tuple[Listener, ...], Field(min_length=1)] = (Listener(),)
    trusted_networks: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    limits: SmtpLimits = SmtpLimits()
    times: SmtpTimes = SmtpTimes()
    auth: AuthLimits = AuthLimits()


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its very name."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Relay(Section):
    """A relay, the way out."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: RelayTls = RelayTls.STARTTLS
    verify: bool = True
    ca_file: NamedFile | None = None
    auth: RelayAuth = RelayAuth.NONE
    username: str = ""
    password_file: NamedFile | None = None
    password: SecretStr | None = None  # only from GATEPOST_RELAY_PASSWORD
    connections: Count = 20
    messages_per_connection: Count = 200
    idle_seconds: Seconds = 30
    connect_seconds: Seconds = 5
    reply_seconds: Seconds = 60
    data_reply_seconds: Seconds = 600

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
    relay: Relay


class Delivery(Section):
    """What becomes of mail that the relay can't take at once."""

    on_relay_failure: OnRelayFailure = OnRelayFailure.SPOOL
    retry_seconds: Annotated[tuple[Count, ...], Field(min_length=1)] = (30, 60, 300, 900, 1800, 3600)
    give_up_hours: Count = 24
    parallel: Count = 5
    round_seconds: Seconds = 5


class Store(Section):
    """Where state is kept."""

    path: Path = Path("var/gatepost.db")
    busy_seconds: Seconds = 5


class Site(Section):
    """The review site."""

    enabled: bool = True
    address: Address = "127.0.0.1:8025"
    public_url: str = ""
    session_idle_minutes: Count = 60
    session_hours: Count = 12


class Policy(Section):
    """Which guidelines are in force and how strictly."""

    edition: str = "amazon-2018-10"
    by_account: dict[str, str] = Field(default_factory=dict)
    by_marketplace: dict[str, str] = Field(default_factory=dict)
    rules_folder: Path | None = None
    modes: dict[str, Literal["enforce", "shadow", "off"]] = Field(default_factory=dict)
    actions: dict[str, Literal["relay", "quarantine", "reject"]] = Field(default_factory=dict)
    allowed_hosts: tuple[str, ...] = ()
    hold_hours: Count = 24
    resubmission_hours: Count = 96
    judge_seconds: Seconds = 8
    heavy_bytes: Count = 262_144


class DkimKey(Section):
    """A key that signs the mail of one sender domain."""

    domain: str
    selector: str
    key_file: NamedFile


class Dkim(Section):
    """Optional signing (RFC 6376)."""

    keys: tuple[DkimKey, ...] = ()


class Log(Section):
    """What is logged."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"


class Retention(Section):
    """How long what is kept."""

    held_days: Count = 14
    decisions_days: Count = 400
    captured_days: Count = 7


class Config(Section):
    """The whole configuration."""

    workers: Annotated[int, Field(ge=1, le=64)] = 1
    smtp: Smtp = Smtp()
    relay: Relay | None = None
    routes: tuple[Route, ...] = ()
    delivery: Delivery = Delivery()
    store: Store = Store()
    site: Site = Site()
    policy: Policy = Policy()
    dkim: Dkim = Dkim()
    log: Log = Log()
    retention: Retention = Retention()

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
