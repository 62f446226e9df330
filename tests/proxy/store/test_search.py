from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gatepost.model import MessageId, MessageState, OrderId
from gatepost.store import Store
from gatepost.store.search import Filters, Order, Page, _source
from gatepost_policies.model import Finding
from kit.messages import AT, RAW, finding
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
