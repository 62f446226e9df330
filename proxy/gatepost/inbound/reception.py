"""The Judge port for mail that arrives: looked at, written down where it counts, marked for its reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from gatepost import events
from gatepost.config.schema import Inbound, Suspicious
from gatepost.errors import JudgeError
from gatepost.inbound.acting import act_on, is_for
from gatepost.inbound.arrival import Arrival, unlooked
from gatepost.inbound.look import Looked
from gatepost.inbound.marks import marked
from gatepost.inbound.ports import Books, Looks
from gatepost.model import Envelope, Judgement, Message, Recipient
from gatepost.ports import Clock
from gatepost_policies.facts import bare_alias
from gatepost_policies.model import Finding, Mode, Purpose, Verdict

EDITION: Final = "inbound"
"""What stands for the rulebook of mail that arrives, in the journal."""


class Reception:
    """Judges what arrives by `settings`; suspicious mail is held or only marked, never refused."""

    def __init__(self, settings: Inbound, *, looks: Looks, books: Books, clock: Clock) -> None:
        self._settings, self._looks, self._books, self._clock = settings, looks, books, clock

    async def judge(self, message: Message) -> Judgement:
        """See the port. What can't be looked at is suspicious. Raises StoreError."""
        try:
            looked = await self._looks.look(message.raw)
        except JudgeError as error:
            events.inbound_unchecked(message.id, str(error))
            looked = Looked(unlooked(message.envelope.mail_from, str(error)))
        await self._write_down(message, looked)
        arrival = looked.arrival
        raw = marked(message.raw, arrival, subject_mark=self._settings.subject_mark)
        return Judgement(
            buyers=(bare_alias(looked.buyer),) if looked.buyer else (),
            verdict=self._verdict(looked) if arrival.claims_amazon or arrival.findings else None,
            subject=looked.subject,
            sender=arrival.sender,
            words=looked.words if arrival.findings else "",
            raw=raw,
        )

    async def _write_down(self, message: Message, looked: Looked) -> None:
        if looked.proof.authentic and looked.buyer:
            await self._books.threads.remember(looked.ids, looked.buyer)
        own = {*self._settings.recipients, *self._settings.own_addresses}
        await act_on(message.id, looked, message.raw, own=own, now=self._clock.now(), books=self._books)

    def _verdict(self, looked: Looked) -> Verdict:
        return Verdict(
            edition=EDITION,
            digest=EDITION,
            purpose=Purpose.SERVICE if looked.buyer else Purpose.OTHER,
            language="",
            order_ids=looked.orders,
            findings=self._weighed(looked.arrival),
            links=(),
            asks_review=False,
        )

    def _weighed(self, arrival: Arrival) -> tuple[Finding, ...]:
        """The findings: they act where suspicious mail is held, else they are only recorded."""
        if self._settings.suspicious is Suspicious.HOLD:
            return arrival.findings
        return tuple(replace(finding, mode=Mode.SHADOW) for finding in arrival.findings)


def takes(settings: Inbound) -> Callable[[str], bool]:
    """Whether mail is taken for an address: nobody's but the seller's."""
    own = frozenset(settings.recipients)
    return lambda address: is_for(address.lower(), own)


def for_seller(message: Message, settings: Inbound) -> Message:
    """The message as it goes on: to the seller's own mailbox, by the road of mail that came in."""
    envelope = message.envelope
    if settings.deliver_to:
        envelope = Envelope(
            envelope.mail_from,
            (Recipient(settings.deliver_to),),
            smtputf8=envelope.smtputf8,
            body=envelope.body,
        )
    return replace(message, session=replace(message.session, inbound=True), envelope=envelope)
