"""What is set on the site, as a Protocol; the daemon implements it over the store and the rulebooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from gatepost.config.schema import Config
from gatepost.directory import Setting
from gatepost_policies import Rulebook


class Office(Protocol):
    """The configuration in force, and what people set of it."""

    @property
    def config(self) -> Config:
        """What is in force."""

    @property
    def filed(self) -> Config:
        """What the file and the environment say."""

    @property
    def refused(self) -> Mapping[str, str]:
        """Settings that could not be taken over, with the reason."""

    async def settings(self) -> Mapping[str, Setting]:
        """What was set, by key. Raises StoreError."""

    async def put(self, name: str, value: Any, *, by: str) -> Setting:
        """Set a key: checked, tried, kept, in force here when it returns, elsewhere within seconds.

        Raises ConfigError, and then nothing has changed; StoreError.
        """

    async def alter(self, name: str, change: Callable[[Any], Any], *, by: str) -> Setting:
        """Set a key to what `change` makes of its value; of several at once each builds on the one before.

        Raises as `put`, and what `change` raises; then nothing has changed.
        """

    async def drop(self, name: str, *, by: str) -> bool:
        """Go back to the file's value; whether another was set. Raises ConfigError, StoreError."""

    def rules(self) -> Rulebook:
        """The rulebook in force by default."""

    def editions(self) -> Sequence[str]:
        """The editions that are shipped."""
