"""What `check` knows of a mail besides its words, as the gateway would: order data and what files say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gatepost.worker.beside import Beside, Sources

if TYPE_CHECKING:
    from gatepost.config import Config
    from gatepost.store import Store
    from gatepost.vision.eyes import Eyes, Sight
    from gatepost_policies.facts import Unseen


PATIENCE_SECONDS = 60.0


class Aside:
    """Asked from code without a loop; the child process and the store are opened when first needed."""

    def __init__(self, config: Config, runner: asyncio.Runner) -> None:
        self._config, self._runner = config, runner
        self._eyes: Eyes | None = None
        self._store: Store | None = None
        self._sources: Sources | None = None

    def of(
        self, orders: Sequence[str], files: Sequence[Unseen], to: Sequence[str], ids: Sequence[str] = ()
    ) -> Beside:
        """What is known of these orders, files and buyers, and of the mails `ids`."""
        sources = self._opened()
        return self._runner.run(sources.of(orders, files, to, ids))

    def see(self, file: Unseen) -> Sight:
        """What one file says."""
        self._opened()
        assert self._eyes is not None  # noqa: S101 - made with the sources
        return self._runner.run(self._eyes.see([file]))[0]

    def _opened(self) -> Sources:
        if self._sources is None:
            from gatepost.daemon.road import standings_of
            from gatepost.vision.eyes import Eyes

            patient = self._config.vision.model_copy(update={"seconds": PATIENCE_SECONDS})
            self._eyes = Eyes(patient)  # no sender waits for an answer
            self._store = self._runner.run(self._open_store())
            unread = self._config.vision.unread
            self._sources = Sources(eyes=self._eyes, unread=unread)
            if self._store:
                standings = standings_of(self._store, self._config)
                self._sources = Sources(self._store.orders, self._eyes, unread, standings)
        return self._sources

    async def _open_store(self) -> Store | None:
        """The gateway's store, only to read; None where there is none."""
        from gatepost.cli.desk import open_store_of
        from gatepost.store import home_of

        return await open_store_of(self._config) if home_of(self._config.store).is_there() else None

    def close(self) -> None:
        """Close what was opened."""
        if self._store is not None:
            self._runner.run(self._store.close())
        if self._eyes is not None:
            self._runner.run(self._eyes.close())


@contextmanager
def aside_of(config: Config) -> Iterator[Aside]:
    """What is known besides, by this configuration."""
    with asyncio.Runner() as runner:
        aside = Aside(config, runner)
        try:
            yield aside
        finally:
            aside.close()
