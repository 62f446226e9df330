"""`workers: N`: a parent that starts N gateway processes on the same ports, and starts again what dies."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress

from gatepost import events
from gatepost.config import Loaded
from gatepost.daemon import sd
from gatepost.privacy import keep_to_itself

START_SECONDS = 120.0
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""Seconds before a worker that died is started again; doubled with each death in a row."""
STEADY_SECONDS = 60.0
"""A worker that lived so long starts again with the first wait."""


def supervise(loaded: Loaded) -> int:
    """Run the workers until told to stop; 0, or 2 when the first start fails."""
    keep_to_itself()
    events.set_up(loaded.config.log.level, plain=loaded.config.log.format == "text")
    return asyncio.run(_Supervisor(loaded).run())


class _Supervisor:
    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._stop = asyncio.Event()
        self._processes: dict[int, asyncio.subprocess.Process] = {}

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._hand_on, signal.SIGHUP)
        for index in range(self._loaded.config.workers):  # the first alone: it migrates the store
            if not await self._start(index):
                await self._end()
                return 2
        sd.notify(sd.READY)
        events.workers_started(len(self._processes))
        async with asyncio.TaskGroup() as group:
            for index in tuple(self._processes):
                group.create_task(self._keep(index))
            group.create_task(self._watch())
        await self._end()
        return 0

    async def _start(self, index: int) -> bool:
        """Start one worker; whether it said that it is ready in time."""
        ready, told = os.pipe()
        config = [str(self._loaded.file)] if self._loaded.file else []
        self._processes[index] = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gatepost.daemon", str(index), str(told), *config),
            stdin=asyncio.subprocess.PIPE,  # its end tells the worker that the parent is gone
            pass_fds=(told,),
        )
        os.close(told)
        try:
            said = await asyncio.wait_for(asyncio.to_thread(os.read, ready, 1), START_SECONDS)
        except TimeoutError:
            said = b""
            sys.stderr.write(f"gatepost: worker {index} was not ready within {START_SECONDS:g} s\n")
        finally:
            os.close(ready)
        return said == b"1"

    async def _keep(self, index: int) -> None:
        """Start the worker again whenever it dies, until the stop."""
        wait, loop = FIRST_WAIT, asyncio.get_running_loop()
        while not self._stop.is_set():
            since = loop.time()
            died = asyncio.ensure_future(self._processes[index].wait())
            stopped = asyncio.ensure_future(self._stop.wait())
            await asyncio.wait({died, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if self._stop.is_set():
                died.cancel()
                return
            events.worker_died(index, self._processes[index].returncode or 0)
            wait = FIRST_WAIT if loop.time() - since > STEADY_SECONDS else min(wait * 2, LONGEST_WAIT)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), wait)
            if not self._stop.is_set():
                await self._start(index)

    async def _watch(self) -> None:
        seconds = sd.watchdog_seconds()
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), seconds)
            if seconds:
                sd.notify(sd.ALIVE)

    def _hand_on(self, number: signal.Signals) -> None:
        for process in self._processes.values():
            with suppress(ProcessLookupError):
                process.send_signal(number)

    async def _end(self) -> None:
        """SIGTERM to all, and SIGKILL to those that take longer than their own drain."""
        sd.notify(sd.STOPPING)
        self._hand_on(signal.SIGTERM)
        seconds = self._loaded.config.smtp.times.drain_seconds + 15
        waits = [asyncio.ensure_future(process.wait()) for process in self._processes.values()]
        if waits and (await asyncio.wait(waits, timeout=seconds))[1]:
            self._hand_on(signal.SIGKILL)
