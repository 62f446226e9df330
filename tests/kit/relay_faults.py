"""Every misbehaviour of a relay at every step, each to a gateway's mail of its own, and what came of it.

One gateway with a route to a sink of its own for each case: the sink misbehaves once and is well from then
on. The client sends as mail software does: what is answered 4xx it sends again, the same bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gatepost.daemon.clock import SystemClock
from gatepost.model import ClaimState, Entry, MessageState, OrderId
from gatepost.store import Store
from gatepost.store.search import Filters, Page
from kit.certificates import Authority
from kit.gateway import Gateway
from kit.messages import BUYER
from kit.smtp_sink import Behaviour, Close, Delay, Drip, Flood, Raw, Say, Silence, Sink, Step
from kit.submit import submit

ANSWER_SECONDS = 2.0  # the gateway's own patience: its client is answered by then, or shortly after
RELAY_SECONDS = 0.7  # its patience with each reply of the relay
COLLEAGUE = "colleague@partner.example"
REVIEW = "Thank you for order {order}. Please leave a review of the lamp on Amazon.\r\n"
PLAIN = "Your parcel for order {order} is with UPS. The lamp takes an E27 bulb.\r\n"
TRIES = 4


@dataclass(frozen=True, slots=True)
class Told:
    """How the first answer to the client must begin, with a spool and without."""

    spool: str
    defer: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What a relay does at a step, once, and what the client must be told."""

    name: str
    step: Step
    does: Behaviour | Sequence[Behaviour]
    told: Told
    secure: bool = False  # over TLS
    drops: bool = False  # the connection that an earlier mail left open is dropped first
    refuses: Mapping[str, str] = field(default_factory=dict)  # recipients


LATER = Told("250 2.0.0 Stored", "451 4.4.1")
DOUBT = Told("451 4.4.2", "451 4.4.2")
SENT = Told("250 2.0.0 Taken", "250 2.0.0 Taken")


def refused(words: str) -> Told:
    """The relay's own no, whatever the setting."""
    return Told(words, words)


EARLY = (Step.GREETING, Step.EHLO, Step.STARTTLS, Step.AUTH)
ENVELOPE = (Step.MAIL, Step.RCPT, Step.DATA)
TROUBLES: tuple[tuple[str, Behaviour], ...] = (
    ("closes", Close()),
    ("resets", Close(reset=True)),
    ("says 421 and closes", Close(last="421 4.3.2 Busy")),
    ("says nothing", Silence()),
    ("says it octet by octet", Drip(0.08, "250 2.0.0 A slow reply")),
    ("never ends its reply", Flood()),
    ("never ends its line", Flood(b"2" * 8192)),
    ("says garbage", Say("\x00\xff\x1bgarbage")),
    ("speaks another protocol", Say("HTTP/1.1 400 Bad Request")),
)


def faults() -> Iterator[Fault]:
    """All cases."""
    for step in EARLY:
        refusals = ("454 4.7.0 Not now", "554 5.3.2 No") if step is not Step.AUTH else ("454 4.7.0 Not now",)
        for words in refusals:
            both: Behaviour | list[Behaviour] = Close(last=words) if step is Step.EHLO else Say(words)
            yield Fault(f"{step.value}: {words}", step, both, LATER)
        for name, does in TROUBLES:
            yield Fault(f"{step.value}: {name}", step, does, LATER)
    for step in (*ENVELOPE, Step.DOT):
        yield Fault(f"{step.value}: 4xx", step, Say("451 4.3.0 Not now"), LATER)
        yield Fault(f"{step.value}: 5xx", step, Say("554 5.7.1 Never"), refused("554 5.7.1 Never"))
    for step in ENVELOPE:
        for name, does in TROUBLES:
            yield Fault(f"{step.value}: {name}", step, does, LATER)
        yield Fault(f"{step.value}: two replies", step, Say("250 Ok\r\n250 Ok"), LATER)
    for step, told in ((Step.EHLO, LATER), (Step.MAIL, LATER), (Step.DATA, LATER), (Step.DOT, DOUBT)):
        yield Fault(f"{step.value}: closes TLS", step, Close(), told, secure=True)
        yield Fault(f"{step.value}: resets under TLS", step, Close(reset=True), told, secure=True)
    yield from _at_the_end()


