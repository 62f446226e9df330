"""Mail that arrives for the seller: its listeners, whoever looks at it, and its own turn of the pipeline."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

from gatepost import events
from gatepost.attempt import Road
from gatepost.config import Config
from gatepost.daemon.clock import new_message_id
from gatepost.inbound.look import Rules as LookRules
from gatepost.inbound.look import trusted
from gatepost.inbound.looking import Looking
from gatepost.inbound.ports import Books
from gatepost.inbound.reception import Reception, for_seller, takes
from gatepost.model import Answer, Message
from gatepost.pipeline import Limits, Pipeline, Rules
from gatepost.ports import Clock
from gatepost.smtp import Intake
from gatepost.store import Store
from gatepost.tasks import Tasks
from gatepost.upstream.trace import hops

EVERYWHERE = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


class Receiving:
    """The way in for mail to the seller, where the configuration has one."""

    def __init__(
        self,
        config: Config,
        *,
        hostname: str,
        store: Store,
        road: Road,
        rules: Callable[[], Rules],
        ready: Callable[[], str | None],
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        """Raises ConfigError when a certificate can't be used."""
        self._settings = config.inbound
        self._looking = looking_for(config)
        self._pipeline = Pipeline(
            judge=Reception(
                config.inbound,
                looks=self._looking,
                books=Books(store.threads, store.come_back, store.orders, store.breaker),
                clock=clock,
            ),
            allowances=store.allowances,
            road=road,
            rules=rules,
            limits=Limits(
                reply=timedelta(seconds=config.smtp.times.reply_seconds),
                hold=timedelta(hours=config.policy.hold_hours),
                received_headers=config.smtp.limits.received_headers,
            ),
            received_count=lambda raw: hops(raw, hostname),
        )
        self.intake = Intake(
            config=config.smtp.model_copy(
                update={
                    "listeners": config.inbound.listeners,
                    "trusted_networks": config.inbound.networks or EVERYWHERE,
                }
            ),
            hostname=hostname,
            handle=self._handle,
            login=_nobody,
            ready=ready,
            clock=clock,
            new_id=new_message_id,
            tasks=tasks,
            share_port=config.workers > 1,
            takes=takes(config.inbound),
        )

    async def start(self, sockets: Sequence[socket.socket] | None = None) -> None:
        """Listen. Raises OSError."""
        await self.intake.start(sockets)
        events.inbound_started([f"{host}:{port}" for host, port in self.intake.addresses()])

    async def drain(self, seconds: float) -> None:
        """Take no more mail, let what came end with its answer."""
        await self.intake.drain(seconds)
        await self._looking.close()

    async def _handle(self, message: Message) -> Answer:
        return await self._pipeline.handle(for_seller(message, self._settings))


def looking_for(config: Config) -> Looking:
    """Whoever looks at mail that arrives, by the configuration."""
    settings = config.inbound
    rules = LookRules(
        seconds=settings.dns_seconds,
        server=settings.name_server or "",
        sealers=trusted(settings.trusted_forwarders),
        strict=settings.strict,
    )
    return Looking(rules, seconds=settings.seconds, heavy_bytes=config.policy.heavy_bytes)


async def _nobody(username: str, password: str) -> bool:
    return False
