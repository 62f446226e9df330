"""Several gateways on one PostgreSQL under load, killed one after the other; the count is the campaign's.

A node that was killed stays away for a while, the last one for good: what it had is the others' to finish.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from gatepost.store.serverhome import ServerHome
from kit.campaign import SINK_STEPS, Campaign, Mail
from kit.loopback import free_port
from kit.postgres import Server
from kit.smtp_script import Peer
from kit.smtp_sink import Received

LEASE_SECONDS = 2
STEPS = (
    "relay DATA",
    "relay mid-DATA",
    "relay dot",
    "relay recorded",
    "client mid-DATA",
    "client dot",
    "random",
)
SETTLE_SECONDS = 90
START_SECONDS = 120


@dataclass
class Node:
    """One gateway process of the campaign."""

    number: int
    folder: Path
    port: int = field(default_factory=free_port)
    pid: int = 0

    @property
    def helo(self) -> str:
        """The name under which the relay knows it."""
        return f"node{self.number}.example"

    def configure(self, url: str, relay: int, *, workers: int = 1) -> Path:
        """Write its configuration file."""
        settings: dict[str, Any] = {
            "workers": workers,
            "smtp": {
                "hostname": self.helo,
                "listeners": [{"address": f"127.0.0.1:{self.port}"}],
                "limits": {"connections_per_minute": 1_000_000, "connections_per_address": 500},
            },
            "relay": {"host": "127.0.0.1", "port": relay, "tls": "none"},
            "store": {"database_url": url, "node_lease_seconds": LEASE_SECONDS},
            "site": {"enabled": False},
            "vision": {"warm": False},
            "delivery": {"retry_seconds": [1], "round_seconds": 0.2},
            "log": {"level": "warning"},
        }
        file = self.folder / f"node{self.number}.yaml"
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        return file


class KillNode:
    """At a step of the sink, kills the gateway that came there instead of answering."""

    def __init__(self, campaign: NodeCampaign) -> None:
        self._campaign = campaign

    async def act(self, peer: Peer, usual: bytes) -> bytes:
        """Kill, then end the connection."""
        self._campaign.kill_named(str(getattr(peer, "helo", "")))
        peer.close()
        return b""


class NodeCampaign(Campaign):
    """Gateways that share one database, and their clients."""

    def __init__(
        self, folder: Path, server: Server, *, kills: int, seed: int, url: str = "", nodes: int = 3
    ) -> None:
        """With `url` the database is more than one server's."""
        super().__init__(folder, kills=kills, seed=seed, clients=9, steps=STEPS)
        self.server, self.url = server, url or server.new()
        self.home = ServerHome(self.url, lease_seconds=LEASE_SECONDS)
        self.nodes = [Node(number, folder) for number in range(nodes)]
        self.down: Node | None = None
        self.answers: set[str] = set()

    # --- the nodes -------------------------------------------------------------------------------

    def _configure(self) -> None:
        """Each node's own file is written when it starts: the relay's port is not known before."""

    async def _start(self) -> None:
        """Start every node that is not running."""
        for node in self.nodes:
            if not node.pid:
                await self._start_node(node)
        self.down = None

    async def _start_node(self, node: Node) -> None:
        """Start it as a service manager does: again when it ends for want of a database."""
        async with asyncio.timeout(START_SECONDS):
            while not await self._listens(node):
                if not is_running(node.pid):
                    node.pid = await self._fork(node)
                await asyncio.sleep(0.01)

    async def _listens(self, node: Node) -> bool:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", node.port)
            writer.close()
            return node.pid > 0
        return False

    async def _fork(self, node: Node) -> int:
        assert self._zygote.stdin is not None
        file, log = node.configure(self.url, self.sink.port), self.folder / f"node{node.number}.log"
        self._zygote.stdin.write(f"{file}\t{log}\n".encode())
        return int(await self._word())

    def kill_named(self, helo: str) -> None:
        """Kill the node that the relay knows by this name; any one when there is none."""
        named = [node for node in self.nodes if node.helo == helo]
        self._kill_node(named[0] if named else self.random.choice(self.nodes))

    def _kill_behind(self, port: int) -> None:
        self._kill_node(next(node for node in self.nodes if node.port == port))

    def _kill_node(self, node: Node) -> None:
        if node.pid and self.down is None:  # one at a time
            os.kill(node.pid, signal.SIGKILL)
            node.pid, self.down = 0, node
            self._killed.set()

    def _kill(self) -> None:
        """Whatever step did not come: one of them all the same."""
        if not self._over:
            self._kill_node(self.random.choice(self.nodes))
            return
        for node in self.nodes:
            if is_running(node.pid):
                os.kill(node.pid, signal.SIGKILL)
            node.pid = 0

    def _door(self) -> int:
        """Any node but, mostly, one that is away: a load balancer knows it a moment later."""
        up = [node for node in self.nodes if node.pid] or self.nodes
        return self.random.choice(self.nodes if self.random.random() < 0.1 else up).port

    # --- the campaign ----------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        """The nodes at work, without clients."""
        try:
            async with super().standing():
                yield
        finally:
            self._over = True
            self._kill()

    async def bring(self, mail: Mail) -> None:
        """One try to send a mail to one of the nodes; `mail.last` is the reply."""
        await self._try(mail)

    async def _kill_and_send(self) -> None:
        plan = [self.steps[number % len(self.steps)] for number in range(self.kills)]
        self.random.shuffle(plan)
        async with asyncio.TaskGroup() as group:
            for _ in range(self.clients):
                group.create_task(self._client())
            for number, step in enumerate(plan):
                await self._one_kill(step)
                self.totals.kills[step] += 1
                await asyncio.sleep(self.random.uniform(0, 1.2))
                if number < len(plan) - 1:
                    await self._start()
            self._over = True

    async def _one_kill(self, step: str) -> None:
        self._killed.clear()
        if step == "relay recorded":
            self.sink.on_received = self._kill_sender
        elif step in SINK_STEPS:
            self.sink.script[SINK_STEPS[step]] = [KillNode(self)]
        elif step == "random":
            asyncio.get_running_loop().call_later(self.random.uniform(0, 0.15), self._kill)
        else:
            self._client_kill = step.removeprefix("client ")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._killed.wait(), 1)
        if self.down is None:
            self._kill()
        self.sink.on_received, self._client_kill = None, ""
        self.sink.script.clear()

    def _kill_sender(self, received: Received) -> None:
        self.kill_named(received.helo)

    async def _client(self) -> None:
        while not self._over:
            mail = self._next_mail()
            for _ in range(60):
                await self._try(mail)
                self.answers.add(mail.last[:3])
                if mail.last[:1] in ("2", "5") or self._over:
                    break
                await asyncio.sleep(self.random.uniform(0.02, 0.2))

    async def _settle(self) -> None:
        """Send what has no answer until it has one: a dead node's mails are busy for a lease."""
        until = asyncio.get_running_loop().time() + SETTLE_SECONDS
        waiting = [mail for mail in self.mails if not _is_settled(mail)]
        while waiting and asyncio.get_running_loop().time() < until:
            await asyncio.gather(*map(self._try, waiting[:20]))
            waiting = [mail for mail in self.mails if not _is_settled(mail)]
            await asyncio.sleep(0.1)
        await super()._settle()


def is_running(pid: int) -> bool:
    """Whether there is that process."""
    return pid > 0 and Path(f"/proc/{pid}").exists()


def _is_settled(mail: Mail) -> bool:
    return mail.last[:1] in ("2", "5") or mail.last.startswith("451 4.4.2")


class Outages:
    """Beside a campaign, ends the database server again and again: now it stops, now it is killed."""

    def __init__(self, campaign: NodeCampaign, *, times: int, seconds: float) -> None:
        self._campaign, self._times, self._seconds = campaign, times, seconds

    async def run(self) -> None:
        """Stop and kill in turn, each for so long."""
        server = self._campaign.server
        for number in range(self._times):
            await asyncio.sleep(1)
            await asyncio.to_thread(server.kill if number % 2 else partial(server.stop, signal.SIGINT))
            await asyncio.sleep(self._seconds)
            server.launch()
            await asyncio.to_thread(server.wait)
