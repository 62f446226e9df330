"""Notices over a real store: a held mail, a round, and what waits in the spool then."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Mail
from typing import Any

from gatepost.config.schema import Notices as Settings
from gatepost.model import Entry, Message, MessageId, MessageState
from gatepost.notices.rounds import Notices
from gatepost.notices.terms import Terms
from gatepost.ports import Journal
from gatepost.store import Store
from gatepost_policies.model import Action
from kit.messages import RAW, finding
from kit.ports import StillClock
from kit.stores import an_entry

SITE = "https://gate.example"
KEY = b"k" * 32
REVIEWER = "rita@shop.example"
ON = Settings(enabled=True, digest_at=())


@dataclass
class Told:
    """Notices over `store`; `settings` may be replaced at any time."""

    store: Store
    clock: StillClock
    settings: Settings = ON
    journal: Journal | None = None
    wakes: int = 0
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.notices = Notices(
            outbox=self.store.outbox,
            journal=self.journal or self.store.journal,
            held=self.store.quarantine,
            clock=self.clock,
            terms=lambda: Terms(self.settings, "gate.example", SITE, KEY),
            new_id=lambda: MessageId(f"n{next(self.numbers)}"),
            wake=self._wake,
            breaker=self.store.breaker,
        )

    def _wake(self) -> None:
        self.wakes += 1

    async def arrive(self, id: str = "m1", state: MessageState = MessageState.HELD, **changes: Any) -> Entry:
        """A mail that is held, or was refused, with one finding."""
        found = finding("p4-marketing", category="marketing", clause="P4", action=Action.QUARANTINE)
        made = replace(an_entry(id, state, findings=[found]), received_at=self.clock.now(), **changes)
        if state is MessageState.HELD:
            made = replace(made, deadline_at=self.clock.now() + timedelta(hours=24))
        made = replace(made, has_raw=state is MessageState.HELD)
        await self.store.journal.open(made, raw=RAW if made.has_raw else None)
        return made

    async def round(self) -> list[Mail]:
        """One round; the notices that wait in the spool then, as mails. They are gone from it."""
        await self.notices.round()
        return [message_from_bytes(each.raw) for each in await self.spooled()]

    async def spooled(self) -> list[Message]:
        """Take what is due."""
        return list(await self.store.spool.due(self.clock.now(), 1_000))


def subject(mail: Mail) -> str:
    """The decoded subject."""
    return str(make_header(decode_header(str(mail["Subject"]))))


def text(mail: Mail) -> str:
    """The decoded text."""
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()
