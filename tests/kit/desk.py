"""A store on disk and the configuration file that names it: what the commands work on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from gatepost.store import FileHome, Home, Store
from gatepost.store.serverhome import ServerHome
from kit.ports import StillClock
from kit.stores import open_store

T = TypeVar("T")


class Desk:
    """`desk.file` is the configuration; `desk.do(work)` works on the store and closes it again."""

    def __init__(self, folder: Path, *, url: str = "") -> None:
        """With `url` the store is that database's."""
        self.path, self.file = folder / "gatepost.db", folder / "gatepost.yaml"
        self.home: Home = ServerHome(url) if url else FileHome(self.path)
        self._place = f"database_url: '{url}'" if url else f"path: {self.path}"
        self.configure()

    def configure(self, more: str = "") -> None:
        """Write the configuration: the store's path, and `more` YAML."""
        self.file.write_text(f"store: {{{self._place}}}\n{more}", encoding="utf-8")
        self.file.chmod(0o600)

    async def work(self, work: Callable[[Store], Awaitable[T]]) -> T:
        """Open the store, do `work`, close it."""
        async with await open_store(self.home, StillClock()) as store:
            return await work(store)

    def do(self, work: Callable[[Store], Awaitable[T]]) -> T:
        """The same where no loop runs."""
        return asyncio.run(self.work(work))
