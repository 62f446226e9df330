"""`gatepost feeds …`: record shipments and adjustments, write them as feeds, compare them with the mails."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatepost.cli.terminal import FAILED, ConfigOption, JsonOption, configuration, emit, family, say

if TYPE_CHECKING:
    from gatepost.config import Config
    from gatepost.orderdata import Line

commands = family("Feeds to Amazon: shipment, adjustment, write, check.")

OrderArgument = Annotated[str, typer.Argument(metavar="ORDER", help="An Amazon order ID.")]
ItemOption = Annotated[str, typer.Option(metavar="ID", help="order-item-id; without it the whole order.")]


class FeedKind(Enum):
    """The feeds that are written (I1, I2)."""

    SHIPPING = "shipping-confirmation"
    ADJUSTMENTS = "order-adjustments"


@commands.command("shipment")
def shipment(
    order: OrderArgument,
    carrier: Annotated[str, typer.Option(help="A carrier code of the feed, or the carrier's name.")],
    tracking: Annotated[str, typer.Option(metavar="NUMBER", help="The tracking number.")] = "",
    on: Annotated[
        str, typer.Option("--date", metavar="DAY", help="Shipped on, like 2026-11-23; today.")
    ] = "",
    item: ItemOption = "",
    quantity: Annotated[int, typer.Option(min=0, help="Pieces in this parcel, where an order is split.")] = 0,
    method: Annotated[str, typer.Option(help="The carrier's service.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record that an order, or a part of it, was shipped."""
    from gatepost.model import OrderId
    from gatepost.orderdata import ShipmentLine

    day = _day(on) if on else date.today()  # noqa: DTZ011 - the day where the parcel was handed over
    line = ShipmentLine(OrderId(_order(order)), day, carrier, tracking, item, quantity, method)
    _record(configuration(config).config, line, as_json=as_json)


@commands.command("adjustment")
def adjustment(
    order: OrderArgument,
    item: Annotated[str, typer.Option(metavar="ID", help="order-item-id.")],
    reason: Annotated[str, typer.Option(metavar="CODE", help="NoInventory, CustomerReturn, CouldNotShip …")],
    currency: Annotated[str, typer.Option(metavar="CODE", help="Like EUR.")],
    item_price: Annotated[str, typer.Option(metavar="SUM", help="Paid back of the item's price.")] = "",
    item_tax: Annotated[str, typer.Option(metavar="SUM", help="Of its tax.")] = "",
    shipping: Annotated[str, typer.Option(metavar="SUM", help="Of the shipping.")] = "",
    shipping_tax: Annotated[str, typer.Option(metavar="SUM", help="Of its tax.")] = "",
    gift_wrap: Annotated[str, typer.Option(metavar="SUM", help="Of the gift wrap.")] = "",
    gift_wrap_tax: Annotated[str, typer.Option(metavar="SUM", help="Of its tax.")] = "",
    cancelled: Annotated[int, typer.Option(min=0, help="Pieces that are not shipped.")] = 0,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record that something is paid back for an item."""
    from gatepost.model import OrderId
    from gatepost.orderdata import ADJUSTMENT_REASONS, AdjustmentLine

    if reason not in ADJUSTMENT_REASONS:
        words = ", ".join(sorted(ADJUSTMENT_REASONS))
        raise typer.BadParameter(f"{reason!r} is not one of {words}", param_hint="--reason")
    if len(currency) != 3 or not currency.isalpha():
        raise typer.BadParameter(f"{currency!r} is not like EUR", param_hint="--currency")
    given = (item_price, item_tax, shipping, shipping_tax, gift_wrap, gift_wrap_tax)
    parts = tuple(_sum(text) for text in given)
    if not any(parts):
        raise typer.BadParameter("nothing is paid back: give at least one sum", param_hint="--item-price")
    today = date.today()  # noqa: DTZ011 - the seller's own day
    line = AdjustmentLine(OrderId(_order(order)), item, reason, currency.upper(), parts, cancelled, today)
    _record(configuration(config).config, line, as_json=as_json)


def _order(text: str) -> str:
    import re

    if not re.fullmatch(r"\d{3}-\d{7}-\d{7}", text, re.ASCII):
        raise typer.BadParameter(f"{text!r} is not like 112-1234567-1234567", param_hint="ORDER")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not like 2026-11-23", param_hint="--date") from None


def _sum(text: str) -> Decimal:
    try:
        value = Decimal(text or "0")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise typer.BadParameter(f"{text!r} is not a sum like 24.50", param_hint="SUM")
    return value


def _record(config: Config, line: Line, *, as_json: bool) -> None:
    from gatepost.cli.desk import run

    new = run(_recorded(config, line))
    if as_json:
        emit({"order_id": line.order, "recorded": new})
    else:
        say(f"{line.order}: " + ("recorded" if new else "recorded before; nothing changed"))


async def _recorded(config: Config, line: Line) -> bool:
    from gatepost.cli.desk import store_of, who

    async with store_of(config, create=True) as store:
        return await store.feed_entries.record(line, by=who())


@commands.command("write")
def write(
    kind: Annotated[
        FeedKind, typer.Argument(metavar="KIND", help="shipping-confirmation or order-adjustments.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; named after kind and time.")
    ] = None,
    xml: Annotated[bool, typer.Option("--xml", help="As XML instead of tab-separated text.")] = False,
    again: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write once more what went out in FILE.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what was recorded and not yet exported as a feed file. Nothing goes out twice unless --again."""
    from gatepost.cli.desk import run

    done = run(_written(configuration(config).config, kind, out=out, xml=xml, again=again))
    if as_json:
        emit(
            {"file": str(done.file) if done.entries else None, "kind": kind.value, "entries": done.entries}
            | {"again": done.again, "noted_late": done.mended}
        )
        return
    if done.mended:
        say(f"{done.mended} entries stood in an earlier file already; they are noted as exported")
    if done.again:
        say(f"{done.file}: {done.entries} entries, exported before, written again")
    elif done.entries:
        say(f"{done.file}: {done.entries} entries")
    else:
        say("nothing waits to be exported")


async def _written(config: Config, kind: FeedKind, *, out: Path | None, xml: bool, again: Path | None) -> Any:
    from gatepost.cli.desk import store_of, who
    from gatepost.daemon.clock import SystemClock
    from gatepost.daemon.exporting import export, export_again
    from gatepost.orderdata import Kind

    stamp = SystemClock().now().strftime("%Y%m%dT%H%M%SZ")
    file = out or Path(f"{kind.value}-{stamp}.{'xml' if xml else 'txt'}")
    async with store_of(config, create=True) as store:
        if again is not None:
            return await export_again(store.feed_entries, Kind(kind.value), again, xml=xml)
        return await export(store.feed_entries, Kind(kind.value), file, by=who(), xml=xml)


@commands.command("check")
def check(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List orders whose shipment was confirmed by mail but in no feed, and the reverse (I3).

    Exit 0: they agree; 1: they don't.
    """
    from gatepost.cli.desk import run

    unequal = run(_unequal(configuration(config).config))
    told = (
        (unequal.told_only, "confirmed by mail, in no feed"),
        (unequal.confirmed_only, "in a feed, no mail"),
    )
    for orders, words in told:
        for order in orders:
            if as_json:
                emit({"order_id": order, "problem": words})
            else:
                say(f"{order}: {words}")
    if unequal.told_only or unequal.confirmed_only:
        raise typer.Exit(FAILED)


async def _unequal(config: Config) -> Any:
    from gatepost.cli.desk import store_of

    async with store_of(config) as store:
        return await store.feed_entries.unequal()
