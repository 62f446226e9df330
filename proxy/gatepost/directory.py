"""Who there is and what they may use, as values and Protocols: users, sessions, tokens, settings, lists.

The store keeps them, the site shows and changes them; neither knows the other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol

from gatepost.model import Claim, ClaimState, Entry, MessageState


class Role(Enum):
    """What a user may do on the site; any of them may send mail."""

    AGENT = "agent"  # answers buyers
    REVIEWER = "reviewer"  # decides on held mail
    ADMIN = "admin"
    AUDITOR = "auditor"  # reads everything, changes nothing


class Scope(Enum):
    """What a token may be used for, within what its user may do."""

    CHECK = "check"  # judge drafts
    READ = "read"  # read what the user may read
    REVIEW = "review"  # read, and decide on held mail
    ADMIN = "admin"  # all that the user may do


SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1_000
"""Characters; one rule wherever a password is chosen."""
LONGEST_NAME = 200


def name_of(words: str) -> str:
    """A user's name as it is kept: composed, lower case; "" for what can't be one."""
    key = unicodedata.normalize("NFC", words).casefold().strip()
    return key if len(key) <= LONGEST_NAME and key.isprintable() else ""


@dataclass(frozen=True, slots=True)
class User:
    """One gateway user."""

    name: str
    role: Role
    disabled: bool
    must_change: bool  # the password was given by someone else
    created_at: datetime
    email: str = ""
    has_totp: bool = False
    recovery_left: int = 0
    oidc: str = ""  # who they are at the identity provider


@dataclass(frozen=True, slots=True)
class Login:
    """One session of the site."""

    id: str  # hash of its token
    user: str
    begun_at: datetime
    seen_at: datetime
    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Token:
    """What a program logs in with; the secret itself is nowhere kept."""

    id: str
    user: str
    label: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that was set on the site; it wins over the file's."""

    name: str  # the dotted key of the configuration
    value: Any  # as JSON has it
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages; what is empty does not narrow."""

    states: frozenset[MessageState] = frozenset()
    rule: str = ""
    clause: str = ""
    sender: str = ""  # a part of the From address
    order: str = ""
    text: str = ""  # a part of the subject
    since: datetime | None = None
    until: datetime | None = None
    account: str = ""  # of this gateway user: by login, or by `email` as the From address
    email: str = ""
    urgent_first: bool = False  # else the newest first


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a list, and where the next one begins; "" when there is none."""

    entries: Sequence[Entry]
    next: str


class Listings(Protocol):
    """Long lists, by the key of the last row. Raises StoreError, and ValueError for a bad `after`."""

    async def messages(self, wanted: Wanted, *, limit: int, after: str) -> Part:
        """Messages that fit."""

    async def claims(
        self, *, limit: int, after: str, state: ClaimState | None = None
    ) -> tuple[Sequence[Claim], str]:
        """The ledger, the newest first; of one state, where that is given."""


class Tokens(Protocol):
    """The tokens of programs. All methods raise StoreError."""

    async def make(
        self, user: str, *, label: str, scopes: Sequence[Scope], lasts: timedelta, by: str
    ) -> tuple[Token, str]:
        """A new token and its secret, which is shown this once; durable."""

    async def find(self, secret: str) -> tuple[Token, User] | None:
        """The token of a secret and its user, unless it expired, was revoked, or the user is disabled."""

    async def list(self, *, user: str = "", limit: int = 50, after: str = "") -> Sequence[Token]:
        """Tokens, the newest first, from behind the id `after`."""

    async def revoke(self, id: str, *, by: str, user: str = "") -> bool:
        """End a token (of `user`, when one is given); whether there was one to end."""


class Accounts(Protocol):
    """The users, and how they prove who they are. Raises StoreError, StateError for what can't be done."""

    async def add(
        self, name: str, password: str, role: Role, *, by: str, must_change: bool = False, email: str = ""
    ) -> User:
        """Add a user; durable."""

    async def list(self) -> Sequence[User]:
        """All users by name."""

    async def find(self, name: str) -> User | None:
        """One user."""

    async def verify(self, name: str, password: str) -> User | None:
        """The user, when the password is theirs and they are not disabled; as slow for unknown names."""

    async def claim(self, name: str, subject: str) -> User | None:
        """The user whom an identity provider calls `subject`; at their first login the one of that name.

        Raises StateError when that user is somebody else at the provider.
        """

    async def set_password(self, name: str, password: str, *, by: str, must_change: bool = False) -> None:
        """Replace a password and end all sessions of the user; durable."""

    async def change(
        self,
        name: str,
        *,
        by: str,
        role: Role | None = None,
        disabled: bool | None = None,
        email: str | None = None,
    ) -> User:
        """Change what is given. The last admin who may log in stays one: StateError."""


class Proofs(Protocol):
    """Second factors. All methods raise StoreError."""

    async def secret(self, name: str) -> str:
        """The shared secret of a user; "" when there is none."""

    async def enrol(self, name: str, secret: str, step: int, recovery: Sequence[str], *, by: str) -> None:
        """Keep a secret that was proven by the code of `step`, and hashes of new recovery codes; durable."""

    async def spend(self, name: str, step: int) -> bool:
        """Take the code of a time step; False when that, or a later one, was taken before."""

    async def recover(self, name: str, code: str) -> bool:
        """Take a recovery code; each is taken once."""

    async def drop(self, name: str, *, by: str) -> None:
        """Forget the second factor and end the user's sessions; durable."""


class Logins(Protocol):
    """The sessions as a list. All methods raise StoreError."""

    async def list(self, user: str = "") -> Sequence[Login]:
        """Sessions, the last seen first."""

    async def revoke(self, id: str, *, by: str, user: str = "") -> bool:
        """End a session (of `user`, when one is given); whether there was one."""


class Backlog(Protocol):
    """What is yet to be told to people and programs. Raises StoreError."""

    async def backlog(self) -> Mapping[str, int]:
        """How many happenings and calls of webhooks wait."""


class Settings(Protocol):
    """What was set on the site. All methods raise StoreError."""

    async def all(self) -> Mapping[str, Setting]:
        """Every setting by its name."""

    async def put(self, name: str, value: Any, *, by: str, before: Any = None) -> Setting:
        """Set one; with its audit record; durable."""

    async def drop(self, name: str, *, by: str, before: Any = None) -> bool:
        """Go back to the file's value; whether there was another."""
