"""The review site."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator

from gatepost.config.schema.base import Address, Count, NamedFile, Section, is_loopback


def _is_issuer(url: str) -> str:
    parts = urlsplit(url)
    here = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not parts.hostname or parts.query or parts.fragment or (parts.scheme != "https" and not here):
        raise ValueError("expected the provider's address, like https://login.example.com")
    return url


class Oidc(Section):
    """An identity provider that people log in with (OpenID Connect); needs gatepost[oidc]."""

    issuer: Annotated[str, AfterValidator(_is_issuer)]
    """The provider's address, just as it calls itself."""
    client_id: str
    """The name under which it knows the gateway."""
    client_secret_file: NamedFile | None = None
    """File with the secret that it gave; none for a public client."""
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    """What is asked for."""
    name_claim: str = "email"
    """The claim that names the gateway user at their first login."""
    label: str = "Log in with single sign-on"
    """The words of the button."""


class Site(Section):
    """The review site."""

    enabled: bool = True
    """Whether the review site is served."""
    address: Address = "127.0.0.1:8025"
    """Host and port; keep it on loopback or behind a proxy with TLS."""
    public_url: str = ""
    """The address in links to the site, like https://mail-review.example; empty: from address."""
    session_idle_minutes: Count = 60
    """Unused sessions end after this."""
    session_hours: Count = 12
    """Every session ends after this."""
    require_totp: tuple[Literal["agent", "reviewer", "admin", "auditor"], ...] = ()
    """Roles that must have a second factor."""
    oidc: Oidc | None = None
    """An identity provider beside passwords."""
