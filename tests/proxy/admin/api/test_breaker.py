from __future__ import annotations

from gatepost.directory import Scope
from gatepost.report import iso
from gatepost.store.breaker import Breaker
from kit.program import program
from kit.site import TestSite


async def test_a_program_trips_and_resets_it(site: TestSite) -> None:
    async with program(site, Scope.REVIEW) as client:
        before = (await client.get("breaker")).json()
        tripped = await client.post("breaker/trip", json={"reason": "restricted"})
        again = await client.post("breaker/trip", json={"reason": "again"})
        stands = (await client.get("breaker")).json()
        reset = await client.post("breaker/reset", json={"reason": "lifted"})
        twice = await client.post("breaker/reset", json={"reason": "lifted"})

    free = {"tripped": False, "at": None, "by": "", "reason": ""}
    held = {"tripped": True, "at": iso(site.clock.now()), "by": "pat", "reason": "restricted"}
    assert (before, tripped.json(), stands, reset.json()) == (free, held, held, free)
    assert (again.status_code, twice.status_code) == (409, 409)
    assert [each.what for each in await site.store.audit.list() if each.subject == "proactive"] == [
        "breaker.reset",
        "breaker.tripped",
    ]


async def test_without_a_reason_nothing_is_changed(site: TestSite) -> None:
    async with program(site, Scope.REVIEW) as client:
        assert (await client.post("breaker/trip", json={"reason": ""})).status_code == 422
        assert (await client.post("breaker/reset", json={})).status_code == 422
    assert await site.store.breaker.tripped(fresh=True) is None


async def test_what_another_process_did_is_told_at_once(site: TestSite) -> None:
    async with program(site, Scope.READ) as client:
        assert (await client.get("breaker")).json()["tripped"] is False
        await Breaker(site.store.db, site.clock).trip(by="Amazon", reason="restricted")
        assert (await client.get("breaker")).json()["by"] == "Amazon"
