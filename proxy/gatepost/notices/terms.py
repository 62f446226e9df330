"""The operator's terms for notices, made from the configuration once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from gatepost.config.schema import Notices as Settings
from gatepost.config.schema.notices import zone_of
from gatepost.model import MessageState

PATIENCE = timedelta(hours=12)
"""A digest that was missed by more than this is not sent any more: the next one comes soon."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is told to whom, and how."""

    settings: Settings
    hostname: str
    site_url: str  # "" without a site: then there are no links
    link_key: bytes = b""

    @property
    def sender(self) -> str:
        """Who notices come from."""
        return self.settings.from_address or f"postmaster@{self.hostname}"

    @property
    def zone(self) -> tzinfo:
        """The zone in which reviewers read the clock."""
        return zone_of(self.settings.time_zone)

    def tells_sender(self, state: MessageState) -> bool:
        """Whether the sender of a mail hears that it came into `state`."""
        return self.settings.tells(state.value)


def last_slot(now: datetime, times: Sequence[str], zone: tzinfo) -> datetime | None:
    """The latest time of a digest that has passed by less than PATIENCE; None when there is none."""
    here = now.astimezone(zone)
    slots = []
    for day in (here.date(), here.date() - timedelta(days=1)):
        for time in times:
            hour, minute = (int(part) for part in time.split(":"))
            slots.append(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC))
    passed = [slot for slot in slots if timedelta(0) <= now - slot < PATIENCE]
    return max(passed, default=None)
