from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from gatepost.model import MessageState, Session
from gatepost.store import Store
from kit.messages import AT, RAW, finding
from kit.stores import an_entry

LINK = finding()
GIFT = finding("d4h-compensation", category="review-incentive", clause="D4h")


async def kept(store: Store, id: str, *, account: str = "", language: str = "en", hours: int = 24) -> None:
    session = Session(peer="192.0.2.7", helo="desk", protocol="ESMTP", account=account)
    found = [LINK, GIFT] if account else [LINK]
    entry = replace(an_entry(id, MessageState.HELD, findings=found), session=session, language=language)
    await store.journal.open(replace(entry, deadline_at=AT + timedelta(hours=hours)), raw=RAW)


async def test_filters_offer_what_there_is_the_most_frequent_first(store: Store) -> None:
    await kept(store, "a")
    await kept(store, "b", account="shop-de", language="de")
    await kept(store, "c", account="shop-de", language="de")
    await store.journal.open(an_entry("d", MessageState.REFUSED, findings=[GIFT]), raw=None)
    facets = await store.queueing.facets()
    assert list(facets.rules.items()) == [(LINK.rule, 3), (GIFT.rule, 2)]
    assert list(facets.clauses.items()) == [("P1", 3), ("D4h", 2)]
    assert list(facets.languages.items()) == [("de", 2), ("en", 1)]
    assert list(facets.accounts.items()) == [("shop-de", 2)]
    assert list(facets.marketplaces.items()) == [("ATVPDKIKX0DER", 3)]


async def test_what_is_due_is_counted(store: Store) -> None:
    for id, hours in (("a", -1), ("b", 1), ("c", 5)):
        await kept(store, id, hours=hours)
    moments = [AT, AT + timedelta(hours=2), AT + timedelta(hours=6)]
    assert await store.queueing.due(moments) == [1, 2, 3]
