"""The spool's rounds, over fakes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gatepost.delivery import Delivery
from gatepost.errors import StoreError
from gatepost.model import Entry, Message, MessageId, MessageState
from gatepost.tasks import Tasks
from kit.messages import entry, message
from kit.ports import MemoryJournal, ToldUpstream, road, until


@dataclass
class Waiting:
    """A spool with messages that are due, and the entries a dead process left."""

    journal: MemoryJournal
    messages: list[Message]
    left: list[Entry] = field(default_factory=list)
    fails: int = 0
    rounds: int = 0

    def __post_init__(self) -> None:
        for each in self.messages:
            self.journal.entries[each.id] = entry(each)

    async def due(self, now: datetime, limit: int) -> Sequence[Message]:
        taken, self.messages = self.messages[:limit], self.messages[limit:]
        return taken

    async def recover(self, now: datetime) -> Sequence[Entry]:
        self.rounds += 1
        if self.fails:
            self.fails -= 1
            raise StoreError("locked")
        left, self.left = self.left, []
        return left

    async def show(self, id: MessageId) -> Entry:
        return self.journal.entries[id]


def delivery(spool: Waiting, upstream: ToldUpstream, *, restricted: str | StoreError = "") -> Delivery:
    async def why() -> str:
        if isinstance(restricted, StoreError):
            raise restricted
        return restricted

    return Delivery(
        spool=spool,
        shown=spool.show,
        road=road(upstream, spool.journal),
        parallel=3,
        seconds=60,
        restricted=why,
    )


async def test_a_round_sends_all_that_is_due() -> None:
    upstream = ToldUpstream()
    spool = Waiting(MemoryJournal(), [message(f"m{n}") for n in range(10)])
    assert await delivery(spool, upstream).round() == 10
    assert {each.state for each in spool.journal.entries.values()} == {MessageState.RELAYED}


async def test_a_failing_store_only_delays_the_next_round() -> None:
    upstream = ToldUpstream()
    spool = Waiting(MemoryJournal(), [message()], fails=1)
    rounds = delivery(spool, upstream)
    tasks = Tasks(lambda name, error: None)
    tasks.start(rounds.run(), "rounds")
    await until(lambda: spool.rounds == 1)
    await asyncio.sleep(0)
    rounds.wake()
    await until(lambda: len(upstream.sent) == 1)
    await tasks.drain(0)


async def test_while_the_breaker_is_tripped_stored_mail_that_answers_nobody_is_held() -> None:
    spool, upstream = Waiting(MemoryJournal(), [message("news"), message("answer")]), ToldUpstream()
    answer = spool.journal.entries[MessageId("answer")]
    spool.journal.entries[answer.id] = replace(answer, purpose="customer-service")
    await delivery(spool, upstream, restricted="the breaker is tripped").round()
    assert spool.journal.entries[MessageId("news")].state is MessageState.HELD
    assert [sent.id for sent in upstream.sent] == ["answer"]


async def test_where_nobody_can_tell_whether_it_may_go_out_a_mail_goes_back_to_the_spool() -> None:
    spool, upstream = Waiting(MemoryJournal(), [message("news")]), ToldUpstream()
    await delivery(spool, upstream, restricted=StoreError("locked")).round()
    assert spool.journal.entries[MessageId("news")].state is MessageState.SPOOLED
    assert upstream.sent == []
