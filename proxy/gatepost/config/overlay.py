"""What may be set on the site: keys whose values in the store win over the file's, by the same schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from gatepost.config.schema import Config
from gatepost.config.words import say
from gatepost.errors import ConfigError

SETTABLE = (
    "policy.edition",
    "policy.by_account",
    "policy.by_marketplace",
    "policy.modes",
    "policy.actions",
    "policy.allowed_hosts",
    "notices.enabled",
    "notices.sender",
    "notices.from_address",
    "notices.reviewers",
    "notices.digest_at",
    "notices.time_zone",
    "notices.alarm_hours",
    "site.require_totp",
)
"""The keys. All else stands in the file alone: addresses, the relay, secrets, limits."""


@dataclass(frozen=True, slots=True)
class Overlaid:
    """The configuration in force, and the settings that could not be taken over, with the reason."""

    config: Config
    refused: Mapping[str, str]


def overlaid(config: Config, settings: Mapping[str, Any]) -> Overlaid:
    """`config` under these settings. One that does not fit (any more) is left out, the others hold."""
    refused: dict[str, str] = {}
    for name, value in sorted(settings.items()):
        try:
            config = with_setting(config, name, value)
        except ConfigError as error:
            refused[name] = str(error)
    return Overlaid(config, refused)


def with_setting(config: Config, name: str, value: Any) -> Config:
    """`config` with one key set. Raises ConfigError, in the words of the file's loader."""
    if name not in SETTABLE:
        raise ConfigError(f"{name}: this can't be set on the site", key=name)
    above, _, key = name.partition(".")
    section: BaseModel = getattr(config, above)
    values = {**section.model_dump(mode="json"), key: value}
    try:
        changed = type(section).model_validate_json(json.dumps(values), strict=True)
    except ValidationError as error:
        faults = [
            f"{above}.{'.'.join(str(step) for step in fault['loc'])}: "
            f"{say(fault['type'], fault['msg'], fault.get('ctx', {}), _value(values, fault['loc']))}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise ConfigError("\n".join(faults), key=name) from None
    return config.model_copy(update={above: changed})


def value_of(config: Config, name: str) -> Any:
    """The value of a settable key, as JSON has it."""
    above, _, key = name.partition(".")
    section: BaseModel = getattr(config, above)
    return section.model_dump(mode="json")[key]


def _value(values: Any, path: tuple[int | str, ...]) -> Any:
    for step in path:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values
