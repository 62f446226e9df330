from __future__ import annotations

import re

import pytest

from kit.site import TestSite


async def test_the_pages_load_only_what_the_site_has(site: TestSite) -> None:
    async with site.client() as client:
        page = (await client.get("/login")).text
        addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        files = [await client.get(address) for address in addresses]

    assert len(addresses) == 4
    assert {file.status_code for file in files} == {200}
    assert all("immutable" in file.headers["cache-control"] for file in files)


@pytest.mark.parametrize("name", ["nothing.css", "..%2fapp.py", "%2e%2e", "site.css%00", "LICENSE"])
async def test_nothing_else_is_served(site: TestSite, name: str) -> None:
    async with site.client() as client:
        assert (await client.get(f"/static/{name}")).status_code == 404
