"""The whole configuration: one field a section."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from gatepost.config.schema.base import Section
from gatepost.config.schema.inbound import Inbound
from gatepost.config.schema.letters import Letters
from gatepost.config.schema.log import Log
from gatepost.config.schema.notices import Notices
from gatepost.config.schema.orders import Orders
from gatepost.config.schema.policy import Policy
from gatepost.config.schema.relay import Delivery, Dkim, OnRelayFailure, Relay, RelayAuth, Route
from gatepost.config.schema.site import Site
from gatepost.config.schema.smtp import Smtp
from gatepost.config.schema.store import Retention, Store
from gatepost.config.schema.vision import Vision


class Config(Section):
    """The whole configuration."""

    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Processes that share the SMTP port; one a processor core at most."""
    smtp: Smtp = Smtp()
    """The way in."""
    relay: Relay | None = None
    """The way out; without it mail is captured and shown on the site, and nothing leaves."""
    routes: tuple[Route, ...] = ()
    """Relays of their own for some sender domains."""
    delivery: Delivery = Delivery()
    """Mail that the relay can't take at once."""
    store: Store = Store()
    """Where state is kept."""
    site: Site = Site()
    """The review site."""
    notices: Notices = Notices()
    """Who is told of what."""
    policy: Policy = Policy()
    """The guidelines in force."""
    vision: Vision = Vision()
    """Reading pictures and documents."""
    orders: Orders = Orders()
    """Order data."""
    letters: Letters = Letters()
    """Mails that are composed from order data."""
    inbound: Inbound = Inbound()
    """Mail that arrives for the seller."""
    dkim: Dkim = Dkim()
    """Signing."""
    log: Log = Log()
    """The log on stdout."""
    retention: Retention = Retention()
    """How long what is kept."""

    @model_validator(mode="after")
    def _a_client_login_can_not_be_spooled(self) -> Self:
        relays = [relay for relay in (self.relay, *(route.relay for route in self.routes)) if relay]
        spooling = self.delivery.on_relay_failure is OnRelayFailure.SPOOL
        if spooling and any(relay.auth is RelayAuth.CLIENT for relay in relays):
            raise ValueError(
                "relay.auth: client keeps no password, so nothing can be retried: "
                "set delivery.on_relay_failure: defer"
            )
        return self
