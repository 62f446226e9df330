"""For programs on this machine: is it alive, can it work, how is it doing."""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.responses import PlainTextResponse, Response

from gatepost.admin.pages.queue import HELD
from gatepost.admin.visit import Visit
from gatepost.errors import StoreError

READY_SECONDS = 3.0


async def alive(visit: Visit) -> Response:
    """Says ok while the process answers at all."""
    return PlainTextResponse("ok\n")


async def ready(visit: Visit) -> Response:
    """Says ready while the store can be read; 503 otherwise."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            await visit.desk.archive.counts()
    except (StoreError, TimeoutError):
        return PlainTextResponse("the store does not answer\n", 503)
    return PlainTextResponse("ready\n")


async def metrics(visit: Visit) -> Response:
    """What waits, in the Prometheus text format."""
    states = await visit.desk.archive.counts()
    urgent = await visit.desk.archive.find(HELD, limit=1)
    registry = CollectorRegistry()
    messages = Gauge("gatepost_messages", "Messages by state that is not final", ["state"], registry=registry)
    for state, count in states.items():
        messages.labels(state.value).set(count)
    untold = Gauge("gatepost_untold", "What is yet to be told, by its way", ["way"], registry=registry)
    for way, count in (await visit.desk.staff.outbox.backlog()).items():
        untold.labels(way).set(count)
    breaker = Gauge("gatepost_breaker_tripped", "1 while only answers to buyers go out", registry=registry)
    breaker.set(1 if await visit.desk.bench.breaker.tripped() else 0)
    if urgent.entries and (deadline := urgent.entries[0].deadline_at):
        left = Gauge(
            "gatepost_held_deadline_seconds", "Time left of the most urgent held mail", registry=registry
        )
        left.set((deadline - visit.desk.clock.now()).total_seconds())
    return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")
