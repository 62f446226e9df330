"""Which guidelines are in force and how strictly."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from gatepost.config.schema.base import Count, Seconds, Section


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
    review_judge_seconds: Seconds = 60
    """Longest time for judging a mail again that was held unjudged, when it is to be released."""
    heavy_bytes: Count = 32_768
    """Text from which on a mail is judged in a process of its own; files don't count."""
