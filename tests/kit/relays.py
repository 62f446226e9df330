"""Settings of relays on loopback, and an `on_data` that counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from gatepost.config import schema
from gatepost.upstream.relay import Relay

RelayTo = Callable[..., Relay]
"""Makes a Relay onto a sink; keywords are the relay's settings."""


def settings_for(port: int, **settings: object) -> schema.Relay:
    """Settings of a relay on loopback."""
    values: dict[str, object] = {"host": "127.0.0.1", "port": port, "tls": "none", **settings}
    return schema.Relay.model_validate(values)


class OnData:
    """Counts its calls; does something more if told."""

    def __init__(self, then: Callable[[], Awaitable[None]] | None = None) -> None:
        self.calls, self._then = 0, then

    async def __call__(self) -> None:
        self.calls += 1
        if self._then is not None:
            await self._then()
