"""The checks that rules name, one clause family a file, and the table of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from gatepost_policies.checks.case import Case, Evidence, Find, Params

UNLESS_FOUND: Final = "unless_found"  # categories that make this rule's finding a mere consequence


def _accept(params: Params) -> None:
    """Take any value of the named parameters."""


@dataclass(frozen=True, slots=True)
class Check:
    """A function that finds, with the parameters that a rule may give it."""

    find: Find
    names: frozenset[str] = frozenset()
    validate: Callable[[Params], None] = _accept  # raises ValueError with the reason, at load

    @property
    def params(self) -> frozenset[str]:
        """Every name that may stand under `with:`."""
        return self.names | {UNLESS_FOUND}


def _never(case: Case, params: Params) -> Iterable[Evidence]:
    """Find nothing: the gateway's ledger of review requests fires this rule, not the engine."""
    return ()


CHECKS: Final[Mapping[str, Check]] = {
    "ledger": Check(_never),
}

__all__ = ["CHECKS", "UNLESS_FOUND", "Case", "Check", "Evidence"]
