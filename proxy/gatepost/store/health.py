"""What can be known of the store's own state: for start-up, the site and the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Health:
    """The store as it was found."""

    sound: bool
    faults: tuple[str, ...]  # what the check of the database complained of, at most ten
    schema: int
    durable: bool  # a commit survives loss of power
    private: bool  # nobody else may read it: the files' modes, or the connection's encryption
    size_bytes: int
    free_bytes: int | None  # None when the disk is another machine's
    log_bytes: int = 0  # of SQLite's write-ahead log
    reserve_bytes: int = 0  # set aside for a full disk
    clock: datetime | None = None  # a database server's own
    nodes: int = 0  # gateway processes that share it and are heard of
    notes: tuple[str, ...] = ()  # what an operator should know though nothing is wrong
