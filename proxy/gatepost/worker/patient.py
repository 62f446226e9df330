"""Judging once more, with time: for mail that a person wants to release and that was held unjudged."""

from __future__ import annotations

import asyncio

from gatepost.config.schema import Policy
from gatepost.errors import JudgeError
from gatepost.model import Judgement, Message
from gatepost.worker.beside import Sources
from gatepost.worker.child import NO_SOURCES, Child
from gatepost_policies.facts import buyers

AT_ONCE = 1
MAX_WAITING = 16


class PatientJudge:
    """The Judge port with `policy.review_judge_seconds`, each mail in a process that ends with it."""

    def __init__(self, policy: Policy, sources: Sources = NO_SOURCES) -> None:
        self._policy, self._sources = policy, sources
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    def replace(self, policy: Policy) -> None:
        """Judge by another configuration from the next mail on."""
        self._policy = policy

    async def judge(self, message: Message) -> Judgement:
        """Judge one message, away from live mail. Raises JudgeError over budget, waiting not included."""
        to = buyers(message.envelope.rcpt_tos)
        if not to:
            return Judgement(buyers=(), verdict=None)
        if self._waiting >= MAX_WAITING:
            raise JudgeError("too many mails wait to be judged again")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._judge(message, to)
        finally:
            self._waiting -= 1

    async def _judge(self, message: Message, to: tuple[str, ...]) -> Judgement:
        seconds = self._policy.review_judge_seconds
        child = Child(self._policy.model_copy(update={"judge_seconds": seconds}))
        try:
            account, recipients = message.session.account, message.envelope.rcpt_tos
            return await child.judge(
                message.raw, account=account, recipients=recipients, to=to, sources=self._sources
            )
        finally:
            await child.close()
