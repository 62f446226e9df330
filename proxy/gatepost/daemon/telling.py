"""Notices and webhooks as the configuration wants them, joined to the store and the spool."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from gatepost.config.schema import Notices as Settings
from gatepost.daemon.clock import new_message_id
from gatepost.hooks.rounds import Hooks
from gatepost.notices.rounds import Notices
from gatepost.notices.terms import Terms
from gatepost.ports import Clock
from gatepost.store import Store

LINKS = "links"
"""The name of the key that seals links, in the store."""


async def telling(
    store: Store,
    clock: Clock,
    *,
    settings: Callable[[], Settings],
    hostname: str,
    site_url: str,
    wake: Callable[[], None],
) -> Sequence[tuple[str, Coroutine[Any, Any, None]]]:
    """The two rounds by name, to be run until the gateway stops. Raises StoreError."""
    key = await store.outbox.key(LINKS)
    notices = Notices(
        outbox=store.outbox,
        journal=store.journal,
        held=store.quarantine,
        clock=clock,
        terms=lambda: Terms(settings(), hostname, site_url, key),
        new_id=new_message_id,
        wake=wake,
        breaker=store.breaker,
    )
    hooks = Hooks(calls=store.outbox, clock=clock, settings=settings)
    return (("notices", notices.run()), ("webhooks", hooks.run()))
