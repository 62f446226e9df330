"""`gatepost policy replay`: what the rules in force would do with mail that was judged before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatepost.cli.terminal import (
    DONE,
    FAILED,
    ConfigOption,
    JsonOption,
    configuration,
    emit,
    harmless,
    progress,
    say,
)

if TYPE_CHECKING:
    from gatepost.config import Config
    from gatepost.model import Entry
    from gatepost.store import Store
    from gatepost.vision.eyes import Eyes
    from gatepost.worker import Rulebooks, Sources

PAGE = 200


def replay(
    edition: Annotated[str, typer.Option(help="By this edition, instead of the configured one.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge again what is kept of held and waiting mail, and list what would come out otherwise.

    Nothing is changed. Exit 0: all would be as it was; 1: some would not.
    """
    from gatepost.cli.desk import run
    from gatepost.cli.inforce import in_force

    told = run(_replayed(in_force(configuration(config).config), edition))
    for one in told["differing"]:
        if as_json:
            emit(one)
        else:
            was, now = one["was"], one["now"]
            say(f"{one['id']}: {was['action']} -> {now['action']}  {harmless(one['subject'])}")
            say(f"  was {' '.join(was['rules']) or 'nothing'}; now {' '.join(now['rules']) or 'nothing'}")
    if not as_json:
        say(f"{told['count']} judged again, {len(told['differing'])} otherwise")
    raise typer.Exit(FAILED if told["differing"] else DONE)


async def _replayed(config: Config, edition: str) -> dict[str, Any]:
    from gatepost.cli.desk import store_of
    from gatepost.worker import Rulebooks, Sources

    policy = config.policy
    if edition:
        policy = policy.model_copy(update={"edition": edition, "by_account": {}, "by_marketplace": {}})
    rulebooks = Rulebooks(policy)
    differing, count = [], 0
    async with store_of(config, read_only=True) as store, _eyes(config) as eyes:
        sources = Sources(store.orders, eyes, config.vision.unread)
        with progress("Judging again") as steps:
            async for entry in _kept(store):
                count += 1
                steps.step()
                differing += await _differences(store, sources, rulebooks, entry)
    return {"differing": differing, "count": count}


async def _kept(store: Store) -> AsyncIterator[Entry]:
    """Mail to buyers whose bytes are kept because it is held or waits for the relay."""
    from gatepost.model import MessageState
    from gatepost.store.search import Filters, Order, Page

    filters, offset = Filters(states=frozenset({MessageState.HELD, MessageState.SPOOLED})), 0
    while True:
        found = await store.search.find(filters, Page(PAGE, offset, Order.NEWEST))
        for entry in found.entries:
            if entry.has_raw and entry.buyers and not entry.session.inbound:
                yield entry
        offset += PAGE
        if len(found.entries) < PAGE:
            return


@asynccontextmanager
async def _eyes(config: Config) -> AsyncIterator[Eyes]:
    """One reader of files for all mails, with time: no sender waits."""
    from gatepost.cli.aside import patient
    from gatepost.vision.eyes import Eyes

    eyes = Eyes(patient(config.vision))
    try:
        yield eyes
    finally:
        await eyes.close()


async def _differences(
    store: Store, sources: Sources, rulebooks: Rulebooks, entry: Entry
) -> list[dict[str, Any]]:
    from gatepost.worker.judging import judgement_of
    from gatepost_policies.facts import read, unseen

    reading = read(await store.quarantine.raw(entry.id))
    orders = [order.id for order in reading.facts.order_ids]
    beside = await sources.of(orders, unseen(reading.mail), entry.buyers)
    rulebook = rulebooks.select(entry.session.account, entry.buyers)
    recipients = entry.envelope.rcpt_tos
    verdict = judgement_of(reading, rulebook, recipients=recipients, to=entry.buyers, beside=beside).verdict
    assert verdict is not None  # noqa: S101 - a judgement of a reading has one
    was = {"action": entry.action, "rules": sorted({finding.rule for finding in entry.findings})}
    now = {"action": verdict.action.word, "rules": sorted({finding.rule for finding in verdict.findings})}
    return [] if was == now else [{"id": entry.id, "subject": entry.subject, "was": was, "now": now}]
