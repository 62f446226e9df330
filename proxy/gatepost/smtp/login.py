"""AUTH: reading what the client sends (RFC 4616, RFC 4954), and brakes on guessing.

Who fails is slowed down, first on the connection, then by address and by account over all connections.
An address that has lately logged in to an account is not locked out of it by what strangers try. The
client reads the same words for an unknown account and for a wrong password.
"""

from __future__ import annotations

import asyncio
import binascii
import hashlib
import secrets
import time
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from gatepost import events
from gatepost.config.schema import AuthLimits
from gatepost.smtp import replies
from gatepost.smtp.replies import Refusal, Reply

MECHANISMS = ("PLAIN", "LOGIN")

_MOST_ENTRIES = 10_000
_LONGEST_NAME = 256
_CHECKS_AT_ONCE = 4
_MOST_DOUBLINGS = 4


Login = Callable[[str, str], Awaitable[bool]]
"""Whether user name and password belong together: the gateway's users, or the relay. May raise.

Takes as long for an unknown user as for a wrong password."""


def decode(token: str) -> str:
    """A base64 response as text. Raises Refusal; `*` is the client's way to give up."""
    if token == "*":  # noqa: S105 - the protocol's word
        raise Refusal(replies.AUTH_CANCELLED)
    try:
        return b64decode("" if token == "=" else token, validate=True).decode("utf-8")  # noqa: S105 - likewise
    except (binascii.Error, ValueError):
        raise Refusal(replies.AUTH_SYNTAX) from None


def split_plain(response: str) -> tuple[str, str]:
    """User name and password of a PLAIN response (RFC 4616 §2). Raises Refusal."""
    words = response.split("\0")
    if len(words) != 3 or not words[1] or not words[2]:
        raise Refusal(replies.AUTH_SYNTAX)
    if words[0] not in ("", words[1]):  # nobody acts for somebody else here
        raise Refusal(replies.WRONG_LOGIN)
    return words[1], words[2]


class Window:
    """Counts events by key until the key has been quiet for `seconds`; full, it forgets the oldest keys."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._seconds, self._now = seconds, now
        self._since: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, key: str) -> int:
        """How many events `key` has."""
        since, count = self._since.get(key, (0.0, 0))
        return count if count and self._now() - since < self._seconds else 0

    def add(self, key: str) -> None:
        """One more event of `key`."""
        count = self.count(key) + 1
        self._since.pop(key, None)
        self._since[key] = self._now(), count
        if len(self._since) > _MOST_ENTRIES:
            self._since.popitem(last=False)

    def clear(self, key: str) -> None:
        """Forget `key`."""
        self._since.pop(key, None)


class Guard:
    """Checks logins for all connections. At most four checks run at once: each is dear on purpose."""

    def __init__(
        self,
        login: Login,
        limits: AuthLimits,
        *,
        seconds: float,
        remembered_seconds: float = 0.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """A right login is taken again for `remembered_seconds` without asking `login`."""
        self._login, self._limits, self._seconds = login, limits, seconds
        self._by_address = Window(limits.window_seconds, now)
        self._by_account = Window(limits.window_seconds, now)
        self._proven = Window(limits.window_seconds, now)  # address and account that belong together
        self._right = Window(remembered_seconds, now)  # logins that were right a moment ago
        self._secret = secrets.token_bytes(32)
        self._turn = asyncio.Semaphore(_CHECKS_AT_ONCE)

    async def check(self, username: str, password: str, *, client: str) -> Reply:
        """WELCOME, or why not: wrong, locked, or nobody can tell now."""
        account = username.lower()[:_LONGEST_NAME]  # nobody's name is longer: the tables stay small
        pair = f"{client} {account}"
        if self._is_locked(client, account, pair):
            events.login_refused(client, "locked")
            return replies.TOO_MANY_LOGINS
        mark = self._mark(username, password)
        if not self._right.count(mark):
            refused = await self._ask(username, password, client)
            if refused is replies.WRONG_LOGIN:
                self._by_address.add(client)
                self._by_account.add(account)
                self._proven.clear(pair)  # one slip, and this address is like any other again
            if refused is not None:
                return refused
            self._right.add(mark)
        self._proven.add(pair)
        return replies.WELCOME

    def delay_seconds(self, failures: int) -> float:
        """How long to keep a client waiting after so many failures on its connection: doubling, bounded."""
        return float(self._limits.delay_seconds * 2 ** min(failures - 1, _MOST_DOUBLINGS))

    def is_enough(self, failures: int) -> bool:
        """Whether a connection with so many failures is to be closed."""
        return failures >= self._limits.failures_per_connection

    def _is_locked(self, client: str, account: str, pair: str) -> bool:
        if self._proven.count(pair):
            return False
        return (
            self._by_address.count(client) >= self._limits.failures_per_address
            or self._by_account.count(account) >= self._limits.failures_per_account
        )

    async def _ask(self, username: str, password: str, client: str) -> Reply | None:
        try:
            async with asyncio.timeout(self._seconds), self._turn:
                right = await self._login(username, password)
        except Exception as error:  # whatever it is: no login, and no reason shown to the client
            events.login_failed(client, error)
            return replies.LOGIN_UNAVAILABLE
        if right:
            return None
        events.login_refused(client, "wrong")
        return replies.WRONG_LOGIN

    def _mark(self, username: str, password: str) -> str:
        """What a right login is remembered by: useless without this process's secret."""
        words = f"{username}\0{password}".encode()
        return hashlib.blake2b(words, key=self._secret).hexdigest()
