"""One attempt to give a message to the relay: the road that live, released and spooled mail share.

A *flight* is one message between the journal and the relay. What is durable at each point:

    opened      the entry; with a claim or a stored mail, its bytes too
    on_data     SENDING, for a mail that is ours to deliver or asks for a review
    answered    the outcome, before anyone is told
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gatepost import events
from gatepost.bounce import Failure, compose_bounce
from gatepost.errors import InDoubt, Refused, StateError, StoreError, TryLater
from gatepost.model import (
    Accepted,
    Answer,
    AnswerKind,
    Entry,
    Envelope,
    Message,
    MessageId,
    MessageState,
    Recipient,
    RefusedRecipient,
    RelayReply,
)
from gatepost.ports import Backoff, Clock, Journal, Settled, Upstream
from gatepost.tasks import Tasks

LONGEST_WAIT = 30.0
"""Seconds at most between two tries to write an outcome when the store fails; from 0.5, doubling."""


@dataclass(slots=True)
class Flight:
    """One message in flight. `ours` once the sender was told 250, `durable` once its bytes are kept."""

    message: Message
    entry: Entry
    durable: bool
    ours: bool
    sending: bool = False
    settled: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Terms:
    """The operator's terms for mail that the relay can't take at once."""

    spool: bool
    backoff: Backoff
    give_up: timedelta
    hostname: str


@dataclass(frozen=True, slots=True)
class Road:
    """What an attempt needs of the outside."""

    upstream: Upstream
    journal: Journal
    clock: Clock
    tasks: Tasks
    terms: Terms
    new_id: Callable[[], MessageId]

    async def attempt(self, flight: Flight) -> Answer:
        """Offer the message to the relay once and write down what came of it.

        The outcome is durable when it returns, unless the store failed just then: then it is written as
        soon as the store works again. Never raises but when cancelled; a mail that the relay can't have
        taken then waits in the spool (if it is ours) or is left to its sender.
        """

        async def on_data() -> None:
            async with flight.lock:
                if flight.durable:
                    await self.journal.mark_sending(flight.message.id)
                flight.sending = True

        try:
            partial = flight.ours and not flight.message.session.inbound
            accepted = await self.upstream.relay(flight.message, on_data=on_data, partial=partial)
        except Refused as refused:
            return await self._refused(flight, refused)
        except TryLater as later:
            return await self._later(flight, later)
        except InDoubt as doubt:
            return await self._in_doubt(flight, str(doubt))
        except asyncio.CancelledError:
            await asyncio.shield(self._cut_off(flight, "the gateway stopped"))
            raise
        except Exception as error:  # a flight is owned here: whatever failed, it must not stay in flight
            events.attempt_failed(flight.message.id, error)
            return await self._cut_off(flight, "the gateway failed")
        return await self._accepted(flight, accepted)

    async def hold(self, flight: Flight, why: str) -> None:
        """Leave a stored message to a person, without an attempt."""
        async with flight.lock:
            await self._hold(flight, why)

    async def put_back(self, flight: Flight, why: str) -> None:
        """Leave a stored message that was not attempted where the next round finds it."""
        await self._later(flight, TryLater(why))

    async def _hold(self, flight: Flight, why: str) -> None:
        held = Answer(AnswerKind.HELD, flight.message.id, flight.entry.findings)
        settled = Settled(MessageState.HELD, held, error=why)
        await self._write(flight, settled, raw=flight.message.raw)

    async def _accepted(self, flight: Flight, accepted: Accepted) -> Answer:
        answer = Answer(AnswerKind.RELAYED, flight.message.id, relay=accepted.reply)
        async with flight.lock:
            await self._write(flight, Settled(MessageState.RELAYED, answer), refused=accepted.refused)
        return answer

    async def _refused(self, flight: Flight, refused: Refused) -> Answer:
        answer = Answer(AnswerKind.REFUSED_BY_RELAY, flight.message.id, relay=refused.reply)
        async with flight.lock:
            if flight.ours and flight.message.session.inbound:  # its sender may be anybody: a person decides
                await self._hold(flight, str(refused))
            elif flight.ours:
                settled = Settled(MessageState.BOUNCED, answer, error=str(refused))
                failed = refused.recipients or everyone(flight.message, refused.reply)
                await self._write(flight, settled, refused=failed)
            else:
                await self._write(flight, Settled(MessageState.REFUSED, answer, error=str(refused)))
        return answer

    async def _later(self, flight: Flight, later: TryLater) -> Answer:
        id, now = flight.message.id, self.clock.now()
        async with flight.lock:
            is_late = now - (flight.entry.going_since or flight.entry.received_at) >= self.terms.give_up
            if flight.ours and is_late and not flight.message.session.inbound:
                return await self._give_up(flight, later)
            if not (flight.ours or self.terms.spool):
                answer = Answer(AnswerKind.DEFERRED, id, relay=later.reply)
                await self._write(flight, Settled(MessageState.ABANDONED, answer, error=str(later)))
                return answer
            answer = Answer(AnswerKind.STORED, id)
            again = now + self.terms.backoff(flight.entry.attempts)
            settled = Settled(MessageState.SPOOLED, answer, next_attempt_at=again, error=str(later))
            if flight.ours:
                await self._write(flight, settled)
                return answer
            return await self._spool(flight, settled)

    async def _spool(self, flight: Flight, settled: Settled) -> Answer:
        """Make a mail ours, or, when the store fails, leave it to its sender: nothing is at the relay."""
        id = flight.message.id
        try:
            await self.journal.settle(id, settled, raw=flight.message.raw)
        except StoreError as error:
            events.attempt_failed(id, error)
            answer = Answer(AnswerKind.UNDECIDED, id)
            await self._write(flight, Settled(MessageState.ABANDONED, answer, error=str(error)))
            return answer
        flight.settled = flight.ours = True
        return settled.answer

    async def _give_up(self, flight: Flight, later: TryLater) -> Answer:
        reply = later.reply or RelayReply(451, "4.4.7", "the relay could not be reached in time")
        answer = Answer(AnswerKind.REFUSED_BY_RELAY, flight.message.id, relay=reply)
        settled = Settled(MessageState.BOUNCED, answer, error=str(later))
        await self._write(flight, settled, refused=everyone(flight.message, reply))
        return answer

    async def _in_doubt(self, flight: Flight, why: str) -> Answer:
        answer = Answer(AnswerKind.IN_DOUBT, flight.message.id)
        async with flight.lock:
            if flight.ours:
                answer = Answer(AnswerKind.STORED, flight.message.id)
            settled = Settled(MessageState.IN_DOUBT, answer, error=why)
            await self._write(flight, settled, raw=flight.message.raw)
        events.message_in_doubt(flight.message.id, why)
        return answer

    async def _cut_off(self, flight: Flight, why: str) -> Answer:
        """Leave the message where the next attempt, or its sender, finds it."""
        if flight.sending:
            return await self._in_doubt(flight, f"{why} before the relay answered")
        return await self._later(flight, TryLater(why))

    async def _write(
        self,
        flight: Flight,
        settled: Settled,
        *,
        raw: bytes | None = None,
        refused: tuple[RefusedRecipient, ...] = (),
    ) -> None:
        """Settle; if the store fails, the outcome stays true and is written again in the background."""
        flight.settled = True
        report = self.report(flight.message, flight.entry, refused)
        try:
            await self._conclude(flight, settled, raw, report)
        except StoreError as error:
            events.outcome_unwritten(flight.message.id, settled.state.value, error)
            self.tasks.start(
                self._write_again(flight, settled, raw, report), name=f"settle {flight.message.id}"
            )

    async def _conclude(
        self, flight: Flight, settled: Settled, raw: bytes | None, report: tuple[Entry, bytes] | None
    ) -> None:
        if report:  # first: a bounced mail whose sender was never told would be a lost one
            await self.journal.open(report[0], raw=report[1])
        await self.journal.settle(flight.message.id, settled, raw=raw)

    async def _write_again(
        self, flight: Flight, settled: Settled, raw: bytes | None, report: tuple[Entry, bytes] | None
    ) -> None:
        wait = 0.5
        while True:  # ends with success, or with the process: then recovery at start settles it
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
            try:
                await self._conclude(flight, settled, raw, report)
            except StateError:
                return
            except StoreError as error:
                events.outcome_unwritten(flight.message.id, settled.state.value, error)
            else:
                return

    def report(
        self, message: Message, entry: Entry, refused: tuple[RefusedRecipient, ...]
    ) -> tuple[Entry, bytes] | None:
        """The report to the sender on `refused`, to go out through the spool; None where none is due.

        None is due to strangers: who wrote to the seller may be anybody, under any name.
        """
        if message.session.inbound:
            return None
        now = self.clock.now()
        failures = tuple(Failure(each.address, each.reply) for each in refused if wants_report(message, each))
        if not failures or not message.envelope.mail_from:  # RFC 5321 §4.5.5: no bounce for a bounce
            return None
        raw = compose_bounce(message, failures, hostname=self.terms.hostname, at=now)
        return bounce_entry(self.new_id(), entry, now=now, size_bytes=len(raw)), raw


def everyone(message: Message, reply: RelayReply) -> tuple[RefusedRecipient, ...]:
    """All recipients, refused with one reply."""
    return tuple(RefusedRecipient(address, reply) for address in message.envelope.rcpt_tos)


def wants_report(message: Message, refused: RefusedRecipient) -> bool:
    """Whether the sender wants to hear of this recipient's failure (RFC 3461 §4.1)."""
    for recipient in message.envelope.recipients:
        if recipient.address == refused.address:
            return not recipient.notify or "FAILURE" in recipient.notify.upper()
    return True


def bounce_entry(id: MessageId, failed: Entry, *, now: datetime, size_bytes: int) -> Entry:
    """The journal's entry of a report on `failed`; at most one a message, whatever is retried."""
    return Entry(
        id=id,
        received_at=now,
        state=MessageState.SPOOLED,
        session=failed.session,
        envelope=Envelope("", (Recipient(failed.envelope.mail_from),)),
        subject="Undelivered mail returned to sender",
        sender="",
        size_bytes=size_bytes,
        fingerprint=f"bounce:{failed.id}",
        buyers=(),
        action="pass",
        next_attempt_at=now,
        answer=Answer(AnswerKind.STORED, id),
        has_raw=True,
    )
