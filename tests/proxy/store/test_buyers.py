from __future__ import annotations

from dataclasses import replace

from gatepost.model import MessageState
from gatepost.store import Store
from kit.messages import BUYER
from kit.ports import StillClock
from kit.stores import an_entry


async def test_mails_to_a_buyer_are_found_however_the_alias_is_written(
    store: Store, clock: StillClock
) -> None:
    local, _, domain = BUYER.partition("@")
    for number, buyer in enumerate(
        [BUYER, f"{local.upper()}+a1@{domain}", f"x{BUYER}", f"{local}@{domain}.x"]
    ):
        made = an_entry(f"m{number}", MessageState.REFUSED)
        await store.journal.open(replace(made, buyers=(buyer,), received_at=clock.now()), raw=None)
        clock.pass_by(minutes=1)
    assert await store.buyers.mails(BUYER) == ["m1", "m0"]
    assert await store.buyers.mails(f"{local}+zz@{domain}", limit=1) == ["m1"]
    assert await store.buyers.mails("nobody@marketplace.amazon.com") == []


async def test_a_sign_of_the_search_is_a_letter_like_any_other(store: Store) -> None:
    local, _, domain = BUYER.partition("@")
    made = an_entry("m1", MessageState.REFUSED)
    await store.journal.open(replace(made, buyers=(BUYER, f"{local}!%_@{domain}")), raw=None)
    assert await store.buyers.mails(f"{local}!%_@{domain}") == ["m1"]
    for sign in ("%", "_", "!"):
        assert await store.buyers.mails(f"{local[:-1]}{sign}@{domain}") == []
