"""A process of its own for heavy mails: bounded, killed at its deadline, started on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gatepost import events
from gatepost.childprocess import ChildProcess
from gatepost.config.schema import Policy
from gatepost.errors import ChildError, JudgeError
from gatepost.model import Judgement
from gatepost.worker.beside import NOTHING, Beside, Sources
from gatepost_policies.facts import Unseen

MAX_WAITING = 64
"""Heavy mails that may wait for the child; beyond, the sender is told to come again."""
NO_SOURCES = Sources()


@dataclass(frozen=True, slots=True)
class Task:
    """One mail to judge."""

    raw: bytes
    account: str
    recipients: tuple[str, ...]
    to: tuple[str, ...]
    beside: Beside = NOTHING


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of it, and the files that somebody else has to look at."""

    judgement: Judgement
    files: tuple[Unseen, ...] = ()
    ids: tuple[str, ...] = ()  # the mails that it names as those it answers


class Child:
    """One child process, one mail at a time; the others wait their turn within their own deadline."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._process = ChildProcess(
            "from gatepost.worker.process import main; main()",
            policy.model_dump_json(),
            started=events.worker_started,
        )
        self._waiting = 0

    async def judge(
        self,
        raw: bytes,
        *,
        account: str,
        recipients: Sequence[str],
        to: tuple[str, ...],
        sources: Sources = NO_SOURCES,
    ) -> Judgement:
        """Judge in the child; a second time where there is more to know than its own words.

        Each time within `policy.judge_seconds`, waiting included. Raises JudgeError, StoreError.
        """
        task = Task(raw, account, tuple(recipients), to)
        first = await self._examine(task)
        if first.judgement.verdict is None:
            return first.judgement
        beside = await sources.of(first.judgement.verdict.order_ids, first.files, to, first.ids)
        if beside == NOTHING:
            return first.judgement
        return await self.judge_beside(replace(task, beside=beside))

    async def judge_beside(self, task: Task) -> Judgement:
        """Judge in the child with what is known besides. Raises JudgeError."""
        return (await self._examine(task)).judgement

    async def _examine(self, task: Task) -> Examined:
        if self._waiting >= MAX_WAITING:
            raise JudgeError("too many large mails at once")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._policy.judge_seconds):
                result = await self._process.ask(task)
        except TimeoutError:
            raise JudgeError(f"judging took longer than {self._policy.judge_seconds:g} s") from None
        except ChildError as error:
            raise JudgeError("the mail was too much for the reader") from error
        finally:
            self._waiting -= 1
        if not isinstance(result, Examined):
            raise JudgeError(f"the mail could not be read: {result}")
        return result

    def replace(self, policy: Policy) -> None:
        """Judge by another configuration from the next mail on."""
        self._policy = policy
        self._process.replace(policy.model_dump_json())

    async def close(self) -> None:
        """End the child."""
        await self._process.close()
