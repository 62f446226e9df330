"""`gatepost reviews …`: the ledger of review requests, one an order (D4b)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatepost.cli.terminal import ConfigOption, JsonOption, configuration, emit, family, harmless, say, table

if TYPE_CHECKING:
    from gatepost.config import Config
    from gatepost.model import Claim
    from gatepost.store import Store

commands = family("The ledger of review requests: list, show, grant, import.")

PAGE = 500

OrderArgument = Annotated[str, typer.Argument(metavar="ORDER", help="An Amazon order ID.")]


@commands.command("list")
def list_(
    state: Annotated[
        str, typer.Option(metavar="STATE", help="reserved, confirmed, in-doubt, released or granted.")
    ] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List orders with a review request, the last changed first."""
    from gatepost.cli.desk import run

    run(_list(configuration(config).config, _state(state), as_json=as_json))


def _state(word: str) -> frozenset[Any]:
    from gatepost.model import ClaimState

    if not word:
        return frozenset()
    try:
        return frozenset({ClaimState(word)})
    except ValueError:
        words = ", ".join(state.value for state in ClaimState)
        raise typer.BadParameter(f"{word!r} is not one of {words}", param_hint="--state") from None


async def _list(config: Config, states: frozenset[Any], *, as_json: bool) -> None:
    from gatepost.cli.desk import local, store_of

    rows = []
    async with store_of(config, read_only=True) as store:
        async for claim in _claims(store, states):
            if as_json:
                emit(_as_json(claim))
            else:
                rows.append((claim.order, claim.state.value, claim.message or "-", local(claim.at)))
    if not as_json:
        table(("order", "state", "message", "since"), rows)


async def _claims(store: Store, states: frozenset[Any]) -> AsyncIterator[Claim]:
    offset = 0
    while page := await store.ledger.list(states, limit=PAGE, offset=offset):
        for claim in page:
            yield claim
        offset += PAGE


def _as_json(claim: Claim) -> dict[str, Any]:
    """The contract's object, its keys in the contract's order."""
    from gatepost.report import iso

    return {
        "order_id": claim.order,
        "state": claim.state.value,
        "message_id": claim.message,
        "at": iso(claim.at),
    }


@commands.command("show")
def show(order: OrderArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show what is known of an order's review request: its state, every change, its mails."""
    from gatepost.cli.desk import run

    run(_show(configuration(config).config, order, as_json=as_json))


async def _show(config: Config, order: str, *, as_json: bool) -> None:
    from gatepost.cli.desk import local, store_of
    from gatepost.model import OrderId
    from gatepost.report import iso

    async with store_of(config, read_only=True) as store:
        history = await store.ledger.show(OrderId(order))
    if as_json:
        steps = [
            {"state": step.state.value, "message_id": step.message, "at": iso(step.at), "by": step.by}
            | {"note": step.note}
            for step in history.steps
        ]
        messages = [entry.id for entry in history.messages]
        emit({**_as_json(history.claim), "note": history.note, "steps": steps, "messages": messages})
        return
    say(f"{history.claim.order}: {history.claim.state.value} {harmless(history.note)}".rstrip())
    for step in history.steps:
        words = (local(step.at), step.state.value, step.message or "", step.by, step.note)
        say("  " + "  ".join(harmless(word) for word in words if word))
    for entry in history.messages:
        say(f"  {entry.id}  {local(entry.received_at)}  {entry.state.value}  {harmless(entry.subject)}")


@commands.command("grant")
def grant(
    order: OrderArgument,
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit trail.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Allow one more review request for an order."""
    from gatepost.cli.desk import run

    run(_grant(configuration(config).config, order, reason))
    if as_json:
        emit({"order_id": order, "state": "granted"})
    else:
        say(f"{order}: granted")


async def _grant(config: Config, order: str, reason: str) -> None:
    from gatepost.cli.desk import store_of, who
    from gatepost.model import OrderId

    async with store_of(config) as store:
        await store.ledger.grant(OrderId(order), by=who(), reason=reason)


@commands.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One order a line, or CSV with a header.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down review requests that were made elsewhere; their orders count as asked.

    A line holds an order ID, and may add a date (2026-11-23) and a note; commas, semicolons or tabs between.
    Nothing is imported when a line is wrong. Orders that are known stay as they are.
    """
    from gatepost.cli.desk import run
    from gatepost.cli.requests import read_requests

    requests = read_requests(file)
    done = run(_import(configuration(config).config, requests))
    if as_json:
        emit({"added": done.added, "known": done.known})
    else:
        say(f"{done.added} added, {done.known} known already")


async def _import(config: Config, requests: Any) -> Any:
    from gatepost.cli.desk import store_of, who

    async with store_of(config, create=True) as store:
        return await store.ledger.import_rows(requests, by=who())
