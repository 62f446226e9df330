"""Releasing, rejecting and settling from the command line, safe beside the running service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from gatepost import events
from gatepost.attempt import Road
from gatepost.cli.desk import hostname, store_of, who
from gatepost.config import Config
from gatepost.daemon.clock import SystemClock
from gatepost.daemon.road import road_for
from gatepost.errors import StoreError
from gatepost.model import Answer, AnswerKind, MessageId, MessageState, OrderId
from gatepost.release import Released, ReleaseOutcome, reject, release
from gatepost.report import iso
from gatepost.store import Store
from gatepost.tasks import Tasks
from gatepost.upstream import upstream_for
from gatepost.worker import PatientJudge, Rulebooks

WENT = frozenset({AnswerKind.RELAYED, AnswerKind.STORED})
SETTLING_SECONDS = 30.0
"""For outcomes that the store could not take at once."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one id: whether it is done, a word for programs, words for people."""

    id: str
    done: bool
    word: str
    words: str

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        return {"id": self.id, "done": self.done, "outcome": self.word, "why": self.words}


async def release_all(
    config: Config, ids: Sequence[str], asks: Sequence[OrderId] | None = None
) -> list[Outcome]:
    """Release each of `ids`, a few at a time; one outcome each, in their order.

    `asks` is a person's word on mail that can't be judged: the orders that it asks a review for.
    """
    judge = PatientJudge(config.policy)
    mode = Rulebooks(config.policy).rules().one_per_order.mode
    turn = asyncio.Semaphore(config.delivery.parallel)
    async with store_of(config) as store, _road(config, store) as road:

        async def one(id: str) -> Outcome:
            async with turn:
                outcome = await release(
                    MessageId(id),
                    by=who(),
                    quarantine=store.quarantine,
                    road=road,
                    judge=judge,
                    one_per_order=mode,
                    asks=asks,
                )
            return _released(outcome, await _doubt(store, outcome))

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(id)) for id in dict.fromkeys(ids)]
    return [task.result() for task in tasks]


@asynccontextmanager
async def _road(config: Config, store: Store) -> AsyncIterator[Road]:
    """The road of live mail, ended in order: what is on it is settled before the store closes."""
    clock, tasks, name = SystemClock(), Tasks(events.task_failed), hostname(config)
    upstream = upstream_for(config, name, clock, store.captures)
    try:
        yield road_for(
            config, hostname=name, upstream=upstream, journal=store.journal, clock=clock, tasks=tasks
        )
    finally:
        await tasks.drain(SETTLING_SECONDS)
        await upstream.close()


async def _doubt(store: Store, outcome: ReleaseOutcome) -> bool:
    """Whether the relay's answer was lost: the sender has had his 250, so no answer tells."""
    try:
        return (await store.quarantine.show(outcome.id)).state is MessageState.IN_DOUBT
    except StoreError:
        return False


def _released(outcome: ReleaseOutcome, doubt: bool = False) -> Outcome:
    match outcome.released:
        case Released.SENT if doubt:
            mend = f"gatepost quarantine settle {outcome.id}"
            return Outcome(outcome.id, False, "in-doubt", f"in doubt, the relay's answer was lost: {mend}")
        case Released.SENT:
            return _sent(outcome.id, outcome.answer)
        case Released.REJECTED:
            return Outcome(outcome.id, True, "rejected", f"rejected {outcome.why}".strip())
        case Released.NOT_HELD:
            return Outcome(outcome.id, False, "not-held", outcome.why)
        case Released.SPENT | Released.FOUND | Released.UNJUDGED | Released.FAILED:
            return Outcome(outcome.id, False, outcome.released.value, f"still held: {_why_held(outcome)}")


def _why_held(outcome: ReleaseOutcome) -> str:
    if outcome.released is Released.FOUND:
        rules = " ".join(dict.fromkeys(finding.rule for finding in outcome.findings if finding.acts))
        return f"judged only now, and found {rules}"
    if outcome.released is Released.UNJUDGED:
        return f"{outcome.why}; read it, then say --asks-review-for ORDER or --asks-no-review"
    if outcome.released is not Released.SPENT:
        return outcome.why
    words, claim = "the order's one review request is spent (D4b)", outcome.claim
    if claim is None:
        return words
    by = f" by {claim.message}" if claim.message else ""
    return f"{words}: {claim.order} {claim.state.value}{by} at {iso(claim.at)}"


def _sent(id: MessageId, answer: Answer | None) -> Outcome:
    if answer is None:
        return Outcome(id, True, "done", "done")
    reply = f"{answer.relay.code} {answer.relay.text}" if answer.relay else ""
    words = {
        AnswerKind.RELAYED: f"relayed: {reply}",
        AnswerKind.STORED: "stored: goes out as soon as the relay takes it",
        AnswerKind.REFUSED_BY_RELAY: f"refused by the relay, the sender gets a report: {reply}",
    }
    return Outcome(id, answer.kind in WENT, answer.kind.value, words.get(answer.kind, answer.kind.value))


async def reject_all(config: Config, ids: Sequence[str], note: str) -> list[Outcome]:
    """Reject each of `ids`; one outcome each, in their order."""
    outcomes = []
    async with store_of(config) as store, _road(config, store) as road:
        for id in dict.fromkeys(ids):
            quarantine = store.quarantine
            done = await reject(
                MessageId(id),
                by=who(),
                note=note,
                quarantine=quarantine,
                road=road,
                report=not config.notices.tells("rejected"),
            )
            outcomes.append(_released(done))
    return outcomes


async def settle_one(config: Config, id: str, *, delivered: bool) -> Outcome:
    """Write down what a person found out about a mail in doubt."""
    async with store_of(config) as store:
        try:
            state = await store.quarantine.resolve_in_doubt(MessageId(id), delivered=delivered, by=who())
        except StoreError as error:
            return Outcome(id, False, "not-in-doubt", str(error))
    return Outcome(id, True, state.value, f"now {state.value}")