def _at_the_end() -> Iterator[Fault]:
    dot = Step.DOT
    yield Fault("body: closes", Step.BODY, Close(), DOUBT)
    yield Fault("body: resets", Step.BODY, Close(reset=True), DOUBT)
    for taken in (False, True):
        have = "has it" if taken else "has it not"
        yield Fault(f"dot: closes, {have}", dot, Close(takes=taken), DOUBT)
        yield Fault(f"dot: resets, {have}", dot, Close(takes=taken, reset=True), DOUBT)
        yield Fault(f"dot: says nothing, {have}", dot, Silence(takes=taken), DOUBT)
    yield Fault("dot: never ends its reply", dot, Flood(), DOUBT)
    yield Fault("dot: says garbage", dot, Raw(b"\x00\xffgarbage\r\n"), DOUBT)
    yield Fault("dot: says 354 again", dot, Raw(b"354 Go on\r\n"), DOUBT)
    yield Fault("dot: contradicts itself", dot, Raw(b"250 2.0.0 Yes\r\n550 5.0.0 No\r\n"), DOUBT)
    yield Fault("dot: a slow yes", dot, Delay(0.4), SENT)
    yield Fault("dot: a yes octet by octet", dot, Drip(0.005), SENT)
    yield Fault("dot: a yes and the end", dot, Raw(b"", usual_first=True), SENT)
    for step in (Step.GREETING, *ENVELOPE):
        yield Fault(f"{step.value}: slow", step, Delay(0.4), SENT)
    yield Fault("a kept connection gone stale", Step.QUIT, (), SENT, drops=True)
    no, later = {COLLEAGUE: "550 5.1.1 Unknown"}, {COLLEAGUE: "450 4.2.1 Greylisted"}
    yield Fault("one of two recipients refused", Step.QUIT, (), refused("550 5.1.1 Unknown"), refuses=no)
    yield Fault("one of two recipients put off", Step.QUIT, (), LATER, refuses=later)


@dataclass
class Case:
    """One fault and one mail for it."""

    number: int
    fault: Fault
    asks: bool  # it is a review request
    sink: Sink
    answers: list[str] = field(default_factory=list)

    @property
    def domain(self) -> str:
        """The sender's, by which the mail is routed."""
        return f"case{self.number}.example"

    @property
    def order(self) -> str:
        """The order it is about."""
        return f"112-0000000-{self.number:07}"

    @property
    def to(self) -> list[str]:
        """Its recipients."""
        return [BUYER, COLLEAGUE] if self.fault.refuses else [BUYER]

    def raw(self, id: str) -> bytes:
        """The bytes: the same at every try."""
        body = (REVIEW if self.asks and id == "1" else PLAIN).format(order=self.order)
        return (
            f"From: <help@{self.domain}>\r\nTo: {BUYER}\r\nSubject: Order {self.order}\r\n"
            f"Message-ID: <{id}@{self.domain}>\r\n\r\n{body}"
        ).encode()

    @property
    def copies(self) -> int:
        """How often the relay took the mail."""
        return sum(each.raw.endswith(self.raw("1")) for each in self.sink.received)


@dataclass
class Totals:
    """What a run printed and must be."""

    cases: int = 0
    first_answers: Counter[str] = field(default_factory=Counter)
    delivered: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    refused_and_sent: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # an answer, a state or a claim other than it must be
    unfinished: list[str] = field(default_factory=list)

    def line(self, mode: str) -> str:
        """One line for the log."""
        return (
            f"relay faults {mode} cases={self.cases} first_answers={dict(self.first_answers)} "
            f"delivered={self.delivered} lost={len(self.lost)} doubled={len(self.doubled)} "
            f"refused_and_sent={len(self.refused_and_sent)} wrong={len(self.wrong)} "
            f"unfinished={len(self.unfinished)}"
        )

    def broken(self) -> list[str]:
        """What does not hold."""
        names = ("lost", "doubled", "refused_and_sent", "wrong", "unfinished")
        return [f"{name}: {each}" for name in names for each in getattr(self, name)]


