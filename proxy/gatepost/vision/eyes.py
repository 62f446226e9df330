"""Asks a child process what files say, within time and memory; files seen before are answered from memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from gatepost.childprocess import ChildProcess
from gatepost.config.schema import Vision
from gatepost.errors import ChildError
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
        self._child = ChildProcess(
            "from gatepost.vision.process import main; main()", str(config.memory_bytes), quiet=True
        )
        self._known: OrderedDict[str, Seen] = OrderedDict()
        self._absent = self._why_not()

    def _why_not(self) -> Seen | None:
        if not self._config.enabled:
            return SWITCHED_OFF
        return MISSING if missing_libraries() else None

    async def warm(self) -> None:
        """Start the child and wait until it has loaded: no first picture waits for it then. Never raises."""
        if self._absent is None:
            with contextlib.suppress(ChildError):
                await self._child.ready()

    async def see(self, files: Sequence[Unseen]) -> list[Sight]:
        """What each file says; together within `vision.seconds`. Never raises: what is unread says why."""
        if self._absent is not None:
            return [Sight(file, self._absent) for file in files]
        done: list[Sight] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._config.seconds):
                for file in files[: self._config.files]:
                    done.append(Sight(file, await self._see(file)))
        return done + [Sight(file, TOO_MUCH) for file in files[len(done) :]]

    async def _see(self, file: Unseen) -> Seen:
        known = self._known.get(file.digest)
        if known is not None:
            self._known.move_to_end(file.digest)
            return known
        try:
            seen = await self._child.ask((file.name, file.content))
        except ChildError:
            return BROKEN
        if not isinstance(seen, Seen):
            return BROKEN
        self._known[file.digest] = seen
        while len(self._known) > self._config.remembered:
            self._known.popitem(last=False)
        return seen

    async def close(self) -> None:
        """End the child."""
        await self._child.close()
