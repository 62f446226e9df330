"""The files that the configuration names: there, readable, and nobody else's."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from gatepost.cli.checkups.found import Finding, ok, problem
from gatepost.config import Config, Loaded
from gatepost.config.document import dotted
from gatepost.config.secrets import missing_password, paths, unreadable

_SECRET_KEYS = frozenset({"key", "password_file", "key_file"})


def configuration(loaded: Loaded) -> list[Finding]:
    """Where the configuration comes from, and who may change it."""
    if loaded.file is None:
        return [ok("configuration", "no file, the defaults hold")]
    mode = loaded.file.stat().st_mode
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        return [
            problem(
                "configuration",
                f"others than its owner may change {loaded.file}",
                f"chmod go-w {loaded.file}",
            )
        ]
    return [ok("configuration", str(loaded.file))]


def secrets(config: Config) -> list[Finding]:
    """Every file that the configuration names."""
    missing = [problem(dotted(key), why, "mend the key or the file") for key, why in unreadable(config)]
    missing += [problem(dotted(key), why, "give the password") for key, why in missing_password(config)]
    loose = list(_loose(config))
    return [*missing, *loose] or [ok("secrets", "every file is there, and no secret is open to others")]


def _loose(config: Config) -> Iterator[Finding]:
    for key, path in paths(config):
        if key[-1] in _SECRET_KEYS and _open_to_others(path):
            yield problem(dotted(key), f"others may read {path}", f"chmod go= {path}")


def _open_to_others(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:  # told as missing already
        return False
    # A group of its own (0640, root:gatepost) is a usual way to let a service read a key.
    return bool(mode & stat.S_IRWXO) or bool(mode & stat.S_IWGRP)
