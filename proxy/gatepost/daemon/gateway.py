"""The composition root: every part made once and joined. The only module that knows all others."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

from starlette.applications import Starlette

from gatepost import events
from gatepost.admin.app import Parts, create_app
from gatepost.admin.links import Links
from gatepost.admin.reviewing import Bench
from gatepost.admin.staff import Staff
from gatepost.config import Config
from gatepost.config.schema import RelayAuth
from gatepost.daemon.archive import StoreArchive
from gatepost.daemon.bookkeeping import StoreBooks
from gatepost.daemon.clock import SystemClock, new_message_id
from gatepost.daemon.housekeeping import keep_house
from gatepost.daemon.office import Office
from gatepost.daemon.parcels import NotingUpstream, Parcels
from gatepost.daemon.receiving import Receiving
from gatepost.daemon.road import road_for, standings_of
from gatepost.daemon.site import Site
from gatepost.daemon.telling import LINKS, telling
from gatepost.daemon.watching import Watch
from gatepost.delivery import Delivery
from gatepost.errors import StoreError
from gatepost.model import MessageId, OrderId
from gatepost.pipeline import Limits, Pipeline
from gatepost.ports import Upstream
from gatepost.release import ReleaseOutcome, reject, release, release_corrected
from gatepost.smtp import Intake, disk_reserve
from gatepost.store import Store, home_of
from gatepost.store.users import Role
from gatepost.tasks import Tasks
from gatepost.upstream import login_at_relay, upstream_for
from gatepost.upstream.trace import hops
from gatepost.vision.eyes import Eyes
from gatepost.worker import Judging, PatientJudge, Rulebooks, Sources, make_words_ready
from gatepost.worker.child import Child

CLOSING_SECONDS = 5.0
"""What is left for the parts behind the intake once it has drained."""


class Gateway:
    """One running gateway process."""

    def __init__(self, config: Config, *, worker: int = 0) -> None:
        self.config, self.worker = config, worker
        self.clock = SystemClock()
        self.tasks = Tasks(events.task_failed)
        self.hostname = config.smtp.hostname or socket.gethostname()
        self._stack = AsyncExitStack()
        self.site: Site | None = None
        self.receiving: Receiving | None = None
        self.parcels: Parcels | None = None
        self._background: list[asyncio.Task[None]] = []

    async def start(self, sockets: Mapping[str, Sequence[socket.socket]] | None = None) -> None:
        """Open the store, load the rules, then listen.

        Raises ConfigError, StoreError or OSError; then call stop().
        """
        config, given = self.config, sockets or {}
        rulebooks = Rulebooks(config.policy)
        rulebooks.warm()
        self.store = await self._open_store()
        self._stack.push_async_callback(self.store.close)
        self._disk = self._reserve()
        self.child = Child(config.policy)
        self._stack.push_async_callback(self.child.close)
        self.sources = sources = self._sources()
        self.judging = Judging(rulebooks, self.child, heavy_bytes=config.policy.heavy_bytes, sources=sources)
        self.patient = PatientJudge(config.policy, sources)
        self.upstream = upstream_for(config, self.hostname, self.clock, self.store.captures)
        self._stack.push_async_callback(self.upstream.close)
        self.road = road_for(
            config,
            hostname=self.hostname,
            upstream=self._noting(self.upstream),
            journal=self.store.journal,
            clock=self.clock,
            tasks=self.tasks,
        )
        self.pipeline = self._pipeline()
        self.delivery = self._delivery()
        self.intake = self._intake()
        self.office = Office(
            config, self.store, apply=self._take_over, book=lambda: self.judging.rulebooks.default
        )
        await self.office.refresh()
        await self.intake.start(given.get("smtp"))
        await self._receive(given.get("inbound"))
        if config.site.enabled and self.worker == 0:
            self.site = Site(await self._app(), config.site, self.tasks)
            await self.site.start(given.get("site"))
        self._background += [
            self.tasks.start(self.delivery.run(), "delivery"),
            self.tasks.start(self.office.run(), "settings"),
            self.tasks.start(make_words_ready(), "making words ready"),
        ]
        if self.parcels:
            self._background.append(self.tasks.start(self.parcels.run(), "parcels"))
        if self.worker == 0:
            self._background += [*self._chores(), *await self._telling()]

    async def _receive(self, sockets: Sequence[socket.socket] | None) -> None:
        """Take mail for the seller, where the configuration wants that."""
        if not self.config.inbound.enabled:
            return
        self.receiving = Receiving(
            self.config,
            hostname=self.hostname,
            store=self.store,
            road=self.road,
            rules=lambda: self.judging.rulebooks.rules(),
            ready=self._unready,
            clock=self.clock,
            tasks=self.tasks,
        )
        await self.receiving.start(sockets)

    def _noting(self, upstream: Upstream) -> Upstream:
        """The way out; with `orders.shipments_from_mail` what it took is read for parcels."""
        if not self.config.orders.shipments_from_mail:
            return upstream
        self.parcels = Parcels(self.store, largest_bytes=self.config.policy.heavy_bytes)
        return NotingUpstream(upstream, self.parcels.note)

    def _chores(self) -> Iterator[asyncio.Task[None]]:
        """What one process of a machine does for all: deleting what is old, importing what lies there."""
        config = self.config
        yield self.tasks.start(keep_house(self.store, self.road, config.retention), "housekeeping")
        if config.orders.watch is not None:
            keep = timedelta(days=config.retention.orders_days)
            watch = Watch(config.orders, self.store.orders, self.clock, keep=keep)
            yield self.tasks.start(watch.run(), "watched folder")

    def _sources(self) -> Sources:
        """What is known of mails besides their words: order data, threads, and what their files say."""
        eyes = Eyes(self.config.vision)
        self._stack.push_async_callback(eyes.close)
        if self.config.vision.warm:  # beside all else: mail without files waits for nothing
            self._background.append(self.tasks.start(eyes.warm(), "loading what reads pictures"))
        return Sources(
            self.store.orders, eyes, self.config.vision.unread, standings_of(self.store, self.config)
        )

    async def stop(self) -> None:
        """Stop listening, let transactions end with their answer, settle what is in flight, close."""
        if hasattr(self, "intake"):
            await self._drain(self.config.smtp.times.drain_seconds)
        if self.site:
            await self.site.stop()
        for task in self._background:
            task.cancel()
        cut_off = await self.tasks.drain(CLOSING_SECONDS)
        await self._stack.aclose()
        events.gateway_stopped(cut_off)

    async def _drain(self, seconds: float) -> None:
        if self.receiving is None:
            await self.intake.drain(seconds)
        else:
            await asyncio.gather(self.intake.drain(seconds), self.receiving.drain(seconds))

    def reload(self, config: Config) -> None:
        """Take over what can change while running: rules and certificates.

        Raises ConfigError; then nothing has changed.
        """
        Rulebooks(config.policy)
        self.intake.reload_tls()
        if self.receiving is not None:
            self.receiving.intake.reload_tls()
        self.office.file_again(config)
        book = self.judging.rulebooks.default
        events.gateway_reloaded(book.edition, book.digest)

    def _take_over(self, config: Config) -> None:
        """Put rules, notices and what the site asks of people in force. Raises ConfigError for bad rules."""
        if config.policy != self.config.policy:
            self.judging.rulebooks = Rulebooks(config.policy)
            self.child.replace(config.policy)
            self.patient.replace(config.policy)
        self.config = self.config.model_copy(
            update={"policy": config.policy, "notices": config.notices, "site": config.site}
        )

    async def release(
        self, id: MessageId, *, by: str, asks: Sequence[OrderId] | None = None
    ) -> ReleaseOutcome:
        """Send a held mail by the road of live mail; `asks` is a person's word on what can't be judged."""
        return await release(
            id,
            by=by,
            quarantine=self.store.quarantine,
            road=self.road,
            judge=self.patient,
            one_per_order=self.judging.rulebooks.rules().one_per_order.mode,
            asks=asks,
        )

    async def correct(self, id: MessageId, *, raw: bytes, by: str, although: bool = False) -> ReleaseOutcome:
        """Send a corrected mail in place of a held one."""
        return await release_corrected(
            id,
            raw=raw,
            by=by,
            quarantine=self.store.quarantine,
            road=self.road,
            judge=self.judging,
            allowances=self.store.allowances,
            one_per_order=self.judging.rulebooks.rules().one_per_order.mode,
            although=although,
        )

    async def reject(self, id: MessageId, *, by: str, note: str) -> ReleaseOutcome:
        """Refuse a held mail for good."""
        report = not self.config.notices.tells("rejected")
        return await reject(
            id, by=by, note=note, quarantine=self.store.quarantine, road=self.road, report=report
        )

    def _reserve(self) -> Callable[[], str | None]:
        if self.config.store.database_url:  # then no mail touches the disk of this machine
            return lambda: None
        return disk_reserve(self.config.store.path.parent, self.config.smtp.limits)

    async def _open_store(self) -> Store:
        config = self.config
        home = home_of(config.store)
        try:
            return await Store.open(
                home,
                clock=self.clock,
                instance=f"worker{self.worker}",
                busy_seconds=config.store.busy_seconds,
                resubmission=timedelta(hours=config.policy.resubmission_hours),
            )
        except StoreError as error:
            raise StoreError(f"store {home.name}: {error}") from error

    def _pipeline(self) -> Pipeline:
        config = self.config
        return Pipeline(
            judge=self.judging,
            allowances=self.store.allowances,
            road=self.road,
            rules=lambda: self.judging.rulebooks.rules(),
            limits=Limits(
                reply=timedelta(seconds=config.smtp.times.reply_seconds),
                hold=timedelta(hours=config.policy.hold_hours),
                received_headers=config.smtp.limits.received_headers,
            ),
            received_count=lambda raw: hops(raw, self.hostname),
        )

    def _delivery(self) -> Delivery:
        delivery = self.config.delivery
        return Delivery(
            spool=self.store.spool,
            shown=self.store.quarantine.show,
            road=self.road,
            parallel=delivery.parallel,
            seconds=delivery.round_seconds,
            restricted=self._restricted,
        )

    async def _restricted(self) -> str:
        """Why only answers to buyers may go out now."""
        tripped = await self.store.breaker.tripped()
        return f"the breaker is tripped: {tripped.reason}" if tripped else ""

    def _intake(self) -> Intake:
        relay = self.config.relay
        by_relay = relay is not None and relay.auth is RelayAuth.CLIENT
        return Intake(
            config=self.config.smtp,
            hostname=self.hostname,
            handle=self.pipeline.handle,
            login=self._relay_login if by_relay else self.store.users.check,
            keep_credentials=by_relay,
            ready=self._unready,
            clock=self.clock,
            new_id=new_message_id,
            tasks=self.tasks,
            share_port=self.config.workers > 1,
        )

    async def _telling(self) -> Sequence[asyncio.Task[None]]:
        rounds = await telling(
            self.store,
            self.clock,
            settings=lambda: self.config.notices,
            hostname=self.hostname,
            site_url=self.site.url if self.site else "",
            wake=self.delivery.wake,
        )
        return [self.tasks.start(work, name) for name, work in rounds]

    async def _app(self) -> Starlette:
        config = self.config
        host, port = self.intake.addresses()[0]
        parts = Parts(
            archive=StoreArchive(self.store),
            users=self.store.users,
            sessions=self.store.sessions,
            release=self.release,
            reject=self.reject,
            judge=self.judging,
            site=config.site,
            clock=self.clock,
            tasks=self.tasks,
            smtp_address=f"{host}:{port}",
            edition=config.policy.edition,
            capture_enabled=config.relay is None,
            message_bytes=config.smtp.limits.message_bytes,
            bench=Bench(
                reviews=self.store.review,
                exceptions=self.store.allowances,
                correct=self.correct,
                figures=self.store.figures,
                breaker=self.store.breaker,
                files=self.sources,
            ),
            links=Links(await self.store.outbox.key(LINKS), lambda: self.config.notices.reviewers),
            staff=Staff(
                accounts=self.store.users,
                logins=self.store.sessions,
                tokens=self.store.tokens,
                proofs=self.store.proofs,
                listings=self.store.listing,
                outbox=self.store.outbox,
            ),
            office=self.office,
            books=self._books(),
        )
        return create_app(parts)

    def _books(self) -> StoreBooks:
        return StoreBooks(
            self.store,
            self.clock,
            config=lambda: self.config,
            rulebooks=lambda: self.judging.rulebooks,
            handle=self.pipeline.handle,
        )

    def _unready(self) -> str | None:
        """Why no mail can be taken now; None when it can (RFC 5321 §4.2.2: 452)."""
        return self._disk() or self.store.ready()

    async def _relay_login(self, username: str, password: str) -> bool:
        """Whether the relay takes this login (`relay.auth: client`). Raises UpstreamError."""
        assert self.config.relay is not None  # noqa: S101 - only used with one
        return await login_at_relay(self.config.relay, username, password, hostname=self.hostname)

    async def first_admin(self) -> tuple[str, str] | None:
        """On the first start, make the admin and a password that must be changed; else None."""
        if not self.config.site.enabled or await self.store.users.list():
            return None
        password = secrets.token_urlsafe(9)
        await self.store.users.add("admin", password, Role.ADMIN, by="first start", must_change=True)
        return "admin", password
