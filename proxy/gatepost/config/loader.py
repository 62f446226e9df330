"""File and environment -> one frozen Config, or one ConfigError that names every fault.

Precedence: GATEPOST_* variables, then the file, then the defaults. Relative paths mean the working
directory. A secret stands in a file (`*_file`), in a systemd credential (`credential:NAME`), or in the
environment; in the configuration file itself it is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from gatepost.config.document import MAX_BYTES, Document, Fault, Key, dotted, parse, refuse, scalar
from gatepost.config.keys import (
    PREFIX,
    bare,
    is_text,
    leaves,
    nearest,
    section_of,
    suggestion,
    variable,
    variables,
)
from gatepost.config.schema import Config
from gatepost.config.secrets import missing_password, unreadable
from gatepost.config.words import say
from gatepost.errors import ConfigError

SYSTEM_FILE = Path("/etc/gatepost/gatepost.yaml")
SECRETS = Path("/etc/gatepost/secrets")
FILE_VARIABLE = "GATEPOST_CONFIG"
NOT_KEYS = frozenset({FILE_VARIABLE, "GATEPOST_REQUIRE_ALL"})
"""GATEPOST_ names that are no key: the file's path, and the test suite's switch."""

# Container platforms give every workload beside a service called "gatepost" such names.
_PLATFORM = re.compile(r"GATEPOST_(?:SERVICE_(?:HOST|PORT(?:_.*)?)|PORT(?:_\d+_(?:TCP|UDP)(?:_.*)?)?)\Z")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The configuration in force and where each of its values came from."""

    config: Config
    origins: Mapping[str, str]  # "smtp.hostname" -> "default", "/etc/gatepost/gatepost.yaml:3", "GATEPOST_X"
    file: Path | None  # None: there is no file, the defaults hold

    def placed(self, error: Exception) -> str:
        """The words of an error, after the place of its key in the file or the environment."""
        key = error.key if isinstance(error, ConfigError) else ""
        while key and key not in self.origins:
            key = key.rpartition(".")[0]
        origin = self.origins.get(key, "default")
        return str(error) if origin == "default" else f"{origin}: {error}"


def load(path: Path | None, environ: Mapping[str, str], *, serving: bool = False) -> Loaded:
    """The configuration of `path`, or of the file found without one, under the variables of `environ`.

    With `serving` the files that it names must be there and readable too, as the service needs them.
    Raises ConfigError with all faults, one a line: file:line:column, key, what is wrong.
    """
    file = find(path, environ)
    document = parse(_read(file), str(file)) if file else Document("", {}, {})
    faults = list(document.faults)
    overrides = _overrides(environ, faults)
    values = _without_empty_sections(document.value, Config)
    if not isinstance(values, dict):
        raise ConfigError(f"{document.source}: expected keys and values")
    _refuse_inline_secrets(values, document, faults)
    for key, (_, value) in overrides.items():
        _put(values, key, value)
    config = _validated(values, document, overrides, faults, environ)
    if config is not None and serving:
        for key, why in (*unreadable(config), *missing_password(config)):
            faults.append(_fault(key, why, document, overrides))
    refuse(faults)
    assert config is not None  # noqa: S101 - without a config there is a fault
    return Loaded(config, _origins(document, values, overrides), file)


def find(path: Path | None, environ: Mapping[str, str], system: Path = SYSTEM_FILE) -> Path | None:
    """The configuration file: `path`, else $GATEPOST_CONFIG, else the system's when it is there."""
    if path is not None:
        return path
    if environ.get(FILE_VARIABLE):
        return Path(environ[FILE_VARIABLE])
    return system if system.exists() else None


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1).decode()
    except OSError as error:
        raise ConfigError(f"{file}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8 at byte {error.start}") from error


def _overrides(environ: Mapping[str, str], faults: list[Fault]) -> dict[Key, tuple[str, Any]]:
    """Key -> variable and value. An empty variable is one that is not set."""
    found: dict[Key, tuple[str, Any]] = {}
    known = variables()
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in NOT_KEYS or _PLATFORM.match(name):
            continue
        if name not in known:
            close = nearest(name, known)
            faults.append(Fault(name, (), "unknown variable" + (f"; did you mean {close}?" if close else "")))
        elif (
            environ[name] and (value := _from_text(environ[name], known[name], name, faults)) is not _NOTHING
        ):
            found[known[name]] = (name, value)
    return found


