"""A brake on guessing passwords: by address, and by account and address.

A stranger can't lock out an account's owner: failures from one address never close the account to
another. When an account is under attack from many addresses, each gets fewer tries, and an address
that has not failed is still heard. All tables are bounded; the oldest entries go first.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

TRIES_PER_ADDRESS = 20
TRIES_PER_PAIR = 10  # one account from one address
TRIES_UNDER_ATTACK = 3  # one account from one address, once many addresses failed on it
ATTACK = 40  # failures on one account that make it an attack
WINDOW = timedelta(minutes=15)
MAX_KEYS = 10_000

_Key = tuple[str, str, str]  # what is counted, account, origin


class Brake:
    """Counts failed logins within a sliding window."""

    def __init__(self) -> None:
        self._failures: OrderedDict[_Key, deque[datetime]] = OrderedDict()

    def wait(self, account: str, address: str, now: datetime) -> timedelta | None:
        """How long this address has to wait before it may try this account; None: not at all."""
        origin = _origin(address)
        under_attack = len(self._recent(("account", account, ""), now)) >= ATTACK
        allowance = TRIES_UNDER_ATTACK if under_attack else TRIES_PER_PAIR
        waits = [
            self._until(("address", "", origin), TRIES_PER_ADDRESS, now),
            self._until(("pair", account, origin), allowance, now),
        ]
        return max((wait for wait in waits if wait is not None), default=None)

    def failed(self, account: str, address: str, now: datetime) -> None:
        """Count one try; `succeeded` takes it back."""
        origin = _origin(address)
        for key in (("address", "", origin), ("pair", account, origin), ("account", account, "")):
            times = self._failures.setdefault(key, deque(maxlen=ATTACK))
            times.append(now)
            self._failures.move_to_end(key)
        while len(self._failures) > MAX_KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, account: str, address: str) -> None:
        """Forget this address's failures on this account, and that this try was counted as one."""
        origin = _origin(address)
        self._failures.pop(("pair", account, origin), None)
        for key in (("address", "", origin), ("account", account, "")):
            if times := self._failures.get(key):
                times.pop()

    def _recent(self, key: _Key, now: datetime) -> deque[datetime]:
        times = self._failures.get(key)
        if times is None:
            return deque()
        while times and now - times[0] >= WINDOW:
            times.popleft()
        return times

    def _until(self, key: _Key, limit: int, now: datetime) -> timedelta | None:
        times = self._recent(key, now)
        if len(times) < limit:
            return None
        return WINDOW - (now - times[-limit])


def _origin(address: str) -> str:
    """The address, or its /64 network: one machine can own all of an IPv6 network of that size."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return f"{parsed.exploded[:19]}::/64"
    return str(parsed)
