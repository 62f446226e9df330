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
    say,
    say_error,
)

if TYPE_CHECKING:
    from gatepost.config import Config

commands = family("What is kept of one buyer: erase.")

LONGEST = 320  # octets of an address: RFC 5321 §4.5.3.1


@commands.command("erase")
def erase(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The buyer's alias at the marketplace.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask at the terminal.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase what is kept of a buyer: bytes, subjects and evidence of their mails, order data, the address.

    Held and stored mail to them is rejected and never goes out. That their orders were asked for a review
    stays known, by order, and so does their wish for no more mail. Exits 1 when mails to them are in flight
    just now: erase again in a minute.
    """
    from gatepost.cli.desk import run

    wanted = address.strip().removeprefix("<").removesuffix(">")
    if "@" not in wanted or len(wanted) > LONGEST or not wanted.isprintable():
        fail(f"{address!r} is not an address")
    loaded = configuration(config)
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Erase what is kept of {wanted} for good?", abort=True, err=True)
    done = run(_erase(loaded.config, wanted))
    if as_json:
        counts = {"messages": done.messages, "captures": done.captures, "orders": done.orders}
        emit({**counts, "in_flight": done.in_flight})
    else:
        say(f"erased: {done.messages} messages, {done.captures} captured mails, data of {done.orders} orders")
        if done.in_flight:
            say_error(f"{done.in_flight} mails are in flight just now: erase again in a minute")
    raise typer.Exit(FAILED if done.in_flight else DONE)


async def _erase(config: Config, address: str) -> Any:
    from gatepost.cli.desk import store_of, who

    async with store_of(config) as store:
        return await store.retention.erase(address, by=who())
