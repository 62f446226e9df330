"""What the configuration asks of the site that the core install does not bring, and how to get it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.admin import oidc, second
from gatepost.config.schema import Site


@dataclass(frozen=True, slots=True)
class Lack:
    """A key that asks for libraries which are not installed."""

    key: str
    extra: str
    follows: str

    @property
    def mend(self) -> str:
        """The command that brings them."""
        return f"pip install 'gatepost[{self.extra}]'"


def lacks(site: Site) -> Iterator[Lack]:
    """What is asked for and can't be done as installed."""
    if site.oidc is not None and not oidc.is_available():
        yield Lack("site.oidc", "oidc", "the gateway does not start with it")
    if site.require_totp and not second.is_available():
        follows = "who must have a second factor can't set one up, and gets no further than that"
        yield Lack("site.require_totp", "totp", follows)
