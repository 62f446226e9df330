"""Mail that arrives for the seller: taken, looked at, passed on to the seller's mailbox or helpdesk."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from gatepost.config.schema.base import Address, Network, Seconds, Section
from gatepost.config.schema.relay import Relay, RelayAuth
from gatepost.config.schema.smtp import Listener


class Suspicious(Enum):
    """What becomes of suspicious mail."""

    MARK = "mark"
    HOLD = "hold"


def _is_mailbox(text: str) -> str:
    local, sign, domain = text.rpartition("@")
    if not sign or not domain or " " in text or not text.isprintable() or "@" in local:
        raise ValueError("expected an address, or @ and a domain")
    return text.lower()


def _is_ascii(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise ValueError("expected printable ASCII")
    return text


Mailbox = Annotated[str, AfterValidator(_is_mailbox)]


class Inbound(Section):
    """Mail that arrives."""

    enabled: bool = False
    """Whether mail for the seller is taken."""
    listeners: Annotated[tuple[Listener, ...], Field(min_length=1)] = (Listener(address="127.0.0.1:2526"),)
    """The addresses that mail servers deliver to; limits and deadlines are those of smtp."""
    networks: tuple[Network, ...] = ()
    """Networks that may deliver; empty: any, for the recipients below only."""
    recipients: tuple[Mailbox, ...] = ()
    """Who mail is taken for: addresses, or @ and a domain; all others are refused."""
    own_addresses: tuple[Mailbox, ...] = ()
    """Addresses of yours that Amazon writes to and whose mail is forwarded here."""
    deliver_to: str = ""
    """The mailbox that gets all of it; empty: each recipient's own."""
    relay: Relay | None = None
    """The mail server or helpdesk that gets it; without it mail is captured and shown on the site."""
    suspicious: Suspicious = Suspicious.MARK
    """Suspicious mail: mark (a header line says so) or hold (until a person releases it)."""
    subject_mark: Annotated[str, AfterValidator(_is_ascii)] = ""
    """Put before the subject of marked mail; its signatures then fit no more. Empty: left as it is."""
    strict: bool = False
    """By the letter of 2018: what is not plain text without picture and link is suspicious."""
    trusted_forwarders: tuple[str, ...] = ()
    """Domains whose seal (ARC) is believed where they forwarded the mail."""
    name_server: Address | None = None
    """Host and port of the DNS server that is asked for signatures' keys; empty: the system's."""
    dns_seconds: Seconds = 5
    """Time for all questions of one mail to the DNS."""
    seconds: Seconds = 8
    """Time for looking at one mail; keep it below smtp.times.reply_seconds."""

    @model_validator(mode="after")
    def _is_no_open_relay(self) -> Self:
        if self.enabled and not self.recipients:
            raise ValueError("recipients: say who mail is taken for")
        if self.relay is not None and self.relay.auth is RelayAuth.CLIENT:
            raise ValueError("relay.auth: client has no login to pass on here")
        if self.deliver_to and "@" not in self.deliver_to:
            raise ValueError("deliver_to: expected an address")
        return self
