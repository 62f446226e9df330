"""Killing the gateway again and again under load, and counting what its clients and its relay saw.

L1 is the clients' ledger (what was last answered for each mail), L2 the relay's (recorded before its 250), L3
the gateway's own, read at the end. The invariants are those of docs/reliability.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from gatepost.daemon.clock import SystemClock
from gatepost.model import MessageState
from gatepost.store import Home, Store
from gatepost.store.search import Filters, Page
from kit.loopback import free_port
from kit.messages import BUYER, SELLER
from kit.smtp_script import Peer
from kit.smtp_sink import Received, Sink, Step

MARK = b"X-Number: "
TEXTS = {
    "permitted": "Your parcel for order {order} is with UPS. The lamp takes an E27 bulb.",
    "held": "Order {order}: this week you get 20% off all our desk lamps, use code LAMP20 at checkout.",
    "refused": "Order {order}: the manual is in our shop, www.lamp-shop.com/manual",
    "review": "Thank you for order {order}. Please leave a review of the lamp on Amazon.",
    "other": "See you at lunch.",
}


@dataclass
class Mail:
    """One mail of the campaign and what its client knows of it (L1)."""

    number: int
    kind: str
    order: str
    last: str = ""  # the last reply read, "" for none
    unanswered: int = 0  # tries that ended without a reply
    dots: int = 0  # those of them in which the final dot was out: the relay may have the mail
    tries: int = 0

    def raw(self) -> bytes:
        """The bytes: the same at every try."""
        text = TEXTS[self.kind].format(order=self.order)
        return (
            f"From: <{SELLER}>\r\nTo: {self.to}\r\nSubject: Order {self.order}\r\n"
            f"Message-ID: <{self.number}@shop.example>\r\n{MARK.decode()}{self.number}\r\n\r\n{text}\r\n"
        ).encode()

    @property
    def to(self) -> str:
        """The recipient."""
        return "friend@example.org" if self.kind == "other" else BUYER


@dataclass
class Totals:
    """What a campaign printed and must be."""

    kills: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    acknowledged: int = 0
    put_off: int = 0  # tries that were answered 4xx
    delivered: int = 0
    lost: list[int] = field(default_factory=list)
    duplicated: list[int] = field(default_factory=list)  # beyond what `_tolerated` says
    changed: list[int] = field(default_factory=list)
    second_requests: list[str] = field(default_factory=list)
    refused_and_sent: list[int] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    integrity: bool = True

    def line(self, seed: int) -> str:
        """One line for the log."""
        return (
            f"campaign seed={seed} kills={sum(self.kills.values())} {dict(self.kills)} mails={self.mails} "
            f"acknowledged={self.acknowledged} put_off={self.put_off} "
            f"delivered={self.delivered} lost={len(self.lost)} duplicated={len(self.duplicated)} "
            f"changed={len(self.changed)} "
            f"second_requests={len(self.second_requests)} unfinished={len(self.unfinished)}"
        )

    def broken(self) -> list[str]:
        """The invariants that do not hold."""
        names = ("lost", "duplicated", "changed", "second_requests", "refused_and_sent", "unfinished")
        found = [f"{name}: {getattr(self, name)[:5]}" for name in names if getattr(self, name)]
        return found if self.integrity else [*found, "integrity"]


class KillAt:
    """At a step of the sink, kills the gateway instead of answering."""

    def __init__(self, kill: Callable[[], None]) -> None:
        self._kill = kill

    async def act(self, peer: Peer, usual: bytes) -> bytes:
        """Kill, then end the connection."""
        self._kill()
        peer.close()
        return b""


SINK_STEPS = {
    "relay greeting": Step.GREETING,
    "relay MAIL": Step.MAIL,
    "relay DATA": Step.DATA,
    "relay mid-DATA": Step.BODY,
    "relay dot": Step.DOT,
}
CLIENT_STEPS = ("connect", "MAIL", "RCPT", "mid-DATA", "dot")
STEPS = (*SINK_STEPS, "relay recorded", *(f"client {step}" for step in CLIENT_STEPS), "random")


class Campaign:
    """One gateway, one sink, some clients, and a killer."""

    def __init__(
        self,
        folder: Path,
        *,
        kills: int,
        seed: int,
        clients: int = 8,
        fault: str = "",
        steps: tuple[str, ...] = STEPS,
    ) -> None:
        self.folder, self.kills, self.clients = folder, kills, clients
        self.fault, self.steps = fault, steps
        self.random = random.Random(seed)
        self.sink = Sink()
        self.mails: list[Mail] = []
        self.totals = Totals()
        self.home: Home | Path = folder / "gatepost.db"
        self.port = free_port()
        self.pid = self._dead = 0
        self._client_kill: str = ""
        self._killed = asyncio.Event()
        self._over = False

    async def run(self) -> Totals:
        """Kill `kills` times, let everything settle, and count."""
        async with self.standing():
            await self._kill_and_send()
            await self._settle()
        return self.totals

    @contextlib.asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        """The sink and what is killed, without clients."""
        self._configure()
        environ = {key: value for key, value in os.environ.items() if not key.startswith("GATEPOST_")}
        environ["PYTHONPATH"] = str(Path(__file__).parents[1])
        async with self.sink:
            self._zygote = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "kit.zygote", *filter(None, [self.fault])),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=environ,
            )
            try:
                await self._word()
                await self._start()
                yield
            finally:
                self._kill()
                self._zygote.kill()
                await self._zygote.wait()

    def _configure(self) -> None:
        relay = {"host": "127.0.0.1", "port": 0, "tls": "none"}
        self._config = self.folder / "gatepost.yaml"
        self._settings = {
            "smtp": {
                "hostname": "gate.example",
                "listeners": [{"address": f"127.0.0.1:{self.port}"}],
                "limits": {"connections_per_minute": 1_000_000},
            },
            "relay": relay,
            "store": {"path": str(self.folder / "gatepost.db")},
            "site": {"enabled": False},
            "vision": {"warm": False},
            "delivery": {"retry_seconds": [1], "round_seconds": 0.2},
            "log": {"level": "warning"},
        }

    async def _start(self) -> None:
        async with asyncio.timeout(60):
            while self._dead and Path(f"/proc/{self._dead}").exists():
                await asyncio.sleep(0.001)  # while it dies it still takes connections
        self._settings["relay"]["port"] = self.sink.port  # type: ignore[index] # our own dict
        self._config.write_text(yaml.safe_dump(self._settings), encoding="utf-8")
        assert self._zygote.stdin is not None
        log = self.folder / "gateway.log"
        self._zygote.stdin.write(f"{self._config}\t{log}\n".encode())
        self.pid = int(await self._word())
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                await asyncio.sleep(0.01)

    async def _word(self) -> str:
        assert self._zygote.stdout is not None
        return (await asyncio.wait_for(self._zygote.stdout.readline(), 60)).decode().strip()

    def _kill(self) -> None:
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self._dead, self.pid = self.pid, 0
            self._killed.set()

    async def _kill_and_send(self) -> None:
        plan = [self.steps[number % len(self.steps)] for number in range(self.kills)]
        self.random.shuffle(plan)
        async with asyncio.TaskGroup() as group:
            for _ in range(self.clients):
                group.create_task(self._client())
            for step in plan:
                await self._strike(step)
                self.totals.kills[step] += 1
            self._over = True

    async def _strike(self, step: str) -> None:
        """Do one evil thing and lead the gateway back to its work."""
        await self._one_kill(step)
        await self._start()

    async def _one_kill(self, step: str) -> None:
        """Have the gateway killed at `step`, or after a second at the latest."""
        self._killed.clear()
        if step == "random":
            await asyncio.sleep(self.random.uniform(0, 0.15))
            self._kill()
        elif step == "relay recorded":
            self.sink.on_received = lambda _: self._kill()
        elif step in SINK_STEPS:
            self.sink.script[SINK_STEPS[step]] = [KillAt(self._kill)]
        else:
            self._client_kill = step.removeprefix("client ")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._killed.wait(), 1)
        self._kill()
        self.sink.on_received, self._client_kill = None, ""
        self.sink.script.clear()

    def _next_mail(self) -> Mail:
        number = len(self.mails)
        kind = self.random.choice(("permitted", "permitted", "held", "refused", "review", "review", "other"))
        order = f"112-{self.random.randrange(10**7):07d}-{self.random.randrange(10**7):07d}"
        asked = [mail.order for mail in self.mails[-20:] if mail.kind == "review"]
        if kind == "review" and asked and self.random.random() < 0.3:
            order = self.random.choice(asked)  # a second request for an order
        mail = Mail(number, kind, order)
        self.mails.append(mail)
        return mail

    async def _client(self) -> None:
        while not self._over:
            mail = self._next_mail()
            for _ in range(12):
                await self._try(mail)
                if mail.last[:1] in ("2", "5") or self._over:
                    break
                await asyncio.sleep(self.random.uniform(0.01, 0.1))

    async def _try(self, mail: Mail) -> None:
        mail.tries += 1
        mail.last = ""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            async with asyncio.timeout(20):
                mail.last = await self._session(mail)
        mail.unanswered += mail.last == ""
        self.totals.put_off += mail.last.startswith("4")

    async def _session(self, mail: Mail) -> str:
        """One SMTP session; its last reply. Raises when the gateway is gone."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port := self._door())

        async def ask(words: bytes) -> str:
            writer.write(words)
            while True:
                line = (await reader.readuntil(b"\r\n")).decode()
                if line[3:4] != "-":
                    return line

        def at(step: str) -> None:
            if self._client_kill == step:
                self._client_kill = ""
                delay = self.random.choice((0, 0, 0.001, 0.003, 0.006, 0.012))
                asyncio.get_running_loop().call_later(delay, self._kill_behind, port)

        try:
            at("connect")
            await ask(b"")
            await ask(b"EHLO desk.example\r\n")
            for step, words in (("MAIL", f"MAIL FROM:<{SELLER}>"), ("RCPT", f"RCPT TO:<{mail.to}>")):
                at(step)
                reply = await ask(f"{words}\r\n".encode())
                if not reply.startswith("2"):
                    return reply
            await ask(b"DATA\r\n")
            raw = mail.raw()
            writer.write(raw[:50])
            at("mid-DATA")
            writer.write(raw[50:])
            at("dot")
            return await self._dot(mail, ask(b".\r\n"))
        finally:
            writer.close()

    async def _dot(self, mail: Mail, answer: Awaitable[str]) -> str:
        """Count the final dots that nobody answered."""
        mail.dots += 1
        said = await answer
        mail.dots -= 1
        return said

    def _door(self) -> int:
        """The port of the gateway that the next mail is brought to."""
        return self.port

    def _kill_behind(self, port: int) -> None:
        """Kill the gateway that listens there."""
        assert port == self.port
        self._kill()

    def _tolerated(self, mail: Mail) -> int:
        """How many copies nobody can help: one more for each final dot whose answer was lost.

        Never of a review request: its bytes and its claim are durable before it goes out.
        """
        return 1 if mail.kind == "review" else 1 + mail.dots

    async def _settle(self) -> None:
        """Send once more what is unanswered, wait until nothing is in progress, then count."""
        for mail in self.mails:
            for _ in range(5):
                if mail.last[:1] in ("2", "5") or mail.last.startswith("451 4.4.2"):
                    break
                await self._try(mail)
        store = await Store.open(self.home, clock=SystemClock(), read_only=True)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(60):
                    while await self._in_progress(store):
                        await asyncio.sleep(0.1)
            await self._count(store)
        finally:
            await store.close()

    async def _in_progress(self, store: Store) -> list[str]:
        waiting = frozenset({MessageState.ATTEMPTING, MessageState.SENDING, MessageState.SPOOLED})
        found = await store.search.find(Filters(states=waiting), Page(limit=100))
        return [f"{entry.id} {entry.state.value}" for entry in found.entries]

    async def _count(self, store: Store) -> None:
        totals, copies = self.totals, Counter[int]()
        by_number = {number_of(each.raw): each for each in self.sink.received}
        copies.update(number_of(each.raw) for each in self.sink.received)
        kept = await self._kept(store)
        totals.mails = len(self.mails)
        totals.delivered = sum(copies.values())
        totals.unfinished = await self._in_progress(store)
        totals.integrity = (await store.examine()).sound
        for mail in self.mails:
            acknowledged = mail.last.startswith("2")
            totals.acknowledged += acknowledged
            if acknowledged and not copies[mail.number] and mail.number not in kept:
                totals.lost.append(mail.number)
            if copies[mail.number] > self._tolerated(mail):
                totals.duplicated.append(mail.number)
            if mail.last.startswith("5") and copies[mail.number] and not mail.unanswered:
                totals.refused_and_sent.append(mail.number)
            arrived = by_number.get(mail.number)
            if arrived and not arrived.raw.endswith(mail.raw()):
                totals.changed.append(mail.number)
        totals.second_requests = self._second_requests(self.sink.received)

    def _second_requests(self, received: list[Received]) -> list[str]:
        orders = Counter(
            self.mails[number_of(each.raw)].order
            for each in received
            if self.mails[number_of(each.raw)].kind == "review"
        )
        return [order for order, count in orders.items() if count > 1]

    async def _kept(self, store: Store) -> set[int]:
        """The numbers of the mails whose bytes the gateway keeps: held, spooled or in doubt."""
        states = frozenset({MessageState.HELD, MessageState.SPOOLED, MessageState.IN_DOUBT})
        numbers: set[int] = set()
        offset = 0
        while entries := (
            await store.search.find(Filters(states=states), Page(limit=200, offset=offset))
        ).entries:
            for entry in entries:
                with contextlib.suppress(Exception):  # in doubt without bytes: then the client has no 250
                    numbers.add(number_of(await store.quarantine.raw(entry.id)))
            offset += len(entries)
        return numbers


def number_of(raw: bytes) -> int:
    """The campaign's number of a mail."""
    return int(raw.partition(MARK)[2].partition(b"\r\n")[0])


async def main() -> None:
    """python -m kit.campaign KILLS SEED: run one and print its totals."""
    import tempfile

    kills, seed = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        totals = await Campaign(Path(folder), kills=kills, seed=seed).run()
        print(totals.line(seed))
        print(json.dumps(totals.broken()))


if __name__ == "__main__":
    asyncio.run(main())
