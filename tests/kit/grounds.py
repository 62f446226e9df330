"""Makes passages for the finders of facts to look in."""

from __future__ import annotations

from gatepost_policies.facts.ground import Ground
from gatepost_policies.model import Span
from gatepost_policies.text import unmask


def ground(text: str) -> Ground:
    """`text` as the only passage of a mail."""
    return Ground(0, unmask(text))


def words(text: str, span: Span | None) -> str:
    """The words of `text` at `span`."""
    return "" if span is None else text[span.start : span.end]
