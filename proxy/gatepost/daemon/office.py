"""The configuration in force: the file's, under what was set on the site; looked at every few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from gatepost import events
from gatepost.admin.optional import lacks
from gatepost.config import Config
from gatepost.config.overlay import overlaid, value_of, with_setting
from gatepost.config.schema import Policy
from gatepost.directory import Setting
from gatepost.errors import ConfigError, StoreError
from gatepost.store import Store
from gatepost.worker import Rulebooks
from gatepost.worker.trial import tried
from gatepost_policies import Rulebook
from gatepost_policies.rulebook import editions

SECONDS = 2.0
"""Between two looks at the store: so soon is a setting in force in every process and on every node."""
TRIAL_SECONDS = 120.0

Trial = Callable[[Policy, Policy], Awaitable[None]]
"""Tries a new policy against the one in force; raises ConfigError when it would break something."""

Apply = Callable[[Config], None]
"""Takes a configuration over; raises ConfigError, and then nothing has changed."""


async def on_examples(new: Policy, old: Policy) -> None:
    """Build the rules, which names what is wrong at once, then try them on their own examples."""
    await asyncio.to_thread(Rulebooks, new)
    await tried(new, old, seconds=TRIAL_SECONDS)


class Office:
    """Keeps one process's configuration at what was set."""

    def __init__(
        self,
        filed: Config,
        store: Store,
        *,
        apply: Apply,
        book: Callable[[], Rulebook],
        trial: Trial = on_examples,
    ) -> None:
        """`apply` is called with each new configuration, `book` gives the rulebook in force."""
        self.filed = self.config = filed
        self._trial = trial
        self.refused: Mapping[str, str] = {}
        self._store, self._apply, self._book = store, apply, book
        self._values: Mapping[str, Any] = {}
        self._turn = asyncio.Lock()

    async def settings(self) -> Mapping[str, Setting]:
        """What was set, by key."""
        return await self._store.settings.all()

    async def run(self) -> None:
        """Take over what was set elsewhere, until it is cancelled; a failing store only delays it."""
        while True:
            await asyncio.sleep(SECONDS)
            try:
                await self.refresh()
            except StoreError as error:
                events.round_failed(error)
            except Exception as error:  # a setting that nobody foresaw must not end the looking
                events.task_failed("settings", error)

    async def refresh(self) -> bool:
        """Take over what has changed in the store; whether anything had."""
        async with self._turn:
            return await self._look()

    async def _look(self) -> bool:
        values = {name: setting.value for name, setting in (await self.settings()).items()}
        if values == self._values:
            return False
        self._take_over(self.filed, values)
        return True

    def file_again(self, filed: Config) -> None:
        """Take over a file that was read anew, under what was set. Raises ConfigError for a bad policy."""
        self._take_over(filed, self._values)
        self.filed = filed

    def _take_over(self, filed: Config, values: Mapping[str, Any]) -> None:
        """Put in force what fits; what was set and does not fit (any more) is told and left out."""
        under = overlaid(filed, values)
        refused = dict(under.refused)
        config = under.config
        try:
            self._apply(config)
        except ConfigError as error:  # a rule that a setting names is gone: the file's own policy holds
            config = config.model_copy(update={"policy": filed.policy})
            refused |= {name: str(error) for name in values if name.startswith("policy.")}
            self._apply(config)
        for name, why in refused.items():
            events.setting_refused(name, why)
        self.config, self.refused, self._values = config, refused, values

    async def put(self, name: str, value: Any, *, by: str) -> Setting:
        """Set a key: checked by the file's own schema, rules built and tried on their examples, then kept."""
        return await self.alter(name, lambda _: value, by=by)

    async def alter(self, name: str, change: Callable[[Any], Any], *, by: str) -> Setting:
        """Set a key to what `change` makes of its value; of several at once each builds on the one before."""
        async with self._turn:
            await self._look()
            before = value_of(self.config, name)
            value = change(before)
            config = with_setting(self.config, name, value)
            await self._try(config)
            setting = await self._store.settings.put(name, value, by=by, before=before)
            await self._look()
        return setting

    async def drop(self, name: str, *, by: str) -> bool:
        """Go back to the file's value, if that can be: it is tried like any other."""
        async with self._turn:
            config = with_setting(self.config, name, value_of(self.filed, name))
            await self._try(config)
            dropped = await self._store.settings.drop(name, by=by, before=value_of(self.config, name))
        await self.refresh()
        return dropped

    async def _try(self, config: Config) -> None:
        if config.site != self.config.site:
            for lack in lacks(config.site):
                raise ConfigError(f"{lack.key} needs {lack.mend}: {lack.follows}", key=lack.key)
        if config.policy != self.config.policy:
            await self._trial(config.policy, self.config.policy)

    def rules(self) -> Rulebook:
        """The rulebook in force by default."""
        return self._book()

    def editions(self) -> Sequence[str]:
        """The editions that are shipped."""
        return editions()