class RelayFaults:
    """A run: all faults before one gateway, with `on_relay_failure` as `mode` says."""

    def __init__(self, folder: Path, mode: str) -> None:
        self.folder, self.mode = folder, mode
        self.authority = Authority(folder)
        self.tls = self.authority.server("127.0.0.1", "localhost").context()
        self.password = folder / "password"
        self.password.write_text("s3cret-s3cret")
        self.password.chmod(0o600)
        found = list(faults())
        self.cases = [
            Case(2 * number + asks, fault, bool(asks), self._sink(fault))
            for number, fault in enumerate(found)
            for asks in (0, 1)
        ]
        self.totals = Totals(cases=len(self.cases))

    def _sink(self, fault: Fault) -> Sink:
        if fault.step is Step.AUTH:
            return Sink(login=("shop", "s3cret-s3cret"))
        secure = fault.secure or fault.step is Step.STARTTLS
        return Sink(tls=self.tls if secure else None)

    async def run(self) -> Totals:
        """Send each case's mail, let everything settle, and count."""
        async with AsyncExitStack() as stack:
            for case in self.cases:
                await stack.enter_async_context(_forgiving(case.sink))
            async with Gateway(self.folder, config=self._config()) as gateway:
                gate = asyncio.Semaphore(12)

                async def one(case: Case) -> None:
                    async with gate:
                        await self._send(gateway, case)

                async with asyncio.TaskGroup() as group:
                    for case in self.cases:
                        group.create_task(one(case))
                await self._settle()
        return self.totals

    def _config(self) -> dict[str, Any]:
        return {
            "smtp": {"times": {"reply_seconds": ANSWER_SECONDS}, "limits": {"connections_per_address": 500}},
            "routes": [{"sender_domains": [case.domain], "relay": self._relay(case)} for case in self.cases],
            "delivery": {"on_relay_failure": self.mode, "parallel": 20},
            "site": {"enabled": False},
        }

    def _relay(self, case: Case) -> dict[str, Any]:
        relay: dict[str, Any] = {"host": "127.0.0.1", "port": case.sink.port, "tls": "none"}
        relay |= {"connect_seconds": RELAY_SECONDS, "reply_seconds": RELAY_SECONDS}
        relay |= {"data_reply_seconds": RELAY_SECONDS}
        if case.sink.tls is not None:
            relay |= {"tls": "starttls", "ca_file": str(self.authority.file)}
        if case.fault.step is Step.AUTH:
            relay |= {"auth": "own", "username": "shop", "password_file": str(self.password)}
        return relay

    async def _send(self, gateway: Gateway, case: Case) -> None:
        """Send the mail; what is answered 4xx is sent again."""
        fault, sink = case.fault, case.sink
        if fault.drops:
            code, _ = await submit(gateway.port, case.raw("0"), sender=f"help@{case.domain}")
            assert code == 250
            sink.drop()
        sink.refused.update(fault.refuses)
        does = list(fault.does) if isinstance(fault.does, Sequence) else [fault.does]
        sink.script[fault.step] = does
        if fault.step is Step.EHLO:
            sink.script[Step.HELO] = list(does)
        for _ in range(TRIES):
            code, text = await submit(gateway.port, case.raw("1"), sender=f"help@{case.domain}", to=case.to)
            case.answers.append(f"{code} {text}")
            sink.refused.clear()  # by the next attempt the relay is well
            if code // 100 != 4:
                break
            await asyncio.sleep(0.3)

    async def _settle(self) -> None:
        """Wait until nothing is in progress, then count."""
        store = await Store.open(self.folder / "gatepost.db", clock=SystemClock(), read_only=True)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(40):
                    while unfinished := await self._entries(store, *_IN_PROGRESS):
                        await asyncio.sleep(0.2)
            self.totals.unfinished = [f"{each.id} {each.state.value}" for each in unfinished]
            await self._count(store)
        finally:
            await store.close()

    async def _entries(self, store: Store, *states: MessageState) -> list[Entry]:
        found: list[Entry] = []
        while True:
            page = await store.search.find(
                Filters(states=frozenset(states)), Page(limit=200, offset=len(found))
            )
            if not page.entries:
                return found
            found += page.entries

    async def _count(self, store: Store) -> None:
        entries = await self._entries(store, *MessageState)
        claims = {claim.order: claim.state for claim in await store.ledger.list(limit=10_000)}
        for case in self.cases:
            mine = [each.state for each in entries if each.envelope.mail_from.endswith(f"@{case.domain}")]
            self.judge(case, mine, claims.get(OrderId(case.order)))
        self.totals.delivered = sum(case.copies for case in self.cases)

    def judge(self, case: Case, states: list[MessageState], claim: ClaimState | None) -> None:
        """Hold what came of one case against what it must be."""
        totals, first, last = self.totals, case.answers[0], case.answers[-1]
        told = f"{case.number} {case.fault.name}: {case.answers} {[each.value for each in states]} {claim}"
        totals.first_answers[first[:9]] += 1
        doubtful = MessageState.IN_DOUBT in states
        if not first.startswith(getattr(case.fault.told, self.mode)):
            totals.wrong.append(told)
        if last.startswith("250") and not (case.copies or doubtful):
            totals.lost.append(told)
        if case.copies > 1:
            totals.doubled.append(told)
        if last.startswith("5") and case.copies:
            totals.refused_and_sent.append(told)
        if case.asks and claim is not _claim(last, doubtful):
            totals.wrong.append(told)


_IN_PROGRESS = (MessageState.ATTEMPTING, MessageState.SENDING, MessageState.SPOOLED)


def _claim(last: str, doubtful: bool) -> ClaimState:
    if doubtful:
        return ClaimState.IN_DOUBT
    return ClaimState.CONFIRMED if last.startswith("250") else ClaimState.RELEASED


@contextlib.asynccontextmanager
async def _forgiving(sink: Sink) -> AsyncIterator[Sink]:
    """A sink whose own failures (a handshake with nobody) are no matter."""
    await sink.start()
    try:
        yield sink
    finally:
        await sink.stop()
