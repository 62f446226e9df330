from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from gatepost.model import MessageState
from kit.site import TestSite, held, raw_of


async def seed(site: TestSite) -> None:
    now = site.clock.now()
    for number, state in enumerate((MessageState.HELD, MessageState.REFUSED)):
        raw = raw_of("x") if state is MessageState.HELD else None
        entry = held(state.value, now - timedelta(hours=number), state=state, fingerprint=state.value)
        await site.keep(replace(entry, has_raw=raw is not None), raw)


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", ["held", "refused"]),
        ("?state=refused", ["refused"]),
        ("?state=nonsense", ["held", "refused"]),
        ("?rule=p4-marketing&state=held", ["held"]),
        ("?clause=D4b", []),
    ],
)
async def test_every_decision_is_listed_and_found(site: TestSite, query: str, seen: list[str]) -> None:
    await seed(site)
    async with site.logged_in() as client:
        page = (await client.get(f"/decisions{query}")).text

    assert re.findall(r'href="/mail/(\w+)"', page) == seen


async def test_every_listed_decision_opens(site: TestSite) -> None:
    await seed(site)
    async with site.logged_in() as client:
        codes = {(await client.get(f"/mail/{id}")).status_code for id in ("held", "refused")}

    assert codes == {200}
