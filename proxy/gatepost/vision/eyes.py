"""Asks a child process what files say, within time and memory; files seen before are answered from memory."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import sys
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from gatepost.config.schema import Vision
from gatepost.vision.process import SIZE
from gatepost.vision.seen import Seen
from gatepost_policies.facts import Unseen

LIBRARIES = ("PIL", "zxingcpp", "pypdfium2", "rapidocr", "onnxruntime")
TOO_MUCH = Seen(unread="reading it takes longer than is given to one mail")
MISSING = Seen(unread="pictures and documents can't be read here: gatepost[vision] is not installed")
BROKEN = Seen(unread="the file was too much for its reader")
SWITCHED_OFF = Seen(unread="reading pictures and documents is switched off (vision.enabled)")


def missing_libraries() -> tuple[str, ...]:
    """The libraries of gatepost[vision] that are not installed."""
    return tuple(name for name in LIBRARIES if find_spec(name) is None)


@dataclass(frozen=True, slots=True)
class Sight:
    """What became of one file."""

    file: Unseen
    seen: Seen


class Eyes:
    """One child process, one file at a time. Usable from one loop; close it once."""

    def __init__(self, config: Vision) -> None:
        self._config = config
        self._process: asyncio.subprocess.Process | None = None
        self._is_ready = False
        self._killed: list[asyncio.subprocess.Process] = []
        self._turn = asyncio.Lock()
        self._known: OrderedDict[str, Seen] = OrderedDict()
        self._absent = self._why_not()

    def _why_not(self) -> Seen | None:
        if not self._config.enabled:
            return SWITCHED_OFF
        return MISSING if missing_libraries() else None

    async def see(self, files: Sequence[Unseen]) -> list[Sight]:
        """What each file says; together within `vision.seconds`. Never raises: what is unread says why."""
        if self._absent is not None:
            return [Sight(file, self._absent) for file in files]
        done: list[Sight] = []
        rest = TOO_MUCH
        try:
            async with asyncio.timeout(self._config.seconds):
                async with self._turn:
                    await self._running()
                for file in files[: self._config.files]:
                    done.append(Sight(file, await self._see(file)))
        except TimeoutError:
            if self._is_ready:
                self._kill()  # else it goes on loading, and the next mail finds it ready
        except (OSError, asyncio.IncompleteReadError):
            self._kill()
            rest = BROKEN
        seen = {id(sight.file) for sight in done}
        return done + [Sight(file, rest) for file in files if id(file) not in seen]

    async def _see(self, file: Unseen) -> Seen:
        known = self._known.get(file.digest)
        if known is not None:
            self._known.move_to_end(file.digest)
            return known
        async with self._turn:
            seen = await self._ask(file)
        self._known[file.digest] = seen
        while len(self._known) > self._config.remembered:
            self._known.popitem(last=False)
        return seen

    async def _ask(self, file: Unseen) -> Seen:
        process = await self._running()
        assert process.stdin is not None  # noqa: S101 - opened as a pipe
        assert process.stdout is not None  # noqa: S101 - opened as a pipe
        try:
            message = pickle.dumps((file.name, file.content))
            process.stdin.write(SIZE.pack(len(message)) + message)
            await process.stdin.drain()
            return await _answer(process.stdout)
        except (OSError, asyncio.IncompleteReadError):
            self._kill()
            return BROKEN
        except BaseException:
            self._kill()  # at its deadline, or we are stopping: what it would answer is nobody's
            raise

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                "from gatepost.vision.process import main; main()",
                str(self._config.memory_bytes),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
            self._is_ready = False
        if not self._is_ready:
            assert self._process.stdout is not None  # noqa: S101 - opened as a pipe
            await _answer(self._process.stdout)
            self._is_ready = True
        return self._process

    async def close(self) -> None:
        """End the child."""
        self._kill()
        for process in self._killed:
            await process.wait()
        self._killed.clear()

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._killed = [each for each in self._killed if each.returncode is None]
            self._killed.append(self._process)
        self._process = None


async def _answer(stream: asyncio.StreamReader) -> Seen:
    (size,) = SIZE.unpack(await stream.readexactly(SIZE.size))
    answer = pickle.loads(await stream.readexactly(size))  # noqa: S301 - our own child
    return answer if isinstance(answer, Seen) else BROKEN
