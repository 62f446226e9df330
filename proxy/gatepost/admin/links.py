"""Links from notices: sealed, expiring, bound to one mail and one reader. Opening one changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gatepost.model import MessageId
from gatepost.seal import unseal


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is for."""

    id: MessageId
    to: str  # whom it was sent to
    decides: bool


@dataclass(frozen=True, slots=True)
class Links:
    """Reads links. A reviewer who is taken from the configuration decides nothing more."""

    key: bytes
    reviewers: Callable[[], Sequence[str]]

    def read(self, token: str, now: datetime) -> Link | None:
        """What a token of ours stands for; None for any other, and for one that has expired."""
        words = unseal(token, key=self.key, now=now) if self.key else None
        if words is None or not {"id", "may", "to"} <= set(words):
            return None
        decides = words["may"] == "decide"
        if decides and words["to"] not in self.reviewers():
            return None
        return Link(MessageId(words["id"]), words["to"], decides)
