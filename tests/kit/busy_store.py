"""A gateway's writing without a gateway: opens and settles messages until it is killed.

Each line on stdout stands for what a client was told, written once the store has returned.
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from gatepost.model import AnswerKind, MessageState, OrderId
from gatepost.ports import Opened
from gatepost.store import Home, Store
from gatepost.store.serverhome import ServerHome
from kit.messages import RAW
from kit.ports import StillClock
from kit.stores import an_entry, open_store, settled


async def live(store: Store, name: str, worker: int) -> None:
    """One client's mails, one after the other."""
    chance = random.Random(f"{name}{worker}")
    for number in range(1_000_000):
        id = f"{name}-{worker}-{number}"
        order = OrderId(f"112-{chance.randrange(400):07}-0000000")
        held = chance.random() < 0.3
        state = MessageState.HELD if held else MessageState.ATTEMPTING
        orders = [] if held else [order]
        opened = await store.journal.open(an_entry(id, state, orders=orders), raw=RAW, claims=orders)
        if not isinstance(opened, Opened):
            continue
        if held:
            print(f"held {id}", flush=True)
            continue
        await store.journal.mark_sending(an_entry(id).id)
        await settled(store, id, MessageState.RELAYED, AnswerKind.RELAYED)
        print(f"relayed {id} {order}", flush=True)


async def main(place: str, name: str) -> None:
    """Ten clients at once."""
    home: Home | Path = ServerHome(place) if place.startswith("postgresql:") else Path(place)
    async with await open_store(home, StillClock()) as store, asyncio.TaskGroup() as group:
        for worker in range(10):
            group.create_task(live(store, name, worker))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
