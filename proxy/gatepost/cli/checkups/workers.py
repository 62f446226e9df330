"""The worker processes: what limits come to that each of them counts for itself."""

from __future__ import annotations

import os
from collections.abc import Iterator

from gatepost.cli.checkups.found import Finding, ok, warning
from gatepost.config.schema import Config


def in_all(config: Config) -> str:
    """What the limits of one process come to in all of them, in a sentence; "" for a single process."""
    count, limits = config.workers, config.smtp.limits
    if count == 1:
        return ""
    relay = f"{count * config.relay.connections} connections at the relay, " if config.relay else ""
    return (
        f"each of {count} processes counts for itself: up to {relay}{count * limits.connections} clients, "
        f"{count * limits.connections_per_address} from one address, "
        f"{count * limits.in_flight_bytes // 1_000_000} MB of mails in transit, "
        f"{count * config.smtp.auth.failures_per_address} wrong logins from one address"
    )


def workers(config: Config) -> Iterator[Finding]:
    """Whether the machine has room for so many; what they come to together."""
    if config.workers == 1:
        yield ok("workers", "one process")
        return
    cores = os.cpu_count() or 1
    if config.workers > cores:
        yield warning(
            "workers", f"{config.workers} processes on {cores} processor cores", f"set workers: {cores}"
        )
    taken, memory = config.workers * config.smtp.limits.in_flight_bytes, _memory_bytes()
    if memory and taken > memory:
        yield warning(
            "workers",
            f"mails in transit may take {taken // 1_000_000} MB of {memory // 1_000_000} MB of memory",
            f"set smtp.limits.in_flight_bytes to {memory // config.workers // 2} at most",
        )
    yield ok("workers", in_all(config))


def _memory_bytes() -> int:
    """The machine's memory; 0 where the system doesn't tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0
