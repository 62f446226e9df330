"""Pure judgement of mail: bytes and facts in, findings out; no I/O but reading rules.

    from gatepost_policies import judge, load, read

    verdict = judge(read(raw), load("amazon-2018-10"))

Names are imported on first use: a command that only lists rules does not pay for reading mail.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatepost_policies.errors import PackError
    from gatepost_policies.explain import differ
    from gatepost_policies.facts import buyers, is_buyer, marketplace_of, read, read_text
    from gatepost_policies.judging import judge
    from gatepost_policies.known import Known, KnownItem, KnownOrder, KnownRefund, KnownShipment
    from gatepost_policies.model import (
        CATEGORIES,
        Action,
        Facts,
        Finding,
        JudgedLink,
        Mail,
        Medium,
        Mode,
        Purpose,
        Reading,
        Span,
        Verdict,
    )
    from gatepost_policies.rule import Rule
    from gatepost_policies.rulebook import DEFAULT_EDITION, Rulebook, editions, load

_HOMES = {
    "errors": ("PackError",),
    "explain": ("differ",),
    "facts": ("buyers", "is_buyer", "marketplace_of", "read", "read_text"),
    "judging": ("judge",),
    "known": ("Known", "KnownItem", "KnownOrder", "KnownRefund", "KnownShipment"),
    "model": (
        "CATEGORIES",
        "Action",
        "Facts",
        "Finding",
        "JudgedLink",
        "Mail",
        "Medium",
        "Mode",
        "Purpose",
        "Reading",
        "Span",
        "Verdict",
    ),
    "rule": ("Rule",),
    "rulebook": ("DEFAULT_EDITION", "Rulebook", "editions", "load"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "CATEGORIES",
    "DEFAULT_EDITION",
    "Action",
    "Facts",
    "Finding",
    "JudgedLink",
    "Known",
    "KnownItem",
    "KnownOrder",
    "KnownRefund",
    "KnownShipment",
    "Mail",
    "Medium",
    "Mode",
    "PackError",
    "Purpose",
    "Reading",
    "Rule",
    "Rulebook",
    "Span",
    "Verdict",
    "buyers",
    "differ",
    "editions",
    "is_buyer",
    "judge",
    "load",
    "marketplace_of",
    "read",
    "read_text",
]


def __getattr__(name: str) -> Any:
    """The public name, imported from its module on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
