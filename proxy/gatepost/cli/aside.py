"""What `check` knows of a mail besides its words, as the gateway would: order data and what files say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from gatepost.config.schema import Unread
from gatepost.worker.beside import Beside, Sources

if TYPE_CHECKING:
    from gatepost.config import Config
    from gatepost.config.schema import Vision
    from gatepost.model import Allowance
    from gatepost.store import Store
    from gatepost.vision.eyes import Eyes
    from gatepost_policies.facts import Unseen, Words


PATIENCE_SECONDS = 60.0


def patient(vision: Vision) -> Vision:
    """The same with time: no sender waits for an answer."""
    return vision.model_copy(update={"seconds": PATIENCE_SECONDS})


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

    def words(self, files: Sequence[Unseen]) -> tuple[Words, ...]:
        """What these files say; of one that can't be read, why, whatever becomes of mails with such files."""
        if not files:
            return ()
        sources = replace(self._opened(), unread=Unread.HOLD)
        return self._runner.run(sources.words(files))

    def allowed(self) -> Sequence[Allowance]:
        """The exceptions that people made on the site, those in force."""
        self._opened()
        return self._runner.run(self._store.allowances.known()) if self._store else ()

    def _opened(self) -> Sources:
        if self._sources is None:
            from gatepost.daemon.road import standings_of
            from gatepost.vision.eyes import Eyes

            self._eyes = Eyes(patient(self._config.vision))
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
