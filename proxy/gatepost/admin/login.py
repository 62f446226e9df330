"""Logging in and staying so: sessions on the server, of which the browser holds only a random token.

The store keeps only a hash of the token. A session ends when it is idle too long, when it is too old, when
its user logs out, changes the password, or is disabled. Who has a second factor gets a session that opens
nothing but the page for the code until that was given. Programs bring a token of their own with each call.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gatepost.admin.access import Role, Visitor
from gatepost.admin.brake import Brake
from gatepost.admin.ports import Sessions, Users
from gatepost.admin.ports import User as KnownUser
from gatepost.config.schema import Site, is_loopback
from gatepost.directory import LONGEST_PASSWORD, SHORTEST_PASSWORD, Proofs, Tokens
from gatepost.ports import Clock

MAX_NAME, MAX_TOKEN = 254, 100
MIN_PASSWORD, MAX_PASSWORD = SHORTEST_PASSWORD, LONGEST_PASSWORD
PARALLEL_HASHES, WAITING_HASHES = 2, 50
"""A password hash takes 64 MB and a tenth of a second: so many at once, so many in line."""
_TOKENS, _CODES = " tokens", " codes"  # what the brake counts besides passwords; no user is called so


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
    tokens: Tokens
    proofs: Proofs
    site: Site
    clock: Clock
    requires_totp: Callable[[], Collection[str]]  # roles, as they are set now
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
        """Who sent this request; None when nobody is logged in. Raises StoreError.

        A call of the API with a bearer token is that token's, whatever cookie comes with it; a token that is
        not good is a 401, and too many of them from one address a 429.
        """
        if secret := bearer_of(request):
            return await self._program(request, secret)
        token = self._token(request)
        session = token and await self.sessions.find(
            token,
            idle=timedelta(minutes=self.site.session_idle_minutes),
            longest=timedelta(hours=self.site.session_hours),
            touch=not _is_asked_by_script(request),
        )
        if not session:
            return None
        user = session.user
        return Visitor(
            user.name,
            Role(user.role.value),
            hash_of(token),
            must_change=user.must_change,
            pending=session.pending,
            must_enrol=not session.elsewhere and self._must_enrol(user),
            email=user.email,
        )

    async def _program(self, request: Request, secret: str) -> Visitor:
        address, now = address_of(request, self.site), self.clock.now()
        found = await self.tokens.find(secret) if len(secret) <= MAX_TOKEN else None
        if found is None:
            if (wait := self.brake.wait(_TOKENS, address, now)) is not None:
                raise HTTPException(429, headers={"retry-after": str(int(wait.total_seconds()) + 1)})
            self.brake.failed(_TOKENS, address, now)
            raise HTTPException(401, "this token is not good (any more)")
        token, user = found
        return Visitor(user.name, user.role, token.id, scopes=token.scopes, email=user.email)

    def _must_enrol(self, user: KnownUser) -> bool:
        return user.role.value in self.requires_totp() and not user.has_totp

    async def log_in(self, request: Request, name: str, password: str) -> tuple[str, bool] | Refusal:
        """A new session's token for the right password, and whether a code is yet to come.

        An earlier session of this browser ends.
        """
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
        return await self._begin(request, user.name, pending=user.has_totp), user.has_totp

    async def prove(self, request: Request, visitor: Visitor, code: str) -> str | Refusal:
        """The token of a whole session for the right code, or a recovery code; the pending one ends.

        Guessing is braked by account: a code has only six digits, and whoever guesses has the password.
        """
        from gatepost.admin.second import matching_step

        account, now = visitor.name + _CODES, self.clock.now()
        if self.brake.wait(account, account, now) is not None:
            return Refusal.WAIT
        self.brake.failed(account, account, now)
        step = matching_step(await self.proofs.secret(visitor.name), code, now)
        right = (
            await self.proofs.spend(visitor.name, step)
            if step is not None
            else await self.proofs.recover(visitor.name, code)
        )
        if not right:
            return Refusal.WRONG
        self.brake.succeeded(account, account)
        return await self.renew(request, visitor.name)

    async def admit(self, request: Request, name: str) -> str:
        """The token of a session for whom an identity provider has proven; an earlier one ends."""
        await self.forget(request)
        return await self._begin(request, name, elsewhere=True)

    async def renew(self, request: Request, name: str) -> str:
        """The token of a new, whole session; the browser's old one ends."""
        await self.forget(request)
        return await self._begin(request, name)

    async def change_password(
        self, request: Request, visitor: Visitor, *, old: str, new: str
    ) -> str | Refusal:
        """Replace the visitor's password when `old` is right; the token of their one new session.

        All their other sessions end. Guessing the old password is braked as at the login.
        """
        if (refusal := await self.confirm(request, visitor, old)) is not None:
            return refusal
        async with self._turn():
            await self.users.set_password(visitor.name, new, by=visitor.name)
        return await self._begin(request, visitor.name)

    async def confirm(self, request: Request, visitor: Visitor, password: str) -> Refusal | None:
        """None when the password is the visitor's own, as asked for before a change that matters."""
        address, now = address_of(request, self.site), self.clock.now()
        if self.brake.wait(visitor.name, address, now) is not None:
            return Refusal.WAIT
        self.brake.failed(visitor.name, address, now)
        async with self._turn():
            if len(password) > MAX_PASSWORD or await self.users.verify(visitor.name, password) is None:
                return Refusal.WRONG
        self.brake.succeeded(visitor.name, address)
        return None

    async def forget(self, request: Request) -> None:
        """End the session that this browser holds, if any."""
        if token := self._token(request):
            await self.sessions.end(token)

    async def _begin(
        self, request: Request, name: str, *, pending: bool = False, elsewhere: bool = False
    ) -> str:
        return await self.sessions.begin(
            name,
            pending=pending,
            elsewhere=elsewhere,
            address=address_of(request, self.site),
            browser=request.headers.get("user-agent", ""),
        )

    def _token(self, request: Request) -> str:
        token = request.cookies.get(self.cookie, "")
        return token if len(token) <= MAX_TOKEN else ""

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


def bearer_of(request: Request) -> str:
    """The bearer token of a call of the API (RFC 6750 §2.1); "" when there is none."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    is_call = request.url.path.startswith("/api/") and scheme.lower() == "bearer"
    return secret.strip() if is_call else ""


def _is_asked_by_script(request: Request) -> bool:
    """Whether an open page asks by itself what is new: nobody need sit before it, so the session may idle."""
    path = request.url.path
    return path == "/queue/live" or (path.startswith("/mail/") and path.endswith("/status"))


def hash_of(token: str) -> str:
    """A name for a session that tells nothing of its token."""
    return hashlib.sha256(token.encode()).hexdigest()


def address_of(request: Request, site: Site) -> str:
    """The address a request came from: the one that a proxy on this machine added, else the peer's.

    Of X-Forwarded-For only the last address is a proxy's own word, and only where there is one
    (`public_url`); what stands before is only a claim.
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
