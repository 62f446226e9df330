"""The relays: name, connection, TLS, login, and what they take."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

from gatepost.cli.checkups.found import Finding, ok, problem, warning
from gatepost.cli.desk import hostname
from gatepost.config import Config
from gatepost.config.schema import Relay, RelayTls, is_loopback
from gatepost.errors import GatepostError
from gatepost.upstream.connect import Stage
from gatepost.upstream.probe import Probe, probe

_MEND = {
    Stage.CONNECT: "check host, port and firewall, and that the relay runs",
    Stage.TLS: "check relay.tls, the relay's certificate and its name, or give ca_file",
    Stage.HELLO: "the relay does not want to speak with this machine: ask its operator",
    Stage.LOGIN: "check relay.username and the password",
}


def relays_of(config: Config) -> Iterator[tuple[str, Relay]]:
    """Every relay of the configuration with its name for the report."""
    if config.relay is not None:
        yield f"relay {config.relay.host}:{config.relay.port}", config.relay
    for route in config.routes:
        host = f"{route.relay.host}:{route.relay.port}"
        yield f"relay {host} of {', '.join(route.sender_domains)}", route.relay
    if config.inbound.enabled and config.inbound.relay is not None:
        mailbox = config.inbound.relay
        yield f"mailbox {mailbox.host}:{mailbox.port}", mailbox


async def none() -> list[Finding]:
    """What to say when no relay is configured."""
    return [warning("relay", "none: mail is captured, nothing goes out", "set relay in the configuration")]


async def relay(name: str, relay: Relay, config: Config) -> list[Finding]:
    """Try one relay as a mail would, without sending one."""
    found = [await _resolved(name, relay.host)]
    if found[0].is_problem:
        return found
    try:
        probed = await probe(relay, hostname(config))
    except GatepostError as error:
        return [*found, problem(name, str(error), "check the files and secrets that relay names")]
    return [*found, *_judged(name, relay, config, probed)]


async def _resolved(name: str, host: str) -> Finding:
    try:
        answers = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return problem(
            f"{name}, DNS", f"no address: {error.strerror}", "check the name and this machine's DNS"
        )
    addresses = sorted({str(answer[4][0]) for answer in answers})
    return ok(f"{name}, DNS", ", ".join(addresses))


def _judged(name: str, relay: Relay, config: Config, probed: Probe) -> Iterator[Finding]:
    if probed.failed is not None:
        reply = f" ({probed.reply.code} {probed.reply.text})" if probed.reply else ""
        yield problem(name, f"{probed.failed.value}: {probed.why}{reply}", _MEND[probed.failed])
        return
    login = {"own": "logged in", "client": "clients log in themselves", "none": "no login"}
    yield ok(name, f"{probed.tls_version or 'in clear'}, {login[relay.auth.value]}")
    if not is_loopback(relay.host):
        yield from _protection(name, relay)
    yield from _abilities(name, config, probed)


def _protection(name: str, relay: Relay) -> Iterator[Finding]:
    if relay.tls is RelayTls.NONE:
        yield warning(name, "mail goes over the network in clear", "set relay.tls: starttls or implicit")
    elif not relay.verify:
        yield warning(
            name, "its certificate is not checked", "set relay.verify: true, with ca_file if needed"
        )


def _abilities(name: str, config: Config, probed: Probe) -> Iterator[Finding]:
    offers, ours = dict(probed.offers), config.smtp.limits.message_bytes
    if probed.size_limit is not None and probed.size_limit < ours:
        mend = f"set smtp.limits.message_bytes: {probed.size_limit}"
        yield warning(name, f"takes {probed.size_limit} bytes, the gateway {ours}", mend)
    if "8bitmime" not in offers:
        yield warning(name, "does not take 8-bit mail; such mail is refused", "use a relay with 8BITMIME")
