"""Secrets and the files that hold them: read when they are used, never kept in a value, never echoed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from gatepost.config.document import Key
from gatepost.config.schema import CREDENTIAL, Config, Relay, RelayAuth, Store
from gatepost.errors import ConfigError

MAX_SECRET_BYTES = 65_536
_MADE_BY_US = {("store", "path")}  # these need not be there yet
_NO_CREDENTIALS = (
    "no such credential: $CREDENTIALS_DIRECTORY is not set, and there is no /etc/gatepost/secrets"
)
_FOLDERS = {("policy", "rules_folder"), ("letters", "folder"), ("orders", "watch")}


def read_secret(path: Path) -> str:
    """The secret that the file at `path` holds, without the line end behind it.

    Raises ConfigError, which names the file and never its content.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_SECRET_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    if len(raw) > MAX_SECRET_BYTES:
        raise ConfigError(f"{path}: too large for a secret")
    try:
        secret = raw.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8") from error
    if not secret:
        raise ConfigError(f"{path}: is empty")
    return secret


def relay_password(relay: Relay) -> str:
    """The gateway's own password at `relay`, read now: a changed file counts at once."""
    if relay.password is not None:
        return relay.password.get_secret_value()
    if relay.password_file is not None:
        return read_secret(relay.password_file)
    raise ConfigError("relay.auth: own has no password: set password_file or GATEPOST_RELAY_PASSWORD")


def database_password(store: Store) -> str | None:
    """The password of `store.database_url`, read now; None where none is set."""
    if store.database_password is not None:
        return store.database_password.get_secret_value()
    if store.database_password_file is not None:
        return read_secret(store.database_password_file)
    return None


def paths(section: BaseModel, above: Key = ()) -> Iterator[tuple[Key, Path]]:
    """Every file and folder that the configuration names, with its key."""
    for name in type(section).model_fields:
        value = getattr(section, name)
        for key, one in _each(value, (*above, name)):
            if isinstance(one, Path):
                yield key, one
            elif isinstance(one, BaseModel):
                yield from paths(one, key)


def _each(value: object, key: Key) -> Iterator[tuple[Key, object]]:
    if isinstance(value, tuple):
        for index, one in enumerate(value):
            yield (*key, index), one
    else:
        yield key, value


def unreadable(config: Config) -> Iterator[tuple[Key, str]]:
    """The keys of files and folders that are not there or can't be read, and why."""
    for key, path in paths(config):
        if key in _MADE_BY_US:
            continue
        if str(path).startswith(CREDENTIAL):
            yield key, _NO_CREDENTIALS
        elif key in _FOLDERS:
            if not path.is_dir():
                yield key, f"no such folder: {path}"
        elif why := _unreadable_file(path):
            yield key, why


def _unreadable_file(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        return f"can't be read: {path}: {error.strerror}"
    return ""


def missing_password(config: Config) -> Iterator[tuple[Key, str]]:
    """The relays that the gateway shall log in to and has no password for."""
    relays: list[tuple[Key, Relay]] = [(("relay",), config.relay)] if config.relay else []
    relays += [(("routes", index, "relay"), route.relay) for index, route in enumerate(config.routes)]
    relays += [(("inbound", "relay"), config.inbound.relay)] if config.inbound.relay else []
    for key, relay in relays:
        if relay.auth is RelayAuth.OWN and relay.password is None and relay.password_file is None:
            or_variable = " or GATEPOST_RELAY_PASSWORD" if key == ("relay",) else ""
            yield (*key, "auth"), f"own needs a password: set password_file{or_variable}"
