"""Logging in and staying so: sessions on the server, of which the browser holds only a random token.

The store keeps only a hash of the token. A session ends when it is idle too long, when it is too old, when
its user logs out, changes the password, or is disabled.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from starlette.requests import Request
from starlette.responses import Response

from gatepost.admin.access import Role, Visitor
from gatepost.admin.brake import Brake
from gatepost.admin.ports import Sessions, Users
from gatepost.config.schema import Site, is_loopback
from gatepost.ports import Clock

MAX_NAME, MAX_TOKEN, MIN_PASSWORD, MAX_PASSWORD = 254, 100, 12, 1_000
PARALLEL_HASHES, WAITING_HASHES = 2, 50
"""A password hash takes 64 MB and a tenth of a second: so many at once, so many in line."""


class Refusal(Enum):
    """Why nobody was logged in."""

    WRONG = "wrong"
    WAIT = "wait"
    BUSY = "busy"


@dataclass(slots=True)
class Doorkeeper:
    """Knows who is logged in."""

    users: Users
    sessions: Sessions
    site: Site
    clock: Clock
    brake: Brake = field(default_factory=Brake)
    _hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PARALLEL_HASHES))
    _waiting: int = 0

    @property
    def cookie(self) -> str:
        """The cookie's name; with TLS one that only this host over TLS can set."""
        return "__Host-gatepost" if self._secure else "gatepost"

    @property
    def _secure(self) -> bool:
        return self.site.public_url.startswith("https://")

    async def visitor(self, request: Request) -> Visitor | None:
        """Who sent this request; None when nobody is logged in. Raises StoreError."""
        token = request.cookies.get(self.cookie, "")
        if not token or len(token) > MAX_TOKEN:
            return None
        session = await self.sessions.find(
            token,
            idle=timedelta(minutes=self.site.session_idle_minutes),
            longest=timedelta(hours=self.site.session_hours),
        )
        if session is None:
            return None
        user = session.user
        return Visitor(user.name, Role(user.role.value), hash_of(token), user.must_change)

    async def log_in(self, request: Request, name: str, password: str) -> str | Refusal:
        """A new session's token for the right password; an earlier session of this browser ends."""
        name, address, now = name[:MAX_NAME], address_of(request, self.site), self.clock.now()
        if self.brake.wait(name, address, now) is not None:
            return Refusal.WAIT
        if self._waiting >= WAITING_HASHES:
            return Refusal.BUSY
        # Counted before the slow hash, or many tries at once would all pass the brake.
        self.brake.failed(name, address, now)
        async with self._turn():
            user = await self.users.verify(name, password) if len(password) <= MAX_PASSWORD else None
        if user is None:
            return Refusal.WRONG
        self.brake.succeeded(name, address)
        await self.forget(request)
        return await self.sessions.begin(user.name)

    async def change_password(
        self, request: Request, visitor: Visitor, *, old: str, new: str
    ) -> str | Refusal:
        """Replace the visitor's password when `old` is right; the token of their one new session.

        All their other sessions end. Guessing the old password is braked as at the login.
        """
        address, now = address_of(request, self.site), self.clock.now()
        if self.brake.wait(visitor.name, address, now) is not None:
            return Refusal.WAIT
        self.brake.failed(visitor.name, address, now)
        async with self._turn():
            if len(old) > MAX_PASSWORD or await self.users.verify(visitor.name, old) is None:
                return Refusal.WRONG
            await self.users.set_password(visitor.name, new, by=visitor.name)
        self.brake.succeeded(visitor.name, address)
        return await self.sessions.begin(visitor.name)

    async def forget(self, request: Request) -> None:
        """End the session that this browser holds, if any."""
        token = request.cookies.get(self.cookie, "")
        if token and len(token) <= MAX_TOKEN:
            await self.sessions.end(token)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        self._waiting += 1
        try:
            async with self._hashing:
                yield
        finally:
            self._waiting -= 1

    def hand_over(self, response: Response, token: str) -> None:
        """Give the browser its token, for as long as it stays open."""
        response.set_cookie(
            self.cookie, token, httponly=True, secure=self._secure, samesite="strict", path="/"
        )

    def take_back(self, response: Response) -> None:
        """Take the token from the browser."""
        response.delete_cookie(self.cookie, httponly=True, secure=self._secure, samesite="strict", path="/")


def hash_of(token: str) -> str:
    """A name for a session that tells nothing of its token."""
    return hashlib.sha256(token.encode()).hexdigest()


def address_of(request: Request, site: Site) -> str:
    """The address that a request came from.

    Where the site has a public URL, a proxy on this machine stands before it: then it is what that proxy
    added to X-Forwarded-For. From any other peer the header is only a claim.
    """
    peer = request.client.host if request.client else ""
    if site.public_url and is_loopback(peer):
        added = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return added[:64] or peer
    return peer


def fault_of(password: str, again: str, *, name: str) -> str:
    """What is wrong with a new password, as a sentence; "" when nothing is."""
    if password != again:
        return "The two new passwords differ."
    if len(password) < MIN_PASSWORD:
        return f"A password needs at least {MIN_PASSWORD} characters; a few random words are good."
    if len(password) > MAX_PASSWORD:
        return f"A password has at most {MAX_PASSWORD} characters."
    if name.lower() in password.lower() or len(set(password)) < 5:
        return "That password is too easy to guess."
    return ""
