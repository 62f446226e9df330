from __future__ import annotations

from typing import Any

import pytest

from gatepost.directory import Role
from gatepost.model import Session
from kit.messages import allowance
from kit.site import OWN, TestSite, held, raw_of


async def mail(site: TestSite, id: str, **changes: Any) -> None:
    await site.keep(held(id, site.clock.now(), fingerprint=id, **changes), raw_of(id))


async def test_who_sends_is_shown_with_counts_and_exceptions(site: TestSite) -> None:
    await mail(site, "m1", session=Session("192.0.2.7", "desk", "ESMTPSA", "shop-de"))
    await mail(site, "m2", sender='"><script>alert(1)</script>@shop.example')
    await site.store.allowances.allow(allowance("p4-marketing", account="shop-de"))
    async with site.logged_in("audrey", Role.AUDITOR) as client:
        page = (await client.get("/settings/senders")).text
        some = (await client.get("/settings/senders?q=nobody")).text

    assert "shop-de" in page
    assert "no user of the gateway" in page
    assert "<code>p4-marketing</code> only recorded until" in page
    assert "127.0.0.0/8" in page
    assert "<script>alert" not in page
    assert "<select" not in page
    assert "No address matches." in some


async def test_a_sender_gets_an_edition_of_its_own_and_loses_it_again(site: TestSite) -> None:
    async with site.logged_in("root", Role.ADMIN) as client:
        for account, edition in (("ada", "amazon-2020-11"), ("eve", "amazon-2020-11"), ("ada", "")):
            data = {"account": account, "edition": edition}
            response = await client.post("/settings/senders", data=data, headers=OWN)
            assert response.headers["location"] == "/settings/senders"
        page = (await client.get("/settings/senders")).text

    known = await site.store.settings.all()
    assert known["policy.by_account"].value == {"eve": "amazon-2020-11"}
    assert "Editions were set by root" in page
    assert page.count("<li><b>root</b>") == 3


@pytest.mark.parametrize(("data", "status"), [({}, 400), ({"account": "a" * 300, "edition": "x\0"}, 303)])
async def test_nonsense_is_refused_or_harmless(site: TestSite, data: dict[str, str], status: int) -> None:
    async with site.logged_in("root", Role.ADMIN) as client:
        response = await client.post("/settings/senders", data=data, headers=OWN)
        again = await client.get("/settings/senders")

    assert (response.status_code, again.status_code) == (status, 200)


async def test_an_agent_sees_no_senders(site: TestSite) -> None:
    async with site.logged_in("ada", Role.AGENT) as client:
        assert (await client.get("/settings/senders")).status_code == 403
