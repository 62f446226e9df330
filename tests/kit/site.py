"""A review site over a real store, a client that behaves like a browser, and mails to show."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from starlette.applications import Starlette

from gatepost.admin import Parts, create_app
from gatepost.admin.links import Links
from gatepost.admin.ports import Archive, Release
from gatepost.admin.reviewing import Bench, Files
from gatepost.admin.staff import Staff
from gatepost.attempt import Road, Terms
from gatepost.config import Config
from gatepost.config.schema import Letters, Policy
from gatepost.config.schema import Site as SiteConfig
from gatepost.daemon.archive import StoreArchive
from gatepost.daemon.bookkeeping import StoreBooks
from gatepost.daemon.office import Office
from gatepost.model import Entry, Judgement, MessageId, MessageState, OrderId
from gatepost.pipeline import Limits, Pipeline
from gatepost.ports import Judge
from gatepost.release import ReleaseOutcome, reject, release_corrected
from gatepost.release import release as release_held
from gatepost.store import Store
from gatepost.store.users import Role, Users
from gatepost.tasks import Tasks
from gatepost.worker import Rulebooks
from gatepost_policies import Rulebook
from gatepost_policies import load as load_rules
from gatepost_policies.model import Action, Finding, Mode
from kit.messages import BUYER, ORDER, SELLER, finding, message
from kit.messages import entry as plain_entry
from kit.ports import Counter, StillClock, ToldJudge, ToldUpstream

BASE = "http://127.0.0.1:8025"
PASSWORD = "correct horse battery"
LINK_KEY, REVIEWER = b"k" * 32, "rita@shop.example"
LETTERS = Letters(from_address="s@shop.example", seller="Lamps & Co")
OWN = {"sec-fetch-site": "same-origin", "origin": BASE}
"""What a browser sends with a form of this site."""


@dataclass
class TestSite:
    """A running site and all that stands behind it."""

    __test__ = False

    app: Starlette
    store: Store
    clock: StillClock
    upstream: ToldUpstream
    tasks: Tasks
    failures: list[tuple[str, BaseException]] = field(default_factory=list)

    async def user(self, name: str, role: Role = Role.REVIEWER, *, must_change: bool = False) -> None:
        """Add a user whose password is PASSWORD."""
        await self.store.users.add(name, PASSWORD, role, by="test", must_change=must_change)

    def client(self, address: str = "127.0.0.1", base: str = BASE) -> httpx.AsyncClient:
        """A client at `address` that follows no redirect by itself."""
        transport = httpx.ASGITransport(self.app, client=(address, 40_000))
        return httpx.AsyncClient(transport=transport, base_url=base)

    @asynccontextmanager
    async def logged_in(
        self, name: str = "rita", role: Role = Role.REVIEWER
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A client in which a new user of that role is logged in."""
        await self.user(name, role)
        async with self.client() as client:
            response = await client.post("/login", data={"name": name, "password": PASSWORD}, headers=OWN)
            assert response.status_code == 303, response.text
            yield client

    async def hold(self, id: str = "held1", **changes: Any) -> Entry:
        """Put a held mail into the store."""
        return await self.keep(held(id, self.clock.now(), **changes), raw_of(id, **changes))

    async def keep(self, entry: Entry, raw: bytes | None, claims: Sequence[OrderId] = ()) -> Entry:
        """Put any entry into the store."""
        await self.store.journal.open(entry, raw=raw, claims=claims)
        return entry


def held(id: str, at: datetime, **changes: Any) -> Entry:
    """The entry of a held mail with one finding; changes replace its fields."""
    evidence = "20% off your next order"
    found = finding(
        "p4-marketing", category="marketing", clause="P4", action=Action.QUARANTINE, evidence=evidence
    )
    text = "Thank you for your order. "
    placed = replace(found, start=len(text), end=len(text) + len(evidence), title="No marketing")
    base = replace(
        plain_entry(message(id, at=at), MessageState.HELD),
        action="quarantine",
        findings=(placed,),
        order_ids=(OrderId(ORDER),),
        edition="amazon-2018-10",
        digest="d" * 64,
        purpose="customer-service",
        language="en",
        deadline_at=at + timedelta(hours=24),
    )
    known: dict[str, Any] = {name: value for name, value in changes.items() if name in _FIELDS}
    return replace(base, **known)


_FIELDS = frozenset(entry_field.name for entry_field in dataclasses.fields(Entry))


def raw_of(id: str, *, subject: str = f"Order {ORDER}", body: str = "", html: str = "", **_: Any) -> bytes:
    """A mail to the buyer: plain text, or with an HTML part."""
    words = body or "Thank you for your order. 20% off your next order if you come back.\n"
    kind = "html" if html else "plain"
    head = f"From: Shop <{SELLER}>\nTo: {BUYER}\nSubject: {subject}\nMessage-ID: <{id}@shop.example>\n"
    mail = f"{head}MIME-Version: 1.0\nContent-Type: text/{kind}; charset=utf-8\n\n{html or words}"
    return mail.replace("\n", "\r\n").encode()


