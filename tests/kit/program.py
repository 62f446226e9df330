"""A program that calls the API with a token of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx

from gatepost.directory import Role, Scope
from kit.site import TestSite


async def token_for(
    site: TestSite, *scopes: Scope, name: str = "pat", role: Role = Role.ADMIN, days: float = 30
) -> str:
    """The secret of a new token of a user, who is added where they are not there."""
    if await site.store.users.find(name) is None:
        await site.user(name, role)
    _, secret = await site.store.tokens.make(
        name, label="test", scopes=scopes or (Scope.ADMIN,), lasts=timedelta(days=days), by="test"
    )
    return secret


@asynccontextmanager
async def program(
    site: TestSite, *scopes: Scope, name: str = "pat", role: Role = Role.ADMIN
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with such a token, and without a browser's headers."""
    secret = await token_for(site, *scopes, name=name, role=role)
    async with site.client() as client:
        client.headers["authorization"] = f"Bearer {secret}"
        client.base_url = httpx.URL("http://127.0.0.1:8025/api/v1/")
        yield client
