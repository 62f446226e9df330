"""The real clock and the makers of ids."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from gatepost.model import MessageId

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: nothing to misread


class SystemClock:
    """The machine's time of day."""

    def now(self) -> datetime:
        """The current time, aware, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the Clock


def new_message_id() -> MessageId:
    """An id for a message: 18 characters that sort by time (to the millisecond) and can't be guessed."""
    milliseconds = int(SystemClock().now().timestamp() * 1000)
    return MessageId(_base32(milliseconds, 10) + _base32(secrets.randbits(40), 8))


def _base32(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
