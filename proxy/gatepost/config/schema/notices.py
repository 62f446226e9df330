"""Who is told of what: senders, reviewers, other programs."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from gatepost.config.schema.base import Count, NamedFile, Seconds, Section, is_loopback

_MAILBOX = re.compile(r"[^\s<>@,;:\"\\]+@[^\s<>@,;:\"\\]+")


def _is_mailbox(address: str) -> str:
    if not _MAILBOX.fullmatch(address):
        raise ValueError("expected an address like desk@shop.example.com")
    from gatepost_policies.facts import buyers  # dear to import, and seldom needed

    if buyers([address]):
        raise ValueError("a notice never goes to a buyer")
    return address


def _is_maybe_mailbox(address: str) -> str:
    return address and _is_mailbox(address)


def _is_time_of_day(time: str) -> str:
    if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", time):
        raise ValueError("expected a time of day like 07:30")
    return time


def _is_zone(name: str) -> str:
    try:
        zone_of(name)
    except (ValueError, OSError, KeyError):
        raise ValueError("unknown time zone; expected a name like Europe/Berlin") from None
    return name


def zone_of(name: str) -> tzinfo:
    """The time zone of that name; UTC is known on machines without a list of zones, too."""
    return UTC if name == "UTC" else ZoneInfo(name)


Mailbox = Annotated[str, AfterValidator(_is_mailbox)]
TimeOfDay = Annotated[str, AfterValidator(_is_time_of_day)]
HookEvent = Literal["held", "refused", "rejected", "bounced", "expired", "in-doubt", "alarm"]
HOOK_EVENTS: tuple[HookEvent, ...] = (
    "held",
    "refused",
    "rejected",
    "bounced",
    "expired",
    "in-doubt",
    "alarm",
)


class Webhook(Section):
    """An address of another program that is told what happens."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    """A short name, for the log."""
    url: str
    """Where the POST goes; https, but for this machine."""
    secret_file: NamedFile
    """File with the secret that signs the calls."""
    events: tuple[HookEvent, ...] = HOOK_EVENTS
    """What it is told."""
    allow_private: bool = False
    """Whether its name may lead to a private address or to this machine."""

    @model_validator(mode="after")
    def _goes_over_tls(self) -> Self:
        parts = urlsplit(self.url)
        here = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if not parts.hostname or parts.username is not None or (parts.scheme != "https" and not here):
            raise ValueError("url: expected https://host/path")
        return self


class Notices(Section):
    """Notices to senders and reviewers, by mail; calls to other programs."""

    enabled: bool = False
    """Whether anybody is told anything."""
    sender: tuple[Literal["held", "rejected", "refused"], ...] = ("held", "rejected", "refused")
    """What the sender of a mail is told at once: held, rejected by a reviewer, refused."""
    from_address: Annotated[str, AfterValidator(_is_maybe_mailbox)] = ""
    """Who notices come from; empty: postmaster at the gateway's name."""
    reviewers: tuple[Mailbox, ...] = ()
    """Who gets the digest, the alarm, and links that decide."""
    digest_at: tuple[TimeOfDay, ...] = ("07:00",)
    """Times of day of the digest of what is held; none is sent when nothing is."""
    time_zone: Annotated[str, AfterValidator(_is_zone)] = "UTC"
    """The zone of these times, like Europe/Berlin."""
    alarm_hours: tuple[Count, ...] = (6, 2)
    """Hours before a held mail is due at which reviewers are alarmed."""
    link_hours: Count = 48
    """How long a link in a notice works."""
    per_address_hour: Count = 20
    """Notices to one sender in an hour; what is beyond is summed up in one."""
    round_seconds: Seconds = 2
    """How often is looked for what is to be told."""
    webhooks: tuple[Webhook, ...] = ()
    """Other programs that are told."""
    webhook_seconds: Seconds = 10
    """Time for one call of a webhook."""
    give_up_hours: Count = 24
    """How long a call is tried again."""

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [hook.name for hook in self.webhooks]
        if len(set(names)) < len(names):
            raise ValueError("webhooks: each needs a name of its own")
        return self

    def tells(self, state: str) -> bool:
        """Whether the sender of a mail hears that it came into `state`."""
        return self.enabled and state in self.sender
