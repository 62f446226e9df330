"""What the service manager wants: readiness, watchdog, passed sockets (sd_notify(3), sd_listen_fds(3)).

Without a service manager every call is a no-op, so callers need no switch.
"""

from __future__ import annotations

import os
import socket
from collections.abc import MutableMapping

FIRST_FD = 3  # SD_LISTEN_FDS_START
READY, RELOADED, STOPPING, ALIVE = "READY=1", "READY=1", "STOPPING=1", "WATCHDOG=1"

Environ = MutableMapping[str, str]


def notify(*states: str, environ: Environ = os.environ) -> bool:
    """Tell the service manager `states`, like READY or "STATUS=…"; whether one was there to hear it.

    Never blocks and never raises: a manager that does not listen must not stop the mail.
    """
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.setblocking(False)
        try:
            # "@" stands for the NUL of the abstract namespace.
            sender.sendto("\n".join(states).encode(), address.replace("@", "\0", 1))
        except OSError:
            return False
    return True


def reloading(monotonic_microseconds: int) -> tuple[str, str]:
    """The states to notify when a reload begins (Type=notify-reload wants the time); READY ends it."""
    return "RELOADING=1", f"MONOTONIC_USEC={monotonic_microseconds}"


def watchdog_seconds(environ: Environ = os.environ) -> float | None:
    """How often ALIVE must be notified: half of what the manager waits; None without a watchdog."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    microseconds = environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 2_000_000 if microseconds.isdigit() and int(microseconds) else None


def listen_sockets(environ: Environ = os.environ) -> dict[str, list[socket.socket]]:
    """The sockets that the manager opened for us, by FileDescriptorName; each may be taken once.

    Takes the variables away, so that no child believes that they are its own.
    """
    owner, count = environ.pop("LISTEN_PID", ""), environ.pop("LISTEN_FDS", "")
    names = environ.pop("LISTEN_FDNAMES", "").split(":")
    if owner != str(os.getpid()) or not count.isdigit():
        return {}
    passed: dict[str, list[socket.socket]] = {}
    for index in range(int(count)):
        os.set_inheritable(FIRST_FD + index, False)
        name = names[index] if index < len(names) else ""
        passed.setdefault(name, []).append(_socket(FIRST_FD + index))
    return passed


def _socket(descriptor: int) -> socket.socket:
    received = socket.socket(fileno=descriptor)
    received.setblocking(False)
    return received
