"""TXT records out of the DNS, all lookups of one mail within one deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import dns.exception
import dns.name
import dns.resolver

from gatepost.config.address import split

MOST: Final = 20
"""Lookups for one mail; who needs more is not answered."""

Lookup = Callable[[bytes, float], bytes | None]
"""A TXT record by its name, within so many seconds; None when there is none. Raises Unanswered."""


class Unanswered(Exception):
    """Nobody could say whether there is such a record: no verdict on what depends on it."""


class Lookups:
    """Asks the system's resolver, or the `server` named; remembers what it heard for this one mail."""

    def __init__(
        self, seconds: float, *, server: str = "", now: Callable[[], float] = time.monotonic
    ) -> None:
        self._until, self._server, self._now = now() + seconds, server, now
        self._heard: dict[bytes, bytes | None] = {}
        self._resolver: dns.resolver.Resolver | None = None

    def __call__(self, name: bytes, seconds: float) -> bytes | None:
        """The record; see Lookup."""
        if name not in self._heard:
            left = min(seconds, self._until - self._now())
            if left <= 0 or len(self._heard) >= MOST:
                raise Unanswered("no time left to ask the DNS")
            self._heard[name] = self._ask(name, left)
        return self._heard[name]

    def _ask(self, name: bytes, seconds: float) -> bytes | None:
        try:
            wanted = dns.name.from_text(name.decode("ascii"))
        except (UnicodeDecodeError, dns.exception.DNSException):
            return None  # no such name can be
        try:
            answer = self._ready().resolve(wanted, "TXT", lifetime=seconds, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return None
        except (dns.exception.DNSException, OSError) as error:
            raise Unanswered(f"the DNS did not answer: {type(error).__name__}") from error
        return b"".join(next(iter(answer)).strings)

    def _ready(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            self._resolver = dns.resolver.Resolver(configure=not self._server)
            if self._server:
                host, port = split(self._server)
                self._resolver.nameservers, self._resolver.port = [host], port
        return self._resolver
