"""Looking at mails away from the loop: usual ones in a few threads, heavy ones in a process of its own."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from gatepost.childprocess import ChildProcess
from gatepost.errors import ChildError, JudgeError
from gatepost.inbound.look import Look, Looked, Rules, look

THREADS: Final = 8
"""Mails that are looked at, or wait for the DNS, at one time."""
MOST_WAITING: Final = 64
"""Mails that may wait for their turn; beyond, they count as not looked at."""
PROGRAM: Final = "from gatepost.inbound.process import main; main()"


class Looking:
    """The Looks port. Close it once."""

    def __init__(self, rules: Rules, *, seconds: float, heavy_bytes: int, by: Look = look) -> None:
        self._rules, self._seconds, self._heavy_bytes, self._by = rules, seconds, heavy_bytes, by
        self._threads = ThreadPoolExecutor(THREADS, "arrival")
        self._child = ChildProcess(PROGRAM)
        self._waiting = 0

    async def look(self, raw: bytes) -> Looked:
        """See the port: within `seconds`, waiting included. Raises JudgeError."""
        if self._waiting >= MOST_WAITING:
            raise JudgeError("too many mails arrive at once")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                return await self._looked(raw)
        except TimeoutError:
            raise JudgeError(f"looking at it took longer than {self._seconds:g} s") from None
        except Exception as error:
            raise JudgeError(f"it could not be looked at: {type(error).__name__}") from error
        finally:
            self._waiting -= 1

    async def _looked(self, raw: bytes) -> Looked:
        if len(raw) <= self._heavy_bytes:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._by, raw, self._rules)
        found = await self._child.ask((raw, self._rules))
        if not isinstance(found, Looked):
            raise ChildError(str(found))
        return found

    async def close(self) -> None:
        """End the process; a thread that still waits for the DNS ends by itself."""
        await self._child.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
