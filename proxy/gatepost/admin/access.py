"""Who may do what: roles, permissions, and the one table that joins them. Denied unless it says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from gatepost.directory import Role as Role  # who names one names the other
from gatepost.directory import Scope


class Permission(Enum):
    """What a route asks of its visitor."""

    PUBLIC = "public"  # anyone, logged in or not
    LOCAL = "local"  # a program on this machine
    OWN = "own"  # any user: who they are
    ACCOUNT = "account"  # any user: the own password, second factor, sessions and tokens
    CHECK = "check"  # judge a draft
    MINE = "mine"  # the own mails and what was decided about them
    READ = "read"  # other people's mail and what was decided about it
    DECIDE = "decide"  # release, reject, settle
    RECORD = "record"  # order data, parcels, refunds, the stop list; make letters and send them
    GRANT = "grant"  # allow another review request for an order
    AUDIT = "audit"  # the trail of who did what
    SEE = "see"  # users, tokens and settings as they are
    MANAGE = "manage"  # change users, tokens and settings


_P = Permission
_EVERYONE = frozenset({_P.OWN, _P.ACCOUNT, _P.CHECK, _P.MINE})

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.AGENT: _EVERYONE,
    Role.REVIEWER: _EVERYONE | {_P.READ, _P.DECIDE, _P.RECORD},
    Role.ADMIN: _EVERYONE | {_P.READ, _P.DECIDE, _P.RECORD, _P.GRANT, _P.AUDIT, _P.SEE, _P.MANAGE},
    Role.AUDITOR: _EVERYONE | {_P.READ, _P.AUDIT, _P.SEE},
}
"""What each role may do. A permission that is not listed is denied."""

_READS = frozenset({_P.OWN, _P.MINE, _P.READ, _P.AUDIT, _P.SEE})

SCOPES: Mapping[Scope, frozenset[Permission]] = {
    Scope.CHECK: frozenset({_P.OWN, _P.CHECK}),
    Scope.READ: _READS,
    Scope.REVIEW: _READS | {_P.DECIDE, _P.RECORD},
    Scope.ADMIN: _READS | {_P.ACCOUNT, _P.CHECK, _P.DECIDE, _P.RECORD, _P.GRANT, _P.MANAGE},
}
"""What a token of each scope may be used for, within what its user may do."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone who is logged in, or a program with a token of theirs."""

    name: str
    role: Role
    session: str  # hash of the session's token; the token's id for a program
    must_change: bool = False  # the password was made for them: nothing else until it is their own
    scopes: tuple[Scope, ...] | None = None  # of a token; None for a person
    pending: bool = False  # the password was right, the second factor is yet to come
    must_enrol: bool = False  # a second factor is asked for, and they have none yet
    email: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether this visitor's role, and token, grant `permission`."""
        if permission not in GRANTS[self.role]:
            return False
        return self.scopes is None or any(permission in SCOPES[scope] for scope in self.scopes)
