"""The rounds of the webhooks: make the calls that are due, a few at a time, and put off those that fail."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from gatepost import events
from gatepost.config.schema import Notices as Settings
from gatepost.config.schema import Webhook
from gatepost.config.secrets import read_secret
from gatepost.errors import ConfigError, StoreError
from gatepost.hooks.post import HookFailed, post
from gatepost.notices.ports import Call
from gatepost.ports import Clock

AT_ONCE = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)
"""Between two tries of one call; doubled with each."""
QUIET_SECONDS = 10.0


class Calls(Protocol):
    """The calls that the outbox keeps. All methods raise StoreError."""

    async def due_calls(self, now: datetime, limit: int, lease: timedelta) -> Sequence[Call]:
        """Take up to `limit` calls whose time has come; not settled within `lease` they are due again."""

    async def settle_call(self, id: str, word: str, error: str = "") -> None:
        """Close a call as "delivered" or "given-up"."""

    async def put_off_call(self, id: str, until: datetime, error: str) -> None:
        """Try a call again then."""


class Hooks:
    """Makes the calls. Several processes may run one each over the same store."""

    def __init__(self, *, calls: Calls, clock: Clock, settings: Callable[[], Settings]) -> None:
        """`settings` are asked anew each round."""
        self._calls, self._clock, self._settings = calls, clock, settings

    async def run(self) -> None:
        """A round every few seconds until it is cancelled; a failing store only delays the next."""
        while True:
            settings = self._settings()
            busy = settings.enabled and bool(settings.webhooks)
            try:
                if busy:
                    await self.round()
            except StoreError as error:
                events.round_failed(error)
            except Exception as error:  # as of several calls at once: the next round may do
                events.task_failed("webhooks", error)
            await asyncio.sleep(settings.round_seconds if busy else QUIET_SECONDS)

    async def round(self) -> int:
        """Make all calls that are due; how many were made."""
        settings, made = self._settings(), 0
        lease = timedelta(seconds=settings.webhook_seconds * 2 + 30)
        while calls := await self._calls.due_calls(self._clock.now(), AT_ONCE, lease):
            made += len(calls)
            async with asyncio.TaskGroup() as group:
                for call in calls:
                    group.create_task(self._make(settings, call))
        return made

    async def _make(self, settings: Settings, call: Call) -> None:
        hook = next((each for each in settings.webhooks if each.name == call.hook), None)
        if hook is None:
            await self._calls.settle_call(call.id, "given-up", "the webhook is not configured any more")
            return
        why = await self._tried(settings, hook, call)
        if why is None:
            events.hook_delivered(hook.name, call.id)
            await self._calls.settle_call(call.id, "delivered")
            return
        now = self._clock.now()
        began = call.created_at or now
        if now - began >= timedelta(hours=settings.give_up_hours):
            events.hook_given_up(hook.name, call.id, why)
            await self._calls.settle_call(call.id, "given-up", why)
            return
        events.hook_failed(hook.name, call.id, why)
        await self._calls.put_off_call(call.id, now + wait_after(call.attempts), why)

    async def _tried(self, settings: Settings, hook: Webhook, call: Call) -> str | None:
        """None when the call was taken, else why not."""
        try:
            secret = read_secret(hook.secret_file)
            body = call.body.encode()
            headers = signed(body, secret=secret, id=call.id, event=call.event, at=self._clock.now())
            status = await post(
                hook.url,
                body,
                headers,
                seconds=settings.webhook_seconds,
                allow_private=hook.allow_private,
            )
        except (HookFailed, ConfigError) as error:
            return str(error)
        return None if 200 <= status < 300 else f"answered {status}"


def signed(body: bytes, *, secret: str, id: str, event: str, at: datetime) -> Mapping[str, str]:
    """The headers that prove where a call comes from: HMAC-SHA256 over id, time and body.

    Whoever takes the call refuses an old time, so that a call that was overheard can't be made again.
    """
    stamp = str(int(at.timestamp()))
    words = b".".join((id.encode(), stamp.encode(), body))
    mac = hmac.digest(secret.encode(), words, hashlib.sha256).hex()
    return {
        "Gatepost-Event": event,
        "Gatepost-Call": id,
        "Gatepost-Time": stamp,
        "Gatepost-Signature": f"v1={mac}",
    }


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
