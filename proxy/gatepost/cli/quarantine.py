"""`gatepost quarantine …`: what waits for a person, and what that person does about it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from enum import Enum
from pathlib import Path
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
    table,
)

if TYPE_CHECKING:
    from gatepost.config import Config
    from gatepost.model import Entry, OrderId
    from gatepost.store import Store

commands = family("Mail that waits for a person: list, show, release, reject, settle, export.")

PAGE = 200
TEXT_LETTERS = 4_000
"""Of a mail's text, for people; `export` has it whole."""

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A message id.")]
IdsArgument = Annotated[list[str], typer.Argument(metavar="ID…", help="Message ids.")]


class Waiting(Enum):
    """What a message may wait for."""

    HELD = "held"
    IN_DOUBT = "in-doubt"
    SPOOLED = "spooled"


@commands.command("list")
def list_(
    state: Annotated[Waiting, typer.Option(help="Held for review, in doubt, or waiting for the relay.")] = (
        Waiting.HELD
    ),
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits, the least time left first."""
    from gatepost.cli.desk import run

    run(_list(configuration(config).config, state, as_json=as_json))


async def _list(config: Config, state: Waiting, *, as_json: bool) -> None:
    from gatepost.cli.desk import local, store_of
    from gatepost.report import entry_as_json

    rows = []
    async with store_of(config, read_only=True) as store:
        async for entry in _entries(store, state):
            if as_json:
                emit(entry_as_json(entry))
                continue
            rules = " ".join(dict.fromkeys(finding.rule for finding in entry.findings))
            orders = " ".join(entry.order_ids)
            rows.append((entry.id, local(entry.deadline_at), entry.sender, entry.subject, orders, rules))
        doubts = await store.search.count_states()
    if not as_json:
        table(("id", "due", "sender", "subject", "orders", "rules"), rows)
        _point_at_doubts(state, {each.value: count for each, count in doubts.items()})


def _point_at_doubts(state: Waiting, counts: dict[str, int]) -> None:
    count = counts.get(Waiting.IN_DOUBT.value, 0)
    if count and state is not Waiting.IN_DOUBT:
        say_error(f"{count} in doubt: gatepost quarantine list --state in-doubt")


async def _entries(store: Store, state: Waiting) -> AsyncIterator[Entry]:
    """All of them, in pages; what is released meanwhile may be left out."""
    from gatepost.model import MessageState
    from gatepost.store.search import Filters, Order, Page

    filters, offset = Filters(states=frozenset({MessageState(state.value)})), 0
    while True:
        found = await store.quarantine.list(filters, Page(PAGE, offset, Order.URGENT))
        for entry in found.entries:
            yield entry
        offset += PAGE
        if len(found.entries) < PAGE:
            return


@commands.command("show")
def show(id: IdArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show one message: who, what was found and why, and what it says."""
    from gatepost.cli.desk import run

    run(_show(configuration(config).config, id, as_json=as_json))


async def _show(config: Config, id: str, *, as_json: bool) -> None:
    from gatepost.cli.desk import store_of
    from gatepost.cli.entries import full_json, lines, text_of
    from gatepost.model import MessageId

    async with store_of(config, read_only=True) as store:
        entry = await store.quarantine.show(MessageId(id))
        raw = await store.quarantine.raw(entry.id) if entry.has_raw else None
    if as_json:
        emit(full_json(entry))
        return
    for line in lines(entry):
        say(line)
    if raw is not None:
        say()
        for line in text_of(raw)[:TEXT_LETTERS].splitlines():
            say(f"  | {harmless(line)}")


@commands.command("release")
def release(
    ids: IdsArgument,
    asks_review_for: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORDER", help="Of a mail that can't be judged: it asks a review for this order."
        ),
    ] = None,
    asks_no_review: Annotated[
        bool, typer.Option("--asks-no-review", help="Of a mail that can't be judged: it asks for no review.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send held mails by the road of live mail. Exit 1 when one of them did not go.

    A mail that was held because it was too much for the judge is judged now, with more time. Where that
    fails, say which orders it asks a review for, or that it asks for none: one request an order (D4b).
    """
    from gatepost.cli.desk import run
    from gatepost.cli.inforce import in_force
    from gatepost.cli.releasing import release_all

    loaded = configuration(config)
    asks = _said(asks_review_for or [], none=asks_no_review)
    _tell(run(release_all(in_force(loaded.config), ids, asks)), as_json=as_json)


def _said(orders: list[str], *, none: bool) -> tuple[OrderId, ...] | None:
    """A person's word on what a mail asks; None where nothing was said."""
    from gatepost.release import orders_said

    if orders and none:
        fail("say either --asks-review-for or --asks-no-review")
    try:
        return orders_said(" ".join(orders)) if orders or none else None
    except ValueError as error:
        fail(str(error))


@commands.command("reject")
def reject(
    ids: IdsArgument,
    note: Annotated[str, typer.Option(help="What to tell the sender.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Refuse held mails for good; the same mail sent again is refused too."""
    from gatepost.cli.desk import run
    from gatepost.cli.inforce import in_force
    from gatepost.cli.releasing import reject_all

    loaded = configuration(config)
    _tell(run(reject_all(in_force(loaded.config), ids, note)), as_json=as_json)


@commands.command("settle")
def settle(
    id: IdArgument,
    delivered: Annotated[
        bool, typer.Option("--delivered/--not-delivered", help="Whether the relay has the mail.")
    ],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a doubt: say whether the relay has the mail. If not, it goes out again where it is kept."""
    from gatepost.cli.desk import run
    from gatepost.cli.releasing import settle_one

    loaded = configuration(config)
    _tell([run(settle_one(loaded.config, id, delivered=delivered))], as_json=as_json)


def _tell(outcomes: list[Any], *, as_json: bool) -> None:
    """One line an id, in the order given."""
    for outcome in outcomes:
        if as_json:
            emit(outcome.as_json())
        elif outcome.done:
            say(f"{outcome.id}: {harmless(outcome.words)}")
        else:
            say_error(f"{outcome.id}: {harmless(outcome.words)}")
    raise typer.Exit(DONE if all(outcome.done for outcome in outcomes) else FAILED)


@commands.command("export")
def export(
    id: IdArgument,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, not to stdout.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write the mail as it came in, byte for byte."""
    from gatepost.cli.desk import run

    raw = run(_raw(configuration(config).config, id))
    if output is None:
        if sys.stdout.isatty():
            fail("a mail may hold anything: give --output FILE, or send stdout elsewhere")
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
        return
    try:
        output.write_bytes(raw)
    except OSError as error:
        fail(f"{output}: {error.strerror}")


async def _raw(config: Config, id: str) -> bytes:
    from gatepost.cli.desk import store_of
    from gatepost.model import MessageId

    async with store_of(config, read_only=True) as store:
        return await store.quarantine.raw(MessageId(id))
