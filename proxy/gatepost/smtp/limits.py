"""What all connections share and none may exhaust: places, rates, memory and disk. Every table is bounded."""

from __future__ import annotations

import shutil
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path

from gatepost.config.schema import SmtpLimits
from gatepost.smtp import replies
from gatepost.smtp.replies import Reply

Address = IPv4Address | IPv6Address

_MOST_ADDRESSES = 10_000
_RATE_SECONDS = 60.0
_DISK_SECONDS = 1.0


def read_address(text: str) -> Address | None:
    """The client's address; an IPv4 address in IPv6 clothes counts as IPv4, a socket without one as None."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def counted_as(address: Address | None) -> str:
    """The key under which a client is counted: for IPv6 its /64, which one client holds as a whole."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)


class Connections:
    """Counts connections: in all, by address, and how fast an address opens them."""

    def __init__(self, limits: SmtpLimits, now: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._now = limits, now
        self._places = 0
        self._by_address: Counter[str] = Counter()
        self._opened: OrderedDict[str, tuple[float, int]] = OrderedDict()

    @property
    def open(self) -> int:
        """How many connections there are."""
        return self._places

    def enter(self) -> Reply | None:
        """Take a place, or say why there is none."""
        if self._places >= self._limits.connections:
            return replies.TOO_MANY_CONNECTIONS
        self._places += 1
        return None

    def leave(self) -> None:
        """Give the place back."""
        self._places -= 1

    def admit(self, client: str, *, trusted: bool) -> Reply | None:
        """Count a connection to `client`, or say why not; only the untrusted have a rate."""
        if not trusted and self._opened_lately(client) > self._limits.connections_per_minute:
            return replies.TOO_FAST
        if self._by_address[client] >= self._limits.connections_per_address:
            return replies.TOO_MANY_FROM_YOU
        self._by_address[client] += 1
        return None

    def dismiss(self, client: str) -> None:
        """Undo one `admit` that was granted."""
        self._by_address[client] -= 1
        if not self._by_address[client]:
            del self._by_address[client]

    def _opened_lately(self, client: str) -> int:
        now = self._now()
        since, count = self._opened.pop(client, (now, 0))
        if now - since >= _RATE_SECONDS:
            since, count = now, 0
        self._opened[client] = since, count + 1
        if len(self._opened) > _MOST_ADDRESSES:
            self._opened.popitem(last=False)
        return count + 1


class InFlight:
    """The memory that mails may take together, from their first octet to their answer."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self.taken_bytes = most_bytes, 0

    def has_room(self, octets: int) -> bool:
        """Whether `octets` more would fit now."""
        return self.taken_bytes + octets <= self._most

    def take(self, octets: int) -> bool:
        """Take `octets` if they fit."""
        if not self.has_room(octets):
            return False
        self.taken_bytes += octets
        return True

    def give_back(self, octets: int) -> None:
        """Undo takes of `octets` in all."""
        self.taken_bytes -= octets


def disk_reserve(
    folder: Path,
    limits: SmtpLimits,
    *,
    now: Callable[[], float] = time.monotonic,
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
) -> Callable[[], str | None]:
    """A check for `Intake(ready=…)`: "disk" while less is free than the reserve, looked up once a second.

    The reserve is `free_disk_bytes`, and never less than one and a half of the largest mail.
    """
    reserve = max(limits.free_disk_bytes, limits.message_bytes * 3 // 2)
    looked_at, low = float("-inf"), False

    def check() -> str | None:
        nonlocal looked_at, low
        if now() - looked_at >= _DISK_SECONDS:
            looked_at, low = now(), free_bytes(folder) < reserve
        return "disk" if low else None

    return check
