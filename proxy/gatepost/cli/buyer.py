"""`gatepost buyer …`: what is kept of one buyer, and forgotten on request."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatepost.cli.terminal import (
    DONE,
    FAILED,
    ConfigOption,
    JsonOption,
    configuration,
    emit,
    fail,
    family,
    harmless,
    say,
    say_error,
)

if TYPE_CHECKING:
    from gatepost.config import Config
    from gatepost.daemon.erasing import Forgotten

commands = family("What is kept of one buyer: show, erase.")

LONGEST = 320  # octets of an address: RFC 5321 §4.5.3.1


@commands.command("show")
def show(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The buyer's alias at the marketplace.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a buyer's orders with their review requests, the mails to them, and whether they want more."""
    from gatepost.cli.desk import run

    told = run(_show(configuration(config).config, address))
    if as_json:
        emit(told)
        return
    say(f"{told['address']}" + (": wants no more mail" if told["stopped"] else ""))
    for order in told["orders"]:
        say(
            f"order {order['order_id']}: "
            + (f"review request {order['state']}" if order["state"] else "never asked")
        )
    for message in told["messages"]:
        say(f"mail {message['id']}: {message['state']}, {harmless(message['subject'])}")


async def _show(config: Config, address: str) -> dict[str, Any]:
    from gatepost.cli.desk import store_of
    from gatepost.daemon.bookkeeping import buyer_of

    async with store_of(config, read_only=True) as store:
        buyer = await buyer_of(store, address)
    return {
        "address": buyer.address,
        "stopped": buyer.stopped,
        "orders": [
            {"order_id": order, "state": buyer.claims[order].state.value if order in buyer.claims else None}
            for order in buyer.orders
        ],
        "messages": [
            {"id": entry.id, "state": entry.state.value, "subject": entry.subject} for entry in buyer.entries
        ],
    }


@commands.command("erase")
def erase(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The buyer's alias at the marketplace.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask at the terminal.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase what is kept of a buyer: bytes, subjects and evidence of their mails, order data, the address.

    Held and stored mail to them is rejected and never goes out. That their orders were asked for a review
    stays known, by order, and so does their wish for no more mail. Of the files that the watched folder has
    put aside those that name them are deleted. Exits 1 when mails to them are in flight just now (erase again
    in a minute), or when such a file can't be searched or deleted.
    """
    from gatepost.cli.desk import run

    wanted = address.strip().removeprefix("<").removesuffix(">")
    if "@" not in wanted or len(wanted) > LONGEST or not wanted.isprintable():
        fail(f"{address!r} is not an address")
    loaded = configuration(config)
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Erase what is kept of {wanted} for good?", abort=True, err=True)
    forgotten = run(_erase(loaded.config, wanted))
    done = forgotten.erased
    if as_json:
        counts = {"messages": done.messages, "captures": done.captures, "orders": done.orders}
        kept = {"in_flight": done.in_flight, "files": forgotten.files, "left": list(forgotten.left)}
        emit({**counts, **kept})
    else:
        say(f"erased: {done.messages} messages, {done.captures} captured mails, data of {done.orders} orders")
        if forgotten.files:
            say(f"{forgotten.files} files of the watched folder that named them are deleted")
        if done.in_flight:
            say_error(f"{done.in_flight} mails are in flight just now: erase again in a minute")
        for place in forgotten.left:
            say_error(f"not searched: {harmless(place)}")
    raise typer.Exit(FAILED if done.in_flight or forgotten.left else DONE)


async def _erase(config: Config, address: str) -> Forgotten:
    from gatepost.cli.desk import store_of, who
    from gatepost.daemon.erasing import erase_buyer

    async with store_of(config) as store:
        return await erase_buyer(store, config.orders.watch, address, by=who())
