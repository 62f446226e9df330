"""Which relay a message goes to: by its sender's domain, else the default one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from gatepost.config.schema import Config
from gatepost.model import Accepted, Message
from gatepost.ports import Captures, Clock, Upstream
from gatepost.upstream import head
from gatepost.upstream.capture import Capture
from gatepost.upstream.relay import Relay, RelayStatus
from gatepost.upstream.sign import load_signer


class Outlet(Upstream, Protocol):
    """An Upstream that holds connections."""

    async def close(self) -> None:
        """Let them go; no further message is taken."""


class Routed(Upstream):
    """Gives each message to the relay for its sender's domain.

    Of the domains in `routes` the sender's own comes first, then the longest `*.parent`; `default` takes
    the rest. A mail with the null sender goes by its From header. Mail that came in for the seller goes to
    `inbound`, whatever its sender.
    """

    def __init__(self, default: Outlet, routes: Mapping[str, Outlet], inbound: Outlet | None = None) -> None:
        self._default, self._inbound = default, inbound or default
        self._routes = {_ascii(domain): outlet for domain, outlet in routes.items()}

    async def relay(
        self, message: Message, *, on_data: Callable[[], Awaitable[None]], partial: bool = False
    ) -> Accepted:
        """See the port."""
        return await self.outlet_for(message).relay(message, on_data=on_data, partial=partial)

    def outlet_for(self, message: Message) -> Outlet:
        """Where `message` goes."""
        if message.session.inbound:
            return self._inbound
        if not self._routes:
            return self._default
        domain = head.domain_of(message.envelope.mail_from) or head.from_domain(message.raw)
        found = self._routes.get(domain)
        while found is None and "." in domain:
            domain = domain.partition(".")[2]
            found = self._routes.get(f"*.{domain}")
        return found or self._default

    async def close(self) -> None:
        """Let all connections go."""
        for outlet in self._outlets():
            await outlet.close()

    def status(self) -> tuple[RelayStatus, ...]:
        """What is known of each relay; nothing of the capture relay."""
        return tuple(outlet.status() for outlet in self._outlets() if isinstance(outlet, Relay))

    def _outlets(self) -> list[Outlet]:
        all_of_them = (self._default, *self._routes.values(), self._inbound)
        return list({id(outlet): outlet for outlet in all_of_them}.values())


def upstream_for(config: Config, hostname: str, clock: Clock, captures: Captures) -> Routed:
    """The way out as configured; the capture relay where no relay is. Raises ConfigError."""
    signer = load_signer(config.dkim, clock)
    default: Outlet = Capture(captures, hostname, clock)
    if config.relay is not None:
        default = Relay(config.relay, hostname, clock, signer)
    routes: dict[str, Outlet] = {}
    for route in config.routes:
        relay = Relay(route.relay, hostname, clock, signer)
        routes |= dict.fromkeys(route.sender_domains, relay)
    to_seller: Outlet = Capture(captures, hostname, clock)
    if config.inbound.relay is not None:
        to_seller = Relay(config.inbound.relay, hostname, clock)
    return Routed(default, routes, to_seller)


def _ascii(domain: str) -> str:
    wild = domain.startswith("*.")
    return ("*." if wild else "") + head.domain_of("@" + domain.removeprefix("*."))
