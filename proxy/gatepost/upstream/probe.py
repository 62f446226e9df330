"""Looks at a relay as a mail would see it, without sending one: what `gatepost doctor` shows."""

from __future__ import annotations

from dataclasses import dataclass

from gatepost.config.schema import Relay
from gatepost.model import RelayReply
from gatepost.upstream.connect import Connector, Stage, Unreachable


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of it: `failed` is the stage that did not work, and `why`; None when all did."""

    failed: Stage | None
    why: str
    reply: RelayReply | None
    tls_version: str  # "" in clear
    offers: tuple[tuple[str, str], ...]  # EHLO keywords in lower case with their parameters
    size_limit: int | None  # octets; None when the relay names none


async def probe(relay: Relay, hostname: str) -> Probe:
    """Connect, speak TLS, EHLO and log in as configured, then leave. Raises ConfigError."""
    try:
        line = await Connector(relay, hostname).connect()
    except Unreachable as error:
        return Probe(error.stage, str(error.__cause__ or error), error.reply, "", (), None)
    limit = line.offers.get("size", "").strip()
    found = Probe(
        failed=None,
        why="",
        reply=None,
        tls_version=line.tls_version,
        offers=tuple(sorted(line.offers.items())),
        size_limit=int(limit) if limit.isascii() and limit.isdigit() and int(limit) else None,
    )
    line.leave()
    await line.gone.wait()
    return found
