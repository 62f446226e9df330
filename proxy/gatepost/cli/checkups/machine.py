"""The machine: versions of what security hangs on, and the clock."""

from __future__ import annotations

import platform
import re
import ssl
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from gatepost.cli.checkups.found import Finding, ok, problem, warning
from gatepost.daemon.clock import SystemClock

# Below these there are published holes: command and response injection, smuggling, bypassed sanitising.
FLOORS = {
    "aiosmtpd": "1.4.6",
    "aiosmtplib": "5.1.3",
    "dkimpy": "1.1.8",
    "cryptography": "45",
    "jinja2": "3.1.6",
    "nh3": "0.3.4",
    "pyyaml": "6.0.2",
    "starlette": "1.0",
    "python-multipart": "0.0.20",
}
# The first releases with the 2026 corrections of the mail and HTML parsers; older lines have none.
PYTHON_FLOORS = {(3, 11): (3, 11, 15), (3, 12): (3, 12, 13), (3, 13): (3, 13, 15), (3, 14): (3, 14, 7)}
RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right shows a day before this release."""
SKEW = timedelta(seconds=5)


def versions() -> list[Finding]:
    """The versions in use, and which of them are too old."""
    return list(_versions())


def _versions() -> Iterator[Finding]:
    known = {name: _installed(name) for name in FLOORS}
    old = [name for name, found in known.items() if _numbers(found) < _numbers(FLOORS[name])]
    for name in old:
        yield problem(f"version of {name}", known[name] or "not installed", f"install {name} {FLOORS[name]}")
    said = ", ".join(f"{name} {found}" for name, found in known.items() if name not in old)
    yield ok("versions", f"{said}, {ssl.OPENSSL_VERSION}")
    yield _python(sys.version_info[:3])


def _python(found: tuple[int, ...]) -> Finding:
    shown = f"Python {'.'.join(map(str, found))} ({platform.python_implementation()})"
    floor = PYTHON_FLOORS.get((found[0], found[1]))
    if floor and found < floor:
        wanted = ".".join(map(str, floor))
        return warning(
            "python", f"{shown} lacks corrections of its mail parser", f"install {wanted} or newer"
        )
    return ok("python", shown)


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def clock(store: Path) -> list[Finding]:
    """Whether the time of day can be right, and whether the store's disk has the same."""
    now = SystemClock().now()
    mend = "set the clock, and keep it right with NTP"
    if now < RELEASED:
        return [problem("clock", f"it says {now:%Y-%m-%d %H:%M} UTC", mend)]
    folder = next(place for place in (store.parent, Path(tempfile.gettempdir())) if place.is_dir())
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".clock-") as trial:
            written = datetime.fromtimestamp(Path(trial.name).stat().st_mtime, UTC)
    except OSError:
        return [ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")]
    skew = abs(written - SystemClock().now())
    if skew > SKEW:
        return [warning("clock", f"the disk of {folder} is {skew.total_seconds():.0f} s off", mend)]
    return [ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")]