def told(*findings: Finding) -> Judge:
    """A judge that finds just that."""
    from kit.messages import judgement

    return ToldJudge(judgement(*findings))


@asynccontextmanager
async def open_site(
    folder: Path,
    *,
    judge: Judge | None = None,
    config: SiteConfig | None = None,
    capture: bool = True,
    archive: Callable[[Store], Archive] = StoreArchive,
    release: Release | None = None,
    files: Files | None = None,
    letters: Letters | None = None,
) -> AsyncIterator[TestSite]:
    """A site over a new store in `folder`, unless a part of it is given."""
    clock, upstream = StillClock(), ToldUpstream()
    failures: list[tuple[str, BaseException]] = []
    tasks = Tasks(lambda name, error: failures.append((name, error)))
    opened = await Store.open(folder / "gatepost.db", clock=clock)
    quick = Users(opened.db, clock, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    store = replace(opened, users=quick)
    road = _road(store, upstream, clock, tasks)
    office = Office(
        Config(site=config or SiteConfig(), letters=letters or LETTERS),
        store,
        apply=lambda _: None,
        book=_book,
        trial=_no_trial,
    )
    parts = Parts(
        archive=archive(store),
        users=store.users,
        sessions=store.sessions,
        release=release or partial(_release, (store, road, judge or told())),
        reject=partial(reject, quarantine=store.quarantine, road=road),
        judge=judge or told(),
        site=config or SiteConfig(),
        clock=clock,
        tasks=tasks,
        smtp_address="127.0.0.1:2525",
        edition="amazon-2018-10",
        capture_enabled=capture,
        message_bytes=1_000_000,
        bench=Bench(
            store.review,
            store.allowances,
            partial(_correct, (store, road, judge or told())),
            store.figures,
            store.breaker,
            files,
        ),
        links=Links(LINK_KEY, lambda: [REVIEWER]),
        staff=Staff(
            accounts=store.users,
            logins=store.sessions,
            tokens=store.tokens,
            proofs=store.proofs,
            listings=store.listing,
            outbox=store.outbox,
        ),
        office=office,
        books=StoreBooks(
            store,
            clock,
            config=lambda: office.config,
            rulebooks=_rulebooks,
            handle=_pipeline(judge or told(), store, road).handle,
        ),
    )
    try:
        yield TestSite(create_app(parts), store, clock, upstream, tasks, failures)
    finally:
        await tasks.drain(5)
        opened.users.close()
        await store.close()


@cache
def _rulebooks() -> Rulebooks:
    return Rulebooks(Policy())


def _pipeline(judge: Judge, store: Store, road: Road) -> Pipeline:
    return Pipeline(
        judge=judge,
        allowances=store.allowances,
        road=road,
        rules=_rulebooks().rules,
        limits=Limits(reply=timedelta(seconds=5), hold=timedelta(hours=24), received_headers=50),
        received_count=lambda raw: 0,
    )


@cache
def _book() -> Rulebook:
    return load_rules()


async def _no_trial(new: Policy, old: Policy) -> None:
    """Trials take seconds: tests/proxy/worker/test_trial.py makes real ones."""


async def _release(
    parts: tuple[Store, Road, Judge], id: MessageId, *, by: str, asks: Sequence[OrderId] | None = None
) -> ReleaseOutcome:
    store, road, judge = parts
    return await release_held(
        id,
        by=by,
        quarantine=store.quarantine,
        road=road,
        judge=judge,
        one_per_order=Mode.ENFORCE,
        asks=asks,
    )


async def _correct(
    parts: tuple[Store, Road, Judge], id: MessageId, *, raw: bytes, by: str, although: bool = False
) -> ReleaseOutcome:
    store, road, judge = parts
    return await release_corrected(
        id,
        raw=raw,
        by=by,
        quarantine=store.quarantine,
        road=road,
        judge=judge,
        allowances=store.allowances,
        one_per_order=Mode.ENFORCE,
        although=although,
    )


def _road(store: Store, upstream: ToldUpstream, clock: StillClock, tasks: Tasks) -> Road:
    terms = Terms(
        spool=True,
        backoff=lambda attempts: timedelta(seconds=60),
        give_up=timedelta(hours=24),
        hostname="gate.example.com",
    )
    return Road(upstream, store.journal, clock, tasks, terms, Counter())


__all__ = ["BASE", "OWN", "PASSWORD", "Judgement", "TestSite", "held", "open_site", "raw_of", "told"]
