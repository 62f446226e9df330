"""Reading pictures and documents."""

from __future__ import annotations

from enum import Enum

from gatepost.config.schema.base import Count, Seconds, Section


class Unread(Enum):
    """What happens to a mail with a file that can't be read."""

    HOLD = "hold"
    PASS = "pass"  # noqa: S105 - no password


class Vision(Section):
    """Pictures and documents that go with mails; needs gatepost[vision]."""

    enabled: bool = True
    """Whether what they say is read and judged."""
    warm: bool = True
    """Whether the reader is loaded at the start (some 400 MB for each worker), not with the first file."""
    unread: Unread = Unread.HOLD
    """A mail with a file that can't be read, or not in time: hold, or pass by what else it says."""
    seconds: Seconds = 7
    """Time for all files of one mail, from when it came; keep it below policy.judge_seconds."""
    files: Count = 20
    """Files of one mail that are read."""
    memory_bytes: Count = 2_147_483_648
    """Address space of the process that reads them."""
    remembered: Count = 2_000
    """Files whose content is remembered by its digest."""
