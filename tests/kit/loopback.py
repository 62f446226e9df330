"""Ports of loopback that nothing else takes meanwhile, however many tests run beside this one."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager

HOST = "127.0.0.1"
PORTS = range(20_000, 32_768)
"""Below those that the kernel hands out by itself: a client's own end, a server's "any free port"."""


def free_port() -> int:
    """A port to listen on, now or after a restart: free, and never one that another worker picks."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    mine = PORTS[worker::workers]
    while True:
        port = random.choice(mine)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


_given: set[int] = set()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that refuses every connection: taken until the block ends, so nobody else can listen on it."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        yield int(taken.getsockname()[1])
