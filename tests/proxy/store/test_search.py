from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gatepost.model import MessageId, MessageState, OrderId, Session
from gatepost.store import Store
from gatepost.store.search import Filters, Order, Page, _source
from gatepost_policies.model import Finding
from kit.messages import AT, BUYER, RAW, finding
from kit.stores import FIRST, an_entry, in_doubt, on_a_file, relayed, spooled

LINK = finding()
GIFT = finding("d4h-compensation", category="review-incentive", clause="D4h")
_S = MessageState


async def kept(
    store: Store,
    id: str,
    *,
    findings: Sequence[Finding] = (),
    orders: Sequence[OrderId] = (),
    subject: str = "Your order",
    sender: str = "help@shop.example",
    hours: float = 0,
    state: MessageState = _S.HELD,
) -> None:
    entry = replace(
        an_entry(id, state, findings=findings, orders=orders),
        subject=subject,
        sender=sender,
        received_at=AT + timedelta(hours=hours),
        action="quarantine" if state is _S.HELD else "reject",
    )
    await store.journal.open(entry, raw=RAW)


@pytest.fixture
async def full(store: Store) -> Store:
    await kept(store, "a", findings=[LINK], subject="100% Größe _now_", hours=1)
    await kept(store, "b", findings=[LINK, GIFT], orders=[FIRST], sender="Sales@Other.example", hours=2)
    await kept(store, "c", findings=[GIFT], state=_S.REFUSED, hours=30)
    return store


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), "cba"),
        (Filters(states=frozenset({_S.HELD})), "ba"),
        (Filters(states=frozenset({_S.HELD, _S.REFUSED})), "cba"),
        (Filters(actions=frozenset({"reject"})), "c"),
        (Filters(rule=LINK.rule), "ba"),
        (Filters(clause="D4h"), "cb"),
        (Filters(rule=LINK.rule, clause="D4h"), "b"),
        (Filters(sender="other.EXAMPLE"), "b"),
        (Filters(order=FIRST), "b"),
        (Filters(text="GRÖSSE"), "a"),
        (Filters(text="100%"), "a"),
        (Filters(text="%"), "a"),
        (Filters(text="_now_"), "a"),
        (Filters(text="_ow"), ""),
        (Filters(text="!"), ""),
        (Filters(text="' OR 1=1 --"), ""),
        (Filters(text="\0\ud800"), ""),
        (Filters(text="x" * 1_000_000), ""),
        (Filters(since=AT + timedelta(hours=2)), "cb"),
        (Filters(until=AT + timedelta(hours=2)), "a"),
    ],
    ids=lambda value: "" if isinstance(value, Filters) else value or "none",
)
async def test_a_filter_finds_what_fits_and_nothing_else(full: Store, filters: Filters, found: str) -> None:
    answer = await full.search.find(filters)
    assert "".join(entry.id for entry in answer.entries) == found
    assert answer.total == len(found)


async def test_a_page_is_a_part_and_the_total_is_all(full: Store) -> None:
    found = await full.search.find(Filters(), Page(limit=1, offset=1, order=Order.OLDEST))
    assert ([entry.id for entry in found.entries], found.total) == (["b"], 3)


async def test_entries_come_in_the_order_asked_for(full: Store) -> None:
    ids = [MessageId(id) for id in ("c", "nobody", "a")]
    assert [entry.id for entry in await full.search.entries_of(ids)] == ["c", "a"]
    assert not await full.search.entries_of([])


async def test_open_states_are_counted(full: Store) -> None:
    await relayed(full, "r")
    await spooled(full, "s")
    await in_doubt(full, "d")
    counts = {state.value: count for state, count in (await full.search.count_states()).items()}
    assert counts == {"held": 2, "spooled": 1, "in-doubt": 1, "attempting": 0, "sending": 0}


async def test_rules_are_counted_by_day(full: Store) -> None:
    counts = await full.search.count_rules(AT - timedelta(days=1))
    assert [(each.on, each.name, each.count) for each in counts] == [
        (date(2026, 11, 24), GIFT.rule, 1),
        (date(2026, 11, 23), LINK.rule, 2),
        (date(2026, 11, 23), GIFT.rule, 1),
    ]
    assert not await full.search.count_rules(AT + timedelta(days=9))


async def test_actions_are_counted_by_day(full: Store) -> None:
    counts = await full.search.count_actions(AT)
    assert [(each.on.day, each.name, each.count) for each in counts] == [
        (24, "reject", 1),
        (23, "quarantine", 2),
    ]


@on_a_file
@pytest.mark.parametrize(
    "filters",
    [Filters(states=frozenset({_S.HELD})), Filters(rule=LINK.rule), Filters(order=FIRST), Filters()],
    ids=["held", "rule", "order", "all"],
)
async def test_the_lists_of_every_day_are_answered_from_an_index(full: Store, filters: Filters) -> None:
    source, params = _source(filters)
    sql = f"EXPLAIN QUERY PLAN SELECT 1 FROM {source}"
    plans = [row["detail"] for row in await full.db.read(lambda tx: tx.execute(sql, params))]
    assert plans
    assert all("INDEX" in plan or plan.startswith("LIST SUBQUERY") for plan in plans), plans


