"""One gateway of several worker processes on one file, its workers killed one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import yaml

from kit.campaign import Campaign, Totals
from kit.smtp_sink import Received

START_SECONDS = 180
STEPS = ("relay recorded", "client mid-DATA", "client dot", "random")


class WorkerCampaign(Campaign):
    """`workers: N` as an operator runs it; the parent starts again what was killed."""

    def __init__(self, folder: Path, *, kills: int, seed: int, workers: int = 2) -> None:
        super().__init__(folder, kills=kills, seed=seed, clients=9, steps=STEPS)
        self._workers = workers

    async def run(self) -> Totals:
        """Kill a worker `kills` times, let everything settle, and count."""
        async with self.sink:
            self._configure()
            self._settings |= {"workers": self._workers, "log": {"level": "info"}}
            self._settings["relay"]["port"] = self.sink.port  # type: ignore[index] # our own dict
            self._config.write_text(yaml.safe_dump(self._settings), encoding="utf-8")
            environ = {key: value for key, value in os.environ.items() if not key.startswith("GATEPOST_")}
            log = (self.folder / "gateway.log").open("wb")
            self._parent = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "gatepost", "serve", "--config", str(self._config)),
                stdout=log,
                stderr=log,
                env=environ,
            )
            log.close()
            try:
                await self._all_work()
                await self._kill_and_send()
                await self._settle()
            finally:
                if self._parent.returncode is None:
                    self._parent.send_signal(signal.SIGTERM)
                await asyncio.wait_for(self._parent.wait(), 60)
        return self.totals

    def _children(self) -> list[int]:
        """The workers; each has a child of its own that judges what is heavy."""
        path = Path(f"/proc/{self._parent.pid}/task/{self._parent.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    async def _all_work(self) -> None:
        """Wait until the parent says that every worker is ready."""
        async with asyncio.timeout(START_SECONDS):
            while b"workers.started" not in (self.folder / "gateway.log").read_bytes():
                assert self._parent.returncode is None
                await asyncio.sleep(0.02)

    async def _start(self) -> None:
        """The parent's business; the others go on meanwhile."""
        await asyncio.sleep(self.random.uniform(0.2, 0.8))

    def _kill(self) -> None:
        children = self._children()
        if children and not self._killed.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.random.choice(children), signal.SIGKILL)
            self._killed.set()

    async def _one_kill(self, step: str) -> None:
        self._killed.clear()
        if step == "relay recorded":
            self.sink.on_received = self._kill_on
        elif step == "random":
            asyncio.get_running_loop().call_later(self.random.uniform(0, 0.15), self._kill)
        else:
            self._client_kill = step.removeprefix("client ")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._killed.wait(), 1)
        self._kill()
        self.sink.on_received, self._client_kill = None, ""

    def _kill_on(self, _: Received) -> None:
        self._kill()

    async def _client(self) -> None:
        while not self._over:
            mail = self._next_mail()
            for _ in range(60):
                await self._try(mail)
                if mail.last[:1] in ("2", "5") or self._over:
                    break
                await asyncio.sleep(self.random.uniform(0.02, 0.2))
