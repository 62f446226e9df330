"""Where state is kept, and for how long."""

from __future__ import annotations

from pathlib import Path

from gatepost.config.schema.base import Count, Seconds, Section


class Store(Section):
    """Where state is kept."""

    path: Path = Path("var/gatepost.db")
    """SQLite file; its folder is made when it is missing."""
    busy_seconds: Seconds = 5
    """Wait for another process's lock."""


class Retention(Section):
    """How long what is kept."""

    held_days: Count = 14
    """Held mails that nobody decided on."""
    decisions_days: Count = 400
    """What was decided and why (without the mails themselves)."""
    captured_days: Count = 7
    """Mails of the capture relay."""
