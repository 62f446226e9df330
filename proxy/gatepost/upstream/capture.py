"""The relay of the first run: keeps what would have gone out, and shows it on the site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from gatepost.errors import StoreError, TryLater
from gatepost.model import Accepted, Message, RelayReply
from gatepost.ports import Captured, Captures, Clock, Upstream
from gatepost.upstream.trace import received_line

_KEPT = RelayReply(250, "2.0.0", "Ok: kept by the capture relay, not sent")


class Capture(Upstream):
    """Takes every message, as a relay would, into `Captures`; nothing leaves the machine."""

    def __init__(self, captures: Captures, hostname: str, clock: Clock) -> None:
        self._captures, self._hostname, self._clock = captures, hostname, clock

    async def relay(
        self, message: Message, *, on_data: Callable[[], Awaitable[None]], partial: bool = False
    ) -> Accepted:
        """Keep `message` as it would have gone out. Raises TryLater when it could not be kept."""
        await on_data()
        captured = Captured(
            id=message.id,
            at=self._clock.now(),
            mail_from=message.envelope.mail_from,
            rcpt_tos=message.envelope.rcpt_tos,
            raw=received_line(message, self._hostname) + message.raw,
        )
        try:
            await self._captures.capture(captured)
        except StoreError as error:
            raise TryLater("the capture relay could not keep the mail") from error
        return Accepted(_KEPT)

    async def close(self) -> None:
        """Nothing is open."""
