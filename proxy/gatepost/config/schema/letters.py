"""The mails that are composed from order data."""

from __future__ import annotations

from pathlib import Path

from gatepost.config.schema.base import Section


class Letters(Section):
    """Mails to buyers made by `gatepost compose`."""

    from_address: str = ""
    """Their sender; empty: given with each."""
    seller: str = ""
    """The name that they are signed with."""
    folder: Path | None = None
    """Folder of own letters, one <language>.yaml each (see docs/orders.md); empty: the shipped ones."""
