from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from gatepost.model import Message, MessageId, MessageState, OrderId, Session
from gatepost.store import Store
from gatepost.store.held import LONGEST, words_of
from gatepost.store.retention import BESIDE
from kit.messages import BUYER, ORDER, RAW, SELLER
from kit.ports import StillClock
from kit.stores import an_entry, held

M1 = MessageId("m1")


async def words(store: Store) -> list[tuple[str, str, str]]:
    rows = await store.db.read(lambda tx: tx.execute("SELECT * FROM held_words"))
    return [(row["account"], row["marketplace"], row["words"]) for row in rows]


def test_a_mail_is_found_by_subject_address_order_and_words() -> None:
    entry = replace(
        an_entry("m1", MessageState.HELD, orders=[OrderId(ORDER)]), words="GRÜSSE\n aus  dem Laden"
    )
    found = words_of(entry)
    for part in (f"order {ORDER}", SELLER, BUYER, "grüsse aus dem laden"):
        assert part in found


def test_words_are_bounded_and_storable() -> None:
    entry = replace(an_entry("m1", MessageState.HELD), words="\0\ud800" * LONGEST)
    assert len(words_of(entry)) <= LONGEST
    words_of(entry).encode()


async def test_account_and_marketplace_stand_beside_the_words(store: Store) -> None:
    session = Session(peer="192.0.2.7", helo="desk", protocol="ESMTPA", account="shop-de")
    entry = replace(an_entry("m1", MessageState.HELD), session=session, words="hello")
    await store.journal.open(entry, raw=RAW)
    ((account, marketplace, said),) = await words(store)
    assert (account, marketplace) == ("shop-de", "ATVPDKIKX0DER")
    assert said.endswith("hello")


async def test_words_go_with_the_mail(store: Store) -> None:
    await held(store, "m1")
    await held(store, "m2")
    await store.quarantine.reject(M1, by="rita", note="")
    assert len(await words(store)) == 1
    assert isinstance(await store.quarantine.take(MessageId("m2"), by="rita", claims=()), Message)
    assert len(await words(store)) == 1  # it may have to wait for the relay, or come back


async def test_only_held_mail_has_words(store: Store) -> None:
    await store.journal.open(an_entry("m1", MessageState.REFUSED), raw=None)
    assert await words(store) == []


async def test_what_stands_beside_a_message_is_purged_with_it(store: Store, clock: StillClock) -> None:
    await held(store, "m1")
    await store.quarantine.reject(M1, by="rita", note="")
    values = {"held_words": "'', '', ''", "views": "'rita', 0", "turns": "'rita', 0"}
    values |= {"reviewed": "0, 'rita', 'rejected'", "corrections": "1, 0, 'rita', '[]', '', ''"}
    values |= {"wrong_findings": "'p4', 0, 'rita', ''"}
    for table in BESIDE:
        fill = f"INSERT INTO {table} VALUES ('m1', {values[table]}) ON CONFLICT DO NOTHING"
        await store.db.write(lambda tx, fill=fill: tx.change(fill))  # type: ignore[misc] # bound now
    clock.pass_by(days=2)
    day = timedelta(days=1)
    await store.retention.purge(clock.now(), decisions=day, captured=day, sessions=day)
    for table in BESIDE:
        rows = await store.db.read(lambda tx, table=table: tx.execute(f"SELECT * FROM {table}"))  # type: ignore[misc] # bound now
        assert list(rows) == [], table
