"""An intake on a free port of loopback whose handler, logins and troubles the test decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from gatepost.config.schema import Smtp
from gatepost.model import Answer, AnswerKind, Message
from gatepost.smtp.listen import Intake
from gatepost.tasks import Tasks
from kit.certificates import ServerCertificate
from kit.ports import Counter, StillClock
from kit.smtp_client import Client, connected

NOBODY = "192.0.2.0/24"  # a trusted network that no test comes from: everybody is a stranger
TRUSTED = "127.0.0.0/8"


@dataclass
class House:
    """What the intake was given, and the means to steer it."""

    messages: list[Message] = field(default_factory=list)
    failures: list[tuple[str, BaseException]] = field(default_factory=list)
    logins: dict[str, str] = field(default_factory=lambda: {"shop": "s3cret"})
    asked: list[str] = field(default_factory=list)
    kind: AnswerKind = AnswerKind.HELD
    error: Exception | None = None  # raised by the handler
    trouble: str | None = None  # why no mail can be taken
    fault: Exception | None = None  # raised when that is asked
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    answered: int = 0
    intake: Intake = field(init=False)
    tasks: Tasks = field(init=False)

    def __post_init__(self) -> None:
        self.may_answer.set()
        self.tasks = Tasks(lambda name, error: self.failures.append((name, error)))

    async def handle(self, message: Message) -> Answer:
        """Keep the message, wait until the test lets us answer, and answer."""
        self.messages.append(message)
        self.began.set()
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        self.answered += 1
        return Answer(self.kind, message.id)

    async def check(self, username: str, password: str) -> bool:
        """Whether the test knows this login."""
        self.asked.append(username)
        if self.error is not None:
            raise self.error
        return self.logins.get(username) == password

    def ready(self) -> str | None:
        """Why no mail can be taken now."""
        if self.fault is not None:
            raise self.fault
        return self.trouble

    @property
    def port(self) -> int:
        """Where the first listener is."""
        return self.intake.addresses()[0][1]

    @property
    def raw(self) -> list[bytes]:
        """The mails as they were handed over."""
        return [message.raw for message in self.messages]


def smtp_config(
    *,
    trusted: str = TRUSTED,
    certificate: ServerCertificate | None = None,
    listener: Mapping[str, Any] | None = None,
    limits: Mapping[str, Any] | None = None,
    times: Mapping[str, Any] | None = None,
    auth: Mapping[str, Any] | None = None,
    bare_line_feeds: str = "mend",
) -> Smtp:
    """A configuration with one listener on a free port; failed logins are answered at once."""
    one: dict[str, Any] = {"address": "127.0.0.1:0", **(listener or {})}
    if certificate is not None:
        one |= {"certificate": certificate.certificate, "key": certificate.key}
    return Smtp.model_validate(
        {
            "hostname": "gate.example",
            "listeners": [one],
            "trusted_networks": [trusted],
            "bare_line_feeds": bare_line_feeds,
            "limits": limits or {},
            "times": times or {},
            "auth": {"delay_seconds": 0, **(auth or {})},
        }
    )


@asynccontextmanager
async def running(
    config: Smtp | None = None,
    *,
    house: House | None = None,
    keep_credentials: bool = False,
    takes: Callable[[str], bool] | None = None,
    **parts: Any,
) -> AsyncIterator[House]:
    """An intake that listens; `parts` are those of `smtp_config`."""
    house = house or House()
    house.intake = Intake(
        config=config or smtp_config(**parts),
        hostname="gate.example",
        handle=house.handle,
        login=house.check,
        keep_credentials=keep_credentials,
        ready=house.ready,
        clock=StillClock(),
        new_id=Counter(),
        tasks=house.tasks,
        takes=takes,
    )
    await house.intake.start()
    try:
        yield house
    finally:
        house.may_answer.set()
        await house.intake.drain(5)
        await house.tasks.drain(5)


@asynccontextmanager
async def greeted(house: House, *, hello: bool = True, source: str | None = None) -> AsyncIterator[Client]:
    """A client that has heard the greeting, and said EHLO."""
    async with connected(house.port, source=source) as client:
        assert (await client.hear()).code == 220
        if hello:
            assert (await client.ask("EHLO desk.example")).code == 250
        yield client


async def begin_data(client: Client, *, recipient: str = "b@example.org") -> None:
    """Go on until the server says 354."""
    codes = await client.tell("MAIL FROM:<a@example.com>", f"RCPT TO:<{recipient}>", "DATA")
    assert codes == [250, 250, 354]
