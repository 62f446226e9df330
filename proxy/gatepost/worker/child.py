"""A process of its own for heavy mails: bounded, killed at its deadline, started on demand."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gatepost import events
from gatepost.config.schema import Policy
from gatepost.errors import JudgeError
from gatepost.model import Judgement
from gatepost.worker.beside import NOTHING, Beside, Sources
from gatepost_policies.facts import Unseen

MAX_WAITING = 16
"""Heavy mails that may wait for the child; beyond, the sender is told to come again."""
SIZE = struct.Struct(">Q")
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


class Child:
    """One child process, one mail at a time; the others wait their turn within their own deadline."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._process: asyncio.subprocess.Process | None = None
        self._killed: list[asyncio.subprocess.Process] = []
        self._turn = asyncio.Lock()
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
        beside = await sources.of(first.judgement.verdict.order_ids, first.files, to)
        if beside == NOTHING:
            return first.judgement
        return (await self._examine(replace(task, beside=beside))).judgement

    async def _examine(self, task: Task) -> Examined:
        if self._waiting >= MAX_WAITING:
            raise JudgeError("too many large mails at once")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._policy.judge_seconds), self._turn:
                return await self._ask(task)
        except TimeoutError:
            raise JudgeError(f"judging took longer than {self._policy.judge_seconds:g} s") from None
        finally:
            self._waiting -= 1

    def replace(self, policy: Policy) -> None:
        """Judge by another configuration from the next mail on."""
        self._policy = policy
        self._kill()

    async def close(self) -> None:
        """End the child."""
        self._kill()
        for process in self._killed:
            await process.wait()
        self._killed.clear()

    async def _ask(self, task: Task) -> Examined:
        process = await self._running()
        assert process.stdin is not None  # noqa: S101 - opened as a pipe
        assert process.stdout is not None  # noqa: S101 - opened as a pipe
        try:
            message = pickle.dumps(task)
            process.stdin.write(SIZE.pack(len(message)) + message)
            await process.stdin.drain()
            (size,) = SIZE.unpack(await process.stdout.readexactly(SIZE.size))
            result = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301 - our own child
        except (OSError, asyncio.IncompleteReadError) as error:
            self._kill()
            raise JudgeError("the mail was too much for the reader") from error
        except BaseException:
            self._kill()  # at its deadline, or we are stopping: what it would answer is nobody's
            raise
        if not isinstance(result, Examined):
            raise JudgeError(f"the mail could not be read: {result}")
        return result

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                "from gatepost.worker.process import main; main()",
                self._policy.model_dump_json(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={"LC_ALL": "C.UTF-8"},  # none of the parent's secrets
            )
            events.worker_started(self._process.pid)
        return self._process

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._killed = [each for each in self._killed if each.returncode is None]
            self._killed.append(self._process)
        self._process = None
