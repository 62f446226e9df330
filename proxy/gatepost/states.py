"""The two state tables: a message's and a claim's. Everything that changes a state goes through them.

`docs/states.md` is drawn from here, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping

from gatepost.errors import StateError
from gatepost.model import ClaimState, MessageState

_M, _C = MessageState, ClaimState

MESSAGE: Mapping[MessageState, frozenset[MessageState]] = {
    _M.ATTEMPTING: frozenset(
        {_M.SENDING, _M.RELAYED, _M.SPOOLED, _M.REFUSED, _M.BOUNCED, _M.IN_DOUBT, _M.ABANDONED, _M.HELD}
    ),
    _M.SENDING: frozenset(
        {_M.RELAYED, _M.SPOOLED, _M.REFUSED, _M.BOUNCED, _M.IN_DOUBT, _M.ABANDONED, _M.HELD}
    ),
    _M.SPOOLED: frozenset({_M.ATTEMPTING, _M.BOUNCED, _M.REJECTED}),
    _M.HELD: frozenset({_M.ATTEMPTING, _M.REJECTED, _M.EXPIRED}),
    _M.IN_DOUBT: frozenset({_M.SPOOLED, _M.RELAYED, _M.ABANDONED, _M.REJECTED}),
    _M.RELAYED: frozenset(),
    _M.REFUSED: frozenset(),
    _M.ABANDONED: frozenset(),
    _M.BOUNCED: frozenset(),
    _M.REJECTED: frozenset(),
    _M.EXPIRED: frozenset(),
}
"""From each state, where a message may go next. A state without a next one is final."""

CLAIM: Mapping[ClaimState, frozenset[ClaimState]] = {
    _C.RESERVED: frozenset({_C.CONFIRMED, _C.IN_DOUBT, _C.RELEASED}),
    _C.CONFIRMED: frozenset({_C.GRANTED}),
    _C.IN_DOUBT: frozenset({_C.CONFIRMED, _C.RELEASED, _C.GRANTED}),
    _C.RELEASED: frozenset({_C.RESERVED, _C.CONFIRMED}),
    _C.GRANTED: frozenset({_C.RESERVED, _C.CONFIRMED}),
}
"""From each state, where an order's claim may go next; an order without a row is free like RELEASED."""

FREE = frozenset({_C.RELEASED, _C.GRANTED})
"""Claim states in which the order's review request may be reserved."""

KEEPS_RAW = frozenset({_M.ATTEMPTING, _M.SENDING, _M.SPOOLED, _M.HELD, _M.IN_DOUBT})
"""Message states in which the bytes may be needed again; in any other they are deleted."""


def check_message(old: MessageState, new: MessageState) -> None:
    """Raise StateError unless a message may go from `old` to `new`."""
    if new not in MESSAGE[old]:
        raise StateError(f"a message can't go from {old.value} to {new.value}")


def claim_after(state: MessageState) -> ClaimState | None:
    """The state of a message's claims once the message is in `state`; None leaves them reserved."""
    match state:
        case _M.RELAYED:
            return _C.CONFIRMED
        case _M.IN_DOUBT:
            return _C.IN_DOUBT
        case _M.REFUSED | _M.ABANDONED | _M.BOUNCED | _M.REJECTED | _M.EXPIRED | _M.HELD:
            return _C.RELEASED
        case _M.ATTEMPTING | _M.SENDING | _M.SPOOLED:
            return None
