"""A worker of the supervisor: python -m gatepost.daemon INDEX READY_FD [CONFIG]."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from gatepost.config import load
from gatepost.daemon.process import run


def main() -> int:
    """Serve as worker INDEX; says "1" on READY_FD once it listens, and stops when stdin ends."""
    index, ready_fd = int(sys.argv[1]), int(sys.argv[2])
    loaded = load(Path(sys.argv[3]) if len(sys.argv) > 3 else None, os.environ, serving=True)

    def ready() -> None:
        os.write(ready_fd, b"1")
        os.close(ready_fd)

    threading.Thread(target=_stop_with_parent, daemon=True).start()
    return run(loaded, worker=index, ready=ready)


def _stop_with_parent() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
