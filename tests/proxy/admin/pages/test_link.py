"""A link from a notice, as a person, a scanner and a stranger open it."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from gatepost.admin.pages.mail import TURN
from gatepost.directory import Role
from gatepost.model import MessageId, MessageState
from gatepost.seal import seal
from kit.site import LINK_KEY, OWN, PASSWORD, REVIEWER, TestSite


def link(site: TestSite, id: str = "held1", *, may: str = "decide", to: str = REVIEWER) -> str:
    until = site.clock.now() + timedelta(hours=48)
    return f"/link/{seal({'id': id, 'may': may, 'to': to}, key=LINK_KEY, until=until)}"


async def state(site: TestSite) -> MessageState:
    return (await site.store.quarantine.show(MessageId("held1"))).state


async def post(client: httpx.AsyncClient, path: str, do: str, note: str = "") -> httpx.Response:
    return await client.post(path, data={"do": do, "note": note}, headers=OWN)


async def test_opening_a_link_twenty_times_changes_nothing(site: TestSite) -> None:
    await site.hold()
    async with site.client() as client:
        codes = {(await client.get(link(site))).status_code for _ in range(20)}
        head = await client.head(link(site))

    assert codes == {200}
    assert head.status_code in (200, 405)
    assert await state(site) is MessageState.HELD


async def test_its_button_releases_once_in_the_readers_name(site: TestSite) -> None:
    await site.hold()
    async with site.client() as client:
        first = await post(client, link(site), "release")
        again = await post(client, link(site), "release")
    (deed,) = await site.store.audit.list(subject="held1")

    assert "the relay has it" in first.text
    assert "not held any more" in again.text
    assert len(site.upstream.sent) == 1
    assert deed.by == f"{REVIEWER} (link)"


async def test_its_other_button_rejects_with_a_note(site: TestSite) -> None:
    await site.hold()
    async with site.client() as client:
        page = await post(client, link(site), "reject", "not like this")

    assert "not like this" in page.text
    assert await state(site) is MessageState.REJECTED


async def test_a_senders_link_shows_and_decides_nothing(site: TestSite) -> None:
    await site.hold()
    async with site.client() as client:
        shown = await client.get(link(site, may="show", to="help@shop.example"))
        tried = await post(client, link(site, may="show", to="help@shop.example"), "release")

    assert "p4-marketing" in shown.text
    assert "Release" not in shown.text
    assert tried.status_code == 403
    assert await state(site) is MessageState.HELD


async def test_a_link_from_another_page_does_not_act(site: TestSite) -> None:
    await site.hold()
    async with site.client() as client:
        foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
        response = await client.post(link(site), data={"do": "release"}, headers=foreign)

    assert response.status_code == 403
    assert await state(site) is MessageState.HELD


@pytest.mark.parametrize(
    ("id", "to", "hours"),
    [("held1", REVIEWER, 49), ("held1", "gone@shop.example", 0), ("other", REVIEWER, 0)],
    ids=["expired", "no reviewer any more", "no such mail"],
)
async def test_a_link_that_is_not_good_any_more_shows_nothing(
    site: TestSite, id: str, to: str, hours: int
) -> None:
    await site.hold()
    path = link(site, id, to=to)
    site.clock.pass_by(hours=hours)
    async with site.client() as client:
        codes = (await client.get(path)).status_code, (await post(client, path, "release")).status_code

    assert codes == (404, 404)
    assert await state(site) is MessageState.HELD


async def test_a_decided_mail_has_no_buttons(site: TestSite) -> None:
    await site.hold()
    await site.store.quarantine.reject(MessageId("held1"), by="someone", note="")
    async with site.client() as client:
        page = await client.get(link(site))

    assert "<button" not in page.text


async def test_while_somebody_else_is_at_it_a_link_decides_only_once_it_was_taken_over(
    site: TestSite,
) -> None:
    await site.hold()
    await site.store.review.see(MessageId("held1"), by="anna", turn=TURN)
    async with site.client() as client:
        shown = await client.get(link(site))
        refused = [await post(client, link(site), do) for do in ("release", "reject")]
        before = await state(site)
        taken = await post(client, link(site), "take")
        done = await post(client, link(site), "release")

    assert "anna" in shown.text
    assert 'value="release"' not in shown.text
    assert ["anna is at this mail" in page.text for page in refused] == [True, True]
    assert before is MessageState.HELD
    assert 'value="release"' in taken.text
    assert "the relay has it" in done.text


async def test_a_readers_own_turn_on_the_site_does_not_bar_their_link(site: TestSite) -> None:
    await site.store.users.add("rita", PASSWORD, Role.REVIEWER, by="test", email=REVIEWER.upper())
    await site.hold()
    await site.store.review.see(MessageId("held1"), by="rita", turn=TURN)
    async with site.client() as client:
        done = await post(client, link(site), "release")

    assert "the relay has it" in done.text


async def test_a_senders_link_takes_no_turn(site: TestSite) -> None:
    await site.hold()
    async with site.client() as client:
        tried = await post(client, link(site, may="show", to="help@shop.example"), "take")

    assert tried.status_code == 403
    assert not await site.store.review.turns([MessageId("held1")])
