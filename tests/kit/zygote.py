"""A process that has everything imported and forks gateways on demand: a start costs milliseconds.

Run as `python -m kit.zygote [FAULT] [clock=FILE]`; reads "CONFIG<TAB>LOGFILE" lines on stdin, writes the new
process's id. FAULT plants a mistake in the gateway on purpose, to see that a campaign finds it; FILE holds
the seconds by which its clock is off.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any


def answer_before_it_is_safe() -> None:
    """The journal says that an entry is written, and writes it a moment later."""
    import asyncio

    from gatepost.ports import Opened
    from gatepost.store.journal import SqlJournal

    real = SqlJournal.open

    async def hasty(self: Any, entry: Any, **kept: Any) -> Any:
        if entry.state.value != "held":
            return await real(self, entry, **kept)
        asyncio.get_running_loop().call_later(0.3, lambda: asyncio.ensure_future(real(self, entry, **kept)))
        return Opened()

    SqlJournal.open = hasty  # type: ignore[method-assign] # the fault


def forget_that_it_may_be_sent() -> None:
    """Recovery takes what may be sent for what is not, and sends it again."""
    from gatepost.store.journal import SqlJournal

    async def forgetful(self: Any, id: Any) -> None:
        """Write nothing."""

    SqlJournal.mark_sending = forgetful  # type: ignore[method-assign] # the fault


def set_the_clock(file: Path) -> None:
    """The machine's time of day is off by as many seconds as `file` says, whenever it is asked for."""
    from datetime import datetime, timedelta

    from gatepost.daemon.clock import SystemClock

    real = SystemClock.now

    def shifted(self: SystemClock) -> datetime:
        return real(self) + timedelta(seconds=float(file.read_text()))

    SystemClock.now = shifted  # type: ignore[method-assign] # no clock of a machine may be set by a test


FAULTS = {"hasty": answer_before_it_is_safe, "forgetful": forget_that_it_may_be_sent}


def main() -> None:
    """Serve until stdin ends."""
    from gatepost.config import load
    from gatepost.config.schema import Policy
    from gatepost.daemon.process import run
    from gatepost.worker import Rulebooks

    for word in sys.argv[1:]:
        name, _, file = word.partition("=")
        set_the_clock(Path(file)) if name == "clock" else FAULTS[name]()
    Rulebooks(Policy()).warm()  # makes the words of all languages ready once, for all children
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are nobody's concern
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        config, log = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(target, 1)
            os.dup2(target, 2)
            os.close(0)
            os._exit(run(load(Path(config), os.environ)))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
