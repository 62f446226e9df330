"""`gatepost config …`: what is in force, and the schema for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatepost.cli.terminal import ConfigOption, JsonOption, configuration, emit, family, say, say_error, table

if TYPE_CHECKING:
    from gatepost.config import Loaded

commands = family("Check the configuration, or print its JSON Schema.")


@commands.command("check")
def check(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Print every value in force and where it came from; exit 2 when something is wrong."""
    from gatepost.cli.checkups.workers import in_all

    loaded = _with_settings(configuration(config, serving=True))
    _check_rules(loaded)
    _check_libraries(loaded)
    rows = [(key, shown(value_at(loaded, key)), origin) for key, origin in loaded.origins.items()]
    if as_json:
        for key, origin in loaded.origins.items():
            emit({"key": key, "value": plain(value_at(loaded, key)), "origin": origin})
        return
    table(("key", "value", "from"), rows)
    if told := in_all(loaded.config):
        say_error(f"workers: {told}")


@commands.command("schema")
def schema(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Print the JSON Schema of the configuration file, for editors; it is the same for every file."""
    from gatepost.config.jsonschema import json_schema

    say(json.dumps(json_schema(), indent=None if as_json else 2))


def _with_settings(loaded: Loaded) -> Loaded:
    """`loaded` under what was set on the site; as it is where there is no store yet."""
    from gatepost.cli.desk import run
    from gatepost.errors import StoreError

    try:
        return run(_overlaid(loaded))
    except StoreError:  # none yet, or it does not answer: `gatepost doctor` says more
        return loaded


async def _overlaid(loaded: Loaded) -> Loaded:
    from dataclasses import replace

    from gatepost.cli.inforce import settings_of
    from gatepost.config.overlay import overlaid

    settings = await settings_of(loaded.config)
    under = overlaid(loaded.config, {name: setting.value for name, setting in settings.items()})
    said = {
        name: f"not taken over, set on the site by {setting.by}: {under.refused[name]}"
        if name in under.refused
        else f"set on the site by {setting.by}"
        for name, setting in settings.items()
    }
    return replace(loaded, config=under.config, origins={**loaded.origins, **said})


def _check_rules(loaded: Loaded) -> None:
    """Load the rules that the configuration names: what is wrong there is wrong here."""
    from gatepost.errors import ConfigError
    from gatepost.worker import Rulebooks

    try:
        Rulebooks(loaded.config.policy)
    except ConfigError as error:
        raise ConfigError(loaded.placed(error)) from error


def _check_libraries(loaded: Loaded) -> None:
    """What the configuration asks for beyond the core install must be installed."""
    from gatepost.admin.optional import lacks
    from gatepost.errors import ConfigError

    for lack in lacks(loaded.config.site):
        error = ConfigError(f"{lack.key} needs {lack.mend}: {lack.follows}", key=lack.key)
        raise ConfigError(loaded.placed(error)) from error


def value_at(loaded: Loaded, key: str) -> Any:
    """The value of the dotted `key`; None below a section that is not set."""
    value: Any = loaded.config
    for name in key.split("."):
        value = getattr(value, name, None)
    return value


def plain(value: Any) -> Any:
    """`value` as JSON has it. A secret is only said to be set."""
    from enum import Enum
    from ipaddress import IPv4Network, IPv6Network

    from pydantic import BaseModel, SecretStr

    if isinstance(value, SecretStr):
        return "(set)"
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, (Path, IPv4Network, IPv6Network)) else value


def shown(value: Any) -> str:
    """`value` for people: text as it is, all else as it would stand in the file."""
    simple = plain(value)
    if simple is None:
        return "(not set)"
    return simple if isinstance(simple, str) and simple else json.dumps(simple, ensure_ascii=False)
