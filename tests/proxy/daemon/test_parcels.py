"""Parcels of relayed shipment confirmations, in every marketplace, and never over what was entered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from gatepost.daemon.importing import import_file
from gatepost.daemon.parcels import MOST_WAITING, NotingUpstream, Parcels, parcel_of
from gatepost.errors import Refused
from gatepost.letters import LetterKind
from gatepost.model import Message, MessageId, MessageState, RelayReply
from gatepost.orderdata import FeedEntry, Kind, ShipmentLine
from gatepost.store import Store
from gatepost_policies import read
from kit import shop
from kit.mails import mail as plain_mail
from kit.messages import AT, message
from kit.ports import ToldUpstream
from kit.shop import MARKETS, Market, Sale
from kit.stores import an_entry

SALE = Sale(MARKETS["us"], 1)
EVERYWHERE = [pytest.param(market, id=name) for name, market in MARKETS.items()]


def parcels(store: Store) -> Parcels:
    return Parcels(store, largest_bytes=1 << 20)


async def relayed(
    store: Store, raw: bytes, id: str = "m1", purpose: str = "shipment-confirmation"
) -> Message:
    """A mail that the gateway judged to be that, as the relay took it."""
    made = replace(an_entry(id, MessageState.ATTEMPTING), purpose=purpose)
    await store.journal.open(made, raw=None)
    return message(id, raw=raw, to=[SALE.buyer])


async def waiting(store: Store) -> list[FeedEntry]:
    return list(await store.feed_entries.waiting(Kind.SHIPPING))


@pytest.mark.parametrize("with_html", [False, True], ids=["text", "html"])
@pytest.mark.parametrize("market", EVERYWHERE)
def test_a_shipment_confirmation_names_its_parcel(market: Market, with_html: bool) -> None:
    sale = Sale(market, 7)
    reading = read(sale.mail(LetterKind.SHIPMENT, with_html=with_html))
    assert parcel_of(reading, AT.date()) == ShipmentLine(sale.order, AT.date(), "UPS", sale.tracking)


async def test_what_the_relay_took_is_recorded_as_read_from_the_mail(shop_store: Store) -> None:
    sent = await relayed(shop_store, SALE.mail(LetterKind.SHIPMENT))
    assert await parcels(shop_store).record(sent)
    [entry] = await waiting(shop_store)
    assert (entry.line.order, entry.by) == (SALE.order, "mail:m1")
    assert isinstance(entry.line, ShipmentLine)
    assert entry.line.number == SALE.tracking


@pytest.mark.parametrize("purpose", ["customer-service", "return-confirmation", ""])
async def test_other_mails_record_nothing(shop_store: Store, purpose: str) -> None:
    sent = await relayed(shop_store, SALE.mail(LetterKind.SHIPMENT), purpose=purpose)
    assert not await parcels(shop_store).record(sent)
    assert await waiting(shop_store) == []


async def test_what_was_entered_stays_as_it_is(shop_store: Store) -> None:
    entered = ShipmentLine(SALE.order, SALE.sent, "DHL", "JJD000390007882823")
    await shop_store.feed_entries.record(entered, by="ada")
    assert not await parcels(shop_store).record(await relayed(shop_store, SALE.mail(LetterKind.SHIPMENT)))
    assert [entry.line for entry in await waiting(shop_store)] == [entered]


async def test_what_was_imported_stays_as_it_is(shop_store: Store, tmp_path: Path) -> None:
    await import_file(shop_store.orders, shop.shipments(tmp_path / "s.txt", [SALE]), by="ada")
    assert not await parcels(shop_store).record(await relayed(shop_store, SALE.mail(LetterKind.SHIPMENT)))
    assert await waiting(shop_store) == []


async def test_what_is_entered_later_takes_the_place_of_what_was_read(shop_store: Store) -> None:
    await parcels(shop_store).record(await relayed(shop_store, SALE.mail(LetterKind.SHIPMENT)))
    entered = ShipmentLine(SALE.order, SALE.sent, "UPS", SALE.tracking, method="Ground")
    assert await shop_store.feed_entries.record(entered, by="ada")
    assert [(entry.line, entry.by) for entry in await waiting(shop_store)] == [(entered, "ada")]


async def test_what_went_out_is_not_taken_back(shop_store: Store) -> None:
    await parcels(shop_store).record(await relayed(shop_store, SALE.mail(LetterKind.SHIPMENT)))
    await shop_store.feed_entries.finish(await waiting(shop_store), "/f.txt", by="ada")
    same = ShipmentLine(SALE.order, SALE.sent, "UPS", SALE.tracking)
    assert not await shop_store.feed_entries.record(same, by="ada")
    assert len(await shop_store.feed_entries.exported("/f.txt")) == 1


async def test_a_second_parcel_by_mail_is_another_one(shop_store: Store) -> None:
    other = SALE.letter(LetterKind.SHIPMENT)
    second = replace(other, text=other.text.replace(SALE.tracking, Sale(SALE.market, 2).tracking))
    reader = parcels(shop_store)
    await reader.record(await relayed(shop_store, SALE.mail(LetterKind.SHIPMENT)))
    raw = second.mail(sender="s@shop.example", to=SALE.buyer)
    assert await reader.record(await relayed(shop_store, raw, "m2"))
    assert not await reader.record(await relayed(shop_store, raw, "m3"))
    assert len(await waiting(shop_store)) == 2


ONE, TWO = SALE.tracking, Sale(SALE.market, 2).tracking


def test_what_a_quoted_mail_names_is_not_the_seller_s_word() -> None:
    other = Sale(SALE.market, 2)
    own = f"Order {SALE.order} was shipped with UPS, tracking number {ONE}."
    quoted = f"> Order {other.order} was shipped with DHL, tracking number {TWO}."
    said = parcel_of(
        read(plain_mail(f"{own}\n\nOn 3 May 2026, at 10:12, Ann <a1@b.example> wrote:\n\n{quoted}\n")),
        AT.date(),
    )
    assert said == ShipmentLine(SALE.order, AT.date(), "UPS", ONE)


@pytest.mark.parametrize(
    "text",
    [
        f"Order {SALE.order} was shipped with UPS.",
        f"Orders {SALE.order} and 113-7654321-7654321 were shipped with UPS, tracking number {ONE}.",
        f"Order {SALE.order} was shipped, UPS tracking numbers {ONE} and {TWO}.",
        f"Your parcel was shipped with UPS, tracking number {ONE}.",
    ],
    ids=["no number", "two orders", "two numbers", "no order"],
)
def test_a_mail_that_leaves_doubt_names_no_parcel(text: str) -> None:
    assert parcel_of(read(plain_mail(text)), AT.date()) is None


async def test_a_part_of_an_order_is_left_to_a_person(shop_store: Store, tmp_path: Path) -> None:
    await import_file(shop_store.orders, shop.report(tmp_path / "o.txt", [SALE]), by="ada")
    letter = SALE.letter(LetterKind.SHIPMENT)
    part = replace(letter, text=letter.text.replace("2 x Brass lamp", "1 x Brass lamp"))
    sent = await relayed(shop_store, part.mail(sender="s@shop.example", to=SALE.buyer))
    assert not await parcels(shop_store).record(sent)


async def test_only_what_the_relay_took_is_noted() -> None:
    noted: list[MessageId] = []
    told = ToldUpstream(says=[Refused(RelayReply(554, "5.7.1", "no")), ToldUpstream().says[0]])
    upstream = NotingUpstream(told, lambda sent: noted.append(sent.id))

    async def on_data() -> None:
        pass

    with pytest.raises(Refused):
        await upstream.relay(message("m1"), on_data=on_data)
    await upstream.relay(message("m2"), on_data=on_data)
    assert noted == ["m2"]


async def test_the_reader_reads_on_and_never_grows_without_bound(shop_store: Store) -> None:
    reader = parcels(shop_store)
    for number in range(MOST_WAITING + 5):
        reader.note(message(f"x{number}", raw=b"\xff" * 10))
    task = asyncio.ensure_future(reader.run())
    sent = await relayed(shop_store, SALE.mail(LetterKind.SHIPMENT))
    async with asyncio.timeout(30):
        while not reader.idle:
            await asyncio.sleep(0.01)
    reader.note(message("m9", raw=b"x" * ((1 << 20) + 1)))
    assert reader.idle  # too large to be read
    reader.note(sent)
    async with asyncio.timeout(30):
        while not await waiting(shop_store):
            await asyncio.sleep(0.01)
    task.cancel()
    assert len(await waiting(shop_store)) == 1
