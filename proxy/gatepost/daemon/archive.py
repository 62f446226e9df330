"""The store as the site asks for it: the site knows no store, the store knows no site."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from gatepost.admin.ports import PAGE, CaptureRow, Chain, Deed, Listing, OrderHistory, Question, Step
from gatepost.errors import StoreError
from gatepost.model import Claim, ClaimState, Entry, Facets, MessageId, MessageState, OrderId
from gatepost.ports import Captured
from gatepost.store import Store
from gatepost.store.engine import EngineError
from gatepost.store.search import Filters, Order, Page


class StoreArchive:
    """The site's Archive over the store's parts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(
        self, question: Question, *, limit: int = PAGE, offset: int = 0, after: str = ""
    ) -> Listing:
        """One page of what fits; from below the message `after`, where that is given."""
        filters = Filters(
            states=question.states,
            rule=question.rule,
            clause=question.clause,
            sender=question.sender,
            order=OrderId(question.order) if question.order else None,
            text=question.text,
            words=question.words,
            account=question.account,
            marketplace=question.marketplace,
            language=question.language,
            since=question.since,
            until=question.until,
            due_before=question.due_before,
        )
        order = Order.URGENT if question.urgent_first else Order.DUE if question.next_first else Order.NEWEST
        page = Page(limit=limit, offset=offset, order=order, after=MessageId(after) if after else None)
        found = await self._store.search.find(filters, page)
        return Listing(found.entries, found.total)

    async def facets(self) -> Facets:
        """How many held mails there are of each rule, clause, language, account and marketplace."""
        return await self._store.queueing.facets()

    async def due(self, moments: Sequence[datetime]) -> Sequence[int]:
        """How many held mails are due before each of these moments."""
        return await self._store.queueing.due(moments)

    async def show(self, id: MessageId) -> Entry | None:
        """One entry, whatever its state."""
        return next(iter(await self._store.search.entries_of([id])), None)

    async def raw(self, id: MessageId) -> bytes | None:
        """The bytes of a message; None when they are not kept."""
        try:
            return await self._store.quarantine.raw(id)
        except EngineError:
            raise  # the database itself failed
        except StoreError:
            return None

    async def settle(self, id: MessageId, *, delivered: bool, by: str) -> MessageState:
        """End a doubt by what a person found out."""
        return await self._store.quarantine.resolve_in_doubt(id, delivered=delivered, by=by)

    async def counts(self) -> Mapping[MessageState, int]:
        """How many messages are in each state that is not final."""
        return await self._store.search.count_states()

    async def orders(
        self, *, limit: int = PAGE, offset: int = 0, state: ClaimState | None = None
    ) -> Sequence[Claim]:
        """The ledger, the newest first; of one state, where that is given."""
        states = frozenset({state}) if state else frozenset()
        return await self._store.ledger.list(states, limit=limit, offset=offset)

    async def order(self, order: OrderId) -> OrderHistory:
        """What is known of one order."""
        if await self._store.ledger.find(order) is None:
            found = await self._store.search.find(Filters(order=order))
            return OrderHistory(None, (), found.entries)
        history = await self._store.ledger.show(order)
        steps = [Step(step.at, step.state, step.by, step.note) for step in history.steps]
        return OrderHistory(history.claim, steps, history.messages)

    async def grant(self, order: OrderId, *, by: str, reason: str) -> None:
        """Allow another review request."""
        await self._store.ledger.grant(order, by=by, reason=reason)

    async def deeds(self, *, limit: int = PAGE, before: int = 0, subject: str = "") -> Sequence[Deed]:
        """The audit trail, newest first, from below row `before`; of one message, order or user."""
        rows = await self._store.audit.list(limit=limit, before=before or None, subject=subject)
        return [
            Deed(row.seq, row.at, row.by, row.what, row.subject, _details(row.details), row.hash)
            for row in rows
        ]

    async def chain(self) -> Chain:
        """Check every row of the audit trail against the one before."""
        trail = await self._store.audit.verify()
        return Chain(trail.rows, trail.head, trail.broken_at)

    async def captures(self, *, limit: int = PAGE, offset: int = 0) -> Sequence[CaptureRow]:
        """What the capture relay kept, newest first."""
        lines = await self._store.captures.list(limit=limit, offset=offset)
        return [
            CaptureRow(line.id, line.at, line.mail_from, line.rcpt_tos, line.size_bytes) for line in lines
        ]

    async def captured(self, id: MessageId) -> Captured | None:
        """One captured mail."""
        try:
            return await self._store.captures.show(id)
        except EngineError:
            raise  # the database itself failed
        except StoreError:
            return None


def _details(details: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in details.items())
