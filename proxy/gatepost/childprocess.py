"""A process of its own for work that may fail badly: started on demand, asked one thing at a time, killed.

The parent asks with `ChildProcess`, the program in the child answers with `serve`. What the parent sends is
taken as it is; what the child answers is taken only as plain values and as our own frozen ones, because a
child that works on hostile files may have been taken over by one.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import pickle
import struct
import sys
from collections.abc import Callable
from dataclasses import is_dataclass
from enum import Enum
from typing import IO, Any, Final

from gatepost.errors import ChildError

LOADING_SECONDS: Final = 120.0
"""A child that is not ready after so long is given up."""
_SIZE: Final = struct.Struct(">Q")
_MAX_ANSWER: Final = 1 << 28  # bytes
_OURS: Final = frozenset({"gatepost", "gatepost_policies"})
_PLAIN: Final = frozenset(
    {("builtins", "frozenset"), ("builtins", "set"), ("datetime", "date"), ("datetime", "datetime"),
     ("datetime", "timezone"), ("datetime", "timedelta"), ("decimal", "Decimal")}
)  # fmt: skip


class ChildProcess:
    """One child. Usable from one loop; close it once. Deadlines are the caller's: cancel what you await."""

    def __init__(
        self, program: str, *arguments: str, quiet: bool = False, started: Callable[[int], None] | None = None
    ) -> None:
        """`program` is Python; of the parent's environment it is given nothing, `quiet` drops its stderr.

        `started` is told the process id of each child.
        """
        self._program, self._arguments, self._quiet, self._started_as = program, arguments, quiet, started
        self._process: asyncio.subprocess.Process | None = None
        self._killed: list[asyncio.subprocess.Process] = []
        self._turn = asyncio.Lock()
        self._is_ready = False
        self._ready_by = 0.0

    @property
    def pid(self) -> int | None:
        """The running child's process id."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else None

    async def ready(self) -> None:
        """Start it if need be and wait until it has loaded. Raises ChildError.

        Whoever stops waiting leaves it loading: the next one finds it ready.
        """
        async with self._turn:
            await self._running()

    async def ask(self, question: object) -> object:
        """Its answer; others wait their turn. Raises ChildError; cancelled while it works, it is killed."""
        async with self._turn:
            process = await self._running()
            assert process.stdin is not None  # noqa: S101 - opened as a pipe
            try:
                message = pickle.dumps(question)
                process.stdin.write(_SIZE.pack(len(message)) + message)
                await process.stdin.drain()
                return await _answer(process)
            except (OSError, asyncio.IncompleteReadError, pickle.UnpicklingError) as error:
                self.kill()
                raise ChildError("the child process died") from error
            except BaseException:
                self.kill()  # at its deadline, or we are stopping: what it would answer is nobody's
                raise

    async def _running(self) -> asyncio.subprocess.Process:
        if self.pid is None or self._process is None:
            self._process = await self._started()
            self._is_ready = False
            if self._started_as is not None:
                self._started_as(self._process.pid)
            self._ready_by = asyncio.get_running_loop().time() + LOADING_SECONDS
        if not self._is_ready:
            try:
                async with asyncio.timeout_at(self._ready_by):
                    await _answer(self._process)
            except (OSError, EOFError, TimeoutError, pickle.UnpicklingError) as error:
                self.kill()
                raise ChildError("the child process did not start") from error
            self._is_ready = True
        return self._process

    async def _started(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            self._program,
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL if self._quiet else None,
            env={"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )

    def replace(self, *arguments: str) -> None:
        """End it; the next question starts one with these arguments."""
        self._arguments = arguments
        self.kill()

    def kill(self) -> None:
        """End it now; the next question starts another."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._killed = [each for each in self._killed if each.returncode is None]
            self._killed.append(self._process)
        self._process = None

    async def close(self) -> None:
        """End it and wait until it is gone."""
        self.kill()
        for process in self._killed:
            await process.wait()
        self._killed.clear()


async def _answer(process: asyncio.subprocess.Process) -> object:
    assert process.stdout is not None  # noqa: S101 - opened as a pipe
    (size,) = _SIZE.unpack(await process.stdout.readexactly(_SIZE.size))
    if size > _MAX_ANSWER:
        raise pickle.UnpicklingError("more than any answer")
    return plain_value(await process.stdout.readexactly(size))


def plain_value(pickled: bytes) -> object:
    """The value in `pickled`, if it is made of plain values and our own. Raises UnpicklingError."""
    try:
        return _PlainUnpickler(io.BytesIO(pickled)).load()
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # a broken pickle raises whatever it likes
        raise pickle.UnpicklingError(f"no answer of ours: {type(error).__name__}") from error


class _PlainUnpickler(pickle.Unpickler):
    """Makes nothing but our own values and enums, numbers, texts, days: no other code is run."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.partition(".")[0] in _OURS:
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value")


def serve(answer: Callable[[Any], object]) -> None:
    """In the child: say that it is ready, then answer each question until the parent closes the pipe."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries print is not an answer
    _say(sink, None)
    while head := source.read(_SIZE.size):
        question = pickle.loads(source.read(_SIZE.unpack(head)[0]))  # noqa: S301 - our own parent
        _say(sink, answer(question))


def _say(sink: IO[bytes], value: object) -> None:
    message = pickle.dumps(value)
    sink.write(_SIZE.pack(len(message)) + message)
    sink.flush()
