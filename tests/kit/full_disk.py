"""A store on a disk that fills up, is cleaned up and fills again; prints what happened as one JSON object.

Run as `python -m kit.full_disk FOLDER`, with the small disk mounted on FOLDER.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from datetime import timedelta
from pathlib import Path

from gatepost.errors import StoreError
from gatepost.model import AnswerKind, MessageState
from gatepost.store import Store
from kit.ports import StillClock
from kit.stores import FIRST, an_entry, open_store, opened, settled

LARGE = random.Random(1).randbytes(200_000)


async def fill(store: Store, prefix: str) -> tuple[int, str]:
    """Hold mails until one is refused: how many were kept, and why the next was not."""
    for number in range(10_000):
        try:
            entry = an_entry(f"{prefix}{number}", MessageState.HELD)
            await store.journal.open(entry, raw=LARGE)
        except StoreError as error:
            return number, str(error)
    raise AssertionError("the disk never got full")


async def main(folder: Path) -> dict[str, object]:
    """Fill, settle what is in flight, refuse, clean up, and go on without a restart."""
    clock = StillClock()
    async with await open_store(folder / "var" / "gatepost.db", clock) as store:
        await opened(store, "sent")
        await opened(store, "later", orders=[FIRST])
        first, why = await fill(store, "a")
        ready = store.ready()
        await settled(store, "sent", MessageState.RELAYED, AnswerKind.RELAYED)
        await settled(store, "later", MessageState.SPOOLED, AnswerKind.STORED)
        kept = await store.quarantine.list()
        expired = await store.quarantine.expire(clock.now() + timedelta(days=15), timedelta(days=14))
        await store.db.settle_log()
        second, _ = await fill(store, "b")
        return {
            "first": first,
            "why": why,
            "ready": ready,
            "kept": kept.total,
            "expired": len(expired),
            "second": second,
            "spooled": (await store.quarantine.show(an_entry("later").id)).state.value,
            "sound": (await store.examine()).sound,
        }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(Path(sys.argv[1])))))
