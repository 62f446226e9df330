"""The objects of people, tokens and settings that the API takes and gives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from gatepost.admin.api.bench_shapes import Exception_
from gatepost.admin.api.operation import Shape
from gatepost.admin.api.shapes import Paged, Stamp

RoleWord = Literal["agent", "reviewer", "admin", "auditor"]
ScopeWord = Literal["check", "read", "review", "admin"]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Password = Annotated[str, Field(min_length=12, max_length=1_000)]


class Me(Shape):
    """Who asks, and what they may do."""

    name: str
    role: RoleWord
    scopes: list[ScopeWord] | None
    """Of the token; null for a session."""
    may: list[str]


class User(Shape):
    """A user of the gateway."""

    name: str
    role: RoleWord
    disabled: bool
    must_change: bool
    email: str
    second_factor: bool
    created_at: Stamp


class Users(Shape):
    """All users by name."""

    users: list[User]


class NewUser(Shape):
    """A user to be added, with a password that they must change at the first login."""

    name: Name
    role: RoleWord
    password: Password
    email: Annotated[str, Field(max_length=254)] = ""


class UserChange(Shape):
    """What is to change of a user; what is not given stays."""

    role: RoleWord | None = None
    disabled: bool | None = None
    email: Annotated[str, Field(max_length=254)] | None = None


class PasswordBody(Shape):
    """A new password, which the user must change at the next login."""

    password: Password


class Session(Shape):
    """Someone's login on the site."""

    id: str
    user: str
    begun_at: Stamp
    seen_at: Stamp
    address: str
    browser: str


class Sessions(Shape):
    """The logins of a user, the last seen first."""

    sessions: list[Session]


class TokenQuery(Paged):
    """Which tokens."""

    user: Annotated[str, Field(max_length=200)] = ""
    """Of this user; empty: the own ones, and all for who may see them."""


class Token(Shape):
    """What a program logs in with."""

    id: str
    user: str
    label: str
    scopes: list[ScopeWord]
    created_at: Stamp
    created_by: str
    expires_at: Stamp
    used_at: Stamp | None
    revoked_at: Stamp | None


class TokenPage(Shape):
    """A page of tokens, the newest first."""

    tokens: list[Token]
    next: str | None


class NewToken(Shape):
    """A token to be made."""

    label: Annotated[str, Field(min_length=1, max_length=100)]
    """What it is for."""
    scopes: Annotated[list[ScopeWord], Field(min_length=1, max_length=4)]
    days: Annotated[int, Field(ge=1, le=400)] = 90
    """How long it is good."""
    user: Annotated[str, Field(max_length=200)] = ""
    """Whose it is; empty: the own."""


class MadeToken(Shape):
    """A new token, and its secret, which is shown this once."""

    token: Token
    secret: str


class Setting(Shape):
    """A key that may be set on the site."""

    name: str
    value: JsonValue
    """What is in force."""
    filed: JsonValue
    """What the file and the environment say."""
    set_by: str | None
    set_at: Stamp | None
    refused: str | None
    """Why what was set could not be taken over."""


class Settings(Shape):
    """All of them."""

    settings: list[Setting]


class SettingBody(Shape):
    """A value, as JSON has it."""

    value: JsonValue


class SendersQuery(Shape):
    """Which senders."""

    days: Annotated[int, Field(ge=1, le=366)] = 30
    """What they sent in so many days."""
    part: Annotated[str, Field(max_length=100)] = ""
    """Of the From addresses those with these letters."""


class _Sent(Shape):
    mails: int
    """To buyers."""
    held: int
    refused: int
    last_at: Stamp | None


class SendingAccount(_Sent):
    """A login that sends, or may."""

    name: str
    is_user: bool
    """False: only the relay, or the configuration, knows it."""
    disabled: bool
    edition: str
    """Of its own (policy.by_account); empty: none."""
    exceptions: list[Exception_]


class SendingNetwork(_Sent):
    """A network that may send without a login; `elsewhere` for what came from none of them."""

    network: str


class SendingAddress(_Sent):
    """A From address."""

    address: str
    exceptions: list[Exception_]


class Senders(Shape):
    """Who sends through the gateway; of the addresses the 200 busiest."""

    accounts: list[SendingAccount]
    networks: list[SendingNetwork]
    addresses: list[SendingAddress]
    addresses_in_all: int


class Rule(Shape):
    """A rule in force."""

    id: str
    clause: str
    title: str
    category: str
    action: Literal["relay", "repair", "quarantine", "reject"]
    mode: Literal["enforce", "shadow", "off"]


class Rules(Shape):
    """The rules in force by default."""

    edition: str
    digest: str
    rules: list[Rule]
