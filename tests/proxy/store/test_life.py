"""Random lives of messages against the store, checked against a model of its promises after every step."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gatepost.errors import StateError
from gatepost.model import AnswerKind, ClaimState, Message, MessageId, MessageState, OrderId
from gatepost.ports import Earlier, Opened, Taken
from gatepost.states import CLAIM, FREE, KEEPS_RAW, MESSAGE
from gatepost.store import FileHome, Home, Store
from gatepost.store.moves import IN_FLIGHT, NEEDS_RAW
from kit.messages import RAW
from kit.ports import StillClock
from kit.stores import a_home, an_entry, crash, open_store, settled

T = TypeVar("T")
_S, _K = MessageState, AnswerKind
ORDERS = [OrderId("111-0000000-0000000"), OrderId("222-0000000-0000000")]
ENDS = {
    _S.RELAYED: _K.RELAYED,
    _S.REFUSED: _K.REFUSED_BY_RELAY,
    _S.SPOOLED: _K.STORED,
    _S.ABANDONED: _K.DEFERRED,
    _S.IN_DOUBT: _K.IN_DOUBT,
    _S.BOUNCED: _K.REFUSED_BY_RELAY,
}
MAY_HAVE_GONE = frozenset({_S.RELAYED, _S.IN_DOUBT})

which = st.integers(0, 1)
pick = st.integers(0, 1_000)
orders = st.sampled_from([ORDERS[:1], ORDERS[:1], ORDERS[1:], ORDERS])
fingerprints = st.sampled_from(["", "", "", "same"])


@dataclass(frozen=True, slots=True)
class Seen:
    """What the store says of one message."""

    id: str
    state: MessageState
    owner: str
    has_raw: bool
    kept: bool
    fingerprint: str


def there_is(*states: MessageState) -> Callable[[Lives], bool]:
    """A precondition: without it most steps would find nothing to do."""
    return lambda self: any(each.state in states for each in self.seen.values())


class Lives(RuleBasedStateMachine):
    """Two gateway processes over one database, which come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="gatepost-lives-"))
        self.clock = StillClock()
        self.count = 0
        self.home = self.new_home()
        self.stores = [self.new_store(), self.new_store()]
        self.seen: dict[str, Seen] = {}
        self.asks: dict[str, Sequence[OrderId]] = {}  # the orders that a message has ever reserved
        self.gone: set[str] = set()  # what the relay has, or may have
        self.grants = dict.fromkeys(ORDERS, 0)
        self.claims: dict[OrderId, ClaimState] = {}

    def run(self, work: Awaitable[T]) -> T | StateError:
        async def tried() -> T | StateError:
            try:
                return await work
            except StateError as error:
                return error

        return self.loop.run_until_complete(tried())

    def new_store(self) -> Store:
        return self.loop.run_until_complete(open_store(self.home, self.clock, lease=timedelta(days=3650)))

    def new_home(self) -> Home:
        """Where both processes keep their state."""
        return FileHome(self.folder / "gatepost.db")

    def some(self, number: int, *states: MessageState) -> MessageId | None:
        """One of the messages in these states."""
        fitting = [each.id for each in self.seen.values() if each.state in states]
        return MessageId(fitting[number % len(fitting)]) if fitting else None

    def owner_of(self, id: MessageId, number: int) -> Store:
        """The process that has the message, most of the time."""
        mine = [store for store in self.stores if store.owners.me == self.seen[id].owner]
        return mine[0] if mine and number % 8 else self.stores[number % 2]

    # --- what happens ----------------------------------------------------------------------------

    @initialize(orders=orders)
    def first(self, orders: Sequence[OrderId]) -> None:
        self.open_live(0, orders, "same")

    @rule(which=which, orders=orders, fingerprint=fingerprints)
    def open_live(self, which: int, orders: Sequence[OrderId], fingerprint: str) -> None:
        self.open(which, _S.ATTEMPTING, orders, fingerprint)

    @rule(
        which=which,
        state=st.sampled_from([_S.HELD, _S.HELD, _S.REFUSED]),
        orders=orders,
        fingerprint=fingerprints,
    )
    def open(self, which: int, state: MessageState, orders: Sequence[OrderId], fingerprint: str) -> None:
        self.count += 1
        claims = orders if state is _S.ATTEMPTING else ()
        entry = an_entry(f"m{self.count}", state, orders=orders, fingerprint=fingerprint)
        raw = None if state is _S.REFUSED else RAW
        outcome = self.run(self.stores[which].journal.open(entry, raw=raw, claims=claims))
        busy = [order for order in claims if self.claims.get(order, ClaimState.RELEASED) not in FREE]
        match outcome:
            case Opened():
                assert not busy
                if claims:
                    self.asks[entry.id] = claims
            case Earlier(answer):
                assert fingerprint
                assert self.seen[answer.id].state is not _S.ABANDONED
            case Taken(claim):
                assert claim.order in busy
            case StateError():
                raise outcome

    @rule(orders=orders)
    def open_in_both(self, orders: Sequence[OrderId]) -> None:
        self.open(0, _S.ATTEMPTING, orders, "")
        self.promises_hold()
        self.open(1, _S.ATTEMPTING, orders, "")

    @precondition(there_is(*IN_FLIGHT))
    @rule(pick=pick, which=pick, end=st.sampled_from([_S.RELAYED, _S.IN_DOUBT, *ENDS]))
    def settle(self, pick: int, which: int, end: MessageState) -> None:
        if id := self.some(pick, _S.SENDING) or self.some(pick, *IN_FLIGHT):
            outcome = self.run(settled(self.owner_of(id, which), id, end, ENDS[end], raw=RAW))
            if outcome is None and end in MAY_HAVE_GONE:
                self.gone.add(id)

    @precondition(there_is(_S.ATTEMPTING))
    @rule(pick=pick, which=pick)
    def mark_sending(self, pick: int, which: int) -> None:
        if id := self.some(pick, _S.ATTEMPTING):
            self.run(self.owner_of(id, which).journal.mark_sending(id))

    @precondition(there_is(*IN_FLIGHT))
    @rule(pick=pick, which=pick, state=st.sampled_from(sorted(IN_FLIGHT, key=lambda state: state.value)))
    def keep(self, pick: int, which: int, state: MessageState) -> None:
        if id := self.some(pick, *IN_FLIGHT):
            self.run(self.owner_of(id, which).journal.keep(id, RAW, state))

    @precondition(there_is(_S.HELD))
    @rule(pick=pick, which=which)
    def take(self, pick: int, which: int) -> None:
        if id := self.some(pick, _S.HELD):
            store = self.stores[which]
            entry = self.loop.run_until_complete(store.quarantine.show(id))
            outcome = self.run(store.quarantine.take(id, by="rita", claims=entry.order_ids))
            assert isinstance(outcome, Message | Taken)
            if isinstance(outcome, Message):
                self.asks[id] = entry.order_ids

    @precondition(there_is(_S.HELD, _S.RELAYED))
    @rule(pick=pick, which=which)
    def reject(self, pick: int, which: int) -> None:
        if id := self.some(pick, _S.HELD, _S.RELAYED):
            outcome = self.run(self.stores[which].quarantine.reject(id, by="rita", note=""))
            assert (outcome is None) == (self.seen[id].state is _S.HELD)

    @precondition(there_is(_S.IN_DOUBT))
    @rule(pick=pick, which=which, delivered=st.booleans())
    def resolve(self, pick: int, which: int, delivered: bool) -> None:
        if id := self.some(pick, _S.IN_DOUBT):
            self.run(self.stores[which].quarantine.resolve_in_doubt(id, delivered=delivered, by="rita"))
            if not delivered:
                self.gone.discard(id)

    @precondition(there_is(_S.SPOOLED))
    @rule(which=which, limit=st.integers(1, 3))
    def due(self, which: int, limit: int) -> None:
        self.run(self.stores[which].spool.due(self.clock.now() + timedelta(hours=1), limit))

    @precondition(lambda self: not FREE.issuperset(self.claims.values()))
    @rule(which=which, order=st.sampled_from(ORDERS))
    def grant(self, which: int, order: OrderId) -> None:
        if self.run(self.stores[which].ledger.grant(order, by="ada", reason="")) is None:
            self.grants[order] += 1

    @precondition(there_is(*IN_FLIGHT))
    @rule(pick=pick, sending=st.booleans())
    def crash(self, pick: int, sending: bool) -> None:
        if sending:
            self.mark_sending(pick, 1)
            self.seen = self.look()
        id = self.some(pick, _S.SENDING) or self.some(pick, *IN_FLIGHT)
        assert id
        which = self.stores.index(self.owner_of(id, pick))
        dead, living = self.stores[which], self.stores[1 - which]
        lost = [each for each in self.seen.values() if each.owner == dead.owners.me]
        self.gone |= {each.id for each in lost if each.state is _S.SENDING}
        self.loop.run_until_complete(crash(dead))
        changed = self.loop.run_until_complete(living.spool.recover(self.clock.now()))
        assert {each.id for each in changed} == {
            each.id for each in self.seen.values() if each.state in IN_FLIGHT and each.owner == dead.owners.me
        }
        self.stores[which] = self.new_store()

    @rule(hours=st.integers(-48, 240))
    def clock_jumps(self, hours: int) -> None:
        self.clock.pass_by(hours=hours)

    @precondition(there_is(_S.HELD))
    @rule(which=which)
    def expire(self, which: int) -> None:
        self.run(self.stores[which].quarantine.expire(self.clock.now(), timedelta(days=14)))

    # --- what must hold --------------------------------------------------------------------------

    @invariant()
    def promises_hold(self) -> None:
        self.messages_are_whole()
        self.claims_go_by_the_table()
        self.one_request_an_order()

    def messages_are_whole(self) -> None:
        seen = self.look()
        answering = [each.fingerprint for each in seen.values() if each.fingerprint]
        assert len(answering) == len(set(answering)), "a fingerprint answers once"
        for each in seen.values():
            assert each.kept == each.has_raw
            assert not each.kept or each.state in KEEPS_RAW, "the bytes of a settled mail are kept"
            assert each.kept or each.state not in NEEDS_RAW, "the bytes of a waiting mail are gone"
            before = self.seen.get(each.id)
            if before and not MESSAGE[before.state]:
                assert each.state is before.state, f"{each.id} left its final state {before.state}"
        assert seen.keys() >= self.seen.keys()
        self.seen = seen

    def look(self) -> dict[str, Seen]:
        sql = (
            "SELECT id, state, owner, has_raw, raw.message_id IS NOT NULL AS kept, "
            "CASE WHEN answering = 1 THEN fingerprint ELSE '' END AS fingerprint "
            "FROM messages LEFT JOIN raw ON raw.message_id = messages.id"
        )
        rows = self.loop.run_until_complete(self.stores[0].db.read(lambda tx: tx.execute(sql)))
        return {
            row["id"]: Seen(
                id=row["id"],
                state=MessageState(row["state"]),
                owner=row["owner"],
                has_raw=bool(row["has_raw"]),
                kept=bool(row["kept"]),
                fingerprint=row["fingerprint"],
            )
            for row in rows
        }

    def one_request_an_order(self) -> None:
        for order in ORDERS:
            gone = [id for id in self.gone if order in self.asks.get(id, ())]
            assert len(gone) <= 1 + self.grants[order], f"{order} was asked by {gone}"

    def claims_go_by_the_table(self) -> None:
        for claim in self.loop.run_until_complete(self.stores[1].ledger.list()):
            history = self.loop.run_until_complete(self.stores[1].ledger.show(claim.order))
            states = [step.state for step in history.steps]
            assert states[-1] is claim.state
            assert states[0] is ClaimState.RESERVED
            assert all(later in CLAIM[earlier] for earlier, later in pairwise(states))
            if claim.state is ClaimState.RESERVED:
                assert claim.message is not None
                assert self.seen[claim.message].state in (*IN_FLIGHT, _S.SPOOLED)
            self.claims[claim.order] = claim.state

    def teardown(self) -> None:
        for store in self.stores:
            self.loop.run_until_complete(store.close())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        shutil.rmtree(self.folder)


Lives.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestLives = Lives.TestCase


class LivesOnAServer(Lives):
    """The same on a database server."""

    def new_home(self) -> Home:
        return a_home()


LivesOnAServer.TestCase.settings = settings(Lives.TestCase.settings, max_examples=8)
TestLivesOnAServer = LivesOnAServer.TestCase
