from __future__ import annotations

from gatepost.directory import Scope
from gatepost.model import OrderId
from kit.messages import ORDER
from kit.program import program
from kit.site import TestSite
from kit.stores import relayed


async def test_the_ledger_is_listed_and_one_order_explained(site: TestSite) -> None:
    await relayed(site.store, "m1", orders=[OrderId(ORDER)])
    async with program(site, Scope.READ) as client:
        page = (await client.get("orders")).json()
        order = (await client.get(f"orders/{ORDER}")).json()
        unknown = (await client.get("orders/999-1234567-1234567")).json()

    assert (page["orders"][0]["state"], page["next"]) == ("confirmed", None)
    assert [message["id"] for message in order["messages"]] == ["m1"]
    assert order["steps"]
    assert (unknown["claim"], unknown["messages"]) == (None, [])


async def test_another_request_is_granted_with_a_reason(site: TestSite) -> None:
    await relayed(site.store, "m1", orders=[OrderId(ORDER)])
    async with program(site, Scope.ADMIN) as client:
        without = await client.post(f"orders/{ORDER}/grant", json={"reason": ""})
        granted = await client.post(f"orders/{ORDER}/grant", json={"reason": "replaced by us"})
        again = await client.post(f"orders/{ORDER}/grant", json={"reason": "replaced by us"})

    assert (without.status_code, granted.status_code, again.status_code) == (422, 200, 409)
    assert granted.json()["state"] == "granted"


async def test_what_was_never_asked_for_is_not_granted(site: TestSite) -> None:
    async with program(site, Scope.ADMIN) as client:
        response = await client.post(f"orders/{ORDER}/grant", json={"reason": "because"})

    assert response.status_code == 409


async def test_the_trail_goes_on_below_its_last_row(site: TestSite) -> None:
    await site.user("rita")
    await site.user("ada")
    async with program(site, Scope.READ) as client:
        first = (await client.get("audit?limit=2")).json()
        rest = (await client.get(f"audit?after={first['next']}")).json()

    numbers = [deed["seq"] for deed in (*first["deeds"], *rest["deeds"])]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 1
    assert rest["next"] is None


async def test_the_ledger_is_narrowed_to_a_state(site: TestSite) -> None:
    await relayed(site.store, "m1", orders=[OrderId(ORDER)])
    async with program(site, Scope.READ) as client:
        spent = (await client.get("orders?state=confirmed")).json()["orders"]
        free = (await client.get("orders?state=released")).json()["orders"]
        bad = await client.get("orders?state=lost")

    assert ([each["order_id"] for each in spent], free, bad.status_code) == ([ORDER], [], 422)


async def test_the_trail_is_narrowed_to_a_subject_and_its_hashes_are_checked(site: TestSite) -> None:
    await site.user("ada")
    await site.user("eve")
    async with program(site, Scope.READ) as client:
        deeds = (await client.get("audit?subject=ada")).json()["deeds"]
        whole = (await client.get("audit/chain")).json()
        await site.store.db.write(lambda tx: tx.change("UPDATE audit SET by_whom = 'x' WHERE seq = 2"))
        broken = (await client.get("audit/chain")).json()

    assert {deed["subject"] for deed in deeds} == {"ada"}
    assert (whole["broken_at"], broken["broken_at"], len(whole["head"]) > 10) == (None, 2, True)