def _from_text(text: str, key: Key, name: str, faults: list[Fault]) -> Any:
    if is_text(leaves()[key]):
        return text
    if not text.lstrip().startswith(("[", "{", "-")) and "\n" not in text and ": " not in text:
        return scalar(text.strip())
    try:
        document = parse(text, name)
    except ConfigError:  # its text may quote the value
        faults.append(Fault(name, key, "not YAML"))
        return _NOTHING
    faults.extend(document.faults)
    return document.value


def _without_empty_sections(values: Any, model: type[BaseModel]) -> Any:
    """`values` without sections that hold nothing: `smtp:` with every line below commented out."""
    if not isinstance(values, dict):
        return values
    kept = {}
    for name, value in values.items():
        info = model.model_fields.get(name)
        below = section_of(info.annotation) if info else None
        if below is None or value is not None:
            kept[name] = _without_empty_sections(value, below) if below else value
    return kept


_NOTHING = object()
_SECRETS = frozenset(key for key, annotation in leaves().items() if bare(annotation) is SecretStr)
_SECRET_NAMES = frozenset(str(key[-1]) for key in _SECRETS)


def _refuse_inline_secrets(values: Any, document: Document, faults: list[Fault]) -> None:
    for key, place in document.places.items():
        if key and key[-1] in _SECRET_NAMES and _value(values, key) is not _NOTHING:
            why = f"a secret never stands in this file: use {key[-1]}_file"
            if key in _SECRETS:
                why += f" or {variable(key)}"
            faults.append(Fault(document.source, key, why, place))
            _remove(values, key)


def _remove(values: Any, key: Key) -> None:
    for step in key[:-1]:
        values = values[step]
    del values[key[-1]]


def _put(values: dict[str, Any], key: Key, value: Any) -> None:
    for step in key[:-1]:
        below = values.setdefault(str(step), {})
        if not isinstance(below, dict):
            return  # mistyped in the file, which is reported
        values = below
    values[str(key[-1])] = value


def _validated(
    values: dict[str, Any],
    document: Document,
    overrides: Mapping[Key, tuple[str, Any]],
    faults: list[Fault],
    environ: Mapping[str, str],
) -> Config | None:
    context = {"credentials": _credentials(environ)}
    try:
        # JSON is pydantic's road to enums, paths and tuples without its lenient conversions.
        return Config.model_validate_json(json.dumps(values), strict=True, context=context)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            key = tuple(step for step in detail["loc"] if isinstance(step, int) or "[" not in step)
            if detail["type"] == "too_short" and _value(values, key):
                continue  # there are entries, and their own faults are told
            why = say(detail["type"], detail["msg"], detail.get("ctx", {}), _value(values, key))
            if detail["type"] == "extra_forbidden":
                why += suggestion(key)
            faults.append(_fault(key, why, document, overrides))
        return None


def _credentials(environ: Mapping[str, str]) -> str:
    """Where `credential:NAME` lies: with the service's copies, else, for commands, with the originals."""
    return environ.get("CREDENTIALS_DIRECTORY") or (str(SECRETS) if SECRETS.is_dir() else "")


def _value(values: Any, key: Key) -> Any:
    for step in key:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return _NOTHING
    return values


def _fault(key: Key, why: str, document: Document, overrides: Mapping[Key, tuple[str, Any]]) -> Fault:
    for length in range(len(key), 0, -1):
        if key[:length] in overrides:
            return Fault(overrides[key[:length]][0], key, why)
    if document.place(key) is None and overrides:  # a section that only variables speak of
        below = [name for given, (name, _) in overrides.items() if given[: len(key) - 1] == key[:-1]]
        if below:
            return Fault(below[0], key, why)
    return Fault(document.source or "defaults", key, why, document.place(key))


def _origins(
    document: Document, values: dict[str, Any], overrides: Mapping[Key, tuple[str, Any]]
) -> dict[str, str]:
    return dict(_each_origin(document, values, overrides))


def _each_origin(
    document: Document, values: dict[str, Any], overrides: Mapping[Key, tuple[str, Any]]
) -> Iterator[tuple[str, str]]:
    for key in leaves():
        place = document.places.get(key)
        if key in overrides:
            yield dotted(key), overrides[key][0]
        elif place and _value(values, key) is not _NOTHING:
            yield dotted(key), f"{document.source}:{place.line}"
        else:
            yield dotted(key), "default"
