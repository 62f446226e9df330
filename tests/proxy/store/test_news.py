from __future__ import annotations

from dataclasses import replace

from gatepost.config.schema import Retention as KeepFor
from gatepost.model import MessageId, MessageState, Session
from gatepost.ports import About
from gatepost.store import Store
from kit.messages import BUYER, RAW
from kit.ports import StillClock
from kit.stores import FIRST, an_entry, held

OPT_OUT = "The buyer has opted out of unsolicited messages."


async def note(store: Store, mail: str = "n1@amazon.com", *, proof: str = "dkim amazon.com") -> str:
    about = About(MessageId("m1"), FIRST, BUYER)
    return await store.come_back.note(
        mail, kind="opt-out", proof=proof, about=about, status="", words=OPT_OUT
    )


async def test_what_came_back_is_dealt_with_once(store: Store) -> None:
    id = await note(store)
    assert id
    await store.come_back.done(id, "stopped the buyer")
    assert await note(store) == ""
    (item,) = await store.come_back.list()
    assert (item.kind, item.done, item.order, item.buyer) == ("opt-out", "stopped the buyer", FIRST, BUYER)


async def test_what_was_cut_off_or_came_unproved_first_is_dealt_with_now(store: Store) -> None:
    assert await note(store, proof="")
    assert await note(store, proof="") == ""
    assert await note(store)
    assert await note(store)
    assert [item.proof for item in await store.come_back.list()] == ["dkim amazon.com"]


async def test_the_last_mail_on_an_order_is_the_one_it_is_about(store: Store, clock: StillClock) -> None:
    await held(store, "m1", orders=[FIRST])
    clock.pass_by(hours=1)
    await store.journal.open(
        replace(
            an_entry("m2", MessageState.HELD, orders=[FIRST]),
            session=Session("127.0.0.1", "amazon", "ESMTP", inbound=True),
            received_at=clock.now(),
        ),
        raw=RAW,
    )
    about = await store.come_back.about([FIRST], [])
    assert about == About(MessageId("m1"), FIRST, BUYER)
    assert await store.come_back.about([], ["m1"]) == replace(about, order=FIRST)
    assert await store.come_back.about(["999-9999999-9999999"], ["none"]) == About(
        order="999-9999999-9999999"
    )
    assert await store.come_back.about([], []) == About()


async def test_a_mail_to_several_buyers_or_to_none_names_no_buyer(store: Store) -> None:
    several = replace(an_entry("m1", MessageState.HELD, orders=[FIRST]), buyers=(BUYER, f"x{BUYER}"))
    await store.journal.open(several, raw=RAW)
    await store.journal.open(replace(an_entry("m2", MessageState.HELD), buyers=()), raw=RAW)
    assert await store.come_back.about([FIRST], []) == About(MessageId("m1"), FIRST)
    assert await store.come_back.about([], ["m1"]) == About(MessageId("m1"), FIRST)
    assert await store.come_back.about([], ["m2"]) == About()


async def test_it_is_forgotten_with_age_and_with_its_buyer(store: Store, clock: StillClock) -> None:
    await note(store)
    await store.retention.erase(BUYER, by="ann")
    (item,) = await store.come_back.list()
    assert (item.buyer, item.words, item.order) == ("", "", FIRST)
    clock.pass_by(days=401)
    await store.purge(clock.now(), KeepFor())
    assert await store.come_back.list() == []
