"""The guideline's clauses: what each asks, and where the source says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gatepost_policies.yamlfile import parse

_FILE = Path(__file__).parent / "data" / "clauses.yaml"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of an edition of the guidelines."""

    id: str
    asks: str
    paragraph: str


@lru_cache(maxsize=1)
def load() -> Mapping[str, Clause]:
    """Every clause by its id, in the order of the source."""
    document = parse(_FILE.read_bytes(), str(_FILE))
    return {id: Clause(id, entry["asks"], entry["paragraph"]) for id, entry in document.value.items()}


@lru_cache(maxsize=256)
def position(id: str) -> int:
    """Where the clause `id` stands in the order of the source; raises ValueError when it is none."""
    return list(load()).index(id)
