"""Order data: where it comes from, and what is recorded of it."""

from __future__ import annotations

from pathlib import Path

from gatepost.config.schema.base import Count, Seconds, Section


class Orders(Section):
    """Order data: reports and feeds that mails are judged by."""

    watch: Path | None = None
    """Folder whose files are imported, then moved to its done/ or failed/; empty: none."""
    watch_seconds: Seconds = 15
    """Between two looks at the folder; a file that has not changed between them is complete."""
    file_bytes: Count = 1_000_000_000
    """Largest file of the folder or the API."""
    import_seconds: Seconds = 3600
    """Longest time for importing one file."""
    shipments_from_mail: bool = False
    """Whether the parcel that a relayed shipment confirmation names is recorded for the feed."""
