"""What the site knows of people and programs, beside mail: users, sessions, tokens, second factors, lists."""

from __future__ import annotations

from dataclasses import dataclass

from gatepost.directory import Accounts, Backlog, Listings, Logins, Proofs, Tokens


@dataclass(frozen=True, slots=True)
class Staff:
    """All parts, each behind its Protocol."""

    accounts: Accounts
    logins: Logins
    tokens: Tokens
    proofs: Proofs
    listings: Listings
    outbox: Backlog
