from __future__ import annotations

from datetime import timedelta

import pytest

from gatepost.errors import StateError, StoreError
from gatepost.model import ClaimState, OrderId
from gatepost.ports import Opened, Taken
from gatepost.store import Store
from gatepost.store.ledger import Elsewhere, Imported
from kit.messages import AT
from kit.ports import StillClock
from kit.stores import FIRST, in_doubt, opened, relayed

SECOND = OrderId("222-2222222-2222222")
_C = ClaimState


async def test_the_history_of_an_order_is_complete(store: Store, clock: StillClock) -> None:
    await in_doubt(store, "m1", orders=[FIRST])
    clock.pass_by(hours=1)
    await store.ledger.grant(FIRST, by="ada", reason="the relay lost it")
    await relayed(store, "m2", orders=[FIRST])
    history = await store.ledger.show(FIRST)
    steps = [step.state for step in history.steps]
    assert steps == [_C.RESERVED, _C.IN_DOUBT, _C.GRANTED, _C.RESERVED, _C.CONFIRMED]
    assert (history.steps[2].by, history.steps[2].note) == ("ada", "the relay lost it")
    assert [entry.id for entry in history.messages] == ["m1", "m2"]


async def test_a_granted_order_may_be_asked_once_more(store: Store) -> None:
    await relayed(store, "m1", orders=[FIRST])
    await store.ledger.grant(FIRST, by="ada", reason="bounced later")
    assert isinstance(await opened(store, "m2", orders=[FIRST]), Opened)
    assert isinstance(await opened(store, "m3", orders=[FIRST]), Taken)


async def test_a_grant_is_in_the_trail(store: Store) -> None:
    await relayed(store, orders=[FIRST])
    await store.ledger.grant(FIRST, by="ada", reason="why not")
    [deed] = await store.audit.list()
    assert (deed.by, deed.what, deed.subject) == ("ada", "claim.granted", FIRST)
    assert deed.details == {"reason": "why not", "was": "confirmed"}


async def test_what_is_in_flight_can_not_be_granted(store: Store) -> None:
    await opened(store, orders=[FIRST])
    with pytest.raises(StateError, match="reserved"):
        await store.ledger.grant(FIRST, by="ada", reason="")


async def test_an_order_never_asked_needs_no_grant(store: Store) -> None:
    with pytest.raises(StateError, match="nothing needs to be granted"):
        await store.ledger.grant(FIRST, by="ada", reason="")


async def test_an_unknown_order_has_no_history(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.ledger.show(FIRST)


async def test_an_imported_request_counts_as_asked(store: Store) -> None:
    rows = [Elsewhere(FIRST, AT - timedelta(days=3), "other tool")]
    assert await store.ledger.import_rows(rows, by="ada") == Imported(1, 0)
    taken = await opened(store, orders=[FIRST])
    assert isinstance(taken, Taken)
    assert (taken.claim.state, taken.claim.message) == (_C.CONFIRMED, None)
    assert taken.claim.at == AT - timedelta(days=3)


async def test_an_import_can_be_run_again(store: Store) -> None:
    await opened(store, orders=[SECOND])
    rows = [Elsewhere(FIRST, AT), Elsewhere(SECOND, AT), Elsewhere(FIRST, AT)]
    assert await store.ledger.import_rows(rows, by="ada") == Imported(1, 2)
    assert await store.ledger.import_rows(rows, by="ada") == Imported(0, 3)
    assert len((await store.ledger.show(FIRST)).steps) == 1


async def test_a_large_import_goes_through(store: Store) -> None:
    rows = (Elsewhere(OrderId(f"112-0000000-{number:07}"), AT) for number in range(1_234))
    assert await store.ledger.import_rows(rows, by="ada") == Imported(1_234, 0)


async def test_the_list_is_paged_and_by_state(store: Store, clock: StillClock) -> None:
    for number in range(3):
        await relayed(store, f"m{number}", orders=[OrderId(f"112-0000000-000000{number}")])
        clock.pass_by(seconds=1)
    await opened(store, "m9", orders=[FIRST])
    confirmed = await store.ledger.list(frozenset({_C.CONFIRMED}), limit=2)
    assert [claim.message for claim in confirmed] == ["m2", "m1"]
    assert [claim.message for claim in await store.ledger.list(limit=2, offset=2)] == ["m1", "m0"]
