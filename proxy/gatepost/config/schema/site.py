"""The review site."""

from __future__ import annotations

from typing import Literal

from gatepost.config.schema.base import Address, Count, Section


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
    require_totp: tuple[Literal["agent", "reviewer", "admin", "auditor"], ...] = ()
    """Roles that must have a second factor."""
