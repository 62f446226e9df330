"""One gateway process: start, tell who waits for it, obey signals, stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from gatepost import events, heap
from gatepost.config import Loaded, load
from gatepost.daemon import sd
from gatepost.daemon.gateway import Gateway
from gatepost.daemon.welcome import Places, welcome
from gatepost.errors import ConfigError, GatepostError
from gatepost.privacy import keep_to_itself

CANNOT_START = 2


def run(loaded: Loaded, *, worker: int = 0, ready: Callable[[], None] | None = None) -> int:
    """Serve in this process until it is told to stop; 0, or 2 when it could not start."""
    keep_to_itself()
    heap.keep_freed()
    events.set_up(loaded.config.log.level, plain=loaded.config.log.format == "text")
    with suppress(ImportError):
        import uvloop

        return uvloop.run(_serve(loaded, worker, ready))
    return asyncio.run(_serve(loaded, worker, ready))


async def _serve(loaded: Loaded, worker: int, ready: Callable[[], None] | None) -> int:
    gateway, stop = Gateway(loaded.config, worker=worker), asyncio.Event()
    try:
        await gateway.start(sd.listen_sockets() if worker == 0 else None)
    except (GatepostError, OSError) as error:
        sys.stderr.write(f"gatepost: can't start: {loaded.placed(error)}\n")
        await gateway.stop()
        return CANNOT_START
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, _reload, gateway, loaded)
    heap.settle()
    if worker == 0:
        await _say_hello(gateway, loaded)
    (ready or _tell_manager)()
    await _until(stop)
    sd.notify(sd.STOPPING)
    await gateway.stop()
    return 0


async def _say_hello(gateway: Gateway, loaded: Loaded) -> None:
    config, site = gateway.config, gateway.site
    # A service's log is no place for a password: only at a terminal, or on a first run without
    # configuration, as `make run` is, is an admin made and the welcome said.
    greets = loaded.file is None or sys.stdout.isatty()
    admin = await gateway.first_admin() if greets else None
    places = Places(
        smtp=gateway.intake.addresses(),
        site=site.url if site else "",
        store=gateway.store.db.home.name,
        relay=f"{config.relay.host}:{config.relay.port}" if config.relay else "",
        edition=config.policy.edition,
        admin=admin,
    )
    events.gateway_started(
        smtp=[f"{host}:{port}" for host, port in places.smtp],
        site=places.site,
        edition=places.edition,
        relay=places.relay or "capture",
    )
    if greets:
        sys.stdout.write(welcome(places) + "\n")
        sys.stdout.flush()
    elif site and not await gateway.store.users.list():
        events.admin_missing()


def _tell_manager() -> None:
    sd.notify(sd.READY, f"MAINPID={os.getpid()}")


async def _until(stop: asyncio.Event) -> None:
    """Wait for the stop, and show the service manager that the loop turns."""
    seconds = sd.watchdog_seconds()
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)
        if seconds:
            sd.notify(sd.ALIVE)


def _reload(gateway: Gateway, loaded: Loaded) -> None:
    """Read the configuration again; what was in force stays so when it is wrong."""
    sd.notify(*sd.reloading(int(asyncio.get_running_loop().time() * 1_000_000)))
    try:
        gateway.reload(load(loaded.file, os.environ, serving=True).config)
        heap.settle()
    except (ConfigError, OSError) as error:
        events.reload_refused(error)
    sd.notify(sd.RELOADED)
