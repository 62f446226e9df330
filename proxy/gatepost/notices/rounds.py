"""The rounds of the notices, over ports only: pass on what happened, alarm in time, send the digest.

A notice is a mail in the spool: durable, tried again, at most once for its key. A call of a webhook is kept
by the outbox. Only then is what happened forgotten, so that a crash in between tells nothing twice and loses
nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from gatepost import events
from gatepost.errors import StoreError
from gatepost.model import Entry, MessageId, MessageState
from gatepost.notices import words
from gatepost.notices.letter import Letter, compose, entry_of, is_own
from gatepost.notices.ports import Breaker, Call, Happening, Held, Outbox
from gatepost.notices.terms import Terms, last_slot
from gatepost.ports import Clock, Earlier, Journal
from gatepost.report import entry_as_json, iso
from gatepost.seal import seal
from gatepost_policies.facts import buyers

QUIET_SECONDS = 10.0
"""Between two rounds while notices are switched off."""
KEPT, BETWEEN_PURGES = timedelta(days=14), timedelta(hours=1)
LOOKED_AT = 500  # held mails that one alarm or digest looks at
ERASED = "erased@invalid"


class Notices:
    """Tells people and programs. Several processes may run one each over the same store."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        journal: Journal,
        held: Held,
        clock: Clock,
        terms: Callable[[], Terms],
        new_id: Callable[[], MessageId],
        wake: Callable[[], None],
        breaker: Breaker | None = None,
    ) -> None:
        """`terms` are asked anew each round; `wake` has the spool looked through at once."""
        self._outbox, self._journal, self._held, self._clock = outbox, journal, held, clock
        self._terms, self._new_id, self._wake, self._breaker = terms, new_id, wake, breaker
        self._purged_at: datetime | None = None

    async def run(self) -> None:
        """A round every few seconds until it is cancelled; a failing store only delays the next."""
        while True:
            terms = self._terms()
            try:
                await self.round()
            except StoreError as error:
                events.round_failed(error)
            except Exception as error:  # whatever it is: the next round may do, and silence would tell nobody
                events.task_failed("notices", error)
            settings = terms.settings
            await asyncio.sleep(settings.round_seconds if settings.enabled else QUIET_SECONDS)

    async def round(self) -> int:
        """Everything that is due now; how many notices went to the spool."""
        terms = self._terms()
        if not terms.settings.enabled:
            await self._outbox.forget_happenings()
            return 0
        sent = 0
        while happenings := await self._outbox.happenings():
            for happening in happenings:
                sent += await self._tell_safely(terms, happening)
        sent += await self._sum_up(terms)
        sent += await self._alarm(terms)
        sent += await self._digest(terms)
        sent += await self._watch(terms)
        await self._purge()
        if sent:
            self._wake()
        return sent

    async def _purge(self) -> None:
        now = self._clock.now()
        if self._purged_at is None or abs(now - self._purged_at) >= BETWEEN_PURGES:
            await self._outbox.purge(now - KEPT)
            self._purged_at = now

    # --- one mail's sender, at once --------------------------------------------------------------

    async def _tell_safely(self, terms: Terms, happening: Happening) -> int:
        try:
            return await self._tell(terms, happening)
        except StoreError:
            raise  # tried again in the next round
        except Exception as error:  # one mail that can't be told of must not keep all others from it
            events.task_failed(f"notice {happening.message}", error)
            await self._outbox.passed_on(happening)
            return 0

    async def _tell(self, terms: Terms, happening: Happening) -> int:
        entry = await self._held.show(happening.message)
        if is_own(entry) or ERASED in entry.envelope.rcpt_tos:
            await self._outbox.passed_on(happening)
            return 0
        sent = 0
        if terms.tells_sender(happening.state) and self._may_be_told(entry):
            sent = await self._to_sender(terms, entry, happening.state)
        await self._outbox.passed_on(happening, self._calls(terms, entry, happening))
        return sent

    def _may_be_told(self, entry: Entry) -> bool:
        """Not the null sender, never a buyer, nor whoever wrote to the seller."""
        sender = entry.envelope.mail_from
        return bool(sender) and not entry.session.inbound and not buyers([sender])

    async def _to_sender(self, terms: Terms, entry: Entry, state: MessageState) -> int:
        hour = _hour(self._clock.now())
        to = entry.envelope.mail_from
        if await self._outbox.count(to, hour) > terms.settings.per_address_hour:
            events.notice_put_off(entry.id)
            return 0
        subject, text = words.told(entry, state, link=self._link(terms, entry, "show", to))
        key = f"{state.value}:{entry.id}"
        return await self._send(terms, Letter(key, to, subject, text, about=await self._about(entry)))

    async def _about(self, entry: Entry) -> str:
        """The Message-ID of the mail, where its bytes are still there."""
        if not entry.has_raw:
            return ""
        from gatepost_policies.mime import read_headers

        try:
            raw = await self._held.raw(entry.id)
        except StoreError:
            return ""
        return next(iter(read_headers(raw).values("message-id")), "")

    async def _sum_up(self, terms: Terms) -> int:
        """One notice for all that were too many in an hour gone by."""
        cap, sent = terms.settings.per_address_hour, 0
        for address, hour, count in await self._outbox.overflows(_hour(self._clock.now()), cap):
            start = datetime.fromtimestamp(hour * 3600, UTC)
            subject, text = words.overflow(count - cap, start, site_url=terms.site_url)
            sent += await self._send(terms, Letter(f"more:{hour}:{address}", address, subject, text))
            await self._outbox.forget_counts(address, hour)
        return sent

    # --- reviewers -------------------------------------------------------------------------------

    async def _alarm(self, terms: Terms) -> int:
        """Tell of held mails that are due soon, once for each of the configured hours."""
        now, sent = self._clock.now(), 0
        for hours in sorted(terms.settings.alarm_hours):
            due = await self._held.due_soon(now, timedelta(hours=hours), limit=LOOKED_AT)
            names = {f"alarm:{entry.id}:{hours}": entry for entry in due}
            done = await self._outbox.marked(list(names))
            new = [entry for name, entry in names.items() if name not in done]
            if not new:
                continue
            tag = f"{new[0].id}:{len(new)}:{hours}"
            for to in terms.settings.reviewers:
                link = self._deciding(terms, to)
                subject, text = words.alarm(new, hours, now=now, link=link)
                sent += await self._send(terms, Letter(f"alarm:{tag}:{to}", to, subject, text, reply=False))
            await self._outbox.add_calls(_alarm_calls(terms, new, hours, tag))
            # The earlier warnings of the same mail are spent, too: nobody is told "6 hours" after "2 hours".
            spent = [f"alarm:{entry.id}:{each}" for entry in new for each in terms.settings.alarm_hours]
            await self._outbox.mark(name for name in spent if int(name.rpartition(":")[2]) >= hours)
        return sent

    async def _digest(self, terms: Terms) -> int:
        now, settings = self._clock.now(), terms.settings
        slot = last_slot(now, settings.digest_at, terms.zone)
        if slot is None or not settings.reviewers:
            return 0
        name = f"digest:{iso(slot)}"
        if await self._outbox.marked([name]):
            return 0
        held = await self._held.due_soon(now, timedelta(days=3650), limit=LOOKED_AT)
        sent = 0
        for to in settings.reviewers if held else ():
            shown, link = held[: words.LISTED], self._deciding(terms, to)
            subject, text = words.digest(shown, len(held), now=now, link=link)
            sent += await self._send(terms, Letter(f"{name}:{to}", to, subject, text, reply=False))
        await self._outbox.mark([name])
        return sent

    async def _watch(self, terms: Terms) -> int:
        """Tell that the breaker is tripped: at once, and again while nobody resets it for long."""
        tripped = await self._breaker.tripped() if self._breaker else None
        name = f"breaker:{iso(tripped.at)}" if tripped else ""
        if tripped is None or await self._outbox.marked([name]):
            return 0
        sent = 0
        for to in terms.settings.reviewers:
            subject, text = words.breaker(tripped, site_url=terms.site_url)
            sent += await self._send(terms, Letter(f"{name}:{to}", to, subject, text, reply=False))
        body = _body("breaker.tripped", tripped.at, by=tripped.by, reason=tripped.reason)
        hooks = [hook.name for hook in terms.settings.webhooks if "alarm" in hook.events]
        await self._outbox.add_calls(
            [Call(f"{name}:{hook}", hook, "breaker.tripped", body) for hook in hooks]
        )
        await self._outbox.mark([name])
        return sent

    # --- the way out -----------------------------------------------------------------------------

    def _deciding(self, terms: Terms, to: str) -> words.Link:
        return lambda entry: self._link(terms, entry, "decide", to)

    def _link(self, terms: Terms, entry: Entry, may: str, to: str) -> str:
        if not terms.site_url:
            return ""
        until = self._clock.now() + timedelta(hours=terms.settings.link_hours)
        token = seal({"id": entry.id, "may": may, "to": to}, key=terms.link_key, until=until)
        return f"{terms.site_url}/link/{token}"

    async def _send(self, terms: Terms, letter: Letter) -> int:
        """Put a notice into the spool unless it is there already; durable when it returns."""
        now, id = self._clock.now(), self._new_id()
        raw = compose(letter, sender=terms.sender, hostname=terms.hostname, id=id, at=now)
        entry = entry_of(letter, raw, id=id, at=now, hostname=terms.hostname)
        if isinstance(await self._journal.open(entry, raw=raw), Earlier):
            return 0
        events.notice_queued(id, letter.key.partition(":")[0])
        return 1

    def _calls(self, terms: Terms, entry: Entry, happening: Happening) -> Sequence[Call]:
        state = happening.state.value
        return [
            Call(
                id=f"{state}:{entry.id}:{int(happening.at.timestamp())}:{hook.name}",
                hook=hook.name,
                event=f"message.{state}",
                body=_body(f"message.{state}", happening.at, message=_summary(entry)),
            )
            for hook in terms.settings.webhooks
            if state in hook.events
        ]


def _alarm_calls(terms: Terms, entries: Sequence[Entry], hours: int, tag: str) -> Sequence[Call]:
    now = entries[0].deadline_at or entries[0].received_at
    body = _body("queue.alarm", now, hours=hours, messages=[_summary(entry) for entry in entries[:100]])
    return [
        Call(f"alarm:{tag}:{hook.name}", hook.name, "queue.alarm", body)
        for hook in terms.settings.webhooks
        if "alarm" in hook.events
    ]


def _summary(entry: Entry) -> dict[str, object]:
    """A message for programs elsewhere: without the buyer's address."""
    told = entry_as_json(entry)
    del told["recipients"]
    return told


def _body(event: str, at: datetime, **more: object) -> str:
    return json.dumps({"event": event, "at": iso(at), **more}, ensure_ascii=False, separators=(",", ":"))


def _hour(now: datetime) -> int:
    return int(now.timestamp()) // 3600
