"""Who may do what: roles, permissions, and the one table that joins them. Denied unless it says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """What a user of the site is."""

    AGENT = "agent"  # answers buyers
    REVIEWER = "reviewer"  # decides on held mail
    ADMIN = "admin"
    AUDITOR = "auditor"  # reads everything, changes nothing


class Permission(Enum):
    """What a route asks of its visitor."""

    PUBLIC = "public"  # anyone, logged in or not
    LOCAL = "local"  # a program on this machine
    OWN = "own"  # any user: the own account
    CHECK = "check"  # judge a draft
    READ = "read"  # other people's mail and what was decided about it
    DECIDE = "decide"  # release, reject, settle
    GRANT = "grant"  # allow another review request for an order
    AUDIT = "audit"  # the trail of who did what


_P = Permission

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.AGENT: frozenset({_P.OWN, _P.CHECK}),
    Role.REVIEWER: frozenset({_P.OWN, _P.CHECK, _P.READ, _P.DECIDE}),
    Role.ADMIN: frozenset({_P.OWN, _P.CHECK, _P.READ, _P.DECIDE, _P.GRANT, _P.AUDIT}),
    Role.AUDITOR: frozenset({_P.OWN, _P.CHECK, _P.READ, _P.AUDIT}),
}
"""What each role may do. A permission that is not listed is denied."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone who is logged in."""

    name: str
    role: Role
    session: str  # hash of the session's token
    must_change: bool = False  # the password was made for them: nothing else until it is their own

    def may(self, permission: Permission) -> bool:
        """Whether this visitor's role grants `permission`."""
        return permission in GRANTS[self.role]
