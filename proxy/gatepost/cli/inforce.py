"""The configuration as the running gateway has it: the file's, under what was set on the site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gatepost.cli.terminal import say_error

if TYPE_CHECKING:
    from gatepost.config import Config
    from gatepost.directory import Setting


async def settings_of(config: Config) -> Mapping[str, Setting]:
    """What was set on the site; nothing where there is no store yet. Raises StoreError."""
    from gatepost.cli.desk import store_of
    from gatepost.store import home_of

    if not home_of(config.store).is_there():
        return {}
    async with store_of(config, read_only=True) as store:
        return await store.settings.all()


def in_force(config: Config) -> Config:
    """`config` under what was set on the site, as `serve` takes it over; what does not fit is left out.

    What can't be taken over, or read, is said on stderr, and the file holds.
    """
    from gatepost.cli.desk import run
    from gatepost.config.overlay import overlaid
    from gatepost.errors import StoreError

    try:
        settings = run(settings_of(config))
    except StoreError as error:
        say_error(f"what was set on the site can't be read, so the file alone holds: {error}")
        return config
    under = overlaid(config, {name: setting.value for name, setting in settings.items()})
    for name, why in under.refused.items():
        say_error(f"not taken over, set on the site by {settings[name].by}: {why}")
    return _with_sound_rules(under.config, config) if settings else config


def _with_sound_rules(config: Config, filed: Config) -> Config:
    """Without the policy that was set where its rules can't be loaded (any more), as the gateway does it."""
    from gatepost.errors import ConfigError
    from gatepost.worker import Rulebooks

    if config.policy == filed.policy:
        return config
    try:
        Rulebooks(config.policy)
    except ConfigError as error:
        say_error(f"the policy that was set on the site is not taken over: {error}")
        return config.model_copy(update={"policy": filed.policy})
    return config
