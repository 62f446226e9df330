"""`gatepost orders …`: import order data, look at an order, stop mail to an order or a buyer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatepost.cli.terminal import (
    FAILED,
    ConfigOption,
    JsonOption,
    configuration,
    counting,
    emit,
    family,
    harmless,
    say,
    say_error,
    table,
)

if TYPE_CHECKING:
    from gatepost.config import Config
    from gatepost.daemon.importing import Imported

commands = family("Order data: import, show, list, stop, go.")


@commands.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Order reports, returns reports and feeds, text or XML."),
    ],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import order data, so that mails are judged against it.

    Rows that can't be used are put aside in FILE.bad; the rest counts. The same file twice changes nothing.
    """
    from gatepost.cli.desk import run

    if not run(_import(configuration(config).config, files, as_json=as_json)):
        raise typer.Exit(FAILED)


async def _import(config: Config, files: list[Path], *, as_json: bool) -> bool:
    from gatepost.cli.desk import store_of, who
    from gatepost.daemon.importing import import_file
    from gatepost.errors import FeedError

    well = True
    async with store_of(config, create=True) as store:
        for file in files:
            total = file.stat().st_size if file.is_file() else 0
            try:
                with counting(file.name, total) as read:
                    done = await import_file(store.orders, file, by=who(), read=read)
            except FeedError as error:
                well = False
                if as_json:
                    emit({"file": str(file), "error": str(error)})
                else:
                    say_error(str(error))
                continue
            well = well and not done.bad
            _tell(done, as_json=as_json)
    return well


def _tell(done: Imported, *, as_json: bool) -> None:
    if as_json:
        from gatepost.daemon.importing import as_json as told

        emit(told(done))
        return
    if done.before:
        say(f"{done.path}: imported on {done.before}; nothing changed")
        return
    say(
        f"{done.path}: {done.kind.value}, {done.rows} rows"
        + (f", {done.bad} put aside in {done.aside}" if done.bad else "")
    )
    for fault in done.faults:
        say(f"  line {fault.number}: {harmless(fault.why)}")
    if done.bad > len(done.faults):
        say(f"  and {done.bad - len(done.faults)} more")


@commands.command("show")
def show(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="An Amazon order ID.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is known of an order."""
    from gatepost.cli.desk import run

    known = run(_show(configuration(config).config, order))
    if as_json:
        emit(known)
        return
    for name, value in known.items():
        if isinstance(value, list):
            for one in value:
                say(f"{name}: " + ", ".join(f"{key} {harmless(str(word))}" for key, word in one.items()))
        elif value not in ("", None):
            say(f"{name}: {harmless(str(value))}")


async def _show(config: Config, order: str) -> dict[str, Any]:
    from gatepost.cli.desk import store_of
    from gatepost.errors import StoreError
    from gatepost.model import OrderId

    async with store_of(config) as store:
        found = (await store.orders.known([OrderId(order)])).order(order)
    if found is None:
        raise StoreError(f"nothing is known of order {order}")
    return order_as_json(found)


def order_as_json(order: Any) -> dict[str, Any]:
    """A KnownOrder as JSON: days and sums as words, nothing left out."""
    from dataclasses import asdict
    from datetime import date
    from decimal import Decimal

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(one) for one in value]
        return str(value) if isinstance(value, (date, Decimal)) else value

    values: dict[str, Any] = plain(asdict(order))
    return values


@commands.command("list")
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List what was imported, the newest first."""
    from gatepost.cli.desk import local, run

    rows = run(_list(configuration(config).config))
    if as_json:
        for one in rows:
            emit({"file": one.name, "kind": one.kind.value, "rows": one.rows, "bad": one.bad, "by": one.by})
        return
    table(
        ("file", "kind", "rows", "bad", "when", "by"),
        [(one.name, one.kind.value, str(one.rows), str(one.bad), local(one.done_at), one.by) for one in rows],
    )


async def _list(config: Config) -> Any:
    from gatepost.cli.desk import store_of

    async with store_of(config) as store:
        return await store.orders.imports()


WhatArgument = Annotated[
    str, typer.Argument(metavar="ORDER|BUYER", help="An order ID, or a buyer's address.")
]


@commands.command("stop")
def stop(
    what: WhatArgument,
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit trail.")],
    config: ConfigOption = None,
) -> None:
    """Let no more review requests and other mail on your own initiative go to an order or a buyer."""
    from gatepost.cli.desk import run

    run(_stop(configuration(config).config, what, reason))
    say(f"{what}: stopped")


@commands.command("go")
def go(what: WhatArgument, config: ConfigOption = None) -> None:
    """Take an order or a buyer off the stop list."""
    from gatepost.cli.desk import run
    from gatepost.cli.terminal import fail

    if not run(_go(configuration(config).config, what)):
        fail(f"{what} is not on the stop list", FAILED)
    say(f"{what}: goes again")


async def _stop(config: Config, what: str, reason: str) -> None:
    from gatepost.cli.desk import store_of, who

    async with store_of(config, create=True) as store:
        await store.orders.stop("buyer" if "@" in what else "order", what, by=who(), reason=reason)


async def _go(config: Config, what: str) -> bool:
    from gatepost.cli.desk import store_of, who

    async with store_of(config) as store:
        return await store.orders.go("buyer" if "@" in what else "order", what, by=who())
