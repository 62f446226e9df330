"""Random lives of messages against the store, checked against a model of its promises after every step."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from gatepost.errors import StateError
from gatepost.model import AnswerKind, Claim, ClaimState, Message, MessageId, MessageState, OrderId
from gatepost.ports import Earlier, Opened
from gatepost.states import FREE, KEEPS_RAW, MESSAGE
from gatepost.store import Store
from gatepost.store.moves import NEEDS_RAW
from kit.messages import RAW
from kit.ports import StillClock
from kit.stores import an_entry, crash, open_store, settled

T = TypeVar("T")
ORDERS = [OrderId(f"112-000000{number}-0000000") for number in range(3)]
ENDS = {
    MessageState.RELAYED: AnswerKind.RELAYED,
    MessageState.REFUSED: AnswerKind.REFUSED_BY_RELAY,
    MessageState.SPOOLED: AnswerKind.STORED,
    MessageState.ABANDONED: AnswerKind.DEFERRED,
    MessageState.IN_DOUBT: AnswerKind.IN_DOUBT,
    MessageState.BOUNCED: AnswerKind.REFUSED_BY_RELAY,
}


class Lives(RuleBasedStateMachine):
    """Two gateway processes over one database, which come and go."""

    ids: Bundle[str] = Bundle("ids")
    which = st.integers(0, 1)

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="gatepost-lives-"))
        self.clock = StillClock()
        self.count = 0
        self.stores = [self.new_store(), self.new_store()]
        self.went: dict[OrderId, set[str]] = {order: set() for order in ORDERS}  # what the relay took
        self.grants = dict.fromkeys(ORDERS, 0)
        self.final: dict[str, MessageState] = {}

    def run(self, work: Awaitable[T]) -> T | StateError:
        async def tried() -> T | StateError:
            try:
                return await work
            except StateError as error:
                return error

        return self.loop.run_until_complete(tried())

    def new_store(self) -> Store:
        path = self.folder / "gatepost.db"
        return self.loop.run_until_complete(open_store(path, self.clock, lease=timedelta(days=90)))

    def state(self, id: str) -> MessageState:
        return self.loop.run_until_complete(self.stores[0].quarantine.show(MessageId(id))).state

    # --- what happens ----------------------------------------------------------------------------

    @rule(
        target=ids,
        which=which,
        state=st.sampled_from([MessageState.ATTEMPTING, MessageState.HELD, MessageState.REFUSED]),
        orders=st.lists(st.sampled_from(ORDERS), max_size=2, unique=True),
        fingerprint=st.sampled_from(["", "same", "other"]),
    )
    def open(self, which: int, state: MessageState, orders: list[OrderId], fingerprint: str) -> str:
        self.count += 1
        entry = an_entry(f"m{self.count}", state, orders=orders, fingerprint=fingerprint)
        claims = orders if state is MessageState.ATTEMPTING else []
        raw = RAW if claims or state is MessageState.HELD else None
        outcome = self.run(self.stores[which].journal.open(entry, raw=raw, claims=claims))
        if isinstance(outcome, Opened):
            return entry.id
        if isinstance(outcome, Earlier):
            assert fingerprint
            assert self.state(outcome.answer.id) is not MessageState.ABANDONED
        return "none"

    @rule(which=which, id=ids, end=st.sampled_from(sorted(ENDS, key=lambda state: state.value)))
    def settle(self, which: int, id: str, end: MessageState) -> None:
        if id == "none":
            return
        outcome = self.run(settled(self.stores[which], id, end, ENDS[end], raw=RAW))
        if outcome is None and end is MessageState.RELAYED:
            self.note_gone(id)

    def note_gone(self, id: str) -> None:
        entry = self.loop.run_until_complete(self.stores[0].quarantine.show(MessageId(id)))
        for order in entry.order_ids:
            self.went[order].add(id)

    @rule(which=which, id=ids)
    def mark_sending(self, which: int, id: str) -> None:
        if id != "none":
            self.run(self.stores[which].journal.mark_sending(MessageId(id)))

    @rule(which=which, id=ids, state=st.sampled_from([MessageState.ATTEMPTING, MessageState.SENDING]))
    def keep(self, which: int, id: str, state: MessageState) -> None:
        if id != "none":
            self.run(self.stores[which].journal.keep(MessageId(id), RAW, state))

    @rule(which=which, id=ids)
    def take(self, which: int, id: str) -> None:
        if id == "none":
            return
        store = self.stores[which]
        entry = self.loop.run_until_complete(store.quarantine.show(MessageId(id)))
        taken = self.run(store.quarantine.take(entry.id, by="rita", claims=entry.order_ids))
        assert isinstance(taken, Message) is (self.state(id) is MessageState.ATTEMPTING) or entry.state in (
            MessageState.ATTEMPTING,
        )

    @rule(which=which, id=ids)
    def reject(self, which: int, id: str) -> None:
        if id != "none":
            self.run(self.stores[which].quarantine.reject(MessageId(id), by="rita", note=""))

    @rule(which=which, id=ids, delivered=st.booleans())
    def resolve(self, which: int, id: str, delivered: bool) -> None:
        if id == "none":
            return
        quarantine = self.stores[which].quarantine
        outcome = self.run(quarantine.resolve_in_doubt(MessageId(id), delivered=delivered, by="rita"))
        if outcome is MessageState.RELAYED:
            self.note_gone(id)

    @rule(which=which, limit=st.integers(1, 3))
    def due(self, which: int, limit: int) -> None:
        self.run(self.stores[which].spool.due(self.clock.now(), limit))

    @rule(which=which, order=st.sampled_from(ORDERS))
    def grant(self, which: int, order: OrderId) -> None:
        if self.run(self.stores[which].ledger.grant(order, by="ada", reason="")) is None:
            self.grants[order] += 1

    @rule(which=which)
    def crash(self, which: int) -> None:
        self.loop.run_until_complete(crash(self.stores[which]))
        self.stores[which] = self.new_store()
        self.run(self.stores[which].spool.recover(self.clock.now()))

    @rule(hours=st.integers(-48, 240))
    def clock_jumps(self, hours: int) -> None:
        self.clock.pass_by(hours=hours)

    @rule(which=which)
    def expire(self, which: int) -> None:
        self.run(self.stores[which].quarantine.expire(self.clock.now(), timedelta(days=14)))

    # --- what must hold --------------------------------------------------------------------------

    @invariant()
    def promises_hold(self) -> None:
        rows = self.loop.run_until_complete(
            self.stores[0].db.read(
                lambda tx: tx.execute(
                    "SELECT id, state, has_raw, answering, fingerprint, raw.message_id IS NOT NULL AS kept "
                    "FROM messages LEFT JOIN raw ON raw.message_id = messages.id"
                )
            )
        )
        answering = [row["fingerprint"] for row in rows if row["answering"] and row["fingerprint"]]
        assert len(answering) == len(set(answering)), "a fingerprint answers once"
        for row in rows:
            state = MessageState(row["state"])
            assert bool(row["kept"]) == bool(row["has_raw"])
            assert not row["kept"] or state in KEEPS_RAW, "the bytes of a settled mail are kept"
            assert row["kept"] or state not in NEEDS_RAW, "the bytes of a waiting mail are gone"
            before = self.final.get(row["id"])
            assert before in (None, state), f"{row['id']} left the final state {before}"
            if not MESSAGE[state]:
                self.final[row["id"]] = state

    @invariant()
    def one_request_an_order(self) -> None:
        ledger = self.stores[0].ledger
        claims: list[Claim] = list(self.loop.run_until_complete(ledger.list()))
        for claim in claims:
            taken = claim.state not in FREE
            sent = len(self.went[claim.order] & self.asked(claim.order))
            assert sent <= 1 + self.grants[claim.order], f"{claim.order} was asked {sent} times"
            assert not (taken and claim.message is None)

    def asked(self, order: OrderId) -> set[str]:
        """The messages that ever held the order's claim; the others did not ask for a review."""
        history = self.loop.run_until_complete(self.stores[0].ledger.show(order))
        assert all(step.state in ClaimState for step in history.steps)
        return {step.message for step in history.steps if step.message}

    @invariant()
    def what_is_reserved_is_under_way(self) -> None:
        for claim in self.loop.run_until_complete(
            self.stores[0].ledger.list(frozenset({ClaimState.RESERVED}))
        ):
            assert claim.message is not None
            state = self.state(claim.message)
            assert state in (MessageState.ATTEMPTING, MessageState.SENDING, MessageState.SPOOLED)

    def teardown(self) -> None:
        for store in self.stores:
            self.loop.run_until_complete(store.close())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        shutil.rmtree(self.folder)


Lives.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestLives = Lives.TestCase
