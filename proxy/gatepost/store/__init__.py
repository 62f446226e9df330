"""What must survive a crash: one database behind one narrow store, used by every process of the gateway."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from gatepost.config.schema import Retention as KeepFor
from gatepost.ports import Clock
from gatepost.store.allowances import SqlAllowances
from gatepost.store.audit import Audit
from gatepost.store.breaker import Breaker
from gatepost.store.buyers import Buyers
from gatepost.store.captures import SqlCaptures
from gatepost.store.db import Database
from gatepost.store.engine import EngineError, Fault
from gatepost.store.feedentries import FeedEntries
from gatepost.store.figures import Figures
from gatepost.store.filehome import FileHome
from gatepost.store.health import Health
from gatepost.store.home import Home, home_of
from gatepost.store.journal import SqlJournal
from gatepost.store.ledger import SqlLedger
from gatepost.store.listing import Listing
from gatepost.store.news import ComeBack
from gatepost.store.oldorders import OldOrders
from gatepost.store.orders import Orders
from gatepost.store.outbox import Outbox
from gatepost.store.owners import Nobody, Owners
from gatepost.store.ownletters import OwnLetters
from gatepost.store.proofs import Proofs
from gatepost.store.quarantine import SqlQuarantine
from gatepost.store.queueing import Queueing
from gatepost.store.retention import Purged, Retention
from gatepost.store.review import Review
from gatepost.store.search import Search
from gatepost.store.sessions import Sessions
from gatepost.store.settings import Settings
from gatepost.store.spool import SqlSpool
from gatepost.store.threads import Threads
from gatepost.store.tokens import Tokens
from gatepost.store.users import Users

__all__ = ["Database", "FileHome", "Health", "Home", "Store", "home_of"]

RESUBMISSION = timedelta(hours=96)
_SESSIONS = timedelta(days=7)  # no site session lasts longer, whatever the site allows
LEASE = timedelta(minutes=30)
"""How long even a living process may have one message in flight; far beyond every deadline of the relay."""


@dataclass(frozen=True, slots=True)
class Store:
    """All parts of the store over one database. Usable from any loop; close it once."""

    db: Database
    owners: Owners
    journal: SqlJournal
    spool: SqlSpool
    quarantine: SqlQuarantine
    ledger: SqlLedger
    search: Search
    captures: SqlCaptures
    users: Users
    sessions: Sessions
    audit: Audit
    outbox: Outbox
    orders: Orders
    feed_entries: FeedEntries
    old_orders: OldOrders
    own_letters: OwnLetters
    buyers: Buyers
    listing: Listing
    tokens: Tokens
    proofs: Proofs
    settings: Settings
    retention: Retention
    allowances: SqlAllowances
    review: Review
    queueing: Queueing
    figures: Figures
    threads: Threads
    come_back: ComeBack
    breaker: Breaker

    @classmethod
    async def open(
        cls,
        home: Home | Path,
        *,
        clock: Clock,
        instance: str = "gatepost",
        busy_seconds: float = 5.0,
        resubmission: timedelta = RESUBMISSION,
        lease: timedelta = LEASE,
        read_only: bool = False,
    ) -> Self:
        """Open the database at `home`, bring it to the newest schema and become one of its owners.

        A path is a file's home. A first start makes the file. Raises StoreError, and leaves everything as it
        is, when the file is damaged, gone though it was there before, locked for longer than `busy_seconds`,
        or a newer release's; when a server can't be reached or does not let us in.
        """
        if isinstance(home, Path):
            home = FileHome(home)
        db, owners = await asyncio.to_thread(_open, home, instance, busy_seconds, read_only)
        return cls._over(db, owners, clock, resubmission=resubmission, lease=lease)

    @classmethod
    def _over(
        cls, db: Database, owners: Owners, clock: Clock, *, resubmission: timedelta, lease: timedelta
    ) -> Self:
        orders = Orders(db, clock)
        return cls(
            db=db,
            owners=owners,
            journal=SqlJournal(db, clock, owners, resubmission=resubmission, lease=lease),
            spool=SqlSpool(db, owners, lease=lease),
            quarantine=SqlQuarantine(db, clock, owners, lease=lease),
            ledger=SqlLedger(db, clock),
            search=Search(db),
            captures=SqlCaptures(db),
            users=Users(db, clock),
            sessions=Sessions(db, clock),
            audit=Audit(db, clock),
            outbox=Outbox(db, clock),
            orders=orders,
            feed_entries=FeedEntries(db, clock),
            old_orders=OldOrders(db, orders, clock),
            own_letters=OwnLetters(db, clock),
            buyers=Buyers(db),
            listing=Listing(db, clock),
            tokens=Tokens(db, clock),
            proofs=Proofs(db, clock),
            settings=Settings(db, clock),
            retention=Retention(db, clock),
            allowances=SqlAllowances(db, clock),
            review=Review(db, clock),
            queueing=Queueing(db),
            figures=Figures(db),
            threads=Threads(db, clock),
            come_back=ComeBack(db, clock),
            breaker=Breaker(db, clock),
        )

    async def close(self) -> None:
        """Finish what waits to be written, and stop being an owner."""
        self.users.close()
        await self.db.close()
        self.owners.leave()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def ready(self) -> str | None:
        """Why nothing can be written just now: "disk" or "store"; None when nothing speaks against it."""
        fault = self.db.recent_fault()
        if fault is None:
            return None
        return "disk" if fault is Fault.FULL else "store"

    async def purge(self, now: datetime, keep: KeepFor) -> Purged:
        """Expire what was held too long, then delete all that has had its time."""
        await self.quarantine.expire(now, timedelta(days=keep.held_days))
        await self.old_orders.drop_cut_off(now)
        ledger = timedelta(days=keep.ledger_days)
        orders = await self.old_orders.purge(now, names=timedelta(days=keep.orders_days), orders=ledger)
        purged = await self.retention.purge(
            now,
            decisions=timedelta(days=keep.decisions_days),
            captured=timedelta(days=keep.captured_days),
            sessions=_SESSIONS,
            ledger=ledger,
        )
        await self.threads.purge(now - timedelta(days=keep.threads_days))
        await self.come_back.purge(now - timedelta(days=keep.decisions_days))
        return replace(purged, orders=orders)

    def free_bytes(self) -> int | None:
        """How much the disk under the database still takes; None when that is another machine's matter.

        Raises StoreError when that can't be told.
        """
        return self.db.home.free_bytes()

    async def examine(self) -> Health:
        """Check the whole database and say how it stands. Reads every page."""
        return await asyncio.to_thread(self.db.home.examine)

    async def back_up(self, target: Path) -> None:
        """Copy the database, as it is at one instant, to a new file."""
        await asyncio.to_thread(self.db.home.back_up, target)


def _open(home: Home, instance: str, busy_seconds: float, read_only: bool) -> tuple[Database, Owners]:
    if read_only:
        if not home.is_there():
            raise EngineError(Fault.MISSING, home.name)
        return Database(home, busy_seconds=busy_seconds, read_only=True), Nobody()
    home.prepare(busy_seconds=busy_seconds)
    owners = home.owners(instance)
    try:
        return Database(home, busy_seconds=busy_seconds), owners
    except BaseException:
        owners.leave()
        raise
