"""A store on disk with messages in it, and the configuration file that names it, for the commands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from gatepost.daemon.clock import SystemClock
from gatepost.model import ClaimState, Entry, MessageId, MessageState, OrderId
from gatepost.ports import Settled
from gatepost.model import Answer, AnswerKind
from gatepost.store import Store
from kit.messages import RAW, entry, finding


class Desk:
    """`desk = Desk(tmp_path)`: `desk.file` is the configuration, `desk.do(…)` works on the store."""

    def __init__(self, folder: Path, relay: int | None = None) -> None:
        self.folder, self.path = folder, folder / "gatepost.db"
        self.file = folder / "gatepost.yaml"
        relay_line = f"relay: {{host: 127.0.0.1, port: {relay}, tls: none}}\n" if relay else ""
        self.file.write_text(f"store: {{path: {self.path}}}\n{relay_line}", encoding="utf-8")

    def do(self, work: Callable[[Store], Awaitable[object]]) -> None:
        """Open the store, do `work`, close it."""

        async def run() -> None:
            async with await Store.open(self.path, clock=SystemClock()) as store:
                await work(store)

        asyncio.run(run())
