"""The doctor's check-ups, run side by side, each within a deadline; one file a subject."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

from gatepost.cli.checkups import (
    certificates,
    files,
    letters,
    logins,
    machine,
    places,
    relays,
    rules,
    storage,
    vision,
    workers,
)
from gatepost.cli.checkups.found import Finding, problem
from gatepost.config import Loaded

SECONDS = 30.0
"""For one check-up, and for a whole check of the database."""

Checkup = tuple[str, Awaitable[Iterable[Finding]]]


async def examine(loaded: Loaded, step: Callable[[], None], *, seconds: float = SECONDS) -> Sequence[Finding]:
    """Every finding, in the order of the check-ups; `step` is called as each is done."""
    checkups = list(_checkups(loaded))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_one(name, work, step, seconds)) for name, work in checkups]
    return [finding for task in tasks for finding in task.result()]


def _checkups(loaded: Loaded) -> Iterator[Checkup]:
    config = loaded.config
    yield "versions", asyncio.to_thread(machine.versions)
    yield "clock", asyncio.to_thread(machine.clock, config.store.path)
    yield "configuration", asyncio.to_thread(files.configuration, loaded)
    yield "secrets", asyncio.to_thread(files.secrets, config)
    yield "rules", asyncio.to_thread(rules.rules, config.policy)
    yield "letters", asyncio.to_thread(letters.letters, config)
    yield "pictures", asyncio.to_thread(vision.vision, config.vision)
    yield "workers", asyncio.to_thread(workers.workers, config)
    yield "store", storage.store(config)
    yield "logins", logins.logins(config)
    for listener in config.smtp.listeners:
        yield f"listener {listener.address}", places.listener(listener.address)
        yield f"certificate of {listener.address}", asyncio.to_thread(certificates.listener, listener)
    if config.site.enabled:
        yield f"site {config.site.address}", places.site(config.site.address)
    yield "hostname", places.hostname(config.smtp.hostname)
    yield from ((name, relays.relay(name, each, config)) for name, each in relays.relays_of(config))
    if config.relay is None:
        yield "relay", relays.none()


async def _one(
    name: str, work: Awaitable[Iterable[Finding]], step: Callable[[], None], seconds: float
) -> list[Finding]:
    try:
        async with asyncio.timeout(seconds):
            return list(await work)
    except TimeoutError:
        return [problem(name, f"no end after {seconds:g} s", "look at what it waits for")]
    except Exception as error:  # one check-up that fails must not hide the others
        return [problem(name, f"could not be examined: {type(error).__name__}: {error}", "mend that first")]
    finally:
        step()