async def test_a_total_is_counted_to_its_bound(full: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.store.search.COUNTED", 2)
    assert (await full.search.find(Filters())).total == 2


async def test_held_mail_is_found_by_what_it_says(store: Store) -> None:
    session = Session(peer="192.0.2.7", helo="desk", protocol="ESMTPSA", account="shop-de")
    entry = replace(an_entry("a", _S.HELD), session=session, words="Grüße vom Bären", language="de")
    await store.journal.open(replace(entry, deadline_at=AT), raw=RAW)
    await kept(store, "b")
    for filters in (
        Filters(words="BÄR grüße"),
        Filters(words=BUYER.upper(), account="shop-de"),
        Filters(account="shop-de", marketplace="ATVPDKIKX0DER"),
        Filters(language="de"),
        Filters(due_before=AT + timedelta(hours=1)),
    ):
        found = await store.search.find(filters)
        assert ([entry.id for entry in found.entries], found.total) == (["a"], 1), filters
    for filters in (Filters(words="bär hund"), Filters(words="%"), Filters(marketplace="A1")):
        assert (await store.search.find(filters)).total == 0


@pytest.mark.parametrize("filters", [Filters(states=frozenset({_S.HELD})), Filters(words="order")])
@pytest.mark.parametrize("order", [Order.NEWEST, Order.OLDEST, Order.URGENT])
async def test_pages_follow_each_other_without_a_gap(store: Store, order: Order, filters: Filters) -> None:
    for number in range(7):
        await kept(store, f"m{number}", hours=number // 3)  # some came at one instant
    found: list[str] = []
    after = None
    for _ in range(4):
        page = await store.search.find(filters, Page(limit=2, order=order, after=after))
        assert page.total == 7
        found += [entry.id for entry in page.entries]
        after = MessageId(found[-1])
    assert sorted(found) == [f"m{number}" for number in range(7)]
    assert found == [each.id for each in (await store.search.find(filters, Page(order=order))).entries]


async def test_a_page_goes_on_below_a_mail_that_was_decided_meanwhile(store: Store) -> None:
    for number in range(4):
        await kept(store, f"m{number}", hours=number)
    await store.quarantine.reject(MessageId("m1"), by="rita", note="")
    page = Page(limit=2, order=Order.URGENT, after=MessageId("m1"))
    found = await store.search.find(Filters(states=frozenset({_S.HELD})), page)
    assert [entry.id for entry in found.entries] == ["m2", "m3"]
    by_words = await store.search.find(Filters(words="order"), page)
    assert [entry.id for entry in by_words.entries] == ["m2", "m3"]
    last = Page(order=Order.URGENT, after=MessageId("m3"))
    await store.quarantine.reject(MessageId("m3"), by="rita", note="")
    assert (await store.search.find(Filters(words="order"), last)).entries == []
    gone = await store.search.find(Filters(), Page(after=MessageId("nothing")))
    assert gone.total == 4


async def test_what_waits_for_the_relay_comes_by_its_next_try(store: Store) -> None:
    await spooled(store, "a")
    await spooled(store, "b")
    await store.db.write(lambda tx: tx.change("UPDATE messages SET next_attempt_at = 7 WHERE id = 'b'"))
    page = Page(order=Order.DUE, after=MessageId("a"))
    found = await store.search.find(Filters(states=frozenset({_S.SPOOLED})), page)
    assert [entry.id for entry in found.entries] == ["b", "a"]


@on_a_file
@pytest.mark.parametrize(
    ("states", "order", "index"),
    [
        ({_S.HELD}, Order.URGENT, "messages_queue"),
        ({_S.SPOOLED}, Order.DUE, "messages_due"),
        ({_S.IN_DOUBT}, Order.NEWEST, "messages_in_doubt"),
        ({_S.ATTEMPTING, _S.SENDING}, Order.NEWEST, "messages_in_flight"),
    ],
    ids=["held", "spooled", "in doubt", "in flight"],
)
async def test_what_waits_is_read_by_its_own_index(
    store: Store, states: set[MessageState], order: Order, index: str
) -> None:
    """So a page costs the same among a million settled messages; told in SQLite's words."""
    source, _ = _source(Filters(states=frozenset(states)))
    sql = f"EXPLAIN QUERY PLAN SELECT messages.* FROM {source} ORDER BY {order.value} LIMIT 50 OFFSET 0"
    plan = " ".join(row["detail"] for row in await store.db.read(lambda tx: tx.execute(sql)))
    assert f"USING INDEX {index}" in plan
    if order is Order.URGENT:
        assert "TEMP B-TREE" not in plan
